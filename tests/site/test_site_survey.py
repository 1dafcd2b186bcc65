"""Every page over HTTP, in a sub-path, under the policy: quiet, accessible, within its budget."""

import csv
import re
import shutil
import urllib.error
import urllib.request

import pytest
from tests.site.serving import POLICY, serve
from tests.site.survey import MOST_SHIFT, survey
from tools.budgets import FILE, MOST_KB, budget, table

from rebuilt.paths import ROOT

AGREED = 0.2  # of a page's weight, between the committed table and the site
FAULTS = """
<p style="color: #999">Grey on white, and a style in the page.</p>
<button></button>
<img src="https://cdn.example/picture.png">
<script>document.title = "changed";</script>
"""
JUMP = "document.addEventListener('DOMContentLoaded', () => setTimeout(() => {\
document.querySelector('article h1').after(Object.assign(document.createElement('pre'),\
{textContent: '\\n'.repeat(20)}));}, 100));"


def test_no_page_complains_under_the_policy(readings):
    """No console error, failed request or refusal, also when every chart is explored."""
    assert {name: one.errors for name, one in readings.items() if one.errors} == {}


def test_no_page_asks_another_host(readings):
    """Everything comes from below the sub-path."""
    assert {name: one.foreign for name, one in readings.items() if one.foreign} == {}


def test_no_page_breaks_wcag(readings, capsys):
    """axe-core finds nothing of WCAG 2.2 A and AA; what is best practice only is listed."""
    broken = [f"{name}: {one}" for name, page in readings.items() for one in page.violations]
    advice = [f"{name}: {one}" for name, page in readings.items() for one in page.practice]
    with capsys.disabled():
        print("\nbest practice, not failed:", *(advice or ["nothing"]), sep="\n  ")

    assert broken == []


def test_no_page_is_over_its_budget(readings, site, capsys):
    """Compressed bytes beside the shared scripts, and layout shift."""
    budgets = [budget(reading, site) for reading in readings.values()]
    with capsys.disabled():
        print(f"\n{table(budgets)}")

    assert [line for row in budgets for line in row.over] == []
    assert all(0 < row.compressed_kb <= MOST_KB for row in budgets)


def test_committed_budgets_are_those_of_this_site(readings, site):
    """The book reports data/page_budgets.csv, so it may not fall behind the pages."""
    with FILE.open(encoding="utf-8", newline="") as lines:
        kept = {row["page"]: float(row["compressed_kb"]) for row in csv.DictReader(lines)}
    weighed = {name: budget(reading, site).compressed_kb for name, reading in readings.items()}
    behind = {
        name: (kept.get(name), weighed.get(name))
        for name in kept.keys() | weighed.keys()
        if not abs(kept.get(name, 0) - weighed.get(name, 0)) <= AGREED * weighed.get(name, 0)
    }

    assert behind == {}, "run `make budgets`"


def test_readme_states_the_policy():
    """A host copies the line from there."""
    assert f"`{POLICY}`" in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def broken(browser, fixture_html, tmp_path_factory):
    """Read a page with faults that were planted on purpose."""
    folder = tmp_path_factory.mktemp("broken") / "html"
    shutil.copytree(fixture_html, folder)
    for page in folder.glob("*.html"):
        if page.stem != "second":
            page.unlink()
    page, script = folder / "second.html", folder / "_static" / "rebuilt-charts.js"
    page.write_text(f"</h1>{FAULTS}".join(page.read_text("utf-8").rsplit("</h1>", 1)), "utf-8")
    script.write_text(script.read_text("utf-8") + JUMP, "utf-8")
    (reading,) = survey(browser, folder)
    return reading


def test_planted_faults_are_seen(broken):
    """A survey that finds nothing anywhere would be worth nothing."""
    said = "\n".join(broken.errors)

    assert "the policy refused script-src-elem inline" in said
    assert "the policy refused style-src-attr inline" in said
    assert "https://cdn.example/picture.png" in broken.foreign
    assert {"button-name", "image-alt"} <= {one.rule for one in broken.violations}


def test_a_jump_is_seen(broken, fixture_html):
    """A script that pushes the page down is over the budget."""
    row = budget(broken, fixture_html)

    assert row.layout_shift > MOST_SHIFT
    assert row.over == [f"second: layout_shift is {row.layout_shift}, allowed {MOST_SHIFT}"]


def test_a_heavy_page_is_over_its_budget(broken, fixture_html):
    """Weight without scripts; the message names the page."""
    row = budget(broken, fixture_html)
    heavy = type(row)(**{**vars(row), "compressed_kb": MOST_KB + 1, "layout_shift": 0.0})

    assert heavy.over == [f"second: compressed_kb is {MOST_KB + 1}, allowed {MOST_KB}"]


def test_server_stays_below_its_sub_path(fixture_html):
    """What lies above is not there, so that a page that asks for it is noticed."""
    with serve(fixture_html) as root:
        above = re.sub(r"shelf/.*", "_static/rebuilt.css", root)
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(above)

    assert caught.value.code == 404
