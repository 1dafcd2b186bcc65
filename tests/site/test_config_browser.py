"""A config.json in the calculator's page is counted and refused as `rebuilt cost --config` does."""

import json
import random
import re
import shlex

import pytest

from rebuilt.cost import default_clip, inference, load_model, model_ids
from rebuilt.cost.algebra.places import COUNTS, ROWS, SIZES
from rebuilt.cost.counting.rows import polynomials
from rebuilt.cost.models.architectures import Transformer
from rebuilt.cost.models.config_reading import (
    MOST_CONFIG,
    class_names,
    model_from,
    not_counted,
    originals,
    read_config,
    template_of,
)
from rebuilt.cost.models.latent import job_of, rules_of, shared_heads
from rebuilt.errors import DataError, UnknownNameError
from rebuilt.paths import DATA
from rebuilt.site.assets import CLASSES
from rebuilt.widgets.calculator_form import CONFIG, SHOWN
from rebuilt.widgets.config_tables import script

CONFIGS = sorted(path for path in (DATA / "configs").glob("*.json") if "control" not in path.stem)
WAN = (DATA / "configs" / "wan2.1-t2v-1.3b.json").read_text(encoding="utf-8")
ODD = (None, 0, 1, 3, -1, True, False, "x", 2.5, [], [1], [0, 0, 0], [2, 2, 2], 10**20)
READ = """async given => {
    const { reader } = document.querySelector('.rb-form').inside;
    const { read, count, Refusal } = await reader();
    const exact = terms => Object.fromEntries(terms.map(
        ([row, amount, ...sizes]) => [[row, ...sizes].join(), String(amount)]));
    return given.map(([how, text]) => {
        try {
            const found = how === 'read' ? read(text, 'here') : count(text);
            return { ...found, terms: exact(found.terms) };
        } catch (error) {
            if (!(error instanceof Refusal)) throw error;
            return error.message;
        }
    });
}"""
COUNTED = f"""() => {{
    const {{ run, data, exact }} = document.querySelector('.rb-form').inside;
    const own = data.models.config;
    const clip = data.clip.map(field => own.published[field]
        ?? own.choices[data.choices.indexOf(field)]);
    const found = run({{ model: 'config', gpu: 'h100-sxm', clip, choices: own.choices,
        how: {{ tile: 'no-tile' }} }});
    return [found.code, Array.from(exact.slice(-{len(COUNTS)}), String)];
}}"""
# Pasted one after another; what is said names its class, and says so when it has been counted.
PASTED = f"""async given => {{
    const counted = {COUNTED};
    const [field, button, said] = ['config', 'config-read', 'config-said'].map(
        name => document.getElementById(`form-${{name}}`));
    const found = [];
    for (const [text, sentence] of given) {{
        said.replaceChildren();
        field.value = text;
        button.click();
        for (let turn = 0; !said.textContent.includes(sentence); turn++) {{
            if (turn > 1000) throw new Error(`${{sentence}} was not said: ${{said.textContent}}`);
            await new Promise(done => setTimeout(done, 5));
        }}
        const lines = [...said.querySelectorAll('li')].map(line => line.textContent);
        found.push([...counted(), lines]);
    }}
    return found;
}}"""
DROP = """(form, [name, text]) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([text], name, { type: 'application/json' }));
    for (const kind of ['dragover', 'drop']) {
        form.dispatchEvent(new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer }));
    }
}"""


def lowered(model):
    """Return what the page must hold of a model: terms, rules, job and shared heads."""
    terms = {}
    for row, polynomial in polynomials(model).items():
        for monomial, amount in polynomial.terms.items():
            places = sorted(1 + SIZES.index(name) for name in monomial)
            terms[",".join(map(str, [ROWS.index(row), *places]))] = str(amount)
    job, rules = job_of(model, default_clip(model)), list(rules_of(model))
    return {"terms": terms, "rules": rules, "job": job, "heads": shared_heads(model)}


def expected(text):
    """Return what Python makes of a configuration: its sentence, or what the page must hold."""
    try:
        read = model_from(json.loads(text), "here")
    except (DataError, UnknownNameError) as error:
        return str(error)
    return lowered(read.model) | {"assumed": list(read.assumed), "fps": read.model.clip.fps}


def same(found, wanted):
    """Compare with the class of a configuration left out: the page has it for its own name."""
    if isinstance(found, str) or isinstance(wanted, str):
        return found == wanted
    return {key: found[key] for key in wanted} == wanted


def edits(seed):
    """Draw configurations: the given ones, with odd fields one at a time, with sizes drawn anew."""
    chance = random.Random(seed)
    yield from (path.read_text(encoding="utf-8") for path in CONFIGS)
    for name in class_names():
        for field in template_of(name)["fields"]:
            yield json.dumps({"_class_name": name, field: chance.choice(ODD)})
    for name, entry in originals().items():
        for field in (*entry["fields"], *entry["only"], "strange"):
            yield json.dumps({"_class_name": name, field: chance.choice(ODD)})
    for name in ("Transformer2DModel", "WanPipeline", "AutoencoderKLWan"):
        yield json.dumps({"_class_name": name, "norm_type": "ada_norm_zero", "dtype": "x"})
    yield json.dumps({"model_type": "t5"})
    yield json.dumps(json.loads(WAN) | {"quantization_config": {"bits": 4}})
    for config in (json.loads(path.read_text(encoding="utf-8")) for path in 6 * CONFIGS):
        fields = template_of(config["_class_name"])["fields"]
        for field in chance.sample(list(fields), min(4, len(fields))):
            usual = fields[field]
            if isinstance(usual, bool):
                config[field] = chance.random() < 0.5
            elif isinstance(usual, int):
                config[field] = chance.choice([1, 2, 4, 8, 16, 24, 48, 64, 128, 3072])
            elif usual is None:
                config[field] = chance.choice([None, 64, 1280])
        yield json.dumps(config)


def test_every_configuration_is_read_as_python_reads_it(kept, record_property):
    """Terms as whole numbers, rules, job, what is assumed; of the odd ones the same sentences."""
    texts = list(edits(31))
    found = kept("calculator").page.evaluate(READ, [["read", text] for text in texts])
    wrong = [text for text, one in zip(texts, found, strict=True) if not same(one, expected(text))]

    record_property("equal", f"{len(texts) - len(wrong)} configurations")
    assert wrong == []
    refused = sum(isinstance(one, str) for one in found)
    assert min(refused, len(found) - refused) > 200


def test_parts_of_a_description_add_up_to_every_model_of_the_catalogue(kept):
    """Blocks of kinds and fields that no class has are counted too."""
    models = [load_model(name) for name in model_ids(Transformer)]
    models = [model for model in models if model.geometry is None and model.learned is None]
    texts = [["count", model.model_dump_json(exclude_none=True)] for model in models]
    for model, found in zip(models, kept("calculator").page.evaluate(READ, texts), strict=True):
        assert same(found, lowered(model)), model.id


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('{"_class_name": "WanTransformer3D"}', "nearest names: WanTransformer3DModel"),
        (f'{{"_class_name": "{next(iter(not_counted()))}"}}', "is not counted: "),
        ('{"_class_name": "é"}', 'no transformer class "\\u00e9"; nearest names: '),
        ("{}", "has no field _class_name"),
        ("[1]", "holds no JSON object"),
        ("{", "is not JSON ("),
        ('{"_class_name": "WanTransformer3DModel", "num_layer": 3}', "nearest are num_layers"),
        ('{"_class_name": "WanTransformer3DModel", "num_layers": 4.0}', "num_layers is 4.0; exp"),
    ],
)
def test_what_cannot_be_read_is_said_and_nothing_changes(kept, text, sentence):
    """The sentence stands below the text, which is marked; no number of before stays."""
    form = kept("calculator")
    form.unfold()
    form.enter(model="hunyuanvideo")
    form.field("config").fill(text)
    form.press("Count it")
    form.part("refused").wait_for()

    assert sentence in form.part("refused").inner_text()
    assert form.field("config").get_attribute("aria-invalid") == "true"
    assert form.value("model") == "hunyuanvideo"
    assert form.figures().count("\u2013") == len(SHOWN)
    assert form.problem() == CONFIG["blank"]

    form.enter(model="mochi-1")

    assert form.problem() == ""
    assert "\u2013" not in form.figures()


def test_every_given_configuration_is_counted_in_the_page(opened):
    """Pasted one after another: whole numbers of the job are those of the command."""
    form = opened("calculator")
    texts = [path.read_text(encoding="utf-8") for path in CONFIGS]
    names = [json.loads(text)["_class_name"] for text in texts]
    options = [CONFIG["name"].format(name=name, where="config.json") for name in names]
    pasted = form.page.evaluate(PASTED, [*zip(texts, options, strict=True)])
    for path, (code, counts, said) in zip(CONFIGS, pasted, strict=True):
        read = read_config(path)
        job = inference(read.model)
        known = dict(zip(COUNTS, map(int, counts), strict=True))

        assert code == 0, path.name
        assert [known[name] for name in ("tokens", "flops", "parameters", "denoise")] == [
            job.forward.tokens, job.total, job.forward.parameters, job.denoise
        ]  # fmt: skip
        assert [known["text_encoder"], known["decode"]] == [job.text_encoder, job.decode or 0]
        assert said == list(read.assumed)
    assert (form.errors, form.requests) == ([], [])


def test_a_file_may_be_dropped_or_chosen(opened):
    """Its name stands in the list of models and in the command; its text can be read."""
    form = opened("calculator")
    form.page.locator(".rb-form").evaluate(DROP, ["mine.json", WAN])
    form.field("config-said").filter(has_text="mine.json").wait_for()

    assert form.command().startswith("rebuilt cost --config mine.json --frames 81 --height 480")
    assert form.value("config") == WAN
    assert not form.field("set-depth").is_visible()

    form.field("config-file").set_input_files(DATA / "configs" / "mochi-1.json")
    form.field("config-said").filter(has_text="mochi-1.json").wait_for()

    assert form.command().startswith("rebuilt cost --config mochi-1.json")
    assert form.page.locator("#form-model option[value=config]").count() == 1


def test_it_works_by_keyboard_and_the_address_says_nothing_of_it(opened):
    """Tab goes from the text to the file and the button; another model is chosen as before."""
    form = opened("calculator")
    form.unfold()
    form.field("config").fill(WAN)
    form.field("config").focus()
    form.page.keyboard.press("Tab")
    form.page.keyboard.press("Tab")
    form.page.keyboard.press("Enter")
    form.field("config-said").filter(has_text="WanTransformer3DModel").wait_for()

    held = form.choice("gpu=h100-sxm")
    assert "model=" not in held
    assert "frames=" not in held
    assert form.field("config-said").get_attribute("role") == "status"

    form.enter(frames="83")
    assert form.problem() == "frames 83 is not 1 + a multiple of 4; nearest 81 and 85"

    form.enter(model="mochi-1")
    assert form.command().startswith("rebuilt cost mochi-1 --frames")
    assert "model=mochi-1" in form.choice("model=mochi-1")


def test_tables_are_loaded_when_they_are_wanted(opened):
    """Readers who bring no configuration load nothing more; a lost file is said."""
    form = opened("calculator")
    loaded = (
        "() => [...document.scripts].map(one => one.src).filter(one => one.includes('classes'))"
    )

    assert form.page.evaluate(loaded) == []

    form.page.route(f"**/{CLASSES}", lambda route: route.abort())
    form.page.reload()  # a page is read with or without such a watch from its first file on
    form.unfold()
    form.field("config").fill(WAN)
    form.press("Count it")
    form.part("refused").wait_for()

    assert form.part("refused").inner_text() == CONFIG["lost"].format(
        file=CLASSES, word="config.json"
    )


def test_tables_are_part_of_the_site(fixture_html):
    """The build writes them; a second one keeps them while nothing of what they say has changed."""
    written = (fixture_html / "_static" / CLASSES).read_text(encoding="utf-8")

    assert written == script()


def edited(more):
    """Return a configuration with one more line."""
    return f"{WAN.rstrip()[:-1]}, {more}}}"


@pytest.mark.parametrize(
    "text",
    [
        WAN,
        edited('"_note": "\\"5, {[:"'),
        edited('"num_layers": 3'),
        edited('"_note": {"a": 1, "\\u0061": 2}'),
        edited('"_note": [1, {"a": [{"b": 1, "c": {"b": 1}}], "b": 2}]'),
        WAN.replace('"num_layers": 30', '"num_layers": 030'),
        WAN.replace('"num_layers": 30', '"num_layers": {"\\u0000": "3"}'),
        WAN.replace("1e-06", "1e400"),
        edited(f'"_note": 0.{"1" * 120}'),
        edited(f'"_note": {"[" * 80}{"]" * 80}'),
        edited(f'"_note": "{"x" * MOST_CONFIG}"'),
    ],
    ids=range(11),
)
def test_a_text_is_json_for_the_page_where_it_is_for_the_command(kept, text, tmp_path):
    """A key that stands twice, 030 or 1e400: what a browser takes without a word is refused."""
    path = tmp_path / "config.json"
    path.write_text(text, encoding="utf-8")
    try:
        wanted = lowered(read_config(path).model)
    except (DataError, UnknownNameError):
        wanted = None
    found = kept("calculator").page.evaluate(READ, [["read", text]])[0]

    assert isinstance(found, str) if wanted is None else same(found, expected(text))


@pytest.mark.parametrize(
    "name",
    [
        "mine.json",
        "a b.json",
        "it's.json",
        "`id`;rm -rf ~.json",
        "$(id).json",
        "-h.json",
        "a\nb",
        "",
    ],
)
def test_the_name_of_a_file_is_one_word_of_the_command(opened, name):
    """A shell runs none of it, whatever somebody called the file."""
    form = opened("calculator")
    form.page.locator(".rb-form").evaluate(DROP, [name, WAN])
    form.field("config-said").filter(has_text="WanTransformer3DModel").wait_for()
    command = form.page.locator(".rb-form-buttons code").text_content()

    shown = f"./{name}" if name.startswith("-") else name or "config.json"
    assert shlex.split(command)[:4] == ["rebuilt", "cost", "--config", shown]
    assert not re.search(r"[`$;]", re.sub(r"'[^']*'", "", command))
