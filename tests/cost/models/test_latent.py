"""Clips become the token grids of the real models, or are refused with the nearest that pass."""

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebuilt.cost import Clip, ShapeError, compress, latent_of, load_model, nearest_clip


@pytest.mark.parametrize(
    ("model", "clip", "latent", "tokens"),
    [
        ("wan2.1-t2v-14b", (81, 720, 1280), (21, 90, 160), 75_600),
        ("hunyuanvideo", (129, 720, 1280), (33, 90, 160), 118_800),
        ("mochi-1", (163, 480, 848), (28, 60, 106), 44_520),
        ("allegro", (88, 720, 1280), (22, 90, 160), 79_200),
        ("cogvideox1.5-5b", (81, 768, 1360), (21, 96, 170), 44_880),
        ("open-sora-1.2", (51, 480, 854), (15, 60, 106), 23_850),
        ("open-sora-1.2", (17, 144, 256), (5, 18, 32), 720),
        ("open-sora-1.2", (408, 720, 1280), (120, 90, 160), 432_000),
        ("open-sora-2.0", (129, 768, 768), (33, 96, 96), 76_032),
        ("movie-gen-30b", (256, 768, 768), (32, 96, 96), 73_728),
        ("ltx-video-2b", (121, 512, 704), (16, 16, 22), 5_632),
        ("latte-1", (16, 512, 512), (16, 64, 64), 16_384),
        ("cogvideox-2b", (1, 480, 720), (1, 60, 90), 1_350),
        ("sd1.5", (1, 512, 512), (1, 64, 64), 4_096),
    ],
)
def test_published_clips_become_published_token_counts(model, clip, latent, tokens):
    """Causal, even, chunked and frame-by-frame compression, padding and patches."""
    frames, height, width = clip

    found = latent_of(load_model(model), Clip(frames=frames, height=height, width=width))

    assert (found.frames, found.height, found.width) == latent
    assert found.tokens == tokens


@pytest.mark.parametrize(
    ("frames", "stride", "chunk", "latents"),
    [(17, 4, 17, 5), (204, 8, 17, 36), (408, 4, 17, 120), (20, 4, 17, 6), (16, 4, 17, 4)],
)
def test_chunks_are_rounded_up_one_by_one(frames, stride, chunk, latents):
    """17 frames make 5 at stride 4 and 3 at stride 8; a rest is a chunk of its own."""
    clip = Clip(frames=frames, height=64, width=64)
    found = compress(clip, frames_rule="chunked", frames_stride=stride, chunk=chunk)

    assert found.frames == latents


def stepped(rule, frames, stride, chunk):
    """Latent frames by walking along the frames: which of them begin a new one."""
    if rule == "each":
        return sum(1 for _ in range(frames))
    if rule == "causal":
        return 1 + sum(frame % stride == 0 for frame in range(1, frames))
    if rule == "even":
        return sum(frame % stride == stride - 1 for frame in range(frames))
    parts = itertools.groupby(range(frames), lambda frame: frame // chunk)
    return sum(place % stride == 0 for _, part in parts for place, _ in enumerate(part))


@given(
    rule=st.sampled_from(["each", "even", "causal", "chunked"]),
    frames=st.integers(1, 400),
    stride=st.integers(1, 9),
    chunk=st.integers(1, 40),
)
def test_closed_forms_of_time_equal_walking_along_the_frames(rule, frames, stride, chunk):
    """Every rule of compression, frame by frame."""
    clip = Clip(frames=frames, height=64, width=64)
    found = compress(clip, frames_rule=rule, frames_stride=stride, chunk=chunk)

    assert found.frames == stepped(rule, frames, stride, chunk)


@given(sides=st.tuples(st.integers(1, 2**14), st.integers(1, 2**14)), stride=st.integers(1, 64),
       patch=st.integers(1, 32))  # fmt: skip
def test_sides_are_cut_as_whole_numbers_are_divided(sides, stride, patch):
    """Latents drop what is over, patches are padded; exact for every side."""
    height, width = sides
    found = compress(Clip(height=height, width=width), side_stride=stride, patch=(1, patch, patch))

    assert (found.height, found.width) == (height // stride, width // stride)
    assert found.patch_rows == -(-(height // stride) // patch)
    assert found.patch_columns == -(-(width // stride) // patch)


def test_latent_frames_are_padded_to_the_patch():
    """CogVideoX1.5 pads 21 latent frames to 22 and cuts 11 patches."""
    latent = latent_of(load_model("cogvideox1.5-5b"), Clip(frames=81, height=768, width=1360))

    assert (latent.frames, latent.patch_frames) == (21, 11)


def test_text_is_padded_to_the_length_of_the_pipeline():
    """Wan feeds 512 text tokens whatever the prompt; a stated number is taken as it is."""
    model = load_model("wan2.1-t2v-1.3b")

    assert latent_of(model, Clip(frames=1, height=480, width=832)).text == 512
    assert latent_of(model, Clip(frames=1, height=480, width=832, text_tokens=77)).text == 77


@pytest.mark.parametrize(
    ("model", "clip", "message"),
    [
        (
            "wan2.1-t2v-14b",
            Clip(frames=80, height=720, width=1280),
            "wan2.1-t2v-14b does not take 80 frames of 720x1280: "
            "frames 80 is not 1 + a multiple of 4; nearest 77 and 81",
        ),
        (
            "wan2.1-t2v-14b",
            Clip(frames=81, height=721, width=1280),
            "wan2.1-t2v-14b does not take 81 frames of 721x1280: "
            "height 721 is not a multiple of 16; nearest 720 and 736, to which pipelines "
            "crop or pad",
        ),
        (
            "ltx-video-2b",
            Clip(frames=121, height=512, width=720),
            "ltx-video-2b does not take 121 frames of 512x720: "
            "width 720 is not a multiple of 32; nearest 704 and 736, to which pipelines "
            "crop or pad",
        ),
        (
            "allegro",
            Clip(frames=2, height=720, width=1280),
            "allegro does not take 2 frames of 720x1280: "
            "frames 2 is not a multiple of 4; nearest 4",
        ),
        (
            "dit-xl-2",
            Clip(frames=4, height=256, width=256),
            "dit-xl-2 does not take 4 frames of 256x256: "
            "frames is 4 and the model makes images; nearest 1",
        ),
        (
            "dit-xl-2",
            Clip(height=256, width=512),
            "dit-xl-2 does not take 1 frame of 256x512: height 256 and width 512 differ and the "
            "model takes squares; nearest 256x256 and 512x512",
        ),
        (
            "sd3-medium",
            Clip(height=3088, width=1024),
            "sd3-medium does not take 1 frame of 3088x1024: "
            "height 3088 is beyond the position table; nearest 3072",
        ),
        (
            "animatediff-v3",
            Clip(frames=33, height=512, width=512),
            "animatediff-v3 does not take 33 frames of 512x512: "
            "frames 33 is above the model's maximum; nearest 32",
        ),
        (
            "open-sora-1.2",
            Clip(frames=17, height=7, width=256),
            "open-sora-1.2 does not take 17 frames of 7x256: "
            "height 7 is less than one latent pixel; nearest 8",
        ),
        (
            "mochi-1",
            Clip(frames=163, height=480, width=848, text_tokens=257),
            "mochi-1 does not take 163 frames of 480x848: "
            "text_tokens 257 is above the model's maximum; nearest 256",
        ),
        (
            "mochi-1",
            Clip(frames=0, height=480, width=848),
            "mochi-1 does not take 0 frames of 480x848: frames is 0 and must be at least 1",
        ),
        (
            "mochi-1",
            Clip(frames=7, height=480, width=2**15),
            "width is 32768; counts are checked up to 16384",
        ),
        (
            "mochi-1",
            Clip(frames=float("nan"), height=480, width=848),
            "frames is nan; it must be a whole number",
        ),
    ],
)
def test_a_refused_clip_names_field_value_rule_and_nearest(model, clip, message):
    """The whole sentence, for every kind of rule."""
    with pytest.raises(ShapeError) as caught:
        latent_of(load_model(model), clip)

    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("model", "wanted", "found"),
    [
        ("wan2.1-t2v-14b", (121, 720, 1280), (121, 720, 1280)),
        ("allegro", (121, 720, 1280), (120, 720, 1280)),
        ("ltx-2-19b", (120, 720, 1280), (121, 704, 1280)),  # 736 is as near, and larger
        ("ltx-2-19b", (120, 721, 1283), (121, 736, 1280)),
        ("latte-1", (121, 720, 1280), (16, 720, 1280)),  # its table of positions in time ends
        ("wan2.1-t2v-14b", (1, 1, 1), (1, 16, 16)),
    ],
)
def test_the_nearest_clip_keeps_every_rule_of_the_model(model, wanted, found):
    """Strides, multiples, and the ends of tables."""
    size = ("frames", "height", "width")

    near = nearest_clip(load_model(model), Clip(**dict(zip(size, wanted, strict=True))))

    assert (near.frames, near.height, near.width) == found


@given(frames=st.integers(1, 200), height=st.integers(16, 900), width=st.integers(16, 900),
       model=st.sampled_from(["wan2.1-t2v-14b", "ltx-2-19b", "allegro", "svd"]))  # fmt: skip
def test_no_taken_value_lies_between_the_nearest_and_the_wanted(model, frames, height, width):
    """One step nearer in any size is refused, and what is taken stays as it is."""
    network, wanted = load_model(model), Clip(frames=frames, height=height, width=width)
    near = nearest_clip(network, wanted)

    assert nearest_clip(network, near) == near
    for size in ("frames", "height", "width"):
        asked, taken = getattr(wanted, size), getattr(near, size)
        for value in range(min(asked, taken + 1), max(asked + 1, taken)):
            if value != taken:
                with pytest.raises(ShapeError):
                    latent_of(network, replace(near, **{size: value}))


def test_a_rule_that_binds_two_sizes_has_no_nearest_clip():
    """A square model does not choose which of two sides is meant."""
    with pytest.raises(ShapeError, match="square"):
        nearest_clip(load_model("dit-xl-2"), Clip(height=256, width=512))
