"""Templates, inputs of classes and configurations are read as commands read them."""

import shutil

import pytest

from rebuilt.paths import ROOT
from rebuilt.validate.class_files import check_classes
from rebuilt.validate.material import Material

ALLEGRO = "data/classes/AllegroTransformer3DModel.yaml"
INPUTS = "data/class_inputs.yaml"
CONFIG = "data/configs/qwen-image.json"
OTHERS = ("data/classes/QwenImageTransformer2DModel.yaml", "data/configs/allegro.json")
WRONG = {
    "an unknown name": (
        ALLEGRO,
        "d: num_attention_heads *",
        "d: num_attention_head *",
        "'num_attention_head', which is",
    ),
    "code": (
        ALLEGRO,
        "d: num_attention_heads *",
        "d: __import__('os') *",
        "\"__import__('os')\", which is unknown",
    ),
    "a power": (ALLEGRO, "d: num_attention_heads *", "d: 9 ** 9 ** 9 *", "which is unknown"),
    "half an expression": (ALLEGRO, "depth: =num_layers", "depth: =(", "no template (SyntaxError"),
    "a deep default": (
        ALLEGRO,
        "num_layers: 32\n",
        "num_layers: 320\n",
        "found 320, expected 1 to 100",
    ),
    "no model": (ALLEGRO, "\nmodel:", "\nmodels:", "no template (KeyError('model'))"),
    "an expression beside": ("data/classes/controls.yaml", '"=2 *', '"=2 **', "which is unknown"),
    "an unknown field": (
        INPUTS,
        "caption_channels]",
        "caption_channel]",
        "'caption_channel', which is",
    ),
    "a cut file": (CONFIG, '"num_layers"', "", "it must be JSON"),
    "no number": (CONFIG, '"num_layers": 60', '"num_layers": NaN', "NaN is no number"),
    "a key twice": (
        CONFIG,
        '"num_layers": 60',
        '"num_layers": 60, "num_layers": 60',
        "stands twice",
    ),
    "ten times the layers": (
        CONFIG,
        '"num_layers": 60',
        '"num_layers": 600',
        "found 600, expected",
    ),
}


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """Copy what the rule reads."""
    root = tmp_path_factory.mktemp("classes")
    for file in (*dict.fromkeys(file for file, *_ in WRONG.values()), *OTHERS):
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / file, root / file)
    return root


@pytest.mark.parametrize(("file", "old", "new", "said"), WRONG.values(), ids=WRONG)
def test_what_a_command_would_refuse_is_found_before(root, file, old, new, said):
    """In the file that is wrong, and in no other."""
    whole = (ROOT / file).read_text(encoding="utf-8")
    assert old in whole
    (root / file).write_text(whole.replace(old, new, 1), encoding="utf-8")
    try:
        found = [str(one) for one in check_classes(Material(root))]
    finally:
        (root / file).write_text(whole, encoding="utf-8")

    assert found
    assert all(line.startswith(file) for line in found)
    assert said in found[0]
