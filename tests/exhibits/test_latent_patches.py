"""Latent patches: the chapter's frames agree with counts, with the paper and with each other."""

import polars as pl
import pytest

from rebuilt import page
from rebuilt.cost import Clip, count, load_model
from rebuilt.errors import DataError, UnknownNameError
from rebuilt.evidence import tables
from rebuilt.exhibits import latent_patches
from rebuilt.exhibits.counted import transformer
from rebuilt.page import family_tree, labels

FIVE = Clip(frames=121, height=720, width=1280)


def test_a_clip_gets_shorter_at_every_step_and_ends_as_the_count_has_it():
    """The first chart of the page tells that."""
    steps = latent_patches.steps("hunyuanvideo")["count"].to_list()

    assert steps == sorted(steps, reverse=True)
    assert steps[0] == 3 * steps[1]
    assert steps[-1] == count(load_model("hunyuanvideo")).tokens


def test_no_token_stands_for_more_pixels_than_its_strides_and_patch_multiply_to():
    """The first frame stands alone, so a token holds less; without compression of time, as much."""
    cuts = latent_patches.cuts()
    side = pl.col("stride_a_side") * pl.col("patch_a_side")
    whole = cuts.select(pl.col("stride_in_time") * pl.col("patch_in_time") * side**2).to_series()

    assert (cuts["pixels_per_token"] <= whole).all()
    assert cuts["pixels_per_token"][0] == whole[0]


@pytest.mark.parametrize("name", latent_patches.OF_ATTENTION)
def test_attention_takes_half_of_the_work_near_six_widths(name):
    """The formula of the page, against the exact count; and the share only grows."""
    model = transformer(name)
    shares = [latent_patches.attention_share(model, 6 * n * model.output.width) for n in (1, 2, 4)]

    assert shares[0] == pytest.approx(0.5, abs=0.02)
    assert shares == sorted(shares)


def test_models_of_one_width_have_one_line_because_theirs_coincide():
    """HunyuanVideo and CogVideoX-5B, whose shares differ by less than a line is wide."""
    drawn = latent_patches.attention_by_length()
    hunyuan, cogvideo = (transformer(name) for name in ("hunyuanvideo", "cogvideox-5b"))

    assert drawn["model"].n_unique() == 2
    assert latent_patches.six_widths() == {"6d": 6 * 3072, "6d, Wan": 6 * 5120}
    assert "and" in drawn["model"][-1]
    for tokens in drawn["tokens"]:
        one, other = (latent_patches.attention_share(m, tokens) for m in (hunyuan, cogvideo))
        assert one == pytest.approx(other, abs=0.002)


def test_networks_without_a_first_frame_reach_their_product_and_chunks_miss_it_most():
    """The text under the table explains each of them so."""
    rows = latent_patches.cuts()
    side = pl.col("stride_a_side") * pl.col("patch_a_side")
    whole = pl.col("stride_in_time") * pl.col("patch_in_time") * side**2
    short = dict(rows.select("model", (pl.col("pixels_per_token") / whole)).iter_rows())
    rules = {
        labels.short(transformer(name).name): load_model(transformer(name).autoencoder).geometry
        for name in latent_patches.OPEN
    }

    exact = {model for model, share in short.items() if share == 1}
    assert exact == {m for m, g in rules.items() if g.frames_rule in ("each", "even")}
    assert rules[min(short, key=short.get)].frames_rule == "chunked"


def test_the_twelve_networks_cost_what_their_paper_prints():
    """Two operations to a multiply-accumulate; the paper is in another table."""
    printed = tables.load("dit_scaling").select("model", "forward_gmac")
    counted = latent_patches.diffusion_transformers().select(
        model=pl.format("{}-{}", pl.col("model").str.to_lowercase(), "patch"), gflop="gflop"
    )
    both = counted.join(printed, on="model")

    assert both.height == printed.height
    assert both["gflop"].to_list() == pytest.approx((2 * both["forward_gmac"]).to_list(), rel=0.01)


def test_ways_of_cutting_are_those_of_dated_models():
    """A way is counted as its models count; each model is in one way."""
    models = family_tree.video_models(FIVE, fps=24)
    ways = latent_patches.ways_of_cutting(models, FIVE)
    wan = ways.row(by_predicate=pl.col("cut") == "4 × 8, patch 1 × 2", named=True)

    assert wan["tokens"] == count(load_model("wan2.1-t2v-14b"), FIVE).tokens
    assert ways["models"].sum() <= models.height
    assert set(ways["first_published"]) == set(latent_patches.ERAS)


def test_a_way_whose_models_have_no_date_is_left_out():
    """It could be put neither before nor after the note."""
    models = family_tree.video_models(FIVE, fps=24).head(2)
    undated = models.with_columns(
        first_day=pl.lit(None, dtype=pl.Date), side_stride=pl.lit(99, dtype=pl.Int64)
    )
    dated = models.with_columns(first_day=pl.lit(page.NOTE))

    found = latent_patches.ways_of_cutting(pl.concat([undated, dated]), FIVE)

    assert not found["cut"].str.contains("99").any()
    assert found["first_published"].unique().to_list() == [latent_patches.ERAS[0]]


@pytest.mark.parametrize(("name", "error"), [("svd", DataError), ("nothing", UnknownNameError)])
def test_only_a_transformer_is_taken_for_one(name, error):
    """A U-Net has no patches."""
    with pytest.raises(error):
        transformer(name)
