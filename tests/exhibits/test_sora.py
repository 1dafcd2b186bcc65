"""Sora: lengths, the assumed mix and practices, against counts and other tables."""

import pytest

from rebuilt import claims
from rebuilt.cost import Clip, count, default_clip, inference, load_model, nearest_clip
from rebuilt.cost.models.variants import altered
from rebuilt.evidence import tables
from rebuilt.exhibits import sora
from rebuilt.exhibits.counted import transformer

WAN = transformer(sora.WAN)


def test_five_seconds_are_the_clip_for_which_wan_was_published():
    """Longer ones extend it at the same frame rate."""
    assert sora.at_720p(5) == default_clip(WAN)


def test_attention_is_four_times_the_tokens_squared_times_the_width_in_every_block():
    """The formula of the page is the exact count."""
    attention = sora.by_length().filter(part="attention")
    formula = 4 * attention["tokens"].cast(float) ** 2 * WAN.output.width * WAN.blocks[0].depth

    assert attention["pflop"].to_list() == pytest.approx((formula / 1e15).to_list())


def test_the_shares_of_the_mix_add_up_and_each_kind_is_a_clip_that_wan_takes():
    """A kind that repeats another would be lost."""
    mix = sora.kinds()

    assert len(mix) == tables.load("training_mix").height
    assert sum(mix.values()) == pytest.approx(1)
    assert all(count(WAN, clip).tokens > 0 for clip in mix)


def test_a_box_holds_every_clip_and_one_of_an_orientation_is_no_larger():
    """Padding to the second wastes less."""
    mix = sora.kinds()
    one = sora.box(mix)

    for clip in mix:
        own = sora.box_of_turn(clip, mix)
        assert clip.frames <= own.frames <= one.frames
        assert clip.height <= own.height <= one.height
        assert clip.width <= own.width <= one.width


def test_a_portrait_is_not_padded_to_a_landscape():
    """A square clip goes with the landscapes, and an image with images."""
    tall, wide, square = ((1280, 720), (720, 1280), (720, 720))
    clips = [Clip(frames=5, height=height, width=width) for height, width in (tall, wide, square)]

    assert sora.box_of_turn(clips[0], clips) == clips[0]
    assert sora.box_of_turn(clips[2], clips) == clips[1]


@pytest.mark.parametrize("kind", sora.ANSWERS)
def test_who_says_nothing_comes_last_and_is_counted_as_unknown(kind):
    """The captions of the tables count the others."""
    said = sora.practices(kind)[sora.ANSWERS[kind]] != sora.UNKNOWN
    yes = tables.load("training_practices").filter(practice=kind, answer="yes")

    assert said.to_list() == sorted(said.to_list(), reverse=True)
    assert said.sum() == yes.height


def test_what_the_page_calls_equal_is_equal():
    """Two experts that take turns cost what Wan 2.1 costs; HunyuanVideo-1.5 has Wan's tokens."""
    five = Clip(frames=121, height=720, width=1280)
    as_wan = {"frames_stride": 4, "side_stride": 8, "patch_side": 2}
    hunyuan = transformer("hunyuanvideo-1.5")
    recut = altered(hunyuan, as_wan)

    experts, one = (
        inference(model, five, steps=sora.STEPS) for model in (transformer("wan2.2-t2v-a14b"), WAN)
    )
    assert experts.denoise == one.denoise
    assert nearest_clip(hunyuan, five) == five
    assert count(recut, five).tokens == count(hunyuan, five).tokens
    assert count(recut, five).flops == pytest.approx(count(hunyuan, five).flops, rel=1e-3)


def test_the_whole_pass_is_the_sum_of_its_parts():
    """The lead chart draws all three."""
    rows = sora.by_length()
    whole = rows.filter(part=sora.WHOLE)["pflop"].sum()

    assert whole == pytest.approx(rows.filter(rows["part"] != sora.WHOLE)["pflop"].sum())


def test_a_model_without_sound_stays_what_it_is_and_one_with_it_gets_smaller():
    """What is taken away is only what handles sound."""
    silent, loud = WAN, transformer("ltx-2-19b")

    assert sora.without_audio(silent) == silent
    assert count(sora.without_audio(loud)).parameters < count(loud).parameters
    assert count(sora.without_audio(loud)).tokens == count(loud).tokens


def test_the_longest_clip_that_openai_showed_is_the_one_of_the_note():
    """Two tables and the ledger agree."""
    shown, sold = sora.shown_and_sold()

    assert shown == claims.claimed("sora-clip-length")
    assert sold < shown


def test_the_corner_has_as_many_tokens_as_the_count_of_that_square():
    """The drawing's numbers, counted another way: latent pixels of a frame of that size."""
    cells = dict(sora.corner_cells().select("grid", "cells").iter_rows())
    square = Clip(frames=1, height=sora.CORNER_PX, width=sora.CORNER_PX)

    assert cells["patches"] == count(load_model(sora.WAN), square).tokens
    assert cells["pixels"] == sora.CORNER_PX**2
