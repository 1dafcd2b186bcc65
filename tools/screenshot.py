"""`make screenshot`: the README's picture, taken of the built site."""

from playwright.sync_api import sync_playwright

from rebuilt.build.builder import SITE
from rebuilt.paths import ROOT

PICTURE = ROOT / ".github" / "screenshot.png"
FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def main() -> None:
    """Open the NVIDIA chapter at its first chart and save what a laptop shows."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        size = {"width": 1280, "height": 860}
        page = browser.new_page(viewport=size, reduced_motion="reduce")
        page.goto((SITE / "nvidia.html").as_uri())
        page.evaluate(
            "window.scrollTo({top: document.querySelector('#chart-claimed-against-measured')"
            ".getBoundingClientRect().top - 120, behavior: 'instant'})"
        )
        page.wait_for_timeout(1000)
        page.screenshot(path=PICTURE)
        browser.close()


if __name__ == "__main__":
    main()
