"""A drawing that is kept is the one that Vega would draw, or it is not used."""

import json
import multiprocessing
import tempfile
import time
from pathlib import Path

import pytest

from rebuilt.page import vega

SPEC = {
    "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
    "width": 100,
    "data": {"values": [{"bytes": 1}, {"bytes": 3}]},
    "mark": "bar",
    "encoding": {"x": {"field": "bytes", "type": "quantitative"}},
}
ANOTHER = {**SPEC, "width": 120}


@pytest.fixture
def drawn(monkeypatch):
    """Specifications that Vega was asked to draw."""
    asked, draw = [], vega.vl_convert.vegalite_to_svg
    monkeypatch.setattr(
        vega.vl_convert, "vegalite_to_svg", lambda text: asked.append(text) or draw(text)
    )
    return asked


def test_a_drawing_is_made_once_for_a_specification(tmp_path, drawn):
    """Another one is drawn by itself."""
    first = vega.drawing(SPEC, tmp_path / "kept")

    assert vega.drawing(SPEC, tmp_path / "kept") == first
    assert len(drawn) == 1
    assert vega.drawing(ANOTHER, tmp_path / "kept") != first
    assert len(drawn) == 2


@pytest.mark.parametrize(
    "damage",
    [lambda content: content[:-20], lambda _: b"", lambda content: content[:70] + b"\xff"],
)
def test_a_damaged_drawing_is_drawn_again(tmp_path, drawn, damage):
    """Cut off, empty, or no text; and it stands whole again after that."""
    first = vega.drawing(SPEC, tmp_path)
    (file,) = tmp_path.iterdir()
    whole = file.read_bytes()
    file.write_bytes(damage(whole))

    assert vega.drawing(SPEC, tmp_path) == first
    assert len(drawn) == 2
    assert file.read_bytes() == whole


@pytest.mark.parametrize("changed", ["fonts", "converter"])
def test_what_a_drawing_follows_from_is_part_of_its_name(tmp_path, drawn, monkeypatch, changed):
    """Other letters have other widths, and another Vega another drawing."""
    vega.drawing(SPEC, tmp_path / "kept")
    if changed == "fonts":
        (tmp_path / "fonts").mkdir()
        monkeypatch.setattr(vega, "FONTS", tmp_path / "fonts")
    else:
        monkeypatch.setattr(vega, "version", lambda _: "0.0")
    vega._converter.cache_clear()

    vega.drawing(SPEC, tmp_path / "kept")

    vega._converter.cache_clear()
    assert len(drawn) == 2


def test_where_nothing_can_be_kept_charts_are_drawn(tmp_path, drawn):
    """A file stands where the folder would be."""
    (tmp_path / "kept").write_text("in the way")

    assert vega.drawing(SPEC, tmp_path / "kept") == vega.drawing(SPEC, tmp_path / "kept")
    assert len(drawn) == 2


@pytest.fixture
def drawer(monkeypatch):
    """Let another process draw for this one."""
    with tempfile.TemporaryDirectory() as folder:
        address = Path(folder, "drawer")
        process = multiprocessing.get_context("spawn").Process(
            target=vega.draw_for_others, args=(str(address),), daemon=True
        )
        process.start()
        monkeypatch.setenv(vega.DRAWER_VARIABLE, str(address))
        while not address.exists():
            assert process.is_alive()
            time.sleep(0.05)
        yield process
        process.terminate()
        process.join()


def test_one_process_draws_for_others(tmp_path, drawn, drawer):
    """The same as each would; what it cannot draw it leaves to who asked; and it may be gone."""
    unheard = {**SPEC, "mark": "hammer"}
    asked = vega.drawing(SPEC, tmp_path / "asked")
    assert drawn == []
    with pytest.raises(ValueError, match="conversion failed"):
        vega.drawing(unheard, tmp_path / "asked")
    vega.drawing(ANOTHER, tmp_path / "asked")
    assert drawn == [json.dumps(unheard)]

    drawer.terminate()
    drawer.join()

    assert vega.drawing(SPEC, tmp_path / "own") == asked
    assert len(drawn) == 2
