"""Software: profiles with sources, settings that only ever help where they should."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebuilt.cost import load_model
from rebuilt.cost.hardware.accelerators import accelerator_ids, load_accelerator
from rebuilt.cost.hardware.efficiencies import has
from rebuilt.cost.hardware.estimate import price, timed
from rebuilt.cost.hardware.machines import KINDS, half_width, kind_of, machine_of
from rebuilt.cost.hardware.software import (
    CACHES,
    FORMATS,
    KERNELS,
    Software,
    check_software,
    load_software,
    software_names,
)
from rebuilt.errors import OptionError, UnknownNameError

JOB = timed(load_model("wan2.1-t2v-14b"))
CHIPS = st.sampled_from(accelerator_ids())


def run(chip="h100-sxm", **said):
    return price(JOB, gpu=chip, software=replace(load_software(), **said))


@given(chip=CHIPS, name=st.sampled_from(software_names()))
def test_every_engine_has_a_kernel_that_exists(chip, name):
    """A profile names, for every family, a kernel of KERNELS; the default's runs on every card."""
    family = load_accelerator(chip).family
    assert load_software(name).kernel(family) in KERNELS
    assert has(f"attention_{load_software().kernel(family)}", chip)


def test_an_unknown_engine_names_near_ones():
    """The message lists what there is."""
    with pytest.raises(UnknownNameError, match=r"no software 'vllm' .* nearest names: vllm-omni"):
        load_software("vllm")


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"attention": "fa9"}, "--attention is 'fa9'; choose one of fa2, fa3"),
        ({"format": "fp3"}, "--format is 'fp3'; choose one of bf16, fp32, fp8"),
        ({"offload": "disk"}, "--offload is 'disk'; choose one of none, model, blocks"),
        ({"cache": "luck"}, "--cache is 'luck'; choose one of teacache"),
        ({"computed": 0.0}, "--computed is 0; it must be above 0 and at most 1"),
        ({"density": 1.5}, "--density is 1.5; it must be above 0 and at most 1"),
    ],
)
def test_a_setting_that_does_not_exist_is_one_sentence(said, sentence):
    """It names the option, what was found and what there is."""
    with pytest.raises(OptionError) as caught:
        check_software(Software(**said))

    assert str(caught.value).startswith(sentence)


def test_a_kernel_of_another_family_is_refused():
    """FlashAttention-3 is for Hopper; the message says which kernels the card has."""
    with pytest.raises(OptionError, match="attention kernel fa3 does not run on B200 SXM"):
        run("b200-sxm", attention="fa3")
    with pytest.raises(OptionError, match=r"kernel fa2 does not run on Tesla V100 .* xformers$"):
        run("v100-sxm-32gb", attention="fa2")


@given(
    computed=st.floats(0.1, 1.0), density=st.floats(0.1, 1.0), cache=st.sampled_from(("", *CACHES))
)
def test_what_is_left_out_takes_no_time(computed, density, cache):
    """Steps and products of attention that are skipped make the job faster, and never smaller."""
    plain, fewer = run(), run(computed=computed, density=density, cache=cache)

    assert fewer.seconds <= plain.seconds
    assert fewer.job == plain.job
    assert fewer.memory.weights == plain.memory.weights


@pytest.mark.parametrize("form", FORMATS)
def test_formats_weigh_what_they_weigh(form):
    """Weights shrink by their bytes; a card without units for a format computes in BF16."""
    plain, other = run(), run(format=form)
    ratio = FORMATS[form].weight_bytes / 2
    own = 2 * JOB.job.forward.parameters / 1e9

    assert other.memory.weights == pytest.approx(plain.memory.weights - own + own * ratio)
    computes = FORMATS[form].computes
    if computes != "bf16" and computes in load_accelerator("h100").peaks:
        assert other.parts.product < plain.parts.product
    old = run("a100-sxm-80gb", format="fp8")
    assert any("no fp8 units" in note for note in old.assumed)
    assert old.parts.product >= run("a100-sxm-80gb").parts.product


def test_offload_trades_time_for_memory():
    """Each way needs less and takes longer; blocks hide behind the work, sequential does not."""
    none, model, blocks, sequential = (
        run(offload=name) for name in ("none", "model", "blocks", "sequential")
    )

    assert blocks.memory.weights < model.memory.weights < none.memory.weights
    assert none.seconds < model.seconds
    assert none.seconds <= blocks.seconds < sequential.seconds


@given(chip=CHIPS, gpus=st.sampled_from([1, 8]))
def test_what_nobody_measured_has_a_wider_interval(chip, gpus):
    """Kinds have widths of their own; borrowed constants and other software never narrow one."""
    card, plain = load_accelerator(chip), load_software()
    base = half_width(card, plain, gpus)

    assert kind_of(plain, 1) == "plain"
    assert {kind_of(replace(plain, cache="teacache"), 1), kind_of(plain, 8)} < set(KINDS)
    assert half_width(card, replace(plain, format="fp8"), gpus) > 0
    assert machine_of(chip).spread_single > 1
    assert base >= half_width(load_accelerator("h100-sxm"), plain, gpus) - 1e-12
