"""The miniature in a real browser: its frames are Python's, and everybody can work it."""

import pytest
from tests.site.forms import ready
from tests.site.serving import serve

from rebuilt.mini import captions, sampler, scenes
from rebuilt.page.pictures import sheet
from rebuilt.widgets.miniature_form import COLUMNS, EXAMPLES

POLICY = "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; script-src "
LIMIT_S, ATTEMPTS = 10.0, 3
DONE = """() => document.querySelector('.rb-form-said').textContent.includes('ready')
    || document.querySelector('.rb-form-problem').textContent"""
SHEET = """() => {
    const canvas = document.querySelector('.rb-form-result .rb-sheet');
    const { width, height } = canvas;
    return [...canvas.getContext('2d').getImageData(0, 0, width, height).data];
}"""
LAST = "[last().caption, [...last().pixels]]"
EXPAND = """given.map(([prompt, seed]) => {
    const { caption, frames, height, width, ignored } = expand(prompt, seed);
    return [caption, frames, height, width, ignored];
})"""
PROMPTS = (
    *EXAMPLES[:4],
    "Red ball falls, white background, two seconds!",
    "a green square clip of a blue square",
    "wide: yellow cross slides left and shrinks",
    "magenta disc in front of cyan box, portrait",
    "blue triangle bouncing up for two seconds",
    "red circle bounces behind green cross",
    "a purple pyramid and a horse rising at night",
    "a cat riding a bicycle",
    "一只猫骑自行车",
    "blue circle, 3 naïve кошки, 2 seconds",
)


def made(form):
    """Press the button, wait, and return caption, bytes and what is said of the clip."""
    form.press("Make the clip")
    form.page.wait_for_function(DONE, timeout=60_000)
    assert form.problem() == ""
    caption, pixels = form.inside(LAST)
    return caption, bytes(pixels), form.field("about").inner_text()


def seconds(about):
    return float(about.split("made in ")[1].split(" s ")[0])


@pytest.mark.parametrize(
    ("size", "frames", "seed"),
    [((32, 32), 17, 0), ((24, 40), 9, 7), ((48, 32), 17, 4_294_967_295), ((40, 40), 5, 3)],
)
def test_frames_are_those_of_python_bit_for_bit(kept, size, frames, seed, record_property):
    """Trained sizes and one that no training clip had; at most ten seconds each."""
    form = kept("miniature")
    height, width = size
    form.enter(prompt=EXAMPLES[1], size=f"{height}x{width}", frames=str(frames), seed=str(seed))
    caption, pixels, about = made(form)
    clip = sampler.load().generate(caption, frames=frames, height=height, width=width, seed=seed)

    assert pixels == sampler.pixels(clip).tobytes()
    took = [seconds(about)]
    while min(took) > LIMIT_S and len(took) < ATTEMPTS:  # another process may have had the core
        took.append(seconds(made(form)[2]))
    record_property("seconds", took)
    assert min(took) <= LIMIT_S
    assert (form.errors, form.requests) == ([], [])


def test_other_steps_and_guidance_are_those_of_python_too(kept):
    """The reader's numbers reach the kernels."""
    form = kept("miniature")
    form.enter(prompt="green cross grows", steps="3", guidance="1.5")
    caption, pixels, _ = made(form)
    clip = sampler.load().generate(caption, frames=9, steps=3, guidance=1.5)

    assert pixels == sampler.pixels(clip).tobytes()


def test_prompts_are_expanded_as_python_expands_them(kept):
    """Colours, shapes, motions, formats, words that are not used, and what a prompt leaves open."""
    asked = [[prompt, seed] for prompt in PROMPTS for seed in (0, 7, 4_294_967_295)]
    found = kept("miniature").inside(EXPAND, asked)
    for (prompt, seed), (caption, frames, height, width, ignored) in zip(asked, found, strict=True):
        python = captions.expand(prompt, seed)
        record = python.record

        assert caption == python.caption, (prompt, seed)
        assert (frames, height, width) == (record.frames, record.height, record.width), prompt
        assert tuple(ignored) == python.ignored, prompt


def test_whatever_is_typed_becomes_words_that_the_miniature_knows(kept):
    """What a prompt leaves open is filled in; nothing that is typed is an error."""
    typed = ["", "hello", "two circles", "red", "square behind", "wide wide tall", "<b>&"]
    asked = [[prompt, 0] for prompt in typed]
    for caption, frames, height, width, _ in kept("miniature").inside(EXPAND, asked):
        assert captions.tokens(caption)
        assert frames in scenes.FRAMES
        assert (height, width) in scenes.SIZES


def test_it_works_by_keyboard_and_can_be_paused(opened):
    """Enter makes the clip; the player's button and slider have names and answer keys."""
    form = opened("miniature")
    form.enter(prompt="red circle moves left", steps="2")
    form.field("prompt").press("Enter")
    form.page.wait_for_function(DONE, timeout=60_000)
    player = form.part("result").locator(".rb-player")
    caption = form.inside("last().caption")
    player.get_by_role("button", name=f"Pause: {caption}").focus()
    form.page.keyboard.press("Space")

    assert player.get_by_role("button", name=f"Play: {caption}").count() == 1

    slider = player.get_by_role("slider", name=f"Frame of: {caption}")
    slider.focus()
    form.page.keyboard.press("End")

    assert slider.get_attribute("aria-valuetext") == "9 of 9"
    assert form.part("said").get_attribute("role") == "status"


def test_a_clip_plays_before_anything_is_asked_for(opened):
    """It is what Python makes of the first example; weights stay where they are, nothing jumps."""
    form = opened("miniature")
    about = form.field("about").filter(has_text="made with this page")
    about.wait_for()
    place = form.part("result").locator(".rb-player-place")
    first = place.inner_text()
    form.page.wait_for_function(
        "first => document.querySelector('.rb-form-result .rb-player-place').textContent !== first",
        arg=first,
    )
    drawn = form.page.evaluate(SHEET)
    expansion = captions.expand(EXAMPLES[0])
    record = expansion.record
    clip = sampler.load().generate(
        expansion.caption, frames=record.frames, height=record.height, width=record.width
    )

    assert bytes(drawn) == sheet(list(sampler.pixels(clip)), COLUMNS).tobytes()
    assert expansion.caption in about.inner_text()
    assert form.inside("last() === undefined && window.rebuiltMiniatureData === undefined")
    assert (form.errors, form.requests) == ([], [])


@pytest.mark.parametrize(
    ("prompt", "named", "chinese"),
    [
        ("a cat riding a bicycle", "“cat”, “riding” or “bicycle”", ""),
        ("一只猫骑自行车", "“一只猫骑自行车”", "“一只猫骑自行车”"),
        ("a red circle and a 狗", "“狗”", "“狗”"),
    ],
)
def test_what_cannot_be_drawn_is_said_and_not_overlooked(kept, prompt, named, chinese):
    """A bold sentence with a border, read out, in Chinese too; the clip names the words again."""
    form = kept("miniature")
    form.enter(prompt=prompt, steps="1")
    warning = form.field("warned")
    warning.filter(has_text=f"The miniature cannot draw {named}.").wait_for()
    style = "style => [getComputedStyle(style).borderLeftWidth, getComputedStyle(style).fontWeight]"

    assert warning.get_attribute("role") == "status"
    assert warning.evaluate(style) == ["4px", "700"]
    assert warning.locator("[lang=zh-Hans]").count() == bool(chinese)
    if chinese:
        assert f"画不出{chinese}。" in warning.locator("[lang=zh-Hans]").inner_text()

    assert "Not drawn: " in made(form)[2]

    form.enter(prompt="red circle moves left")

    assert warning.inner_text() == ""


def test_an_example_becomes_the_prompt(kept):
    """What the menu offers is written into the prompt, where it can be changed."""
    form = kept("miniature")
    form.enter(example=EXAMPLES[3])

    assert form.value("prompt") == EXAMPLES[3]
    assert "grows" in form.field("caption").inner_text()


def test_every_picture_has_words(kept):
    """No picture of the page is silent."""
    page = kept("miniature").page

    assert page.locator("main img").count() >= 5
    assert page.locator("main img:not([alt]), main img[alt='']").count() == 0


def test_a_clip_can_be_cancelled(opened):
    """The worker ends at once, the page says so, and the next clip is made as before."""
    form = opened("miniature")
    form.enter(steps="100")
    form.press("Make the clip")
    form.page.wait_for_function("() => document.querySelector('.rb-form progress').value > 0")
    form.press("Cancel")
    form.part("said").filter(has_text="Cancelled").wait_for()
    form.enter(steps="1")

    assert len(made(form)[1]) == 17 * 32 * 48 * 4


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("seed", "-1", "Seed is -1; expected a whole number from 0 to 4294967295."),
        ("steps", "2.5", "Steps is 2.5; expected a whole number from 1 to 100."),
        ("guidance", "", "Guidance is no number; expected a number from 0 to 20."),
    ],
)
def test_a_number_out_of_range_says_what_is_expected(kept, field, value, message):
    """The field is marked, the sentence is read out, and nothing is made."""
    form = kept("miniature")
    form.inside("(window.before = last()) === undefined")
    form.enter(**{field: value})
    form.press("Make the clip")

    assert form.problem() == message
    assert form.field(field).get_attribute("aria-invalid") == "true"
    assert form.inside("last() === window.before")


def test_the_address_keeps_a_prompt(opened):
    """What was chosen is in the fragment, and opening it again shows the same form."""
    form = opened("miniature")
    form.enter(prompt="blue box rises", size="40x24", seed="12")
    again = opened("miniature", form.choice("seed=12"))

    assert again.value("prompt") == "blue box rises"
    assert again.value("size") == "40x24"
    assert again.field("caption").inner_text() == form.field("caption").inner_text()


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


@pytest.mark.parametrize(
    ("scripts", "said"),
    [
        ("'self' 'wasm-unsafe-eval'", "in the page on this device"),
        ("'self' 'wasm-unsafe-eval'; worker-src blob:", "in a worker on this device"),
        (
            "'self'",
            "This browser, or the policy of this site, does not run WebAssembly (CompileError)",
        ),
    ],
)
def test_a_strict_policy_needs_one_word(site, browser, scripts, said):
    """Without workers the page makes the clip itself; without WebAssembly it says so."""
    context = browser.new_context()
    page = context.new_page()
    with serve(site, POLICY + scripts) as root:
        page.goto(f"{root}miniature.html#steps=2")
        ready(page)
        page.get_by_role("button", name="Make the clip").click()
        page.wait_for_function(DONE, timeout=60_000)

        assert said in page.locator(".rb-form").inner_text()
    context.close()
