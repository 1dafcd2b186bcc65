"""`rebuilt new fact`: one row of any table that people write, in its place by the sort order."""

import csv
import io
from collections.abc import Mapping

from rebuilt.drafts import fields
from rebuilt.drafts.draft import Draft
from rebuilt.errors import ShapeError, UnknownNameError
from rebuilt.validate.file_form import order_columns, order_value
from rebuilt.validate.material import BIBLIOGRAPHY, Material, Resource, Table, read_rows
from rebuilt.validate.placeholders import placeholder

COMPUTED = "Written by"  # how the description of a table begins that a command writes
SOURCE_COLUMNS = ("source", "known_evidence")
IN_WORDS = ("text", "date")  # units of quantities whose answer is no number
ASKED = ("known_evidence",)  # optional in some tables, and wanted of every new row


def draft(material: Material, name: str, given: Mapping[str, str]) -> Draft:
    """Add one row to the table `name`; `given` are its cells by column."""
    table = find(material, name)
    fields.allow(name, given, table.header)
    check_links(material, table, given)
    check_sources(material, given)
    made = Draft(files={})
    add(material, made, table, given)
    return made


def find(material: Material, name: str) -> Table:
    """Return a table that people write.

    Raises
    ------
    UnknownNameError
        If there is no such table.
    ShapeError
        If a command writes it.
    """
    if name not in material.tables:
        raise UnknownNameError(fields.no_such(f"table {name!r}", name, material.tables))
    table = material.tables[name]
    description = table.resource.get("description", "")
    if COMPUTED in description:
        raise ShapeError(f"{table.file} is not written by hand: {description}")
    return table


def add(material: Material, made: Draft, table: Table, given: Mapping[str, str]) -> None:
    """Put a row into the table's text of a draft, and say what is left to fill in.

    Raises
    ------
    ShapeError
        If a column that decides the place is not given, or a row has the same key.
    """
    schema = {field["name"]: field for field in table.resource["schema"]["fields"]}
    deciding = dict.fromkeys([*order_columns(table.resource), *table.primary_key])
    required = [name for name in deciding if _required(schema[name])]
    fields.need(f"a row of {table.name}", given, required, "which decide its place")
    cells = _filled(material, table, given)
    text = made.files.get(table.file, material.text(table.file))
    _refuse_double(table, cells, text)
    made.files[table.file], line = with_row(text, table.resource, cells)
    made.tell(f"{table.file} row {line}", cells)


def with_row(text: str, resource: Resource, cells: dict[str, str]) -> tuple[str, int]:
    """Return the table's text with a row in its place, and the line on which it stands."""
    header, rows = read_rows(text)
    place = order_value(resource, cells)
    lines = text.splitlines(keepends=True)
    later = (row.line for row in rows if order_value(resource, row.cells) > place)
    line = next(later, len(lines) + 1)
    lines.insert(line - 1, _written(header, cells))
    return "".join(lines), line


def with_cells(text: str, line: int, cells: Mapping[str, str]) -> str:
    """Return the table's text with other cells on one line."""
    lines = text.splitlines(keepends=True)
    lines[line - 1] = _written(read_rows(text)[0], cells)
    return "".join(lines)


def _written(header: list[str], cells: Mapping[str, str]) -> str:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerow([cells[column] for column in header])
    return stream.getvalue()


def check_links(material: Material, table: Table, given: Mapping[str, str]) -> None:
    """Refuse a cell that names a row of another table which is not there."""
    for link in table.resource["schema"].get("foreignKeys", []):
        column, reference = link["fields"][0], link["reference"]
        target, key = material.tables[reference["resource"]], reference["fields"][0]
        cell = given.get(column, "")
        if cell and cell not in {row.cells[key] for row in target.rows}:
            raise UnknownNameError(
                f"{target.file} has no {key} {cell!r}; correct it, or first run "
                f"`rebuilt new fact {target.name} {key}={cell}`"
            )


def check_sources(material: Material, given: Mapping[str, str]) -> None:
    """Refuse a source that the bibliography does not have."""
    for column in SOURCE_COLUMNS:
        key = given.get(column, "")
        if key and key not in material.entry_of:
            raise UnknownNameError(
                f"{BIBLIOGRAPHY} has no source {key!r}; correct it, or first run "
                f"`rebuilt new source {key}`"
            )


def _required(field: Resource) -> bool:
    return bool(field.get("constraints", {}).get("required"))


def _refuse_double(table: Table, cells: Mapping[str, str], text: str) -> None:
    key = table.primary_key
    for row in read_rows(text)[1]:
        if key and all(row.cells[name] == cells[name] for name in key):
            shown = ", ".join(f"{name}={cells[name]}" for name in key)
            raise ShapeError(f"{table.file} row {row.line} already has {shown}; edit that row")


def _filled(material: Material, table: Table, given: Mapping[str, str]) -> dict[str, str]:
    """Return every cell: given, known from quantities.csv, open, or empty."""
    known = _known(material, table, given)
    cells = {}
    for field in table.resource["schema"]["fields"]:
        name = field["name"]
        asked = _required(field) or name in ASKED
        cells[name] = known.get(name, placeholder(_wanted(field)) if asked else "")
    return cells


def _known(material: Material, table: Table, given: Mapping[str, str]) -> dict[str, str]:
    """Return given cells with the unit of the quantity, and the one of value and text it asks."""
    known = dict(given)
    if not table.has("quantity", "unit", "value") or "quantities" not in material.tables:
        return known
    units = {row.cells["quantity"]: row.cells["unit"] for row in material.tables["quantities"].rows}
    unit = known.setdefault("unit", units.get(known.get("quantity", ""), placeholder("the unit")))
    answer = "text" if unit in IN_WORDS and table.has("text") else "value"
    if known.get("status") != "unknown" and not {"value", "text"} & known.keys():
        how = "in words" if unit == "text" else f"in the unit {unit}"
        known[answer] = placeholder(f"the answer {how}; nothing where the status is unknown")
    return known


def _wanted(field: Resource) -> str:
    """Say what belongs into a cell, in the words of the descriptor.

    Without commas and quotes: the cell is then written without quotes, as its answer will be.
    """
    choices = field.get("constraints", {}).get("enum")
    said = str(field.get("description", field["name"]))
    said += f"; one of {', '.join(map(str, choices))}" if choices else ""
    return said.replace(",", ";").replace('"', "'")
