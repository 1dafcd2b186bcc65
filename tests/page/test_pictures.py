"""Sheets of frames: PNG files that others read, words for who cannot see them."""

import base64
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebuilt import page
from rebuilt.errors import DataError, ShapeError
from rebuilt.page import pictures


@pytest.fixture(autouse=True)
def fresh():
    page.reset()


def frame(value, height=2, width=3):
    return np.full((height, width, 4), value, np.uint8)


def unpacked(content):
    """Pixels of a PNG file of ours, by the format's own rules."""
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    place, parts = 8, {}
    while place < len(content):
        size, kind = struct.unpack(">I4s", content[place : place + 8])
        body = content[place + 8 : place + 8 + size]
        (check,) = struct.unpack(">I", content[place + 8 + size : place + 12 + size])
        assert check == zlib.crc32(kind + body)
        parts[kind] = body
        place += 12 + size
    width, height = struct.unpack(">II", parts[b"IHDR"][:8])
    lines = np.frombuffer(zlib.decompress(parts[b"IDAT"]), np.uint8).reshape(height, 1 + 4 * width)
    assert not lines[:, 0].any()
    return lines[:, 1:].reshape(height, width, 4)


@given(st.integers(1, 20), st.integers(1, 20), st.integers(0, 99))
def test_a_png_holds_its_pixels(height, width, seed):
    """Signature, checksums, size and every byte of every pixel."""
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 4), np.uint8)

    assert np.array_equal(unpacked(pictures.png(pixels)), pixels)


def test_a_sheet_lays_frames_out_in_reading_order():
    """A grey pixel around each of them, and nothing where frames are lacking."""
    sheet = pictures.sheet([frame(1), frame(2), frame(3)], 2)

    assert sheet.shape == (7, 9, 4)
    assert (sheet[1, 1, 0], sheet[1, 5, 0], sheet[4, 1, 0]) == (1, 2, 3)
    assert (sheet[0] == pictures.GREY).all()
    assert (sheet[:4, 4] == pictures.GREY).all()
    assert not sheet[4:, 5:].any()


def test_a_clip_says_how_its_frames_lie_and_what_they_show():
    """The player reads sizes from the figure; a reader hears the words."""
    block = pictures.show([frame(9)] * 5, name="one", title="T", alt="a & b", columns=3, fps=8)

    assert block.payload["frame"] == [3, 2, 5, 3, 1, 8]
    assert unpacked(base64.b64decode(block.payload["png"])).shape == (7, 13, 4)
    assert 'alt="a &amp; b"' in block.html
    assert 'data-count="5" data-columns="3" data-gap="1" data-fps="8"' in block.html


@pytest.mark.parametrize(
    ("change", "kind", "message"),
    [
        ({"alt": " "}, DataError, "picture one: description is empty"),
        ({"name": "One"}, DataError, "picture name 'One' is not a slug"),
        ({"frames": []}, ShapeError, "0 frames of 0 sizes in 2 columns; expected one size"),
        ({"frames": [frame(1), frame(1, 4)]}, ShapeError, "2 frames of 2 sizes in 2 columns"),
    ],
)
def test_a_picture_without_words_or_frames_is_refused(change, kind, message):
    """As charts are."""
    given_values = {"frames": [frame(1)], "name": "one", "title": "T", "alt": "A", "columns": 2}
    with pytest.raises(kind) as caught:
        pictures.show(**given_values | change)

    assert str(caught.value).startswith(message.replace("description", "alt"))


def test_pixels_of_another_kind_are_refused():
    """The message says what a picture needs."""
    with pytest.raises(ShapeError) as caught:
        pictures.png(np.zeros((2, 2, 3), np.float32))

    assert str(caught.value) == (
        "pixels are float32 of shape (2, 2, 3); a picture needs uint8 of shape (height, width, 4)"
    )
