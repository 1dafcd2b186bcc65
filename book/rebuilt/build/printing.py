"""The whole book as one PDF: assembled, printed by Chromium, and freed of dates and places."""

import io
import re
import shutil
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rebuilt.build.assembly import TOP, assemble
from rebuilt.errors import DataError
from rebuilt.evidence import tables

if TYPE_CHECKING:
    from pypdf import PdfReader

# The shell goes first: it is Chromium without a window, and needs half the processor time.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--font-render-hinting=none",  # or the shell sets letters on whole pixels, and lines are longer
)
SHEET = "print-the-whole-book.html"
TIMEOUT_MS = 300_000
# What has loaded is no promise of its fonts, and a sheet without them has other lines.
FONTS = "() => Promise.all([...document.fonts].map(font => font.load())).then(() => null)"
_RADICAL = re.compile(rb"<(2F[0-9A-D][0-9A-F]|2E[89A-F][0-9A-F])>", re.IGNORECASE)
_NODE = re.compile(rb"\(node(\d{8})\)")
# Radicals of simplified characters, for which Unicode gives no equivalent.
SIMPLIFIED = dict(
    zip(
        "⻅⻈⻉⻋⻓⻔⻙⻚⻛⻜⻢⻥⻦⻧⻨⻩⻬⻮⻰",
        "见讠贝车长门韦页风飞马鱼鸟卤麦黄齐齿龙",
        strict=True,
    )
)


def write_book(site: Path, pages: Sequence[str], target: Path) -> Path:
    """Print `pages` of the built site to `target`, contents with page numbers first.

    It is printed twice: where a chapter begins is known only when it has been.

    Raises
    ------
    DataError
        If no Chromium is found, or a chapter cannot be found in what it printed.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    sheet = site / SHEET
    try:
        sheet.write_text(assemble(site, pages), encoding="utf-8")
        _print(sheet, target)
        sheet.write_text(assemble(site, pages, first_pages(target, pages)), encoding="utf-8")
        _print(sheet, target)
    finally:
        sheet.unlink(missing_ok=True)
    _finish(target)
    return target


def first_pages(printed: Path, pages: Sequence[str]) -> dict[str, int]:
    """Return the sheet on which each page of the site begins, counted from one."""
    from pypdf import PdfReader

    reader = PdfReader(printed)
    places = reader.named_destinations
    found = {}
    for name in pages:
        destination = places.get(f"/{name}--{TOP}") or places.get(f"{name}--{TOP}")
        if destination is None:
            raise DataError(f"the printed book has no chapter {name}; is its page empty?")
        found[name] = _number(reader, destination)
    return found


def without_radicals(table: bytes) -> bytes:
    """Return a font's table of characters without the radicals that look like characters.

    Chinese fonts draw U+2F12 and U+529B with one glyph, and Chromium writes down the radical, for
    which nobody searches.
    """
    return _RADICAL.sub(lambda found: f"<{_character(found[1]):04X}>".encode(), table)


def _character(digits: bytes) -> int:
    radical = chr(int(digits, 16))
    return ord(SIMPLIFIED.get(radical) or unicodedata.normalize("NFKC", radical))


def browser() -> str:
    """Path of a Chromium.

    Raises
    ------
    DataError
        If there is none.
    """
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        msg = f"no browser found to print with (looked for {', '.join(BROWSERS)}); install Chromium"
        raise DataError(msg)
    return found


def _number(reader: "PdfReader", destination: object) -> int:
    number = reader.get_destination_page_number(destination)
    return 0 if number is None else number + 1


def _print(sheet: Path, target: Path) -> None:
    """Let Chromium print a file; it may read files and nothing else."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=browser(), args=list(OPTIONS))
        try:
            context = found.new_context(java_script_enabled=False, color_scheme="light")
            page = context.new_page()
            page.set_default_timeout(TIMEOUT_MS)
            page.route("**/*", lambda route: _files_only(route))
            page.goto(sheet.as_uri(), wait_until="load")
            page.evaluate(FONTS)
            page.pdf(
                path=target,
                prefer_css_page_size=True,
                print_background=True,
                outline=True,
                tagged=True,
            )
        finally:
            found.close()


def _files_only(route: object) -> None:
    request = route.request  # type: ignore[attr-defined]
    if request.url.startswith("file:"):
        route.continue_()  # type: ignore[attr-defined]
    else:
        route.abort()  # type: ignore[attr-defined]


def _finish(target: Path) -> None:
    """Put the day of the data for that of printing, and characters for look-alike radicals."""
    from pypdf import PdfWriter
    from pypdf.generic import DictionaryObject, StreamObject

    writer = PdfWriter(clone_from=target)
    for item in writer._objects:
        table = item.get("/ToUnicode") if isinstance(item, DictionaryObject) else None
        stream = table.get_object() if table is not None else None
        if isinstance(stream, StreamObject):
            stream.set_data(without_radicals(stream.get_data()))
    day = f"D:{tables.freeze_date():%Y%m%d}000000Z"
    writer.add_metadata({"/CreationDate": day, "/ModDate": day, "/Producer": "Chromium"})
    buffer = io.BytesIO()
    writer.write(buffer)
    target.write_bytes(with_own_numbers(buffer.getvalue()))


def with_own_numbers(printed: bytes) -> bytes:
    """Replace the numbers of the structure by numbers from one, in the same order.

    It counts on from whatever its process did before. Lengths stay, and so do all offsets.
    """
    numbers = {found: rank for rank, found in enumerate(sorted(set(_NODE.findall(printed))), 1)}
    return _NODE.sub(lambda found: b"(node%08d)" % numbers[found[1]], printed)
