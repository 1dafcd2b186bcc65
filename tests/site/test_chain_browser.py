"""The sliders of the chain in a real browser: bit for bit what Python says, and for everyone."""

import random
import struct

import numpy as np
import pytest
from tests.site.serving import serve

from rebuilt.cost.engine.design_kernels import SIZE
from rebuilt.demand.assumptions import SCENARIOS, assumptions
from rebuilt.demand.chain import machine_row
from rebuilt.demand.names import GIVEN, LINKS, MACHINES
from rebuilt.demand.sampling import draws
from rebuilt.demand.spread_kernels import ENDS, pinned_spread
from rebuilt.widgets import chain_form
from rebuilt.widgets.chain_module import DRAWS

CASES = 1000
RUN = """cases => {
    const { run, data } = document.querySelector('.rb-chain').chain;
    const view = new DataView(new ArrayBuffer(8));
    const bits = value => { view.setFloat64(0, value); return view.getBigUint64(0).toString(); };
    return cases.map(([scenario, fixed]) => {
        const found = run(scenario, fixed);
        return data.links.map(({ name }) => found[name].map(bits));
    });
}"""
DRAG = """() => {
    const slider = document.querySelector('.rb-chain input[type=range][name=steps]');
    const times = [];
    for (let turn = 0; turn < 60; turn += 1) {
        slider.value = turn % 30;
        const start = performance.now();
        slider.dispatchEvent(new Event('input', { bubbles: true }));
        document.querySelector('.rb-chain').getBoundingClientRect();  // layout belongs to it
        times.push(performance.now() - start);
    }
    return times.sort((a, b) => a - b);
}"""
SHOWN = "() => document.querySelector('.rb-chain-figures').innerText"


@pytest.fixture
def opened(site, visit):
    """Open the chain and wait until its sliders are ready; an address may follow."""

    def go(fragment="", **options):
        seen = visit(site, "chain", **options)
        if fragment:
            seen.page.goto("about:blank")
            seen.errors.clear()  # a page that is left early breaks off its own loads
            seen.page.goto(f"{(site / 'chain.html').as_uri()}#{fragment}")
        seen.page.locator(".rb-chain-on").wait_for(state="visible")
        return seen

    return go


def random_cases(seed, number):
    """Scenarios with none to all of the assumptions fixed, within the sliders and far beyond."""
    chance = random.Random(seed)
    fields = chain_form.exported()["fields"]
    for turn in range(number):
        fixed = {}
        for field in chance.sample(fields, chance.randint(0, len(fields))):
            ends = (
                (field["low"], field["high"])
                if turn % 4 == 0
                else field["stops"][:: len(field["stops"]) - 1]
            )
            fixed[field["name"]] = ends[0] * (ends[1] / ends[0]) ** chance.random()
        yield chance.choice(SCENARIOS), fixed


def expected(cases):
    """Bits of every end of the native kernel."""
    base = {name: draws(assumptions(name), DRAWS)[1] for name in SCENARIOS}
    machines = {name: machine_row(MACHINES[name]) for name in SCENARIOS}
    given, out = np.zeros((DRAWS, len(GIVEN))), np.zeros((DRAWS, len(LINKS)))
    for scenario, fixed in cases:
        pins = np.array([fixed.get(name, np.nan) for name in GIVEN])
        ends = np.zeros((ENDS, len(LINKS)))
        pinned_spread(base[scenario], pins, machines[scenario], given, np.zeros(SIZE), out, ends)
        yield [[bits(value) for value in ends[:, place]] for place in range(len(LINKS))]


def bits(value):
    return str(struct.unpack(">Q", struct.pack(">d", value))[0])


def test_the_browser_equals_python_bit_for_bit(opened, record_property):
    """Low, middle and high of every link, for 1,000 random choices of what is fixed."""
    cases = list(random_cases(8, CASES))
    answers = opened().page.evaluate(RUN, cases)

    for case, found, want in zip(cases, answers, expected(cases), strict=True):
        assert found == want, case
    numbers = CASES * len(LINKS) * ENDS
    record_property("equal", f"{numbers} numbers of {CASES} choices")
    assert len(answers) == CASES


def test_a_change_is_answered_at_once(opened, record_property):
    """Milliseconds for one change with form, figures, drawings and layout are reported."""
    times = opened().page.evaluate(DRAG)
    median, slow = times[len(times) // 2], times[int(0.95 * len(times))]
    record_property("ms_per_change", f"median {median:.2f}, 95 % below {slow:.2f}")
    print(f"chain: {median:.2f} ms per change, 95 % below {slow:.2f} ms")

    assert len(times) == 60


def test_the_page_is_quiet_and_asks_nothing(opened):
    """From a file, without an error or a request, with a choice in the address or without."""
    for fragment in ("", "scenario=2024&steps=25"):
        seen = opened(fragment)

        assert (seen.errors, seen.requests) == ([], [])


def test_without_a_choice_the_address_stays(opened):
    """Opening the page writes no fragment, so that links to its sections keep working."""
    page = opened().page
    page.clock.install()
    page.reload()
    page.locator(".rb-chain-on").wait_for(state="visible")
    page.clock.run_for(1000)

    assert page.evaluate("location.hash") == ""


def test_it_works_by_keyboard(opened):
    """Tab reaches the slider, an arrow fixes its assumption, and the figures follow."""
    page = opened().page
    before = page.evaluate(SHOWN)
    page.locator("#chain-steps").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")

    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Steps, slider"
    assert float(page.locator("#chain-steps").input_value()) > 0
    assert page.evaluate(SHOWN) != before
    assert page.locator("#chain-steps-state").inner_text().startswith("fixed; ")


def test_an_assumption_can_be_opened_again(opened):
    """The button beside a fixed one, and the one for all, lead back to the first figures."""
    page = opened().page
    before = page.evaluate(SHOWN)
    page.fill("#chain-steps", "4")
    page.fill("#chain-depth", "80")
    page.get_by_role("button", name="Steps as assumed").click()

    assert page.evaluate(SHOWN) != before
    assert page.locator("#chain-steps").input_value() == ""

    page.get_by_role("button", name="All as assumed").click()

    assert page.evaluate(SHOWN) == before


def test_every_control_has_a_name(opened):
    """Assistive technology reads a label for each control."""
    page = opened().page

    assert page.get_by_role("combobox", name="Scenario", exact=True).count() == 1
    for field in chain_form.FIELDS:
        assert page.get_by_role("slider", name=f"{field.label}, slider", exact=True).count() == 1
        assert page.get_by_role("spinbutton", name=f"{field.label} {field.unit}").count() == 1


def test_the_address_keeps_a_choice_and_the_command_says_the_same(opened):
    """What was fixed is in the fragment, and opening it again shows the same."""
    page = opened().page
    page.select_option("#chain-scenario", "2024")
    page.fill("#chain-steps", "25")
    page.fill("#chain-network_share", "0.5")
    page.wait_for_function("location.hash.includes('network_share=0.5')")
    fragment = page.evaluate("location.hash.slice(1)")

    assert opened(fragment).page.evaluate(SHOWN) == page.evaluate(SHOWN)
    assert page.locator(".rb-chain-command code").inner_text() == (
        "rebuilt demand --scenario 2024 --draws 128 --set steps=25 --set network_share=0.5"
    )


def test_a_value_out_of_range_is_refused_in_words(opened):
    """The figures are emptied, and the sentence says what would do."""
    page = opened().page
    page.fill("#chain-occupancy", "2")

    assert page.get_by_role("alert").inner_text() == (
        "At work in the peak must be 0.005 to 1, or empty for the assumed range"
    )
    assert "million" not in page.evaluate(SHOWN)


def test_halving_the_steps_nearly_halves_the_fleet(opened):
    """What the reader asks first: the ratio to the usual figures is shown."""
    page = opened("scenario=2024&steps=35").page
    fewer = page.locator("[data-shows=accelerators]").inner_text()
    page.fill("#chain-steps", "70")

    assert fewer != page.locator("[data-shows=accelerators]").inner_text()
    assert "× as assumed" in fewer


@pytest.mark.parametrize("width", [320, 360, 1280])
def test_controls_fit_and_can_be_hit(opened, width):
    """No control is outside the screen or lower than a fingertip needs."""
    page = opened(width=width).page
    boxes = page.locator(".rb-chain-on :is(select, input, button):visible").evaluate_all(
        "found => found.map(one => one.getBoundingClientRect().toJSON())"
    )

    assert len(boxes) == 2 * len(chain_form.FIELDS) + 3
    for box in boxes:
        assert box["left"] >= 0
        assert box["right"] <= width
        assert box["height"] >= 24


def test_without_scripts_there_are_worked_cases(site, browser):
    """The table reads without JavaScript, and a sentence says why there is no form."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((site / "chain.html").as_uri())

    assert page.locator(".rb-chain-off").is_visible()
    assert not page.locator(".rb-chain-on").is_visible()
    assert page.locator("#table-worked-scenarios tbody tr").count() == 8
    context.close()


@pytest.mark.parametrize(
    ("scripts", "works"), [("'self' 'wasm-unsafe-eval'", True), ("'self'", False)]
)
def test_a_strict_policy_needs_one_word(site, browser, scripts, works):
    """With 'wasm-unsafe-eval' the sliders run; without it the page says so."""
    shown = ".rb-chain-on" if works else ".rb-chain-off:text('does not run WebAssembly')"
    context = browser.new_context()
    page = context.new_page()
    with serve(site, f"default-src 'self'; script-src {scripts}") as root:
        page.goto(f"{root}chain.html")
        page.locator(shown).wait_for(state="visible")

        assert page.locator(".rb-chain-on").is_visible() == works
    context.close()
