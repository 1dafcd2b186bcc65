"""Numbers in sentences that can be dragged: by pointer and by keys; what follows is Python's."""

import pytest

from rebuilt.cost import load_model
from rebuilt.exhibits import compute_cost, latent_patches, switching

SENTENCES = {
    "latent-patches": lambda: latent_patches.by_seconds(load_model("hunyuanvideo"), 60),
    "switching": lambda: switching.by_accelerators(64),
    "compute-cost": lambda: compute_cost.by_steps("wan2.1-t2v-14b", "h100-sxm", 50),
}


@pytest.fixture(params=SENTENCES)
def sentence(request, site, visit):
    """Return the sentence of one page in a browser, and the frame of its places."""
    page = visit(site, request.param).page
    return page.locator(".rb-dragged"), SENTENCES[request.param]()


def said(sentence):
    """Return the numbers that it shows, by field."""
    return sentence.locator("[data-field]").evaluate_all(
        "parts => Object.fromEntries(parts.map(part => [part.dataset.field, part.textContent]))"
    )


def test_keys_go_through_every_place(sentence):
    """Each place says what the package computes; the ends hold."""
    shown, frame = sentence
    handle = shown.get_by_role("slider")
    handle.press("Home")
    for row in frame.drop("source").iter_rows(named=True):
        assert said(shown) == row
        assert handle.get_attribute("aria-valuetext") == shown.inner_text()
        handle.press("ArrowRight")
    handle.press("PageUp")
    assert said(shown) == frame.drop("source").row(-1, named=True)


def test_the_pointer_drags(sentence):
    """To the left there is less, and letting go ends it."""
    shown, frame = sentence
    handle = shown.get_by_role("slider")
    before = int(handle.get_attribute("aria-valuenow"))
    handle.scroll_into_view_if_needed()
    box, mouse = handle.bounding_box(), shown.page.mouse
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    mouse.move(x, y)
    mouse.down()
    mouse.move(x - 30, y)
    mouse.up()
    mouse.move(x - 200, y)
    now = int(handle.get_attribute("aria-valuenow"))

    assert 1 <= now < before
    assert said(shown) == frame.drop("source").row(now - 1, named=True)
