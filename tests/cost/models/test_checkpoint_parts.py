"""What lies beside a transformer in a checkpoint counts as the classes that were run."""

import csv
import json

import pytest

from rebuilt.cost import count, load_model, read_config
from rebuilt.cost.algebra.polynomial import total
from rebuilt.cost.counting.rows import encoder_flops, encoder_parameters
from rebuilt.cost.counting.totals import inference
from rebuilt.cost.models.checkpoint_parts import (
    CLASSES,
    autoencoder,
    encoder_names,
    evaluations,
    read_yaml,
    text_encoder,
)
from rebuilt.cost.models.templates import fill
from rebuilt.errors import DataError
from rebuilt.paths import DATA

QWEN = {
    **{"model_type": "qwen2_5_vl", "hidden_size": 3584, "intermediate_size": 18944},
    **{"num_hidden_layers": 28, "num_attention_heads": 28, "num_key_value_heads": 4},
}


def measured():
    with (DATA / "encoder_counts.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def label(row):
    return f"{row['encoder']}-{row['tokens']}"


def checkpoint(folder, files):
    for name, content in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(json.dumps(content), encoding="utf-8")
    return folder


def config_of(name):
    return json.loads((DATA / "configs" / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("row", measured(), ids=label)
def test_a_text_encoder_counts_as_the_class_that_was_run(row):
    """Parameters, tables included, and FLOPs are equal as integers."""
    encoder = text_encoder(json.loads(row["config"]), row["class"], "text_encoder", "measured")

    flops = total([encoder_flops(encoder, int(row["tokens"]))]).terms.get((), 0)

    assert encoder_parameters(encoder) == int(row["parameters"])
    assert flops == int(row["flops"])


def test_every_type_of_text_encoder_was_compared_with_counts():
    """No template is there that nothing was compared with, but those that only rename one."""
    compared = {json.loads(row["config"])["model_type"] for row in measured()}
    renamed = {
        name
        for name in encoder_names()
        if set(read_yaml(DATA / "text_encoders" / f"{name}.yaml")) == {"like"}
    }

    assert compared | renamed == set(encoder_names())


def test_a_checkpoint_brings_text_encoder_and_scheduler(tmp_path):
    """A head multiplies every token, a template before the prompt counts, Heun runs twice."""
    whole = checkpoint(
        tmp_path,
        {
            "model_index.json": {
                "_class_name": "QwenImagePipeline",
                "text_encoder": ["transformers", "Qwen2_5_VLForConditionalGeneration"],
            },
            "transformer/config.json": config_of("qwen-image.json"),
            "transformer/diffusion_pytorch_model.safetensors.index.json": {"weight_map": {}},
            "vae/config.json": {"_class_name": "AutoencoderKLQwenImage", "z_dim": 16},
            "text_encoder/config.json": QWEN,
            "scheduler/scheduler_config.json": {"_class_name": "FlowMatchHeunDiscreteScheduler"},
        },
    )

    read = read_config(whole)
    job = inference(read.model)
    prompt, width, layers = 512 + 34, 3584, 28
    block = 2 * width * (2 * width + 2 * 512 + 3 * 18944) + 4 * prompt * width
    each = prompt * (layers * block + 2 * width * 152064)

    assert job.text_encoder == 2 * each
    assert job.steps == 99
    assert job.approximations == ()
    assert not any("autoencoder" in said for said in read.assumed)


def test_a_part_that_is_not_known_is_said_and_the_rest_counts(tmp_path):
    """A text encoder of an unknown type and an image encoder count as nothing, in words."""
    whole = checkpoint(
        tmp_path,
        {
            "transformer/config.json": config_of("wan2.1-i2v-14b.json"),
            "text_encoder/config.json": {"model_type": "gemna2"},
            "image_encoder/config.json": {"model_type": "clip_vision_model"},
            "transformer_2/config.json": config_of("wan2.1-i2v-14b.json"),
        },
    )

    read = read_config(whole)

    assert read.model.experts == 2
    assert read.assumed[0] == "image_encoder: taken as clip-vit-h-vision, which WanPipeline has"
    assert "text_encoder: model_type gemna2 is not modelled" in read.assumed[1]
    assert "nearest names: gemma2" in read.assumed[1]
    assert inference(read.model).text_encoder == 334587658240  # of the image, once
    assert count(read.model).flops == count(load_model("wan2.1-i2v-14b")).flops


def test_experts_of_two_sizes_are_refused(tmp_path):
    """One of them would stand for both."""
    first = config_of("wan2.1-i2v-14b.json")
    whole = checkpoint(
        tmp_path,
        {
            "transformer/config.json": first,
            "transformer_2/config.json": first | {"num_layers": 20},
        },
    )

    with pytest.raises(DataError, match=r"transformer_2/config.json: its num_layers is not that"):
        read_config(whole)


def test_a_checkpoint_of_another_kind_is_one_sentence(tmp_path):
    """A folder whose denoiser is a U-Net says so; so does the configuration of one."""
    folder = checkpoint(tmp_path, {"unet/config.json": {"_class_name": "UNet2DConditionModel"}})

    with pytest.raises(DataError, match=r"in unet/ and is a U-Net"):
        read_config(folder)
    with pytest.raises(DataError, match="UNet2DConditionModel is not counted: a U-Net"):
        read_config(folder / "unet" / "config.json")


def test_a_transformer_may_be_given_as_its_folder(tmp_path):
    """The folder that holds a transformer's config.json is as good as the file."""
    folder = checkpoint(tmp_path, {"transformer/config.json": config_of("z-image.json")})

    inner, outer = read_config(folder / "transformer"), read_config(folder)

    assert count(inner.model).rows == count(outer.model).rows


@pytest.mark.parametrize(
    ("vae", "found"),
    [
        ({"_class_name": "AutoencoderKLWan"}, {"autoencoder": "wan2.1-vae"}),
        ({"_class_name": "AutoencoderKLWan", "z_dim": 48}, {"autoencoder": "wan2.2-vae"}),
        (
            {"_class_name": "AutoencoderKLWan", "base_dim": 64},
            {
                "autoencoder": "wan2.1-vae",
                "geometry": {
                    **{"frames_rule": "causal", "frames_stride": 4},
                    **{"side_stride": 8, "channels": 16},
                },
            },
        ),
        (
            {"_class_name": "AutoencoderKLMochi", "temporal_expansions": [2, 2]},
            {
                "autoencoder": "mochi-vae",
                "geometry": {
                    **{"frames_rule": "causal", "frames_stride": 4},
                    **{"side_stride": 8, "channels": 12},
                },
            },
        ),
    ],
)
def test_an_autoencoder_is_one_of_the_catalogue_or_a_geometry(vae, found):
    """Numbers of a network that nobody described give strides and channels, and no decoder."""
    assert autoencoder(vae, "here") == found


@pytest.mark.parametrize(
    ("vae", "sentence"),
    [
        ({"_class_name": "AutoencoderKLWann"}, "nearest names: AutoencoderKLWan"),
        ({"_class_name": "AutoencoderKLMochi", "spatial_expansions": 2}, "such as .2, 2, 2."),
        (
            {"_class_name": "AutoencoderKLQwenImage", "temperal_downsample": [True] * 9},
            "make no geometry",
        ),
    ],
)
def test_an_odd_autoencoder_is_refused(vae, sentence):
    """Strides are never guessed."""
    with pytest.raises(DataError, match=sentence):
        autoencoder(vae, "here")


def test_every_known_autoencoder_has_the_geometry_of_its_file():
    """Expressions of strides give what the catalogue states."""
    for entry in read_yaml(CLASSES / "autoencoders.yaml")["classes"].values():
        for known, numbers in entry["known"].items():
            stated = load_model(known).geometry
            found = {"frames_stride": 1} | fill(entry["geometry"], entry["fields"] | numbers)

            assert found == {name: getattr(stated, name) for name in found}


@pytest.mark.parametrize(
    ("scheduler", "passes"),
    [
        ({}, 20),
        ({"_class_name": "UniPCMultistepScheduler"}, 20),
        ({"_class_name": "HeunDiscreteScheduler"}, 39),
        ({"_class_name": "PNDMScheduler"}, 29),
        ({"_class_name": "PNDMScheduler", "skip_prk_steps": True}, 21),
    ],
)
def test_a_scheduler_makes_passes_of_steps(scheduler, passes):
    """As the timesteps that the classes set, counted in diffusers 0.42.1."""
    assert evaluations(scheduler, 20, "here") == passes


def test_an_odd_field_of_a_text_encoder_is_named():
    """One sentence says which field of which file."""
    with pytest.raises(DataError, match=r"field num_hidden_layers is 'two'; expected .* 32"):
        text_encoder({"model_type": "llama", "num_hidden_layers": "two"}, "", "text_encoder", "x")
    with pytest.raises(DataError, match="its fields make no llama"):
        text_encoder({"model_type": "llama", "num_hidden_layers": 0}, "", "text_encoder", "x")


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("model_index.json", {"expand_timesteps": "false"}, "expand_timesteps is \"false\"; exp"),
        ("model_index.json", {"_class_name": ["WanPipeline"]}, "does not say what it is of"),
        ("model_index.json", {"transformer_2": "yes"}, 'field transformer_2 is "yes"; expected'),
        ("vae/config.json", {}, "does not say what it is of"),
        ("vae/config.json", {"scale_factor_spatial": 8.0}, "field scale_factor_spatial is 8.0;"),
        ("vae/config.json", {"dim_mult": "1244"}, "field dim_mult is '1244'; expected a value"),
        ("vae/config.json", {"temperal_downsample": [0, 1, 1]}, "field temperal_downsample is"),
        ("vae/config.json", {"z_dim": 48}, "vae/ has 48 latent channels and the transformer makes"),
        ("scheduler/scheduler_config.json", {"skip_prk_steps": "no"}, "skip_prk_steps is 'no'"),
        ("text_encoder/config.json", {"d_ff": True}, "field d_ff is True; expected a value"),
    ],
)  # fmt: skip
def test_a_part_of_another_kind_is_refused(tmp_path, name, content, sentence):
    """A word where a flag belongs would be taken as true; the file and the field are named."""
    own = {
        "model_index.json": {"_class_name": "WanPipeline"},
        "vae/config.json": {"_class_name": "AutoencoderKLWan"},
        "scheduler/scheduler_config.json": {"_class_name": "PNDMScheduler"},
        "text_encoder/config.json": {"model_type": "umt5"},
    }[name]
    files = {"transformer/config.json": config_of("wan2.1-t2v-1.3b.json")}
    with pytest.raises(DataError) as caught:
        read_config(checkpoint(tmp_path, files | {name: (own | content) if content else {}}))

    assert sentence in str(caught.value)
    assert name.partition("/")[0] in str(caught.value)


def test_what_is_no_part_is_left_alone_and_a_lost_file_is_not(tmp_path):
    """A folder of something else is nobody's matter; a link that leads nowhere was a part."""
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "config.json").write_text("no JSON", encoding="utf-8")
    checkpoint(tmp_path, {"transformer/config.json": config_of("wan2.1-t2v-1.3b.json")})
    (tmp_path / "vae").mkdir()
    assert read_config(tmp_path).model.autoencoder == "wan2.1-vae"

    (tmp_path / "vae" / "config.json").symlink_to("../blobs/gone")
    with pytest.raises(DataError, match="is a link to a file that is not there"):
        read_config(tmp_path)
