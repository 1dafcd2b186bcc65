"""From an edited byte to the pages that Sphinx reads again: fingerprint, stamp, log and events."""

import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from rebuilt.errors import DataError
from rebuilt.evidence import inputs
from rebuilt.evidence.inputs import LOG_VARIABLE
from rebuilt.site import names, stale

HEAD = "---\nkernelspec:\n  display_name: Python 3\n  name: python3\n---\n"


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """Return a small repository whose files `stale` and `inputs` look at."""
    files = {
        "data/a.csv": "1",
        "data/models/m.yaml": "1",
        "seeds/claims.csv": "1",
        "seeds/note.txt": "1",
        "book/rebuilt/claims/entries.py": "1",
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
    monkeypatch.setattr(inputs, "_lines", {})
    for name, folder in {"ROOT": "", "DATA": "data", "SEEDS": "seeds", "BOOK": "book"}.items():
        monkeypatch.setattr(stale, name, tmp_path / folder)
    return tmp_path


def test_the_fingerprint_lists_inputs_and_three_digests(repository):
    """Every file of data/, seeds/ and the package but the note, then what reaches all."""
    assert list(stale.fingerprint()) == [
        "data/a.csv",
        "data/models/m.yaml",
        "seeds/claims.csv",
        "book/rebuilt/claims/entries.py",
        "book/rebuilt/site/static/rebuilt.css",
        "lock",
        "python",
        "recorder",
    ]


@pytest.mark.parametrize(
    ("file", "entries"),
    [
        ("data/a.csv", {"data/a.csv"}),
        ("data/models/m.yaml", {"data/models/m.yaml"}),
        ("seeds/claims.csv", {"seeds/claims.csv"}),
        ("book/rebuilt/claims/entries.py", {"book/rebuilt/claims/entries.py"}),
        ("book/rebuilt/site/static/rebuilt.css", {"book/rebuilt/site/static/rebuilt.css"}),
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


def app_of(repository) -> SimpleNamespace:
    return SimpleNamespace(
        doctreedir=str(repository / "_build" / ".doctrees"), env=SimpleNamespace(docname="")
    )


@pytest.fixture
def app(repository, monkeypatch):
    """Return what the two events need of a Sphinx application."""
    monkeypatch.setenv(LOG_VARIABLE, "")
    monkeypatch.delenv(names.ONLY_VARIABLE, raising=False)
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
    assert app.env.rebuilt_keys == {}


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


def test_a_changed_module_runs_the_pages_that_imported_it(app, repository):
    """A kernel records modules as it records tables."""
    entries, css = (
        repository / "book/rebuilt" / name
        for name in ("claims/entries.py", "site/static/rebuilt.css")
    )
    run_chapter(app, "first", entries)
    run_chapter(app, "second", css)

    entries.write_text("2", encoding="utf-8")

    assert stale._outdated(app, app.env, set(), set(), set()) == ["first"]


def test_a_module_of_the_build_itself_outdates_every_page_and_runs_none(
    app, repository, monkeypatch
):
    """It makes pages of outputs: all are read again, with the keys that they have."""
    entries = repository / "book" / "rebuilt" / "claims" / "entries.py"
    monkeypatch.setattr(inputs, "loaded", lambda: [entries])
    run_chapter(app, "first", repository / "data" / "a.csv")
    app.env.found_docs = {"first", "errata"}
    stale._close(app, app.env)
    unchanged = stale._outdated(app, app.env, set(), set(), set())
    keys = dict(app.env.rebuilt_keys)

    entries.write_text("2", encoding="utf-8")

    assert unchanged == []
    assert stale._outdated(app, app.env, set(), set(), set()) == ["errata", "first"]
    run_chapter(app, "first", repository / "data" / "a.csv")
    assert app.env.rebuilt_keys == keys


def test_a_build_of_one_chapter_reads_only_that_one(app, repository, monkeypatch):
    """Other changed pages wait for the next whole build."""
    run_chapter(app, "first", repository / "data" / "a.csv")
    monkeypatch.setenv(names.ONLY_VARIABLE, "second")
    updated = {"first", "second"}

    assert stale._outdated(app, app.env, set(), updated, set()) == ["second"]
    assert updated == {"second"}
