"""`make screenshot`: the README's picture, taken of the built site."""

from playwright.sync_api import sync_playwright

from rebuilt.build import SITE
from rebuilt.paths import ROOT

PICTURE = ROOT / ".github" / "screenshot.png"
FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def main() -> None:
    """Open the NVIDIA chapter at its first chart and save what a laptop shows."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 860})
        page.goto((SITE / "nvidia.html").as_uri() + "#is-the-h200-twice-as-fast")
        page.wait_for_timeout(500)
        page.screenshot(path=PICTURE)
        browser.close()


if __name__ == "__main__":
    main()
