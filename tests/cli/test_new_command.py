"""`rebuilt new` writes the right thing in the right place, or nothing and a sentence why."""

import csv
import errno
import os
import shutil

import pytest
import yaml
from tests.faults.planting import copy_repository

from rebuilt.cli import main
from rebuilt.cost import count, load_model, read_config
from rebuilt.cost.counting.rows import polynomials
from rebuilt.cost.models.architectures import Transformer
from rebuilt.drafts import config_model, model_file
from rebuilt.paths import ROOT
from rebuilt.validate.descriptor import check_inventory, check_seals, seal
from rebuilt.validate.every_rule import check
from rebuilt.validate.file_form import check_form
from rebuilt.validate.lookups import check_lookups
from rebuilt.validate.material import Material
from rebuilt.validate.sources import check_sources

FACT = ["fact", "accelerators", "subject=h200-sxm", "quantity=memory_gb"]


def copied(target):
    """Copy data, claims and chapters, with the cases of the checks."""
    copy_repository(target)
    shutil.copytree(ROOT / "tests/claims/checks", target / "tests/claims/checks")
    shutil.copy(ROOT / "_toc.yml", target)
    return target


@pytest.fixture
def root(tmp_path):
    """Return a copy to write to."""
    return copied(tmp_path / "copy")


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Return a copy to which nothing is ever written, and its files."""
    root = copied(tmp_path_factory.mktemp("whole") / "copy")
    return root, contents(root)


def new(root, *arguments: str) -> int:
    """Run the command on the copy."""
    return main(["new", *arguments, "--root", str(root)])


def contents(root) -> dict[str, bytes]:
    """Every file of the copy."""
    return {str(path): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_a_row_stands_in_its_place_and_every_other_line_is_as_it_was(root, capsys):
    """The rest of the table is not written anew; open cells are told by column."""
    before = (root / "data/subjects.csv").read_text("utf-8").splitlines()

    code = new(root, "fact", "subjects", "id=h150", "kind=accelerator", "note=one, two")

    after = (root / "data/subjects.csv").read_text("utf-8").splitlines()
    place = next(at for at, line in enumerate(after) if line.startswith("h150,"))
    assert code == 0
    assert after[:place] + after[place + 1 :] == before
    assert after[place] == 'h150,<<fill in: name for people>>,accelerator,,,"one, two"'
    assert sorted(line.partition(",")[0] for line in after[1:]) == [
        line.partition(",")[0] for line in after[1:]
    ]
    assert capsys.readouterr().out == (
        f"New: data/subjects.csv row {place + 1}. Fill in:\n"
        "  name: name for people\n"
        "Fill in what is open, then run `make seal`; it also says what is left.\n"
    )


def test_a_fact_gets_the_unit_of_its_quantity(root):
    """A number is asked for where the unit is one, words where it is none."""
    source = "source=epoch-ml-hardware-2026"
    new(root, *FACT, "condition=half", source)
    new(root, *FACT[:-1], "quantity=announced", "condition=again", source)

    with (root / "data/accelerators.csv").open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["condition"] in ("half", "again")]
    assert [(row["unit"], row["value"], row["text"]) for row in rows] == [
        (
            "date",
            "",
            "<<fill in: the answer in the unit date; nothing where the status is unknown>>",
        ),
        ("gb", "<<fill in: the answer in the unit gb; nothing where the status is unknown>>", ""),
    ]


def test_an_entry_stands_between_its_neighbours(root):
    """First, in the middle and last: sealed, the file has nothing wrong but what is open."""
    for key in ("0-first-2024", "m-middle-2024", "zz-last-2024"):
        assert new(root, "source", key, f"url=https://example.org/{key}") == 0
    seal(root)

    rules = check_seals, check_form, check_sources, check_lookups  # all that find anything in it
    found = check(root, rules)
    said = {finding.found for finding in found if finding.file == "data/sources.bib"}
    assert said == {"a placeholder"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["fact", "accelerator"], "there is no table 'accelerator'; near names: accelerators"),
        (FACT, "a row of accelerators needs source=..., which decide its place"),
        ([*FACT, "source=nobody"],
         "data/sources.bib has no source 'nobody'; correct it, or first run "
         "`rebuilt new source nobody`"),
        ([*FACT, "values=3"], "there is no field 'values' of accelerators; near names"),
        ([*FACT, "weight"], "'weight' is not FIELD=VALUE; write, for instance, unit=gb"),
        ([*FACT, "unit=a", "unit=b"], "unit is given twice; give it once"),
        ([*FACT, "note=a\nb"], r"note is 'a\nb'; a value stands on one line"),
        ([*FACT, "condition=nominal", "source=nvidia-tensorrt-llm-clusters"], "edit that row"),
        ([*FACT[:2], "subject=h2000", FACT[3]],
         "data/subjects.csv has no id 'h2000'; correct it, or first run "
         "`rebuilt new fact subjects id=h2000`"),
        (["fact", "measured"], "data/measured.csv is not written by hand: Written by"),
        (["source", "Acme"], "'Acme' is no name of a source; write it like"),
        (["source", "epoch-ml-hardware-2026"], "already has epoch-ml-hardware-2026; edit"),
        (["source", "a-2026", "urldate=2031-01-01"],
         'move the freeze date (CONTRIBUTING.md, "Move the freeze date")'),
        (["source", "a-2026", "title=a } b"], "data/sources.bib line"),
        (["claim", "nobody-said"], "'nobody-said' begins with 'nobody', which no section has"),
        (["claim", "nvidia-h900"], "a claim needs paragraph=... sentence=... subject=..."),
        (["claim", "nvidia-h900", "paragraph=33", "sentence=90", "subject=h200-sxm"],
         "seeds/sentences.csv has no sentence 90 of paragraph 33; both are counted from 1"),
        (["check", "nvidia-h900"], "a new one begins with `rebuilt new claim nvidia-h900`"),
        (["check", "nvidia-h200-memory"], "already has a function h200_memory; edit it"),
        (["model", "mine", "config=absent.json"], "there is no file absent.json"),
        (["model", "mine", "config=a", "like=b"], "there is no field 'like' of a model with"),
        (["model", "mine"], "a model needs like=..., the id of its nearest relative"),
        (["model", "mine", "like=dit"], "there is no model 'dit'; near names: dit-"),
        (["model", "dit-xl-2", "like=dit-b-2"], "data/models/dit-xl-2.yaml is there already"),
        (["model", "../mine", "like=dit-b-2"], "'../mine' is no name of a model"),
        (["accelerator", "x1", "name=X1"], "an accelerator needs source=..."),
        (["chapter", "nvidia", "after=sora"], "book/nvidia.md is there already"),
        (["chapter", "mine", "after=soar"], "there is no chapter 'soar' in _toc.yml; near names"),
        (["chapter", "mine", "after=sora", "section=chips"], "there is no section 'chips'"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)  # fmt: skip
def test_what_cannot_be_is_refused_in_one_sentence_and_nothing_is_written(
    whole, capsys, arguments, said
):
    """Exit code 2, and every byte is as it was."""
    root, before = whole

    code = new(root, *arguments)

    complaint = capsys.readouterr().err
    assert code == 2
    assert complaint.startswith("rebuilt new: ")
    assert said in complaint
    assert complaint.count("\n") == 1
    assert contents(root) == before


def test_of_two_files_none_is_written_where_one_cannot_be(root, monkeypatch):
    """The model and its entry, or neither: the second file meets a full disk."""
    before, opened = contents(root), os.fdopen
    draft = model_file.draft(Material(root), "mine", {"like": "dit-xl-2"})
    calls = []

    def full(handle, *arguments, **more):
        calls.append(handle)
        if len(calls) == len(draft.files):
            os.close(handle)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return opened(handle, *arguments, **more)

    monkeypatch.setattr(os, "fdopen", full)

    with pytest.raises(OSError, match="No space left"):
        draft.write(root)
    assert len(calls) == len(draft.files) == 2
    assert contents(root) == before


def test_a_model_like_another_has_no_other_names(root):
    """They would lead to the relative; `check` finds a name of two models."""
    draft = model_file.draft(Material(root), "mine", {"like": "dit-xl-2"})

    assert "also: [dit-xl-2-256]" in (root / "data/models/dit-xl-2.yaml").read_text("utf-8")
    assert not any("also:" in text for text in map(str, draft.files.values()))


def test_a_configuration_becomes_a_model_that_counts_the_same(root, capsys):
    """One command: every number is the configuration's, and what it lacks is said."""
    config, source = ROOT / "data/configs/ltx2-19b.json", "huggingface-diffusers-2026: a place"

    given = [f"config={config}", "name=Mine", "family=LTX", "note=an example", f"source={source}"]
    new(root, "model", "mine", *given, "released=2026-01-02", f"dated={source}")

    said, file = capsys.readouterr().out, root / "data/models/mine.yaml"
    made, read = load_model("mine", file.parent), read_config(config)
    assert count(made).rows == count(read.model).rows
    assert made.blocks[0].source == source
    assert made.clip.source == "huggingface-diffusers-2026: LTX2Pipeline, defaults"
    assert all(sentence in said for sentence in read.assumed)
    assert "fill in" not in file.read_text(encoding="utf-8")
    assert list(check_inventory(Material(root))) == []


@pytest.mark.parametrize(
    "path",
    [path for path in sorted((ROOT / "data/configs").glob("*.json")) if "control" not in path.stem],
    ids=lambda p: p.stem,
)
def test_every_configuration_can_be_written_as_a_model(path):
    """What is written reads back as what was read, sources apart."""
    day = {"source": "key-2026: place", "date": "2026-01-02"}
    text, _ = config_model.written(str(path), "config", {"name": "Mine"}, day, "key-2026: place")

    made = Transformer.model_validate(yaml.safe_load(text))

    assert polynomials(made) == polynomials(read_config(path).model)


def test_a_model_keeps_the_numbers_of_its_relative_and_none_of_its_sources(root, capsys):
    """The entry in the descriptor comes with it, and is not sealed."""
    new(root, "model", "mine", "like=pixart-sigma", "name=Mine: the first")

    text = (root / "data/models/mine.yaml").read_text(encoding="utf-8")
    assert text.startswith('id: mine\nname: "Mine: the first"\narchitecture: transformer\n')
    assert "huggingface" not in text
    assert "cross_attention: {text_width: 1152}" in text
    assert "The numbers are those of pixart-sigma until you change them" in capsys.readouterr().out
    assert list(check_inventory(Material(root))) == []
