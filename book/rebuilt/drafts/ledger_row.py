"""`rebuilt new claim`: one row of seeds/claims.csv, after the claims of its paragraph so far."""

from collections.abc import Mapping

from rebuilt.drafts import fields, table_row
from rebuilt.drafts.draft import Draft
from rebuilt.errors import UnknownNameError
from rebuilt.validate.material import Material, Table

TABLE = "claims"


def draft(material: Material, name: str, given: Mapping[str, str]) -> Draft:
    """Add the claim `name`; section and check follow from it, unless the claim is untestable."""
    fields.slug("a claim", name, r"[a-z0-9]+(-[a-z0-9]+)+", "nvidia-h200-memory")
    table = table_row.find(material, TABLE)
    fields.allow("a claim", given, set(table.header) - {"id", "section", "check"})
    section = _section(table, name)
    check = "" if given.get("untestable") else check_name(section, name)
    made = Draft(files={})
    cells = {**given, "id": name, "section": section, "check": check}
    table_row.check_links(material, table, cells)
    table_row.add(material, made, table, cells)
    return made


def check_name(section: str, claim: str) -> str:
    """Name the check of a claim: `nvidia-h200-memory` has `nvidia.h200_memory`."""
    function = claim.partition("-")[2].replace("-", "_")
    return f"{section.replace('-', '_')}.{function}"


def _section(table: Table, name: str) -> str:
    """Find the section from the first word of the id, as the claims there are have it."""
    sections = {row.cells["id"].partition("-")[0]: row.cells["section"] for row in table.rows}
    word = name.partition("-")[0]
    if word not in sections:
        raise UnknownNameError(
            f"{name!r} begins with {word!r}, which no section has; begin with one of "
            f"{', '.join(sorted(sections))}"
        )
    return sections[word]
