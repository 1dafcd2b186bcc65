"""`rebuilt new accelerator`: its row in subjects.csv and the facts that the cost model needs."""

from collections import Counter
from collections.abc import Mapping

from rebuilt.cost.hardware.accelerators import NEEDED
from rebuilt.drafts import fields, table_row
from rebuilt.drafts.draft import Draft
from rebuilt.validate.material import Material, Table

TABLE, SUBJECTS = "accelerators", "subjects"
SUBJECT_FIELDS = ("name", "vendor", "family")
# The day it was announced dates all other rows; without a link only one device can be timed.
QUANTITIES = ("announced", *NEEDED.values(), "link_duplex_gb_s")


def draft(material: Material, name: str, given: Mapping[str, str]) -> Draft:
    """Add the accelerator `name` with rows from one source; a value is given by its quantity."""
    fields.slug("an accelerator", name, r"[a-z0-9]+([.-][a-z0-9]+)*", "h200-sxm")
    fields.allow("an accelerator", given, (*SUBJECT_FIELDS, "source", *QUANTITIES))
    fields.need("an accelerator", given, ["name", "source"], "the key of its data sheet among them")
    table_row.check_sources(material, given)
    made = Draft(files={})
    cells = {field: given[field] for field in SUBJECT_FIELDS if field in given}
    subject = {"id": name, "kind": "accelerator", **cells}
    table_row.add(material, made, table_row.find(material, SUBJECTS), subject)
    table = table_row.find(material, TABLE)
    for quantity in sorted(QUANTITIES):
        row = {"subject": name, "quantity": quantity, "source": given["source"]}
        row |= {"condition": _usual(table, quantity), "known_evidence": given["source"]}
        answer = "text" if quantity == "announced" else "value"
        row |= {answer: given[quantity]} if quantity in given else {}
        table_row.add(material, made, table, row)
    return made


def _usual(table: Table, quantity: str) -> str:
    """Return the condition that most rows of the quantity have."""
    rows = [row for row in table.rows if row.cells["quantity"] == quantity]
    return Counter(row.cells["condition"] for row in rows).most_common(1)[0][0]
