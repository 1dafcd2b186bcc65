"""Model files are checked on load; errors name file, field, value and rule."""

import re
from pathlib import Path

import pytest
import yaml

from rebuilt.cost import load_model, model_ids
from rebuilt.cost.models.architectures import Autoencoder, TextEncoder, Transformer, UNet
from rebuilt.cost.models.catalogue import MODELS, load_kind, spelled
from rebuilt.errors import DataError, UnknownNameError
from rebuilt.paths import DATA

REQUIRED = {
    *(f"dit-{size}-{patch}" for size in ("s", "b", "l", "xl") for patch in (2, 4, 8)),
    *("pixart-alpha", "pixart-sigma", "latte-1", "sd3-medium", "sd3.5-medium", "sd3.5-large"),
    *("flux.1-dev", "cogvideox-2b", "cogvideox-5b", "cogvideox1.5-5b", "mochi-1", "ltx-video-2b"),
    *("hunyuanvideo", "wan2.1-t2v-1.3b", "wan2.1-t2v-14b", "allegro", "open-sora-1.2"),
    *("sd1.5", "svd", "animatediff-v3", "sora-2024"),
    *("sd-vae", "sd3-vae", "cogvideox-vae", "hunyuanvideo-vae", "wan2.1-vae", "ltx-vae"),
}


def edited(tmp_path: Path, name: str, change) -> Path:
    content = yaml.safe_load((MODELS / f"{name}.yaml").read_text(encoding="utf-8"))
    change(content)
    (tmp_path / f"{name}.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    return tmp_path


def complaint(folder: Path, name: str) -> str:
    with pytest.raises(DataError) as caught:
        load_model(name, folder)
    return str(caught.value)


def test_all_promised_models_are_there():
    """Every id that the book promises has a file that loads."""
    assert set(model_ids()) >= REQUIRED
    assert {load_model(name).id for name in model_ids()} == set(model_ids())


@pytest.mark.parametrize("name", model_ids())
def test_every_referenced_file_exists_and_is_of_the_right_kind(name):
    """Autoencoders and text encoders that a model names can be loaded."""
    model = load_model(name)
    if not isinstance(model, Transformer | UNet):
        return

    assert isinstance(load_model(model.autoencoder), Autoencoder)
    for use in model.text.encoders if model.text else ():
        assert isinstance(load_model(use.id), TextEncoder)


@pytest.mark.parametrize("name", model_ids())
def test_every_source_is_in_the_bibliography(name):
    """A hyper-parameter whose source nobody can look up is not sourced."""
    known = set(re.findall(r"^@\w+\{([^,]+),", (DATA / "sources.bib").read_text("utf-8"), re.M))
    text = (MODELS / f"{name}.yaml").read_text(encoding="utf-8")
    lines = re.findall(r'source: "?(.*?)"?$', text, re.MULTILINE)
    keys = {key for line in lines for key in re.findall(r"(?:^|; )([a-z0-9.-]+-\d{4}):", line)}

    assert keys
    assert keys <= known


@pytest.mark.parametrize("name", model_ids())
def test_every_model_that_people_ask_for_has_a_family_and_a_date(name):
    """Lists and charts are by family and year; a date that nobody found is said to be unknown."""
    model = load_model(name)
    if isinstance(model, Autoencoder | TextEncoder):
        return

    assert model.family
    assert model.released


DATED = {"source": "facebook-dit-code-2023: README"}


@pytest.mark.parametrize(
    ("released", "sentence"),
    [
        (DATED | {"date": "2022-13"}, "released.date is '2022-13': string should match pattern"),
        ({"date": "2022"}, "released: date 2022 with source None; give both or neither"),
        (DATED, 'released: there is no date; add one with its source, or a note that says why not '
         'and ends in "last tried" and the day'),
        ({"note": "not found"}, "released: there is no date; add one with its source"),
    ],
)  # fmt: skip
def test_a_date_has_a_source_or_a_reason(tmp_path, released, sentence):
    """A model's date is a fact like any other."""
    folder = edited(tmp_path, "dit-xl-2", lambda file: file.update(released=released))

    assert f"field {sentence}" in complaint(folder, "dit-xl-2")


def test_width_must_hold_its_heads(tmp_path):
    """An impossible attention names file, field, value and rule."""
    folder = edited(tmp_path, "dit-xl-2", lambda file: file["blocks"][0].update(heads=17))

    assert complaint(folder, "dit-xl-2") == (
        "dit-xl-2.yaml: field blocks.0: width 1152 is not a multiple of heads 17; "
        "correct one of them or state head_width"
    )


def test_a_patch_must_fit_the_published_latent(tmp_path):
    """A patch that the default clip cannot fill would make no token."""
    folder = edited(tmp_path, "dit-xl-2", lambda file: file["patch"].update(height=64, width=64))

    assert complaint(folder, "dit-xl-2") == (
        "dit-xl-2.yaml: field patch.height is 64: larger than the latent height 32 of the default "
        "clip (256 pixels, stride 8); correct the patch or the clip"
    )


def test_a_size_must_be_a_whole_number_above_zero(tmp_path):
    """Field, value and rule of a number out of range."""
    folder = edited(tmp_path, "dit-xl-2", lambda file: file["blocks"][0].update(depth=0))

    assert complaint(folder, "dit-xl-2") == (
        "dit-xl-2.yaml: field blocks.0.depth is 0: input should be greater than or equal to 1"
    )


def test_a_section_without_source_is_refused(tmp_path):
    """No hyper-parameter without provenance."""
    folder = edited(tmp_path, "dit-xl-2", lambda file: file["patch"].pop("source"))

    assert complaint(folder, "dit-xl-2") == "dit-xl-2.yaml: field patch.source: field required"


def test_an_unknown_field_is_refused(tmp_path):
    """A typing error is not silently the default."""
    folder = edited(tmp_path, "dit-xl-2", lambda file: file["output"].update(breadth=3))

    assert complaint(folder, "dit-xl-2") == (
        "dit-xl-2.yaml: field output.breadth is 3: extra inputs are not permitted"
    )


def test_blocks_and_output_carry_the_same_stream(tmp_path):
    """Widths along the video stream must agree."""
    folder = edited(tmp_path, "dit-xl-2", lambda file: file["output"].update(width=1024))

    assert complaint(folder, "dit-xl-2") == (
        "dit-xl-2.yaml: blocks of kind sequence have width 1152 and output has width "
        "1024; both carry the video tokens and must be equal"
    )


def test_cross_attention_needs_a_text_section(tmp_path):
    """A block that reads text in a model without text is a mistake."""
    folder = edited(tmp_path, "pixart-alpha", lambda file: file.pop("text"))

    assert complaint(folder, "pixart-alpha") == (
        "pixart-alpha.yaml: blocks of kind sequence read text and the file has no "
        "text section; add one"
    )


UNKNOWN = {
    "low": 20,
    "central": 30,
    "high": 50,
    "shape": "triangular",
    "reason": "not disclosed",
    "source": "facebook-dit-code-2023: sample.py",
}


@pytest.mark.parametrize(
    ("name", "change", "sentence"),
    [
        ("dept", {}, "distributions has 'dept', of which nothing is drawn; choose of depth, "
         "more_depth, width, heads, hidden, patch_frames, patch_side, frames_stride, side_stride, "
         "channels, text_tokens, steps, passes, mfu"),
        ("depth", {"high": 300}, "the distribution of depth runs from 20 to 300; it must stay "
         "from 1 to 256"),
        ("mfu", {"low": 0.2, "central": 0.3, "high": 0.5}, "the distribution of mfu is of a "
         "fraction: set integer: false"),
        ("steps", {"integer": False}, "the distribution of steps is of a whole number: leave out "
         "integer"),
        ("text_tokens", {}, "distributions has text_tokens and the file has no text section; "
         "add one"),
    ],
)  # fmt: skip
def test_a_distribution_is_of_something_that_exists(tmp_path, name, change, sentence):
    """Any model may carry distributions; a wrong name or range says what would do."""
    folder = edited(
        tmp_path, "dit-xl-2", lambda file: file.update(distributions={name: UNKNOWN | change})
    )

    assert complaint(folder, "dit-xl-2") == f"dit-xl-2.yaml: {sentence}"


def test_a_distribution_states_its_source(tmp_path):
    """No distribution without provenance."""
    wrong = {key: value for key, value in UNKNOWN.items() if key != "source"}
    folder = edited(tmp_path, "dit-xl-2", lambda file: file.update(distributions={"steps": wrong}))

    assert complaint(folder, "dit-xl-2") == (
        "dit-xl-2.yaml: field distributions.steps.source: field required"
    )


def test_an_unknown_must_run_upwards(tmp_path):
    """A distribution whose central value lies outside is refused."""
    folder = edited(
        tmp_path, "sora-2024", lambda file: file["unknowns"]["depth"].update(central=99)
    )

    assert complaint(folder, "sora-2024") == (
        "sora-2024.yaml: field unknowns.depth: low 28, central 99, high 64 must be in ascending "
        "order"
    )


def test_chunks_need_a_length(tmp_path):
    """A chunked autoencoder without a chunk has no rule."""
    folder = edited(tmp_path, "open-sora-1.2-vae", lambda file: file["geometry"].update(chunk=None))

    assert complaint(folder, "open-sora-1.2-vae") == (
        "open-sora-1.2-vae.yaml: field geometry: frames_rule chunked with chunk None; "
        "a chunk length belongs to frames_rule chunked and to no other"
    )


def test_the_id_is_the_name_of_the_file(tmp_path):
    """A copied file must be renamed inside as well."""
    folder = edited(tmp_path, "dit-s-2", lambda file: file.update(id="dit-s-3"))

    assert complaint(folder, "dit-s-2") == (
        "dit-s-2.yaml: field id is 'dit-s-3', expected the file's name 'dit-s-2'"
    )


def test_broken_yaml_names_the_file(tmp_path):
    """A syntax error is an error of the file, in one sentence."""
    (tmp_path / "broken.yaml").write_text("id: [", encoding="utf-8")

    assert complaint(tmp_path, "broken").startswith("broken.yaml: not valid YAML (")


def test_an_unknown_model_lists_near_names():
    """A typing error finds its model."""
    with pytest.raises(UnknownNameError) as caught:
        load_model("moch")

    first, *others = str(caught.value).removeprefix("no model 'moch'; nearest names: ").split(", ")
    assert first == "mochi-1"
    assert len(others) == 3
    assert all(isinstance(load_model(name), Transformer | UNet) for name in (first, *others))


def test_an_unknown_part_of_a_model_lists_parts_of_its_kind():
    """A model file that names no autoencoder hears of autoencoders, and which file it is."""
    with pytest.raises(UnknownNameError) as caught:
        load_kind("mochi", Autoencoder, "mine.yaml")

    assert str(caught.value).startswith("mine.yaml: no model 'mochi'; nearest names: mochi-vae, ")


def test_a_new_model_of_a_known_kind_is_a_file_and_nothing_else(tmp_path):
    """A changed copy loads from any folder and counts without a line of code."""
    from rebuilt.cost import count

    def change(file):
        file["id"] = "dit-xl-2"
        file["blocks"][0]["depth"] = 56

    twice = load_model("dit-xl-2", edited(tmp_path, "dit-xl-2", change))

    assert count(twice).by_group["attention"] == (
        2 * count(load_model("dit-xl-2")).by_group["attention"]
    )


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("Wan-AI/Wan2.2-T2V-A14B-Diffusers", "wan2.2-t2v-a14b"),
        ("Wan-AI/Wan2.1-I2V-14B-720P-Diffusers", "wan2.1-i2v-14b"),
        ("hunyuanvideo-community/HunyuanVideo-1.5-Diffusers-480p_t2v", "hunyuanvideo-1.5"),
        ("Skywork/SkyReels-V2-DF-1.3B-540P-Diffusers", "skyreels-v2-df-1.3b"),
        ("black-forest-labs/FLUX.2-dev", "flux.2-dev"),
        ("Lightricks/LTX-2", "ltx-2-19b"),
        ("nvidia/Cosmos-Predict2-2B-Video2World", "cosmos-predict2-2b-v2w"),
        ("lllyasviel/FramePackI2V_HY", "framepack"),
        ("genmo/mochi-1-preview", "mochi-1"),
        ("Wan22 TI2V 5B", "wan2.2-ti2v-5b"),
        ("wan2.2", "wan2.2-t2v-a14b"),
        ("FLUX2", "flux.2-dev"),
        ("sora", "sora-2024"),
    ],
)
def test_any_spelling_and_a_hubs_repository_name_a_model(name, model):
    """Owner, case, marks between words and the form of the files make no other model."""
    assert load_model(name).id == model


def test_no_two_models_share_a_name():
    """However it is spelled, a name is of one model."""
    owners: dict[str, set[str]] = {}
    for name in model_ids():
        for other in (name, *load_model(name).also):
            owners.setdefault(spelled(other), set()).add(name)

    assert {name: found for name, found in owners.items() if len(found) > 1} == {}
    assert "" not in owners


@pytest.mark.parametrize("name", ["../models/hunyuanvideo", "-", "", "diffusers", "a/b/wan2.2"])
def test_what_is_no_name_is_none(name):
    """Neither a path nor what remains of nothing is a model."""
    with pytest.raises(UnknownNameError):
        load_model(name)
