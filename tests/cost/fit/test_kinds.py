"""The kinds of published runs, and the split that was written before they were fitted."""

import csv
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebuilt.cost.fit import kinds
from rebuilt.cost.fit.kinds import FITTED, NEVER, Kind, kind_of, publisher_of
from rebuilt.evidence import bibliography
from rebuilt.paths import DATA

RUN = {
    "model": "mochi-1", "gpu": "h100-sxm", "gpus": "1", "height": "480", "steps": "50",
    "seconds_per_step": "", "distilled": "no", "cache": "none", "weights_format": "bf16",
    "compute_format": "bf16", "attention_format": "unstated", "engine": "diffusers",
    "attention": "sdpa", "compiled": "no", "sparse": "no", "offload": "none", "scope": "denoise",
    "source": "somebody-2026",
}  # fmt: skip
MEMORY = {
    "model": "mochi-1", "job": "inference", "measure": "peak", "source": "somebody-2026",
}  # fmt: skip


def read(name):
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


ROWS = read("software_runs") + read("software_memory")


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({}, Kind.PLAIN),
        ({"attention": "fa3"}, Kind.PLAIN),
        ({"gpus": "8"}, Kind.SEVERAL),
        ({"compiled": "yes"}, Kind.SOFTWARE),
        ({"attention": "sage2"}, Kind.SOFTWARE),
        ({"sparse": "vsa"}, Kind.SOFTWARE),
        ({"engine": "LightX2V", "gpus": "8"}, Kind.SOFTWARE),
        ({"offload": "model"}, Kind.SOFTWARE),
        ({"scope": "throughput"}, Kind.SOFTWARE),
        ({"weights_format": "fp8", "compiled": "yes"}, Kind.FORMAT),
        ({"attention_format": "int8", "attention": "sage2"}, Kind.FORMAT),
        ({"cache": "teacache", "weights_format": "fp8"}, Kind.CACHE),
        ({"distilled": "yes", "cache": "teacache"}, Kind.DISTILLED),
    ],
)
def test_a_run_is_of_the_first_kind_that_sets_it_apart(changes, kind):
    """Fewer steps before caches, caches before formats, formats before software, then layouts."""
    assert kind_of(RUN | changes) == kind


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({}, Kind.MEMORY),
        ({"measure": "allocated"}, Kind.MEMORY),
        ({"measure": "out of memory"}, Kind.FITS),
        ({"measure": "requirement"}, Kind.FITS),
        ({"job": "lora", "measure": "requirement"}, Kind.TRAINING),
        ({"job": "full training"}, Kind.TRAINING),
    ],
)
def test_a_row_of_memory_is_a_peak_a_fit_or_a_training(changes, kind):
    """Training whatever is told of it; a need that is only stated is no peak."""
    assert kind_of(MEMORY | changes) == kind


def test_a_row_without_model_part_size_or_steps_cannot_be_fitted():
    """A time needs them all; seconds of one step stand for the steps."""
    assert kinds.can_be_fitted(RUN)
    assert kinds.can_be_fitted(RUN | {"steps": "", "seconds_per_step": "2.5"})
    for column in ("model", "gpu", "height", "steps"):
        assert not kinds.can_be_fitted(RUN | {column: ""})
    assert not kinds.can_be_fitted(MEMORY | {"model": ""})
    assert kinds.can_be_fitted(MEMORY | {"model": "", "job": "lora"})
    assert not kinds.can_be_fitted(RUN | {"source": f"{kinds.OWN}-h200-2027"})


def test_accounts_of_the_same_hands_are_one_publisher():
    """An owner is told from the address, whatever its case; other pages go by their host."""
    assert publisher_of("https://github.com/NVIDIA/cosmos/blob/main/a.md") == "nvidia"
    assert publisher_of("https://github.com/nvidia-cosmos/cosmos-transfer2.5") == "nvidia"
    assert publisher_of("https://www.github.com/ModelTC/LightX2V/issues/1") == "modeltc"
    assert publisher_of("https://www.example.org/page") == "example.org"


@given(
    st.lists(st.tuples(st.sampled_from("abcdefgh"), st.sampled_from(list(Kind))), max_size=60),
    st.randoms(),
)
def test_the_split_depends_on_no_order_and_never_keeps_too_much(rows, random):
    """The same publishers are kept however the rows are shuffled; at most 45 of 100 of a kind."""
    roles = kinds.roles_of(rows)
    shuffled = list(rows)
    random.shuffle(shuffled)
    total = Counter(kind for _, kind in rows)
    kept = Counter(kind for name, kind in rows if roles[name] == NEVER)

    assert kinds.roles_of(shuffled) == roles
    assert set(roles) == {name for name, _ in rows}
    assert all(kept[kind] <= kinds.MOST * count for kind, count in total.items())


def test_the_committed_split_is_the_rule():
    """To write it anew is to break the promise that it came before the fit."""
    urls = {key: source.url for key, source in bibliography.load().items()}

    assert read("software_split") == kinds.split(ROWS, urls)


def test_about_a_third_of_each_kind_is_kept_from_the_fit():
    """Between a fifth and 45 of 100 of the rows that can be fitted, in every kind."""
    roles = {row["source"]: row["role"] for row in read("software_split")}
    rows = [row for row in ROWS if kinds.can_be_fitted(row)]
    total = Counter(map(kind_of, rows))
    kept = Counter(kind_of(row) for row in rows if roles[row["source"]] == NEVER)

    assert set(total) == set(Kind)
    assert all(0.2 < kept[kind] / total[kind] <= kinds.MOST for kind in Kind)
    assert FITTED in roles.values()
