"""The one way to state a verdict: claims as cards, with both verdicts, rules and sources.

`show` gives a chapter its section's claims and the scorecard all of them; counts for charts come
from `counts`. The words of a verdict carry the meaning, colour only repeats them.
"""

import html
import re
from collections.abc import Mapping, Sequence
from functools import cache

import polars as pl

from rebuilt import claims, page
from rebuilt.claims.entries import Entry
from rebuilt.claims.units import units
from rebuilt.claims.vocabulary import MEANING, Verdict, Witness
from rebuilt.evidence import bibliography, tables
from rebuilt.page import formats, markup
from rebuilt.page.blocks import Block

_NUMBER = re.compile(r"-?\d+(\.\d+)?")  # a claimed figure keeps the digits that the note printed
_DATE = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
_NAME = re.compile(r"[a-z][a-z0-9]*(?:[.-][a-z0-9]+)*")
_FILTERS = (("section", "Section"), ("kind", "Kind"), ("then", "Then"), ("since", "Since"))


def show(section: str | None = None, *, scorecard: bool = False) -> Block:
    """Show claims as cards.

    Parameters
    ----------
    section : str, optional
        One section of the note; default is every claim.
    scorecard : bool
        The cards carry the addresses ``#claim-<id>``, can be filtered, and are folded to one line
        each, because they are many. True on one page only.
    """
    entries = claims.ledger(section=section)
    page.used(key for entry in entries for key in entry.sources)
    cards = "\n".join(_card(entry, home=scorecard) for entry in entries)
    body = f'<ol class="rb-ledger{" rb-home" if scorecard else ""}">\n{cards}\n</ol>'
    if scorecard:
        body = f"{_filter_bar(entries)}\n{body}"
    body = f"{body}\n{_words_explained(entries)}"
    text = "\n".join(f"{entry.id}: {entry.then}; {entry.since}" for entry in entries)
    return Block("ledger", {"html": body}, body, text)


def ranking(entries: Sequence[Entry], said: Mapping[str, str]) -> Block:
    """Show claims as a short list in the given order, each linked to its card.

    Parameters
    ----------
    entries : sequence of Entry
        At least one, best first.
    said : mapping of str to str
        Claim id to what puts the claim in its place, as a phrase; ids may be missing.
    """
    page.used(key for entry in entries for key in entry.sources)
    lines = "\n".join(_line(entry, said.get(entry.id, "")) for entry in entries)
    body = f'<ol class="rb-ranking">\n{lines}\n</ol>'
    text = "\n".join(f"{entry.id}: {entry.then}; {entry.since}" for entry in entries)
    return Block("ledger", {"html": body}, body, text)


def counts(entries: Sequence[Entry], field: str) -> pl.DataFrame:
    """Count verdicts: columns `verdict` and `claims`, in the order of the vocabulary."""
    words = [*Verdict]
    found = [getattr(entry, field) for entry in entries]
    rows = [{"verdict": str(word), "claims": found.count(word)} for word in words]
    return pl.DataFrame(rows).filter(pl.col("claims") > 0)


def checked(entries: Sequence[Entry]) -> list[Entry]:
    """Return the claims that have been put to the test."""
    return [e for e in entries if e.then is not Verdict.NOT_TESTABLE]


def value(number: float | str | None, unit: str) -> str:
    """Write a claimed or computed value with its unit; an en dash where there is none.

    Texts name switches and clusters by the ids of the fact tables, which a reader does not know.
    """
    if number is None or number == "":
        return "–"
    if isinstance(number, str) and not _NUMBER.fullmatch(number):
        return _NAME.sub(lambda word: _products().get(word[0], word[0]), number)
    text = number.replace("-", formats.MINUS) if isinstance(number, str) else formats.number(number)
    printed = units()[unit].printed if unit else ""
    space = "" if printed in ("", "%") else formats.SPACE
    return f"{text}{space}{printed}"


@cache
def _products() -> dict[str, str]:
    """Name of every switch and cluster by its id, without what brackets add."""
    subjects = tables.load("subjects").filter(pl.col("kind").is_in(["switch", "cluster"]))
    return {row["id"]: row["name"].split(" (")[0] for row in subjects.iter_rows(named=True)}


def _card(entry: Entry, *, home: bool) -> str:
    address = f'id="claim-{entry.id}" ' if home else ""
    attributes = " ".join(f'data-{name}="{html.escape(_of(entry, name))}"' for name, _ in _FILTERS)
    body = _folded(entry) if home else _open(entry)
    return f'<li {address}class="rb-card" {attributes}>{body}</li>'


def _open(entry: Entry) -> str:
    """Card of a chapter: everything but the reasons can be seen."""
    claim = entry.claim
    head = (
        f'<p class="rb-claim-text">{html.escape(claim.statement)} {_term(entry)}\u00a0'
        f"{_address(entry, 'scorecard.html')}</p>"
    )
    said = html.escape(value(claim.claimed, claim.unit))
    claimed = f'<p class="rb-claimed">The note: {said}</p>' if claim.claimed else ""
    then = _verdict("Then", entry.then, _found(entry), entry.witness)
    newer = None if _newer(entry) is None else value(_newer(entry), claim.unit)
    since = _verdict("Since", entry.since, newer, _witness_since(entry))
    pair = f'<div class="rb-pair">{then}{since}</div>'
    why = f"<summary>Why: {claim.id}</summary>{_reasons(entry)}{_place(entry)}"
    return f'{head}{claimed}{pair}<details class="rb-why">{why}</details>'


def _folded(entry: Entry) -> str:
    """Card of the scorecard: the claim and its verdicts are a line that unfolds.

    A link inside a summary could not be reached by keyboard, so the address stands below.
    """
    claim = entry.claim
    verdicts = " ".join(
        f'<span class="rb-when">{label}</span> {_badge(word, witness)}'
        for label, word, witness in (
            ("Then", entry.then, entry.witness),
            ("Since", entry.since, _witness_since(entry)),
        )
    )
    newer = _newer(entry)
    found = (
        ("The note", value(claim.claimed, claim.unit) if claim.claimed else None),
        ("Found then", _found(entry)),
        ("Found since", None if newer is None else value(newer, claim.unit)),
    )
    lines = "".join(
        f"<p><b>{label}:</b> {html.escape(text)}</p>" for label, text in found if text is not None
    )
    summary = (
        f'<span class="rb-claim-text">{html.escape(claim.statement)}</span> '
        f'<span class="rb-verdicts">{verdicts}</span>'
    )
    place = f"{_place(entry)}<p>{_term(entry)} {_address(entry)}</p>"
    return (
        f'<details class="rb-why"><summary>{summary}</summary>'
        f"{lines}{_reasons(entry)}{place}</details>"
    )


def _found(entry: Entry) -> str | None:
    """Write what the day gives; a number that is imprecise met another reading."""
    if entry.computed is None:
        return None
    text = value(entry.computed, entry.claim.unit)
    reading = entry.then is Verdict.IMPRECISE and not isinstance(entry.computed, str)
    return f"{text} in another reading" if reading else text


def _newer(entry: Entry) -> float | str | None:
    """Return what was found since; None where nothing newer bears on the claim."""
    again = entry.since is Verdict.NOTHING_NEW and entry.computed_since == entry.computed
    return None if again else entry.computed_since


def _term(entry: Entry) -> str:
    return f'<span class="rb-term" lang="zh-Hans">{html.escape(entry.claim.term_zh)}</span>'


def _address(entry: Entry, page_file: str = "") -> str:
    return (
        f'<a class="rb-claim-link" href="{page_file}#claim-{entry.id}" '
        f'aria-label="Address of claim {entry.id}">#</a>'
    )


def _witness_since(entry: Entry) -> Witness | None:
    """Whose word the second verdict rests on; none where it says that there is nothing new."""
    return None if entry.since is Verdict.NOTHING_NEW else entry.witness_since


def _badge(verdict: Verdict, witness: Witness | None = None) -> str:
    return markup.badge(verdict, title=MEANING[verdict], witness=witness)


def _words_explained(entries: Sequence[Entry]) -> str:
    """Define the words that occur, where they occur."""
    used = {word for entry in entries for word in (entry.then, entry.since)}
    terms = "".join(
        f"<dt>{_badge(word)}</dt><dd>{html.escape(MEANING[word])}</dd>"
        for word in Verdict
        if word in used
    )
    summary = "<summary>What the words mean</summary>"
    return f'<details class="rb-words">{summary}<dl>{terms}</dl></details>'


def _line(entry: Entry, phrase: str) -> str:
    badges = " ".join(_badge(word) for word in (entry.then, entry.since))
    more = f' <span class="rb-found">{_phrase(phrase)}</span>' if phrase else ""
    return (
        f'<li><a href="scorecard.html#claim-{entry.id}">{html.escape(entry.statement)}</a><br>'
        f"{badges}{more}</li>"
    )


def _phrase(found: str) -> str:
    """Write what was found so that no line end cuts a date in two."""
    return _DATE.sub(r'<span class="rb-date">\g<0></span>', html.escape(found))


def _verdict(label: str, verdict: Verdict, found: str | None, witness: Witness | None) -> str:
    said = "" if found is None else f'<span class="rb-found">{_phrase(found)}</span>'
    return f'<p><span class="rb-when">{label}</span> {_badge(verdict, witness)} {said}</p>'


def _reasons(entry: Entry) -> str:
    rules = [("Then", entry.rule), ("Since", entry.rule_since)]
    if entry.rule == entry.rule_since:
        rules = [("Both", entry.rule)]
    lines = "".join(f"<p><b>{when}:</b> {html.escape(rule)}.</p>" for when, rule in rules)
    named = "; ".join(
        f'<a href="{html.escape(source.url, quote=True)}">{html.escape(source.label)}</a>'
        for source in bibliography.find(entry.sources)
    )
    return lines + (f"<p><b>Sources:</b> {named}</p>" if named else "")


def _place(entry: Entry) -> str:
    kind = html.escape(entry.claim.kind)
    return f"<p>Paragraph {entry.claim.paragraph} of the note, {kind}.</p>"


def _of(entry: Entry, name: str) -> str:
    return str(getattr(entry, name) if name in ("then", "since") else getattr(entry.claim, name))


def _filter_bar(entries: Sequence[Entry]) -> str:
    menus = []
    for name, label in _FILTERS:
        options = "".join(f"<option>{html.escape(word)}</option>" for word in _words(entries, name))
        menus.append(
            f'<label>{label} <select data-filter="{name}"><option value="">all</option>'
            f"{options}</select></label>"
        )
    shown = f'<p class="rb-shown" role="status">{len(entries)} of {len(entries)} claims shown</p>'
    clear = '<button type="button" class="rb-clear" disabled>Show all</button>'
    unfold = '<button type="button" class="rb-unfold" aria-pressed="false">Unfold</button>'
    return f'<form class="rb-filter" hidden>{"".join(menus)}{clear}{unfold}{shown}</form>'


def _words(entries: Sequence[Entry], name: str) -> list[str]:
    present = {_of(entry, name) for entry in entries}
    verdicts = [str(word) for word in Verdict if word in present]
    return verdicts if name in ("then", "since") else sorted(present)
