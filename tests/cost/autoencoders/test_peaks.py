"""What lives while a clip is decoded, and what tiles cost, against counts of the real classes."""

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebuilt.cost import Clip, autoencoder_parameters, decode, encode, load_model
from rebuilt.cost.algebra.sizes import covered, covered_squares, tiles_over
from rebuilt.cost.autoencoders.coding import decoding_bytes
from rebuilt.cost.autoencoders.peaks import polynomial_of
from rebuilt.paths import DATA

with (DATA / "decoder_counts.csv").open(encoding="utf-8", newline="") as lines:
    ROWS = list(csv.DictReader(lines))
WHOLE = [row for row in ROWS if row["tiled"] == "0"]
# Classes whose layers work in pieces, the number of which no polynomial says.
ROUNDED = {"mochi-vae": 0.01, "allegro-vae": 0.01, "minimax-h3-vae": 0.01}
TILED_WITHIN = 0.05  # the tile that lives at the peak may be one that its neighbours have cut
PARTS = st.tuples(st.integers(1, 400), st.integers(2, 64), st.integers(1, 64)).filter(
    lambda sizes: sizes[2] <= sizes[1]
)


def named(row):
    """Name a row by what was decoded."""
    tiles = "-tiles" if row["tiled"] == "1" else ""
    return f"{row['model']}-{row['frames']}x{row['height']}x{row['width']}{tiles}"


def read(row):
    """Return autoencoder, clip, and whether it is decoded in tiles."""
    clip = Clip(frames=int(row["frames"]), height=int(row["height"]), width=int(row["width"]))
    return load_model(row["model"]), clip, row["tiled"] == "1"


@pytest.mark.parametrize("row", ROWS, ids=named)
def test_flops_and_parameters_equal_the_count_of_the_class(row):
    """To the last operation, overlaps of tiles included; not the shapes that were solved for."""
    autoencoder, clip, tiled = read(row)

    assert decode(autoencoder, clip, tiled=tiled).flops == int(row["decode_flops"])
    assert autoencoder_parameters(autoencoder) == int(row["parameters"])
    if row["encode_flops"]:
        assert encode(autoencoder, clip).flops == int(row["encode_flops"])


@pytest.mark.parametrize("row", ROWS, ids=named)
def test_peak_is_that_of_the_class(row):
    """To the last byte for a whole latent; tiles within a few hundredths."""
    autoencoder, clip, tiled = read(row)
    allowed = ROUNDED.get(row["model"], TILED_WITHIN if tiled else 0.0)

    found = decoding_bytes(autoencoder, clip, tiled=tiled)

    assert found == pytest.approx(int(row["peak_bytes"]), rel=allowed, abs=0)


@pytest.mark.parametrize("row", WHOLE, ids=named)
def test_tiles_cost_no_fewer_flops(row):
    """Overlaps are decoded twice; a latent that fits a tile is decoded as it is."""
    autoencoder, clip, _ = read(row)

    assert decode(autoencoder, clip, tiled=True).flops >= decode(autoencoder, clip).flops


@given(PARTS)
def test_lengths_of_tiles_are_those_of_the_loop(sizes):
    """`covered` sums min(size, rest) over every step, as the classes' loops do."""
    length, size, step = sizes
    parts = [min(size, length - start) for start in range(0, length, step)]

    assert covered(float(length), float(size), float(step)) == sum(parts)
    assert covered_squares(float(length), float(size), float(step)) == sum(x * x for x in parts)


@given(length=st.integers(1, 400))
def test_tiles_that_are_moved_together_cover_all_and_no_fewer_would(length):
    """Sixteen latents with an overlap of four at least, as MiniMax-H3 lays them."""
    number = tiles_over(float(length), 16.0, 12.0)

    assert 16 * number - 4 * (number - 1) >= length
    assert number == 1 or 16 * (number - 1) - 4 * (number - 2) < length


def test_a_polynomial_of_a_file_is_read_as_it_is_written():
    """Names with blanks between them are factors."""
    found = polynomial_of({"frames area area": 3, "one": 5}, {"frames": 2, "area": 7, "one": 1})

    assert found.value() == 3 * 2 * 7 * 7 + 5


def test_without_a_count_there_is_no_peak():
    """Only the geometry of Movie Gen's autoencoder is known."""
    clip = Clip(frames=256, height=768, width=768)

    assert decoding_bytes(load_model("movie-gen-tae"), clip) is None
    assert decode(load_model("movie-gen-tae"), clip) is None
