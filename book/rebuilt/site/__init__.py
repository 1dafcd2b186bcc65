"""The local Sphinx extension: everything between an executed chapter and a page of the site."""

from typing import Any

from sphinx.application import Sphinx

from rebuilt.site import (
    assets,
    bundles,
    citation,
    claim_role,
    definitions,
    downloads,
    figures,
    furniture,
    mathml,
    notebooks,
    search,
    stale,
    takeaway,
)

PARTS = (
    assets,
    bundles,
    citation,
    claim_role,
    definitions,
    downloads,
    figures,
    furniture,
    mathml,
    notebooks,
    search,
    stale,
    takeaway,
)


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect the parts; each registers its own nodes, roles and events."""
    for part in PARTS:
        part.connect(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
