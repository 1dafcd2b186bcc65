"""Clips: reproducible, inside the frame, and true to their record pixel by pixel."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rebuilt.errors import ShapeError, UnknownNameError
from rebuilt.mini import scenes
from rebuilt.mini.scenes import BACKGROUNDS, COLOURS, Label, Record, Scene, held_out, render, scene

INDICES = st.integers(0, 10**6)


@given(index=INDICES, seed=st.integers(0, 100))
@settings(max_examples=40, deadline=None)
def test_same_seed_same_clip_and_another_index_another_clip(index: int, seed: int) -> None:
    first, again = scene(seed, index), scene(seed, index)
    assert first == again
    assert np.array_equal(render(first), render(again))
    assert first != scene(seed, index + 1)


@given(index=INDICES)
@settings(max_examples=40, deadline=None)
def test_clip_has_the_shape_of_its_record_and_its_border_is_background(index: int) -> None:
    made = scene(3, index)
    clip, record = render(made), made.record
    assert clip.shape == (record.frames, record.height, record.width, 3)
    assert clip.dtype == np.float32
    ground = np.array(BACKGROUNDS[record.background])
    for edge in (clip[:, 0], clip[:, -1], clip[:, :, 0], clip[:, :, -1]):
        assert np.abs(edge - ground).max() < 1e-6
    assert clip.min() >= -1
    assert clip.max() <= 1


@given(index=INDICES)
@settings(max_examples=40, deadline=None)
def test_pixel_at_the_middle_of_each_shape_has_its_colour(index: int) -> None:
    made = scene(4, index)
    clip = render(made)
    label, path = made.record.subject, made.paths[0]
    y, x, _ = path.at(made.record.frames)[0]
    assert np.array_equal(np.sign(clip[0, int(y), int(x)]), COLOURS[label.colour])


@pytest.mark.parametrize("relation", ["behind", "front"])
def test_the_shape_in_front_hides_the_other(relation: str) -> None:
    made = Scene(
        Record(
            Label("red", "square", "right"),
            other=Label("blue", "square"),
            relation=relation,
        ),
        (
            scenes.Path((16, 16), (16, 16), (10, 10)),
            scenes.Path((16, 16), (16, 16), (10, 10)),
        ),
    )
    shown = COLOURS["blue" if relation == "behind" else "red"]
    assert np.array_equal(render(made)[0, 16, 16], shown)


@given(index=INDICES)
@settings(max_examples=60, deadline=None)
def test_training_never_shows_a_held_out_combination(index: int) -> None:
    record = scene(5, index).record
    assert not held_out(record.subject)
    assert held_out(scene(5, index, unseen=True).record.subject)


def test_one_combination_in_eight_is_held_out_and_none_of_a_kind_is_missing() -> None:
    labels = [
        Label(colour, shape, motion)
        for colour in COLOURS
        for shape in scenes.SHAPES
        for motion in scenes.DIRECTIONS
    ]
    kept = [label for label in labels if not held_out(label)]
    assert (len(labels), len(labels) - len(kept)) == (96, 12)
    for field in ("colour", "shape", "motion"):
        assert {getattr(x, field) for x in kept} == {getattr(x, field) for x in labels}


@pytest.mark.parametrize("shape", scenes.SHAPES)
def test_drawn_area_is_the_area_by_geometry(shape: str) -> None:
    from rebuilt.mini.detectors import AREAS

    drawn = scenes.coverage(shape, 60, 60, (30.2, 29.7), 40.0).sum()
    assert drawn == pytest.approx(AREAS[shape] * 400, rel=0.02)


@given(index=INDICES)
@settings(max_examples=60, deadline=None)
def test_shapes_start_and_end_on_the_grid(index: int) -> None:
    for path in scene(6, index).paths:
        for place in (*path.start, *path.end):
            assert place == int(place)


def test_a_bounce_returns_to_its_start() -> None:
    path = scenes.Path((5, 5), (5, 20), (8, 8), returns=True).at(9)
    assert np.array_equal(path[0], path[-1])
    assert path[4, 1] == 20


def test_a_name_or_size_that_no_clip_has_is_refused() -> None:
    rng = np.random.default_rng(0)
    with pytest.raises(UnknownNameError, match="no colour named 'brown'; there are red, green"):
        scenes.place(Record(Label("brown", "circle")), rng)
    with pytest.raises(ShapeError, match="a clip of 10 frames, 32x32 pixels; the miniature makes"):
        scenes.place(Record(Label("red", "circle"), frames=10), rng)
    record = Record(
        Label("red", "circle", "left"),
        frames=17,
        height=40,
        width=24,
        other=Label("blue", "square"),
        relation="behind",
    )
    with pytest.raises(ShapeError, match="cannot pass another left in 40x24 pixels; that needs 32"):
        scenes.place(record, rng)
    fits = dataclasses.replace(record, subject=Label("red", "circle", "up"))
    scenes.place(fits, rng)
    with pytest.raises(ShapeError, match="passing another in 9 frames; the miniature shows"):
        scenes.place(dataclasses.replace(fits, frames=9), rng)
