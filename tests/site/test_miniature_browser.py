"""The miniature in a real browser: its frames are Python's, and everybody can work it."""

import base64
import os
from pathlib import Path

import pytest

from rebuilt.mini import captions, sampler, scenes
from rebuilt.paths import BUILD
from rebuilt.widgets.miniature_form import EXAMPLES

POLICY = "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; script-src "
LIMIT_S, ATTEMPTS = 10.0, 3
DONE = """() => document.querySelector('.rb-mini-said').textContent.includes('ready')
    || document.querySelector('.rb-mini-problem').textContent"""
LAST = """() => {
    const { caption, pixels } = document.querySelector('.rb-mini').miniature.last();
    let text = '';
    pixels.forEach(value => { text += String.fromCharCode(value); });
    return [caption, btoa(text), document.querySelector('.rb-mini-about').textContent];
}"""
EXPAND = """prompts => {
    const { expand } = document.querySelector('.rb-mini').miniature;
    return prompts.map(prompt => {
        const { caption, frames, height, width, ignored } = expand(prompt, 0);
        return [caption, frames, height, width, ignored];
    });
}"""
PROMPTS = (
    *EXAMPLES[:4],
    "Red ball falls, white background, two seconds!",
    "a green square clip of a blue square",
    "wide: yellow cross slides left and shrinks",
    "magenta disc in front of cyan box, portrait",
    "blue triangle bouncing up for two seconds",
    "red circle bounces behind green cross",
    "a purple pyramid and a horse rising at night",
)


@pytest.fixture(scope="module")
def site():
    """Folder of the built book; the miniature is one of its pages."""
    folder = Path(os.environ.get("REBUILT_HTML", BUILD / "html")).resolve()
    if not (folder / "miniature.html").is_file():
        message = f"NO BUILT MINIATURE in {folder}; run `make book`"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return folder


@pytest.fixture
def opened(site, visit):
    """Open the chapter and wait for the form; a part of the address may follow it."""

    def go(fragment="", **options):
        seen = visit(site, "miniature", **options)
        if fragment:
            seen.page.goto("about:blank")
            seen.errors.clear()
            seen.page.goto(f"{(site / 'miniature.html').as_uri()}#{fragment}")
        seen.page.locator(".rb-mini-on").wait_for(state="visible")
        return seen

    return go


def fill(page, **values):
    """Set fields of the form; menus by value."""
    for name, value in values.items():
        control = page.locator(f"#mini-{name}")
        if name in ("size", "frames"):
            control.select_option(value)
        else:
            control.fill(value)


def made(page):
    """Press the button, wait, and return caption, bytes and what is said of the clip."""
    page.get_by_role("button", name="Make the clip").click()
    page.wait_for_function(DONE, timeout=60_000)
    assert page.locator(".rb-mini-problem").inner_text() == ""
    caption, pixels, about = page.evaluate(LAST)
    return caption, base64.b64decode(pixels), about


def seconds(about):
    return float(about.split("made in ")[1].split(" s ")[0])


@pytest.mark.parametrize(
    ("size", "frames", "seed"),
    [((32, 32), 17, 0), ((24, 40), 9, 7), ((48, 32), 17, 4_294_967_295), ((40, 40), 5, 3)],
)
def test_frames_are_those_of_python_bit_for_bit(opened, size, frames, seed, record_property):
    """Trained sizes and one that no training clip had; at most ten seconds each."""
    seen = opened()
    height, width = size
    fill(
        seen.page, prompt=EXAMPLES[1], size=f"{height}x{width}", frames=str(frames), seed=str(seed)
    )
    caption, pixels, about = made(seen.page)
    clip = sampler.load().generate(caption, frames=frames, height=height, width=width, seed=seed)

    assert pixels == sampler.pixels(clip).tobytes()
    took = [seconds(about)]
    while min(took) > LIMIT_S and len(took) < ATTEMPTS:  # another process may have had the core
        took.append(seconds(made(seen.page)[2]))
    record_property("seconds", took)
    assert min(took) <= LIMIT_S
    assert (seen.errors, seen.requests) == ([], [])


def test_other_steps_and_guidance_are_those_of_python_too(opened):
    """The reader's numbers reach the kernels."""
    page = opened().page
    fill(page, prompt="green cross grows", steps="3", guidance="1.5")
    caption, pixels, _ = made(page)
    clip = sampler.load().generate(caption, frames=9, steps=3, guidance=1.5)

    assert pixels == sampler.pixels(clip).tobytes()


def test_prompts_are_expanded_as_python_expands_them(opened):
    """Colours, shapes, motions, formats and words that are not used."""
    found = opened().page.evaluate(EXPAND, list(PROMPTS))
    for prompt, (caption, frames, height, width, ignored) in zip(PROMPTS, found, strict=True):
        python = captions.expand(prompt)
        record = python.record

        assert caption == python.caption, prompt
        assert (frames, height, width) == (record.frames, record.height, record.width), prompt
        assert tuple(ignored) == python.ignored, prompt


def test_whatever_is_typed_becomes_words_that_the_miniature_knows(opened):
    """What a prompt leaves open is filled in; nothing that is typed is an error."""
    typed = ["", "hello", "two circles", "red", "square behind", "wide wide tall", "<b>&"]
    for caption, frames, height, width, _ in opened().page.evaluate(EXPAND, typed):
        assert captions.tokens(caption)
        assert frames in scenes.FRAMES
        assert (height, width) in scenes.SIZES


def test_it_works_by_keyboard_and_can_be_paused(opened):
    """Enter makes the clip; the player's button and slider have names and answer keys."""
    page = opened().page
    fill(page, prompt="red circle moves left", steps="2")
    page.locator("#mini-prompt").press("Enter")
    page.wait_for_function(DONE, timeout=60_000)
    player = page.locator(".rb-mini-result .rb-player")
    caption = page.evaluate(LAST)[0]
    pause = player.get_by_role("button", name=f"Pause: {caption}")
    pause.focus()
    page.keyboard.press("Space")

    assert player.get_by_role("button", name=f"Play: {caption}").count() == 1

    slider = player.get_by_role("slider", name=f"Frame of: {caption}")
    slider.focus()
    page.keyboard.press("End")

    assert slider.get_attribute("aria-valuetext") == "9 of 9"
    assert page.locator(".rb-mini-said").get_attribute("role") == "status"


def test_every_control_has_a_name(opened):
    """A label for each field, and words for every picture."""
    page = opened().page
    for name in ("Examples", "Size", "Length"):
        assert page.get_by_role("combobox", name=name, exact=True).count() == 1
    for name in ("Seed", "Steps", "Guidance"):
        assert page.get_by_role("spinbutton", name=name, exact=True).count() == 1
    assert page.get_by_role("textbox", name="Prompt", exact=True).count() == 1
    unnamed = page.locator("main img:not([alt]), main img[alt='']").count()

    assert unnamed == 0


def test_a_clip_can_be_cancelled(opened):
    """The worker ends at once, the page says so, and the next clip is made as before."""
    page = opened().page
    fill(page, steps="100")
    page.get_by_role("button", name="Make the clip").click()
    page.wait_for_function("() => document.querySelector('.rb-mini progress').value > 0")
    page.get_by_role("button", name="Cancel").click()
    page.locator(".rb-mini-said:text('Cancelled')").wait_for()
    fill(page, steps="1")

    assert len(made(page)[1]) == 17 * 32 * 32 * 4


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("seed", "-1", "Seed is -1; expected a whole number from 0 to 4294967295."),
        ("steps", "2.5", "Steps is 2.5; expected a whole number from 1 to 100."),
        ("guidance", "", "Guidance is no number; expected a number from 0 to 20."),
    ],
)
def test_a_number_out_of_range_says_what_is_expected(opened, field, value, message):
    """The field is marked, the sentence is read out, and nothing is made."""
    page = opened().page
    fill(page, **{field: value})
    page.get_by_role("button", name="Make the clip").click()

    assert page.locator(".rb-mini-problem").inner_text() == message
    assert page.locator(f"#mini-{field}").get_attribute("aria-invalid") == "true"
    assert not page.locator(".rb-mini-result").is_visible()


def test_the_address_keeps_a_prompt(opened):
    """What was chosen is in the fragment, and opening it again shows the same form."""
    page = opened().page
    fill(page, prompt="blue box rises", size="40x24", seed="12")
    page.wait_for_function("location.hash.includes('seed=12')")
    again = opened(page.evaluate("location.hash.slice(1)")).page

    assert again.locator("#mini-prompt").input_value() == "blue box rises"
    assert again.locator("#mini-size").input_value() == "40x24"
    assert (
        again.locator(".rb-mini-caption").inner_text()
        == page.locator(".rb-mini-caption").inner_text()
    )


def test_nothing_moves_for_readers_who_asked_for_less_motion(site, browser):
    """Players begin still, and play when asked."""
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    page.goto((site / "miniature.html").as_uri())
    player = page.locator(".rb-clip .rb-player").first
    place = player.locator(".rb-player-place")
    player.wait_for()
    page.wait_for_timeout(500)

    assert place.inner_text().startswith("1 /")
    assert player.get_by_role("button").inner_text() == "Play"
    context.close()


def test_without_scripts_the_frames_are_there(site, browser):
    """Sheets of frames replace the players, and a sentence the form."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((site / "miniature.html").as_uri())

    assert page.locator(".rb-mini-off").is_visible()
    assert not page.locator(".rb-mini-on").is_visible()
    assert page.locator(".rb-clip img").first.is_visible()
    context.close()


@pytest.mark.parametrize(
    ("scripts", "said"),
    [
        ("'self' 'wasm-unsafe-eval'", "in the page on this device"),
        ("'self' 'wasm-unsafe-eval'; worker-src blob:", "in a worker on this device"),
        ("'self'", "This browser, or the policy of this site, cannot run the miniature"),
    ],
)
def test_a_strict_policy_needs_one_word(site, browser, scripts, said):
    """Without workers the page makes the clip itself; without WebAssembly it says so."""
    context = browser.new_context()

    def serve(route):
        file = site / route.request.url.split("://site.test/")[1].split("?")[0].split("#")[0]
        if not file.is_file():
            route.abort()
            return
        route.fulfill(path=file, headers={"Content-Security-Policy": POLICY + scripts})

    context.route("http://site.test/**", serve)
    page = context.new_page()
    page.goto("http://site.test/miniature.html")
    page.locator(".rb-mini-on").wait_for(state="visible")
    fill(page, steps="2")
    page.get_by_role("button", name="Make the clip").click()
    page.wait_for_function(DONE, timeout=60_000)

    assert said in page.locator(".rb-mini").inner_text()
    context.close()


@pytest.mark.parametrize("width", [320, 1280])
def test_controls_fit_and_can_be_hit(opened, width):
    """No control is outside the screen or lower than a fingertip needs."""
    page = opened(width=width).page
    boxes = page.locator(".rb-mini-on :is(select, input, button)").evaluate_all(
        "found => found.map(one => one.getBoundingClientRect().toJSON())"
    )

    assert len(boxes) >= 9
    for box in boxes:
        assert box["left"] >= 0
        assert box["right"] <= width
        assert box["height"] >= 24
