"""Words for clips: terse labels, descriptive captions, tokens, and the expansion of prompts.

A terse label leaves things out, as captions found beside videos do; a descriptive caption says
everything the record knows. Sora's makers trained on descriptive captions and had a language model
lengthen what users typed; here a small grammar does both.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rebuilt.errors import UnknownNameError
from rebuilt.mini.scenes import (
    BACKGROUNDS,
    COLOURS,
    DIRECTIONS,
    FRAMES,
    FRAMES_PASSING,
    SHAPES,
    SIZES,
    Label,
    Record,
    passable,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

NULL = "[null]"
TOKENS_MOST = 24
RESERVED_ONE_IN = 10  # captions kept for tests
EDGES = {"left": "left", "right": "right", "up": "top", "down": "bottom"}
MOVES = ("moves", "slides", "glides")
STILLS = ("stays still", "rests", "does not move")
VOCABULARY = (
    NULL,
    *COLOURS,
    *SHAPES,
    *BACKGROUNDS,
    *DIRECTIONS,
    *("still", "moves", "slides", "glides", "stays", "rests", "does", "not", "move"),
    *("bounces", "bounce", "off", "edge", "top", "bottom", "upward", "downward"),
    *("grows", "shrinks", "behind", "in", "front", "of", "passes"),
    *("a", "to", "the", "and", "while", "it", "on", "background"),
    *("wide", "tall", "clip", "one", "two", "second", "seconds"),
)
_IDS = {word: number for number, word in enumerate(VOCABULARY)}
ALIASES = {
    **{"ball": "circle", "disc": "circle", "disk": "circle", "dot": "circle", "box": "square"},
    **{"block": "square", "cube": "square", "plus": "cross", "pyramid": "triangle"},
    **{"circles": "circle", "squares": "square", "triangles": "triangle"},
    **{"pink": "magenta", "purple": "magenta", "violet": "magenta", "turquoise": "cyan"},
    **{"dark": "black", "night": "black", "bright": "white"},
    **{"leftward": "left", "leftwards": "left", "rightward": "right", "rightwards": "right"},
    **{"upward": "up", "upwards": "up", "rises": "up", "rising": "up", "climbs": "up"},
    **{"downward": "down", "downwards": "down", "falls": "down", "falling": "down"},
    **{"drops": "down", "sinks": "down", "top": "up", "bottom": "down"},
    **{"bounces": "bounce", "bouncing": "bounce", "grow": "grows", "growing": "grows"},
    **{"shrink": "shrinks", "shrinking": "shrinks", "rests": "still", "stays": "still"},
    **{"resting": "still", "before": "front", "portrait": "tall", "landscape": "wide"},
    **{"long": "two", "short": "one", "1": "one", "2": "two"},
}
_SILENT = frozenset(
    (
        *("a", "an", "the", "to", "of", "on", "in", "and", "while", "it", "is", "its", "off"),
        *("with", "at", "for", "edge", "background", "clip", "video", "frame", "format"),
        *("second", "seconds", "moves", "move", "moving", "slides", "slide", "sliding"),
        *("glides", "glide", "gliding", "goes", "passes", "pass", "passing", "does", "not"),
    )
)
_FORMATS = frozenset({"clip", "video", "frame", "format"})


@dataclass(frozen=True)
class Expansion:
    """What the grammar made of a prompt, and the words that it could not use."""

    record: Record
    caption: str
    ignored: tuple[str, ...]


def orientation(height: int, width: int) -> str:
    """Return wide, tall or square."""
    if height == width:
        return "square"
    return "wide" if width > height else "tall"


def tokens(caption: str) -> list[int]:
    """Numbers of a caption's words; the empty caption is the single token [null].

    Raises
    ------
    UnknownNameError
        If a word is not in the vocabulary, or the caption is longer than 24 words.
    """
    words = caption.split() or [NULL]
    unknown = [word for word in words if word not in _IDS]
    if unknown:
        raise UnknownNameError(
            f"the miniature knows {len(VOCABULARY)} words and not {', '.join(unknown)}; "
            "expand() turns a free prompt into words that it knows"
        )
    if len(words) > TOKENS_MOST:
        raise UnknownNameError(f"a caption of {len(words)} words; {TOKENS_MOST} at most")
    return [_IDS[word] for word in words]


def reserved(caption: str) -> bool:
    """Whether a caption is kept for tests: one in ten, by its checksum."""
    return zlib.crc32(caption.encode()) % RESERVED_ONE_IN == 0


def label(record: Record, rng: np.random.Generator | None = None) -> str:
    """Terse label: "red circle right behind blue square".

    With `rng` it leaves out the motion three times in ten and the second shape every other time,
    as labels found beside videos do; without it the label has every part that labels have.
    """
    subject = record.subject
    words = [subject.colour, subject.shape]
    if rng is None or rng.random() < 0.7:
        words += _terse_motion(subject)
    if record.other and (rng is None or rng.random() < 0.5):
        words += ["behind"] if record.relation == "behind" else ["front"]
        words += [record.other.colour, record.other.shape]
    return " ".join(words)


def _terse_motion(subject: Label) -> list[str]:
    words = ["bounce"] if subject.bounces else []
    if subject.motion != "still" or subject.change == "steady":
        words.append(subject.motion)
    return words + ([subject.change] if subject.change != "steady" else [])


def describe(record: Record, rng: np.random.Generator | None = None) -> str:
    """Descriptive caption of everything in the record, in one of several wordings.

    Without `rng` the first wording of each part is taken, with background and format.
    """

    def pick(options: tuple[str, ...]) -> str:
        return options[0] if rng is None else options[int(rng.integers(len(options)))]

    parts = [f"a {record.subject.colour} {record.subject.shape}", _action(record, pick)]
    if record.other:
        where = "behind" if record.relation == "behind" else "in front of"
        parts.append(f"{where} a {record.other.colour} {record.other.shape}")
    parts.append(f"on a {record.background} background")
    shape = orientation(record.height, record.width)
    length = "one second" if record.frames == 9 else "two seconds"
    parts.append(pick((f"in a {shape} clip of {length}", f"in a {shape} clip", "")))
    return " ".join(part for part in parts if part)


def _action(record: Record, pick: Callable[[tuple[str, ...]], str]) -> str:
    subject = record.subject
    if subject.motion == "still":
        if subject.change == "steady":
            return pick(STILLS)
        return pick((subject.change, f"stays still and {subject.change}"))
    if subject.bounces:
        return f"bounces off the {EDGES[subject.motion]} edge"
    verb = pick((*MOVES, "passes") if record.other else MOVES)
    ways = (f"to the {subject.motion}", subject.motion)
    if subject.motion in ("up", "down"):
        ways = (subject.motion, f"{subject.motion}ward")
    ending = "" if subject.change == "steady" else f" and {subject.change}"
    return f"{verb} {pick(ways)}{ending}"


def training_caption(record: Record, rng: np.random.Generator, terse_share: float) -> str:
    """Caption for training: terse or descriptive, never one that is reserved for tests.

    Where every wording that was tried is reserved, the clip goes without a caption.
    """
    for _ in range(8):
        terse = rng.random() < terse_share
        caption = label(record, rng) if terse else describe(record, rng)
        if not reserved(caption):
            return caption
    return ""


def expand(prompt: str, seed: int = 0) -> Expansion:
    """Expand a free prompt to the descriptive caption of a clip that the miniature can make.

    What the prompt leaves open follows from `seed`, in the page as here. The format and the length
    come from words such as "wide clip", "tall", "two seconds". Words are runs of letters and digits
    of any script, so that none is left out in silence.

    Examples
    --------
    >>> expand("red ball falls, white background").caption
    'a red circle moves down on a white background in a square clip of one second'
    """
    words = "".join(sign if sign.isalnum() else " " for sign in prompt.lower()).split()
    height, width, words = _format(words)
    words = [ALIASES.get(word, word) for word in words]
    background = "white" if "white" in words else "black"
    labels = _labels(words, seed)
    frames = FRAMES_PASSING if "two" in words or len(labels) > 1 else FRAMES[0]
    subject = _moving(labels[0], words)
    record = Record(subject, background, frames, height, width)
    if len(labels) > 1:
        relation = "front" if "front" in words else "behind"
        record = _room(replace(record, other=labels[1], relation=relation))
    known = {*COLOURS, *SHAPES, *BACKGROUNDS, *DIRECTIONS, *_SILENT}
    known |= {"still", "bounce", "grows", "shrinks", "behind", "front", "one", "two"}
    ignored = tuple(word for word in words if word not in known)
    return Expansion(record, describe(record), ignored)


def _format(words: list[str]) -> tuple[int, int, list[str]]:
    """Read and take out the words of the format; "square" is one only before clip or video."""
    rest, wanted = [], "square"
    for place, word in enumerate(words):
        word = ALIASES.get(word, word)
        follows = words[place + 1] if place + 1 < len(words) else ""
        if word in ("wide", "tall") or (word == "square" and follows in _FORMATS):
            wanted = word
        else:
            rest.append(words[place])
    sizes = {orientation(*size): size for size in SIZES}
    return *sizes[wanted], rest


def _labels(words: list[str], seed: int) -> list[Label]:
    """Pair colours and shapes in the order in which they are named; one or two of them.

    The others follow in their own order, from a place that the seed chooses.
    """
    colours = [word for word in words if word in COLOURS]
    shapes = [word for word in words if word in SHAPES]
    two = len(shapes) > 1 or len(colours) > 1 or "behind" in words or "front" in words
    count = 2 if two else 1
    colours += [colour for colour in _rotated(tuple(COLOURS), seed) if colour not in colours]
    shapes += _rotated(SHAPES, seed)
    return [Label(colours[number], shapes[number]) for number in range(count)]


def _rotated(names: tuple[str, ...], by: int) -> list[str]:
    return [names[(place + by) % len(names)] for place in range(len(names))]


def _moving(subject: Label, words: list[str]) -> Label:
    motion = next((word for word in words if word in DIRECTIONS), "still")
    bounces = "bounce" in words
    change = next((word for word in words if word in ("grows", "shrinks")), "steady")
    if bounces:
        motion = motion if motion != "still" else "right"
        return replace(subject, motion=motion, bounces=True)
    return replace(subject, motion=motion, change=change)


def _room(record: Record) -> Record:
    """Let the subject pass the other shape, along a way with room for both."""
    ways = passable(record.height, record.width)
    motion = record.subject.motion
    motion = motion if motion in ways else ways[-1]
    return replace(record, subject=Label(record.subject.colour, record.subject.shape, motion))
