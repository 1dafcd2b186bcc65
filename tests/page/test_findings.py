"""Findings of the front page: a title that leads somewhere, a drawing that says what it shows."""

import altair as alt
import polars as pl
import pytest

from rebuilt import page
from rebuilt.errors import DataError
from rebuilt.page import findings
from rebuilt.page.findings import Finding

ROWS = pl.DataFrame({"source": ["opensora-2024"], "seconds": [2.0], "name": ["a"]})


@pytest.fixture(autouse=True)
def _fresh_page():
    page.reset()


def finding(title="Four < five", x="Length (s)", rows=ROWS):
    """Make a finding of one bar."""
    bar = alt.Chart(ROWS).mark_bar().encode(
        x=alt.X("seconds:Q", title=x), y=alt.Y("name:N", title=None))  # fmt: skip
    return Finding("small", title, "sora", bar, "One bar.", rows)


def test_a_card_leads_to_its_chapter_and_its_drawing_has_a_name():
    """Titles are text, not markup."""
    html = findings.show([finding()]).html

    assert '<a href="sora.html">Four &lt; five</a>' in html
    assert 'aria-labelledby="finding-small-title"' in html
    assert "opensora-2024" in page.used_keys()


@pytest.mark.parametrize(
    ("changed", "said"),
    [({"x": "Length"}, "without a unit"), ({"title": " "}, "title"),
     ({"rows": ROWS.drop("source")}, "no `source` column")],
)  # fmt: skip
def test_what_a_chart_must_have_a_finding_must_have(changed, said):
    """Units, a finding as the title, sources."""
    with pytest.raises(DataError, match=said):
        findings.show([finding(**changed)])
