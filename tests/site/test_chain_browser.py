"""The sliders of the chain in a real browser: bit for bit what Python says, and for everyone."""

import random
import struct

import numpy as np

from rebuilt.demand.assumptions import SCENARIOS, assumptions
from rebuilt.demand.chain import chip_of, run_chain
from rebuilt.demand.names import GIVEN, LINKS, MACHINES
from rebuilt.demand.sampling import DRAWS, draws
from rebuilt.widgets import chain_form

CASES = 60  # of all draws each
RUN = """given.map(job => {
    const ends = run(job);
    return data.links.map(name => ends[name].map(bits));
})"""


def random_cases(seed, number):
    """Scenarios with none to all of the assumptions fixed, within the sliders and far beyond."""
    chance = random.Random(seed)
    fields = chain_form.FIELDS
    for turn in range(number):
        fixed = {}
        for field in chance.sample(fields, chance.randint(0, len(fields))):
            stops = chain_form.stops(field)
            low, high = chain_form.limits(field) if turn % 4 == 0 else (stops[0], stops[-1])
            fixed[field.name] = low * (high / low) ** chance.random()
        yield {"scenario": chance.choice(SCENARIOS), "fixed": fixed}


def expected(cases):
    """Bits of every end, from the chain as Python draws and runs it; tests/demand has its text."""
    base = {name: draws(assumptions(name))[1] for name in SCENARIOS}
    places = [int(level * (DRAWS - 1) + 0.5) for level in (0.05, 0.5, 0.95)]
    for case in cases:
        scenario = case["scenario"]
        given = base[scenario].copy()
        for name, value in case["fixed"].items():
            given[:, GIVEN.index(name)] = value
        ends = np.sort(run_chain(given, chip_of(MACHINES[scenario])), axis=0)[places]
        yield [[bits(value) for value in ends[:, place]] for place in range(len(LINKS))]


def bits(value):
    return str(struct.unpack(">Q", struct.pack(">d", value))[0])


def test_the_browser_equals_python_bit_for_bit(kept, record_property):
    """Low, middle and high of every link, for random choices of what is fixed."""
    cases = list(random_cases(8, CASES))
    answers = kept("chain").inside(RUN, cases)

    for case, found, want in zip(cases, answers, expected(cases), strict=True):
        assert found == want, case
    numbers = CASES * len(LINKS) * 3
    record_property("equal", f"{numbers} numbers of {CASES} choices")
    assert len(answers) == CASES


def test_a_change_is_answered_at_once(kept, record_property):
    """Milliseconds for one change with form, figures, drawings and layout are reported."""
    form = kept("chain")
    median, slow = form.drag("steps", [turn % 30 for turn in range(60)])
    record_property("ms_per_change", f"median {median:.2f}, 95 % below {slow:.2f}")
    print(f"chain: {median:.2f} ms per change, 95 % below {slow:.2f} ms")

    assert float(form.value("steps")) > 0


def test_it_works_by_keyboard(opened):
    """Tab reaches the slider, an arrow fixes its assumption, and the figures follow."""
    form = opened("chain")
    before = form.figures()
    form.field("steps").focus()
    form.page.keyboard.press("Tab")
    form.page.keyboard.press("ArrowRight")

    assert form.page.locator(":focus").get_attribute("aria-label") == "Steps, slider"
    assert float(form.value("steps")) > 0
    assert form.figures() != before
    assert form.field("steps-state").inner_text().startswith("fixed; ")


def test_an_assumption_can_be_opened_again(opened):
    """The button beside a fixed one, and the one for all, lead back to the first figures."""
    form = opened("chain")
    before = form.figures()
    form.enter(steps="4", depth="80")
    form.press("Steps as assumed")

    assert form.figures() != before
    assert form.value("steps") == ""

    form.press("All as assumed")

    assert form.figures() == before


def test_the_address_keeps_a_choice_and_the_command_says_the_same(opened):
    """What was fixed is in the fragment, and opening it again shows the same."""
    form = opened("chain")
    form.enter(scenario="2024", steps="25", network_share="0.5")

    assert opened("chain", form.choice("network_share=0.5")).figures() == form.figures()
    assert form.command() == (
        "rebuilt demand --scenario 2024 --set steps=25 --set network_share=0.5"
    )


def test_a_value_out_of_range_is_refused_in_words(kept):
    """The figures are emptied, the field is marked, and the sentence says what would do."""
    form = kept("chain")
    form.enter(occupancy="2")

    assert form.problem() == (
        "At work in the peak must be 0.005 to 1, or empty for the assumed range."
    )
    assert form.field("occupancy").get_attribute("aria-invalid") == "true"
    assert "million" not in form.figures()


def test_halving_the_steps_nearly_halves_the_fleet(kept):
    """What the reader asks first: the ratio to the usual figures is shown."""
    form = kept("chain", "scenario=2024&steps=35")
    fewer = form.figure("accelerators")
    form.enter(steps="70")

    assert fewer != form.figure("accelerators")
    assert "× as assumed" in fewer
