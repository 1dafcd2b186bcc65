"""The ledger: every claim is judged, twice, in two vocabularies, the same each time."""

import csv
import datetime as dt
import inspect
import json
from dataclasses import replace

import pytest

import rebuilt.claims.checks
from rebuilt import claims, cli
from rebuilt.claims import entries as entries_module
from rebuilt.claims import verdicts
from rebuilt.claims.verdicts import Finding
from rebuilt.claims.vocabulary import Verdict
from rebuilt.claims.wording import Claim
from rebuilt.errors import DataError, UnknownNameError
from rebuilt.evidence import bibliography, tables
from rebuilt.evidence.facts import Facts

NOTE, FREEZE = tables.note_date(), tables.freeze_date()
CLAIM = next(claim for claim in claims.read() if claim.id == "nvidia-h200-memory")
FIELDS = {
    "id", "paragraph", "section", "kind", "statement", "term_zh", "claimed", "computed",
    "computed_since", "unit", "tolerance", "then", "since", "rule", "rule_since", "check",
    "sources", "witness", "witness_since",
}  # fmt: skip


@pytest.fixture(scope="module")
def entries():
    """Return the whole ledger at the data freeze."""
    return claims.ledger()


@pytest.fixture
def judge(tmp_path, monkeypatch):
    """Return a function that judges variants of the claim on the H200's memory."""

    def ledger_of(*changes: dict, as_of: str | None = None) -> list[claims.Entry]:
        rows = [
            {name: getattr(replace(CLAIM, **change), name) for name in CLAIM.__dataclass_fields__}
            for change in changes
        ]
        with (tmp_path / "claims.csv").open("w", encoding="utf-8", newline="") as lines:
            writer = csv.DictWriter(lines, CLAIM.__dataclass_fields__)
            writer.writeheader()
            writer.writerows(rows)
        monkeypatch.setattr(entries_module, "SEEDS", tmp_path)
        return claims.ledger(as_of)

    return ledger_of


def test_every_claim_has_one_entry_and_an_id_of_its_own(entries):
    """Nothing is dropped, nothing appears twice, and the order is that of the note."""
    ids = [claim.id for claim in claims.read()]

    assert [entry.id for entry in entries] == ids
    assert len(set(ids)) == len(ids)


def test_every_verdict_is_a_word_of_the_vocabulary(entries):
    """Two verdicts and a rule for each."""
    assert {type(word) for entry in entries for word in (entry.then, entry.since)} == {Verdict}
    assert all(entry.rule.strip() and entry.rule_since.strip() for entry in entries)


def test_every_source_of_every_entry_is_in_the_bibliography(entries):
    """A verdict cannot rest on a document that nobody can look up."""
    used = {key for entry in entries for key in entry.sources}

    assert used <= set(bibliography.load())
    assert used


def test_a_computed_verdict_names_its_sources(entries):
    """Whatever was recomputed from evidence says from which."""
    without = [
        entry.id
        for entry in entries
        if not entry.sources and (entry.computed is not None or entry.computed_since is not None)
    ]

    assert without == []


def test_the_ledger_is_the_same_the_second_time(entries):
    """Nothing depends on chance, on order or on what was computed before."""
    entries_module._facts.cache_clear()
    tables._parse.cache_clear()

    assert claims.ledger() == entries


def test_a_section_is_a_part_of_the_whole(entries):
    """Judging one section gives the entries that the whole ledger has for it."""
    for section in {entry.claim.section for entry in entries}:
        expected = [entry for entry in entries if entry.claim.section == section]

        assert claims.ledger(section=section) == expected


def test_every_check_that_exists_takes_a_claim_and_facts():
    """What a claim names is a function of two arguments, not a helper or an import."""
    for claim in claims.read():
        if claim.check:
            check = claims.find_check(claim)
            assert inspect.isfunction(check), claim.check
            assert check.__module__ == f"rebuilt.claims.checks.{claim.check.partition('.')[0]}"
            assert list(inspect.signature(check).parameters) == ["claim", "facts"]


def test_an_untestable_claim_says_why_and_runs_no_check(judge):
    """Not testable on either day, and the reason in place of a rule."""
    (entry,) = judge({"untestable": "a matter of taste"})

    assert (entry.then, entry.since) == (Verdict.NOT_TESTABLE, Verdict.NOT_TESTABLE)
    assert (entry.rule, entry.rule_since) == ("a matter of taste", "a matter of taste")
    assert (entry.computed, entry.computed_since, entry.sources) == (None, None, ())


def test_untestable_claims_of_the_note_are_judged_as_such(entries):
    """Those and only those are `not testable`."""
    for entry in entries:
        assert (entry.then is Verdict.NOT_TESTABLE) == bool(entry.claim.untestable), entry.id


@pytest.mark.parametrize("check", ["nvidia.not_written_yet", "not_a_module.h200_memory"])
def test_a_claim_whose_check_is_not_written_is_refused(judge, check):
    """The message names the claim and the function."""
    with pytest.raises(UnknownNameError) as caught:
        judge({"check": check})

    assert str(caught.value) == (
        f"claims.csv, nvidia-h200-memory: there is no check {check!r}; write it in checks/"
    )


def test_a_sentence_on_an_opinion_is_refused(judge):
    """A check that calls a judgement right or wrong is an error of ours."""
    with pytest.raises(DataError) as caught:
        judge({"kind": "opinion"})

    assert str(caught.value) == (
        "claims.csv, nvidia-h200-memory: an opinion is measured and not sentenced; its check says "
        "holds, holds; return verdicts.opinion"
    )


@pytest.mark.parametrize(
    ("line", "error", "message"),
    [
        ("import no_such_package", ModuleNotFoundError, "No module named 'no_such_package'"),
        (
            "from rebuilt.paths import NOWHERE",
            ImportError,
            "cannot import name 'NOWHERE' from 'rebuilt.paths'",
        ),
        (
            "import rebuilt.claims.checks.gone",
            ModuleNotFoundError,
            "No module named 'rebuilt.claims.checks.gone'",
        ),
    ],
)
def test_a_module_that_cannot_be_imported_is_not_taken_for_a_missing_check(
    judge, tmp_path, monkeypatch, line, error, message
):
    """A broken module must stop the build, not be told as a check that is not written."""
    (tmp_path / "broken_for_a_test.py").write_text(f"{line}\n", encoding="utf-8")
    monkeypatch.setattr(
        rebuilt.claims.checks, "__path__", [*rebuilt.claims.checks.__path__, str(tmp_path)]
    )

    with pytest.raises(error) as caught:
        judge({"check": "broken_for_a_test.anything"})

    assert str(caught.value).startswith(message)


def test_an_error_inside_a_check_is_not_swallowed(judge):
    """A claim without the number that its check needs names its row."""
    with pytest.raises(DataError) as caught:
        judge({"claimed": "a lot"})

    assert str(caught.value) == (
        "claims.csv, nvidia-h200-memory, column claimed: found 'a lot', expected a number"
    )


@pytest.mark.parametrize(
    ("claimed", "then"), [("141", Verdict.HOLDS), ("144", Verdict.WRONG), ("80", Verdict.WRONG)]
)
def test_the_verdict_follows_the_claimed_value(judge, claimed, then):
    """The H200 has 141 GB; the same check judges another figure wrong."""
    (entry,) = judge({"claimed": claimed})

    assert entry.then is then
    assert entry.computed == 141.0


def test_on_a_day_before_the_note_nothing_newer_is_used(judge):
    """On the eve of its announcement nobody could verify the H200's memory."""
    eve, day = judge({}, as_of="2023-11-12"), judge({}, as_of="2023-11-13")

    assert (eve[0].then, eve[0].since) == (Verdict.NO_EVIDENCE, Verdict.OPEN)
    assert (eve[0].computed, eve[0].sources) == (None, ())
    assert (day[0].then, day[0].since, day[0].computed) == (Verdict.HOLDS, Verdict.OPEN, 141.0)


@pytest.mark.parametrize("as_of", [dt.date(2023, 6, 1), NOTE])
def test_until_the_day_of_the_note_every_checked_claim_is_open_since(as_of):
    """There is no afterwards yet."""
    found = [entry for entry in claims.ledger(as_of, "nvidia") if not entry.claim.untestable]

    assert {entry.since for entry in found} == {Verdict.OPEN}


def test_then_does_not_change_after_the_day_of_the_note(entries):
    """Later evidence moves `since` only."""
    on_the_day = claims.ledger(NOTE, "nvidia")
    at_the_freeze = [entry for entry in entries if entry.claim.section == "nvidia"]

    assert [(e.then, e.computed, e.rule) for e in on_the_day] == [
        (e.then, e.computed, e.rule) for e in at_the_freeze
    ]


def test_each_check_is_given_its_two_days(monkeypatch):
    """First the day of the note, then the day asked for."""
    days: list[dt.date] = []

    def spy(claim: Claim, facts: Facts) -> Finding:
        days.append(facts.as_of)
        return verdicts.no_evidence("spied")

    monkeypatch.setattr(entries_module, "find_check", {CLAIM: spy}.get)
    claims.judge(CLAIM, NOTE + dt.timedelta(days=9))
    claims.judge(CLAIM, NOTE - dt.timedelta(days=9))

    before = NOTE - dt.timedelta(days=9)
    assert days == [NOTE, NOTE + dt.timedelta(days=9), before, before]


def test_an_unknown_section_gets_the_known_ones(judge):
    """The message lists the sections that the claims have."""
    judge({"section": "nvidia"}, {"section": "amd"})

    with pytest.raises(UnknownNameError) as caught:
        claims.ledger(section="nvida")

    assert str(caught.value) == "no section 'nvida'; known are: amd, nvidia"


def test_json_gives_one_object_per_claim_with_all_fields(entries, capsys):
    """`rebuilt claims --json` is the interface for other programs."""
    code = cli.main(["claims", "--json"])

    objects = json.loads(capsys.readouterr().out)
    assert code == 0
    assert [found["id"] for found in objects] == [entry.id for entry in entries]
    assert all(set(found) == FIELDS for found in objects)


def test_json_of_one_claim_is_whole(capsys):
    """Numbers are numbers, verdicts are words, Chinese is not escaped."""
    cli.main(["claims", "--json", "--section", "nvidia", "--as-of", "2024-02-20"])
    shown = capsys.readouterr().out

    (found,) = [x for x in json.loads(shown) if x["id"] == "nvidia-h200-bandwidth"]
    sources = found.pop("sources")
    assert sources
    assert found == {
        "id": "nvidia-h200-bandwidth",
        "paragraph": 33,
        "section": "nvidia",
        "kind": "figure",
        "statement": "The memory of the H200 delivers 4.8 TB per second.",
        "term_zh": "4.8 TB",
        "claimed": 4.8,
        "computed": 4.8,
        "computed_since": 4.8,
        "unit": "tb_per_s",
        "tolerance": None,
        "then": "holds",
        "since": "open",
        "witness": "by the maker's own word",
        "witness_since": "by the maker's own word",
        "rule": "H200, peak memory bandwidth (TB/s); test: equal at the printed precision",
        "rule_since": "H200, peak memory bandwidth (TB/s); test: equal at the printed precision",
        "check": "nvidia.h200_bandwidth",
    }
    assert "几乎翻倍" in shown


def test_claimed_is_a_number_a_text_or_null(capsys):
    """A ratio is a number, a quarter a text, a statement without a figure has neither."""
    cli.main(["claims", "--json", "--section", "nvidia"])

    claimed = {x["id"]: x["claimed"] for x in json.loads(capsys.readouterr().out)}
    assert claimed["nvidia-inference-energy"] == 0.5
    assert claimed["nvidia-h200-ships"] == "2024-Q2"
    assert claimed["nvidia-leadership"] is None


def test_the_printed_ledger_has_a_line_per_claim_and_counts_that_add_up(entries, capsys):
    """Head, claims, blank line, two lines of counts."""
    code = cli.main(["claims"])

    lines = capsys.readouterr().out.splitlines()
    then, since = (line.rstrip(".").partition(": ")[2].split(", ") for line in lines[-2:])
    assert code == 0
    assert [line.split()[0] for line in lines[1:-3]] == [entry.id for entry in entries]
    assert sum(int(count.split()[0]) for count in then) == len(entries)
    assert sum(int(count.split()[0]) for count in since) == len(entries)
    assert lines[-2].startswith(f"{len(entries)} claims. Then: ")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["--as-of", "2090-01-01"],
            "rebuilt claims: 2090-01-01 is after the data freeze; "
            f"the latest day the data cover is {FREEZE}\n",
        ),
        (
            ["--as-of", "20-02-2024"],
            "rebuilt claims: '20-02-2024' is not a date; write YYYY-MM-DD, for instance "
            f"{NOTE} (the day of the note) or {FREEZE} (the data freeze)\n",
        ),
    ],
)
def test_a_wrong_option_is_told_in_one_sentence(arguments, message, capsys):
    """Exit code 2, the whole sentence on stderr, nothing on stdout."""
    code = cli.main(["claims", *arguments])

    shown = capsys.readouterr()
    assert (code, shown.out, shown.err) == (2, "", message)
