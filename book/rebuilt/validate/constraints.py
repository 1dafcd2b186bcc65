"""Types, constraints, keys: Frictionless validates every table, and its report is told our way.

Seals are left to `descriptor`, which can name the cell that broke one.
"""

import copy
import hashlib
import json
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any

from frictionless import Package
from frictionless import Resource as Table
from frictionless.exception import FrictionlessException

from rebuilt.errors import DataError
from rebuilt.validate.finding import Finding, quoted
from rebuilt.validate.material import Descriptor, Material, Resource, column_names, read_rows

TYPE_NAMES = {
    "number": "a number",
    "integer": "a whole number",
    "date": "a date like 2024-02-20",
    "boolean": "true or false",
    "year": "a year",
}
SEALED = {"resources", "files"}  # of a descriptor; all else of it is of the package
# How tables are written. Where it is not said, Frictionless guesses it, and a table with tabs or
# semicolons would pass that nothing else here can read.
CSV = {"csv": {"delimiter": ",", "quoteChar": '"', "skipInitialSpace": False}}


def check_tables(material: Material) -> Iterator[Finding]:
    """Validate every table against its schema.

    Raises
    ------
    DataError
        When a descriptor is not a valid data package.
    """
    for descriptor in material.descriptors:
        yield from _headers(material, descriptor)
        there = _there(material, descriptor)
        made_of = {_digest(material, descriptor, item, there): item for item in there}
        waiting = {made: item for made, item in made_of.items() if made not in _validated}
        if waiting:
            package = _package(material, descriptor, list(waiting.values()), there)
            for made, item in waiting.items():
                _validated[made] = list(_findings(descriptor, package.get_resource(item["name"])))
        for made in made_of:
            yield from _validated[made]


# What was found in a table, by all that it was found from: whoever checks a repository again after
# a change of one table validates that one, and those that refer to it.
_validated: dict[str, list[Finding]] = {}


def _there(material: Material, descriptor: Descriptor) -> list[Resource]:
    """Return the tables that can be read, without their seals.

    A table that refers to a lost one waits until that is back: each of its keys would dangle.
    """
    unsealed = [
        {name: value for name, value in item.items() if name not in {"hash", "bytes", "rows"}}
        for item in descriptor.resources
        if item["name"] in material.tables and not _others(item) & material.lost
    ]
    return [{**item, "dialect": CSV} for item in unsealed]


def _headers(material: Material, descriptor: Descriptor) -> Iterator[Finding]:
    """Tables with other columns than their schema has; nothing else can be said of them."""
    for item in descriptor.resources:
        file = descriptor.file_of(item)
        if item["name"] in material.tables or not (file.endswith(".csv") and material.exists(file)):
            continue
        header, columns = read_rows(material.text(file))[0], column_names(item)
        shown = quoted(", ".join(header)).strip('"')
        both = zip_longest(columns, header)
        yield Finding(
            file=file,
            row=1,
            column=next(quoted(wanted or had) for wanted, had in both if wanted != had),
            found=f"the columns {shown}" if header else "no columns",
            expected=", ".join(columns),
            advice="name and order the columns as the descriptor does, with commas between them",
        )


def _digest(
    material: Material, descriptor: Descriptor, resource: Resource, there: list[Resource]
) -> str:
    """Digest of a table and its schema, of the tables to which it refers, and of the package."""
    package = {name: descriptor.content[name] for name in descriptor.content if name not in SEALED}
    names = [item["name"] for item in there]
    digest = hashlib.sha256(json.dumps([descriptor.folder, package, names]).encode())
    for table in [resource, *(item for item in there if item["name"] in _others(resource))]:
        digest.update(json.dumps(table).encode())
        digest.update(Path(material.root, descriptor.folder, table["path"]).read_bytes())
    return digest.hexdigest()


def _others(resource: Resource) -> set[str]:
    """Names of the tables to which one refers."""
    keys = resource["schema"].get("foreignKeys", [])
    return {key["reference"]["resource"] for key in keys}


def _findings(descriptor: Descriptor, resource: Table) -> Iterator[Finding]:
    file = f"{descriptor.folder}/{resource.path}"
    schema = {field["name"]: field for field in resource.schema.to_descriptor()["fields"]}
    for error in resource.validate().tasks[0].errors:
        yield _translate(file, schema, resource.schema.primary_key, error)


def _package(
    material: Material, descriptor: Descriptor, waiting: list[Resource], there: list[Resource]
) -> Package:
    """Return the package of the tables that wait to be validated, and of those they refer to."""
    needed = {item["name"] for item in waiting}.union(*map(_others, waiting))
    resources = [item for item in there if item["name"] in needed]
    content = copy.deepcopy({**descriptor.content, "resources": resources})
    try:
        return Package.from_descriptor(content, basepath=str(material.root / descriptor.folder))
    except FrictionlessException as error:
        reasons = "; ".join(reason.note for reason in error.reasons) or error.error.note
        msg = f"{descriptor.file}: not a data package: {reasons}"
        raise DataError(msg) from None


def _translate(file: str, schema: dict[str, Resource], key: list[str], error: Any) -> Finding:
    """Tell one Frictionless error as a finding."""
    if error.type in {"type-error", "constraint-error"}:
        return _cell(file, schema[error.field_name], error)
    if error.type == "primary-key":
        return _double(file, list(schema), key, error)
    if error.type == "foreign-key":
        return _dangling(file, error)
    return _shape(file, len(schema), error)


def _cell(file: str, field: Resource, error: Any) -> Finding:
    expected = TYPE_NAMES.get(field["type"], f"a {field['type']}")
    if error.type == "constraint-error":
        expected = _constraint(field["constraints"], error.note.split('"')[1])
    empty = error.cell in ("", "None")  # a short row has no cell there at all
    return Finding(
        file=file,
        row=error.row_number,
        column=error.field_name,
        found="an empty cell" if empty else quoted(str(error.cell)),
        expected=expected,
        advice="fill it in from the source" if empty else "compare with the cited source",
    )


def _constraint(constraints: Resource, name: str) -> str:
    value = constraints[name]
    if name == "enum":
        return f"one of {', '.join(map(str, value))}"
    words = {
        "required": "a value",
        "minimum": f"at least {value}",
        "maximum": f"at most {value}",
        "pattern": f"text of the form {value}",
        "unique": "a value that no other row has",
        "minLength": f"at least {value} characters",
        "maxLength": f"at most {value} characters",
    }
    return words[name]


def _double(file: str, columns: list[str], key: list[str], error: Any) -> Finding:
    cells = dict(zip(columns, error.cells, strict=False))
    shown = ", ".join(quoted(cells.get(name, "")) or '""' for name in key)
    first = error.note.rpartition(" ")[2]
    return Finding(
        file=file,
        row=error.row_number,
        column=" + ".join(key),
        found=f"{shown} as in row {first}" if first.isdigit() else "only empty cells",
        expected="a key of its own for every row",
        advice="remove the double, or tell the rows apart by what differs",
    )


def _dangling(file: str, error: Any) -> Finding:
    target = f"{', '.join(error.reference_field_names)} of the table {error.reference_name}"
    return Finding(
        file=file,
        row=error.row_number,
        column=" + ".join(error.field_names),
        found=", ".join(quoted(str(cell)) for cell in error.field_cells),
        expected=f"a value of {target}",
        advice=f"correct the spelling, or add it with `rebuilt new fact {error.reference_name}`",
    )


def _shape(file: str, n_columns: int, error: Any) -> Finding:
    """Tell of a row that is too long, too short or blank, or of an unreadable file."""
    if not hasattr(error, "row_number"):
        expected, advice = f"a header of {n_columns} columns and rows", "restore the file"
        return Finding(file=file, found=error.note, expected=expected, advice=advice)
    row, n_cells = error.row_number, len(getattr(error, "cells", []))
    if not n_cells:
        found, expected = "an empty line", "a row"
        return Finding(file=file, row=row, found=found, expected=expected, advice="remove it")
    return Finding(
        file=file,
        row=row,
        found=f"{n_cells} cells",
        expected=f"{n_columns} cells",
        advice="a comma inside a cell needs quotes around the cell",
    )
