"""Run every rule on one folder."""

from pathlib import Path

from rebuilt.check.assumptions import check_assumptions
from rebuilt.check.claims import check_claims
from rebuilt.check.descriptor import check_inventory, check_seals
from rebuilt.check.facts import check_facts
from rebuilt.check.finding import Finding
from rebuilt.check.form import check_form
from rebuilt.check.material import Material
from rebuilt.check.peers import check_peers
from rebuilt.check.preferences import check_preferences
from rebuilt.check.prose import check_prose
from rebuilt.check.sources import check_sources
from rebuilt.check.sums import check_sums
from rebuilt.check.tables import check_tables
from rebuilt.check.when import check_when

RULES = (
    check_inventory,
    check_seals,
    check_tables,
    check_form,
    check_facts,
    check_when,
    check_peers,
    check_sums,
    check_preferences,
    check_assumptions,
    check_sources,
    check_claims,
    check_prose,
)


def check(root: Path) -> list[Finding]:
    """Run every rule on the folder `root` and return what breaks one, by file and row.

    Parameters
    ----------
    root : Path
        A folder with data/, seeds/ and, for the prose, book/.

    Returns
    -------
    list of Finding
        Empty when everything is in order.

    Raises
    ------
    DataError
        When a descriptor or the bibliography cannot be read at all.
    """
    material = Material(root)
    findings = {finding for rule in RULES for finding in rule(material)}
    return sorted(findings, key=lambda item: (item.file, item.row or 0, item.column, str(item)))
