"""What the build command says, hands on and leaves."""

import datetime as dt
import errno
import os
import subprocess
import sys
from types import SimpleNamespace

import pytest

from rebuilt.build import builder as site_builder
from rebuilt.build.workplace import Workplace
from rebuilt.errors import UnknownNameError
from rebuilt.evidence.inputs import LOG_VARIABLE
from rebuilt.evidence.tables import freeze_date
from rebuilt.site.names import ONLY_VARIABLE

CHAPTERS = ["index", "nvidia", "scorecard"]


@pytest.fixture
def place(tmp_path, monkeypatch):
    """Return the workplace of a repository with a finished site and three chapters."""
    found = Workplace(tmp_path / "_build")
    (tmp_path / "book").mkdir()
    for name in CHAPTERS:
        (tmp_path / "book" / f"{name}.md").touch()
    found.site.mkdir(parents=True)
    (found.site / "index.html").write_text("old", encoding="utf-8")
    monkeypatch.setattr(site_builder, "ROOT", tmp_path)
    monkeypatch.setattr(site_builder, "BOOK", tmp_path / "book")
    monkeypatch.setattr(site_builder, "BUILD", found.folder)
    monkeypatch.setenv(ONLY_VARIABLE, "of an outer build")
    monkeypatch.setenv(LOG_VARIABLE, str(tmp_path / "log of an outer build"))
    return found


def shown(place: Workplace) -> str:
    return (place.site / "index.html").read_text(encoding="utf-8")


def test_chapters_are_the_markdown_files_of_the_book(place):
    """Sorted by name, without their ending."""
    assert site_builder.chapters() == CHAPTERS


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"\xef\xbb\xbf# A\n", "line 1 begins with a byte order mark; save the file without it"),
        (b"# A\n\nM\xfcnchen\n", "line 3 is not UTF-8; save the file as UTF-8"),
    ],
)
@pytest.mark.parametrize("asked", [[], ["--chapter", "nvidia"]])
def test_a_page_that_is_no_text_is_said_in_one_sentence(place, capsys, raw, message, asked):
    """What builds the pages would say neither file nor line."""
    (site_builder.BOOK / "nvidia.md").write_bytes(raw)

    code = site_builder.main(asked)

    assert (code, capsys.readouterr().err) == (2, f"build: book/nvidia.md {message}\n")
    assert shown(place) == "old"


@pytest.mark.parametrize(
    ("chapter", "near"),
    [("nvida", "nvidia"), ("score-card", "scorecard"), ("zzz", "index, nvidia, scorecard")],
)
def test_an_unknown_chapter_gives_near_names(place, capsys, chapter, near):
    """Nothing runs; the message says what there is; bad input exits with 2."""
    code = site_builder.main(["--chapter", chapter])

    said = capsys.readouterr()
    message = f"there is no chapter {chapter!r}; did you mean: {near}"
    assert (code, said.out, said.err) == (2, "", f"build: {message}\n")
    with pytest.raises(UnknownNameError) as caught:
        site_builder._check_name(chapter)
    assert str(caught.value) == message


@pytest.fixture
def builder(place, monkeypatch):
    """Return the calls of a builder that writes one line a page, and what else it does."""
    calls = SimpleNamespace(returncode=0, environments=[], trouble=None)

    def run(command, environment, lock, passed) -> bool:
        calls.environments.append(environment)
        if calls.trouble:
            raise calls.trouble
        place.pages.mkdir(parents=True)
        for name in CHAPTERS:
            (place.pages / f"{name}.html").write_text("new</html>", encoding="utf-8")
        return calls.returncode == 0

    monkeypatch.setattr(site_builder, "_run", run)
    return calls


def python(script: str) -> list[str]:
    return [sys.executable, "-c", script]


def test_progress_names_each_chapter_that_ran(capsys):
    """Of all that the builder says only what a reader waits for is shown."""
    said = "print('noise'); print('x/nvidia.md: Executed notebook in 6.04 seconds [mystnb]')"

    assert site_builder._run(python(said), dict(os.environ))

    assert capsys.readouterr().out == "  nvidia: executed in 6.0 s\n"


def test_a_failed_run_shows_everything_that_was_said(capsys):
    """The reason is never swallowed."""
    said = "import sys; print('WARNING: claim is not in the ledger'); sys.exit(1)"

    assert not site_builder._run(python(said), dict(os.environ))

    assert "WARNING: claim is not in the ledger" in capsys.readouterr().out


def test_a_failure_that_has_page_and_line_is_said_in_one_sentence(capsys):
    """Tracebacks of what runs chapters would only hide it."""
    ours = "book/nvidia.md line 4: this cell ended its kernel; take out what ends it"
    said = f"import sys; print('Traceback'); print({ours!r}); print('  File x'); sys.exit(1)"

    assert not site_builder._run(python(said), dict(os.environ))

    shown = capsys.readouterr()
    assert (shown.out, shown.err) == ("", f"build: {ours}\n")


def test_data_that_do_not_pass_end_the_build(place, monkeypatch, capfd):
    """At once, and what Jupyter Book had said until then is not shown; the site stays."""
    monkeypatch.setattr(site_builder, "CHECK", python("import sys; sys.exit('a.csv: row 2')"))
    endless = "import time; print('noise', flush=True); time.sleep(600)"
    monkeypatch.setattr(site_builder, "_command", lambda _: python(endless))
    monkeypatch.setattr(site_builder, "_environment", lambda *_: dict(os.environ))

    code = site_builder.main(["--check"])

    said = capfd.readouterr()
    assert (code, shown(place)) == (1, "old")
    assert said.err.startswith("a.csv: row 2\n")
    assert "noise" not in said.out


def test_where_nothing_changed_the_data_are_checked_too(place, builder, monkeypatch):
    """A check of a claim may have changed, of which no page is made."""
    monkeypatch.setattr(site_builder.unchanged, "holds", lambda *_: True)
    codes = []
    for status in (0, 1):
        monkeypatch.setattr(site_builder, "CHECK", python(f"import sys; sys.exit({status})"))
        codes.append(site_builder.main(["--check"]))

    assert codes == [0, 1]
    assert builder.environments == []


def test_a_full_disk_is_said_in_one_sentence(capsys):
    """Whatever else the builder says, the last line says what to do."""
    said = "import sys; print('OSError: [Errno 28] No space left on device'); sys.exit(1)"

    assert not site_builder._run(python(said), dict(os.environ))

    assert capsys.readouterr().err == (
        "build: a file could not be written: No space left on device; make room\n"
    )


def test_a_build_says_where_the_site_is(place, builder, capsys):
    """The last lines are an address and what to do with it."""
    code = site_builder.main([])

    lines = capsys.readouterr().out.splitlines()
    assert code == 0
    assert shown(place) == "new</html>"
    assert lines[-2].endswith(f" s: {place.site / 'index.html'}")
    assert lines[-1] == "Open that file in a browser, or run `make serve`."


def test_a_failed_build_leaves_the_site_and_says_so(place, builder, capsys):
    """Exit code 1, and the old site stays up."""
    builder.returncode = 2

    code = site_builder.main([])

    assert code == 1
    assert shown(place) == "old"
    assert capsys.readouterr().err == (
        "\nThe book was NOT built; the first error above says why.\n"
    )


@pytest.mark.parametrize(
    ("trouble", "code", "message"),
    [
        (
            OSError(errno.ENOSPC, "No space left on device", "/a/page.html"),
            2,
            "build: cannot write /a/page.html: No space left on device; make room, or name a "
            "folder that can be written with --output\n",
        ),
        (
            NotADirectoryError(errno.ENOTDIR, "Not a directory", "/a/page.html"),
            2,
            "build: cannot write /a/page.html: Not a directory; take away what is in its place, or "
            "name a folder that can be written with --output\n",
        ),
        (BrokenPipeError(errno.EPIPE, "Broken pipe"), 141, ""),
        (KeyboardInterrupt(), 130, "\nbuild: interrupted; {site} is as it was\n"),
    ],
)
def test_trouble_leaves_the_site_and_is_said_in_one_sentence(
    place, builder, capsys, trouble, code, message
):
    """No traceback, and the next build knows that this one did not end."""
    builder.trouble = trouble

    assert site_builder.main([]) == code

    assert capsys.readouterr().err == message.format(site=place.site)
    assert shown(place) == "old"
    assert place.unfinished.exists()


def test_one_chapter_is_named_to_the_builder(place, builder, capsys):
    """`--chapter` reaches the Sphinx extension through the environment, and its page is shown."""
    site_builder.main([])
    site_builder.main(["--chapter", "nvidia"])

    whole, single = builder.environments
    assert ONLY_VARIABLE not in whole
    assert LOG_VARIABLE not in whole
    assert single[ONLY_VARIABLE] == "nvidia"
    assert str(place.site / "nvidia.html") in capsys.readouterr().out


def test_another_folder_holds_all_that_is_written(place, builder, tmp_path):
    """Site, profile, connection files and compiled kernels."""
    builder.trouble = OSError("enough")

    site_builder.main(["--output", str(tmp_path / "out")])

    (environment,) = builder.environments
    own = ("IPYTHONDIR", "JUPYTER_RUNTIME_DIR", "NUMBA_CACHE_DIR")
    assert all(environment[name].startswith(f"{tmp_path / 'out'}/") for name in own)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["lock", "work"]


def test_the_place_of_a_build_does_not_reach_its_bytes(place, builder):
    """Hash seed, epoch, encoding, language, zone and profile are fixed."""
    site_builder.main([])

    (environment,) = builder.environments
    assert site_builder._FIXED.items() <= environment.items()
    assert {"PYTHONHASHSEED", "LC_ALL", "TZ"} <= set(site_builder._FIXED)
    assert environment["SOURCE_DATE_EPOCH"] == str(site_builder._epoch())
    assert dt.datetime.fromtimestamp(site_builder._epoch(), dt.UTC).date() == freeze_date()


def test_the_builder_reads_paths_as_utf_8():
    """Python decodes the paths of editable installs by the locale, which may hold any letters."""
    done = subprocess.run(
        [sys.executable, "-c", "import locale; print(locale.getencoding())"],
        env=os.environ | site_builder._FIXED,
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.strip().lower() == "utf-8"
