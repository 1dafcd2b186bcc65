"""The rules together: a repository that keeps them all is clean."""

from rebuilt.paths import ROOT
from rebuilt.validate import every_rule


def test_a_repository_that_keeps_every_rule_has_no_finding(book):
    """Every test beside this one breaks one thing in this repository."""
    assert book.found() == []


def test_the_repository_itself_has_no_finding():
    """What `rebuilt check` says of this repository is nothing."""
    assert [str(finding) for finding in every_rule.check(ROOT)] == []
