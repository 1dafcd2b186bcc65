"""`rebuilt new claim`: one row of seeds/claims.csv, its sentence, and what it is about."""

from collections.abc import Mapping

from rebuilt.drafts import fields, table_row
from rebuilt.drafts.draft import Draft
from rebuilt.errors import UnknownNameError
from rebuilt.validate.material import Material, Table

COMPUTED = {"id", "section", "check"}
BESIDE = ("sentence", "subject")  # fields that are no columns of the claim itself
WHERE = "the paragraph and sentence that say it, and the subjects of data/ that it is about"


def draft(material: Material, name: str, given: Mapping[str, str]) -> Draft:
    """Add the claim `name`; section and check follow from it, unless the claim is untestable.

    Several subjects are separated by `;`.
    """
    fields.slug("a claim", name, r"[a-z0-9]+(-[a-z0-9]+)+", "nvidia-h200-memory")
    table = table_row.find(material, "claims")
    fields.allow("a claim", given, [*(set(table.header) - COMPUTED), *BESIDE])
    section = _section(table, name)
    untestable = bool(given.get("untestable"))
    asked = ["paragraph", "sentence", *([] if untestable else ["subject"])]
    fields.need("a claim", given, asked, WHERE)
    cells = {column: cell for column, cell in given.items() if column not in BESIDE}
    check = "" if untestable else check_name(section, name)
    cells |= {"id": name, "section": section, "check": check}
    table_row.check_links(material, table, cells)
    made = Draft(files={})
    table_row.add(material, made, table, cells)
    _add_to_sentence(material, made, name, given)
    about = table_row.find(material, "bearing")
    for subject in filter(None, given.get("subject", "").split(";")):
        table_row.add(material, made, about, {"claim": name, "subject": subject})
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


def _add_to_sentence(material: Material, made: Draft, name: str, given: Mapping[str, str]) -> None:
    """List the claim with the sentence that yields it, behind those that it yields already."""
    table = table_row.find(material, "sentences")
    place = (given["paragraph"], given["sentence"])
    for row in table.rows:
        if (row.cells["paragraph"], row.cells["sentence"]) == place:
            listed = ";".join(filter(None, [row.cells["claims"], name]))
            cells = row.cells | {"claims": listed}
            text = material.text(table.file)
            made.files[table.file] = table_row.with_cells(text, row.line, cells)
            made.said.append(f"{table.file} row {row.line} lists it.")
            return
    raise UnknownNameError(
        f"{table.file} has no sentence {place[1]} of paragraph {place[0]}; both are counted from 1"
    )
