"""Rates of kernels at long sequences, one figure for each kernel, part, head width and format."""

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebuilt.cost.fit.kernel_medians import Rate, long_rates
from rebuilt.cost.hardware.accelerators import load_accelerator
from rebuilt.paths import DATA

ROW = {
    "kind": "attention", "kernel": "fa3", "gpu": "h100-sxm", "format": "bf16",
    "format_printed": "bf16", "head_dim": "128", "seq_len": "16384", "causal": "no",
    "direction": "forward", "value": "600", "unit": "tflops", "source": "a",
}  # fmt: skip


def test_the_median_stands_beside_its_range_its_rows_and_its_sources():
    """Two sources, three rows."""
    rows = [ROW, ROW | {"value": "700"}, ROW | {"value": "610", "source": "b"}]

    assert long_rates(rows) == [Rate("fa3", "h100-sxm", 128, "bf16", 610, 600, 700, 3, 2)]


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "matmul"}, {"unit": "ms"}, {"causal": "yes"}, {"direction": "backward"},
        {"gpu": ""}, {"head_dim": ""}, {"seq_len": "4096"}, {"seq_len": ""},
    ],
)  # fmt: skip
def test_what_is_no_forward_rate_of_long_full_attention_is_left_out(changes):
    """Each of these alone is enough."""
    assert long_rates([ROW | changes]) == []


def test_two_formats_of_one_kernel_are_told_apart():
    """The product with the values may be of 16 or of 8 bits."""
    half = ROW | {"format": "int8", "format_printed": "int8 QK, fp16 PV"}
    rows = [half, half | {"format_printed": "int8 QK, fp8 PV"}]

    assert [rate.format for rate in long_rates(rows)] == ["int8 QK, fp16 PV", "int8 QK, fp8 PV"]


@given(st.lists(st.floats(1, 5000), min_size=1, max_size=12))
def test_a_median_lies_within_its_range(values):
    """However many rows there are."""
    (rate,) = long_rates([ROW | {"value": str(value)} for value in values])

    assert rate.low <= rate.tflops <= rate.high
    assert rate.rows == len(values)


def test_no_published_kernel_beats_the_peak_of_its_part():
    """Of 16-bit kernels: a rate above the peak would be a slip of a unit, a format or a part.

    Consumer cards clock above the boost clock that their printed peak is of, by up to 15 of 100.
    """
    with (DATA / "kernel_rates.csv").open(encoding="utf-8", newline="") as file:
        rates = long_rates(csv.DictReader(file))

    sixteen = [rate for rate in rates if rate.format in ("bf16", "fp16")]
    shares = {rate: rate.tflops / load_accelerator(rate.gpu).peak_tflops for rate in sixteen}
    most = {rate: 1.15 if rate.gpu.startswith("rtx-") else 1 for rate in sixteen}
    assert len(sixteen) > 40
    assert {rate: share for rate, share in shares.items() if not 0.15 < share < most[rate]} == {}
