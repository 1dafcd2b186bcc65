"""`rebuilt new chapter`: a page in the order of a chapter, and its line in the contents."""

import re
from collections.abc import Mapping
from pathlib import Path

from rebuilt.drafts import fields
from rebuilt.drafts.draft import Draft, by_line
from rebuilt.errors import ShapeError, UnknownNameError
from rebuilt.validate.material import Material
from rebuilt.validate.placeholders import placeholder

CONTENTS = "_toc.yml"
TEMPLATE = Path(__file__).with_name("chapter_template.txt")
SECTION = placeholder("the section of seeds/claims.csv that the chapter treats")


def draft(material: Material, name: str, given: Mapping[str, str]) -> Draft:
    """Write book/`name`.md from the template and list it after the chapter `after`."""
    fields.slug("a chapter", name, r"[a-z][a-z0-9]*(-[a-z0-9]+)*", "mixed-reality")
    fields.allow("a chapter", given, ("after", "section"))
    fields.need("a chapter", given, ["after"], "the chapter after which it is read")
    file, section = f"book/{name}.md", given.get("section", SECTION)
    if material.exists(file):
        raise ShapeError(f"{file} is there already; edit that file")
    _check_section(material, section)
    text = TEMPLATE.read_text(encoding="utf-8").replace("@section@", section)
    text = text.replace("@name@", name)
    contents = _listed(material.text(CONTENTS), name, given["after"])
    made = Draft(files={file: text, CONTENTS: contents})
    made.tell(file, by_line(text))
    return made


def _check_section(material: Material, section: str) -> None:
    known = {row.cells["section"] for row in material.tables["claims"].rows}
    if section not in {*known, SECTION}:
        raise UnknownNameError(fields.no_such(f"section {section!r}", section, known))


def _listed(contents: str, name: str, after: str) -> str:
    """Return the table of contents with `name` after another page, written as that one is."""
    entry = re.compile(r"(?m)^(\s*- file: )(\S+)$")
    for found in entry.finditer(contents):
        if found[2] == after:
            return f"{contents[: found.end()]}\n{found[1]}{name}{contents[found.end() :]}"
    known = [found[2] for found in entry.finditer(contents)]
    raise UnknownNameError(fields.no_such(f"chapter {after!r} in {CONTENTS}", after, known))
