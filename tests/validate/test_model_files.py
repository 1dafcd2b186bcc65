"""A model file names what is there, once, of its day, and sizes that some model has."""

import shutil

import pytest

from rebuilt.paths import ROOT
from rebuilt.validate.file_form import check_form
from rebuilt.validate.material import Material
from rebuilt.validate.model_files import check_models

FILE = "data/models/hunyuanvideo.yaml"
WRONG = {
    ("id: llava-llama-3-8b", "id: llava-llama-9-8b"): (
        "text.encoders: found llava-llama-9-8b, expected the name of a text encoder's file"
    ),
    ("id: clip-vit-l", "id: hunyuanvideo-vae"): (
        "text.encoders: found hunyuanvideo-vae, expected the name of a text encoder's file"
    ),
    ("autoencoder: hunyuanvideo-vae", "autoencoder: clip-vit-l"): (
        "autoencoder: found clip-vit-l, expected the name of an autoencoder's file"
    ),
    ("2024-12-03", "2031-12-03"): "released.date: found 2031-12-03, expected a day up to the",
    ("steps: 50", "steps: 500"): "sampler.steps: found 500, expected 1 to 250",
    ("fps: 24", "fps: 240"): "clip.fps: found 240, expected 4 to 60",
    ("fps: 24", "fps: 2.4"): "clip.fps: found 2.4, expected 4 to 60",
    ("depth: 40", "depth: 400"): "blocks.2.depth: found 400, expected 1 to 100",
    ("norm_parameters: 12288", "norm_parameters: 122880"): (
        "blocks.0.norm_parameters: found 122880, expected 0 to 49152"
    ),
    ("[hunyuan]", "[wan2.1-t2v-14b]"): (
        "also: found wan2.1-t2v-14b, a name of data/models/wan2.1-t2v-14b.yaml"
    ),
    ("[hunyuan]", "[Wan2.1-T2V-14B]"): "also: found Wan2.1-T2V-14B, a name of data/models/wan2.1",
    ("[hunyuan]", "[hunyuan, hunyuan]"): "also: found hunyuan, said twice",
    ("[hunyuan]", "[hunyuanvideo]"): "also: found hunyuanvideo, said twice",
    ("family: Hunyuan", "family: \u041dunyuan"): (
        "line 4: found the cyrillic capital letter en in a Latin word"
    ),
    ("family: Hunyuan", "family: \u0397unyuan"): (
        "line 4: found the greek capital letter eta in a Latin word"
    ),
}


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """Copy the model files and what says the day of the freeze."""
    root = tmp_path_factory.mktemp("models")
    shutil.copytree(ROOT / "data/models", root / "data/models")
    for folder in ("data", "seeds"):
        (root / folder).mkdir(exist_ok=True)
        shutil.copy(ROOT / folder / "datapackage.json", root / folder)
    return root


@pytest.mark.parametrize(("change", "found"), WRONG.items(), ids=lambda one: one[1][:40])
def test_what_a_model_file_cannot_say_is_found(root, change, found):
    """In that file, and in no other."""
    text = (ROOT / FILE).read_text(encoding="utf-8")
    assert text.count(change[0]) == 1
    (root / FILE).write_text(text.replace(*change), encoding="utf-8")
    material = Material(root)

    findings = [str(one) for rule in (check_models, check_form) for one in rule(material)]

    assert len(findings) == 1
    assert findings[0].startswith((f"{FILE}, field {found}", f"{FILE} {found}"))
