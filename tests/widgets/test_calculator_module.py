"""The calculator's module: what it holds, how it is rebuilt, and that its kernel says the same."""

import math
import random

import numpy as np
import pytest

from rebuilt.cost import Clip, ShapeError, count, load_model
from rebuilt.cost.counting.interpolation import row_of
from rebuilt.cost.counting.totals import inference
from rebuilt.cost.engine import calculator, calculator_kernels
from rebuilt.cost.hardware.estimate import estimate

LARGEST = np.array(calculator.LARGEST, float)
TOLERANCE = 1e-13  # of sums that the reference keeps as integers and the kernel as float64
MODELS = {name: np.array(calculator.model_row(name)) for name in calculator.offered()}
MACHINES = {name: np.array(calculator.machine_row(name)) for name in calculator.machines()}


def calculate(model, values, machine):
    """Results of the native kernel by name."""
    out = np.full(len(calculator.RESULT), math.nan)
    calculator_kernels.calculate(
        MODELS[model], np.array(values, float), MACHINES[machine], LARGEST, out
    )
    return dict(zip(calculator.RESULT, out.tolist(), strict=True))


def published(name):
    job = inference(load_model(name))
    clip = job.forward.clip
    sizes = [clip.frames, clip.height, clip.width, job.forward.text_tokens]
    return [*sizes, job.steps, job.passes, 1]


def test_places_of_the_kernel_are_the_names_of_the_rows():
    """The compiled file repeats the places as numbers; each still means the same name."""
    model, rows = calculator.MODEL, calculator.ROW_NAMES

    assert len(model) == calculator_kernels.ROWS
    assert model[calculator_kernels.ENCODE] == "encode"
    assert model[calculator_kernels.CYCLE] == "cycle"
    assert model[calculator_kernels.OPERATIONS] == "operations"
    assert model[calculator_kernels.OTHERS] == "other_parameters"
    assert model[calculator_kernels.ULYSSES] == "ulysses_1"
    assert model[calculator_kernels.ENCODE_TEXT] == "encode_text"
    assert model[calculator_kernels.TILES] == "tile_flops"
    for name in ("PARAMETERS", "PRODUCT", "ATTENTION", "STREAM", "HEAD", "EXCHANGE"):
        assert rows[getattr(calculator_kernels, name)] == name.lower()
    for name in ("DECODE", "ALIVE", "EXCHANGED"):
        assert rows[getattr(calculator_kernels, name)] == f"{name.lower()}_0"
    refusals = len(calculator.sentences()) - 2 * len(calculator.CLIP)
    assert refusals == calculator_kernels.REFUSALS


@pytest.mark.parametrize("name", MODELS)
def test_the_kernel_equals_the_command_on_published_clips(name):
    """Counts equal the exact integers, times and memory the plain-Python estimate."""
    model = load_model(name)
    for gpus in (1, 4, 6):
        values = [*published(name)[:6], gpus]
        found = calculate(name, values, "h100-sxm")
        expected = estimate(model, gpu="h100-sxm", gpus=gpus)
        job = inference(model)

        assert found["code"] == 0
        assert found["tokens"] == job.forward.tokens
        assert found["parameters"] == job.forward.parameters
        close = {
            "forward": job.forward.flops,
            "flops": job.total,
            "decode": job.decode or 0,
            "text_encoder": job.text_encoder,
            "seconds": expected.seconds,
            "seconds_low": expected.low,
            "seconds_high": expected.high,
            "joules": expected.joules,
            "usd": expected.usd,
            "memory_gb": expected.memory.total,
        }
        for field, value in close.items():
            assert found[field] == pytest.approx(value, rel=TOLERANCE), (field, gpus)
        assert bool(found["fits"]) == expected.memory.fits


def test_the_kernel_equals_the_command_on_other_clips():
    """Random lengths, sizes, steps and passes that the models take, decoders' remainders too."""
    chance = random.Random(5)
    for _ in range(60):
        name = chance.choice(list(MODELS))
        values = published(name)
        values[0] = chance.randint(1, 97)
        values[1] = values[2] = 64 * chance.randint(1, 12)
        values[4:6] = chance.randint(1, 60), chance.randint(1, 3)
        clip = Clip(frames=values[0], height=values[1], width=values[2])
        found = calculate(name, values, "a100-sxm-80gb")
        try:
            job = inference(load_model(name), clip, steps=values[4], passes=values[5])
        except ShapeError:
            assert found["code"] > 0
            continue

        assert found["tokens"] == job.forward.tokens, (name, clip)
        assert found["flops"] == pytest.approx(job.total, rel=TOLERANCE), (name, clip)


def test_groups_add_up_and_seconds_too():
    """What the bars show is the whole of what they show."""
    found = calculate("wan2.1-t2v-14b", [*published("wan2.1-t2v-14b")[:6], 8], "h100-sxm")
    groups = sum(found[group] for group in calculator.GROUPS)
    spent = sum(value for field, value in found.items() if field.startswith("spent_"))

    assert groups == found["forward"]
    assert spent == pytest.approx(found["seconds"], rel=TOLERANCE)


def test_a_rent_without_source_is_no_number():
    """An accelerator that nobody rents out gives times and energy, and nan for dollars."""
    without = next(name for name, row in MACHINES.items() if math.isnan(row[5]))
    found = calculate("hunyuanvideo", published("hunyuanvideo"), without)

    assert math.isnan(found["usd"])
    assert found["seconds"] > 0


@pytest.mark.parametrize(
    ("place", "value", "code"),
    [
        (0, 12.5, 17),
        (1, math.nan, 18),
        (0, 2**17 + 1, 24),
        (2, 2**14 + 16, 26),
        (4, 0, 28),
        (4, 10_001, 28),
        (5, 4, 29),
        (6, 9, 30),
        (6, 1.5, 23),
        (0, 0, 1),
        (0, 128, 7),
    ],
)
def test_values_out_of_range_have_codes(place, value, code):
    """Not whole, too large, below one: each field says which."""
    values = published("hunyuanvideo")
    values[place] = value

    assert calculate("hunyuanvideo", values, "h100-sxm")["code"] == code


def test_rows_of_polynomials_are_found_and_others_refused():
    """The coefficients of a known count come back; a count that rounds has none."""
    sizes = ((1, 2, 3, 5), (1, 3, 4, 7), (0, 5, 6))
    known = row_of(lambda f, a, t: 7 + 3 * f * a + 2 * f * f * a * a + t * t, *sizes)

    assert known == (7, 0, 0, 0, 3, 0, 0, 0, 0, 2, 1)
    assert row_of(lambda f, a, t: f // 2 + a + t, *sizes) is None


def test_too_few_sizes_are_an_error():
    """Two areas cannot tell a line from a parabola; the message says what to do."""
    with pytest.raises(ShapeError) as caught:
        row_of(lambda f, a, t: f * a + t, (1, 2), (1, 2), (0,))

    assert str(caught.value) == (
        "sizes (1, 2), (1, 2) and (0,) cannot tell 7 monomials apart; ask for more of them"
    )


def test_a_decoder_that_works_in_tiles_is_counted():
    """Allegro decodes whole tiles only: none, one or several, along each axis."""
    for frames, height, width in ((88, 720, 1280), (20, 720, 1280), (24, 320, 320), (40, 512, 560)):
        clip = Clip(frames=frames, height=height, width=width)
        found = calculate("allegro", [frames, height, width, 512, 100, 2, 1], "h100-sxm")

        assert found["decode"] == inference(load_model("allegro"), clip).decode


def test_text_encoders_follow_the_length_of_the_text():
    """Encoders run on the tokens that the denoiser reads, where the pipeline gives them those."""
    for text in (1, 77, 226):
        clip = Clip(frames=49, height=480, width=720, text_tokens=text)
        found = calculate("cogvideox-5b", [49, 480, 720, text, 50, 2, 1], "h100-sxm")

        assert found["text_encoder"] == inference(load_model("cogvideox-5b"), clip).text_encoder


def test_long_clips_go_past_int64_and_stay_near_the_exact_count():
    """A minute of HunyuanVideo needs more than 63 bits; float64 keeps fifteen digits of it."""
    clip = Clip(frames=5761, height=720, width=1280)
    values = [clip.frames, clip.height, clip.width, 256, 50, 1, 1]
    exact = count(load_model("hunyuanvideo"), clip).flops

    assert exact > 2**63
    assert calculate("hunyuanvideo", values, "h100-sxm")["forward"] == pytest.approx(
        exact, rel=1e-15
    )
