"""What a reader can keep: notebooks with their numbers, data in two forms, archives, a citation."""

import csv
import hashlib
import io
import json
import re
import zipfile
from types import SimpleNamespace

import nbformat
import polars as pl
import pytest
import yaml

from rebuilt.errors import DataError
from rebuilt.evidence import tables
from rebuilt.paths import DATA, ROOT, SEEDS
from rebuilt.site import citation, downloads, names, notebooks, takeaway

GLUED = {"scrapbook": {"name": "ratio"}}


def cell_with(data: dict, source: str = "{glue:text}`ratio` and {glue:text}`unknown`"):
    output = nbformat.v4.new_output("display_data", data=data, metadata=GLUED)
    code = nbformat.v4.new_code_cell("page.say(ratio=...)", outputs=[output])
    return nbformat.v4.new_notebook(cells=[code, nbformat.v4.new_markdown_cell(source)])


@pytest.mark.parametrize(
    ("shown", "text"), [("'2.4×'", "2.4×"), ('"it\'s"', "it's"), ("1151", "1151")]
)
def test_numbers_of_the_prose_stand_in_the_notebook(shown, text):
    """Jupyter knows no glue; a name that no cell gave stays as it is."""
    mime = "application/papermill.record/text/plain"

    notebook = notebooks.with_numbers(cell_with({mime: shown}))

    assert notebook.cells[1].source == f"{text} and {{glue:text}}`unknown`"


def test_every_chapter_with_code_lies_beside_the_pages(html):
    """Executed, valid, with the numbers that the page prints; each page offers its own."""
    offered = {
        path.stem: re.findall(r'href="([^"]*\.ipynb)"', path.read_text("utf-8"))
        for path in html.glob("*.html")
    }
    files = sorted((html / names.NOTEBOOKS).glob("*.ipynb"))

    assert files
    for path in files:
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
        assert f"{names.NOTEBOOKS}/{path.name}" in offered[path.stem]
        assert notebooks.compared_cells(notebook) > 0
        prose = "".join(c.source for c in notebook.cells if c.cell_type == "markdown")
        assert "{glue:text}" not in prose
    for page, links in offered.items():
        assert [link for link in links if not (html / link).exists()] == [], page


def test_parquet_holds_what_the_tables_hold_in_the_types_of_the_descriptor():
    """Every table; its descriptor names it with its own seal."""
    files = downloads.as_parquet()
    package = json.loads(files.pop("datapackage.json"))

    assert set(files) == {f"{name}.parquet" for name in tables.names()}
    for resource in package["resources"]:
        content = files[resource["path"]]
        frame = pl.read_parquet(io.BytesIO(content))
        assert frame.equals(tables.load(resource["name"]))
        assert resource["bytes"] == len(content)
        assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
        assert resource["format"] == "parquet"
        assert [field["name"] for field in resource["schema"]["fields"]] == frame.columns


def test_the_archive_of_the_data_is_complete_and_holds_no_text_of_the_note(tmp_path):
    """CSV as in the repository, Parquet, models, sources, claims, descriptors, licence."""
    app = SimpleNamespace(builder=SimpleNamespace(format="html"), outdir=str(tmp_path))

    downloads.copy_files(app, None)

    with zipfile.ZipFile(tmp_path / names.DATA_ARCHIVE) as archive:
        held = set(archive.namelist())
        own = {f"data/{path.relative_to(DATA).as_posix()}" for path in DATA.rglob("*.*")}
        assert own <= held
        assert archive.read("data/quantities.csv") == (DATA / "quantities.csv").read_bytes()
        assert archive.read("seeds/claims.csv") == (SEEDS / "claims.csv").read_bytes()
        lines = csv.DictReader(io.StringIO(archive.read("data/subjects.csv").decode()))
        assert len(list(lines)) == tables.load("subjects").height
    assert {f"data-parquet/{name}.parquet" for name in tables.names()} <= held
    assert {"LICENSE", "CITATION.cff", "data/datapackage.json"} <= held
    assert "seeds/note.txt" not in held


def test_the_list_offers_the_printed_book_only_where_there_is_one():
    """A link to what was not made would be dead; the command that makes it is told."""
    titles = {"nvidia": "NVIDIA <H200>"}

    with_it = takeaway.listing(titles, printed=True)
    without = takeaway.listing(titles, printed=False)

    assert f'href="{names.PRINTED}"' in with_it
    assert names.PRINTED not in without
    assert "<code>make pdf</code>" in without
    assert 'href="_static/notebooks/nvidia.ipynb" download>NVIDIA &lt;H200&gt;</a>' in without


def test_a_citation_is_made_of_the_citation_file():
    """Title, authors, year, version and address; the commit and the day of the data."""
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    author = cited["authors"][0]["name"]

    assert citation.bibtex(citation.read(), "0123456789ab").splitlines() == [
        "@misc{from-patches-to-photons,",
        f"  title = {{{{{cited['title']}}}}},",
        f"  author = {{{{{author}}}}},",
        f"  year = {{{str(cited['date-released'])[:4]}}},",
        f"  date = {{{cited['date-released']}}},",
        f"  version = {{{cited['version']}}},",
        f"  url = {{{cited['repository-code']}}},",
        f"  note = {{Data up to {tables.freeze_date()}; commit 0123456789ab}},",
        "}",
    ]
    assert citation.sentence(cited, "0123456789ab") == (
        f"{author} (2026): {cited['title']}. Version {cited['version']}, data up to "
        f"{tables.freeze_date()}, commit 0123456789ab."
    )


def test_persons_are_cited_by_both_names():
    """As the format has them."""
    cited = {
        "title": "T",
        "authors": [{"given-names": "Ada", "family-names": "L"}, {"family-names": "Mo"}],
        "version": "1",
        "date-released": "2026-01-02",
        "repository-code": "u",
    }

    assert citation.sentence(cited, "0").startswith("Ada L and Mo (2026): T. Version 1, ")


def test_a_citation_file_that_lacks_a_field_is_refused(monkeypatch, tmp_path):
    """Named, all at once."""
    (tmp_path / "CITATION.cff").write_text("title: T\nversion: 1\n", encoding="utf-8")
    monkeypatch.setattr(citation, "FILE", tmp_path / "CITATION.cff")

    with pytest.raises(DataError) as caught:
        citation.read()

    assert str(caught.value) == (
        "CITATION.cff lacks authors, date-released, repository-code; a citation needs it"
    )
