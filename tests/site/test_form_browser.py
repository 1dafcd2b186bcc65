"""What pages with a form share: fields for everyone, an address that keeps a choice, a command."""

import pytest
from tests.site.forms import ALL, ready
from tests.site.looks import HEARD
from tests.site.serving import serve

from rebuilt.widgets import calculator_form, chain_form

PAUSE_MS = 1000  # longer than the pause after which the address follows
CHOICES = {
    "calculator": "model=mochi-1&frames=61&set-depth=20",
    "chain": "scenario=2024&steps=25",
    "miniature": "prompt=green+cross+grows&steps=3",
}
SLID = {  # label and unit of every number with a slider
    "calculator": [field[1:3] for field in calculator_form.FIELDS]
    + [choice[1:3] for choice in calculator_form.CHOICES if choice[3]],
    "chain": [(field.label, field.unit) for field in chain_form.FIELDS],
    "miniature": [],
}
MENUS = {
    "calculator": ["Model", "Accelerator", "Curve over length", "Weights", "Sorted by"]
    + [label for _, label, _ in calculator_form.MENUS]
    + [f"{choice[1]}, {choice[2]}" for choice in calculator_form.CHOICES if not choice[3]],
    "chain": ["Scenario"],
    "miniature": ["Examples", "Size", "Length"],
}
OTHERS = {
    "calculator": ["Batch clips together"]
    + [f"{label} {unit}" for _, label, unit in calculator_form.SHARES]
    + [f"{label} {unit}" for label, unit in calculator_form.OF_DEGREES.values()],
    "chain": [],
    "miniature": ["Seed", "Steps", "Guidance"],
}
FILES = {"calculator": ["Or its file"], "chain": [], "miniature": []}
BUTTONS = {
    "calculator": [
        *("Copy command", "As published", "Count it", "Pin this job to compare"),
    ],
    "chain": ["Copy command", "All as assumed"],
    "miniature": ["Make the clip", "Cancel"],
}
ALL_SHOWN = {"calculator": "layout=own&compiled=compiled"}  # degrees; a job that fits
COMMANDS = {
    "calculator": "rebuilt cost hunyuanvideo --frames 129 --height 720 --width 1280 --steps 25",
    "chain": "rebuilt demand --scenario 2026 --set steps=25",
}
WITHOUT_SCRIPTS = {
    "calculator": "#table-worked-cases tbody tr",
    "chain": "#table-worked-scenarios tbody tr",
    "miniature": "main img",
}


@pytest.mark.parametrize("name", ALL)
def test_the_page_is_quiet_and_asks_nothing(opened, name):
    """From a file, without an error or a request, with a choice in the address or without."""
    for choice in ("", CHOICES[name], "steps=%00&model=nothing&:is(=1&curve=%3Cb%3E&caption=x"):
        form = opened(name, choice)

        assert (form.errors, form.requests) == ([], [])


@pytest.mark.parametrize("name", ALL)
def test_every_control_has_a_name(opened, name):
    """Assistive technology reads a label for each, its unit with it, and nothing else is there."""
    form = opened(name, ALL_SHOWN.get(name, ""))
    form.unfold()
    for label, unit in SLID[name]:
        slider = form.page.get_by_role("slider", name=f"{label}, slider", exact=True)
        number = form.page.get_by_role("spinbutton", name=f"{label} {unit}", exact=True)
        assert (slider.count(), number.count()) == (1, 1), label
    named = [("combobox", MENUS[name]), ("spinbutton", OTHERS[name]), ("button", BUTTONS[name])]
    for role, labels in named:
        for label in labels:
            assert form.page.get_by_role(role, name=label, exact=True).count() == 1, label
    text = form.page.locator(".rb-form").get_by_role("textbox").count()
    for label in FILES[name]:
        assert form.page.get_by_label(label, exact=True).get_attribute("type") == "file"
    known = 2 * len(SLID[name]) + sum(len(labels) for _, labels in named) + len(FILES[name])

    assert len(form.boxes()) == known + text
    assert form.page.get_by_role("form").count() == 1


@pytest.mark.parametrize("width", [320, 360, 1280])
@pytest.mark.parametrize("name", ALL)
def test_controls_fit_and_can_be_hit(opened, name, width):
    """No control is outside the screen or lower than a fingertip needs."""
    form = opened(name, width=width)
    form.unfold()
    boxes = form.boxes()

    assert boxes
    for box in boxes:
        assert box["left"] >= 0
        assert box["right"] <= width
        assert box["height"] >= 24


@pytest.mark.parametrize("name", COMMANDS)
def test_the_command_is_copied(opened, name):
    """It is selected, and the page says that it copied until there is another command."""
    form = opened(name)
    form.page.clock.install()
    form.enter(steps="25")
    form.press("Copy command")
    copied = form.part("copied")
    copied.filter(has_text="Cop").wait_for()
    words = copied.inner_text()
    form.page.clock.run_for(PAUSE_MS)
    form.page.set_viewport_size({"width": 600, "height": 900})
    form.page.evaluate(HEARD)

    assert form.part("said").inner_text() != ""  # the figures, a moment later
    assert copied.inner_text() == words
    assert form.page.evaluate("getSelection().toString()").startswith(COMMANDS[name])

    form.enter(steps="29")

    assert copied.inner_text() == ""


@pytest.mark.parametrize("anchor", ["", "#sources-of-this-page"])
@pytest.mark.parametrize("name", ALL)
def test_an_address_without_a_choice_stays_until_something_is_chosen(opened, site, name, anchor):
    """A link to a section of the page outlives opening it there and another width."""
    page = opened(name).page
    page.clock.install()
    page.goto(f"{(site / name).as_uri()}.html{anchor}")
    page.reload()  # the line before only scrolls
    ready(page)
    page.clock.run_for(PAUSE_MS)
    seen = page.evaluate("location.hash")
    page.set_viewport_size({"width": 600, "height": 900})
    page.evaluate(HEARD)
    page.clock.run_for(PAUSE_MS)

    assert (seen, page.evaluate("location.hash")) == (anchor, anchor)

    page.fill("#form-steps", "25")
    page.clock.run_for(PAUSE_MS)

    assert "steps=25" in page.evaluate("location.hash")


@pytest.mark.parametrize("name", ALL)
def test_another_choice_in_the_address_is_followed(opened, name):
    """As by a link or a bookmark while the page is open; what it does not name is as at first."""
    form = opened(name, CHOICES[name])
    form.page.evaluate("location.hash = 'steps=7&gpus=2'")
    form.choice("steps=7")
    first = opened(name)
    first.enter(steps="7")
    if name == "calculator":
        first.enter(gpus="2")

    held = [
        one.page.locator(".rb-form-on [name]").evaluate_all("all => all.map(box => box.value)")
        for one in (form, first)
    ]
    assert held[0] == held[1]


@pytest.mark.parametrize("name", ALL)
def test_without_scripts_there_is_something_to_read(site, browser, name):
    """Tables and pictures are there without JavaScript; a sentence says why there is no form."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((site / f"{name}.html").as_uri())

    assert page.locator(".rb-form-off").is_visible()
    assert not page.locator(".rb-form-on").is_visible()
    assert page.locator(WITHOUT_SCRIPTS[name]).count() >= 5
    context.close()


@pytest.mark.parametrize("name", ["calculator", "chain"])
@pytest.mark.parametrize(
    ("scripts", "works"), [("'self' 'wasm-unsafe-eval'", True), ("'self'", False)]
)
def test_a_strict_policy_needs_one_word(site, browser, name, scripts, works):
    """With 'wasm-unsafe-eval' the form works; without it the page says so."""
    shown = (
        ".rb-form-on" if works else ".rb-form-off:text('does not run WebAssembly (CompileError')"
    )
    context = browser.new_context()
    page = context.new_page()
    with serve(site, f"default-src 'self'; script-src {scripts}") as root:
        page.goto(f"{root}{name}.html")
        page.locator(shown).wait_for(state="visible")

        assert page.locator(".rb-form-on").is_visible() == works
    context.close()
