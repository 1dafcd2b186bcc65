"""Detectors: right on every drawn clip, and wrong when the label or the clip is."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rebuilt.mini import scenes
from rebuilt.mini.detectors import agreement, read
from rebuilt.mini.scenes import Record, render, scene

INDICES = st.integers(0, 10**6)


@given(index=INDICES, unseen=st.booleans())
@settings(max_examples=150, deadline=None)
def test_every_trait_of_a_drawn_clip_is_read_back(index: int, unseen: bool) -> None:
    made = scene(10, index, unseen=unseen)
    wrong = [k for k, held in agreement(made.record, render(made)).items() if not held]
    assert wrong == []


def _other(name: str, names: tuple[str, ...]) -> str:
    return names[(names.index(name) + 1) % len(names)]


def mislabelled(record: Record, trait: str) -> Record:
    """Return the record with one trait made wrong."""
    subject = record.subject
    if trait == "colour":
        taken = record.other.colour if record.other else ""
        free = tuple(colour for colour in scenes.COLOURS if colour != taken)
        return replace(record, subject=replace(subject, colour=_other(subject.colour, free)))
    if trait == "shape":
        return replace(record, subject=replace(subject, shape=_other(subject.shape, scenes.SHAPES)))
    if trait == "direction":
        motion = _other(subject.motion, scenes.MOTIONS)
        return replace(record, subject=replace(subject, motion=motion))
    if trait == "change":
        change = _other(subject.change, scenes.CHANGES)
        return replace(record, subject=replace(subject, change=change))
    if trait == "background":
        return replace(record, background=_other(record.background, tuple(scenes.BACKGROUNDS)))
    if trait == "duration":
        return replace(record, frames=_other(record.frames, scenes.FRAMES))  # type: ignore[type-var]
    return replace(record, height=record.width, width=record.height + 8)


@pytest.mark.parametrize(
    "trait", ["colour", "shape", "direction", "change", "background", "duration", "aspect"]
)
@given(index=INDICES)
@settings(max_examples=40, deadline=None)
def test_a_wrong_label_fails_in_its_trait_alone(trait: str, index: int) -> None:
    made = scene(11, index)
    held = agreement(mislabelled(made.record, trait), render(made))
    assert [name for name, value in held.items() if not value] == [trait]


@given(index=INDICES)
@settings(max_examples=25, deadline=None)
def test_a_clip_played_backwards_moves_the_other_way(index: int) -> None:
    made = scene(12, index)
    clip = render(made)
    held = agreement(made.record, clip[::-1])
    moves = made.record.subject.motion != "still" and not made.record.subject.bounces
    assert held["direction"] is not moves
    assert held["change"] is (made.record.subject.change == "steady")


def test_the_wrong_order_of_two_shapes_is_seen() -> None:
    wrong = []
    for index in range(200):
        made = scene(13, index)
        if made.record.other is None:
            continue
        turned = "front" if made.record.relation == "behind" else "behind"
        swapped = replace(made, record=replace(made.record, relation=turned))
        wrong.append(agreement(made.record, render(swapped))["relation"])
    assert len(wrong) > 20
    assert not any(wrong)


def test_noise_and_an_empty_clip_hold_nothing() -> None:
    asked = scene(14, 0).record
    shape = (asked.frames, asked.height, asked.width, 3)
    empty = agreement(asked, np.full(shape, -1, dtype=np.float32))
    assert not any(empty[trait] for trait in ("colour", "shape", "number"))
    noise = np.random.default_rng(0).standard_normal(shape).astype(np.float32)
    assert not agreement(asked, noise)["number"]


def test_a_shape_cut_by_the_frame_is_noticed() -> None:
    made = scenes.Scene(
        Record(scenes.Label("red", "circle")), (scenes.Path((2, 16), (2, 16), (10, 10)),)
    )
    assert read(render(made)).cut
