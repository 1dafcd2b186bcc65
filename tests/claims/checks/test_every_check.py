"""Every check of every section can turn, and every claim has its check or a reason.

The cases stand in the test file of each section: a world of a few invented rows, a day, and what
the check finds in it.
"""

import importlib
import inspect
import pkgutil

import pytest

import rebuilt.claims.checks
from rebuilt import claims
from rebuilt.claims.vocabulary import OF_OPINIONS, Verdict

SECTIONS = [module.name for module in pkgutil.iter_modules(rebuilt.claims.checks.__path__)]
CLAIMS = {claim.check: claim for claim in claims.read() if claim.check}


def is_check(function) -> bool:
    """Whether a function takes a claim and facts, as every check does and no helper."""
    return list(inspect.signature(function).parameters) == ["claim", "facts"]


def checks_of(section: str) -> dict:
    module = importlib.import_module(f"rebuilt.claims.checks.{section}")
    found = inspect.getmembers(module, inspect.isfunction)
    return {
        f"{section}.{name}": function
        for name, function in found
        if function.__module__ == module.__name__ and name[0] != "_" and is_check(function)
    }


CHECKS = {name: check for section in SECTIONS for name, check in checks_of(section).items()}
CASES = [
    (f"{section}.{case.check}", case)
    for section in SECTIONS
    for case in importlib.import_module(f"test_{section}").CASES
]


@pytest.mark.parametrize(
    ("check", "case"), CASES, ids=[f"{check}: {case.why}" for check, case in CASES]
)
def test_a_check_sees_what_the_rows_say(live, check, case):
    """Same check, other rows, other finding: neither outcome nor value is typed anywhere."""
    finding = CHECKS[check](CLAIMS[check], live(case.world, case.day))

    assert finding.verdict is case.verdict
    assert finding.computed == (
        pytest.approx(case.computed) if isinstance(case.computed, float) else case.computed
    )
    assert bool(finding.sources) == (finding.computed is not None)
    assert finding.computed is not None or finding.verdict is Verdict.NO_EVIDENCE
    assert finding.newest is None or finding.newest <= case.day


@pytest.mark.parametrize("check", CHECKS)
def test_every_check_has_cases_that_end_differently(check):
    """A check that no test has seen turn is not a check."""
    assert len({case.verdict for name, case in CASES if name == check}) > 1


def test_the_cases_name_every_check_and_the_claims_name_them_too():
    """No check without a claim, no claim without a check, no case for a check that is gone."""
    assert {name for name, _ in CASES} == set(CHECKS)
    assert set(CLAIMS) == set(CHECKS)


def test_no_case_stands_twice():
    """Two cases of one check tell different stories, so that a red one is found by its name."""
    names = [(check, case.why) for check, case in CASES]

    assert len(set(names)) == len(names)


def test_what_cannot_be_tested_says_why():
    """Everything else has been put to the test."""
    judged = claims.ledger()

    assert all(entry.claim.untestable for entry in judged if entry.then is Verdict.NOT_TESTABLE)


def test_no_sentence_is_passed_on_an_opinion():
    """Whatever the measure of a judgement gives, the card shows it and no more."""
    odd = [
        (check, case.why)
        for check, case in CASES
        if CLAIMS[check].kind == "opinion" and case.verdict not in OF_OPINIONS
    ]

    assert odd == []
