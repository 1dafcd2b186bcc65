"""What pages with a form share: fields for everyone, an address that keeps a choice, a command."""

import re
from urllib.parse import quote

import pytest
from tests.site.forms import ALL, AS_AT_FIRST, ready
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
    "calculator": ["Rent USD per GPU-hour", "Batch clips together"]
    + [f"{label} {unit}" for _, label, unit in calculator_form.SHARES]
    + [f"{label} {unit}" for label, unit in calculator_form.OF_DEGREES.values()],
    "chain": [],
    "miniature": ["Seed", "Steps", "Guidance"],
}
FILES = {"calculator": ["Or its file"], "chain": [], "miniature": []}
BUTTONS = {
    "calculator": [
        *("Copy command", "As published", "Count it", "Pin this job to compare"),
        "Take this option",
    ],
    "chain": ["Copy command", "All as assumed"],
    "miniature": ["Make the clip", "Cancel"],
}
PLAYERS = {"calculator": 0, "chain": 0, "miniature": 2}  # button and slider of a clip that plays
# Degrees of a layout; a job that does not fit, so that an option is offered.
ALL_SHOWN = {"calculator": "model=wan2.1-t2v-14b&gpu=rtx-4090&layout=own"}
# The page writes a choice into the address a moment after it; the browser tells of another address
# a moment after that has come. Here the first moment ends before the second.
WRITTEN_LATE = """field => {
    const wait = window.setTimeout;
    let write;
    window.setTimeout = later => { write = later; };
    field.value = '9';
    field.dispatchEvent(new Event('input', { bubbles: true }));
    window.setTimeout = wait;
    location.hash = 'steps=7';
    write();
}"""
COMMANDS = {
    "calculator": "rebuilt cost hunyuanvideo --frames 129 --height 720 --width 1280 --steps 25",
    "chain": "rebuilt demand --scenario 2026 --set steps=25",
}
VALUES = "all => all.map(box => box.value)"
STRANGE = [
    ("calculator", "config-file=x", "names config-file, which is no field of this form"),
    ("calculator", "config=x", "names config, which is no field of this form"),
    ("chain", "title=x", "names title, which is no field of this form"),
    ("chain", "foo=1", "names foo, which is no field of this form"),
    ("chain", "=1", "names , which is no field of this form"),
    ("chain", "scenario=2025", "scenario as '2025'; expected was one of 2024, 2026"),
    ("chain", "scenario=2024&scenario=2026", "scenario twice; once was expected"),
    ("chain", "steps=x0.5", "steps as 'x0.5'; a number was expected"),
    ("chain", "steps=1e4.5", "steps as '1e4.5'; a number was expected"),
    ("chain", "steps=%00", "steps as '\x00'; a number was expected"),
    ("chain", "steps=25&steps=50", "steps twice; once was expected"),
    ("miniature", "seed=1&seed=2", "seed twice; once was expected"),
    ("miniature", "size=1x1", "size as '1x1'; expected was one of 32x32, "),
    ("miniature", "caption=red", "names caption, which is no field of this form"),
]
TYPED = {"129.0": "129", "+5": "5", "1e2": "100", "007": "7"}  # what the command says
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
def test_every_control_has_a_name(kept, name):
    """Assistive technology reads a label for each, its unit with it, and nothing else is there."""
    form = kept(name, ALL_SHOWN.get(name, AS_AT_FIRST))
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

    assert len(form.boxes()) == known + text + PLAYERS[name]
    assert form.page.get_by_role("form").count() == 1


@pytest.mark.parametrize("name", ALL)
def test_controls_fit_and_can_be_hit(kept, name):
    """No control is outside the screen or lower than a fingertip needs."""
    form = kept(name)
    form.unfold()
    for width in (1280, 360, 320, 200):
        form.resize(width)
        boxes = form.boxes()

        assert boxes
        assert form.page.evaluate("document.documentElement.scrollWidth") <= width
        for box in boxes:
            assert box["left"] >= 0
            assert box["right"] <= width
            assert box["height"] >= 24


@pytest.mark.parametrize("name", COMMANDS)
def test_results_stay_in_view_beside_the_fields(opened, name):
    """While fields come into view, and they end where those do; a phone has a line of them."""
    form = opened(name)
    fields = form.page.locator(".rb-form-asks input:visible")
    for field, block in ((fields.first, "center"), (fields.last, "end")):
        field.evaluate(
            "(field, block) => field.scrollIntoView({ block, behavior: 'instant' })", block
        )
        asks, found = (form.part(part).bounding_box() for part in ("asks", "found"))
        first = form.part("figures").first.bounding_box()

        assert found["x"] >= asks["x"] + asks["width"]
        assert 0 <= first["y"] < 450
        assert found["y"] + found["height"] <= asks["y"] + asks["height"] + 1

    form.resize(360)
    fields.first.scroll_into_view_if_needed()
    line = form.part("sum").bounding_box()

    assert line["y"] + line["height"] <= 900
    assert form.part("sum").inner_text() != ""


@pytest.mark.parametrize("name", COMMANDS)
def test_no_line_of_a_command_begins_within_an_option(kept, name):
    """Each option with its value is on one line."""
    form = kept(name, "steps=25")
    for width in (1280, 360):
        form.resize(width)
        lines = form.page.locator(".rb-form-buttons code span").evaluate_all(
            "spans => spans.map(span => [span.textContent, span.getClientRects().length,"
            " span.getBoundingClientRect().height])"
        )

        assert " ".join(text for text, *_ in lines) == form.command()
        assert [text for text, *_ in lines[1:] if not text.startswith("--")] == []
        assert {boxes for _, boxes, _ in lines} == {1}
        assert max(height for *_, height in lines[1:]) < 30


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
    form.resize(600)

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
def test_another_choice_in_the_address_is_followed(kept, name):
    """As by a link or a bookmark while the page is open; what it does not name is as at first."""
    followed = kept(name, CHOICES[name])
    followed.follow("steps=7&gpus=2")
    held = followed.page.locator(".rb-form-on [name]").evaluate_all(VALUES)
    entered = kept(name)
    entered.enter(steps="7", **({"gpus": "2"} if name == "calculator" else {}))

    assert entered.page.locator(".rb-form-on [name]").evaluate_all(VALUES) == held


@pytest.mark.parametrize(("name", "choice", "expected"), STRANGE)
def test_an_address_that_asks_for_what_there_is_not_is_told_so(kept, name, choice, expected):
    """It gives no number and no command and stays as it is, until a field changes."""
    form = kept(name, choice)
    form.page.wait_for_timeout(PAUSE_MS / 2)
    if name == "miniature":
        form.press("Make the clip")

    assert expected in form.problem()
    assert form.page.evaluate("location.hash.slice(1)") == choice
    assert form.page.locator("[data-shows]").filter(has_text=re.compile(r"\d")).count() == 0
    if name in COMMANDS:
        assert form.command() == ""
        assert form.part("copy").is_disabled()
    else:
        assert form.inside("last() === undefined")
    assert form.errors == []

    form.enter(steps="7")

    assert form.problem() == ""
    form.choice("steps=7")


@pytest.mark.parametrize("text", TYPED)
@pytest.mark.parametrize("name", COMMANDS)
def test_numbers_of_a_command_have_their_normal_form(kept, name, text):
    """As `rebuilt` takes them, whether they stand in the address or are typed."""
    form = kept(name, f"steps={quote(text)}")
    assigned = "=" if name == "chain" else " "

    assert f"steps{assigned}{TYPED[text]} " in f"{form.command()} "
    if not text.startswith("+"):  # which a field of numbers does not take
        said = form.command()
        form.enter(steps="9")
        form.enter(steps=text)

        assert form.command() == said
        assert f"steps={TYPED[text]}" in form.choice(f"steps={TYPED[text]}")


@pytest.mark.parametrize("name", ALL)
def test_a_link_that_is_followed_is_not_written_over(kept, name):
    """What was chosen a moment before is about to stand in the address, when another one comes."""
    form = kept(name)
    form.field("steps").evaluate(WRITTEN_LATE)
    form.page.wait_for_function("document.getElementById('form-steps').value === '7'")

    assert "steps=7" in form.choice("steps=7")


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


@pytest.mark.parametrize(
    ("name", "script", "body", "said"),
    [
        ("calculator", "rebuilt-form.js", "<html>Sign in</html>", "JavaScript and WebAssembly"),
        ("calculator", "rebuilt-calculator.js", None, "JavaScript and WebAssembly"),
        ("miniature", "rebuilt-clips.js", "<html>Sign in</html>", "is not what it was built with"),
        ("miniature", "rebuilt-clips.js", "", "is not what it was built with"),
        ("miniature", "rebuilt-clips.js", None, "is not what it was built with"),
    ],
)
def test_a_form_that_no_script_opens_says_what_it_needs(site, browser, name, script, body, said):
    """A file that is lost, or holds something else, leaves words and not an empty place."""
    page = browser.new_page()
    page.route(
        f"**/{script}*",
        lambda route: route.abort() if body is None else route.fulfill(body=body),
    )
    page.goto((site / f"{name}.html").as_uri())
    page.locator(".rb-form-off").wait_for(state="visible")

    assert said in page.locator(".rb-form-off").inner_text()
    assert not page.locator(".rb-form-on").is_visible()
    page.close()
