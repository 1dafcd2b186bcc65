"""What the chapter on the family tree shows: counts that compare, and names that exist."""

import polars as pl
import pytest

from rebuilt.cost import Clip, ShapeError, count, load_model, nearest_clip
from rebuilt.exhibits import family_tree

FPS = 24
WANTED = Clip(frames=121, height=720, width=1280)


@pytest.fixture(scope="module")
def models():
    return family_tree.models(WANTED, FPS)


def test_parameters_do_not_depend_on_the_clip(models):
    """A longer clip has more tokens, and the same network."""
    for name in models["id"]:
        model = load_model(name)
        try:
            other = count(model, nearest_clip(model, WANTED))
        except ShapeError:
            continue
        assert other.parameters == count(model).parameters, name


@pytest.mark.parametrize(("name", "billion"), [("magi-1-4.5b", 4.5), ("magi-1-24b", 24)])
def test_attention_by_chunks_learns_nothing(models, name, billion):
    """The model has as many parameters as its name says."""
    assert models.filter(id=name)["at_work_bn"].item() == pytest.approx(billion, rel=0.02)


def test_the_usual_cut_is_that_of_usual_strides(models):
    """The chapter multiplies latent frames by rows and columns of patches."""
    usual = models["tokens"].drop_nulls().mode().item()

    assert usual == (1 + 120 // 4) * (720 // 16) * (1280 // 16)


def test_every_chart_finds_the_models_that_it_names(models):
    """An id that was renamed would take its name from the chart without a word."""
    for chart, ids in family_tree.NAMED.items():
        labels = family_tree.named(models, chart)["label"].drop_nulls()
        assert len(labels) == len({*ids, *family_tree.OF_FEW}), chart
    assert set(family_tree.LABELS) <= set(models["id"])
    assert family_tree.LINEAR in set(models["id"])


def test_the_least_and_the_most_of_a_chart_are_named(models):
    """A title that gives a range can be found in the drawing."""
    known = models.drop_nulls("PFLOP_a_second").sort("PFLOP_a_second")
    labels = family_tree.named(known, "cost", "PFLOP_a_second")["label"]

    assert labels[0] is not None
    assert labels[-1] is not None


def test_the_largest_families_come_first_and_the_others_are_one_group(models):
    """So that the legend has them in this order."""
    groups = models["group"].unique(maintain_order=True).to_list()
    sizes = models.drop_nulls("clip").group_by("family").len()
    least = sizes.filter(pl.col("family").is_in(groups))["len"].min()

    assert groups[-1] == family_tree.OTHERS
    assert len(groups) == family_tree.FAMILIES + 1
    assert sizes.filter(~pl.col("family").is_in(groups))["len"].max() <= least


def test_experts_hold_twice_what_works(models):
    """Only they have a second mark."""
    held = family_tree.parameters(models).filter(which=family_tree.HELD)

    assert set(held["model"]) == {"Wan 2.2 I2V A14B", "Wan 2.2 T2V A14B"}
    at_work = models.filter(pl.col("model").is_in(held["model"].to_list()))["at_work_bn"]
    assert held["parameters_bn"].sum() == pytest.approx(2 * at_work.sum())


def test_linear_attention_spends_least_and_alone(models):
    """The chapter takes the least share at the usual number of tokens for the linear one."""
    usual = models["tokens"].drop_nulls().mode().item()
    same = models.filter(tokens=usual).sort("attention_percent")

    assert same["model"][0].startswith("SANA-Video")
    assert same["attention_percent"][1] > 10 * same["attention_percent"][0]


def test_models_of_images_have_their_sources():
    """Video models, our own network and defaults of classes are not among them."""
    images = family_tree.images()

    assert images["source"].list.len().min() > 0
    assert not images["model"].str.contains("Video").any()
    assert images["model"].n_unique() == images.height
