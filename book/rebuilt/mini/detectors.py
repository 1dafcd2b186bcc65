"""Read a clip back by geometry: colours, shapes, paths. Nothing here is learned.

Every pixel of the palette is a corner of the RGB cube, so the sign of its channels says which
colour it is nearest. Shapes are compared with drawn templates of the same area and centroid.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rebuilt.mini.scenes import (
    BACKGROUNDS,
    COLOURS,
    CROSS_ARM,
    SHAPES,
    Clip,
    Label,
    Record,
    coverage,
)

AREA_LEAST = 20.0  # pixels in its largest frame; where two shapes touch, mixed ones make up to 18
AREA_SHARE = 0.4  # frames with less of the largest area are hidden or fading, and not followed
CLEAR_SHARE = 0.8  # outlines are compared where nothing hides them
TRAVEL_LEAST = 4.0  # pixels; scenes travel 8 or more
GROWTH_LEAST = 1.3  # ratio of diameters; scenes change by 1.87
LIKENESS_LEAST = 0.6
SPECKS_AT_BORDER = 2  # pixels of the border in one frame that may belong to no background

# Area of each shape with radius 1, and how far its centroid lies below the middle of its box.
AREAS = {
    "circle": np.pi,
    "square": 4.0,
    "triangle": 2.0,
    "cross": 8 * CROSS_ARM - 4 * CROSS_ARM**2,
}
CENTROIDS = {"circle": 0.0, "square": 0.0, "triangle": 1 / 3, "cross": 0.0}


@dataclass(frozen=True)
class Seen:
    """One shape found in a clip; `least_share` is its smallest visible area over its largest."""

    label: Label
    likeness: float
    area: float
    least_share: float


@dataclass(frozen=True)
class Reading:
    """What a clip shows; `cut` says that something touches the border of the frame."""

    background: str
    seen: tuple[Seen, ...]
    cut: bool
    frames: int
    height: int
    width: int


def read(clip: Clip) -> Reading:
    """Read the shapes of a clip (frames, height, width, 3), the largest first."""
    codes = (clip > 0) @ np.array([4, 2, 1])
    background = _background(codes)
    found = []
    for colour in COLOURS:
        share = _share(clip, codes, colour, background)
        if share.sum(axis=(1, 2)).max() >= AREA_LEAST:
            found.append(_seen(colour, share))
    found.sort(key=lambda seen: -seen.area)
    frames, height, width = codes.shape
    at_border = np.concatenate([codes[:, 0], codes[:, -1], codes[:, :, 0], codes[:, :, -1]], axis=1)
    specks = (at_border != _code(BACKGROUNDS[background])).sum(axis=1)
    cut = bool((specks > SPECKS_AT_BORDER).any())
    return Reading(background, tuple(found), cut, frames, height, width)


def agreement(asked: Record, clip: Clip) -> dict[str, bool]:
    """Whether a clip shows what was asked for, trait by trait.

    The traits of the subject are read from the shape of its colour; where that colour is absent,
    from the largest shape, so that one error is not counted as four. `other` and `relation` are
    judged only where a second shape was asked for.
    """
    reading = read(clip)
    subject = _find(reading, asked.subject.colour, asked.other)
    seen = subject.label if subject else Label("none", "none", "none")
    held = {
        "colour": seen.colour == asked.subject.colour,
        "shape": seen.shape == asked.subject.shape,
        "direction": (seen.motion, seen.bounces) == (asked.subject.motion, asked.subject.bounces),
        "change": seen.change == asked.subject.change,
        "background": reading.background == asked.background,
        "number": len(reading.seen) == (2 if asked.other else 1),
        "whole": not reading.cut,
        "duration": reading.frames == asked.frames,
        "aspect": (reading.height, reading.width) == (asked.height, asked.width),
    }
    if asked.other:
        other = next((s for s in reading.seen if s.label.colour == asked.other.colour), None)
        held["other"] = other is not None and other.label.shape == asked.other.shape
        held["relation"] = _relation(subject, other) == asked.relation
    return held


def _find(reading: Reading, colour: str, other: Label | None) -> Seen | None:
    for seen in reading.seen:
        if seen.label.colour == colour:
            return seen
    rest = [seen for seen in reading.seen if other is None or seen.label.colour != other.colour]
    return rest[0] if rest else None


def _relation(subject: Seen | None, other: Seen | None) -> str | None:
    """Which of two is hidden by the other on the way: the one that loses more of its area."""
    if subject is None or other is None:
        return None
    return "behind" if subject.least_share < other.least_share else "front"


def _code(colour: tuple[int, int, int]) -> int:
    return sum(weight for channel, weight in zip(colour, (4, 2, 1), strict=True) if channel > 0)


def _background(codes: NDArray[np.int64]) -> str:
    """Return the background that more pixels of the clip have."""
    counts = {name: int((codes == _code(value)).sum()) for name, value in BACKGROUNDS.items()}
    return max(counts, key=lambda name: counts[name])


def _share(
    clip: Clip, codes: NDArray[np.int64], colour: str, background: str
) -> NDArray[np.float64]:
    """How much of each pixel has the colour, between the background's colour and its own."""
    ground = np.array(BACKGROUNDS[background], dtype=float)
    way = np.array(COLOURS[colour], dtype=float) - ground
    share = np.clip(((clip - ground) @ way) / (way @ way), 0.0, 1.0)
    nearest = np.isin(codes, (_code(COLOURS[colour]), _code(BACKGROUNDS[background])))
    inside = codes == _code(COLOURS[colour])
    near = inside.copy()  # a pixel of the background counts only beside one of the colour
    near[:, 1:] |= inside[:, :-1]
    near[:, :-1] |= inside[:, 1:]
    near[:, :, 1:] |= inside[:, :, :-1]
    near[:, :, :-1] |= inside[:, :, 1:]
    kept: NDArray[np.float64] = share * (nearest & near)
    return kept


def _seen(colour: str, share: NDArray[np.float64]) -> Seen:
    areas = share.sum(axis=(1, 2))
    largest = float(areas.max())
    followed = np.flatnonzero(areas >= AREA_SHARE * largest)
    clear = np.flatnonzero(areas >= CLEAR_SHARE * largest)
    likeness = {shape: _likeness(share[clear], shape) for shape in SHAPES}
    shape = max(likeness, key=lambda name: likeness[name])
    named = shape if likeness[shape] >= LIKENESS_LEAST else "unclear"
    motion, bounces = _motion(share[followed])
    change = _change(areas)
    label = Label(colour, named, motion, bounces, change)
    return Seen(label, likeness[shape], float(areas.mean()), float(areas.min()) / largest)


def _centroid(share: NDArray[np.float64]) -> tuple[float, float]:
    total = share.sum()
    down = (share.sum(axis=1) @ (np.arange(share.shape[0]) + 0.5)) / total
    along = (share.sum(axis=0) @ (np.arange(share.shape[1]) + 0.5)) / total
    return float(down), float(along)


def _likeness(shares: NDArray[np.float64], shape: str) -> float:
    """Mean overlap (intersection over union) with a drawn shape of equal area and centroid."""
    overlaps = []
    for share in shares:
        radius = float(np.sqrt(share.sum() / AREAS[shape]))
        y, x = _centroid(share)
        centre = (y - CENTROIDS[shape] * radius, x)
        drawn = coverage(shape, share.shape[0], share.shape[1], centre, 2 * radius)
        overlaps.append(np.minimum(share, drawn).sum() / np.maximum(share, drawn).sum())
    return float(np.mean(overlaps))


def _motion(shares: NDArray[np.float64]) -> tuple[str, bool]:
    """Direction from the path of the centroid; a path that comes back is a bounce."""
    path = np.array([_centroid(share) for share in shares])
    net = path[-1] - path[0]
    axis = int(np.argmax(np.abs(net)))
    names = (("up", "down"), ("left", "right"))
    if abs(net[axis]) >= TRAVEL_LEAST:
        return names[axis][int(net[axis] > 0)], False
    away = path - path[0]
    frame, axis = divmod(int(np.argmax(np.abs(away))), 2)
    if abs(away[frame, axis]) >= TRAVEL_LEAST:
        return names[axis][int(away[frame, axis] > 0)], True
    return "still", False


def _change(areas: NDArray[np.float64]) -> str:
    ratio = float(np.sqrt((areas[-1] + 1e-9) / (areas[0] + 1e-9)))
    if ratio >= GROWTH_LEAST:
        return "grows"
    return "shrinks" if ratio <= 1 / GROWTH_LEAST else "steady"
