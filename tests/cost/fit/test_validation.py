"""The rows that the validation chapter shows: measured, published, and what is not modelled."""

from rebuilt.cost import Clip, compress, count, load_model, measured_rows, published_rows


def test_every_measured_row_is_met_exactly():
    """No difference in any group of any module on any clip, and no row left out."""
    rows = measured_rows()

    assert {row.difference for row in rows} == {0}


def test_published_rows_that_are_not_modelled_are_shown_with_a_reason():
    """A row without a count of ours says why in its note."""
    missing = [row for row in published_rows() if row.ours is None]

    assert missing
    assert all("model" in row.row["note"] or "script" in row.row["note"] for row in missing)
    assert all(row.error is None for row in missing)


def test_published_errors_are_relative_to_the_published_value():
    """Ours above theirs is a positive error."""
    (row,) = (row for row in published_rows() if row.row["model"] == "allegro-vae")

    assert row.ours == 174_955_751
    assert abs(row.error - (174_955_751 / 175_000_000 - 1)) < 1e-12


def test_a_published_decoder_is_compared_with_the_decoder():
    """Mochi's 362 million parameters are those of the decoder, which was released first."""
    (row,) = (row for row in published_rows() if row.row["model"] == "mochi-vae")

    assert row.ours == 362_526_595


def test_compression_by_any_numbers_shows_pixels_as_tokens():
    """Without compression and patches every pixel of every frame is a token."""
    clip = Clip(frames=81, height=480, width=832)
    pixels = compress(clip, frames_rule="each", frames_stride=1, side_stride=1, patch=(1, 1, 1))

    assert pixels.tokens == 81 * 480 * 832
    assert compress(clip).tokens == 32_760


def test_bytes_moved_are_weights_and_activations():
    """Two bytes per value by default; more bytes, more traffic."""
    counted = count(load_model("dit-s-8"))

    assert counted.bytes_moved() == 2 * (counted.parameters + counted.rows["elements"])
    assert counted.bytes_moved(4) == 2 * counted.bytes_moved(2)
