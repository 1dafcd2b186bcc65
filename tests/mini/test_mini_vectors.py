"""Every layer equals torch within 1e-4, on the weights that the book publishes."""

import numpy as np
import pytest

from rebuilt.mini import captions
from rebuilt.mini.packing import pack, to_patches

TOLERANCE = 1e-4


@pytest.fixture(scope="module")
def first_pass(miniature, vectors):
    """Every layer of one forward pass, by name."""
    latent = vectors["input.noisy"][0]
    packed = pack([vectors["input.words"].tolist()], [(3, 3, 5)])
    patches = to_patches(latent, miniature.transformer.patch)
    return dict(miniature.transformer.layers(packed, patches, vectors["input.time"].tolist()))


def test_the_caption_has_the_tokens_of_the_training(vectors):
    """Words become the numbers on which the weights were trained."""
    assert captions.tokens(vectors.about["caption"]) == vectors["input.words"].tolist()


def test_every_layer_of_the_transformer_equals_torch(first_pass, vectors):
    """Queries, keys, values, feed-forward and stream of every block, and the velocity."""
    inside = ("attn.norm_q", "attn.norm_k", "attn.to_v", "ff.1", "ff.2")
    names = [name for name in first_pass if name.startswith("blocks.")]
    gaps = {name: vectors.gap(f"transformer.{name}", first_pass[name]) for name in names}

    assert len(names) == 5 * (1 + len(inside))
    assert max(gaps.values()) < TOLERANCE, gaps


def test_the_vector_of_the_time_equals_torch(first_pass, vectors):
    """Sinusoids of our own sine, two linear layers, and the SiLU before the modulations."""
    raw = vectors["transformer.time.2"]

    assert np.abs(first_pass["condition"] - raw / (1 + np.exp(-raw))).max() < TOLERANCE


def test_the_velocity_equals_torch(miniature, first_pass, vectors):
    """What the whole network predicts for every patch."""
    expected = to_patches(vectors["velocity"][0], miniature.transformer.patch)

    assert np.abs(first_pass["velocity"] - expected).max() < TOLERANCE


def test_every_layer_of_the_autoencoder_equals_torch(miniature, vectors):
    """Both halves; torch keeps channels before frames."""
    layers = dict(miniature.autoencoder.layers(vectors["input.clip"][0]))
    gaps = {
        name: vectors.gap(name, np.ascontiguousarray(np.moveaxis(values, -1, 0)))
        for name, values in layers.items()
    }

    assert len(gaps) == 16
    assert max(gaps.values()) < TOLERANCE, gaps


def test_a_whole_sampling_equals_torch(miniature, vectors):
    """From torch's noise to the last latent, and to the clip."""
    about, patch = vectors.about, miniature.transformer.patch
    noise = to_patches(vectors["input.noise"][0], patch)
    states = miniature.denoise(
        about["caption"], noise, (3, 3, 5), steps=about["steps"], guidance=about["guidance"]
    )
    *_, patches = states
    latent = to_patches(vectors["sample.latents"][0], patch)
    clip = np.clip(vectors["sample.clip"][0], -1, 1)

    assert np.abs(patches - latent).max() < TOLERANCE
    assert np.abs(miniature.decode(patches, (3, 3, 5)) - clip).max() < TOLERANCE
