"""Changed architectures: the kernel composes what the exact model derives, and refuses alike."""

import random

import numpy as np
import pytest

from rebuilt.cost import Clip, ShapeError, count, load_model
from rebuilt.cost.engine import block_kernels as blocks
from rebuilt.cost.engine import calculator, custom_kernels
from rebuilt.cost.engine import custom_rows as rows
from rebuilt.cost.hardware.estimate import estimate
from rebuilt.cost.models import choices
from rebuilt.cost.models.choices import CHOICES, KINDS, LARGEST, LEAST, LIMITS
from rebuilt.cost.models.custom import choice_refusal, choices_of, explain, read_choices
from rebuilt.cost.models.custom_models import altered

PUBLISHED = {name: np.array(rows.published_row(load_model(name))) for name in calculator.offered()}
NUMBERS, ROW = len(calculator.MODEL), 11
SIZE = NUMBERS + ROW * len(calculator.ROW_NAMES)
ALIVE = NUMBERS + ROW * calculator.ROW_NAMES.index("alive_0")
EXCHANGED = NUMBERS + ROW * calculator.ROW_NAMES.index("exchanged_0")
NAMES = [*calculator.MODEL, *(f"{row} {n}" for row in calculator.ROW_NAMES for n in range(ROW))]


def compose(name, values):
    """Row of a changed model, and what the form needs, from the native kernel."""
    row, out = np.full(SIZE, np.nan), np.full(len(choices.COMPOSED), np.nan)
    choice = np.array([values[field] for field in CHOICES], float)
    limits = np.array(LEAST, float), np.array(LARGEST, float)
    custom_kernels.compose(PUBLISHED[name], choice, *limits, row, out)
    return row.tolist(), dict(zip(choices.COMPOSED, out.tolist(), strict=True))


def comparable(row):
    """Row by name; of memory only the largest value counts, so its rows are a set."""

    def kinds(start, stop):
        parts = (tuple(row[place : place + ROW]) for place in range(start, stop, ROW))
        return {part for part in parts if any(part)}

    plain = dict(zip(NAMES[:ALIVE], row[:ALIVE], strict=True))
    return plain, kinds(ALIVE, EXCHANGED), kinds(EXCHANGED, SIZE)


def random_choices(chance):
    """Return a published model with some choices changed, many of which make an architecture."""
    name = chance.choice(calculator.offered())
    values = choices_of(load_model(name))
    for field in chance.sample(CHOICES, chance.randint(1, 8)):
        low, high = LIMITS[field]
        values[field] = chance.choice([chance.randint(low, min(high, 64)), low, high])
        if field == "width":
            values[field] = values["heads"] * chance.randint(1, 100)
        if field == "more_blocks":
            values["more_depth"] = chance.randint(0, 60)
    return name, values


@pytest.mark.parametrize("name", PUBLISHED)
def test_unchanged_choices_give_the_published_model(name):
    """All published choices together cost what the model file costs, to the last parameter."""
    model = load_model(name)
    same = altered(model, choices_of(model))

    assert count(same) == count(model)
    assert estimate(same, gpu="h100-sxm") == estimate(model, gpu="h100-sxm")


def test_the_kernel_composes_what_the_exact_model_derives():
    """Every number of the row of 300 random architectures; refusals have the same code."""
    chance, made = random.Random(4), 0
    for _ in range(300):
        name, values = random_choices(chance)
        row, out = compose(name, values)
        code = choice_refusal(load_model(name), values)

        assert out["code"] == code, (name, values)
        if code:
            continue
        expected = calculator.row_of_transformer(altered(load_model(name), values))
        found, alive, exchanged = comparable(row)
        wanted, alive_wanted, exchanged_wanted = comparable(expected)
        assert found == wanted, (name, values)
        assert (alive, exchanged) == (alive_wanted, exchanged_wanted), (name, values)
        made += 1
    assert made > 60


@pytest.mark.parametrize("kind", KINDS[1:])
def test_every_kind_of_block_stands_in_for_another(kind):
    """A single block of each kind, and two kinds after each other, in HunyuanVideo's place."""
    for more in KINDS:
        changes = {"blocks": kind, "depth": "3", "more_blocks": more, "more_depth": "2"}
        values = choices_of(load_model("hunyuanvideo")) | read_choices(changes)
        row, out = compose("hunyuanvideo", values)
        expected = altered(load_model("hunyuanvideo"), values)

        assert out["code"] == 0
        assert comparable(row) == comparable(calculator.row_of_transformer(expected))


def test_places_of_the_kernels_are_the_names_of_the_rows():
    """The compiled files repeat the places as numbers; each still means the same name."""
    first = rows.HEADER.index
    assert [first(name) for name in ("has_text", "pads", "rounds_down", "chunk")] == [0, 1, 2, 3]
    assert first("frames_rule") == custom_kernels.OWN_GEOMETRY
    assert first("network") == custom_kernels.NETWORK
    assert first("encode") == custom_kernels.OWN_ENCODE
    assert first("tile_flops") == custom_kernels.OWN_TILES
    assert first("into") == custom_kernels.INTO
    assert first("out") == custom_kernels.OUT
    assert first("blocks") == custom_kernels.OWN_KINDS
    assert first("output_adaln") == custom_kernels.OUTPUT
    assert len(rows.HEADER) == custom_kernels.OWN_DECODE
    assert len(rows.FIELDS) == custom_kernels.FIELDS
    fields = rows.FIELDS.index
    assert fields("text_width") == blocks.TEXT_WIDTH
    assert fields("condition_width") == blocks.CONDITION
    assert {row.size for row in PUBLISHED.values()} == {rows.SIZE}
    for place, field in enumerate(CHOICES):
        assert getattr(custom_kernels, field.upper().replace("TEXT_TOKENS", "TEXT")) == place
    for place, rule in enumerate(choices.RULES):
        assert getattr(custom_kernels, rule.upper()) == 1 + len(CHOICES) + place
    assert len(choices.sentences()) == 1 + len(CHOICES) + len(choices.RULES)


@pytest.mark.parametrize(
    ("model", "changes", "sentence"),
    [
        ("wan2.1-t2v-14b", {"depth": 0}, "depth is 0; it must be a whole number from 1 to 256"),
        (
            "wan2.1-t2v-14b",
            {"width": 5121},
            "width 5121 is not a multiple of heads 40; nearest 5120 and 5160",
        ),
        ("wan2.1-t2v-14b", {"blocks": 0}, "blocks is none; choose a kind of block"),
        (
            "wan2.1-t2v-14b",
            {"more_blocks": 8},
            "more_depth is 0 and more_blocks is parallel; it must be at least 1, or more_blocks "
            "none",
        ),
        (
            "wan2.1-t2v-14b",
            {"frames_rule": 1},
            "frames_rule each codes every frame by itself, so frames_stride must be 1 and is 4",
        ),
        (
            "wan2.1-t2v-14b",
            {"frames_rule": 4},
            "frames_rule chunked needs a chunk length, which the published model does not have; "
            "choose even or causal",
        ),
        (
            "dit-xl-2",
            {"blocks": 7},
            "blocks joint read text and the model has no text encoder; choose full, spatial or "
            "temporal, or start from a model that reads text",
        ),
        (
            "dit-xl-2",
            {"more_blocks": 9, "more_depth": 2},
            "more_blocks expert read text and the model has no text encoder; choose full, spatial "
            "or temporal, or start from a model that reads text",
        ),
        (
            "dit-xl-2",
            {"text_tokens": 7},
            "text_tokens is 7; it must be 0 in a model without text encoder and at least 1 in any "
            "other",
        ),
    ],
)
def test_an_architecture_that_cannot_be_is_refused(model, changes, sentence):
    """Each rule has a sentence that says what to change; kernel and reference agree."""
    published = load_model(model)
    values = choices_of(published) | changes
    with pytest.raises(ShapeError) as caught:
        altered(published, changes)

    code = int(compose(model, values)[1]["code"])
    assert str(caught.value) == f"{model}, changed: {sentence}"
    assert explain(values, code) == sentence


@pytest.mark.parametrize(
    ("texts", "sentence"),
    [
        ({"dept": "3"}, f"there is no choice 'dept'; choose of {', '.join(CHOICES)}"),
        ({"blocks": "mamba"}, f"blocks is 'mamba'; choose of {', '.join(KINDS)}"),
        ({"depth": "3.5"}, "depth is '3.5'; it must be a whole number from 1 to 256"),
    ],
)
def test_choices_are_read_as_people_write_them(texts, sentence):
    """An unknown name or value is an error of one sentence."""
    with pytest.raises(ShapeError) as caught:
        read_choices(texts)

    assert str(caught.value) == sentence


def test_other_strides_have_no_known_decoder():
    """A compression network of other strides is not the published one, so decoding is unknown."""
    wan = load_model("wan2.1-t2v-14b")
    clip = Clip(frames=81, height=768, width=1280)
    other = altered(wan, {"side_stride": 16, "patch_side": 1})

    assert count(other, clip).tokens == count(altered(wan, {}), clip).tokens
    assert estimate(altered(wan, {"depth": 20}), gpu="h100-sxm").work.decode_known
    assert not estimate(other, clip, gpu="h100-sxm").work.decode_known


def test_limits_of_published_weights_are_dropped():
    """Latte's 16 frames are the length of its position table; a changed one takes more."""
    latte = load_model("latte-1")
    longer = Clip(frames=32, height=512, width=512)
    with pytest.raises(ShapeError):
        count(latte, longer)

    assert count(altered(latte, {"depth": 27}), longer).tokens == 32 * 32 * 32
