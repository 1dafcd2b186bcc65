"""The calculator in a real browser: bit for bit what Python says, by keyboard and by address."""

import math
import random
import struct

import numpy as np
import pytest
from tests.site.serving import serve

from rebuilt.cost import Clip, load_model
from rebuilt.cost.models.latent import explain, rules_of
from rebuilt.cost.engine import calculator, calculator_kernels, custom_kernels
from rebuilt.cost.engine.custom_rows import published_row
from rebuilt.cost.models.choices import CHOICES, LARGEST, LEAST, LIMITS
from rebuilt.cost.models.choices import COMPOSED as COMPOSED_NAMES
from rebuilt.cost.models.codes import REFUSALS
from rebuilt.cost.models.custom import choices_of
from rebuilt.cost.models.custom import explain as explain_choices
from rebuilt.cost.models.custom_models import altered
from rebuilt.widgets.calculator_form import CHOICES as CONTROLS

CASES = 1500
JUDGED = 3  # code and near values, all that a refused clip has
COMPOSED = 1000
RUN = """cases => {
    const { calculator } = document.querySelector('.rb-calc');
    const { calculate, sentence, sentenceOfChoices, data } = calculator;
    const view = new DataView(new ArrayBuffer(8));
    const bits = value => { view.setFloat64(0, value); return view.getBigUint64(0).toString(); };
    return cases.map(([model, values, gpu, choices]) => {
        const found = calculate(model, values, gpu, choices);
        if (found.refusesChoices) return [sentenceOfChoices(choices, found), []];
        const said = found.code ? sentence(values, found) : '';
        return [said, data.result.map(field => bits(found[field]))];
    });
}"""
DRAG = """name => {
    const slider = document.querySelector(`input[type=range][name=${name}]`);
    const times = [];
    for (let turn = 0; turn < 150; turn += 1) {
        slider.value = 1 + 4 * (turn % 60);
        const start = performance.now();
        slider.dispatchEvent(new Event('input', { bubbles: true }));
        document.querySelector('.rb-calc').getBoundingClientRect();  // layout belongs to it
        times.push(performance.now() - start);
    }
    return times.sort((a, b) => a - b);
}"""
SHOWN = "() => document.querySelector('.rb-calc-figures').innerText"


@pytest.fixture
def opened(site, visit):
    """Open the calculator and wait until it is ready; a part of the address may follow it."""

    def go(fragment="", **options):
        seen = visit(site, "calculator", **options)
        if fragment:
            seen.page.goto("about:blank")
            seen.errors.clear()  # a page that is left early breaks off its own loads
            seen.page.goto(f"{(site / 'calculator.html').as_uri()}#{fragment}")
        seen.page.locator(".rb-calc-on").wait_for(state="visible")
        return seen

    return go


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
    page = opened().page

    answers = page.evaluate(RUN, cases)

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
    page = opened().page

    answers = page.evaluate(RUN, cases)

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


@pytest.mark.parametrize("control", ["frames", "set-depth"])
def test_a_change_is_answered_at_once(opened, record_property, control):
    """Milliseconds for one change with form, figures, bars, curve and layout are reported."""
    page = opened().page
    page.locator("summary:text('Change the architecture')").click()
    times = page.evaluate(DRAG, control)
    median, slow = times[len(times) // 2], times[int(0.95 * len(times))]
    record_property("ms_per_change", f"median {median:.2f}, 95 % below {slow:.2f}")
    print(f"calculator, {control}: {median:.2f} ms per change, 95 % below {slow:.2f} ms")

    assert len(times) == 150


def test_the_page_is_quiet_and_asks_nothing(opened):
    """From a file, without an error or a request, with a choice in the address or without."""
    for fragment in ("", "model=mochi-1&frames=61"):
        seen = opened(fragment)

        assert (seen.errors, seen.requests) == ([], [])


def test_it_works_by_keyboard(opened):
    """Tab reaches the sliders, arrows move them, and the figures follow."""
    page = opened().page
    before = page.evaluate(SHOWN)
    page.locator("#calc-frames").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")

    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Frames, slider"
    assert page.locator("#calc-frames").input_value() == "133"
    assert page.evaluate(SHOWN) != before


def test_every_control_has_a_name(opened):
    """Assistive technology reads a label for each control, and words for each drawing."""
    page = opened().page
    for name in ("Model", "Accelerator", "Curve over length"):
        assert page.get_by_role("combobox", name=name, exact=True).count() == 1
    for name in ("Frames", "Height", "Width", "Steps", "Passes", "Accelerators"):
        assert page.get_by_role("slider", name=f"{name}, slider", exact=True).count() == 1
        assert page.get_by_role("spinbutton", name=name).count() == 1
    labels = page.locator(".rb-calc svg[role=img]").evaluate_all(
        "found => found.map(svg => svg.getAttribute('aria-label'))"
    )

    assert [label.split(":")[0] for label in labels] == [
        "FLOPs of one forward pass",
        "Run time",
        "Run time over length",
    ]


def test_the_address_keeps_a_choice(opened):
    """What was chosen is in the fragment, and opening it again shows the same."""
    page = opened().page
    page.select_option("#calc-model", "wan2.1-t2v-14b")
    page.select_option("#calc-gpu", "h200-sxm")
    page.select_option("#calc-curve", "joules")
    page.fill("#calc-frames", "161")
    page.fill("#calc-gpus", "8")
    page.wait_for_function("location.hash.includes('frames=161&') && location.hash.includes('=8&')")
    fragment = page.evaluate("location.hash.slice(1)")

    again = opened(fragment).page

    assert again.evaluate(SHOWN) == page.evaluate(SHOWN)
    assert again.locator("#calc-curve").input_value() == "joules"
    assert page.locator(".rb-calc-command code").inner_text() == (
        "rebuilt cost wan2.1-t2v-14b --frames 161 --height 720 --width 1280 --steps 50 "
        "--passes 2 --gpu h200-sxm --gpus 8"
    )


def test_an_architecture_is_changed_kept_and_copied(opened):
    """The command names what was changed, the address keeps it, and the published one is back."""
    page = opened().page
    page.select_option("#calc-model", "wan2.1-t2v-14b")
    page.locator("summary:text('Change the architecture')").click()
    page.select_option("#calc-set-blocks", label="two streams (HunyuanVideo)")
    page.fill("#calc-set-depth", "30")
    page.wait_for_function("location.hash.includes('set-blocks=joint&set-depth=30')")
    fragment = page.evaluate("location.hash.slice(1)")
    command = page.locator(".rb-calc-command code").inner_text()

    again = opened(fragment).page

    assert again.evaluate(SHOWN) == page.evaluate(SHOWN)
    assert again.locator("#calc-set-depth").is_visible()
    assert command.startswith("rebuilt cost wan2.1-t2v-14b --set blocks=joint --set depth=30 --fr")
    text = page.locator(".rb-calc-said-of").inner_text()
    assert text == "Changed from Wan2.1 T2V 14B: blocks joint, depth 30."

    page.fill("#calc-set-heads", "39")

    assert page.get_by_role("alert").inner_text() == (
        "width 5120 is not a multiple of heads 39; nearest 5109 and 5148"
    )

    page.get_by_role("button", name="As published").click()

    assert page.get_by_role("alert").inner_text() == ""
    assert "--set" not in page.locator(".rb-calc-command code").inner_text()


def test_choices_have_names(opened):
    """Every choice of an architecture is a named menu, or a number with a named slider."""
    page = opened().page
    page.locator("summary:text('Change the architecture')").click()
    assert page.get_by_role("group", name="Architecture").count() == 1
    for name, label, unit, end, _ in CONTROLS:
        if end == 0:
            menu = page.get_by_role("combobox", name=f"{label}, {unit}", exact=True)
            assert menu.count() == 1, name
        else:
            assert page.get_by_role("slider", name=f"{label}, slider", exact=True).count() == 1
            assert page.get_by_role("spinbutton", name=f"{label} {unit}", exact=True).count() == 1


def test_a_refused_clip_says_why_and_what_would_do(opened):
    """The sentence is the command's own, figures are emptied, and the slider leads back."""
    page = opened().page
    page.fill("#calc-frames", "130")

    assert page.get_by_role("alert").inner_text() == (
        "frames 130 is not 1 + a multiple of 4; nearest 129 and 133"
    )
    assert "PFLOP" not in page.evaluate(SHOWN)

    page.fill("#calc-frames", "")

    assert page.get_by_role("alert").inner_text() == "frames is ''; it must be a whole number"

    page.get_by_role("button", name="As published").click()

    assert page.get_by_role("alert").inner_text() == ""
    assert "PFLOP" in page.evaluate(SHOWN)


@pytest.mark.parametrize("width", [320, 360, 1280])
def test_controls_fit_and_can_be_hit(opened, width):
    """No control is outside the screen or lower than a fingertip needs."""
    page = opened(width=width).page
    page.locator("summary:text('Change the architecture')").click()
    boxes = page.locator(".rb-calc-on :is(select, input, button)").evaluate_all(
        "found => found.map(one => one.getBoundingClientRect().toJSON())"
    )

    assert len(boxes) == 17 + 3 + 2 * 11
    for box in boxes:
        assert box["left"] >= 0
        assert box["right"] <= width
        assert box["height"] >= 24


def test_without_scripts_there_are_worked_cases(site, browser):
    """The table reads without JavaScript, and a sentence says why there is no form."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((site / "calculator.html").as_uri())

    assert page.locator(".rb-calc-off").is_visible()
    assert not page.locator(".rb-calc-on").is_visible()
    assert page.locator("#table-worked-cases tbody tr").count() > 5
    context.close()


@pytest.mark.parametrize(
    ("scripts", "works"), [("'self' 'wasm-unsafe-eval'", True), ("'self'", False)]
)
def test_a_strict_policy_needs_one_word(site, browser, scripts, works):
    """With 'wasm-unsafe-eval' the calculator runs; without it the page says so."""
    shown = ".rb-calc-on" if works else ".rb-calc-off:text('does not run WebAssembly')"
    context = browser.new_context()
    page = context.new_page()
    with serve(site, f"default-src 'self'; script-src {scripts}") as root:
        page.goto(f"{root}calculator.html")
        page.locator(shown).wait_for(state="visible")

        assert page.locator(".rb-calc-on").is_visible() == works
    context.close()
