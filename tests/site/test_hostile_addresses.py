"""Addresses that nobody means: no page of a form breaks on any, and what it shows is a number.

Each page is opened once; its address then changes under it, as a reader's back button does.
"""

from random import Random
from urllib.parse import quote

import pytest
from tests.site.forms import ALL

COUNT = [40, pytest.param(120, marks=pytest.mark.weekly)]  # the same ones from the first on
NAMES = {
    "calculator": ("model", "gpu", "curve", "frames", "height", "width", "steps", "passes", "gpus",
                   "rent", "set-depth", "set-width", "set-heads", "set-blocks", "set-text_tokens"),
    "chain": ("scenario", "steps", "fps", "mfu", "depth", "height", "width", "seconds"),
    "miniature": ("prompt", "size", "frames", "seed", "steps", "guidance", "example"),
}  # fmt: skip
VALUES = (
    *("__proto__", "constructor", "toString", "hasOwnProperty", "config", "2026", "hunyuanvideo"),
    *("NaN", "Infinity", "-1", "0", "1", "5", "17", "1e309", "1e-320", "9" * 400, "0x10", "1,5"),
    *("", " ", "<img src=x onerror=alert(1)>", "javascript:alert(1)", "\u202e", "\u0661", "\x00"),
    *("%", "%zz", "=", "&", "#", "red circle", "x" * 5000, "[]", "{}", "null", "undefined"),
)
SETTLE = "() => new Promise(done => setTimeout(done, 5))"
SEEN = """() => [...document.querySelectorAll('[data-shows], .rb-form-command, .rb-form-problem,'
    + '.rb-form-sum, .rb-form-curve, .rb-form-bar')].map(one => one.textContent).join(' | ')"""


def addresses(name, count):
    """Choices of an address: one to three names, known or not, with any values."""
    random = Random(name)
    names = (*NAMES[name], "__proto__", "constructor", "a b", "")
    for _ in range(count):
        pairs = [(random.choice(names), random.choice(VALUES)) for _ in range(random.randint(1, 3))]
        written = (
            f"{quote(key)}={quote(value) if random.random() < 0.8 else value}"
            for key, value in pairs
        )
        yield "&".join(written).replace("#", "%23")


@pytest.mark.parametrize("count", COUNT)
@pytest.mark.parametrize("name", ALL)
def test_no_address_breaks_a_page(opened, name, count):
    """No error, no request, nothing that is no number; in the end the page works as ever."""
    form = opened(name)
    broken = []
    for choice in addresses(name, count):
        form.page.evaluate("choice => { location.hash = choice; }", choice)
        form.page.evaluate(SETTLE)
        seen = form.page.evaluate(SEEN)
        if (
            form.errors
            or form.requests
            or any(word in seen and word not in choice for word in ("NaN", "undefined"))
        ):
            broken.append((choice[:80], list(form.errors), list(form.requests), seen[:200]))
            form.errors.clear()
            form.requests.clear()
    assert broken == []
    assert form.part("on").is_visible()
    assert form.page.evaluate("Object.keys(Object.prototype).length") == 0


@pytest.mark.parametrize(
    ("file", "changes"),
    [
        (
            "miniature-data.js",
            [
                lambda text: text[: len(text) // 2],
                lambda _: "<html><body>Sign in to this network</body></html>",
                lambda text: text.replace("AA", "AB", 1),
            ],
        ),
        ("rebuilt-miniature-engine.js", [lambda text: text[: len(text) // 2]]),
    ],
)
def test_a_damaged_file_of_the_miniature_is_named(opened, site, file, changes):
    """A clip is never made of other weights; a file that is whole again is taken."""
    form = opened("miniature")
    whole = (site / "_static" / file).read_text(encoding="utf-8")
    sent = []
    bodies = [change(whole) for change in changes] + [whole]

    def send(route):
        sent.append(bodies[len(sent)])
        route.fulfill(body=sent[-1])

    form.page.route(f"**/{file}", send)
    form.page.reload()  # a page is read with or without such a watch from its first file on
    for turn in range(len(changes)):
        form.enter(steps=str(turn + 2))
        form.press("Make the clip")
        form.page.wait_for_function("document.querySelector('.rb-form-problem').textContent")

        assert len(sent) == turn + 1
        assert form.problem() == (
            f"{file} is not the file that this page was built with; reload the page, or restore "
            "the file."
        )
        assert "ready" not in form.part("said").inner_text()

    form.enter(steps="1")
    form.press("Make the clip")
    form.page.get_by_text("The clip is ready.").wait_for(timeout=60_000)


@pytest.mark.parametrize("name", ["calculator", "chain"])
def test_a_damaged_module_is_not_run(site, visit, name, tmp_path):
    """One letter of it is another, in the page itself."""
    text = (site / f"{name}.html").read_text(encoding="utf-8")
    place = text.index('"module":"') + 5000
    other = "A" if text[place] != "A" else "B"
    (tmp_path / f"{name}.html").write_text(text[:place] + other + text[place + 1 :], "utf-8")
    (tmp_path / "_static").symlink_to(site / "_static")
    (tmp_path / "_sphinx_design_static").symlink_to(site / "_sphinx_design_static")
    page = visit(tmp_path, name).page
    page.wait_for_function(
        "document.querySelector('.rb-form').classList.contains('rb-form-failed')"
    )

    assert "is not what it was built with" in page.locator(".rb-form-off").inner_text()
