"""The scorecard's filter in a real browser: by keyboard, by address, and without scripts."""

import os
from pathlib import Path

import pytest

from rebuilt import claims
from rebuilt.claims import scoring
from rebuilt.paths import BUILD

SHOWN = """() => [...document.querySelectorAll('.rb-home > .rb-card')]
    .filter(card => card.checkVisibility()).map(card => card.id.slice('claim-'.length))"""


@pytest.fixture(scope="module")
def site():
    """Folder of the built book; the scorecard is one of its pages."""
    folder = Path(os.environ.get("REBUILT_HTML", BUILD / "html")).resolve()
    if not (folder / "scorecard.html").is_file():
        message = f"NO BUILT SCORECARD in {folder}; run `make book`"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return folder


@pytest.fixture
def opened(site, visit):
    """Open the scorecard, with what may follow `#` in its address."""

    def go(fragment: str = "", **how):
        seen = visit(site, "scorecard", **how)
        if fragment:
            seen.page.goto("about:blank")  # else the second address would not load the page again
            seen.page.goto(f"{(site / 'scorecard.html').as_uri()}#{fragment}")
        return seen

    return go


@pytest.fixture(scope="module")
def entries():
    """Return the whole ledger, as the built page shows it."""
    return claims.ledger()


def ids(entries, **wanted):
    """Ids of the claims whose section, kind, verdicts and standing are the wanted ones."""

    def word_of(entry, name):
        if name == "standing":
            return str(scoring.today(entry))
        return str(getattr(entry if name in ("then", "since") else entry.claim, name))

    return [
        entry.id
        for entry in entries
        if all(word_of(entry, name) == word for name, word in wanted.items())
    ]


@pytest.mark.parametrize(
    ("fragment", "wanted"),
    [
        ("section=nvidia", {"section": "nvidia"}),
        ("kind=forecast&since=holds", {"kind": "forecast", "since": "holds"}),
        ("then=no+evidence", {"then": "no evidence"}),
        ("standing=failed", {"standing": "failed"}),
        ("standing=kept%2C+then+ended", {"standing": "kept, then ended"}),
        ("section=nvidia&then=no-such-word", {"section": "nvidia"}),
    ],
)
def test_an_address_carries_the_choice(opened, entries, fragment, wanted):
    """Whoever follows a link sees the claims that its sender saw."""
    seen = opened(fragment)

    assert seen.page.evaluate(SHOWN) == ids(entries, **wanted)
    assert seen.page.locator(".rb-shown").inner_text() == (
        f"{len(ids(entries, **wanted))} of {len(entries)} claims shown"
    )


def test_a_choice_by_keyboard_filters_and_stands_in_the_address(opened, entries):
    """Tab reaches the menus in their order, a letter chooses, the button shows all again."""
    page = opened().page
    page.locator("select[data-filter=section]").focus()
    page.keyboard.press("n")
    page.keyboard.press("Tab")
    page.keyboard.type("ff")  # the second word with an f, however long the two letters take

    assert page.evaluate(SHOWN) == ids(entries, section="nvidia", kind="forecast")
    assert page.evaluate("location.hash") == "#section=nvidia&kind=forecast"

    for _ in range(4):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    assert len(page.evaluate(SHOWN)) == len(entries)
    assert page.evaluate("document.activeElement.dataset.filter") == "section"


def test_the_address_of_a_claim_shows_it_with_its_reasons(opened, entries):
    """Even while a filter hides it."""
    page = opened("section=amd").page
    page.evaluate("location.hash = 'claim-nvidia-h200-memory'")
    page.wait_for_function("document.querySelector('#claim-nvidia-h200-memory .rb-why').open")

    assert page.locator("#claim-nvidia-h200-memory").is_visible()
    assert len(page.evaluate(SHOWN)) == len(entries)
    assert page.locator("#claim-nvidia-h200-memory .rb-why a").first.is_visible()


def test_without_scripts_every_claim_is_there(site, browser, entries):
    """The list is the full table; the menus, which would do nothing, are hidden."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((site / "scorecard.html").as_uri())

    assert page.locator(".rb-home > .rb-card").count() == len(entries)
    assert page.locator(".rb-filter:visible").count() == 0
    context.close()


def test_claims_are_folded_until_the_button_unfolds_them(opened, entries):
    """The list is short at first; one press shows all of it, a second folds it again."""
    page = opened().page
    unfolded = "document.querySelectorAll('.rb-home .rb-why[open]').length"
    button = page.locator(".rb-unfold")

    assert page.evaluate(unfolded) == 0
    assert page.locator(".rb-home .rb-claim-text:visible").count() == len(entries)
    button.click()
    assert page.evaluate(unfolded) == len(entries)
    assert button.get_attribute("aria-pressed") == "true"
    button.click()
    assert page.evaluate(unfolded) == 0


@pytest.mark.parametrize("how", ["address", "click"])
def test_without_scripts_a_claim_unfolds(site, browser, how):
    """Its address or a click on its line shows the reasons."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    address = (site / "scorecard.html").as_uri()
    card = page.locator("#claim-nvidia-h200-memory")
    page.goto(f"{address}#claim-nvidia-h200-memory" if how == "address" else address)
    if how == "click":
        card.locator("summary").click()

    assert card.locator(".rb-why a").first.is_visible()
    context.close()


def test_print_shows_what_is_folded(opened):
    """On paper every claim has its reasons."""
    page = opened().page
    page.emulate_media(media="print")

    assert page.locator("#claim-nvidia-h200-memory .rb-why a").first.is_visible()


def test_a_source_is_three_clicks_from_a_verdict_in_a_chapter(site, visit):
    """Badge in the prose, card on the scorecard, link with the address of the source."""
    seen = visit(site, "nvidia")
    # On its words: the first box of a badge is its hidden label, which no pointer hits.
    seen.page.locator("a.rb-badges .rb-claim").first.click(position={"x": 20, "y": 8})
    seen.page.wait_for_url("**/scorecard.html#claim-*")
    card = seen.page.locator(seen.page.evaluate("location.hash"))
    link = card.locator(".rb-why a").first

    assert link.is_visible()
    assert link.get_attribute("href").startswith("http")
