"""FIELD=VALUE arguments: read, and held against what a kind knows."""

import re
from collections.abc import Iterable, Mapping

from rebuilt.errors import ShapeError, UnknownNameError, nearest

Fields = dict[str, str]


def read(texts: Iterable[str]) -> Fields:
    """Read FIELD=VALUE texts; an empty value is meant to be empty.

    Raises
    ------
    ShapeError
        If a text has no `=`, a field stands twice, or a value has a line break.
    """
    fields: Fields = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise ShapeError(f"{text!r} is not FIELD=VALUE; write, for instance, unit=gb")
        if name in fields:
            raise ShapeError(f"{name} is given twice; give it once")
        if not value.isprintable():
            raise ShapeError(f"{name} is {value!r}; a value stands on one line")
        fields[name] = value.strip()
    return fields


def allow(kind: str, given: Mapping[str, str], known: Iterable[str]) -> None:
    """Refuse a field that `kind` does not have."""
    names = list(known)
    for name in given:
        if name not in names:
            raise UnknownNameError(no_such(f"field {name!r} of {kind}", name, names))


def need(kind: str, given: Mapping[str, str], names: Iterable[str], why: str) -> None:
    """Refuse to go on without the fields `names`."""
    missing = [name for name in names if not given.get(name)]
    if missing:
        wanted = " ".join(f"{name}=..." for name in missing)
        raise ShapeError(f"{kind} needs {wanted}, {why}")


def slug(kind: str, name: str, pattern: str, example: str) -> None:
    """Refuse a name that could not be one of `kind`."""
    if not re.fullmatch(pattern, name):
        raise ShapeError(f"{name!r} is no name of {kind}; write it like {example}")


def no_such(what: str, name: str, known: Iterable[str]) -> str:
    """Return the sentence for a name that is not there, with those that are near."""
    return f"there is no {what}; near names: {', '.join(nearest(name, known))}"
