"""A page runs again exactly when something it was computed from has changed."""

import json

import pytest

from rebuilt.site import stale

MODULES = ("book/rebuilt/first.py", "book/rebuilt/second.py")
INPUTS = ("data/a.csv", "data/b.csv", "seeds/claims.csv", *MODULES, "lock", "python", "recorder")
NOW = dict.fromkeys(INPUTS, "1")


@pytest.fixture
def records(tmp_path):
    """Return a folder in which two chapters have run: `first` opened a.csv, `second` b.csv.

    Each imported the module of its own name.
    """
    folder = tmp_path / ".jupyter_cache" / "inputs"
    for chapter, opened in (("first", "data/a.csv"), ("second", "data/b.csv")):
        stale.key_of(chapter, NOW, folder)
        ran(folder, chapter, {opened: "1", f"book/rebuilt/{chapter}.py": "1"})
    return folder


def ran(records, chapter: str, opened: dict[str, str]) -> None:
    """Write the log of an execution: each file twice, as chapters open them, and the end."""
    lines = [f"{name} {digest}\n" for name, digest in opened.items()] * 2
    text = "".join([*lines, f"{stale.COMPLETE}\n"])
    (records / f"{chapter}.log").write_text(text, encoding="utf-8")


def keys(now: dict[str, str], records) -> dict[str, str]:
    return {chapter: stale.key_of(chapter, now, records) for chapter in ("first", "second")}


def changed(before: dict[str, str], after: dict[str, str]) -> set[str]:
    return {chapter for chapter in before if before[chapter] != after[chapter]}


def test_a_key_is_stable_while_nothing_changes(records):
    """Asking again and again gives the same keys and leaves the records as they are."""
    before = keys(NOW, records)
    files = {path.name: path.read_bytes() for path in records.iterdir()}

    assert keys(NOW, records) == keys(dict(reversed(NOW.items())), records) == before
    assert {path.name: path.read_bytes() for path in records.iterdir()} == files


@pytest.mark.parametrize(
    ("name", "rerun"),
    [
        ("data/a.csv", {"first"}),
        ("data/b.csv", {"second"}),
        ("seeds/claims.csv", set()),
        ("book/rebuilt/first.py", {"first"}),
        ("book/rebuilt/second.py", {"second"}),
        ("lock", {"first", "second"}),
        ("python", {"first", "second"}),
        ("recorder", {"first", "second"}),
    ],
)
def test_a_change_re_keys_exactly_the_chapters_that_it_reaches(records, name, rerun):
    """A table reaches those that opened it, a module those that imported it, the rest all."""
    before = keys(NOW, records)

    assert changed(before, keys(NOW | {name: "2"}, records)) == rerun


def test_a_removed_table_re_keys_its_readers(records):
    """A file that is gone is a change."""
    before = keys(NOW, records)
    without = {name: digest for name, digest in NOW.items() if name != "data/a.csv"}

    assert changed(before, keys(without, records)) == {"first"}


def test_a_new_table_reaches_nobody_who_has_not_opened_it(records):
    """Adding a table for another chapter leaves the finished ones in the cache."""
    before = keys(NOW, records)

    assert changed(before, keys(NOW | {"data/new.csv": "1"}, records)) == set()


def test_a_new_key_lasts_until_the_next_change(records):
    """Two events of one build ask for the key; both get the same."""
    later = NOW | {"data/a.csv": "2"}

    assert keys(later, records) == keys(later, records)


def test_a_state_that_returns_never_brings_an_old_key_back(records):
    """The outputs under an old key may come from files that the page did not open then."""
    seen = []
    for digest in "12121":
        now = NOW | {"data/a.csv": digest}
        seen.append(stale.key_of("first", now, records))
        ran(records, "first", {"data/a.csv": digest})

    assert len(set(seen)) == 5


def test_two_chapters_with_other_histories_have_other_keys(records):
    """The old key is part of the new one, so the present state alone does not make it."""
    stale.key_of("first", NOW | {"data/a.csv": "2"}, records)

    later = keys(NOW | {"lock": "2"}, records)

    assert later["first"] != later["second"]


def test_the_log_and_not_the_record_says_what_a_file_held(records):
    """A text edit opens b.csv at 2 under an old key; b.csv at 1 again is another state."""
    then = stale.key_of("first", NOW, records)
    edited = NOW | {"data/b.csv": "2"}
    kept = stale.key_of("first", edited, records)
    ran(records, "first", {"data/a.csv": "1", "data/b.csv": "2"})

    assert then == kept == stale.key_of("first", edited, records)
    assert stale.key_of("first", NOW, records) != then


def test_a_file_that_changed_during_the_run_runs_the_chapter_again(records):
    """Two cells saw two states; no single one of them is what the page shows."""
    before = stale.key_of("first", NOW, records)
    log = "data/a.csv 0\ndata/a.csv 1\ncomplete\n"
    (records / "first.log").write_text(log, encoding="utf-8")

    assert stale.key_of("first", NOW, records) != before


@pytest.mark.parametrize("log", ["data/a.csv\n", "data/a.csv 1\n\n", "data/a.csv 1 2\n"])
def test_a_log_of_an_unknown_form_runs_the_chapter_again(records, log):
    """The log of an earlier version has no digests."""
    before = stale.key_of("first", NOW, records)
    (records / "first.log").write_text(f"{log}complete\n", encoding="utf-8")

    assert stale.key_of("first", NOW, records) != before


def test_a_run_that_was_cut_short_runs_again(records):
    """It may have opened more than it had time to record."""
    before = stale.key_of("first", NOW, records)
    (records / "first.log").write_text("data/a.csv 1\n", encoding="utf-8")

    assert stale.key_of("first", NOW, records) != before


def test_a_record_that_was_cut_off_runs_the_chapter_again(records):
    """Half a record is none."""
    before = stale.key_of("first", NOW, records)
    record = records / "first.json"
    record.write_text(record.read_text(encoding="utf-8")[:40], encoding="utf-8")

    assert stale.key_of("first", NOW | {"data/b.csv": "2"}, records) != before
    assert stale._read(record)


def test_a_file_whose_name_has_a_space_keeps_its_key(records):
    """The digest is what stands after the last space."""
    now = NOW | {"data/a b.csv": "1"}
    before = stale.key_of("first", now, records)
    ran(records, "first", {"data/a b.csv": "1"})

    assert stale.key_of("first", now, records) == before


def test_a_chapter_without_a_log_keeps_its_key_while_everything_is_as_it_was(records):
    """A chapter that opens nothing has no log and need not run at each build."""
    before = stale.key_of("first", NOW, records)
    (records / "first.log").unlink()

    assert stale.key_of("first", dict(reversed(NOW.items())), records) == before


def test_a_chapter_without_a_log_runs_again_for_a_new_file(records):
    """It may be one that the chapter looks for."""
    before = stale.key_of("first", NOW, records)
    (records / "first.log").unlink()

    assert stale.key_of("first", NOW | {"data/new.csv": "1"}, records) != before


def test_a_new_key_drops_the_old_log(records):
    """The chapter runs again and may open other files than before."""
    stale.key_of("first", NOW | {"data/a.csv": "2"}, records)

    assert not (records / "first.log").exists()
    assert (records / "second.log").exists()


@pytest.mark.parametrize("name", NOW)
def test_a_chapter_without_a_log_depends_on_everything(records, name):
    """Nobody knows what it opened, so any change runs it again."""
    before = stale.key_of("first", NOW, records)
    (records / "first.log").unlink()

    assert stale.key_of("first", NOW | {name: "2"}, records) != before


def test_a_chapter_without_a_record_depends_on_everything(records):
    """A log alone does not say in which state the files were read."""
    before = stale.key_of("first", NOW, records)
    (records / "first.json").unlink()

    assert stale.key_of("first", NOW | {"seeds/claims.csv": "2"}, records) != before


def test_a_record_holds_the_key_and_the_digests(tmp_path):
    """What the notebooks of the site are looked up by."""
    key = stale.key_of("first", NOW, tmp_path / "new" / "folder")

    text = (tmp_path / "new" / "folder" / "first.json").read_text(encoding="utf-8")
    assert json.loads(text) == {"key": key, "digests": NOW}
