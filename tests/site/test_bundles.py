"""What a page asks for: few files, few bytes, and scripts of its own only where it needs them."""

import gzip
import re
from urllib.parse import unquote, urlsplit

from rebuilt.site.bundles import SCRIPT, SOMEWHERE, STYLE

MOST_BYTES, MOST_REQUESTS = 200_000, 15
PACKED = (".woff2", ".png", ".wasm")


def sent(path):
    """Bytes of a file as a server sends it."""
    whole = path.read_bytes()
    return len(whole if path.suffix in PACKED else gzip.compress(whole, 6))


def test_a_first_visit_is_light(html, browser, record_property):
    """Nothing is cached: page, style, scripts, fonts and icon, compressed as servers do."""
    asked = []
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.on("requestfinished", lambda request: asked.append(request.url))
    page.goto((html / "index.html").as_uri())
    page.evaluate("document.fonts.ready")
    page.wait_for_load_state("networkidle")
    context.close()
    paths = {html / unquote(urlsplit(url).path).split("/html/")[-1] for url in asked}
    total = sum(sent(path) for path in paths)

    record_property("first visit", f"{total / 1000:.0f} kB, {len(asked)} requests")
    assert {STYLE, SCRIPT, "Inter-Regular.woff2"} <= {path.name for path in paths}
    assert total <= MOST_BYTES, sorted((sent(path), path.name) for path in paths)
    assert len(asked) <= MOST_REQUESTS


def test_bundles_hold_every_file_once_and_ask_for_no_other(html):
    """Nothing is imported, and no icon font is named."""
    style, script = ((html / "_static" / name).read_text("utf-8") for name in (STYLE, SCRIPT))

    assert "@import" not in style
    assert "fontawesome" not in style.casefold()
    for text, last in ((style, "rebuilt-clips.css"), (script, "pydata-sphinx-theme.js")):
        names = re.findall(r"^/\* ([\w./-]+\.(?:css|js)) \*/$", text, re.MULTILINE)
        assert any(name.endswith(last) for name in names)
        assert len(set(names)) == len(names)
    for first, second in (("bootstrap.css", "rebuilt.css"), ("documentation_options", "doctools")):
        text = style if first.endswith("css") else script
        assert 0 < text.index(f"{first}") < text.index(second)


def test_a_script_of_some_pages_stands_where_its_mark_does(html):
    """A page with a mark asks for the script, and no other page does."""
    for path in html.glob("*.html"):
        text = path.read_text(encoding="utf-8")
        body = text[text.index("<body") :]
        for script, mark in SOMEWHERE.items():
            assert (f"_static/{script}" in text) == (mark in body), (path.name, script)


def test_every_script_of_some_pages_is_asked_for_by_one(site):
    """A mark that no page has would take the script from all of them."""
    texts = [path.read_text(encoding="utf-8") for path in site.glob("*.html")]

    assert [s for s in SOMEWHERE if not any(f"_static/{s}" in text for text in texts)] == []
