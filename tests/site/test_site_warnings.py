"""A build that cannot vouch for a page fails, and says where."""

import re

import pytest

WARNINGS = [
    r"index\.md:11: WARNING: claim 'no-such-claim' is not in the ledger \(seeds/claims\.csv\)",
    r"index\.md:13: WARNING: cannot turn the formula '\\\\frac\{a' into MathML: 1 opening and 0 "
    r"closing braces",
    r"index\.md:13: WARNING: cannot turn the formula '\\\\fraction\{a\}\{b\}' into MathML: "
    r"unknown command \\fraction",
    r"index\.md:\d+: WARNING: table name 'chips' is used twice on this page",
    r"index\.md: WARNING: table chips cites 'bench-results-2024', which is not in the sources of "
    r"this page; end the page with `page\.sources\(\)`",
]


def test_warnings_fail_the_build(warned):
    """`-W` turns each of them into a red build."""
    code, _ = warned

    assert code != 0


@pytest.mark.parametrize("pattern", WARNINGS)
def test_warning_names_the_place(warned, pattern):
    """File and line, what was found, what to do."""
    _, said = warned
    plain = re.sub(r"\x1b\[[\d;]*m", "", said)

    assert re.search(pattern, plain), plain[-3000:]
