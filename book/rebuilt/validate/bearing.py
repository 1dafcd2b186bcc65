"""Every row that bears on a claim was looked at by its check, or is set aside with a reason.

seeds/bearing.csv says which subjects a claim is about, seeds/synonyms.csv under which other names
the tables hold them: another subject, or a word of a text or condition. The checks run once as of
the note and once as of the freeze; a row counts for the first of the two on which it was public.
seeds/set_aside.csv says of rows that no check looks at why they do not bear on the claim.
"""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache

from rebuilt import claims
from rebuilt.claims.wording import Claim
from rebuilt.errors import DataError, UnknownNameError
from rebuilt.evidence.facts import Facts
from rebuilt.validate.finding import Finding
from rebuilt.validate.material import Material, Row, Table

SUBJECT_COLUMNS = (
    "subject",
    "accelerator",
    "id",
    "tier",
)  # the first that a table has names its rows
QUANTITY_COLUMNS = ("quantity", "event", "benchmark")  # likewise, what a row is about
SHORTEST = 4  # words of a reason
CLAIM_FIELDS = tuple(Claim.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class _Place:
    """A row of a table as a claim sees it."""

    table: Table
    row: Row
    index: int
    subject: str
    quantity: str
    condition: str  # what qualifies the row: its condition, or the kind of an event
    told: str  # all that it says in words


class _Places:
    """All rows as claims see them, by subject and by whether they say a word that is a synonym."""

    def __init__(self, material: Material) -> None:
        self.by_subject: dict[str, list[_Place]] = defaultdict(list)
        self.telling: list[_Place] = []
        words = _words(row.cells for row in material.tables["synonyms"].rows)
        for place in _places(material):
            self.by_subject[place.subject].append(place)
            if words and words.search(place.told):
                self.telling.append(place)


def check_bearing(material: Material) -> Iterator[Finding]:
    """Run the rule on every claim that has a check."""
    needed = ("claims", "bearing", "synonyms", "set_aside")
    if not set(needed) <= set(material.tables):
        return
    judged = [row for row in material.tables["claims"].rows if row.cells["check"]]
    yield from _named(material, judged)
    places = _Places(material)
    note, used = _note(material).isoformat(), set[int]()
    then = Facts(_note(material), material.frame)
    today = Facts(dt.date.fromisoformat(material.freeze_date), material.frame)
    for row in judged:
        try:
            looked = _looked(row, then, today)
        except (DataError, UnknownNameError, TypeError, ValueError) as error:
            yield _failed(material.tables["claims"], row, error)
            continue
        asides_on = _asides_of(material, row.cells["id"])
        for place in _bearing(material, places, row.cells["id"]):
            public_then = place.row.cells["known_since"] <= note
            if place.index in looked[public_then][place.table.name]:
                continue
            aside = asides_on(place.table.name, place.subject, place.quantity, place.condition)
            used.update(aside)
            if not aside:
                yield _unused_row(row, place)
    yield from _asides(material.tables["set_aside"], used)


def _named(material: Material, judged: list[Row]) -> Iterator[Finding]:
    """Check that every claim with a check is about something that a table has."""
    table = material.tables["bearing"]
    known = {
        row.cells[column]
        for other in material.tables.values() if "known_since" in other.header
        for column in SUBJECT_COLUMNS if column in other.header
        for row in other.rows
    }  # fmt: skip
    about = {row.cells["claim"] for row in table.rows}
    for row in table.rows:
        if row.cells["subject"] not in known:
            yield table.at(
                row, "subject", row.cells["subject"], "a subject that some table has",
                "correct the spelling or remove the row",
            )  # fmt: skip
    for row in judged:
        if row.cells["id"] not in about:
            yield material.tables["claims"].at(
                row, "id", row.cells["id"], "a subject for it in seeds/bearing.csv",
                "say what the claim is about",
            )  # fmt: skip


def _looked(row: Row, then: Facts, today: Facts) -> dict[bool, dict[str, set[int]]]:
    """Rows that the check asked for, by table: True as of the note, False as of the freeze."""
    cells = {name: row.cells.get(name, "") for name in CLAIM_FIELDS}
    tolerance = float(cells["tolerance"]) if cells["tolerance"] else None
    numbers = {"paragraph": int(cells["paragraph"]), "tolerance": tolerance}
    claim = Claim(**{**cells, **numbers})  # type: ignore[arg-type]
    check = claims.find_check(claim)
    found: dict[bool, dict[str, set[int]]] = {}
    for of_note, facts in ((True, then), (False, today)):
        facts.looked = {}
        check(claim, facts)
        found[of_note] = defaultdict(set, facts.looked)
    return found


def _bearing(material: Material, places: _Places, claim: str) -> Iterator[_Place]:
    """Rows on the subjects of a claim, under whatever name, that say something by the freeze."""
    subjects = {r.cells["subject"] for r in material.tables["bearing"].rows
                if r.cells["claim"] == claim}  # fmt: skip
    others = [r.cells for r in material.tables["synonyms"].rows if r.cells["subject"] in subjects]
    names = subjects | {other["also"] for other in others if other["kind"] == "subject"}
    words = _words(others)
    for name in sorted(names):
        yield from places.by_subject[name]
    if words:
        told = (place for place in places.telling if words.search(place.told))
        yield from (place for place in told if place.subject not in names)


def _words(synonyms: Iterable[dict[str, str]]) -> re.Pattern[str] | None:
    """Pattern of the synonyms that are words of a text; None where there are none."""
    words = [re.escape(other["also"]) for other in synonyms if other["kind"] == "word"]
    return re.compile(rf"(?<![\w-])(?:{'|'.join(words)})(?![\w-])") if words else None


def _places(material: Material) -> Iterator[_Place]:
    for table in material.tables.values():
        columns = [name for name in SUBJECT_COLUMNS if name in table.header]
        if not columns or "known_since" not in table.header:
            continue
        about = next((name for name in QUANTITY_COLUMNS if name in table.header), "")
        for index, row in enumerate(table.rows):
            cells = row.cells
            if cells.get("status") == "unknown" or cells["known_since"] > material.freeze_date:
                continue
            qualified = cells.get("condition", "")
            condition = cells["kind"] if "event" in cells else qualified
            told = f"{cells.get('text', '')} {qualified}"
            subject, quantity = cells[columns[0]], cells.get(about, "")
            yield _Place(table, row, index, subject, quantity, condition, told)


def _note(material: Material) -> dt.date:
    return dt.date.fromisoformat(material.descriptors[0].content["note_date"])


def _asides_of(material: Material, claim: str) -> Callable[[str, str, str, str], list[int]]:
    """Return what finds the lines of set_aside.csv that speak of a claim and a place."""
    of_table: dict[str, list[Row]] = defaultdict(list)
    for row in material.tables["set_aside"].rows:
        if _means(row.cells["claim"], claim):
            of_table[row.cells["table"]].append(row)

    @cache
    def asides_on(table: str, subject: str, quantity: str, condition: str) -> list[int]:
        return [
            row.line
            for row in of_table[table]
            if _fits(subject, row.cells["subject"])
            and _fits(quantity, row.cells["quantity"])
            and _fits(condition, row.cells["condition"])
        ]

    return asides_on


@cache  # many pairs, few of them different
def _fits(cell: str, pattern: str) -> bool:
    return pattern in ("*", cell) or fnmatchcase(cell, pattern)


@cache
def _means(pattern: str, claim: str) -> bool:
    """Whether a cell names a claim: a pattern, or all but those behind exclamation marks."""
    parts = pattern.split(";")
    barred = [part[1:] for part in parts if part.startswith("!")]
    wanted = [part for part in parts if not part.startswith("!")] or ["*"]
    return any(fnmatchcase(claim, part) for part in wanted) and claim not in barred


def _unused_row(claim: Row, place: _Place) -> Finding:
    return place.table.at(
        place.row,
        "",
        f"a row on {place.subject} ({place.quantity or 'a version'}) that the check of "
        f"{claim.cells['id']} does not look at",
        "it used by that check",
        "use it, or say in seeds/set_aside.csv why it does not bear on the claim",
    )


def _failed(table: Table, row: Row, error: Exception) -> Finding:
    return table.at(
        row,
        "check",
        f"an error of {row.cells['check']}: {error}",
        "a check that runs on these tables",
        "restore the row that it asks for or correct the check",
    )


def _asides(table: Table, used: set[int]) -> Iterator[Finding]:
    for row in table.rows:
        if row.line not in used:
            yield table.at(
                row, "claim", row.cells["claim"], "a row that some check does not look at",
                "remove what sets nothing aside",
            )  # fmt: skip
        if len(row.cells["reason"].split()) < SHORTEST:
            yield table.at(
                row, "reason", row.cells["reason"] or "nothing", "a reason in words", "say why",
            )  # fmt: skip
        if row.cells["claim"] == row.cells["quantity"] == "*":
            yield table.at(
                row, "quantity", "*", "a quantity, where every claim is meant",
                "name the quantity or the claims",
            )  # fmt: skip
