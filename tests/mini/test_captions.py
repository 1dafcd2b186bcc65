"""Captions: always in the vocabulary, within the length, and prompts expand to what they say."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rebuilt.errors import UnknownNameError
from rebuilt.mini import captions, scenes
from rebuilt.mini.scenes import scene

INDICES = st.integers(0, 10**6)


@given(index=INDICES, seed=st.integers(0, 1000))
@settings(max_examples=150, deadline=None)
def test_every_caption_is_short_enough_and_made_of_known_words(index: int, seed: int) -> None:
    record = scene(6, index).record
    rng = np.random.default_rng(seed)
    for caption in (
        captions.label(record),
        captions.label(record, rng),
        captions.describe(record),
        captions.describe(record, rng),
        captions.training_caption(record, rng, 0.5),
    ):
        assert 1 <= len(captions.tokens(caption)) <= captions.TOKENS_MOST


@given(index=INDICES)
@settings(max_examples=150, deadline=None)
def test_expansion_keeps_what_the_prompt_says(index: int) -> None:
    record = scene(7, index).record
    shape = captions.orientation(record.height, record.width)
    length = "two seconds" if record.frames == 17 else "one second"
    prompt = f"{captions.label(record)}, {record.background}, {shape} video, {length}"
    made = captions.expand(prompt)
    assert made.ignored == ()
    assert captions.orientation(made.record.height, made.record.width) == shape
    assert (made.record.background, made.record.frames) == (record.background, record.frames)
    assert made.record.subject.colour == record.subject.colour
    assert made.record.subject.shape == record.subject.shape
    assert made.record.relation == record.relation
    if record.other is None:
        assert made.record.subject == record.subject
    scenes.check(made.record)  # what the grammar makes, the miniature can make


@given(prompt=st.text(max_size=80), seed=st.integers(0, 50))
@settings(max_examples=150, deadline=None)
def test_any_text_expands_to_a_clip_that_can_be_made(prompt: str, seed: int) -> None:
    made = captions.expand(prompt, seed)
    scenes.check(made.record)
    captions.tokens(made.caption)


@given(index=INDICES, seed=st.integers(0, 1000))
@settings(max_examples=200, deadline=None)
def test_training_never_sees_a_reserved_caption(index: int, seed: int) -> None:
    record = scene(8, index).record
    rng = np.random.default_rng(seed)
    for share in (0.0, 0.5, 1.0):
        caption = captions.training_caption(record, rng, share)
        assert caption == "" or not captions.reserved(caption)


def test_about_one_description_in_ten_is_reserved() -> None:
    made = [captions.describe(scene(9, index).record) for index in range(1500)]
    assert 0.07 < np.mean([captions.reserved(caption) for caption in made]) < 0.13


@pytest.mark.parametrize(
    ("prompt", "caption"),
    [
        (
            "red ball falls, white background",
            "a red circle moves down on a white background in a square clip of one second",
        ),
        (
            "A purple box bouncing left in a tall video, two seconds",
            "a magenta square bounces off the left edge on a black background "
            "in a tall clip of two seconds",
        ),
        (
            "green cross right in front of a blue square",
            "a green cross moves to the right in front of a blue square on a black background "
            "in a square clip of two seconds",
        ),
        (
            "square clip of a yellow triangle growing",
            "a yellow triangle grows on a black background in a square clip of one second",
        ),
    ],
)
def test_prompts_as_people_type_them(prompt: str, caption: str) -> None:
    assert captions.expand(prompt).caption == caption


def test_words_that_the_grammar_cannot_use_are_named() -> None:
    assert captions.expand("a sleepy red circle dreams left").ignored == ("sleepy", "dreams")


@pytest.mark.parametrize("word", ["猫", "кошка", "naïve", "3", "½"])
def test_words_of_any_script_are_named_too(word: str) -> None:
    assert captions.expand(f"red circle {word}").ignored == (word,)


@given(prompt=st.text(max_size=60))
def test_no_letter_of_a_prompt_is_lost_in_silence(prompt: str) -> None:
    """What is not named as ignored are words of the grammar, which are written in ASCII."""
    ignored = "".join(captions.expand(prompt).ignored)
    foreign = [sign for sign in prompt.lower() if sign.isalnum() and not sign.isascii()]
    assert [sign for sign in ignored if not sign.isascii()] == foreign


def test_unknown_words_and_long_captions_are_refused() -> None:
    with pytest.raises(UnknownNameError, match="knows 56 words and not brown, dog; expand"):
        captions.tokens("a brown dog")
    with pytest.raises(UnknownNameError, match="a caption of 25 words; 24 at most"):
        captions.tokens("a " * 25)
    assert captions.tokens("") == [captions.VOCABULARY.index("[null]")]
