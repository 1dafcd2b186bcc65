"""The page's module is what the kernels compile to, and its weights are those of the book."""

import base64
import json

import numpy as np

from rebuilt.widgets import miniature_form
from rebuilt.widgets.miniature_module import ENTRIES, MODULE

MOST_BYTES = 3_000_000  # kernels, weights and scripts of the page together


def test_the_engine_takes_every_entry_of_the_module():
    """The names that the page's script takes out of the module are all that it exports."""
    engine = (MODULE.parent / "rebuilt-miniature-engine.js").read_text(encoding="utf-8")

    assert f"{', '.join(ENTRIES)} }} = instance.exports" in engine


def test_weights_survive_the_way_into_the_page(miniature):
    """Two bytes a learned value and four a computed one give the vector back, bit for bit."""
    text = miniature_form.script()
    content = json.loads(json.loads(text.partition(" = ")[2].rstrip(";\n")))
    pairs = (
        ("transformer", miniature.transformer.vector),
        ("decoder", miniature.autoencoder.decoder),
    )
    for name, vector in pairs:
        raw = base64.b64decode(content[name]["values"])
        learned = np.frombuffer(raw, "<f2", vector.learned)
        computed = np.frombuffer(raw, "<f4", offset=2 * vector.learned)

        assert np.array_equal(np.concatenate([np.float32(learned), computed]), vector.values)
        assert content[name]["places"] == vector.places.tolist()


def test_the_page_grows_by_less_than_three_megabytes():
    """Kernels, weights, engine, form and players."""
    static = MODULE.parent
    names = ("miniature", "miniature-engine", "clips", "form")
    scripts = sum((static / f"rebuilt-{name}.js").stat().st_size for name in names)

    assert len(miniature_form.script()) + scripts + MODULE.stat().st_size < MOST_BYTES
