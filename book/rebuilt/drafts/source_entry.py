"""`rebuilt new source`: one entry of data/sources.bib, in its place by the key."""

from collections.abc import Mapping

from rebuilt.drafts import fields
from rebuilt.drafts.draft import Draft
from rebuilt.errors import ShapeError
from rebuilt.evidence.bibliography import NATURES, READINGS, TYPES
from rebuilt.validate.bibtex import read_entries
from rebuilt.validate.dates import MOVE_FREEZE, first_day
from rebuilt.validate.material import BIBLIOGRAPHY, Material
from rebuilt.validate.placeholders import placeholder

ASKED = {
    "title": "the title as published, or a plain description",
    "author": "a person or an organisation; an organisation in two pairs of braces",
    "date": "the day of publication as precisely as known, such as 2024-02 or 2024-02-20",
    "url": "the address of the document",
    "urldate": "the day on which you read it, up to the freeze date {freeze}",
    "keywords": f"one of {', '.join(NATURES)}, and how far you read it: {', '.join(READINGS)}",
}
MORE = ("eventdate", "license", "note")
DATES = ("date", "urldate")


def draft(material: Material, name: str, given: Mapping[str, str]) -> Draft:
    """Add the entry `name`; fields that are not asked for stand only where they are given."""
    fields.slug("a source", name, r"[a-z0-9]+(-[a-z0-9]+)*", "nvidia-h200-datasheet-2023")
    fields.allow("a source", given, ("type", *ASKED, *MORE))
    kind = given.get("type", TYPES[0])
    if kind not in TYPES:
        raise ShapeError(f"type is {kind!r}; it must be one of {', '.join(TYPES)}")
    if name in material.entry_of:
        line = material.entry_of[name].line
        raise ShapeError(f"{BIBLIOGRAPHY} line {line} already has {name}; edit that entry")
    _refuse_address(material, given.get("url", ""))
    _refuse_late(material, given)
    values = {
        field: placeholder(what.format(freeze=material.freeze_date))
        for field, what in ASKED.items()
    } | dict(given)
    ordered = {field: values[field] for field in (*ASKED, *MORE) if field in values}
    text, line = _with_entry(material, kind, name, ordered)
    made = Draft(files={BIBLIOGRAPHY: text})
    made.tell(f"{BIBLIOGRAPHY} line {line}", ordered)
    return made


def _with_entry(
    material: Material, kind: str, key: str, values: Mapping[str, str]
) -> tuple[str, int]:
    body = "".join(f"  {field} = {{{value}}},\n" for field, value in values.items())
    entry = f"@{kind}{{{key},\n{body}}}\n"
    lines = material.text(BIBLIOGRAPHY).splitlines(keepends=True)
    line = next((old.line for old in material.entries if old.key > key), len(lines) + 2)
    text = "".join([*lines[: line - 1], *(["\n"] if line > len(lines) else []), entry])
    if line <= len(lines):
        text += "".join(["\n", *lines[line - 1 :]])
    read_entries(text)  # a value with a brace too many must not reach the file
    return text, line


def _refuse_address(material: Material, url: str) -> None:
    for entry in material.entries:
        if url and entry["url"].removesuffix("/") == url.removesuffix("/"):
            raise ShapeError(
                f"{BIBLIOGRAPHY} line {entry.line} has that address under the key {entry.key}; "
                f"cite {entry.key}"
            )


def _refuse_late(material: Material, given: Mapping[str, str]) -> None:
    for field in DATES:
        day = first_day(given.get(field, ""))
        if day and day.isoformat() > material.freeze_date:
            raise ShapeError(
                f"{field} is {given[field]}, after the freeze date {material.freeze_date}; cite "
                f"what was public and read by then, or first {MOVE_FREEZE}"
            )
