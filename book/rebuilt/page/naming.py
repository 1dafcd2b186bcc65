"""Where the names of points stand, so that none is printed over another name, a point or an edge.

Places are pixels of the plot, right and down from its upper left corner, as Vega draws it.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from rebuilt.page.looks import EDGE_PX, LATE

LETTER_PX, HIGH_PX = 6.2, 12  # of a name of 11 pixels
POINT_PX, ROOM_PX = 5, 2  # half a point's side; between a name and what is beside it
NICE = 10  # ticks for which Vega rounds the ends of a linear scale


class Spot(NamedTuple):
    """A side of a point on which a name may stand: its text's alignment and its distance."""

    align: str
    baseline: str
    dx: int
    dy: int


SPOTS = (
    Spot("left", "middle", 7, 0),
    Spot("right", "middle", -7, 0),
    Spot("center", "bottom", 0, -6),
    Spot("center", "top", 0, 7),
    Spot("left", "bottom", 4, -7),
    Spot("left", "top", 4, 8),
    Spot("right", "bottom", -4, -7),
    Spot("right", "top", -4, 8),
)


class Box(NamedTuple):
    """A rectangle of the plot."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Box") -> bool:
        """Whether two rectangles have a part in common."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )


def placed(
    points: Sequence[tuple[float | None, float | None]],
    names: Sequence[str | None],
    size: tuple[float, float],
    taken: Sequence[Box] = (),
) -> list[Spot | None]:
    """Return where the name of each point stands; None where it has none, or none has room.

    Parameters
    ----------
    points : sequence of pairs
        Places in the plot, None where a point is not drawn.
    names : sequence of str or None
        Names of some of them.
    size : pair
        Width and height of the plot.
    taken : sequence of Box
        What else is written in the plot.
    """
    known = [(x, y) for x, y in points if x is not None and y is not None]
    dots = [Box(x - POINT_PX, y - POINT_PX, x + POINT_PX, y + POINT_PX) for x, y in known]
    written, spots = list(taken), [None] * len(points)  # type: list[Box], list[Spot | None]
    for place in _first_the_ends(points, names):
        x, y = points[place]
        for spot in SPOTS:
            box = _box(float(x or 0), float(y or 0), str(names[place]), spot)
            inside = box.left >= 0 and box.top >= 0 and box.right <= size[0] + EDGE_PX
            if inside and box.bottom <= size[1] and not any(map(box.meets, [*written, *dots])):
                spots[place] = spot
                written.append(box)
                break
    return spots


def of_line(name: str, left: float, size: tuple[float, float], bottom: float) -> Iterator[Box]:
    """Return what a reference line takes: itself and its name, which ends so far below the top."""
    wide = LETTER_PX * len(name) + 4
    late = left > LATE * size[0]
    yield Box(left - 1, 0, left + 1, size[1])
    yield Box(left - wide * late, 0, left + wide * (not late), bottom)


def _first_the_ends(
    points: Sequence[tuple[float | None, float | None]], names: Sequence[str | None]
) -> Iterator[int]:
    """Places of the points that have a name, the highest and the lowest first."""
    drawn = [
        place
        for place, (name, (x, y)) in enumerate(zip(names, points, strict=True))
        if name is not None and x is not None and y is not None
    ]
    by_height = sorted(drawn, key=lambda place: points[place][1] or 0.0)
    ends = dict.fromkeys([*by_height[:1], *by_height[-1:]])
    yield from ends
    yield from (place for place in drawn if place not in ends)


def _box(x: float, y: float, name: str, spot: Spot) -> Box:
    wide = LETTER_PX * len(name)
    left = x + spot.dx - {"left": 0.0, "center": wide / 2, "right": wide}[spot.align]
    top = y + spot.dy - {"top": 0.0, "middle": HIGH_PX / 2, "bottom": HIGH_PX}[spot.baseline]
    return Box(left, top - ROOM_PX / 2, left + wide + ROOM_PX, top + HIGH_PX + ROOM_PX / 2)


def along(
    values: Sequence[float | None], scale: dict[str, Any], length: float, marked: Sequence[float]
) -> list[float | None]:
    """Return where amounts stand on an axis of so many pixels, as Vega's scale puts them.

    `scale` is what `looks.scale_of` says of it; `marked` are amounts that it spans besides.
    """
    known = [*(value for value in values if value is not None), *marked]
    ends = [float(end) for end in scale.get("domain") or (min(known), max(known))]
    logarithmic = scale.get("type") == "log"
    if scale.get("zero") and not logarithmic:
        ends = [min(ends[0], 0.0), max(ends[1], 0.0)]

    def at(value: float) -> float:
        return math.log(value) if logarithmic else value

    low, high = at(ends[0]), at(ends[1])
    share = scale.get("padding", 0) / max(length - 2 * scale.get("padding", 0), 1)
    low, high = low - share * (high - low), high + share * (high - low)
    if scale.get("nice", True) and not logarithmic:
        low, high = _nice(low, high)
    span = (high - low) or 1.0
    return [None if value is None else length * (at(value) - low) / span for value in values]


def _nice(low: float, high: float) -> tuple[float, float]:
    """Round the ends of a linear scale to its ticks, by the rule of D3."""
    if high <= low:
        return low, high
    step = 10.0 ** math.floor(math.log10((high - low) / NICE))
    excess = (high - low) / NICE / step
    bounds = ((50, 10), (10, 5), (2, 2))
    step *= next((times for bound, times in bounds if excess >= math.sqrt(bound)), 1)
    return math.floor(low / step) * step, math.ceil(high / step) * step
