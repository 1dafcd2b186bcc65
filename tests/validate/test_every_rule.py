"""The rules together: a repository that keeps them all is clean."""

import pytest

from rebuilt.paths import ROOT
from rebuilt.validate import every_rule
from rebuilt.validate.material import Material
from rebuilt.validate.typed_numbers import chapter_files


def test_a_repository_that_keeps_every_rule_has_no_finding(book):
    """Every test beside this one breaks one thing in this repository."""
    assert book.found() == []


def test_the_repository_itself_has_no_finding():
    """What `rebuilt check` says of this repository is nothing."""
    assert [str(finding) for finding in every_rule.check(ROOT)] == []


def test_only_the_rules_of_pages_read_chapters(monkeypatch):
    """So that a change of prose leaves what the others said as it was."""
    pages, data = set(chapter_files(ROOT)), Material.data

    def guarded(material, file):
        assert file not in pages
        return data(material, file)

    monkeypatch.setattr(Material, "data", guarded)
    material = Material(ROOT)
    for rule in every_rule.RULES:
        if rule in every_rule.OF_PAGES:
            with pytest.raises(AssertionError):
                list(rule(material))
        else:
            list(rule(material))
