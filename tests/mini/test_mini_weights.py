"""Weights that are missing, broken or of another shape are refused with a way out."""

import json
import re

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.numpy import save_file

from rebuilt.errors import DataError
from rebuilt.mini.sampler import CODEC, MAIN, Miniature
from rebuilt.mini.weights import FOLDER, Stored, read


def copied(folder, name, change=len):
    """Copy one file of the book, changed."""
    with safe_open(FOLDER / f"{name}.safetensors", framework="numpy") as file:
        config = json.loads(file.metadata()["config"])
        tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
    change((tensors, config))
    save_file(tensors, folder / f"{name}.safetensors", metadata={"config": json.dumps(config)})


def complaint(folder):
    with pytest.raises(DataError) as caught:
        Miniature.load(folder=folder)
    return str(caught.value)


def test_a_file_that_is_not_there(tmp_path):
    """The message names the file."""
    assert complaint(tmp_path) == (
        "transformer.safetensors: not there; restore it from the repository or run `make train`"
    )


def test_a_file_that_is_cut_short(tmp_path):
    """Half a download is no file of safetensors."""
    whole = (FOLDER / f"{MAIN}.safetensors").read_bytes()
    (tmp_path / f"{MAIN}.safetensors").write_bytes(whole[:5000])

    assert re.fullmatch(
        r"transformer\.safetensors: not safetensors with a configuration \(SafetensorError: .+\); "
        r"restore it from the repository or run `make train`",
        complaint(tmp_path),
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda stored: stored[0].pop("proj_out.bias"),
            "tensor 'proj_out.bias'; restore the file or run `make train`",
        ),
        (
            lambda stored: stored[0].update({"proj_out.bias": np.zeros(7, np.float16)}),
            "tensor 'proj_out.bias' has the shape (7,), expected (32,) of its configuration; "
            "restore the file or run `make train`",
        ),
        (
            lambda stored: stored[0]["patch_embed.bias"].fill(np.nan),
            "tensor 'patch_embed.bias' holds values that are no numbers; restore the file",
        ),
        (
            lambda stored: stored[1].pop("width"),
            "config.width is None, expected a whole number above zero; restore the file or run "
            "`make train`",
        ),
        (
            lambda stored: stored[1].update(patch=2),
            "config.patch is 2, expected 3 numbers; restore the file or run `make train`",
        ),
        (
            lambda stored: stored[1].pop("sampler"),
            "the configuration lacks 'sampler'; restore the file from the repository or run "
            "`make train`",
        ),
    ],
)
def test_a_broken_transformer(tmp_path, change, message):
    """A missing tensor, a wrong shape, no numbers, a missing entry of the configuration."""
    copied(tmp_path, MAIN, change)
    copied(tmp_path, CODEC)

    assert (
        complaint(tmp_path).removeprefix("transformer.safetensors: ").removeprefix("no ") == message
    )


def test_a_broken_autoencoder(tmp_path):
    """The other file is looked at in the same way."""
    copied(tmp_path, MAIN)
    copied(tmp_path, CODEC, lambda stored: stored[0].pop("decoder.8.weight"))

    assert complaint(tmp_path) == (
        "autoencoder.safetensors: no tensor 'decoder.8.weight'; restore the file or run "
        "`make train`"
    )


def test_every_learned_value_is_a_float16(miniature):
    """What the page ships in two bytes a value loses nothing."""
    for vector in (miniature.transformer.vector, miniature.autoencoder.decoder):
        learned = vector.values[: vector.learned]

        assert np.array_equal(learned, np.float32(np.float16(learned)))


def test_the_stored_weights_are_all_used(miniature):
    """No tensor of the file stays behind."""
    stored = read(MAIN)

    assert isinstance(stored, Stored)
    assert miniature.transformer.vector.learned == sum(t.size for t in stored.tensors.values())
