"""Modules of WebAssembly: what the pages load is what the kernels compile to, and nothing else."""

import os
import warnings
from types import ModuleType

import pytest

import rebuilt.widgets.calculator_module
import rebuilt.widgets.chain_module
import rebuilt.widgets.miniature_module
from rebuilt.errors import DataError
from rebuilt.widgets.wasm import find_linker, renew

ROOM = 64 * 1024  # bytes that a page can spare
FUNCTION, MEMORY, GLOBAL = 0, 2, 3  # kinds of exports
CUSTOM, IMPORTS, EXPORTS = 0, 2, 7  # sections
MODULES = pytest.mark.parametrize(
    "browser",
    [
        rebuilt.widgets.calculator_module,
        rebuilt.widgets.chain_module,
        rebuilt.widgets.miniature_module,
    ],
    ids=lambda module: module.__name__,
)


def number_at(data, place):
    """Read an unsigned LEB128 number: its value and the place behind it."""
    value = shift = 0
    while True:
        byte = data[place]
        value, shift, place = value | (byte & 127) << shift, shift + 7, place + 1
        if byte < 128:
            return value, place


def sections(module):
    assert module[:8] == b"\0asm\1\0\0\0"
    place, found = 8, {}
    while place < len(module):
        kind = module[place]
        size, start = number_at(module, place + 1)
        found[kind] = module[start : start + size]
        place = start + size
    return found


def exports(section):
    found, (number, place) = [], number_at(section, 0)
    for _ in range(number):
        length, place = number_at(section, place)
        name, kind = section[place : place + length].decode(), section[place + length]
        _, place = number_at(section, place + length + 1)
        found.append((name, kind))
    return found


@MODULES
def test_a_module_is_small_and_imports_nothing(browser: ModuleType) -> None:
    """No import section, the entries and the memory as exports, no names of functions."""
    module = browser.MODULE.read_bytes()
    found = sections(module)
    entries = [(name, FUNCTION) for name in browser.ENTRIES]

    assert IMPORTS not in found
    assert CUSTOM not in found  # it would hold names or producers
    assert exports(found[EXPORTS]) == [("memory", MEMORY), *entries, ("__heap_base", GLOBAL)]
    assert len(module) < ROOM


@pytest.mark.weekly  # numbers of the committed modules are compared with Python's in a browser
@MODULES
def test_a_committed_module_is_what_the_kernels_compile_to(browser: ModuleType) -> None:
    """Rebuilding gives the same bytes; an edit of a kernel without `make wasm` turns this red."""
    linker = find_linker()
    if linker is None:
        message = f"NO WASM LINKER FOUND: {browser.MODULE.name} was NOT compared with its kernels"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        warnings.warn(message, stacklevel=1)
        pytest.skip(message)

    assert browser.build_module(linker) == browser.MODULE.read_bytes(), "run `make wasm`"


def test_without_a_linker_nothing_is_written(monkeypatch, tmp_path) -> None:
    """The message says what to install, and the committed module stays."""
    module = tmp_path / "kept.wasm"
    module.write_bytes(b"kept")
    monkeypatch.setattr("rebuilt.widgets.wasm.find_linker", lambda: None)

    with pytest.raises(DataError, match="apt-get install lld"):
        renew(module, lambda _linker: b"new")
    assert module.read_bytes() == b"kept"
