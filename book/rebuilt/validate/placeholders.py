"""Placeholders that `rebuilt new` wrote and nobody has filled in yet.

A placeholder says in words what belongs in its place. It can stand in any text file that people
write: tables, bibliography, model files, chapters, checks and the cases of their tests.
"""

import re
from collections.abc import Iterator

from rebuilt.validate.finding import Finding
from rebuilt.validate.material import BIBLIOGRAPHY, Material
from rebuilt.validate.typed_numbers import chapter_files

OPENING = "<<fill in: "
PLACEHOLDER = re.compile(rf"{OPENING}(.*?)>>", re.DOTALL)
CODE = ("book/rebuilt/claims/checks", "tests/claims/checks")


def placeholder(what: str) -> str:
    """Return the placeholder for `what`, such as "the title as published"."""
    return f"{OPENING}{what}>>"


def check_placeholders(material: Material) -> Iterator[Finding]:
    """Find every placeholder, cell by cell, field by field or line by line."""
    for table in material.tables.values():
        for row in table.rows:
            for column, cell in row.cells.items():
                if OPENING in cell:  # of a quarter of a million cells, hardly one
                    yield from _left(table.file, row.line, column, cell)
    for entry in material.entries:
        for field, text in entry.fields.items():
            yield from _left(BIBLIOGRAPHY, entry.line, field, text)
    for file in _written_by_line(material):
        text = material.text(file)
        if OPENING in text:
            for number, line in enumerate(text.splitlines(), 1):
                yield from _left(file, number, "", line)


def _left(file: str, row: int, column: str, text: str) -> Iterator[Finding]:
    for found in PLACEHOLDER.finditer(text):
        yield Finding(
            file=file,
            row=row,
            column=column,
            found="a placeholder",
            expected=found[1],
            advice="fill it in",
        )


def _written_by_line(material: Material) -> Iterator[str]:
    for descriptor in material.descriptors:
        files = map(descriptor.file_of, descriptor.sealed)
        yield from (file for file in files if file.endswith(".yaml") and material.exists(file))
    yield from chapter_files(material.root)
    for folder in CODE:
        modules = sorted((material.root / folder).glob("*.py"))
        yield from (module.relative_to(material.root).as_posix() for module in modules)
