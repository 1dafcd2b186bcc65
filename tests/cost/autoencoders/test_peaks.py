"""What lives while a clip is decoded, and what tiles cost, against counts of the real classes."""

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebuilt.cost import Clip, autoencoder_parameters, decode, encode, load_model
from rebuilt.cost.algebra.sizes import covered, covered_squares, tiles_over
from rebuilt.cost.autoencoders.coding import decoding_bytes
from rebuilt.cost.autoencoders.peaks import polynomial_of
from rebuilt.cost.models.convolutional import Peak
from rebuilt.paths import DATA

with (DATA / "decoder_counts.csv").open(encoding="utf-8", newline="") as lines:
    ROWS = list(csv.DictReader(lines))
WHOLE = [row for row in ROWS if row["tiled"] == "0"]
# Classes that work in pieces, the number of which no polynomial says.
ROUNDED = {
    "mochi-vae": 0.01,
    "allegro-vae": 0.01,
    "minimax-h3-vae": 0.01,
    "open-sora-1.2-vae": 0.003,
}
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
def test_tiles_cost_no_fewer_flops_but_for_attention(row):
    """Overlaps are decoded twice; attention within tiles costs less than over a whole latent."""
    autoencoder, clip, _ = read(row)
    tiles, whole = (decode(autoencoder, clip, tiled=tiled).by_kind for tiled in (True, False))

    for kind in set(whole) - {"attention"}:
        assert tiles[kind] >= whole[kind]


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


@pytest.mark.parametrize("name", ["open-sora-1.2-vae", "step-video-vae"])
def test_chunks_are_decoded_alone(name):
    """Each costs what a clip of its frames costs; a frame by itself costs less than a latent."""
    autoencoder = load_model(name)
    one, chunk, four = (
        decode(autoencoder, Clip(frames=frames, height=64, width=96)).flops
        for frames in (1, 17, 68)
    )

    assert four == 4 * chunk
    assert one < chunk * autoencoder.geometry.frames_stride / 17


def test_magi_begins_every_tile_with_a_class_token():
    """Two tiles that no tile overlaps cost as much as two clips of their size."""
    autoencoder = load_model("magi-1-vae")
    tile, both = (
        decode(autoencoder, Clip(frames=frames, height=480, width=832), tiled=True).flops
        for frames in (12, 24)
    )

    assert both == 2 * tile


def test_joining_is_counted_in_its_own_sizes():
    """A size of a single tile has no meaning where all tiles are joined."""
    with pytest.raises(ValueError, match="there is no size 'edge' of a latent; sizes are frames"):
        Peak(source="x: y", rows=({"area": 1},), joined=({"edge": 1},))
    with pytest.raises(ValueError, match="more than 4 moments"):
        Peak(source="x: y", rows=({"area": 1},) * 3, joined=({"area": 1},) * 2)


def test_a_polynomial_of_a_file_is_read_as_it_is_written():
    """Names with blanks between them are factors."""
    found = polynomial_of({"frames area area": 3, "one": 5}, {"frames": 2, "area": 7, "one": 1})

    assert found.value() == 3 * 2 * 7 * 7 + 5


def test_without_a_count_there_is_no_peak():
    """Only the geometry of Movie Gen's autoencoder is known."""
    clip = Clip(frames=256, height=768, width=768)

    assert decoding_bytes(load_model("movie-gen-tae"), clip) is None
    assert decode(load_model("movie-gen-tae"), clip) is None
