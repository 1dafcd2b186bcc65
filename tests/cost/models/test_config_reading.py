"""A configuration counts as the class that it configures; one that does not read is said why."""

import csv
import json
from contextlib import suppress

import pytest

from rebuilt.cost import Clip, count, load_model
from rebuilt.cost.models.checkpoint_parts import CLASSES, Parts, read_yaml
from rebuilt.cost.models.config_reading import (
    class_names,
    controls,
    model_from,
    not_counted,
    read_config,
)
from rebuilt.cost.models.templates import evaluate, fill
from rebuilt.errors import DataError, UnknownNameError
from rebuilt.paths import DATA

CONFIGS = DATA / "configs"


def measured(branches=False):
    with (DATA / "config_counts.csv").open(encoding="utf-8", newline="") as lines:
        return [row for row in csv.DictReader(lines) if (row["class"] in controls()) == branches]


def label(row):
    return "-".join(row[name] for name in ("config", "frames", "height", "width"))


def config_of(name):
    return json.loads((CONFIGS / name).read_text(encoding="utf-8"))


def written(tmp_path, content):
    path = tmp_path / "config.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return path


def refusal(path):
    with pytest.raises((DataError, UnknownNameError)) as caught:
        read_config(path)
    return str(caught.value)


@pytest.mark.parametrize("row", measured(), ids=label)
def test_a_configuration_counts_as_the_class_that_was_run(row):
    """Tokens, parameters and FLOPs are equal as integers."""
    index = json.loads(row["pipeline"]) if row["pipeline"] else None
    model = model_from(config_of(row["file"]), row["file"], Parts(index=index or {})).model
    sizes = {name: int(row[name]) for name in ("frames", "height", "width", "text_tokens")}

    ours = count(model, Clip(**sizes))

    assert [ours.tokens, ours.parameters, ours.flops] == [
        int(row["tokens"]),
        int(row["parameters"]),
        int(row["flops"]),
    ]


@pytest.mark.parametrize("row", [row for row in measured() if row["feed_forward"]], ids=label)
def test_groups_of_a_configuration_are_the_modules_that_were_run(row):
    """Feed-forward and attention layers are equal too, where each is a module of its own."""
    index = json.loads(row["pipeline"]) if row["pipeline"] else None
    model = model_from(config_of(row["file"]), row["file"], Parts(index=index or {})).model
    sizes = {name: int(row[name]) for name in ("frames", "height", "width", "text_tokens")}

    groups = count(model, Clip(**sizes)).by_group

    assert groups["feed_forward"] == int(row["feed_forward"])
    attention = sum(groups.get(name, 0) for name in ("projection", "attention", "cross_attention"))
    assert attention == int(row["attention_layers"])


@pytest.mark.parametrize("row", [row for row in measured() if row["models"]], ids=label)
def test_a_published_model_counts_as_the_class_that_was_run(row):
    """The catalogue's file of a model gives the same integers as its configuration."""
    sizes = {name: int(row[name]) for name in ("frames", "height", "width", "text_tokens")}

    for name in row["models"].split():
        ours = count(load_model(name), Clip(**sizes))

        assert (ours.parameters, ours.flops) == (int(row["parameters"]), int(row["flops"]))


BESIDE = {"cosmos-transfer2.5-control": "cosmos-transfer2.5-2b"}
BESIDE["small-cosmos-control"] = "small-cosmos-transfer"


@pytest.mark.parametrize("row", measured(branches=True), ids=label)
def test_a_control_branch_adds_what_its_class_counts(row):
    """Beside its transformer a branch adds the integers that were counted of it alone."""
    base, control = config_of(f"{BESIDE[row['config']]}.json"), config_of(row["file"])
    sizes = {name: int(row[name]) for name in ("frames", "height", "width", "text_tokens")}
    alone = count(model_from(base, "here").model, Clip(**sizes))
    read = model_from(base, "here", Parts(control=control)).model

    both = count(read, Clip(**sizes))

    assert both.parameters - alone.parameters == int(row["parameters"])
    assert both.flops - alone.flops == int(row["flops"])
    added = both.by_group["feed_forward"] - alone.by_group["feed_forward"]
    assert added == int(row["feed_forward"])
    if row["config"].startswith("cosmos"):
        assert both.rows == count(load_model(BESIDE[row["config"]]), Clip(**sizes)).rows


def test_a_control_branch_of_an_unknown_class_is_refused(tmp_path):
    """One sentence names the class, and how to count the rest."""
    for name, content in {
        "transformer": config_of("cosmos-transfer2.5-2b.json"),
        "controlnet": {"_class_name": "CosmosControlNet"},
    }.items():
        (tmp_path / name).mkdir()
        written(tmp_path / name, content)

    assert "its controlnet/ is of class CosmosControlNet, which is not" in refusal(tmp_path)

    written(tmp_path / "controlnet", config_of("cosmos-transfer2.5-control.json"))
    assert count(read_config(tmp_path).model).parameters == 2413864960 + 471255040


def test_every_class_was_compared_with_counts():
    """No template is there that nothing was compared with."""
    assert {row["class"] for row in measured()} == set(class_names())
    assert {row["class"] for row in measured(branches=True)} == set(controls())


def test_a_class_that_is_not_counted_says_why(tmp_path):
    """No class is on both lists, and its one sentence is what a reader is told."""
    assert not set(not_counted()) & set(class_names())
    for name, reason in not_counted().items():
        path = written(tmp_path, {"_class_name": name})
        assert refusal(path) == f"{path}: {name} is not counted: {reason}"


@pytest.mark.parametrize("name", class_names())
def test_defaults_of_a_class_make_a_model(name):
    """A template is complete: fields left out are the constructor's, where those make a model."""
    needed = {
        "EasyAnimateTransformer3DModel": {"in_channels": 16, "patch_size": 2},
        "HiDreamImageTransformer2DModel": {"patch_size": 2},
        "HunyuanDiT2DModel": {"in_channels": 4, "patch_size": 2, "hidden_size": 1408},
        "LatteTransformer3DModel": {
            **{"in_channels": 4, "patch_size": 2, "caption_channels": 256},
            "cross_attention_dim": 1408,
        },
    }
    read = model_from({"_class_name": name, **needed.get(name, {})}, "defaults")

    assert count(read.model).flops > 0
    assert read.assumed[0].startswith("fields not in the file")


def test_a_checkpoint_says_autoencoder_pipeline_and_experts(tmp_path):
    """The folder of a checkpoint leaves less to assume, and two experts are held."""
    for name, content in {
        "model_index.json": {
            "_class_name": "WanPipeline",
            "transformer_2": ["diffusers", "WanTransformer3DModel"],
            "expand_timesteps": False,
        },
        "transformer/config.json": config_of("wan2.1-t2v-14b.json"),
        "vae/config.json": {"_class_name": "AutoencoderKLWan", "z_dim": 16},
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(json.dumps(content), encoding="utf-8")

    read = read_config(tmp_path)
    ours, published = count(read.model), count(load_model("wan2.1-t2v-14b"))

    assert read.model.experts == 2
    assert ours.parameters == published.parameters
    assert ours.rows["resting_parameters"] == ours.parameters
    assert published.rows["resting_parameters"] == 0
    assert not [said for said in read.assumed if said.startswith(("autoencoder", "expand"))]


def test_a_checkpoint_with_an_unknown_autoencoder_is_refused(tmp_path):
    """Strides are never guessed from an autoencoder that nobody described."""
    (tmp_path / "transformer").mkdir()
    (tmp_path / "vae").mkdir()
    config = json.dumps(config_of("flux1-dev.json"))
    (tmp_path / "transformer" / "config.json").write_text(config, encoding="utf-8")
    (tmp_path / "vae" / "config.json").write_text('{"_class_name": "MyVae"}', encoding="utf-8")

    assert 'of class "MyVae"' in refusal(tmp_path)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"_class_name": "WanTransformer3D"}, "nearest names: WanTransformer3DModel"),
        ({"_class_name": None}, "has no field _class_name"),
        ({"num_layer": 3}, "field num_layer is not one of WanTransformer3DModel"),
        ({"num_layers": "forty"}, 'field num_layers is "forty"; expected a value such as 40'),
        ({"num_layers": -1}, "field num_layers is -1"),
        ({"num_layers": True}, "field num_layers is true"),
        ({"num_layers": 0}, "make no WanTransformer3DModel (blocks.0.depth comes out as 0)"),
        ({"num_layers": None}, "make no WanTransformer3DModel (blocks.0.depth comes out as null)"),
        ({"num_attention_heads": None}, "(num_attention_heads * attention_head_dim has no value)"),
        ({"patch_size": [1, 2]}, "(patch_size[1] == patch_size[2] has no value)"),
        ({"patch_size": [1, 2, 4]}, "field patch_size has sides that differ"),
        ({"qk_norm": "layer_norm"}, 'counts are known for "rms_norm_across_heads"'),
    ],
)
def test_an_odd_field_is_named(tmp_path, change, sentence):
    """One sentence says which field, and what would be taken."""
    config = config_of("wan2.1-t2v-1.3b.json") | change

    assert sentence in refusal(written(tmp_path, config))


WAN_OF_ITS_MAKERS = {
    **{"_class_name": "WanModel", "_diffusers_version": "0.30.0", "dim": 5120, "eps": 1e-06},
    **{"ffn_dim": 13824, "freq_dim": 256, "in_dim": 16, "model_type": "t2v", "num_heads": 40},
    **{"num_layers": 40, "out_dim": 16, "text_len": 512},
}


@pytest.mark.parametrize(
    ("change", "published"),
    [
        ({}, "wan2.1-t2v-14b"),
        ({"model_type": "i2v", "in_dim": 36}, "wan2.1-i2v-14b"),
        ({"model_type": "flf2v", "in_dim": 36}, "wan2.1-flf2v-14b"),
    ],
)
def test_a_configuration_of_makers_own_code_counts_as_its_class(change, published):
    """The same network in other words gives the same counts, and the translation is said."""
    read = model_from(WAN_OF_ITS_MAKERS | change, "here")

    clip = Clip(frames=81, height=480, width=832)

    assert count(read.model, clip).rows == count(load_model(published), clip).rows
    assert "read as WanTransformer3DModel" in read.assumed[0]


def test_a_file_of_an_older_diffusers_is_read_as_that_reads_it():
    """One class stood for many once; a field tells which."""
    older = {"_class_name": "Transformer2DModel", "norm_type": "ada_norm_zero", "num_layers": 4}
    read = model_from(older | {"attention_type": "default"}, "here")

    assert read.transformer == "DiTTransformer2DModel"
    assert "Transformer2DModel is not counted" in _said({"_class_name": "Transformer2DModel"})


def test_weights_in_another_format_change_no_count():
    """A field that says how weights are held belongs to no class, and is said."""
    plain, held = config_of("flux1-dev.json"), {"quantization_config": {"quant_type": "Q4_0"}}
    read = model_from(plain | held, "here")

    assert count(read.model).rows == count(model_from(plain, "here").model).rows
    assert read.assumed[0].startswith("quantization_config: weights are held")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ({"_class_name": "WanPipeline"}, "here is of a pipeline, WanPipeline"),
        ({"_class_name": "AutoencoderKLWan"}, "here is of an autoencoder, AutoencoderKLWan"),
        ({"model_type": "t5"}, "here is of a text encoder, t5"),
        ({"_class_name": "WanModell"}, "nearest names: WanModel,"),
        ({"_class_name": "WanModel", "model_type": "s2v"}, "field model_type is none of"),
        ({"_class_name": "WanModel", "num_heads": 0}, "(dim % num_heads == 0 has no value)"),
        ({"_class_name": "WanModel", "heads": 3}, "field heads is not one of WanModel"),
    ],
)
def test_a_file_of_another_part_is_told_apart(content, sentence):
    """One sentence says what the file is of, and which to give."""
    assert sentence in _said(content)


def _said(content):
    with pytest.raises((DataError, UnknownNameError)) as caught:
        model_from(content, "here")
    return str(caught.value)


def test_a_folder_may_be_named_by_its_index_and_weights_are_no_configuration(tmp_path):
    """People give what they find: the index of a checkpoint, or the weights."""
    (tmp_path / "transformer").mkdir()
    written(tmp_path / "transformer", config_of("z-image.json"))
    (tmp_path / "model_index.json").write_text('{"_class_name": "ZImagePipeline"}', "utf-8")

    assert count(read_config(tmp_path / "model_index.json").model).flops > 0
    assert "holds weights" in refusal(tmp_path / "wan2.1-t2v-14b-Q4_K_M.gguf")


ODD = (None, 0, 1, 3, -1, True, "x", 2.5, [], [1], [0, 0, 0], 10**20)


@pytest.mark.parametrize("name", class_names())
def test_whatever_a_field_holds_is_read_or_refused_in_a_sentence(name):
    """No value of any field ends in a traceback."""
    template = read_yaml(CLASSES / f"{name}.yaml")
    for field in template.get("fields", {}):
        for value in ODD:
            with suppress(DataError):
                model_from({"_class_name": name, field: value}, "here")


@pytest.mark.parametrize(
    ("content", "sentence"), [("{", "is not JSON"), ("[1]", "holds no JSON object")]
)
def test_what_is_no_configuration_is_said(tmp_path, content, sentence):
    """A file of another kind is told apart from a configuration with an odd field."""
    assert sentence in refusal(written(tmp_path, content))
    assert "there is no file" in refusal(tmp_path / "absent.json")


@pytest.mark.parametrize("name", class_names())
def test_a_template_evaluates_every_name_that_it_lists(name):
    """No name of `let` goes unused, and no field is read twice over."""
    text = (CLASSES / f"{name}.yaml").read_text(encoding="utf-8")
    template = read_yaml(CLASSES / f"{name}.yaml")
    used = text.split("\nmodel:")[-1] + json.dumps(template.get("let", {}))
    if "like" in template:
        used += (CLASSES / f"{template['like']}.yaml").read_text(encoding="utf-8")

    assert [name for name in template.get("let", {}) if used.count(name) < 2] == []
    assert not set(template.get("fields", {})) & set(template.get("ignored", []))


def test_expressions_are_arithmetic_and_nothing_else():
    """Whatever is not in the small language is refused by name."""
    names = {"a": 3, "b": [2, 4], "none": None}

    assert evaluate("a * sum(b) + product(b) // a", names) == 20
    assert evaluate("b[0] if none is None else a", names) == 2
    assert fill({"x": "=a", "y": {"if": "a > 3", "z": 1}, "w": "=none"}, names) == {"x": 3}
    with pytest.raises(DataError, match="unknown"):
        evaluate("open('x')", names)
    with pytest.raises(DataError, match="missing"):
        evaluate("missing + 1", names)
