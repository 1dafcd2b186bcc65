"""Findings of the front page: each a sentence, a small drawing, and the way to its chapter."""

import html
from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt

from rebuilt.page import blocks, chart_rules, layout, prose, svg
from rebuilt.page.blocks import Block, Rows

CARD_PX = 310


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding with its chart: `page` is where it leads, `rows` the facts behind it."""

    name: str
    title: str
    page: str
    chart: alt.TopLevelMixin
    description: str
    rows: Rows


def show(findings: Sequence[Finding]) -> Block:
    """Show findings as cards, side by side where there is room.

    Raises
    ------
    DataError
        As `charts.show` does, of a chart that a reader could not trust or read.
    """
    cards = "\n".join(_card(finding) for finding in findings)
    body = f'<ul class="rb-findings">\n{cards}\n</ul>'
    return Block("ledger", {"html": body}, body, "\n".join(one.title for one in findings))


def _card(finding: Finding) -> str:
    owner = f"finding {finding.name}"
    prose.check_name(finding.name, "chart")
    prose.check_text(owner, "title", finding.title)
    prose.check_text(owner, "description", finding.description)
    prose.claim_name(finding.name)
    prose.used(blocks.source_keys(finding.rows, owner))
    spec = layout.fit(chart_rules.checked(owner, finding.chart), CARD_PX)
    drawn = svg.draw(
        spec, prefix=f"finding-{finding.name}", title=finding.title, description=finding.description
    )
    title = html.escape(finding.title)
    return f'<li><p><a href="{finding.page}.html">{title}</a></p>{drawn}</li>'
