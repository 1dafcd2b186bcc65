"""Training: what is shared, kept and computed again moves memory and seconds as it must."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebuilt import cli
from rebuilt.cost import Clip, count, load_model
from rebuilt.cost.hardware.layouts import Layout
from rebuilt.cost.hardware.software import load_software
from rebuilt.cost.hardware.training import OPTIMIZERS, Trained, train

WAN, CLIP = load_model("wan2.1-t2v-1.3b"), Clip(frames=81, height=480, width=832)
COMMAND = ["cost", "wan2.1-t2v-1.3b", "--gpu", "h100"]


def told(layout=None, batch=None, **changes):
    """One step of the small Wan on H100s."""
    return train(WAN, CLIP, gpu="h100-sxm", layout=layout, batch=batch, recipe=Trained(**changes))


def test_training_state_is_sixteen_bytes_a_parameter():
    """Two for weights, two for gradients, twelve for AdamW, as the paper on ZeRO adds up."""
    memory = told().memory

    assert memory.weights + memory.optimizer == pytest.approx(16e-9 * count(WAN, CLIP).parameters)


@given(
    gpus=st.sampled_from([2, 4, 8]),
    optimizer=st.sampled_from(sorted(OPTIMIZERS)),
    kind=st.sampled_from(["full", "lora"]),
)
def test_each_stage_of_sharing_needs_less(gpus, optimizer, kind):
    """State, then gradients, then weights; all of it shared is an even part of what there was."""
    each = [
        told(Layout(data=gpus), kind=kind, optimizer=optimizer, zero=stage) for stage in range(3)
    ]
    each.append(told(Layout(data=gpus, shard=True), kind=kind, optimizer=optimizer))
    needs = [one.memory.weights + one.memory.optimizer for one in each]

    assert needs == sorted(needs, reverse=True)
    if kind == "full":
        assert needs[-1] == pytest.approx(needs[0] / gpus)
    assert each[-1].memory.buffers > 0 == each[0].memory.buffers


@pytest.mark.parametrize("stage", range(4))
def test_a_stage_is_kept_where_no_layout_is_given(stage):
    """A clip on each accelerator, and shared what was asked for and no more."""
    layout = Layout(data=8, shard=stage == 3)
    given = train(WAN, CLIP, gpu="h100-sxm", gpus=8, recipe=Trained(zero=stage))

    assert given == told(layout, zero=stage)
    assert (given.memory == told(Layout(data=8, shard=True)).memory) is (stage == 3)


@given(batch=st.integers(1, 4), kind=st.sampled_from(["full", "lora"]))
def test_computing_again_buys_memory_with_time(batch, kind):
    """Nothing kept but inputs is least memory and most time; more clips need more of both."""
    none, parts, blocks = (
        told(batch=batch, kind=kind, recompute=way) for way in ("none", "parts", "blocks")
    )

    assert blocks.memory.total < parts.memory.total < none.memory.total
    assert none.seconds < parts.seconds == blocks.seconds
    assert told(batch=batch + 1, kind=kind).memory.total > blocks.memory.total
    assert told(batch=batch + 1, kind=kind).seconds > blocks.seconds


def test_adapters_are_cheaper_than_all_weights():
    """Less memory, and no gradients of frozen weights; a backward pass costs two or one more."""
    full, lora = told(recompute="none"), told(recompute="none", kind="lora")

    assert lora.memory.total < full.memory.total
    assert lora.figures["product_s"] == pytest.approx(2 / 3 * full.figures["product_s"])
    assert lora.trained < 0.02 * full.trained


def test_frozen_weights_may_be_of_another_format():
    """Half the bytes in FP8; all weights are trained in BF16 only."""
    eight = train(
        WAN,
        CLIP,
        gpu="h100-sxm",
        recipe=Trained(kind="lora"),
        software=replace(load_software(), format="fp8-weights"),
    )

    assert eight.memory.weights == pytest.approx(0.5 * told(kind="lora").memory.weights, rel=0.02)


def test_state_in_the_memory_of_the_host_costs_time():
    """An offloaded optimizer leaves weights and gradients, and sends both over the host's link."""
    here, there = told(), told(offload="optimizer")

    assert there.memory.optimizer == pytest.approx(here.memory.optimizer / 7)
    assert there.seconds > here.seconds


@given(gpus=st.sampled_from([2, 4]), way=st.sampled_from(["ulysses", "ring", "tensor"]))
def test_accelerators_that_share_a_clip_share_its_activations(gpus, way):
    """An even part of them each, and less time than one alone takes."""
    alone, shared = told(), told(Layout(**{way: gpus}))

    assert shared.memory.activations == pytest.approx(alone.memory.activations / gpus)
    assert shared.seconds < alone.seconds


def test_the_command_tells_a_step_in_both_forms(capsys):
    """Seconds, memory and parameters of adapters; JSON has what the text has."""
    asked = [*COMMAND, "--train", "lora", "--rank", "64"]
    assert cli.main(asked) == 0
    text = capsys.readouterr().out
    assert cli.main([*asked, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)

    assert f"{found['trained_parameters']:,} trained" in text
    assert f"{found['seconds_per_step']:.4g} s (" in text
    assert f"{found['memory_gb']:.1f} GB of" in text
    assert sum(found["seconds_by_part"].values()) == pytest.approx(found["seconds_per_step"])
    assert sum(found["memory_gb_by_part"].values()) == pytest.approx(found["memory_gb"])
    assert found["seconds_per_step_low"] < found["seconds_per_step"]


def test_several_accelerators_stand_side_by_side(capsys):
    """One object each, and the same trained parameters."""
    asked = [*COMMAND[:2], "--gpu", "h100,a100", "--train", "full", "--gpus", "8", "--json"]
    assert cli.main(asked) == 0
    found = json.loads(capsys.readouterr().out)["accelerators"]

    assert [one["gpu"] for one in found] == ["h100-sxm", "a100-sxm-80gb"]
    assert {one["layout"] for one in found} == {"data=8,shard"}
    assert {one["batch"] for one in found} == {8}


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (["--rank", "8"], "--rank is of training; add --train full or --train lora"),
        (["--train", "some"], "--train is 'some'; in training choose one of full, lora"),
        (["--train", "full", "--rank", "4"], "--rank is of adapters, and --train full has none"),
        (["--train", "full", "--target", "linear"], "--target is of adapters"),
        (["--train", "full", "--steps", "4"], "--steps is of inference, and --train is given"),
        (["--train", "full", "--cache", "teacache"], "--cache is of inference"),
        (["--train", "full", "--format", "fp8"], "--format is 'fp8'; in training choose one of"),
        (["--train", "lora", "--offload", "model"], "--offload is 'model'; in training choose"),
        (["--train", "lora", "--optimizer", "sgd"], "--optimizer is 'sgd'; in training choose"),
        (["--train", "lora", "--zero", "4"], "--zero is 4; it must be a whole number from 0 to 3"),
        (["--train", "full", "--layout", "data=4,shard", "--zero", "1"], "shares weights too"),
        (["--train", "full", "--layout", "pipeline=2"], "--layout shares passes or layers"),
        (["--train", "full", "--layout", "best"], "--layout best is of inference"),
        (["--train", "full", "--layout", "data=4", "--batch", "2"], "data is 4, and there are 2"),
    ],
)
def test_what_cannot_be_is_one_sentence(capsys, more, sentence):
    """Exit code 2."""
    assert cli.main([*COMMAND, *more]) == 2

    assert sentence in capsys.readouterr().err


def test_training_needs_an_accelerator(capsys):
    """Without one there are no seconds and no capacity."""
    assert cli.main(["cost", "wan2.1-t2v-1.3b", "--train", "full"]) == 2

    assert "--train is given and no accelerator is named" in capsys.readouterr().err


def test_a_network_of_convolutions_is_refused(capsys):
    """Training is modelled for transformers."""
    assert cli.main(["cost", "sd1.5", "--gpu", "h100", "--train", "full"]) == 2

    assert "training is modelled for transformers only" in capsys.readouterr().err


@pytest.mark.parametrize("kind", ["full", "lora"])
def test_servers_gather_weights_over_all_their_links(kind):
    """Weights come into a server once, so that more of them do not make a step much longer."""
    flux = load_model("flux.1-dev")  # its weights are many for the work of one image
    one, many = (
        train(flux, gpu="h100-sxm", gpus=gpus, recipe=Trained(kind=kind)) for gpus in (8, 64)
    )

    assert many.seconds == pytest.approx(one.seconds, rel=0.2)
    assert many.batch / many.seconds > 6 * one.batch / one.seconds
