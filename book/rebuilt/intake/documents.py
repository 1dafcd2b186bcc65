"""JSON and YAML from outside: plain data, finite, of bounded size and depth, every key once.

YAML has no anchors and aliases here: a few lines of them stand for billions of values, or for a
value that holds itself. Nor has it spellings of YAML 1.1 that are another value than they look:
030 is 24 there, 1:30 is 90 and no is false. JSON has neither NaN nor Infinity, whatever Python's
own reader takes.
"""

import datetime as dt
import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from rebuilt.errors import DataError

MOST_BYTES = 16 * 2**20
MOST_DEPTH = 64  # of lists and mappings in each other
MOST_DIGITS = 100  # of one number
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_RESOLVER = yaml.resolver.Resolver()
# What a plain scalar must look like to be the value as which YAML 1.1 takes it.
_PLAIN = {
    "int": (re.compile(r"-?(0|[1-9][0-9]*)"), "a whole number like 30"),
    "float": (
        re.compile(
            r"[-+]?(0|[1-9][0-9]*)?\.?[0-9]*([eE][-+]?[0-9]+)?|[-+]?\.(nan|inf)", re.IGNORECASE
        ),
        "a number like 0.5",
    ),
    "bool": (re.compile(r"true|false"), "true or false"),
    "merge": (re.compile(r"(?!)"), "every value written out"),
}
_SCALARS = (str, bool, int, float, dt.date, type(None))


def json_of(text: str | bytes, where: str, most: int = MOST_BYTES) -> Any:
    """Read JSON.

    Parameters
    ----------
    text : str or bytes
        The whole document; bytes are UTF-8.
    where : str
        Name of the document, with which a refusal begins.
    most : int
        Largest size in bytes.

    Raises
    ------
    DataError
        If it is no JSON, too large or too deep, has a key twice or a number that is not finite.
    """
    plain = _decoded(text, where, most)
    try:
        found = json.loads(
            plain,
            parse_constant=_no_number,
            parse_float=_finite,
            parse_int=_whole,
            object_pairs_hook=_object,
        )
    except json.JSONDecodeError as error:
        place = f"{where} line {error.lineno}: {error.msg} (column {error.colno})"
        raise DataError(f"{place}; it must be JSON") from None
    except RecursionError:
        raise _too_deep(where) from None
    except _RefusedError as error:
        raise DataError(f"{where} is not plain JSON: {error}") from None
    for _ in _walked(found, where):
        """Only its depth is looked at: the reader has seen to the rest."""
    return found


def yaml_of(text: str | bytes, where: str) -> Any:
    """Read YAML; arguments and errors as for `json_of`, and DataError for an anchor or alias."""
    plain = _decoded(text, where, MOST_BYTES)
    try:
        _check_events(plain, where)
        found = yaml.load(plain, Loader=LOADER)
    except yaml.MarkedYAMLError as error:
        row = error.problem_mark.line + 1 if error.problem_mark else None
        line = f"line {row}: " if row else ""
        problem = error.problem or "no YAML"
        raise DocumentError(f"{where}: not valid YAML ({line}{problem})", row, problem) from None
    except yaml.YAMLError as error:
        raise DataError(f"{where}: not valid YAML ({' '.join(str(error).split())})") from None
    except (ValueError, OverflowError) as error:  # a day or a number that its tag cannot be
        if isinstance(error, DataError):
            raise
        raise DataError(f"{where} has a value that is none ({error})") from None
    for value in _walked(found, where):
        _check_scalar(value, where)
    return found


def text_of(raw: bytes, where: str) -> str:
    """Return a text; DataError, with the line, where it is no UTF-8 or begins with a mark."""
    if raw.startswith(b"\xef\xbb\xbf"):
        raise DataError(f"{where} line 1 begins with a byte order mark; save the file without it")
    return _decoded(raw, where, MOST_BYTES)


class DocumentError(DataError):
    """A document that is not taken; `row` is its line if it is known, `problem` what is wrong."""

    def __init__(self, sentence: str, row: int | None, problem: str) -> None:
        super().__init__(sentence)
        self.row, self.problem = row, problem


class _RefusedError(ValueError):
    """What JSON's hooks refuse, without the name of the document."""


def _decoded(text: str | bytes, where: str, most: int) -> str:
    if len(text) > most:
        raise DataError(f"{where} has {len(text):,} bytes; at most {most:,} are read")
    if isinstance(text, str):
        return text
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError as error:
        row = text.count(b"\n", 0, error.start) + 1
        raise DataError(f"{where} line {row} is not UTF-8; save the file as UTF-8") from None


def _no_number(text: str) -> None:
    raise _RefusedError(f"{text} is no number; write a finite one or null")


def _finite(text: str) -> float:
    value = float(text) if len(text) <= MOST_DIGITS else math.inf
    if not math.isfinite(value):
        raise _RefusedError(f"{text[:20]} is too large or too long for a number")
    return value


def _whole(text: str) -> int:
    if len(text) > MOST_DIGITS:
        raise _RefusedError(f"{text[:20]}... has over {MOST_DIGITS} digits")
    return int(text)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _RefusedError(f"the key {twice!r} stands twice in one object; keep one")
    return found


@dataclass(slots=True)
class _Level:
    """A list or mapping that is open: of a mapping the keys so far, and whether one is next."""

    mapping: bool
    keys: set[str] = field(default_factory=set)
    key_next: bool = True


def _check_events(text: str, where: str) -> None:
    """Refuse what cannot be seen once a document is loaded, before anything is built of it."""
    levels: list[_Level] = []
    for event in yaml.parse(text, Loader=LOADER):
        row = event.start_mark.line + 1 if event.start_mark else 1
        if getattr(event, "anchor", None) is not None:
            raise _at(where, row, "anchors and aliases are not read; write the value out")
        if isinstance(event, yaml.CollectionEndEvent):
            levels.pop()
        elif isinstance(event, yaml.CollectionStartEvent | yaml.ScalarEvent):
            if isinstance(event, yaml.ScalarEvent):
                _check_spelling(event, where, row)
            if levels and levels[-1].mapping:
                _check_key(levels[-1], event, where, row)
            if isinstance(event, yaml.CollectionStartEvent):
                levels.append(_Level(isinstance(event, yaml.MappingStartEvent)))
                if len(levels) > MOST_DEPTH:
                    raise _too_deep(where)


def _at(where: str, row: int, problem: str) -> DocumentError:
    return DocumentError(f"{where} line {row}: {problem}", row, problem)


def _check_spelling(event: yaml.ScalarEvent, where: str, row: int) -> None:
    """Refuse what is taken as another value than a reader sees; a text in quotes is a text."""
    if not event.implicit[0]:
        return
    tag: str = _RESOLVER.resolve(yaml.ScalarNode, event.value, event.implicit)  # type: ignore[no-untyped-call]
    form, wanted = _PLAIN.get(tag.rpartition(":")[2], (None, ""))
    if form is not None and not form.fullmatch(event.value):
        problem = f"{event.value} is read as another value than it looks"
        raise _at(where, row, f"{problem}; write {wanted}, or quotes around a text")


def _check_key(level: _Level, event: yaml.Event, where: str, row: int) -> None:
    if level.key_next:
        if not isinstance(event, yaml.ScalarEvent):
            raise _at(where, row, "a list or mapping is no key; write a name")
        if event.value in level.keys:
            raise _at(where, row, f"the key {event.value!r} stands twice; keep one")
        level.keys.add(event.value)
    level.key_next = not level.key_next


def _walked(found: Any, where: str) -> Iterator[Any]:
    """Yield every scalar of a document; DataError where it is too deep."""
    waiting = [(found, 0)]
    while waiting:
        value, depth = waiting.pop()
        if depth > MOST_DEPTH:
            raise _too_deep(where)
        if isinstance(value, dict):
            waiting += [(one, depth + 1) for pair in value.items() for one in pair]
        elif isinstance(value, list):
            waiting += [(one, depth + 1) for one in value]
        else:
            yield value


def _check_scalar(value: Any, where: str) -> None:
    if not isinstance(value, _SCALARS):
        raise DataError(f"{where} has a {type(value).__name__}; only text and numbers are read")
    if isinstance(value, float) and not math.isfinite(value):
        raise DataError(f"{where} has the number {value}; it must be finite")
    if isinstance(value, int) and abs(value) >= 10**MOST_DIGITS:
        raise DataError(f"{where} has a whole number of over {MOST_DIGITS} digits")


def _too_deep(where: str) -> DataError:
    return DataError(f"{where} is nested deeper than {MOST_DEPTH} levels; make it flatter")
