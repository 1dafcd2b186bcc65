"""Rules about seeds/claims.csv: each claim is testable or says why not, and quotes the note right.

The claimed value is held against the figures as the note prints them, which stand in a column of
their own: 173 (bn_parameters) against 1730亿. A slip of the decimal point thus shows.
"""

import contextlib
import re
from collections.abc import Iterator

from rebuilt.claims.units import Unit
from rebuilt.validate.cells import number
from rebuilt.validate.finding import Finding, quoted
from rebuilt.validate.material import Material, Row, Table

CHECKS = "book/rebuilt/claims/checks"
LONGEST_TERM = 16  # characters: a word or a figure of the note, not a sentence of it
CHINESE = re.compile(r"[\u3400-\u9fff]")


WORDS = {
    "一半": 0.5,
    "一倍": 2.0,
    "翻倍": 2.0,
    "两": 2.0,
    "二": 2.0,
    "三": 3.0,
    "四": 4.0,
    "五": 5.0,
    "六": 6.0,
    "七": 7.0,
    "八": 8.0,
    "九": 9.0,
    "十": 10.0,
}
POWERS = {"万": 1e4, "亿": 1e8, "千": 1e3}


def check_claims(material: Material) -> Iterator[Finding]:
    """Run the rules on every claim."""
    table = material.tables.get("claims")
    if not table:
        return
    units = units_of(material)
    paragraph = 0.0
    for row in table.rows:
        yield from _words(table, row)
        yield from _testable(table, row)
        yield from _written(material, table, row)
        yield from _claimed(table, units, row)
        now = number(row.cells["paragraph"]) or 0.0
        if now < paragraph:
            yield table.at(
                row,
                "paragraph",
                row.cells["paragraph"],
                f"{paragraph:g} or more: claims follow the note",
                "move the claim up to its place",
            )
        paragraph = max(paragraph, now)
    if "sentences" in material.tables:
        yield from _sentences(material.tables["sentences"], table)


def _sentences(sentences: Table, claims: Table) -> Iterator[Finding]:
    """Sentences of a paragraph are numbered without a gap, and their claims stand in it."""
    paragraph_of = {row.cells["id"]: row.cells["paragraph"] for row in claims.rows}
    before = ("0", "0")
    for row in sentences.rows:
        now = (row.cells["paragraph"], row.cells["sentence"])
        if now not in _next(before):
            yield sentences.at(
                row,
                "paragraph + sentence",
                ", ".join(now),
                f"what follows {', '.join(before)}: the next sentence, or the first of the next "
                "paragraph",
                "number the sentences as the note has them",
            )
        before = now
        for identifier in filter(None, row.cells["claims"].split(";")):
            if paragraph_of.get(identifier, now[0]) != now[0]:
                yield sentences.at(
                    row,
                    "paragraph",
                    now[0],
                    f"{paragraph_of[identifier]}, the paragraph of {identifier}",
                    "correct one of the two",
                )


def _next(before: tuple[str, str]) -> set[tuple[str, str]]:
    try:
        paragraph, sentence = map(int, before)
    except ValueError:
        return set()
    return {(str(paragraph), str(sentence + 1)), (str(paragraph + 1), "1")}


def units_of(material: Material) -> dict[str, Unit]:
    """Units of the folder's table, by name; none when that table is missing or misread."""
    table = material.tables.get("units")
    found: dict[str, Unit] = {}
    for row in table.rows if table else []:
        with contextlib.suppress(ValueError):  # a limit that is no number is the schema's to report
            found[row.cells["unit"]] = Unit.of(row.cells)
    return found


def _words(table: Table, row: Row) -> Iterator[Finding]:
    statement, term = row.cells["statement"], row.cells["term_zh"]
    if CHINESE.search(statement) or not re.fullmatch(r"[A-Z\d].*\.", statement):
        yield table.at(
            row,
            "statement",
            quoted(statement) or "an empty cell",
            "one English sentence with a full stop",
            "say it in our own words",
        )
    if len(term) > LONGEST_TERM:
        yield table.at(
            row,
            "term_zh",
            f"{len(term)} characters",
            f"at most {LONGEST_TERM}: a word or figure, not a sentence",
            "keep the key term only",
        )


def _testable(table: Table, row: Row) -> Iterator[Finding]:
    check, reason = row.cells["check"], row.cells["untestable"]
    module = row.cells["section"].replace("-", "_")
    if bool(check) == bool(reason):
        yield table.at(
            row,
            "check",
            "a check and a reason against one" if check else "neither a check nor a reason",
            "one of check and untestable",
            "name the check, or say why no evidence could decide",
        )
    elif check and not re.fullmatch(rf"{module}\.[a-z0-9_]+", check):
        yield table.at(
            row,
            "check",
            quoted(check),
            f"{module}.NAME, as the section is {row.cells['section']}",
            "correct the section or the check",
        )


def _written(material: Material, table: Table, row: Row) -> Iterator[Finding]:
    """Check that the function exists, so that no claim of a finished book is left unchecked."""
    module, _, name = row.cells["check"].partition(".")
    if not name or module != row.cells["section"].replace("-", "_"):
        return
    file = f"{CHECKS}/{module}.py"
    if not material.exists(file) or f"\ndef {name}(" not in f"\n{material.text(file)}":
        yield table.at(
            row,
            "check",
            quoted(row.cells["check"]),
            f"a function {name} in {file}",
            f"write it with `rebuilt new check {row.cells['id']}`, or say in untestable why no "
            "evidence could decide",
        )


def _claimed(table: Table, units: dict[str, Unit], row: Row) -> Iterator[Finding]:
    claimed, name = row.cells["claimed"], row.cells["unit"]
    if row.cells["tolerance"] and not claimed:
        yield table.at(
            row,
            "tolerance",
            row.cells["tolerance"],
            "an empty cell, as nothing is claimed in figures",
            "remove it",
        )
    if bool(claimed) != bool(name):
        yield table.at(
            row,
            "unit" if claimed else "claimed",
            "an empty cell",
            "a claimed value with its unit, or neither",
            "fill in both",
        )
    if not claimed or not name:
        return
    if name not in units:
        return  # the schema asks for a unit of the table
    unit = units[name]
    if not re.fullmatch(unit.form, claimed) or not _inside(claimed, unit):
        yield table.at(row, "claimed", quoted(claimed), _described(unit), "compare with the note")
    elif row.cells["figures"] and not agrees(claimed, unit, row.cells["figures"].split(";")):
        yield table.at(
            row,
            "claimed",
            f"{claimed} {name}",
            f"what the note prints: {row.cells['figures']}",
            "correct the value, the unit or the column figures",
        )


def _inside(claimed: str, unit: Unit) -> bool:
    value, wrong = number(claimed), unit.minimum > unit.maximum  # which is said of the unit
    return value is None or wrong or unit.minimum <= value <= unit.maximum


def _described(unit: Unit) -> str:
    """Return the form of a unit in words."""
    forms = {"date": "a date like 2024-02-20", "quarter": "a quarter like 2024-Q2"}
    return forms.get(unit.name, f"{unit.minimum:g} to {unit.maximum:g} {unit.name}")


def agrees(claimed: str, unit: Unit, figures: list[str]) -> bool:
    """Whether a claimed value is one of the printed figures, or their count.

    Parameters
    ----------
    claimed : str
        A number, date (2024-02-20) or quarter (2024-Q2).
    figures : list of str
        Figures as the note prints them, in Western or Chinese numerals.
    """
    value = number(claimed)
    if value is None:
        parts = [int(part) for part in re.findall(r"\d+", claimed)]
        return any(_same_date(parts, figure) for figure in figures)
    if value == len(figures) > 1:
        return True
    wanted = value * unit.scale
    printed = [amount for figure in figures for amount in _amounts(figure)]
    return any(abs(amount - wanted) <= 1e-9 * abs(wanted) for amount in printed)


def _same_date(parts: list[int], figure: str) -> bool:
    """Compare from the end, so that a figure may leave out the year or its century."""
    printed = [int(part) for part in re.findall(r"\d+", figure)][: len(parts)]
    pairs = list(zip(reversed(parts), reversed(printed), strict=False))
    return len(pairs) > 1 and all(ours in (theirs, theirs + 2000) for ours, theirs in pairs)


def _amounts(figure: str) -> Iterator[float]:
    """Every number that one printed figure can mean, in plain units."""
    text = figure.replace(" ", "")
    for match in re.finditer(r"([+-]?\d+(?:\.\d+)?)([万亿千]?)", text):
        yield float(match[1]) * POWERS.get(match[2], 1.0)
    yield from (amount for word, amount in WORDS.items() if word in text)
