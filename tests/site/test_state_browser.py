"""What the pages with a form share: an address that keeps a choice, and a command to copy."""

import pytest
from tests.site.looks import HEARD


@pytest.mark.parametrize(
    ("name", "root", "box", "command"),
    [
        (
            "calculator",
            "calc",
            "#calc-frames",
            "rebuilt cost hunyuanvideo --frames 25 --height 720",
        ),
        (
            "chain",
            "chain",
            "#chain-steps",
            "rebuilt demand --scenario 2026 --draws 128 --set steps=25",
        ),
    ],
)
def test_the_command_is_copied(site, visit, name, root, box, command):
    """It is selected, and the page says that it copied until there is another command."""
    page = visit(site, name).page
    page.locator(f".rb-{root}-on").wait_for(state="visible")
    page.clock.install()
    page.fill(box, "25")
    page.get_by_role("button", name="Copy command").click()
    copied = page.locator(f".rb-{root}-copied")
    copied.filter(has_text="Cop").wait_for()
    words = copied.inner_text()
    page.clock.run_for(1000)
    page.set_viewport_size({"width": 600, "height": 900})
    page.evaluate(HEARD)

    assert page.locator(f".rb-{root}-said").inner_text() != ""  # the figures, a moment later
    assert copied.inner_text() == words
    assert page.evaluate("getSelection().toString()").startswith(command)

    page.fill(box, "29")

    assert copied.inner_text() == ""


@pytest.mark.parametrize(
    ("name", "root", "box"),
    [
        ("calculator", "calc", "#calc-frames"),
        ("chain", "chain", "#chain-steps"),
        ("miniature", "mini", "#mini-steps"),
    ],
)
def test_an_anchor_stays_in_the_address_until_something_is_chosen(site, visit, name, root, box):
    """A link to a section of the page outlives opening it there and another width."""
    page = visit(site, name).page
    page.clock.install()
    page.goto(f"{(site / name).as_uri()}.html#sources-of-this-page")
    page.reload()  # the line before only scrolls
    page.locator(f".rb-{root}-on").wait_for(state="visible")
    page.clock.run_for(1000)
    opened = page.evaluate("location.hash")
    page.set_viewport_size({"width": 600, "height": 900})
    page.evaluate(HEARD)
    page.clock.run_for(1000)

    assert (opened, page.evaluate("location.hash")) == ("#sources-of-this-page",) * 2

    page.fill(box, "25")
    page.clock.run_for(1000)

    assert "=25" in page.evaluate("location.hash")
