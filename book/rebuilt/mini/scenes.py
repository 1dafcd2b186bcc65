"""Procedural clips: coloured shapes that move, bounce, pass each other, grow and shrink.

A clip is float32 RGB in [-1, 1], shape (frames, height, width, 3), 8 frames a second. Every scene
carries its truth: a `Record` in words and the path of each shape in pixels.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rebuilt.errors import ShapeError, UnknownNameError

Clip = NDArray[np.float32]

FRAMES_PER_SECOND = 8
FRAMES = (9, 17)
SIZES = ((32, 32), (24, 40), (40, 24), (32, 48), (48, 32))  # height, width in pixels
SHAPES = ("circle", "square", "triangle", "cross")
COLOURS = {
    "red": (1, -1, -1),
    "green": (-1, 1, -1),
    "blue": (-1, -1, 1),
    "yellow": (1, 1, -1),
    "cyan": (-1, 1, 1),
    "magenta": (1, -1, 1),
}
BACKGROUNDS = {"black": (-1, -1, -1), "white": (1, 1, 1)}
DIRECTIONS = {"left": (0, -1), "right": (0, 1), "up": (-1, 0), "down": (1, 0)}  # y, x
MOTIONS = (*DIRECTIONS, "still")
CHANGES = ("steady", "grows", "shrinks")
RELATIONS = ("behind", "front")

KINDS = {"move": 0.42, "still": 0.08, "bounce": 0.12, "change": 0.16, "pass": 0.22}
MARGIN = 1.0  # pixels of background that no shape enters
GRID = 2.0  # pixels between places: what is to be learnt is what shapes do, not where exactly
CELL = 4.0  # pixels of a latent cell
TRAVEL = 8.0  # pixels, or one a frame where a longer clip has room for it
DIAMETERS = (12.0, 14.0)
DIAMETERS_PASSING = {32: 10.0, 40: 12.0, 48: 12.0}  # by the length of the way
FRAMES_PASSING = 17  # a shape passes another in two seconds; in one it would be a blur
PASSING_LENGTH_LEAST = min(DIAMETERS_PASSING)  # shorter axes have no room for two side by side
DIAMETERS_CHANGING = (8.0, 14.0)
CROSS_ARM = 0.36  # half the width of an arm, in radii


@dataclass(frozen=True)
class Label:
    """What one shape is and does, in words."""

    colour: str
    shape: str
    motion: str = "still"
    bounces: bool = False
    change: str = "steady"


@dataclass(frozen=True)
class Record:
    """The truth of a clip in words: subject, an optional second shape, background and format."""

    subject: Label
    background: str = "black"
    frames: int = 9
    height: int = 32
    width: int = 32
    other: Label | None = None
    relation: str | None = None


@dataclass(frozen=True)
class Path:
    """Where a shape is: centre at the start and at the turn or end, diameters, all in pixels."""

    start: tuple[float, float]
    end: tuple[float, float]
    diameters: tuple[float, float]
    returns: bool = False

    def at(self, frames: int) -> NDArray[np.float64]:
        """Centre y, centre x and diameter in every frame, shape (frames, 3)."""
        time = np.linspace(0.0, 1.0, frames)
        way = 1 - np.abs(2 * time - 1) if self.returns else time
        centre = np.outer(1 - way, self.start) + np.outer(way, self.end)
        diameter = (1 - time) * self.diameters[0] + time * self.diameters[1]
        return np.column_stack([centre, diameter])


@dataclass(frozen=True)
class Scene:
    """A record and the paths of its shapes, the subject's first."""

    record: Record
    paths: tuple[Path, ...]


def held_out(label: Label) -> bool:
    """Whether this colour, shape and direction go together only in tests: 12 of 96."""
    if label.motion == "still":
        return False
    colour = list(COLOURS).index(label.colour)
    places = colour + 2 * SHAPES.index(label.shape) + 3 * MOTIONS.index(label.motion)
    return places % 8 == 0


def scene(seed: int, index: int, *, unseen: bool = False) -> Scene:
    """Draw scene `index` of the series `seed`; the same numbers give the same scene.

    With `unseen`, the subject is one of the combinations that training never shows; without it,
    none of the shapes is.
    """
    rng = np.random.Generator(np.random.PCG64([seed, index]))
    while True:
        record = draw_record(rng)
        labels = [record.subject] + ([record.other] if record.other else [])
        wanted = held_out(record.subject) if unseen else not any(map(held_out, labels))
        if wanted:
            return place(record, rng)


def draw_record(rng: np.random.Generator) -> Record:
    """Draw a record: kind of scene, shapes, colours, background, size and length."""
    kind = str(rng.choice(list(KINDS), p=list(KINDS.values())))
    height, width = SIZES[rng.integers(len(SIZES))]
    colours = rng.permutation(list(COLOURS))
    shapes = rng.choice(SHAPES, size=2)
    subject = Label(str(colours[0]), str(shapes[0]))
    record = Record(
        subject,
        str(rng.choice(list(BACKGROUNDS))),
        int(rng.choice(FRAMES)),
        height,
        width,
    )
    if kind == "pass":
        motion = str(rng.choice(passable(height, width)))
        other = Label(str(colours[1]), str(shapes[1]))
        record = replace(record, frames=FRAMES_PASSING)
        relation = str(rng.choice(RELATIONS))
        return replace(
            record, subject=replace(subject, motion=motion), other=other, relation=relation
        )
    return replace(record, subject=_single(subject, kind, rng))


def passable(height: int, width: int) -> list[str]:
    """Directions along which one shape has room to pass another."""
    rows = ["up", "down"] if height >= PASSING_LENGTH_LEAST else []
    return rows + (["left", "right"] if width >= PASSING_LENGTH_LEAST else [])


def _single(subject: Label, kind: str, rng: np.random.Generator) -> Label:
    direction = str(rng.choice(list(DIRECTIONS)))
    if kind == "move":
        return replace(subject, motion=direction)
    if kind == "bounce":
        return replace(subject, motion=direction, bounces=True)
    if kind == "change":
        motion = direction if rng.random() < 0.5 else "still"
        return replace(subject, motion=motion, change=str(rng.choice(CHANGES[1:])))
    return subject


def place(record: Record, rng: np.random.Generator) -> Scene:
    """Give the shapes of a record room in the frame.

    Raises
    ------
    ShapeError
        If one shape cannot pass another in a frame of this size.
    """
    check(record)
    if record.other is None:
        return Scene(record, (_alone(record, rng),))
    return Scene(record, _passing(record, rng))


def check(record: Record) -> None:
    """Refuse names and sizes that no clip can have."""
    labels = [record.subject] + ([record.other] if record.other else [])
    for label in labels:
        _known(label.colour, tuple(COLOURS), "colour")
        _known(label.shape, SHAPES, "shape")
        _known(label.motion, MOTIONS, "motion")
        _known(label.change, CHANGES, "change of size")
    _known(record.background, tuple(BACKGROUNDS), "background")
    if (record.height, record.width) not in SIZES or record.frames not in FRAMES:
        raise ShapeError(
            f"a clip of {record.frames} frames, {record.height}x{record.width} pixels; the "
            f"miniature makes {FRAMES} frames of {SIZES} (height, width)"
        )
    if record.other and record.frames != FRAMES_PASSING:
        raise ShapeError(
            f"one shape passing another in {record.frames} frames; the miniature shows that in "
            f"{FRAMES_PASSING}"
        )
    if record.other and record.subject.motion not in passable(record.height, record.width):
        raise ShapeError(
            f"one shape cannot pass another {record.subject.motion} in {record.height}x"
            f"{record.width} pixels; that needs {PASSING_LENGTH_LEAST} pixels along the way"
        )


def _known(name: str, names: tuple[str, ...], kind: str) -> None:
    if name not in names:
        raise UnknownNameError(f"no {kind} named {name!r}; there are {', '.join(names)}")


def _alone(record: Record, rng: np.random.Generator) -> Path:
    label = record.subject
    diameters = (float(rng.choice(DIAMETERS)),) * 2
    if label.change != "steady":
        diameters = DIAMETERS_CHANGING if label.change == "grows" else DIAMETERS_CHANGING[::-1]
    starts, ends = [], []
    step = DIRECTIONS.get(label.motion, (0, 0))
    for length, sign in zip((record.height, record.width), step, strict=True):
        first, last = (MARGIN + diameter / 2 for diameter in diameters)
        if sign == 0:
            first = last = max(first, last)
        room = length - first - last
        travel = 0.0 if sign == 0 else _travel(room, record)
        slack = 0.0 if label.bounces and sign else _on_grid(room - travel, rng)
        end = last + slack  # counted from the side it moves to
        starts.append(length - end - travel if sign > 0 else end + travel)
        ends.append(length - end if sign > 0 else end)
    return Path((starts[0], starts[1]), (ends[0], ends[1]), diameters, label.bounces)


def _travel(room: float, record: Record) -> float:
    """Way of a shape: a pixel a frame if there is room, so that latents move by whole cells."""
    longer = float(record.frames - 1)
    return longer if longer <= room and not record.subject.bounces else TRAVEL


def _on_grid(room: float, rng: np.random.Generator) -> float:
    """Distance from an edge, on the grid."""
    return GRID * float(rng.integers(int(room // GRID) + 1))


def _passing(record: Record, rng: np.random.Generator) -> tuple[Path, Path]:
    lengths = (record.height, record.width)
    step = DIRECTIONS[record.subject.motion]
    axis = 0 if step[0] else 1
    diameter = DIAMETERS_PASSING[lengths[axis]]
    edge = MARGIN + diameter / 2
    middle = lengths[axis] / 2
    aside = min(diameter + 1, middle - edge)  # clear of the other, as far as there is room
    along = (middle - step[axis] * aside, middle + step[axis] * aside)
    across = edge + _on_grid(lengths[1 - axis] - 2 * edge, rng)

    def path(start: float, end: float) -> Path:
        points = [(way, across) if axis == 0 else (across, way) for way in (start, end)]
        return Path(points[0], points[1], (diameter, diameter))

    return path(*along), path(middle, middle)


def aligned_numbers(seed: int, first: int) -> Iterator[int]:
    """Yield the numbers, from `first` on, of the scenes that training uses: see `aligned`."""
    return (number for number in itertools.count(first) if aligned(scene(seed, number)))


def aligned(made: Scene) -> bool:
    """Whether a scene is one of the simplest, of which there are few outlines to learn.

    A single shape is large, and its centre begins and ends on corners of latent cells. Of two
    shapes only the line on which their centres lie is asked for.
    """
    if made.record.other:
        sideways = made.record.subject.motion in ("left", "right")
        across = made.paths[0].start[0 if sideways else 1]
        return across % (2 * CELL) in (0.0, 2 * CELL - 1)
    path = made.paths[0]
    large = DIAMETERS_CHANGING[1] in path.diameters
    return large and all(place % CELL == 0 for place in (*path.start, *path.end))


def coverage(
    shape: str, height: int, width: int, centre: tuple[float, float], diameter: float
) -> NDArray[np.float64]:
    """Share of each pixel that a shape covers, from its signed distance; (height, width)."""
    down = np.arange(height)[:, None] + 0.5 - centre[0]
    along = np.abs(np.arange(width)[None, :] + 0.5 - centre[1])
    radius = diameter / 2
    if shape == "circle":
        distance = np.hypot(down, along) - radius
    elif shape == "square":
        distance = np.maximum(np.abs(down), along) - radius
    elif shape == "triangle":
        slope = (2 * along - (down + radius)) / np.sqrt(5.0)
        distance = np.maximum(down - radius, slope)
    else:
        arm = CROSS_ARM * radius
        upright = np.maximum(along - arm, np.abs(down) - radius)
        level = np.maximum(along - radius, np.abs(down) - arm)
        distance = np.minimum(upright, level)
    share: NDArray[np.float64] = np.clip(0.5 - distance, 0.0, 1.0)
    return share


def render(made: Scene) -> Clip:
    """Draw a scene: float32 RGB in [-1, 1], shape (frames, height, width, 3)."""
    record = made.record
    clip = np.empty((record.frames, record.height, record.width, 3))
    clip[:] = BACKGROUNDS[record.background]
    layers = [(record.subject, made.paths[0])]
    if record.other:
        layers.append((record.other, made.paths[1]))
    if record.relation == "front":
        layers.reverse()  # the last one drawn hides the others
    for label, path in layers:
        colour = np.array(COLOURS[label.colour], dtype=float)
        for frame, (y, x, diameter) in zip(clip, path.at(record.frames), strict=True):
            share = coverage(label.shape, record.height, record.width, (y, x), diameter)
            frame += share[..., None] * (colour - frame)
    return clip.astype(np.float32)
