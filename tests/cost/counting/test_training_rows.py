"""Adapters are counted as trainers print them; what is kept follows the model's own steps."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebuilt.cost import Clip, ShapeError, count, load_model
from rebuilt.cost.counting.training_rows import TARGETS, adapter_parameters, kept_values
from rebuilt.cost.models.architectures import Transformer
from rebuilt.cost.models.catalogue import model_ids
from rebuilt.cost.models.schema import LearnedBlock

TRANSFORMERS = sorted(
    name
    for name in model_ids(Transformer)
    if not any(isinstance(block, LearnedBlock) for block in load_model(name).blocks)
)


@pytest.mark.parametrize(
    ("name", "rank", "parameters"),
    [("ltx-video-2b", 128, 117440512), ("hunyuanvideo", 128, 163577856)],
)
def test_adapters_have_the_parameters_that_a_trainer_prints(name, rank, parameters):
    """Logs of finetrainers for targets to_q, to_k, to_v and to_out, to the last parameter."""
    assert adapter_parameters(load_model(name), rank, "attention") == parameters


@given(name=st.sampled_from(TRANSFORMERS), rank=st.integers(1, 256))
def test_adapters_grow_with_their_rank_and_targets(name, rank):
    """Parameters are a multiple of the rank; feed-forward layers come on top of attention."""
    model = load_model(name)
    some, more = (adapter_parameters(model, rank, target) for target in TARGETS)

    assert some == rank * adapter_parameters(model, 1, "attention") > 0
    assert more > some


def test_a_learned_model_has_no_named_layers():
    """It is refused with a sentence."""
    learned = [name for name in model_ids(Transformer) if name not in TRANSFORMERS]

    assert learned
    for name in learned:
        with pytest.raises(ShapeError, match="layers have no names"):
            adapter_parameters(load_model(name), 16, "attention")


def test_inputs_are_rows_times_width_of_every_block():
    """CogVideoX-2B by hand: thirty blocks of 1,920 channels on video and text."""
    model = load_model("cogvideox-2b")
    counted = count(model, Clip(frames=49, height=480, width=720))
    inputs, widest, every = kept_values(counted, model)

    assert inputs == 30 * 1920 * (counted.tokens + 226)
    assert 30 * widest == pytest.approx(every, rel=0.02)


@given(name=st.sampled_from(sorted(model_ids(Transformer))))
def test_no_block_moves_more_than_the_whole_model(name):
    """What is kept of one block is less than what is kept of all."""
    model = load_model(name)
    inputs, widest, every = kept_values(count(model), model)

    assert 0 < widest <= every
    assert 0 < inputs < every
