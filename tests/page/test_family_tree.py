"""Every published model of video at one clip, and what stands behind it."""

import datetime as dt

import polars as pl
import pytest

from rebuilt.cost import Clip, count, inference, load_model
from rebuilt.page import family_tree
from rebuilt.page.provenance import of_models

WANTED = Clip(frames=121, height=720, width=1280)


@pytest.fixture(scope="module")
def tree():
    return family_tree.video_models(WANTED, fps=24)


def row_of(tree, name):
    return tree.row(by_predicate=pl.col("id") == name, named=True)


def test_a_model_that_takes_the_clip_is_counted_at_it(tree):
    """The same numbers as `count` and `inference` give."""
    row, wan = row_of(tree, "wan2.1-t2v-14b"), load_model("wan2.1-t2v-14b")

    assert row["clip"] == str(WANTED)
    assert row["tokens"] == count(wan, WANTED).tokens == 111_600
    assert row["flops_per_s"] * 121 == pytest.approx(24 * inference(wan, WANTED).total)
    assert (row["frames_stride"], row["side_stride"], row["patch_side"]) == (4, 8, 2)


def test_two_experts_are_held_and_one_works(tree):
    """Parameters of Wan 2.2 A14B; all others hold what works."""
    row = row_of(tree, "wan2.2-t2v-a14b")

    assert row["parameters_held"] == 2 * row["parameters_at_work"]
    held = tree.filter(pl.col("parameters_held") > pl.col("parameters_at_work"))
    assert held["id"].to_list() == ["wan2.2-i2v-a14b", "wan2.2-t2v-a14b"]


def test_a_model_that_takes_no_such_clip_stands_without_counts(tree):
    """Squares only; its parameters do not depend on the clip."""
    row = row_of(tree, "latte-xl-2")

    assert [row[name] for name in ("clip", "frames", "tokens", "flops_per_s")] == [None] * 4
    assert row["parameters_held"] == count(load_model("latte-xl-2")).parameters


def test_images_our_own_network_and_defaults_of_classes_are_no_models_of_video(tree):
    """What remains has a family and either a date or a reason in its file."""
    names = set(tree["id"])

    assert {"svd", "ltx-2-19b", "minimax-h3"} <= names
    assert not names & {"dit-xl-2", "mini-main", "anyflow-defaults", "sora-2024", "wan2.1-vae"}
    assert tree["family"].null_count() == 0


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("cogvideox-5b", dt.date(2024, 8, 27)),
        ("animatediff-v3", dt.date(2023, 12, 1)),  # known by month
        ("magi-1-24b", None),
    ],
)
def test_dates_are_as_precise_as_they_are_known(tree, name, day):
    """A month begins on its first day; an unknown date stays unknown."""
    assert row_of(tree, name)["first_day"] == day


def test_sources_are_those_of_the_model_its_parts_and_its_date(tree):
    """Autoencoder and text encoder are counted too."""
    one = tree.filter(id="wan2.1-t2v-1.3b")
    parts = ("wan2.1-t2v-1.3b", "wan2.1-vae", "umt5-xxl")

    found = family_tree.sources(one)

    assert found["source"].to_list() == of_models(*parts, dates=True)["source"].to_list()
    assert found.height > of_models("wan2.1-vae").height
