"""The one way to state a verdict: claims as cards, with both verdicts, rules and sources.

A chapter shows the claims that decide (`decisive`) and, folded, all of its section (`section`); the
scorecard shows every claim; counts for charts come from `counts`. The words of a verdict carry the
meaning, colour only repeats them.
"""

import html
import re
from collections.abc import Mapping, Sequence
from functools import cache

import polars as pl

from rebuilt import claims, page
from rebuilt.claims import scoring
from rebuilt.claims.entries import Entry
from rebuilt.claims.units import units
from rebuilt.claims.vocabulary import MEANING, Verdict, Witness
from rebuilt.evidence import bibliography, tables
from rebuilt.page import formats, markup
from rebuilt.page.blocks import Block

_NUMBER = re.compile(r"-?\d+(\.\d+)?")  # a claimed figure keeps the digits that the note printed
_DATE = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
_NAME = re.compile(r"[a-z][a-z0-9]*(?:[.-][a-z0-9]+)*")
_DAYS = re.compile(r"\d{4}-\d{2}-\d{2}( to \d{4}-\d{2}-\d{2})?")  # a finding that is days alone
_FILTERS = (
    ("section", "Section"),
    ("kind", "Kind"),
    ("then", "Then"),
    ("since", "Since"),
    ("standing", "Counts today as"),
)


def scorecard() -> Block:
    """Show every claim with its address ``#claim-<id>``, folded to one line and to be filtered.

    On one page only, because addresses are unique.
    """
    entries = claims.ledger()
    words = _words_explained(entries, counted=True)
    body = f"{words}\n{_filter_bar(entries)}\n{_list(entries, home=True)}"
    return _block(entries, body)


def section(name: str) -> Block:
    """Show all claims of one section of the note, folded under a line that counts their verdicts.

    Raises
    ------
    UnknownNameError
        If no claim has that section.
    """
    entries = claims.ledger(section=name)
    counted = counts(entries, "then").iter_rows(named=True)
    words = ", ".join(f"{row['verdict']} {row['claims']}" for row in counted)
    summary = (
        f"All {len(entries)} claims of this section, by what was public on "
        f"{formats.date(tables.note_date())}: {words}"
    )
    body = (
        f'<details class="rb-all-claims"><summary>{html.escape(summary)}</summary>\n'
        f"{_list(entries, home=False)}\n{_words_explained(entries)}\n</details>"
    )
    return _block(entries, body)


def decisive(*ids: str) -> Block:
    """Show the few claims on which a section turns, open.

    Raises
    ------
    UnknownNameError
        If a claim is not in the ledger; the message lists near ids.
    """
    entries = [claims.entry(name) for name in ids]
    return _block(entries, _list(entries, home=False))


def badges(claim_id: str) -> Block:
    """Show both verdicts of a claim in a sentence of a notebook, linked to its card.

    Pages have the role ``{claim}`id` `` for it, which `make lab` reads as a call of this function.

    Raises
    ------
    UnknownNameError
        If the claim is not in the ledger; the message lists near ids.
    """
    found = claims.entry(claim_id)
    href = f"scorecard.ipynb#claim-{claim_id}"
    words = (str(found.then), str(found.since))
    html = markup.badge_pair(*words, statement=found.statement, href=href)
    return Block("ledger", {"html": html}, html, "; ".join(words))


def _list(entries: Sequence[Entry], *, home: bool) -> str:
    cards = "\n".join(_card(entry, home=home) for entry in entries)
    return f'<ol class="rb-ledger{" rb-home" if home else ""}">\n{cards}\n</ol>'


def _block(entries: Sequence[Entry], body: str) -> Block:
    page.used(key for entry in entries for key in entry.sources)
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
    lines = "\n".join(_line(entry, said.get(entry.id, "")) for entry in entries)
    return _block(entries, f'<ol class="rb-ranking">\n{lines}\n</ol>')


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
    then = _verdict("Then", entry.then, found_then(entry), entry.witness)
    since = _verdict("Since", entry.since, found_since(entry), _witness_since(entry))
    pair = f'<div class="rb-pair">{then}{since}</div>'
    title = f'Why this verdict<span class="rb-hidden"> on {claim.id}</span>'
    why = f"<summary>{title}</summary>{_reasons(entry)}{_place(entry)}"
    return f'{head}{claimed}{pair}<details class="rb-why">{why}</details>'


def _folded(entry: Entry) -> str:
    """Card of the scorecard: the claim and its verdicts are a line that unfolds.

    A link inside a summary could not be reached by keyboard, so the address stands below.
    """
    claim = entry.claim
    verdicts = " ".join(
        f'<span><span class="rb-when">{label}</span>{formats.SPACE}{_badge(word, witness)}</span>'
        for label, word, witness in (
            ("Then", entry.then, entry.witness),
            ("Since", entry.since, _witness_since(entry)),
        )
    )
    found = (
        ("The note", value(claim.claimed, claim.unit) if claim.claimed else None),
        ("Found then", found_then(entry)),
        ("Found since", found_since(entry)),
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


def found_then(entry: Entry) -> str | None:
    """Write what the day gives; a number that is imprecise met another reading.

    The days of a forecast are those for which others expected it.
    """
    if entry.computed is None:
        return None
    text = value(entry.computed, entry.claim.unit)
    if entry.claim.kind == "forecast" and _DAYS.fullmatch(text):
        return f"expected for {text}"
    reading = entry.then is Verdict.IMPRECISE and not isinstance(entry.computed, str)
    return f"{text} in another reading" if reading else text


def found_since(entry: Entry) -> str | None:
    """Write what was found since, None where nothing newer bears on the claim.

    The days of a forecast are those on which it came about.
    """
    newer = _newer(entry)
    if newer is None:
        return None
    text = value(newer, entry.claim.unit)
    return f"came {text}" if entry.claim.kind == "forecast" and _DAYS.fullmatch(text) else text


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


def _words_explained(entries: Sequence[Entry], *, counted: bool = False) -> str:
    """Define the words that occur, where they occur; with `counted`, say what they count as."""
    used = {word for entry in entries for word in (entry.then, entry.since)}
    if counted:
        head = "<tr><th>Verdict</th><th>counts as</th><th>meaning</th></tr>"
        lines = "".join(
            f"<tr><td>{_badge(word)}</td><td>{scoring.standing_of(word)}</td>"
            f"<td>{html.escape(MEANING[word])}</td></tr>"
            for word in Verdict
            if word in used
        )
        return (
            '<details class="rb-words" open><summary>What the words mean</summary>'
            f'<table class="rb-counted"><thead>{head}</thead><tbody>{lines}</tbody></table>'
            "</details>"
        )
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
    said = "" if found is None else f': <span class="rb-found">{_phrase(found)}</span>'
    return f'<p><span class="rb-when">{label}</span> {_badge(verdict, witness)}{said}</p>'


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
    if name == "standing":
        return str(scoring.today(entry))
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
    ranked = {"then": Verdict, "since": Verdict, "standing": scoring.Standing}
    if name in ranked:
        return [str(word) for word in ranked[name] if word in present]
    return sorted(present)
