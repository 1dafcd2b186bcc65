"""Autoencoders that the reference table leaves out, against integers measured the same way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebuilt.cost import Clip, autoencoder_parameters, decode, encode, load_model

MODELLED = ["sd-vae", "sd3-vae", "cogvideox-vae", "hunyuanvideo-vae", "wan2.1-vae", "ltx-vae"]


@pytest.mark.parametrize(
    ("name", "clip", "encoding", "decoding", "parameters"),
    [
        ("mochi-vae", (13, 64, 64), 233_311_272_960, 1_165_288_144_896, 459_748_611),
        ("allegro-vae", (24, 320, 320), 15_304_675_737_600, 30_494_412_288_000, 174_955_751),
        ("svd-vae", (4, 64, 64), None, 188_061_941_760, 97_742_847),
    ],
)
def test_autoencoder_equals_the_count_of_the_diffusers_class(
    name, clip, encoding, decoding, parameters
):
    """Diffusers 0.42.1 on the meta device under torch's FLOP counter; SVD encodes as SD does."""
    frames, height, width = clip
    clip = Clip(frames=frames, height=height, width=width)
    autoencoder = load_model(name)

    assert decode(autoencoder, clip).flops == decoding
    assert autoencoder_parameters(autoencoder) == parameters
    if encoding is not None:
        assert encode(autoencoder, clip).flops == encoding


def test_allegro_decodes_overlapping_tiles():
    """A clip of 88 frames at 720p is 5 x 3 x 5 tiles, each as costly as a clip of its own."""
    autoencoder = load_model("allegro-vae")
    tile = decode(autoencoder, Clip(frames=24, height=320, width=320)).flops
    whole = decode(autoencoder, Clip(frames=88, height=720, width=1280)).flops

    once = 2 * 4 * 4 * 40 * 40 * 6  # the map of the latent, which runs before tiles are cut
    assert whole - 2 * 4 * 4 * 90 * 160 * 22 == 75 * (tile - once)


def test_wan_codes_the_first_frame_alone():
    """A first frame and a chunk of four add up to five frames."""
    autoencoder = load_model("wan2.1-vae")
    costs = [
        encode(autoencoder, Clip(frames=frames, height=64, width=64)).flops
        for frames in (1, 5, 9, 13)
    ]

    assert costs[2] - costs[1] == costs[3] - costs[2]
    assert costs[1] - costs[0] > costs[0]


@given(name=st.sampled_from(MODELLED), groups=st.integers(0, 8), rows=st.integers(1, 6))
def test_longer_and_larger_clips_never_cost_less(name, groups, rows):
    """Encoding and decoding grow with frames and pixels."""
    autoencoder = load_model(name)
    geometry = autoencoder.geometry
    frames = 1 + groups * geometry.frames_stride
    side = rows * geometry.side_stride
    clip = Clip(frames=frames, height=side, width=side)
    longer = Clip(frames=frames + geometry.frames_stride, height=side, width=side)
    larger = Clip(frames=frames, height=side, width=side + geometry.side_stride)

    for half in (encode, decode):
        assert half(autoencoder, longer).flops >= half(autoencoder, clip).flops
        assert half(autoencoder, larger).flops > half(autoencoder, clip).flops
