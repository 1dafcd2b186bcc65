"""A page runs again exactly when something it was computed from has changed."""

import json
import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from rebuilt import inputs
from rebuilt.errors import DataError
from rebuilt.inputs import LOG_VARIABLE
from rebuilt.site import stale

INPUTS = ("data/a.csv", "data/b.csv", "seeds/claims.csv", "package", "lock", "python")
NOW = dict.fromkeys(INPUTS, "1")
HEAD = "---\nkernelspec:\n  display_name: Python 3\n  name: python3\n---\n"


@pytest.fixture
def records(tmp_path):
    """Return a folder in which two chapters have run: `first` opened a.csv, `second` b.csv."""
    folder = tmp_path / ".jupyter_cache" / "inputs"
    for chapter, opened in (("first", "data/a.csv"), ("second", "data/b.csv")):
        stale.key_of(chapter, NOW, folder)
        ran(folder, chapter, {opened: "1"})
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
        ("package", {"first", "second"}),
        ("lock", {"first", "second"}),
        ("python", {"first", "second"}),
    ],
)
def test_a_change_re_keys_exactly_the_chapters_that_it_reaches(records, name, rerun):
    """A table reaches those that opened it; package, lock file and Python reach all."""
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


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """Return a small repository whose files `stale` and `inputs` look at."""
    files = {
        "data/a.csv": "1",
        "data/models/m.yaml": "1",
        "seeds/claims.csv": "1",
        "seeds/note.txt": "1",
        "book/rebuilt/claims.py": "1",
        "book/rebuilt/site/static/rebuilt.css": "1",
        "book/rebuilt/__pycache__/claims.pyc": "1",
        "book/index.md": "1",
        "requirements.lock": "1",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    monkeypatch.setattr(inputs, "ROOT", tmp_path)
    monkeypatch.setattr(inputs, "_started", set())
    for name, folder in {"ROOT": "", "DATA": "data", "SEEDS": "seeds", "BOOK": "book"}.items():
        monkeypatch.setattr(stale, name, tmp_path / folder)
    return tmp_path


def test_the_fingerprint_lists_inputs_and_three_digests(repository):
    """Every file of data/ and seeds/ but the note, then package, lock file and Python."""
    assert list(stale.fingerprint()) == [
        "data/a.csv",
        "data/models/m.yaml",
        "seeds/claims.csv",
        "package",
        "lock",
        "python",
    ]


@pytest.mark.parametrize(
    ("file", "entries"),
    [
        ("data/a.csv", {"data/a.csv"}),
        ("data/models/m.yaml", {"data/models/m.yaml"}),
        ("seeds/claims.csv", {"seeds/claims.csv"}),
        ("book/rebuilt/claims.py", {"package"}),
        ("book/rebuilt/site/static/rebuilt.css", {"package"}),
        ("requirements.lock", {"lock"}),
        ("seeds/note.txt", set()),
        ("book/rebuilt/__pycache__/claims.pyc", set()),
        ("book/index.md", set()),
    ],
)
def test_one_byte_changes_the_digest_that_it_belongs_to(repository, file, entries):
    """Compiled files and the private copy of the note are no inputs; Sphinx watches chapters."""
    before = stale.fingerprint()
    (repository / file).write_text("2", encoding="utf-8")

    after = stale.fingerprint()

    assert {name for name in before if before[name] != after[name]} == entries


def test_a_table_that_was_sealed_again_changes_only_its_own_digest(repository):
    """The descriptor holds the hash of every table and is opened by all."""
    descriptor = repository / "data" / "datapackage.json"
    sealed = '{"resources": [{"path": "a.csv", "hash": "sha256:1", "bytes": 1, "rows": 0}]}'
    descriptor.write_text(sealed, encoding="utf-8")
    before = stale.fingerprint()
    (repository / "data" / "a.csv").write_text("22", encoding="utf-8")
    descriptor.write_text(sealed.replace("1", "2"), encoding="utf-8")

    after = stale.fingerprint()

    assert {name for name in before if before[name] != after[name]} == {"data/a.csv"}


def test_a_renamed_module_changes_the_package(repository):
    """The same bytes under another name are another package."""
    before = stale.fingerprint()
    (repository / "book/rebuilt/claims.py").rename(repository / "book/rebuilt/ledger.py")

    assert stale.fingerprint()["package"] != before["package"]


def app_of(repository) -> SimpleNamespace:
    return SimpleNamespace(
        doctreedir=str(repository / "_build" / ".doctrees"), env=SimpleNamespace(docname="")
    )


@pytest.fixture
def app(repository, monkeypatch):
    """Return what the two events need of a Sphinx application."""
    monkeypatch.setenv(LOG_VARIABLE, "")
    monkeypatch.delenv(stale.ONLY_VARIABLE, raising=False)
    return app_of(repository)


def run_chapter(app: SimpleNamespace, chapter: str, *files) -> str:
    source = [HEAD]
    stale._stamp(app, chapter, source)
    for file in files:
        inputs.open_input(file)
    app.env.docname = chapter
    stale._complete(app, None)
    return source[0]


def test_a_chapter_is_stamped_with_its_key_and_told_where_to_log(app):
    """The kernel's name carries the key; nothing else of the text changes."""
    text = run_chapter(app, "first")

    key = app.env.rebuilt_keys["first"]
    assert text == HEAD.replace("Python 3", f"Python 3 with inputs {key}")
    assert os.environ[LOG_VARIABLE].endswith(".jupyter_cache/inputs/first.log")


def test_a_kernel_in_braces_is_stamped_too(app):
    """Front matter has more than one form; a page without a key would never run again."""
    source = ["---\nkernelspec: {display_name: Python 3, name: python3}\n---\nText\n"]

    stale._stamp(app, "first", source)

    key = app.env.rebuilt_keys["first"]
    assert source == [
        f"---\nkernelspec: {{display_name: Python 3 with inputs {key}, name: python3}}\n---\nText\n"
    ]


def test_a_kernel_without_a_name_to_stamp_is_refused(app):
    """The page would come from the cache for ever."""
    with pytest.raises(DataError) as caught:
        stale._stamp(app, "first", ["---\nkernelspec: {name: python3}\n---\n"])

    assert str(caught.value) == (
        "book/first.md: its kernelspec has no display_name, which carries the key of its cached "
        "outputs; add `display_name: Python 3`"
    )


def test_a_name_in_the_text_is_not_the_kernels(app):
    """Only the front matter is stamped."""
    text = "Each has a display_name: a word.\n"

    assert run_chapter(app, "first").startswith("---\nkernelspec:\n  display_name: Python 3 with")
    source = [HEAD + text]
    stale._stamp(app, "second", source)
    assert source[0].endswith(text)


def test_a_file_outside_the_data_is_watched_too(app, repository):
    """A fixture book keeps its bibliography beside its pages."""
    beside = repository / "book" / "sources.bib"
    beside.write_text("1", encoding="utf-8")
    run_chapter(app, "first", beside)
    unchanged = stale._outdated(app, app.env, set(), set(), set())

    beside.write_text("2", encoding="utf-8")

    assert unchanged == []
    assert stale._outdated(app, app.env, set(), set(), set()) == ["first"]


def test_a_page_without_code_is_left_alone(app):
    """No kernel, no key."""
    source = ["# Errata\n"]

    stale._stamp(app, "errata", source)

    assert source == ["# Errata\n"]
    assert not hasattr(app.env, "rebuilt_keys")


def test_a_changed_byte_outdates_exactly_the_pages_that_opened_the_file(app, repository):
    """From the opened file to the list that Sphinx reads again."""
    run_chapter(app, "first", repository / "data" / "a.csv")
    run_chapter(app, "second", repository / "data" / "models" / "m.yaml")
    unchanged = stale._outdated(app, app.env, set(), set(), set())

    (repository / "data" / "a.csv").write_text("2", encoding="utf-8")

    assert unchanged == []
    assert stale._outdated(app, app.env, set(), set(), set()) == ["first"]


def test_what_the_build_opens_itself_does_not_wipe_the_log_of_the_kernel(app, repository):
    """A role or a footer of the page reads data/ in Sphinx's own process, after the kernel ran."""
    run_chapter(app, "first")
    kernel = f"data/a.csv {inputs.digest(repository / 'data' / 'a.csv')}\n"
    kernel += "complete\n"
    Path(os.environ[LOG_VARIABLE]).write_text(kernel, encoding="utf-8")
    inputs.open_input(repository / "seeds" / "claims.csv")

    (repository / "data" / "a.csv").write_text("2", encoding="utf-8")

    assert stale._outdated(app, app.env, set(), set(), set()) == ["first"]


def test_a_changed_module_outdates_all_pages(app, repository):
    """Code is an input of every chapter."""
    for chapter in ("first", "second"):
        run_chapter(app, chapter, repository / "data" / "a.csv")

    (repository / "book" / "rebuilt" / "claims.py").write_text("2", encoding="utf-8")

    assert stale._outdated(app, app.env, set(), set(), set()) == ["first", "second"]


def test_a_build_of_one_chapter_reads_only_that_one(app, repository, monkeypatch):
    """Other changed pages wait for the next whole build."""
    run_chapter(app, "first", repository / "data" / "a.csv")
    monkeypatch.setenv(stale.ONLY_VARIABLE, "second")
    updated = {"first", "second"}

    assert stale._outdated(app, app.env, set(), updated, set()) == ["second"]
    assert updated == {"second"}
