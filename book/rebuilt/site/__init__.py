"""The local Sphinx extension: everything between an executed chapter and a page of the site."""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sphinx.application import Sphinx

PARTS = (
    "again",
    "ahead",
    "assets",
    "bundles",
    "citation",
    "claim_role",
    "definitions",
    "downloads",
    "figures",
    "furniture",
    "mathml",
    "notebooks",
    "page_tools",
    "search",
    "stale",
    "takeaway",
)


def setup(app: "Sphinx") -> dict[str, Any]:
    """Connect the parts; each registers its own nodes, roles and events."""
    for part in PARTS:
        importlib.import_module(f"rebuilt.site.{part}").connect(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
