"""A state is data: verified before it is trusted, and of no use to whoever would mislead."""

import hashlib
import json
import pickle
import resource

import pytest

from rebuilt.cost.sweep.reductions import Pareto, Quantiles, Sensitivity
from rebuilt.cost.sweep.space import Axis, Space
from rebuilt.cost.sweep.sweeping import sweep
from rebuilt.errors import DataError

SPACE = Space(
    models=("dit-xl-2",), axes={"steps": Axis((1, 99), "linear")}, how="random", count=600
)


def wanted():
    """One reduction of each kind."""
    return {
        "time": Quantiles("seconds"),
        "front": Pareto(("usd", "seconds")),
        "matters": Sensitivity("seconds"),
    }


def done(**given):
    return sweep(SPACE, reductions=wanted(), chunk=100, **given)


@pytest.fixture(scope="module")
def whole():
    """Run the sweep uninterrupted, and return what it keeps."""
    return {name: one.as_data() for name, one in done().reductions.items()}


@pytest.fixture
def state(tmp_path, monkeypatch):
    """Return the state of a sweep that was stopped half-way."""

    def stop(chunks, _total):
        if chunks == 3:
            raise KeyboardInterrupt

    path = tmp_path / "sweep.state"
    monkeypatch.setattr("rebuilt.cost.sweep.sweeping.SAVE_EVERY", 1)
    with pytest.raises(KeyboardInterrupt):
        done(state=path, progress=stop)
    return path


def sealed(content):
    """Write a content with a digest that holds, as one who means harm would."""
    content = {name: value for name, value in content.items() if name != "digest"}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return json.dumps(content | {"digest": hashlib.sha256(text.encode()).hexdigest()})


def test_a_sweep_goes_on_from_its_state_bit_for_bit(state, whole):
    """Floats come back from JSON as they were."""
    assert json.loads(state.read_text(encoding="utf-8"))["chunks"] == 3

    found = done(state=state).reductions
    assert {name: one.as_data() for name, one in found.items()} == whole


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"chunks": -5}, "chunks is -5"),
        ({"chunks": 7}, "chunks is 7"),
        ({"chunks": True}, "chunks is True"),
        ({"chunks": 2}, "300 points are counted and 200 were done"),
        ({"counts": []}, "counts are no counts"),
        ({"parts": []}, "its parts are no digests by name"),
        ({"reductions": {}}, "its reductions are others"),
        ({"sweep": "0" * 64}, "belongs to another sweep"),
        ({"form": "state of rebuilt sweep, version 9"}, "is no state of rebuilt sweep, version 1"),
    ],
)
def test_a_state_that_could_not_have_come_about_is_refused(state, change, part):
    """Even if its digest holds."""
    state.write_text(sealed(json.loads(state.read_text("utf-8")) | change), encoding="utf-8")
    with pytest.raises(DataError, match=part):
        done(state=state)


@pytest.mark.parametrize(
    ("reduction", "data"),
    [
        ("time", {"counts": [[-1, 5]]}),
        ("time", {"counts": [[5, 9999]]}),
        ("time", {"counts": [[5, 1.5]]}),
        ("front", {"kept": [[1.0], [2.0], [999]], "seen": 300}),
        ("front", {"kept": [[1.0], [2.0], [1]], "seen": 1}),
        ("matters", {"whole": [1, 2], "sums": {}}),
        ("matters", {"whole": [1, 2, 3], "sums": {"steps": [1]}}),
    ],
)
def test_a_reduction_takes_over_only_what_it_could_have_kept(state, reduction, data):
    """No counts below zero, points beyond the sweep, or sums of another shape."""
    content = json.loads(state.read_text(encoding="utf-8"))
    content["reductions"][reduction] = data
    state.write_text(sealed(content), encoding="utf-8")
    with pytest.raises(DataError, match="is of no sweep"):
        done(state=state)


@pytest.mark.parametrize("place", [0, 50, 300, -40])
def test_a_changed_byte_is_seen(state, place):
    """Whichever it is."""
    raw = bytearray(state.read_bytes())
    raw[place] = ord("7") if raw[place] != ord("7") else ord("8")
    state.write_bytes(raw)
    with pytest.raises(DataError):
        done(state=state)


class Trap:
    """What a pickle would run."""

    def __reduce__(self):
        return (print, ("this must not run",))


def test_a_state_runs_nothing(state, capsys):
    """One of an earlier edition was a pickle."""
    state.write_bytes(pickle.dumps(Trap()))
    with pytest.raises(DataError):
        done(state=state)

    assert "must not run" not in capsys.readouterr().out


def test_a_damaged_part_is_named_and_made_again(tmp_path):
    """Cut short, emptied, or changed in one byte: it was taken as done by its name."""
    first = done(records=tmp_path)
    before = [part.read_bytes() for part in first.parts]
    first.parts[1].write_bytes(before[1][:1000])
    first.parts[2].write_bytes(b"")
    first.parts[3].write_bytes(before[3][:-1] + b"!")
    again = done(records=tmp_path)

    assert again.remade == [first.parts[1], first.parts[2], first.parts[3]]
    assert [part.read_bytes() for part in first.parts] == before
    assert again.reasons == first.reasons


def test_a_part_that_finds_no_room_is_an_error_of_the_system(tmp_path, monkeypatch):
    """Commands say those in one sentence; Polars has an error of its own for them."""
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, limit[1]))
    try:
        with pytest.raises(OSError, match="File too large") as caught:
            sweep(SPACE, records=tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)

    assert caught.value.filename == str(tmp_path / "part-000000.parquet")
    assert [path.name for path in tmp_path.iterdir()] == ["sweep.state"]


def test_no_file_of_another_is_written_to(tmp_path):
    """Whatever it is called: a draft has a name that nothing has, and follows no link."""
    mine = {name: tmp_path / name for name in ("sweep.draft", "a.draft", "letter.txt")}
    for path in mine.values():
        path.write_text("mine", encoding="utf-8")
    (tmp_path / "records").mkdir()
    (tmp_path / "records" / "part-000000.draft").symlink_to(mine["letter.txt"])
    done(records=tmp_path / "records", state=tmp_path / "sweep.state")
    done(state=tmp_path / "a.state")

    assert [path.read_text(encoding="utf-8") for path in mine.values()] == ["mine"] * 3


@pytest.mark.parametrize("state", [None, "elsewhere.state"])
def test_parts_without_their_state_are_of_another_sweep(tmp_path, state):
    """Whoever reads the folder would mix them, so that nothing is written beside them."""
    folder = tmp_path / "parts"
    place = state and tmp_path / state
    first = done(records=folder, state=place)
    (place or folder / "sweep.state").unlink()
    with pytest.raises(DataError, match=r"part-000000\.parquet is of another sweep"):
        sweep(SPACE, records=folder, state=place)
    assert not (place or folder / "sweep.state").exists()

    for part in first.parts:
        part.unlink()
    assert len(sweep(SPACE, records=folder, state=place).parts) == 1
    (folder / "part-000001.parquet").write_bytes(b"of another")
    with pytest.raises(DataError, match=r"part-000001\.parquet is of another sweep"):
        sweep(SPACE, records=folder, state=place)


def test_one_sweep_at_a_time_writes_to_a_folder(tmp_path):
    """The second says so, and the first goes on."""

    def another(_chunks, _total):
        with pytest.raises(DataError, match=r"another sweep is writing to .*; wait until it has"):
            done(records=tmp_path)

    assert len(done(records=tmp_path, progress=another).parts) == 6


def test_a_place_that_is_a_folder_is_named(tmp_path):
    """A part cannot take it."""
    done(records=tmp_path).parts[0].unlink()
    (tmp_path / "part-000000.parquet").mkdir()
    with pytest.raises(DataError, match=r"part-000000\.parquet is a folder where a file is to be"):
        done(records=tmp_path)
