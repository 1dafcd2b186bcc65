"""Published figures are converted by their unit, and ours agree where the model is the same."""

import csv
from decimal import Decimal

import pytest

from rebuilt.cost import Clip, count, load_model, model_ids, training
from rebuilt.cost.models.architectures import Transformer, UNet
from rebuilt.paths import DATA

FACTORS = {
    "GMAC": 2 * 10**9,
    "TFLOP": 10**12,
    "billion operations": 10**9,
    "million parameters": 10**6,
    "billion parameters": 10**9,
    "tokens": 1,
    "thousand tokens": 10**3,
    "million tokens": 10**6,
}


def published():
    with (DATA / "published_costs.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def clip_of(row):
    return Clip(
        frames=int(row["clip_frames"]),
        height=int(row["clip_height"]),
        width=int(row["clip_width"]),
    )


def of(quantity):
    denoisers = set(model_ids(Transformer)) | set(model_ids(UNet))
    rows = [
        row
        for row in published()
        if row["quantity"] == quantity and row["model"] in denoisers and row["clip_frames"]
    ]
    return [
        pytest.param(row, id=f"{row['model']}-{row['clip_height']}-{row['source']}") for row in rows
    ]


def half_a_digit(row):
    """Half a unit of the last printed digit, in the converted unit."""
    digits = -Decimal(row["value"]).as_tuple().exponent
    return Decimal(FACTORS[row["unit"]]) / (2 * Decimal(10) ** digits)


def test_conversions_follow_the_unit():
    """A multiply-accumulate is two FLOPs; nothing else is rescaled."""
    for row in published():
        assert Decimal(row["converted_value"]) == Decimal(row["value"]) * FACTORS[row["unit"]]


def test_all_twelve_values_of_the_dit_paper_are_there():
    """Four sizes and three patches at 256 x 256."""
    rows = [
        row["model"]
        for row in published()
        if row["quantity"] == "forward_flops" and row["model"] in model_ids()
    ]

    assert {model for model in rows if model.startswith("dit-")} == {
        f"dit-{size}-{patch}" for size in ("s", "b", "l", "xl") for patch in (2, 4, 8)
    }


@pytest.mark.parametrize("row", of("forward_flops"))
def test_printed_forward_costs_agree_within_one_percent(row):
    """The paper's figures count a little more than products; the small ones are rounded hard."""
    ours = count(load_model(row["model"]), clip_of(row)).flops

    assert float(abs(ours / Decimal(row["converted_value"]) - 1)) < 0.01


@pytest.mark.parametrize("row", of("tokens"))
def test_printed_token_counts_agree_to_the_last_digit(row):
    """What papers call context length is our number of video tokens, cut or rounded."""
    ours = count(load_model(row["model"]), clip_of(row)).tokens

    assert abs(ours - Decimal(row["converted_value"])) < 2 * half_a_digit(row)


def test_the_training_cost_of_wan_agrees_with_another_closed_form():
    """Maxdiffusion's unit test expects 19,573 TFLOP for one sample; ours is within 0.1 %."""
    (row,) = (row for row in published() if row["quantity"] == "training_flops")
    job = training(load_model(row["model"]), clip_of(row), clips=1)
    passes = job.total - (job.encode or 0)

    assert float(abs(passes / Decimal(row["converted_value"]) - 1)) < 0.001
