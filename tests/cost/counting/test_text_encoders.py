"""Text encoders against transformers 5.23 and diffusers 0.42.1 under torch's FLOP counter."""

import pytest

from rebuilt.cost import count, inference, load_model
from rebuilt.cost.algebra.polynomial import lift
from rebuilt.cost.counting.rows import encoder_flops, encoder_parameters

COUNTED = [
    ("qwen2.5-vl-7b-text", 546, 7_245_281_132_544, 7_070_619_136),
    ("qwen2.5-vl-7b", 546, 7_840_418_267_136, 7_615_616_512),
    ("qwen3-4b", 512, 3_875_134_242_816, 4_022_468_096),
    ("qwen3-4b-lm", 512, 4_273_425_350_656, 4_411_424_256),
    ("qwen3-8b-lm", 512, 7_904_350_437_376, 8_190_735_360),
    ("qwen3-vl-32b", 256, 16_114_717_294_592, 31_984_210_944),
    ("gemma-2-2b", 300, 1_233_734_860_800, 2_614_341_888),
    ("llama-3.1-8b", 128, 1_929_782_493_184, 8_030_261_248),
    ("t5-11b", 512, 5_360_119_185_408, 4_864_791_552),
    ("byt5-small", 256, 112_340_238_336, 217_657_472),
    ("mistral-small-24b", 512, 23_622_320_128_000, 23_572_403_200),
    ("clip-vit-h-vision", 257, 334_587_658_240, 630_766_080),  # an image of 224 pixels
    ("openclip-vit-h-vision", 257, 334_590_279_680, 632_076_800),
    ("ltx2-connectors", 1024, 2_993_726_423_040, 1_431_475_200),
    ("ltx2.3-connectors", 1024, 6_700_148_981_760, 3_172_227_584),
    ("siglip-so400m-vision", 729, 670_346_449_920, 428_225_600),  # an image of 384 pixels
]


@pytest.mark.parametrize(("name", "tokens", "flops", "parameters"), COUNTED)
def test_an_encoder_equals_the_count_of_its_class(name, tokens, flops, parameters):
    """Every FLOP of one prompt, and every parameter, tables included."""
    encoder = load_model(name)

    assert lift(encoder_flops(encoder, tokens)).value() == flops
    assert encoder_parameters(encoder) == parameters


def test_a_head_that_shares_its_table_is_counted_once():
    """Gemma 3's language head is its vocabulary: a product, and no parameters more."""
    encoder = load_model("gemma-3-12b")

    assert lift(encoder_flops(encoder, 1024)).value() == 24_919_903_567_872
    assert encoder_parameters(encoder) == 11_766_034_176


@pytest.mark.parametrize(("name", "images"), [("wan2.1-i2v-14b", 1), ("wan2.1-flf2v-14b", 2)])
def test_an_image_is_encoded_once_whatever_guidance_asks_for(name, images):
    """A second prompt is encoded for guidance, the image is not; its weights are held once."""
    model, each = load_model(name), 334_587_658_240
    one, two = (inference(model, passes=passes).text_encoder for passes in (1, 2))

    assert 2 * one - two == images * each
    assert count(model).rows["encode_image"] == images * each
    held = (
        count(model).rows["other_parameters"]
        - count(load_model("wan2.1-t2v-14b")).rows["other_parameters"]
    )
    assert held == encoder_parameters(load_model("clip-vit-h-vision"))
