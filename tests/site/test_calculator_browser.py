"""The calculator in a real browser: bit for bit what Python says, by keyboard and by address."""

import math
import random
import struct

import numpy as np
import pytest

from rebuilt.cost import Clip, load_model
from rebuilt.cost.counting.latent import explain, latent_of, rules_of
from rebuilt.cost.engine import calculator, calculator_kernels, custom_kernels
from rebuilt.cost.engine.custom_rows import published_row
from rebuilt.cost.models.choices import CHOICES, LARGEST, LEAST, LIMITS
from rebuilt.cost.models.choices import COMPOSED as COMPOSED_NAMES
from rebuilt.cost.models.codes import REFUSALS
from rebuilt.cost.models.custom import choices_of
from rebuilt.cost.models.custom import explain as explain_choices
from rebuilt.cost.models.custom_models import altered
from rebuilt.errors import ShapeError
from rebuilt.widgets.calculator_form import SHOWN

CASES = 1500
JUDGED = 3  # code and near values, all that a refused clip has
COMPOSED = 1000
RUN = """given.map(([model, clip, gpu, choices]) => {
    const job = { model, clip, gpu, choices: choices ?? data.models[model].choices };
    const found = run(job);
    return [found.code ? sentence(job, found) : '',
            found.refusesChoices ? [] : data.result.map(field => bits(found[field]))];
})"""


def random_cases(seed, number):
    """Clips that models take and clips that they refuse, and values that are no clip at all."""
    chance = random.Random(seed)
    for turn in range(number):
        name = chance.choice(calculator.offered())
        rules = rules_of(load_model(name))
        side = max(rules.side_multiple, rules.side_minimum)
        frames = 1 if rules.rule == 0 else rules.stride * chance.randint(1, 300) + (rules.rule == 3)
        height = side * chance.randint(1, 90)
        width = height if rules.square else side * chance.randint(1, 90)
        text = chance.randint(rules.text_minimum, rules.text_maximum)
        values = [frames, height, width, text]
        values += [chance.randint(1, 300), chance.randint(1, 3), chance.randint(1, 8)]
        if turn % 3 == 0:
            place = chance.randrange(len(values))
            values[place] = chance.choice([0, -7, 3, 77, 1001, 2.5, 9000, 20_000, 10**7])
        yield name, values, chance.choice(calculator.machines())


def expected(cases):
    """Bits of every result of the native kernel, and the sentence that Python says."""
    models = {name: np.array(calculator.model_row(name)) for name in calculator.offered()}
    machines = {name: np.array(calculator.machine_row(name)) for name in calculator.machines()}
    largest = np.array(calculator.LARGEST, float)
    for name, values, gpu in cases:
        out = np.zeros(len(calculator.RESULT))
        calculator_kernels.calculate(
            models[name], np.array(values, float), machines[gpu], largest, out
        )
        code = int(out[0])
        yield said_of(load_model(name), values, code), [bits(value) for value in out]


def said_of(model, values, code):
    """Python's sentence of a code; of a refusal, the one of the exception of `rebuilt cost`."""
    if 0 < code < len(REFUSALS):
        frames, height, width, text = values[:4]
        clip = Clip(frames=frames, height=height, width=width, text_tokens=text)
        return explain(rules_of(model), clip, code)
    if code == 0:
        return ""
    place = (code - len(REFUSALS)) % len(calculator.CLIP)
    return calculator.sentences()[code].format(
        field=calculator.CLIP[place], value=values[place], limit=calculator.LARGEST[place]
    )


def random_architectures(seed, number):
    """Draw changed models with clips, about half of which exist."""
    chance = random.Random(seed)
    for _ in range(number):
        name = chance.choice(calculator.offered())
        choices = choices_of(load_model(name))
        for field in chance.sample(CHOICES, chance.randint(1, 6)):
            low, high = LIMITS[field]
            choices[field] = chance.choice([chance.randint(low, min(high, 40)), high])
            if field == "width" and chance.random() < 0.9:
                choices[field] = choices["heads"] * chance.randint(1, 128)
        frames = 1 if choices["frames_rule"] == 0 else choices["frames_stride"] * 12 + 1
        side = choices["side_stride"] * choices["patch_side"]
        values = [frames, side * chance.randint(1, 16), side * chance.randint(1, 16)]
        values += [choices["text_tokens"], chance.randint(1, 60), chance.randint(1, 3)]
        gpu = chance.choice(calculator.machines())
        yield name, [*values, chance.randint(1, 8)], gpu, list(choices.values())


def expected_of_architectures(cases):
    """Bits of the native kernels, and the sentences of the friendly layer."""
    machines = {name: np.array(calculator.machine_row(name)) for name in calculator.machines()}
    own = {name: np.array(published_row(load_model(name))) for name in calculator.offered()}
    limits = np.array(LEAST, float), np.array(LARGEST, float)
    for name, values, gpu, choices in cases:
        named = dict(zip(CHOICES, choices, strict=True))
        row, judged = np.zeros(len(calculator.model_row(name))), np.zeros(len(COMPOSED_NAMES))
        custom_kernels.compose(own[name], np.array(choices, float), *limits, row, judged)
        if judged[0]:
            yield explain_choices(named, int(judged[0])), []
            continue
        model, out = load_model(name), np.zeros(len(calculator.RESULT))
        if named == choices_of(model):
            row = np.array(calculator.model_row(name))
        else:
            model = altered(model, named)
        calculator_kernels.calculate(
            row, np.array(values, float), machines[gpu], np.array(calculator.LARGEST, float), out
        )
        yield said_of(model, values, int(out[0])), [bits(value) for value in out]


def bits(value):
    """Give every nan the same bits: IEEE leaves them open, and JavaScript shows one."""
    plain = math.nan if math.isnan(value) else value
    return str(struct.unpack(">Q", struct.pack(">d", plain))[0])


def test_the_browser_equals_python_bit_for_bit(opened, record_property):
    """Every number and every refusal of 1,500 random inputs."""
    cases = list(random_cases(17, CASES))
    answers = opened("calculator").inside(RUN, cases)

    taken = refused = 0
    for case, (said, numbers), (words, want) in zip(cases, answers, expected(cases), strict=True):
        assert said == words, case
        kept = JUDGED if words else None
        assert numbers[:kept] == want[:kept], case
        taken, refused = taken + (not words), refused + bool(words)
    record_property("equal", f"{taken} counted and {refused} refused inputs")
    assert taken > 800
    assert refused > 200


def test_changed_architectures_equal_python_bit_for_bit(opened, record_property):
    """Every number and every refusal, of architecture or clip, of 1,000 random architectures."""
    cases = list(random_architectures(29, COMPOSED))
    answers = opened("calculator").inside(RUN, cases)

    counted = refused = 0
    wanted = expected_of_architectures(cases)
    for case, (said, numbers), (words, want) in zip(cases, answers, wanted, strict=True):
        assert said == words, case
        kept = JUDGED if words else None
        assert numbers[:kept] == want[:kept], case
        counted, refused = counted + (not words), refused + bool(words)
    record_property("equal", f"{counted} counted and {refused} refused architectures")
    assert counted > 250
    assert refused > 250


@pytest.mark.parametrize(("control", "last"), [("frames", "117"), ("set-depth", "96")])
def test_a_change_is_answered_at_once(opened, record_property, control, last):
    """Milliseconds for one change with form, figures, bars, curve and layout are reported."""
    form = opened("calculator")
    form.unfold()
    median, slow = form.drag(control, [1 + 4 * (turn % 60) for turn in range(150)])
    record_property("ms_per_change", f"median {median:.2f}, 95 % below {slow:.2f}")
    print(f"calculator, {control}: {median:.2f} ms per change, 95 % below {slow:.2f} ms")

    assert form.value(control) == last


def test_it_works_by_keyboard(opened):
    """Tab reaches the sliders, arrows move them, and the figures follow."""
    form = opened("calculator")
    before = form.figures()
    form.field("frames").focus()
    form.page.keyboard.press("Tab")
    form.page.keyboard.press("ArrowRight")

    assert form.page.locator(":focus").get_attribute("aria-label") == "Frames, slider"
    assert form.value("frames") == "133"
    assert form.figures() != before


def test_every_drawing_has_words(opened):
    """Assistive technology reads what bars and curve show."""
    labels = (
        opened("calculator")
        .page.locator(".rb-form svg[role=img]")
        .evaluate_all("found => found.map(svg => svg.getAttribute('aria-label'))")
    )

    assert [label.split(":")[0] for label in labels] == [
        "FLOPs of one forward pass",
        "Run time",
        "Run time over length",
    ]


def test_the_address_keeps_a_choice(opened):
    """What was chosen is in the fragment, and opening it again shows the same."""
    form = opened("calculator")
    form.enter(model="wan2.1-t2v-14b", gpu="h200-sxm", curve="joules", frames="161", gpus="8")
    again = opened("calculator", form.choice("frames=161", "gpus=8"))

    assert again.figures() == form.figures()
    assert again.value("curve") == "joules"
    assert form.command() == (
        "rebuilt cost wan2.1-t2v-14b --frames 161 --height 720 --width 1280 --steps 50 "
        "--passes 2 --gpu h200-sxm --gpus 8"
    )


def test_an_architecture_is_changed_kept_and_copied(opened):
    """The command names what was changed, the address keeps it, and the published one is back."""
    form = opened("calculator")
    form.unfold()
    form.enter(model="wan2.1-t2v-14b", set_blocks="joint", set_depth="30")
    again = opened("calculator", form.choice("set-blocks=joint", "set-depth=30"))

    assert again.figures() == form.figures()
    assert again.field("set-depth").is_visible()
    command = form.command()
    assert command.startswith("rebuilt cost wan2.1-t2v-14b --set blocks=joint --set depth=30 --fr")
    changed = form.field("changes").inner_text()
    assert changed == "Changed from Wan2.1 T2V 14B: blocks joint, depth 30."

    form.enter(set_heads="39")

    assert form.problem() == "width 5120 is not a multiple of heads 39; nearest 5109 and 5148"

    form.press("As published")

    assert form.problem() == ""
    assert "--set" not in form.command()


@pytest.mark.parametrize(
    "fields", [{"frames": "130"}, {"height": "725"}, {"width": "9"}, {"frames": "200001"}]
)
def test_a_refused_clip_says_what_the_command_says(opened, fields):
    """The sentence is the command's own, figures are emptied, and a button leads back."""
    form = opened("calculator")
    form.enter(**fields)
    model = load_model("hunyuanvideo")
    published = {"frames": 129, "height": 720, "width": 1280}
    with pytest.raises(ShapeError) as refusal:
        latent_of(model, Clip(**published | {name: int(text) for name, text in fields.items()}))

    assert str(refusal.value).endswith(form.problem())
    assert form.problem() != ""
    assert form.figures().count("\u2013") == len(SHOWN)

    form.press("As published")

    assert form.problem() == ""
    assert "PFLOP" in form.figures()


def test_an_empty_field_is_refused(opened):
    """It is quoted as it was typed."""
    form = opened("calculator")
    form.enter(frames="")

    assert form.problem() == "frames is ''; it must be a whole number"
