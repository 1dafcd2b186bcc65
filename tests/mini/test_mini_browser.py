"""The page's module is what the kernels compile to, and its weights are those of the book."""

import base64
import json
import os
import warnings

import numpy as np
import pytest

from rebuilt.mini import page
from rebuilt.mini.browser import ENTRIES, MODULE, build_module
from rebuilt.wasm import find_linker

MOST_BYTES = 3_000_000  # kernels, weights and scripts of the page together


def test_the_committed_module_is_what_the_kernels_compile_to():
    """Rebuilding gives the same bytes; an edit of a kernel without `make wasm` turns this red."""
    linker = find_linker()
    if linker is None:
        message = "NO WASM LINKER FOUND: the miniature's module was NOT compared with its kernels"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        warnings.warn(message, stacklevel=1)
        pytest.skip(message)

    assert build_module(linker) == MODULE.read_bytes(), "run `make wasm` and commit the module"


def test_the_module_imports_nothing_and_exports_the_entries():
    """No import section, and the names that the page's engine calls."""
    module = MODULE.read_bytes()
    engine = (MODULE.parent / "rebuilt-miniature-engine.js").read_text(encoding="utf-8")

    assert module[:8] == b"\0asm\1\0\0\0"
    assert 2 not in _sections(module)
    assert all(name.encode() in module for name in ENTRIES)
    assert f"{', '.join(ENTRIES)} }} = instance.exports" in engine


def test_weights_survive_the_way_into_the_page(miniature):
    """Two bytes a learned value and four a computed one give the vector back, bit for bit."""
    text = page.script()
    content = json.loads(text.partition(" = ")[2].rstrip(";\n"))
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
    names = ("rebuilt-miniature.js", "rebuilt-miniature-engine.js", "rebuilt-clips.js")
    scripts = sum((static / name).stat().st_size for name in names)

    assert len(page.script()) + scripts + MODULE.stat().st_size < MOST_BYTES


def _sections(module):
    """Numbers of the sections of a module."""
    place, found = 8, []
    while place < len(module):
        found.append(module[place])
        size = shift = 0
        place += 1
        while True:
            byte = module[place]
            size, shift, place = size | (byte & 127) << shift, shift + 7, place + 1
            if byte < 128:
                break
        place += size
    return found
