"""A sweep gives the same result in one piece, in many, interrupted, and as full records."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebuilt.cost.engine.table import RECORD
from rebuilt.cost.hardware.software import Software
from rebuilt.cost.sweep.records import evaluate
from rebuilt.cost.sweep.reductions import Pareto, Quantiles, Sensitivity
from rebuilt.cost.sweep.space import COLUMNS, Axis, Space
from rebuilt.cost.sweep.sweeping import sweep
from rebuilt.errors import DataError, ShapeError, UnknownNameError

SIDES = "refused: height multiple"
AXES = {
    "model": Axis((0.0, 1.0)),
    "depth": Axis((20, 64), "linear"),
    "hidden": Axis((1152, 16384), "log", 128),
    "frames": Axis((81, 241), "linear", 4),
    "height": Axis((480, 700, 720)),
    "accelerator": Axis((0.0, 1.0)),
}
MODELS, CHIPS = ("wan2.1-t2v-14b", "hunyuanvideo"), ("h100-sxm", "b200-sxm")


def space(**changes):
    """Two models on two accelerators, 20,000 random points."""
    usual = {"axes": AXES, "how": "random", "count": 20_000, "seed": 3, "accelerators": CHIPS}
    return Space(models=MODELS, **usual | changes)


SPACE = space()


def wanted():
    return {
        "time": Quantiles("seconds"),
        "front": Pareto(("usd", "-parameters")),
        "matters": Sensitivity("seconds"),
    }


def kept(result):
    return (
        result.reasons,
        result.reductions["time"].counts,
        result.reductions["front"].front(),
        result.reductions["matters"].indices(),
    )


@pytest.fixture(scope="module")
def everything():
    """All records of the space at once."""
    return evaluate(SPACE, 0, SPACE.points)


@given(start=st.integers(0, 19_000), size=st.integers(1, 900))
def test_points_do_not_depend_on_the_chunk(start, size):
    """A point drawn alone equals the same point of a large chunk."""
    for how in ("random", "sobol"):
        found = space(how=how)

        np.testing.assert_array_equal(
            found.fill(start, start + size), found.fill(0, 20_000)[:, start : start + size]
        )


def test_grid_counts_every_combination_once():
    """The last axis moves fastest."""
    axes = {"depth": Axis((20, 30)), "steps": Axis((4, 8, 16))}
    found = Space(models=MODELS[:1], axes=axes)

    assert found.points == 6
    assert found.fill(0, 6).T.tolist() == [[d, s] for d in (20, 30) for s in (4, 8, 16)]


def test_bad_points_are_counted_with_their_reason():
    """A height of 700 pixels is no multiple of 16; nothing is dropped in silence."""
    result = sweep(SPACE)

    assert sum(result.reasons.values()) == 20_000
    assert set(result.reasons) == {"fits", "does not fit the accelerator's memory", SIDES}


def test_an_interrupted_sweep_ends_the_same(tmp_path):
    """Stopped half-way by an error, it goes on from its state."""
    whole = kept(sweep(SPACE, reductions=wanted(), chunk=500))

    def stop(done, _total):
        if done == 20:
            raise KeyboardInterrupt

    state = tmp_path / "sweep.state"
    with pytest.raises(KeyboardInterrupt):
        sweep(SPACE, reductions=wanted(), chunk=500, state=state, progress=stop)

    assert state.exists()
    assert kept(sweep(SPACE, reductions=wanted(), chunk=500, state=state)) == whole


@pytest.mark.parametrize(
    "changes",
    [
        {"seed": 4},
        {"accelerators": ("h200-sxm", "b200-sxm")},
        {"software": Software(attention="cudnn")},
    ],
)
def test_a_state_of_another_sweep_is_refused(tmp_path, changes):
    """Another seed, accelerator or attention kernel is another sweep."""
    state = tmp_path / "sweep.state"
    sweep(SPACE, state=state)
    with pytest.raises(DataError, match="belongs to another sweep; choose another place"):
        sweep(space(**changes), state=state)


def test_a_folder_of_another_sweep_is_refused(tmp_path):
    """Even if that one was stopped before its first part."""

    def stop(_done, _total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sweep(SPACE, records=tmp_path, chunk=500, progress=stop)
    with pytest.raises(DataError, match="belongs to another sweep; choose another place"):
        sweep(SPACE, records=tmp_path, chunk=700)


def test_records_hold_what_was_reduced(tmp_path):
    """Parquet parts hold every point by name; a second run keeps finished parts and counts."""
    result = sweep(SPACE, records=tmp_path, chunk=7000)
    frame = pl.concat([pl.read_parquet(part) for part in result.parts])
    before = [part.stat().st_mtime_ns for part in result.parts]
    again = sweep(SPACE, records=tmp_path, chunk=7000)

    assert again.reasons == result.reasons
    assert len(result.parts) == 3
    assert frame.height == 20_000
    assert set(RECORD) | {"fits", "reason", *AXES} == set(frame.columns)
    assert set(frame["model"]) == set(MODELS)
    assert set(frame["accelerator"]) == set(CHIPS)
    assert frame["seconds"].null_count() == result.reasons[SIDES]
    assert dict(frame["reason"].value_counts().iter_rows()) == result.reasons
    assert [part.stat().st_mtime_ns for part in result.parts] == before


def test_a_lost_part_is_written_again(tmp_path):
    """Without counting its points twice."""
    whole = sweep(SPACE, reductions=wanted(), records=tmp_path, chunk=7000)
    lost = whole.parts[1].read_bytes()
    whole.parts[1].unlink()
    again = sweep(SPACE, reductions=wanted(), records=tmp_path, chunk=7000)

    assert whole.parts[1].read_bytes() == lost
    assert kept(again) == kept(whole)


def test_quantiles_are_right_to_half_a_percent(everything):
    """Against NumPy on all values."""
    found = sweep(SPACE, reductions=wanted()).reductions["time"]
    values = everything.figure("seconds")[everything.exists(only_fitting=False)]

    for level in (0.05, 0.5, 0.95):
        assert found.quantile(level) == pytest.approx(np.quantile(values, level), rel=5e-3)


def test_front_is_beaten_by_no_point(everything):
    """Checked against all points, pair by pair."""
    found = sweep(SPACE, reductions=wanted(), chunk=3000).reductions["front"].front()
    usd, size = everything.figure("usd"), everything.figure("parameters")
    fits = everything.exists(only_fitting=True)

    for cost, parameters, index in found:
        assert (usd[index], size[index]) == (cost, parameters)
        better = fits & (usd <= cost) & (size >= parameters)
        assert not (better & ((usd < cost) | (size > parameters))).any()


@given(start=st.integers(0, 19_000), size=st.integers(1, 200))
def test_a_record_is_the_same_alone_and_among_others(everything, start, size):
    """Bit for bit, wherever it stands in a tile."""
    chunk = evaluate(SPACE, start, start + size)

    there, stop = chunk.exists(only_fitting=False), start + size
    for found, whole in zip(chunk.billed, everything.billed, strict=True):
        assert np.array_equal(found[..., there], whole[..., start:stop][..., there])
    assert np.array_equal(chunk.billed.codes, everything.billed.codes[start:stop])


@pytest.mark.parametrize(
    ("changes", "error", "sentence"),
    [
        ({"axes": {"layers": Axis((1,))}}, UnknownNameError,
         "no column 'layers'; columns are model, accelerator, blocks, more_blocks, frames_rule, "
         "frames, height, width_px, text_tokens, steps, passes, batch, gpus, tiled, depth, "
         "more_depth, width, heads, hidden, patch_frames, patch_side, frames_stride, side_stride, "
         "channels"),
        ({"how": "halton"}, UnknownNameError,
         "no way 'halton' to sample; choose grid, random, sobol, table"),
        ({"how": "grid"}, ShapeError,
         "depth: a grid needs levels; use random or sobol for a range"),
        ({"count": 0}, ShapeError, "count is 0; random needs at least one point"),
        ({"axes": {"steps": Axis((0, 9), "log")}}, ShapeError,
         "steps: a logarithmic range must begin above zero"),
        ({"axes": {"steps": Axis((1, 2, 9), "log")}}, ShapeError,
         "steps: a range has two ends and scale linear or log"),
        ({"axes": {"accelerator": Axis((2.0,))}}, ShapeError,
         "accelerator is 2; it must be a whole number from 0 to 1"),
        ({"axes": {"steps": Axis((100, 1), "log")}}, ShapeError,
         "steps: a range goes upwards, and 100 is above 1"),
        ({"axes": {"steps": Axis((1, 10), "linear", 0.4)}}, ShapeError,
         "steps: its step is 0.4; it must be a whole number of at least 1"),
        ({"axes": {"depth": Axis((20, 40), "log", 0.5)}}, ShapeError,
         "depth: its step is 0.5; it must be a whole number of at least 1"),
        ({"axes": {"tiled": Axis((0, 1, 2))}}, ShapeError,
         "tiled is 2; it must be a whole number from 0 to 1"),
    ],
)  # fmt: skip
def test_a_space_that_cannot_be_is_refused(changes, error, sentence):
    """The whole sentence, before anything is billed."""
    with pytest.raises(error) as caught:
        space(**changes)

    assert str(caught.value) == sentence


@pytest.mark.parametrize("how", ["random", "sobol"])
@pytest.mark.parametrize("scale", ["linear", "log"])
@given(low=st.integers(1, 8), more=st.integers(0, 7), step=st.integers(1, 9))
def test_a_range_stays_within_its_ends(how, scale, low, more, step):
    """Its step need not go into it: values are whole steps from the low end, at most the high."""
    axes = {"depth": Axis((low, low + more), scale, step)}
    found = space(how=how, axes=axes, count=64).fill(0, 64)

    assert set(found.ravel()) <= set(range(low, low + more + 1, step))


@pytest.mark.parametrize("name", COLUMNS)
@pytest.mark.parametrize("value", [-1, 10**9])
def test_every_column_has_limits(name, value):
    """Whichever it is: no job has less than nothing, or a thousand million."""
    with pytest.raises(ShapeError, match=f"{name} is {value}"):
        space(how="table", axes={}, rows={name: np.array([value])})


def test_jobs_beyond_the_whole_numbers_are_refused(tmp_path):
    """Not wrapped round: the sentence names the largest job, its count and the way out."""
    far = space(how="grid", axes={"frames": Axis((81, 100_001)), "steps": Axis((10_000,))})
    with pytest.raises(ShapeError) as caught:
        sweep(far)

    assert str(caught.value).startswith(
        "wan2.1-t2v-14b: the largest of these jobs (frames 100001, steps 10000) has a count of "
    )
    assert str(caught.value).endswith(
        "above 9,223,372,036,854,775,807; narrow what varies, or ask `rebuilt cost`, which counts "
        "with whole numbers of any size"
    )


def test_a_chunk_has_points():
    """None, and less, make no progress."""
    with pytest.raises(ShapeError, match="chunk is 0; it must be a whole number above zero"):
        sweep(SPACE, chunk=0)
