"""Seconds, joules and dollars of one clip: plain rules that every estimate keeps."""

import json
import math
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebuilt import cli
from rebuilt.cost import Clip, ShapeError, load_model, polynomials
from rebuilt.cost.counting import forward
from rebuilt.cost.hardware.accelerators import (
    NEEDED,
    accelerator_ids,
    figure,
    load_accelerator,
    rented,
)
from rebuilt.cost.hardware.estimate import estimate
from rebuilt.cost.hardware.layouts import best_layout
from rebuilt.errors import OptionError, UnknownNameError
from rebuilt.evidence import tables

WAN = load_model("wan2.1-t2v-14b")
CLIP = Clip(frames=81, height=480, width=832)


def test_accelerators_equal_the_typed_table():
    """The plain reader and `tables.wide` give the same figures."""
    wide = tables.wide("accelerators", [*NEEDED.values(), "fp16_dense_tflops"])
    ids = set(accelerator_ids())
    for row in wide.filter(wide["subject"].is_in(ids)).iter_rows(named=True):
        chip = load_accelerator(row["subject"])

        found = {field: getattr(chip, field) for field in NEEDED}
        expected = {field: row[quantity] for field, quantity in NEEDED.items()}
        if expected["peak_tflops"] is None:
            expected["peak_tflops"] = row["fp16_dense_tflops"]
        assert found == expected
        assert chip.peak_format == ("fp16" if row["bf16_dense_tflops"] is None else "bf16")


def test_unknown_accelerator_names_near_ones():
    """The message says what is missing and what to try."""
    with pytest.raises(UnknownNameError) as caught:
        load_accelerator("a100x")

    assert str(caught.value) == (
        "no accelerator 'a100x' with peak, bandwidth, memory and power in data/accelerators.csv; "
        "nearest names: b100-sxm, h100-sxm, a100-sxm-40gb, a100-sxm-80gb"
    )


def test_every_other_name_means_one_accelerator():
    """`h100` is the SXM part; no other name hides an id."""
    names = tables.load("other_names")

    assert {"h100", "b200"} <= set(names["name"])
    assert load_accelerator("H100") is load_accelerator("h100-sxm")
    for name, subject in names.select("name", "subject").iter_rows():
        assert load_accelerator(name).id == subject
        assert name not in accelerator_ids()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("4090", "rtx-4090"),
        ("rtx4090", "rtx-4090"),
        ("RTX 5090", "rtx-5090"),
        ("NVIDIA GeForce RTX 4090 D", "rtx-4090d"),
        ("L40S", "l40s"),
        ("A100 80GB", "a100-sxm-80gb"),
        ("a800", "a800-sxm-80gb"),
        ("h800", "h800-sxm"),
        ("AMD Instinct MI300X", "mi300x"),
        ("GB200", "gb200"),
        ("v100", "v100-sxm-32gb"),
    ],
)
def test_names_as_people_type_them(typed, meant):
    """Case, blanks and the maker's name do not matter."""
    assert load_accelerator(typed).id == meant


def test_volta_is_rated_in_fp16():
    """A part without matrix units for BF16 has its FP16 rate, and says so."""
    chip = load_accelerator("v100-sxm-32gb")

    assert (chip.peak_tflops, chip.peak_format) == (125, "fp16")


def test_a_figure_without_rows_is_none():
    """No price in the table is no price, not zero."""
    assert figure("h100-sxm", "cloud_usd_per_gpu_h", "on demand, nobody") is None


@pytest.mark.parametrize("usd_h", [0.0, -1.0, math.nan, math.inf, 1000.1])
def test_a_rent_is_above_zero_and_bounded(usd_h):
    """From Python as from the command."""
    with pytest.raises(OptionError, match=r"--rent is .*; it must be above 0 and at most 1000"):
        rented(load_accelerator("h100-sxm"), usd_h)


@given(gpus=st.sampled_from([1, 2, 4, 8]), batch=st.integers(1, 4))
def test_interval_holds_the_estimate(gpus, batch):
    """Low < seconds < high, and energy is below the power limit of all boards."""
    found = estimate(WAN, CLIP, gpu="h100-sxm", gpus=gpus, batch=batch)

    assert found.low < found.seconds < found.high
    assert 0 < found.joules < gpus * 700 * found.seconds


def test_more_accelerators_are_faster_and_less_efficient():
    """Eight take less time than one and more accelerator-seconds."""
    one = estimate(WAN, CLIP, gpu="h100-sxm")
    eight = estimate(WAN, CLIP, gpu="h100-sxm", gpus=8)

    assert eight.seconds < one.seconds < 8 * eight.seconds


@given(
    gpus=st.integers(1, 8),
    batch=st.integers(1, 3),
    steps=st.integers(1, 60),
    chip=st.sampled_from(accelerator_ids()),
)
def test_seconds_are_the_sum_of_their_parts(gpus, batch, steps, chip):
    """Each step is as slow as device or host; dollars and bytes follow from seconds and counts."""
    found = estimate(WAN, CLIP, gpu=chip, gpus=gpus, batch=batch, steps=steps)
    parts, rent = found.parts, found.accelerator.usd_per_h

    assert parts.step == max(parts.device, parts.host)
    assert found.seconds == pytest.approx(steps * parts.step + parts.single, rel=1e-12)
    assert (parts.exchange > 0) == (gpus > 1)
    assert found.usd == (
        None if rent is None else pytest.approx(found.seconds * gpus * rent / 3600)
    )
    assert found.memory.total == pytest.approx(found.memory_bytes / 1e9)
    assert (found.memory.buffers > 0) == (gpus > 1)


@given(batch=st.integers(2, 5), steps=st.integers(1, 40))
def test_clips_made_together_move_the_weights_once(batch, steps):
    """Everything else is done for each of them."""
    one, many = (estimate(WAN, CLIP, gpu="h100-sxm", batch=n, steps=steps) for n in (1, batch))
    passes = one.job.passes
    activations = one.bytes_moved - steps * passes * 2 * one.job.forward.parameters

    assert many.bytes_moved == one.bytes_moved + (batch - 1) * activations
    assert many.seconds <= batch * one.seconds * (1 + 1e-12)
    assert many.memory.weights == one.memory.weights
    assert many.memory.activations == pytest.approx(batch * one.memory.activations)


def test_one_answer_counts_once(monkeypatch, capsys):
    """Also beside each other: the polynomials of a model are found once for one command."""
    found = []

    def counted(model):
        found.append(model.id)
        return polynomials(model)

    forward._program_of.cache_clear()
    monkeypatch.setattr(forward, "polynomials", counted)
    # All have room to spare: where memory is short, a remedy is another job and is counted too.
    assert cli.main(["cost", "wan2.1-t2v-14b", "--gpu", "b200,h200-sxm,mi300x"]) == 0

    assert found == ["wan2.1-t2v-14b"]
    assert capsys.readouterr().out.count(" x ") > 3


def test_a_unet_has_no_run_time():
    """Constants are fitted to transformers only, and the message says so."""
    with pytest.raises(ShapeError) as caught:
        estimate(load_model("svd"), gpu="h100-sxm")

    assert str(caught.value) == (
        "svd is of architecture unet; run times are fitted to transformers only, so choose one"
    )


@pytest.mark.parametrize("gpus", [0, 1025, 2.0, True])
def test_gpus_are_counted(gpus):
    """Whole numbers from 1 to 1024."""
    with pytest.raises(ShapeError, match=r"gpus is .*; it must be a whole number from 1 to 1024"):
        best_layout(WAN, gpus)


def test_command_adds_time_energy_and_rent(capsys):
    """The keys that `--gpu` adds, and their order of size."""
    arguments = ["cost", "wan2.1-t2v-14b", "--gpu", "h100-sxm", "--gpus", "8", "--json"]
    assert cli.main(arguments) == 0
    found = json.loads(capsys.readouterr().out)

    assert {"seconds", "seconds_low", "seconds_high", "joules", "usd", "memory_gb", "fits"} <= set(
        found
    )
    assert found["seconds_low"] < found["seconds"] < found["seconds_high"]
    assert found["fits"] is True


def test_command_stays_light():
    """Neither Numba nor Polars nor SciPy is imported for an answer with seconds."""
    code = (
        "import sys; from rebuilt import cli; "
        "cli.main(['cost', 'wan2.1-t2v-1.3b', '--gpu', 'h100-sxm', '--json']); "
        "sys.exit(any(name in sys.modules for name in ('numba', 'polars', 'scipy', 'numpy')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)

    assert done.returncode == 0
