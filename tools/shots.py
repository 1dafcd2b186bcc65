"""`make screenshots`: every page in four forms, in _build/screenshots.

Long pages are cut into parts, because browsers draw no picture of any height. Compare two folders
with `python -m tools.compare OLD NEW`.
"""

import argparse
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

from playwright.sync_api import BrowserContext, FloatRect, Page, sync_playwright
from tests.site.browsing import ARGUMENTS, find_browser
from tests.site.looks import READY

from rebuilt.build.builder import SITE
from rebuilt.build.printing import FONTS
from rebuilt.paths import BUILD

FOLDER = BUILD / "screenshots"
FORMS = ((1280, "light"), (1280, "dark"), (360, "light"), (360, "dark"))
PART_PX = 8000
# The text waits for its font here, so that two runs give the same picture on a busy machine too.
STILL = """
@font-face { font-family: "Inter Text"; font-display: block;
             src: url("_static/fonts/Inter-Regular.woff2"); }
@font-face { font-family: "Inter Text"; font-display: block; font-weight: 700;
             src: url("_static/fonts/Inter-Bold.woff2"); }
*, *::before, *::after { transition: none !important; animation: none !important; }
:is(.rb-form-found, .rb-form-sum) { position: static !important; }
"""
TRIES = 10


def settled(page: Page, clip: FloatRect) -> bytes:
    """Picture of a page at rest: taken until two in a row are equal, for a busy machine is late."""
    picture = b""
    for _ in range(TRIES):
        before, picture = picture, page.screenshot(clip=clip, full_page=True)
        if picture == before:
            break
    return picture


def take(context: BrowserContext, page_file: Path, form: str, folder: Path) -> list[Path]:
    """Save one page in one form; returns the parts, top first."""
    page = context.new_page()
    page.goto(page_file.as_uri())
    page.add_style_tag(content=STILL)
    page.evaluate(FONTS)
    page.wait_for_function(READY)
    size = page.viewport_size or {"width": 0}
    height = page.evaluate("document.documentElement.scrollHeight")
    parts = []
    for number, top in enumerate(range(0, height, PART_PX), start=1):
        part = folder / f"{page_file.stem}-{form}-{number}.png"
        tall = min(PART_PX, height - top)
        clip: FloatRect = {"x": 0, "y": top, "width": size["width"], "height": tall}
        part.write_bytes(settled(page, clip))
        parts.append(part)
    page.close()
    return parts


def main(arguments: Iterable[str] | None = None) -> int:
    """Empty the folder and fill it again."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--html", type=Path, default=SITE, help="folder of the built site")
    parser.add_argument("--out", type=Path, default=FOLDER, help="folder of the pictures")
    args = parser.parse_args(None if arguments is None else [*arguments])
    path = find_browser()
    if path is None:
        print("NO BROWSER FOUND: no pictures were taken", file=sys.stderr)
        return 1
    shutil.rmtree(args.out, ignore_errors=True)
    args.out.mkdir(parents=True)
    pages = sorted(args.html.resolve().glob("*.html"))
    count = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        for width, scheme in FORMS:
            viewport = {"width": width, "height": 900}
            context = browser.new_context(viewport=viewport, color_scheme=scheme)
            for file in pages:
                count += len(take(context, file, f"{width}-{scheme}", args.out))
            context.close()
        browser.close()
    print(f"{count} pictures of {len(pages)} pages in {args.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
