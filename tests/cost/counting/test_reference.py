"""Counts equal the integers measured on the real implementations, row by row."""

import csv
from collections import defaultdict

import pytest

from rebuilt.cost import Clip, count, load_model, model_ids
from rebuilt.cost.autoencoders.coding import autoencoder_parameters, decode, encode
from rebuilt.cost.models.architectures import Autoencoder
from rebuilt.paths import DATA

TABLE = DATA / "reference_flops.csv"
KINDS = {"product": "linear", "convolution": "conv", "attention": "attention"}


def measured_shapes():
    """One entry for each module on one clip: its key, and what was measured by group."""
    shapes = defaultdict(dict)
    with TABLE.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            sizes = (row["clip_frames"], row["clip_height"], row["clip_width"], row["text_tokens"])
            key = (row["model"], row["module"], *(int(size or 0) for size in sizes))
            shapes[key][row["group"]] = int(row["flops"])
            shapes[key]["tokens"] = int(row["tokens"])
            shapes[key]["parameters"] = int(row["parameters"])
    return sorted(shapes.items())


def denoisers():
    return [item for item in measured_shapes() if item[0][1] in ("transformer", "unet")]


def halves():
    return [item for item in measured_shapes() if item[0][1] in ("encode", "decode")]


def label(item):
    return "-".join(str(part) for part in item[0]) if isinstance(item, tuple) else None


@pytest.mark.parametrize("shape", denoisers(), ids=label)
def test_forward_equals_the_measured_integers(shape):
    """Tokens, parameters, every group and the total are equal, to the last operation."""
    (model, module, frames, height, width, text), measured = shape

    ours = count(
        load_model(model), Clip(frames=frames, height=height, width=width, text_tokens=text)
    )

    groups = ours.by_group
    if module == "unet":  # measured by kind of operation
        groups = {KINDS[kind]: flops for kind, flops in ours.by_kind.items()}
    found = groups | {"total": ours.flops, "tokens": ours.tokens, "parameters": ours.parameters}
    assert found == measured


@pytest.mark.parametrize("shape", halves(), ids=label)
def test_autoencoder_equals_the_measured_integers(shape):
    """Encoding and decoding cost what the real path costs, chunks and caches included."""
    (model, module, frames, height, width, _), measured = shape
    autoencoder = load_model(model)
    clip = Clip(frames=frames, height=height, width=width)

    ours = encode(autoencoder, clip) if module == "encode" else decode(autoencoder, clip)

    kinds = {KINDS[kind]: flops for kind, flops in ours.by_kind.items()}
    found = kinds | {
        "total": ours.flops,
        "parameters": autoencoder_parameters(autoencoder),
        "tokens": measured["tokens"],
    }
    assert found == measured


def test_every_measured_model_is_described():
    """No row of the table lacks a model file."""
    measured = {key[0] for key, _ in measured_shapes()}

    assert measured <= set(model_ids())


def test_every_modelled_autoencoder_of_the_table_has_both_halves():
    """An autoencoder with a network was measured encoding and decoding."""
    modules = defaultdict(set)
    for (model, module, *_), _ in halves():
        modules[model].add(module)

    assert all(parts == {"encode", "decode"} for parts in modules.values())
    assert all(isinstance(load_model(name), Autoencoder) for name in modules)
