"""`rebuilt new check`: the function that a claim names, and the cases that put it to the test."""

import re
from collections.abc import Mapping
from pathlib import Path
from string import Template

from rebuilt.drafts import fields
from rebuilt.drafts.draft import Draft, by_line
from rebuilt.errors import DataError, ShapeError, UnknownNameError
from rebuilt.validate.claim_rows import CHECKS
from rebuilt.validate.material import Material, Row
from rebuilt.validate.placeholders import placeholder

CASES = "tests/claims/checks"
WORLDS = "import worlds\n"
FUNCTION = Path(__file__).with_name("check_template.txt")
TRIED = Path(__file__).with_name("cases_template.txt")
ASKED = {
    "table": "the table of data/ with the evidence, such as accelerators",
    "subject": "what the fact is about, an id of subjects.csv",
    "quantity": "what is measured, a name of quantities.csv",
}


def draft(material: Material, name: str, given: Mapping[str, str]) -> Draft:
    """Write the check of the claim `name` as a comparison of one number; change it as needed."""
    fields.allow("a check", given, ASKED)
    claim = _claim(material, name)
    module, _, function = claim.cells["check"].partition(".")
    values = {field: placeholder(what) for field, what in ASKED.items()} | dict(given)
    values |= {"function": function, "claimed": claim.cells["claimed"] or "1.0"}
    made = Draft(files={})
    file = f"{CHECKS}/{module}.py"
    written = _filled(FUNCTION, values)
    made.files[file] = _before_helpers(_text(material, file), written, function, file)
    made.tell(f"the function {function} in {file}", by_line(made.files[file]))
    file = f"{CASES}/test_{module}.py"
    written = _filled(TRIED, values)
    made.files[file] = _after_cases(_text(material, file), written)
    made.tell(f"its cases in {file}", by_line(made.files[file]))
    return made


def _claim(material: Material, name: str) -> Row:
    rows = {row.cells["id"]: row for row in material.tables["claims"].rows}
    if name not in rows:
        near = fields.no_such(f"claim {name!r}", name, rows)
        raise UnknownNameError(f"{near}; a new one begins with `rebuilt new claim {name}`")
    if not rows[name].cells["check"]:
        raise ShapeError(
            f"the claim {name} is untestable; name its check in seeds/claims.csv first"
        )
    return rows[name]


def _text(material: Material, file: str) -> str:
    if not material.exists(file):
        raise DataError(f"{file} is missing; every section has one, so restore it")
    return material.text(file)


def _filled(template: Path, values: Mapping[str, str]) -> str:
    return Template(template.read_text(encoding="utf-8")).substitute(values)


def _before_helpers(text: str, written: str, function: str, file: str) -> str:
    """Put the function after the other checks; what begins with an underscore stands below."""
    if re.search(rf"^def {function}\(", text, re.MULTILINE):
        raise ShapeError(f"{file} already has a function {function}; edit it")
    helpers = re.search(r"^(?:@.*\n)*def _", text, re.MULTILINE)
    place = helpers.start() if helpers else len(text)
    above, below = text[:place].rstrip(), text[place:]
    return f"{above}\n\n\n{written}" + (f"\n\n{below}" if below else "")


def _after_cases(text: str, written: str) -> str:
    """Put the cases at the end, where everything that they may use has been defined."""
    if WORLDS not in text:
        text = text.replace("from worlds import", f"{WORLDS}from worlds import", 1)
    return f"{text.rstrip()}\n\n\n{written}"
