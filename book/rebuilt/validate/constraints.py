"""Types, constraints, keys: Frictionless validates every table, and its report is told our way.

Seals are left to `descriptor`, which can name the cell that broke one.
"""

import copy
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from frictionless import Package
from frictionless import Resource as Table
from frictionless.exception import FrictionlessException

from rebuilt.errors import DataError
from rebuilt.validate.finding import Finding, quoted
from rebuilt.validate.material import Descriptor, Material, Resource

TYPE_NAMES = {
    "number": "a number",
    "integer": "a whole number",
    "date": "a date like 2024-02-20",
    "boolean": "true or false",
    "year": "a year",
}
HEADER_ERRORS = {
    "incorrect-label",
    "missing-label",
    "extra-label",
    "blank-label",
    "duplicate-label",
}


def check_tables(material: Material) -> Iterator[Finding]:
    """Validate every table against its schema.

    Raises
    ------
    DataError
        When a descriptor is not a valid data package.
    """
    for descriptor in material.descriptors:
        package = _package(material, descriptor)
        for resource in package.resources:
            made_of = _digest(material, descriptor, package, resource)
            if made_of not in _validated:
                _validated[made_of] = list(_findings(descriptor, resource))
            yield from _validated[made_of]


# What was found in a table, by all that it was found from: whoever checks a repository again after
# a change of one table validates that one, and those that refer to it.
_validated: dict[str, list[Finding]] = {}


def _digest(material: Material, descriptor: Descriptor, package: Package, resource: Table) -> str:
    """Digest of a table and its schema, and of the tables to which it refers."""
    others = [key["reference"]["resource"] for key in resource.schema.foreign_keys]
    digest = hashlib.sha256(descriptor.folder.encode())
    for name in dict.fromkeys([resource.name, *filter(None, others)]):
        table = package.get_resource(name)
        digest.update(json.dumps(table.to_descriptor()).encode())
        digest.update(Path(material.root, descriptor.folder, str(table.path)).read_bytes())
    return digest.hexdigest()


def _findings(descriptor: Descriptor, resource: Table) -> Iterator[Finding]:
    file = f"{descriptor.folder}/{resource.path}"
    schema = {field["name"]: field for field in resource.schema.to_descriptor()["fields"]}
    for error in resource.validate().tasks[0].errors:
        yield _translate(file, schema, resource.schema.primary_key, error)


def _package(material: Material, descriptor: Descriptor) -> Package:
    content = copy.deepcopy(descriptor.content)
    content["resources"] = [
        {name: value for name, value in item.items() if name not in {"hash", "bytes", "rows"}}
        for item in content["resources"]
        if item["path"].endswith(".csv") and material.exists(descriptor.file_of(item))
    ]
    try:
        return Package.from_descriptor(content, basepath=str(material.root / descriptor.folder))
    except FrictionlessException as error:
        reasons = "; ".join(reason.note for reason in error.reasons) or error.error.note
        msg = f"{descriptor.file}: not a data package: {reasons}"
        raise DataError(msg) from None


def _translate(file: str, schema: dict[str, Resource], key: list[str], error: Any) -> Finding:
    """Tell one Frictionless error as a finding."""
    if error.type in HEADER_ERRORS:
        return _header(file, schema, error)
    if error.type in {"type-error", "constraint-error"}:
        return _cell(file, schema[error.field_name], error)
    if error.type == "primary-key":
        return _double(file, list(schema), key, error)
    if error.type == "foreign-key":
        return _dangling(file, error)
    return _shape(file, len(schema), error)


def _header(file: str, schema: dict[str, Resource], error: Any) -> Finding:
    return Finding(
        file=file,
        row=1,
        column=getattr(error, "field_name", "") or error.label,
        found=f"the columns {', '.join(error.labels)}",
        expected=", ".join(schema),
        advice="name and order the columns as the descriptor does",
    )


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
    n_cells = len(getattr(error, "cells", []))
    readable = hasattr(error, "row_number")
    return Finding(
        file=file,
        row=error.row_number if readable else None,
        found=f"{n_cells} cells" if readable else error.note,
        expected=f"{n_columns} cells",
        advice="a comma inside a cell needs quotes around the cell",
    )
