"""The measured table is whole and agrees with one network worked out by hand."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict

import pytest

from rebuilt.paths import DATA

KEY = ("model", "module", "clip_frames", "clip_height", "clip_width", "text_tokens")


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    """All rows of the measured table, as text."""
    with (DATA / "reference_flops.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_no_group_of_a_clip_is_measured_twice(rows):
    """Model, module, clip and group name one row."""
    counted = Counter((*(row[name] for name in KEY), row["group"]) for row in rows)

    assert [key for key, times in counted.items() if times > 1] == []


def test_groups_add_up_to_their_total(rows):
    """Nothing is counted twice and nothing is left out."""
    groups: dict[tuple[str, ...], int] = defaultdict(int)
    totals: dict[tuple[str, ...], int] = {}
    for row in rows:
        key = tuple(row[name] for name in KEY)
        if row["group"] == "total":
            totals[key] = int(row["flops"])
        else:
            groups[key] += int(row["flops"])

    assert groups == totals


def test_every_model_is_measured_at_three_clips_or_more(rows):
    """One point would not show how cost grows."""
    clips = defaultdict(set)
    for row in rows:
        clips[row["model"], row["module"]].add(tuple(row[name] for name in KEY))

    few = {model: len(found) for model, found in clips.items() if len(found) < 3}
    assert few == {("cogvideox-5b-i2v", "transformer"): 1}  # its learned positions fit one clip


def test_smallest_dit_agrees_with_a_count_by_hand(rows):
    """DiT-S/8 at 256 pixels: 16 tokens, width 384, 12 blocks, patches of 8 x 8 x 4."""
    tokens, width, depth, patch = 16, 384, 12, 8 * 8 * 4
    by_hand = {
        "embedding": 2 * (tokens * patch * width + 256 * width + width * width),
        "modulation": 2 * (depth * 6 + 2) * width * width,
        "projection": 2 * depth * 4 * tokens * width * width,
        "attention": 2 * depth * 2 * tokens * tokens * width,
        "feed_forward": 2 * depth * 8 * tokens * width * width,
        "output": 2 * tokens * width * 2 * patch,
    }

    measured = {
        row["group"]: int(row["flops"])
        for row in rows
        if row["model"] == "dit-s-8" and row["clip_height"] == "256" and row["group"] != "total"
    }
    assert measured == by_hand
