"""Every table can be downloaded from the site, described by its own descriptor."""

import re
from html import unescape
from types import SimpleNamespace

import pytest

from rebuilt.evidence import tables
from rebuilt.paths import DATA
from rebuilt.site import downloads

FILES = [*(tables.describe(name)["path"] for name in tables.names()), *downloads._BESIDE]


def page(env: SimpleNamespace | None = None) -> str:
    env = env or SimpleNamespace(note_dependency=lambda _: None)
    directive = downloads.Downloads.__new__(downloads.Downloads)
    directive.state = SimpleNamespace(document=SimpleNamespace(settings=SimpleNamespace(env=env)))
    (node,) = directive.run()
    assert node["format"] == "html"
    return node.astext()


def test_every_table_and_both_files_beside_them_are_linked_once():
    """The order is that of the descriptor; each table is offered as Parquet too."""
    links = re.findall(r'<a href="_static/data/([^"]*)" download>([^<]*)</a>', page())

    assert [pair for pair in links if pair[1] != "Parquet"] == [(file, file) for file in FILES]
    assert [target for target, text in links if text == "Parquet"] == [
        f"parquet/{name}.parquet" for name in tables.names()
    ]


@pytest.mark.parametrize("name", tables.names())
def test_every_column_of_a_table_is_explained(name):
    """Names and descriptions come from the descriptor, at an address of the table's own."""
    resource = tables.describe(name)
    item = re.search(rf'<li id="data-{name}">.*?</li>', page(), re.DOTALL)

    columns = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", item.group())
    assert [tuple(map(unescape, column)) for column in columns] == [
        (field["name"], field.get("description", "")) for field in resource["schema"]["fields"]
    ]
    said = unescape(re.sub(r"</?code>", "`", item.group()))
    assert said.count(resource.get("description", resource["title"])) == 1


def test_a_hostile_description_is_only_text(monkeypatch):
    """A descriptor is data, not markup."""
    hostile = {
        "name": "chips",
        "path": "chips.csv",
        "title": "<b>chips</b>",
        "schema": {"fields": [{"name": "a<b", "description": "<i>&</i>"}]},
    }
    monkeypatch.setattr(tables, "names", lambda: ["chips"])
    monkeypatch.setattr(tables, "describe", {"chips": hostile}.__getitem__)

    shown = page()

    assert "&lt;b&gt;chips&lt;/b&gt;" in shown
    assert "<dt>a&lt;b</dt><dd>&lt;i&gt;&amp;&lt;/i&gt;</dd>" in shown


def test_a_changed_descriptor_makes_the_page_again():
    """Sphinx watches the file that the list is generated from."""
    watched: list[str] = []

    page(SimpleNamespace(note_dependency=watched.append))

    assert watched == [str(DATA / "datapackage.json")]


def app(folder, output: str = "html") -> SimpleNamespace:
    return SimpleNamespace(builder=SimpleNamespace(format=output), outdir=str(folder))


def test_the_files_lie_beside_the_page_byte_for_byte(tmp_path):
    """What a reader downloads is what the book was computed from."""
    downloads.copy_files(app(tmp_path), None)
    downloads.copy_files(app(tmp_path), None)

    copied = tmp_path / downloads.FOLDER
    assert sorted(path.name for path in copied.iterdir() if path.is_file()) == sorted(FILES)
    assert all((copied / name).read_bytes() == (DATA / name).read_bytes() for name in FILES)


@pytest.mark.parametrize(
    ("output", "error"), [("html", RuntimeError("the build broke")), ("latex", None)]
)
def test_a_broken_build_and_other_formats_get_no_files(tmp_path, output, error):
    """Files are for a finished site."""
    downloads.copy_files(app(tmp_path, output), error)

    assert list(tmp_path.iterdir()) == []


def test_the_directive_and_the_copy_are_registered():
    """A page can use `rebuilt-downloads`, and the files follow when the build is done."""
    found: dict[str, object] = {}

    downloads.connect(SimpleNamespace(add_directive=found.__setitem__, connect=found.__setitem__))

    assert found == {
        "rebuilt-downloads": downloads.Downloads,
        "build-finished": downloads.copy_files,
    }
