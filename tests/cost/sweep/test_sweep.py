"""A sweep gives the same result in one piece, in many, interrupted, and as full records."""

import json

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebuilt import cli
from rebuilt.cost.engine.design import RECORD, evaluate_design, rates_of
from rebuilt.cost.sweep.reductions import Pareto, Quantiles, Sensitivity
from rebuilt.cost.sweep.space import Axis, Space
from rebuilt.cost.sweep.sweeping import evaluate, sweep
from rebuilt.errors import DataError, UnknownNameError

SIDES = "height or width_px is not a multiple of side_stride x patch_side"
AXES = {
    "depth": Axis((20, 64), "linear", 1),
    "width": Axis((1152, 6144), "log", 128),
    "frames": Axis((80, 240), "linear", 4, offset=1),
    "height": Axis((480, 700, 720)),
}
SPACE = Space(axes=AXES, how="random", count=20_000, seed=3)


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


@given(start=st.integers(0, 19_000), size=st.integers(1, 900))
def test_points_do_not_depend_on_the_chunk(start, size):
    """A point drawn alone equals the same point of a large chunk."""
    for how in ("random", "sobol"):
        space = Space(axes=AXES, how=how, count=20_000, seed=3)

        np.testing.assert_array_equal(
            space.fill(start, start + size), space.fill(0, 20_000)[:, start : start + size]
        )


def test_grid_counts_every_combination_once():
    """The last axis moves fastest."""
    space = Space(axes={"depth": Axis((20, 30)), "steps": Axis((4, 8, 16))})

    assert space.points == 6
    assert space.fill(0, 6).T.tolist() == [[d, s] for d in (20, 30) for s in (4, 8, 16)]


def test_bad_points_are_counted_with_their_reason():
    """A height of 700 pixels is no multiple of 16; nothing is dropped in silence."""
    result = sweep(SPACE)

    assert sum(result.reasons.values()) == 20_000
    assert set(result.reasons) == {
        "fits",
        "does not fit the accelerator's memory",
        SIDES,
    }


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


def test_a_state_of_another_sweep_is_refused(tmp_path):
    """Another seed is another sweep."""
    state = tmp_path / "sweep.state"
    sweep(SPACE, state=state)
    other = Space(axes=AXES, how="random", count=20_000, seed=4)
    with pytest.raises(DataError, match="belongs to another sweep; choose another place"):
        sweep(other, state=state)


def test_a_folder_of_another_sweep_is_refused(tmp_path):
    """Even if that one was stopped before its first part."""

    def stop(_done, _total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sweep(SPACE, records=tmp_path, chunk=500, progress=stop)
    with pytest.raises(DataError, match="belongs to another sweep; choose another place"):
        sweep(SPACE, records=tmp_path, chunk=700)


def test_records_hold_what_was_reduced(tmp_path):
    """Parquet parts hold every point, and a second run keeps finished parts and counts."""
    result = sweep(SPACE, records=tmp_path, chunk=7000)
    frame = pl.concat([pl.read_parquet(part) for part in result.parts])
    before = [part.stat().st_mtime_ns for part in result.parts]
    again = sweep(SPACE, records=tmp_path, chunk=7000)

    assert again.reasons == result.reasons
    assert len(result.parts) == 3
    assert frame.height == 20_000
    assert set(RECORD) | {"fits", "reason", *AXES} == set(frame.columns)
    assert frame["seconds"].is_nan().sum() == result.reasons[SIDES]
    assert [part.stat().st_mtime_ns for part in result.parts] == before


def test_a_lost_part_is_written_again(tmp_path):
    """Without counting its points twice."""
    whole = sweep(SPACE, reductions=wanted(), records=tmp_path, chunk=7000)
    lost = whole.parts[1].read_bytes()
    whole.parts[1].unlink()
    again = sweep(SPACE, reductions=wanted(), records=tmp_path, chunk=7000)

    assert whole.parts[1].read_bytes() == lost
    assert kept(again) == kept(whole)


def test_quantiles_are_right_to_half_a_percent():
    """Against NumPy on all values."""
    found = sweep(SPACE, reductions=wanted()).reductions["time"]
    chunk = evaluate(SPACE, 0, SPACE.points)
    values = chunk.figures[RECORD.index("seconds")][chunk.codes <= 1]

    for level in (0.05, 0.5, 0.95):
        assert found.quantile(level) == pytest.approx(np.quantile(values, level), rel=5e-3)


def test_front_is_beaten_by_no_point():
    """Checked against all points, pair by pair."""
    found = sweep(SPACE, reductions=wanted(), chunk=3000).reductions["front"].front()
    chunk = evaluate(SPACE, 0, SPACE.points)
    usd = chunk.figures[RECORD.index("usd")]
    size = chunk.figures[RECORD.index("parameters")]
    fits = chunk.codes == 0

    for cost, parameters, index in found:
        assert (usd[index], size[index]) == (cost, parameters)
        better = fits & (usd <= cost) & (size >= parameters)
        assert not (better & ((usd < cost) | (size > parameters))).any()


def test_a_record_is_one_design():
    """The sweep's figures are those of the plain reference."""
    chunk = evaluate(SPACE, 0, 50)
    rates = [rates_of("h100-sxm")]
    fixed, places = SPACE.fixed_values(), SPACE.places()
    for i in range(50):
        point = [
            fixed[c] if places[c] < 0 else chunk.inputs[places[c], i] for c in range(fixed.size)
        ]
        code, record = evaluate_design(point, rates)

        assert code == chunk.codes[i]
        if record:
            np.testing.assert_allclose(chunk.figures[:, i], record, rtol=1e-12)


def test_unknown_column_is_named():
    """The message lists the columns."""
    with pytest.raises(UnknownNameError, match="no column 'layers'; columns are layout, depth"):
        Space(axes={"layers": Axis((1,))})


def test_command_runs_a_sweep(capsys):
    """One line of axes is enough."""
    arguments = ["sweep", "--axis", "depth=20,30", "--axis", "accelerator=h100-sxm,b200-sxm"]

    assert cli.main([*arguments, "--pareto", "usd,-parameters", "--sensitivity", "usd"]) == 0
    assert capsys.readouterr().out.startswith("4 points in ")


def test_command_names_a_bad_number(capsys):
    """Bad input is one sentence and exit code 2."""
    assert cli.main(["sweep", "--axis", "depth=many"]) == 2
    assert capsys.readouterr().err == "rebuilt sweep: depth is 'many'; it must be a number\n"


def test_the_command_draws_a_histogram(capsys):
    """Every point that exists is in a bin, and the fullest bin has the longest bar."""
    command = ["sweep", "--axis", "depth=10,20,40", "--axis", "steps=10,50", "--histogram", "usd"]

    assert cli.main([*command, "--json"]) == 0
    bins = json.loads(capsys.readouterr().out)["histogram usd"]
    assert cli.main(command) == 0
    bars = capsys.readouterr().out.split("histogram usd\n")[1].splitlines()

    assert sum(count for _, _, count in bins) == 6
    assert len(bars) == len(bins)
    assert max(bars, key=lambda bar: bar.count("#")).count("#") == 40
