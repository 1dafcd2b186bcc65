"""Which sources stand behind what is counted of a model."""

from rebuilt.page.provenance import of_models


def sources(**more) -> list[str]:
    return of_models("dit-xl-2", **more).get_column("source").to_list()


def test_a_date_is_no_source_of_a_count():
    """Charts of FLOPs do not rest on the day of a release, lists by date do."""
    assert sources() == ["facebook-dit-code-2023"]
    assert sources(dates=True) == ["facebook-dit-code-2023", "peebles-dit-paper-2022"]
