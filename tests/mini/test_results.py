"""The tables of `make train`: they agree with each other and with the weights."""

import csv
import hashlib
import re

import pytest

from rebuilt.mini.captions import reserved
from rebuilt.paths import DATA

WEIGHTS = DATA / "weights"


def table(name: str) -> list[dict[str, str]]:
    with (DATA / f"miniature_{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


QUALITY = table("quality")
FAILURES = table("failures")


def headline(prompts: str) -> dict[str, tuple[int, int]]:
    return {
        row["trait"]: (int(row["held"]), int(row["clips"]))
        for row in QUALITY
        if (row["experiment"], row["prompts"], row["format"]) == ("headline", prompts, "all")
    }


@pytest.mark.parametrize("prompts", ["wordings", "combinations"])
def test_the_list_of_failures_adds_up_to_the_shares(prompts: str) -> None:
    wrong = [row["wrong"].split(";") for row in FAILURES if row["prompts"] == prompts]
    for trait, (held, clips) in headline(prompts).items():
        assert clips - held == sum(trait in traits for traits in wrong), trait


def test_formats_add_up_to_all_clips() -> None:
    keys = [
        "experiment",
        "run",
        "training_step",
        "prompts",
        "wording",
        "sampling_steps",
        "guidance",
        "trait",
    ]
    for part in ("clips", "held"):
        whole: dict[tuple[str, ...], int] = {}
        parts: dict[tuple[str, ...], int] = {}
        for row in QUALITY:
            sums = whole if row["format"] == "all" else parts
            key = tuple(row[column] for column in keys)
            sums[key] = sums.get(key, 0) + int(row[part])
        assert whole == parts


@pytest.mark.parametrize(
    ("trait", "share"),
    [
        ("colour", 0.98),
        ("shape", 0.90),
        ("direction", 0.95),
        ("duration", 1.0),
        ("aspect", 1.0),
    ],
)
def test_at_least_200_unseen_prompts_are_followed(trait: str, share: float) -> None:
    held, clips = headline("wordings")[trait]
    assert clips >= 200
    assert held / clips >= share


def test_prompts_of_the_headline_were_never_trained_on() -> None:
    captions = [row["caption"] for row in FAILURES if row["prompts"] == "wordings"]
    assert all(map(reserved, captions))


def test_work_grows_with_steps_and_ends_at_the_runs_total() -> None:
    runs = {row["run"]: row for row in table("runs")}
    last: dict[str, float] = {}
    for row in table("curves"):
        if row["training_flops"]:
            work = float(row["training_flops"])
            assert work > last.get(row["run"], 0.0)
            last[row["run"]] = work
    assert last == pytest.approx(
        {run: float(row["training_flops"]) for run, row in runs.items()}, rel=1e-3
    )


def test_training_took_at_most_ninety_minutes_on_two_cores() -> None:
    last = {row["run"]: float(row["cpu_seconds"]) for row in table("curves")}
    assert sum(last.values()) <= 2 * 90 * 60


def test_checksums_of_the_card_are_those_of_the_files() -> None:
    card = (WEIGHTS / "README.md").read_text(encoding="utf-8")
    found = dict(re.findall(r"- `([\w.-]+)`: ([0-9a-f]{64})", card))
    files = {path.name: path.read_bytes() for path in WEIGHTS.glob("*.safetensors")}
    assert found == {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    assert sum(map(len, files.values())) <= 8_000_000
