"""The rules for what is no number: lists, cases, ends, causes, opinions and words."""

from dataclasses import replace

import pytest
from tests.claims.evidence import CLAIM, LATER, NOTE, event, fact

from rebuilt.claims import verdicts
from rebuilt.claims.vocabulary import Verdict, Witness
from rebuilt.evidence.facts import Fact


@pytest.mark.parametrize(
    ("found", "verdict", "told"),
    [
        ({"a": True, "b": True}, Verdict.HOLDS, "2 of 2"),
        ({"a": True, "b": False}, Verdict.IMPRECISE, "1 of 2; not: b"),
        ({"a": True, "b": False, "c": None}, Verdict.IMPRECISE, "1 of 3; not: b; not found: c"),
        ({"a": True, "b": None}, Verdict.OPEN, "1 of 2; not found: b"),
        ({"a": False, "b": None}, Verdict.WRONG, "0 of 2; not: a; not found: b"),
        ({"a": False, "b": False}, Verdict.WRONG, "0 of 2; not: a, b"),
        ({"a": None, "b": None}, Verdict.NO_EVIDENCE, None),
    ],
)
def test_a_list_is_judged_item_by_item(found, verdict, told):
    """What was not found contradicts nothing; what is contradicted leaves a part."""
    finding = verdicts.listed(found, [fact()], "rule")

    assert (finding.verdict, finding.computed) == (verdict, told)


def test_one_case_meets_a_claim_that_something_exists():
    """The strongest witness is told, and cases that fall short refute nothing."""
    claim = replace(CLAIM, claimed="1.3")

    def case(value: float, witness: Witness) -> verdicts.Case:
        return verdicts.Case(where=str(value), value=value, witness=witness, facts=(fact(),))

    short = [case(0.9, Witness.MEASURED), case(1.0, Witness.MEASURED)]
    both = [*short, case(2.1, Witness.MAKER_TEST), case(1.33, Witness.SELLER_TEST)]

    met, unmet, none = (verdicts.exists(claim, found, "rule") for found in (both, short, []))

    assert (met.verdict, met.computed, met.witness) == (Verdict.HOLDS, 1.33, Witness.SELLER_TEST)
    assert met.rule == "rule; test: one case that reaches it; met: 1.33 (2 of 4 cases)"
    assert (unmet.verdict, unmet.computed) == (Verdict.OPEN, 1.0)
    assert (none.verdict, none.computed) == (Verdict.NO_EVIDENCE, None)


@pytest.mark.parametrize("agrees", [True, False])
def test_an_end_refutes_nothing_and_saves_nothing(agrees):
    """What was so has ended; what was never so stays wrong."""
    stood = verdicts.states("opened", agrees, [fact()], "rule")
    ends = [event("2024-08-28", "2024-08-28", LATER)]

    found = verdicts.outlasted(stood, ends)

    assert verdicts.outlasted(stood, []) == stood
    if agrees:
        assert (found.verdict, found.computed) == (Verdict.ENDED, "opened; ended 2024-08-28")
        assert (found.newest, verdicts.since(found, NOTE)) == (LATER, Verdict.ENDED)
    else:
        assert found == stood


def test_a_cause_holds_where_somebody_names_it():
    """A text about the matter that names another cause, or none, leaves the claim open."""
    naming = replace(fact(), value=None, text="because of demand")
    silent = replace(fact(), value=None, text="because of a rival")

    def judged(*said: Fact) -> verdicts.Finding:
        return verdicts.caused(("demand",), said, "rule", witness=Witness.REPORTS)

    assert (judged(silent, naming).verdict, judged(silent).verdict, judged().verdict) == (
        Verdict.HOLDS, Verdict.OPEN, Verdict.NO_EVIDENCE,
    )  # fmt: skip
    assert judged(silent, naming).witness is Witness.REPORTS


def test_an_opinion_is_measured_and_not_sentenced():
    """There is a measure of ours, or none."""
    shown, none = (
        verdicts.opinion("21 percent", [fact()], "rule"),
        verdicts.opinion(None, [], "rule"),
    )

    assert (shown.verdict, shown.rule) == (Verdict.OPINION, "our measure: rule")
    assert none.verdict is Verdict.NO_EVIDENCE


@pytest.mark.parametrize(
    ("words", "verdict"),
    [
        (("one", "two"), Verdict.HOLDS),
        (("one", "three"), Verdict.IMPRECISE),
        (("x",), Verdict.WRONG),
    ],
)
def test_a_statement_holds_all_the_words_or_some_or_none(words, verdict):
    """In one text or in several together."""
    said = [replace(fact(), value=None, text=text) for text in ("one", "two")]

    assert verdicts.told(said, words, "rule").verdict is verdict
    assert verdicts.told([], words, "rule").verdict is Verdict.NO_EVIDENCE
