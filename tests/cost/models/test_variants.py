"""Changed architectures: published choices change nothing, and what cannot be is refused."""

import pytest

from rebuilt.cost import Clip, ShapeError, count, inference, load_model, model_ids
from rebuilt.cost.hardware.estimate import estimate
from rebuilt.cost.models.architectures import Transformer
from rebuilt.cost.models.choices import CHOICES, KINDS
from rebuilt.cost.models.groups import choices_of
from rebuilt.cost.models.variants import altered, read_choices

WRITTEN = [name for name in model_ids(Transformer) if load_model(name).learned is None]


@pytest.mark.parametrize("name", WRITTEN)
def test_unchanged_choices_give_the_published_model(name):
    """All published choices together cost what the model file costs, to the last parameter."""
    model = load_model(name)
    same = altered(model, choices_of(model))

    assert count(same) == count(model)
    assert estimate(same, gpu="h100-sxm") == estimate(model, gpu="h100-sxm")


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
    """Each rule has a sentence that says what to change."""
    with pytest.raises(ShapeError) as caught:
        altered(load_model(model), changes)

    assert str(caught.value) == f"{model}, changed: {sentence}"


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
    assert inference(altered(wan, {"depth": 20})).decode == inference(wan).decode
    assert inference(other, clip).decode is None


def test_limits_of_published_weights_are_dropped():
    """Latte's 16 frames are the length of its position table; a changed one takes more."""
    latte = load_model("latte-1")
    longer = Clip(frames=32, height=512, width=512)
    with pytest.raises(ShapeError):
        count(latte, longer)

    assert count(altered(latte, {"depth": 27}), longer).tokens == 32 * 32 * 32
