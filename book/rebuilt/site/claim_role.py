"""The `{claim}` role: a claim's verdict where the prose needs it, linked to the scorecard."""

import functools
from dataclasses import dataclass
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxRole
from sphinx.writers.html5 import HTML5Translator

from rebuilt.errors import UnknownNameError
from rebuilt.page import markup
from rebuilt.paths import DATA, SEEDS

LOGGER = logging.getLogger(__name__)
SCORECARD = "scorecard"


@dataclass(frozen=True, slots=True, kw_only=True)
class Badge:
    """What the role shows of a claim."""

    statement: str
    then: str
    since: str


class ClaimNode(nodes.Inline, nodes.Element):  # type: ignore[misc]
    """A claim's badge; written when the page is, so that the link fits the page's depth."""


class ClaimRole(SphinxRole):
    """``{claim}`id` ``; an unknown id warns with its place (type rebuilt, subtype claim)."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Look the verdict up and leave a node."""
        identifier = self.text.strip()
        for path in [*DATA.glob("*.csv"), SEEDS / "claims.csv"]:
            self.env.note_dependency(str(path))
        badge = verdict_of(identifier)
        if badge is None:
            LOGGER.warning(
                "claim %r is not in the ledger (seeds/claims.csv)",
                identifier,
                type="rebuilt",
                subtype="claim",
                location=self.get_location(),
            )
            return [nodes.literal(text=identifier)], []
        node = ClaimNode(identifier=identifier, badge=badge)
        node += nodes.inline(text=badge.then)
        return [node], []


def visit_claim(translator: HTML5Translator, node: ClaimNode) -> None:
    """Write the badges of one claim, linked to its card."""
    badge: Badge = node["badge"]
    builder = translator.builder
    page = builder.current_docname
    href = builder.get_relative_uri(page, SCORECARD) + f"#claim-{node['identifier']}"
    html = markup.badge_pair(badge.then, badge.since, statement=badge.statement, href=href)
    translator.body.append(html)
    raise nodes.SkipNode


def visit_text(translator: Any, node: ClaimNode) -> None:
    """Write the verdict's words in builders without links."""
    translator.add_text(node.astext())
    raise nodes.SkipNode


@functools.cache
def verdict_of(identifier: str) -> Badge | None:
    """Verdicts of one claim, None if the ledger does not have it."""
    from rebuilt import claims  # only pages that cite a claim pay for it

    try:
        row = claims.entry(identifier)
    except UnknownNameError:
        return None
    return Badge(statement=row.statement, then=str(row.then), since=str(row.since))


def connect(app: Sphinx) -> None:
    """Register role and node."""
    app.add_role("claim", ClaimRole())
    app.add_node(ClaimNode, html=(visit_claim, None), text=(visit_text, None))
