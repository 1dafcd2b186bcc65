"""Damage that is well-formed, or nearly: each kind is planted in a file of its own, all at once.

A check of the whole repository then names every one of them.
"""

import json
import shutil

import pytest
from tests.faults import caught
from tests.faults.planting import copy_data, sheets

from rebuilt.errors import DataError
from rebuilt.paths import ROOT
from rebuilt.validate.descriptor import seal
from rebuilt.validate.every_rule import check
from rebuilt.validate.material import MODULES

BOMB = "a: &a [1, 1, 1, 1]\nb: &b [*a, *a, *a, *a]\nc: &c [*b, *b, *b, *b]\nd: [*c, *c]\n"
CELLS = {  # kind: table, column, what is written into the middle of it
    "a number beyond all numbers": ("accelerators", "value", "1e400"),
    "a day without its zeros": ("statements", "known_since", "2024-5-2"),
    "a character without width": ("roadmap", "note", "soon\u200b"),
    "a mark that turns text around": ("terminals", "note", "\u202e7 nm"),
    "a NUL": ("switch_silicon", "note", "a\x00b"),
    "a space that is another": ("video_models", "note", "5\u00a0s"),
    "a share ten times too large": ("efficiencies", "value", "6.2915"),
    "a count unlike its polynomial": ("learned_checks", "counted", "578027520"),
    "more faults caught than planted": ("faults_caught", "caught", "700"),
    "a part that is more than the whole": ("config_counts", "feed_forward", "99999999999999999999"),
    "a run of a day to come": ("measured", "date", "2031-01-01"),
    "a cell of megabytes": ("software", "note", "a" * 5_000_000),
}
YAML = {  # kind: model, old, new
    "a key twice": ("allegro", "architecture:", "note: a\nnote: b\narchitecture:"),
    "an alias": ("mochi-1", "architecture:", "note: &n a\nalso: [*n]\narchitecture:"),
    "a value that holds itself": ("cogvideox-2b", "architecture:", "x: &l [*l]\narchitecture:"),
    "a bomb of aliases": ("ltx-2-19b", "architecture:", f"{BOMB}architecture:"),
    "true for a number": ("dit-xl-2", "depth: 28", "depth: true"),
    "more parameters than any network": ("latte-xl-2", "hidden: 4608", "hidden: 281474976710650"),
    "a list as a key": ("open-sora-1.2", "architecture:", "? [1]\n: 2\narchitecture:"),
    "a number that is none": ("hunyuanvideo", "fps: 24", "fps: .nan"),
    "a control character": ("cogvideox-5b", "architecture:", "note: \x07\narchitecture:"),
    "a model that is its own autoencoder": ("wan2.1-t2v-1.3b", "autoencoder: wan2.1-vae",
                                            "autoencoder: wan2.1-t2v-1.3b"),
}  # fmt: skip
BYTES = {  # kind: file, of which one bit is turned
    "a bit of the weights": "data/weights/transformer.safetensors",
    "a bit of a module": MODULES.replace("datapackage.json", "miniature.wasm"),
}


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """Copy what pages and commands read."""
    root = copy_data(tmp_path_factory.mktemp("hostile"))
    modules = (ROOT / MODULES).parent
    target = root / modules.relative_to(ROOT)
    target.mkdir(parents=True)
    for path in [ROOT / MODULES, *modules.glob("*.wasm")]:
        shutil.copy(path, target)
    return root


def plant(root):
    """Damage one file for each kind; return kind and file."""
    tables, planted = sheets(root), {}
    for kind, (name, column, cell) in CELLS.items():
        sheet = tables[name]
        row = sheet.filled(column) or len(sheet.rows) // 2
        sheet.rows[row][sheet.header.index(column)] = cell
        (root / sheet.file).write_text(sheet.text(), encoding="utf-8")
        planted[kind] = (sheet.file, row + 2)
    for kind, (model, old, new) in YAML.items():
        file = f"data/models/{model}.yaml"
        text = (root / file).read_text(encoding="utf-8")
        assert old in text, file
        (root / file).write_text(text.replace(old, new, 1), encoding="utf-8")
        planted[kind] = (file, None)
    seal(root)  # whoever plants these means them
    for kind, file in BYTES.items():
        raw = bytearray((root / file).read_bytes())
        raw[len(raw) // 2] ^= 1
        (root / file).write_bytes(raw)
        planted[kind] = (file, None)
    return planted


def test_every_kind_is_named_with_its_file(root, record_property):
    """Sealed or not."""
    planted = plant(root)
    findings = check(root)
    for kind, (file, row) in planted.items():
        found = [one for one in findings if one.file == file and row in (None, one.row)]
        part = "WebAssembly modules" if file.endswith(".wasm") else file.rsplit("/", 1)[0]
        caught.record(record_property, part, kind, caught=int(bool(found)))
        assert found, f"{kind} in {file}"


@pytest.mark.parametrize(
    ("change", "part"),
    [
        (lambda content: content["resources"][0].update(path="../../etc/passwd"), "path"),
        (lambda content: content["resources"][0].update(path="/etc/passwd"), "path"),
        (lambda content: content["resources"][0].pop("schema"), "schema"),
        (lambda content: content.update(resources={}), "resources"),
        (lambda content: content.update(freeze_date="2026-1-1"), "freeze_date"),
        (lambda content: content["resources"][0]["schema"]["fields"][0].update(type="any"), "type"),
    ],
)  # fmt: skip
def test_a_descriptor_of_another_shape_is_refused(root, change, part, record_property):
    """In one sentence that names the property."""
    file = root / "data/datapackage.json"
    whole = file.read_bytes()
    content = json.loads(whole)
    change(content)
    file.write_text(json.dumps(content), encoding="utf-8")
    try:
        with pytest.raises(DataError, match=part):
            check(root)
    finally:
        file.write_bytes(whole)
    caught.record(record_property, "data/datapackage.json", "another shape")
