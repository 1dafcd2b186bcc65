"""Pictures of pages, and what changed in them."""

import shutil

import pytest
from tools import compare, shots


@pytest.fixture(scope="module")
def pictures(browser, fixture_html, tmp_path_factory):
    """Take the fixture book twice, the second time with one other word."""
    context = browser.new_context(viewport={"width": 360, "height": 900})
    html = shutil.copytree(fixture_html, tmp_path_factory.mktemp("changed") / "html")
    folders = []
    for name in ("old", "again", "new"):
        folder = tmp_path_factory.mktemp(name)
        page = html / "second.html"
        if name == "new":
            text = page.read_text(encoding="utf-8")
            page.write_text(text.replace("A page with a faceted", "A leaf with a faceted"), "utf-8")
        shots.take(context, page, "360-light", folder)
        shots.take(context, html / "search.html", "360-light", folder)
        folders.append(folder)
    context.close()
    return folders


@pytest.mark.weekly  # `make screenshots` is looked at, and fails nothing
def test_one_page_gives_one_picture_twice(pictures, capsys):
    """Nothing moves, blinks or comes late."""
    old, again, _ = pictures

    assert compare.main([str(old), str(again)]) == 0
    assert capsys.readouterr().out == "no picture changed\n"
    assert not (again / "changes.html").exists()


@pytest.mark.weekly
def test_a_changed_word_is_shown(pictures, capsys):
    """The picture is named, and the page lays before and after over each other."""
    old, _, new = pictures

    assert compare.main([str(old), str(new)]) == 1
    assert capsys.readouterr().out == (f"second-360-light-1.png\nlook at {new / 'changes.html'}\n")
    page = (new / "changes.html").read_text(encoding="utf-8")
    assert "<h1>1 pictures changed</h1>" in page
    assert page.count(f'<img src="../{old.name}/second-360-light-1.png" alt="">') == 2
    assert page.count('<img src="./second-360-light-1.png" alt="">') == 2


@pytest.mark.weekly
def test_new_and_gone_pictures_are_listed(pictures, tmp_path, capsys):
    """A page more or less is a change too."""
    old = pictures[0]
    (tmp_path / "third-360-light-1.png").write_bytes(b"picture")

    assert compare.main([str(old), str(tmp_path)]) == 1
    assert "only in one folder: search-360-light-1.png" in capsys.readouterr().out
    assert "<h2>New: 1</h2><ul><li>third-360-light-1.png</li></ul>" in compare.report(old, tmp_path)


def test_an_empty_folder_is_refused(tmp_path, capsys):
    """Nothing to compare is not the same as no change."""
    assert compare.main([str(tmp_path), str(tmp_path)]) == 2
    assert capsys.readouterr().err == f"no pictures in {tmp_path}; run `make screenshots`\n"
