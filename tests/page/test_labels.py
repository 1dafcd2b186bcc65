"""Names for readers: every id that a page shows as a label has one."""

import pytest

from rebuilt import claims
from rebuilt.cost.models.catalogue import load_model, model_ids
from rebuilt.evidence import tables
from rebuilt.page import labels


@pytest.mark.parametrize("table", ["published_costs", "run_times", "published_run_times"])
def test_every_model_of_a_table_has_a_name(table):
    """No axis and no table falls back to an id."""
    ids = tables.load(table)["model"].unique().to_list()

    names = labels.model_names(ids)

    assert all(names[name] != name for name in ids)
    assert len(set(names.values())) == len(ids)


def test_a_models_name_is_that_of_its_file():
    """An id that nobody named stands for itself."""
    assert labels.model_names(["cogvideox-2b", "nobody"]) == {
        "cogvideox-2b": load_model("cogvideox-2b").name,
        "nobody": "nobody",
    }


def test_short_names_stay_apart():
    """Models of one chart do not merge when their names are cut."""
    names = [
        load_model(name).name
        for name in tables.load("published_costs")["model"].unique()
        if name in model_ids()
    ]

    assert len({labels.short(name) for name in names}) == len(set(names))


def test_products_have_the_names_of_the_subjects():
    """By id, as the fact tables use it."""
    assert labels.chip_names()["h100-sxm"] == "H100 SXM5 80 GB"


def test_every_section_of_the_note_has_a_name():
    """Neither one too few nor one too many."""
    assert set(labels.SECTIONS) == {claim.section for claim in claims.read()}
