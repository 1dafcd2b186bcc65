"""Run every rule on one folder."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from rebuilt.errors import DataError
from rebuilt.validate.additions import check_sums
from rebuilt.validate.bearing import check_bearing
from rebuilt.validate.bounds import check_bounds
from rebuilt.validate.cells import check_facts
from rebuilt.validate.claim_rows import check_claims
from rebuilt.validate.class_files import check_classes
from rebuilt.validate.constraints import check_tables
from rebuilt.validate.decimal_slips import check_peers
from rebuilt.validate.descriptor import check_inventory, check_seals
from rebuilt.validate.echoes import check_echoes
from rebuilt.validate.families import check_families
from rebuilt.validate.file_form import check_form, check_page_form
from rebuilt.validate.finding import Finding
from rebuilt.validate.known_since import check_when
from rebuilt.validate.lookups import check_lookups
from rebuilt.validate.material import Material
from rebuilt.validate.model_files import check_models
from rebuilt.validate.placeholders import check_placeholders
from rebuilt.validate.preferences import check_preferences
from rebuilt.validate.ranges import check_assumptions
from rebuilt.validate.sources import check_sources
from rebuilt.validate.typed_numbers import check_prose

Rule = Callable[[Material], Iterator[Finding]]
RULES: Sequence[Rule] = (
    check_inventory,
    check_seals,
    check_tables,
    check_form,
    check_page_form,
    check_facts,
    check_when,
    check_bounds,
    check_peers,
    check_sums,
    check_preferences,
    check_assumptions,
    check_sources,
    check_lookups,
    check_families,
    check_echoes,
    check_models,
    check_classes,
    check_claims,
    check_bearing,
    check_prose,
)

# What is said of tables themselves. Where one is lost, all else would tell of the same hole.
GROUND: Sequence[Rule] = (check_inventory, check_seals, check_tables, check_form, check_page_form)
RUNNING = (check_bearing,)  # it runs the claims' checks, which need tables that can be read
# Those that read chapters.
OF_PAGES: Sequence[Rule] = (check_page_form, check_sources, check_lookups, check_prose)


def check(root: Path, rules: Sequence[Rule] = RULES) -> list[Finding]:
    """Run every rule on the folder `root` and return what breaks one, by file and row.

    Parameters
    ----------
    root : Path
        A folder with data/, seeds/ and, for the prose, book/.
    rules : sequence of callables, optional
        All rules without it. Placeholders are looked for in any case.

    Returns
    -------
    list of Finding
        Empty when everything is in order. Where a placeholder was left, nothing else is said of
        that row: it is not written yet. Where a table is not on disk, has other columns or no rows,
        only the tables themselves are looked at: what rests on it waits until it is back.

    Raises
    ------
    DataError
        When a descriptor or the bibliography cannot be read at all.
    """
    material = Material(root)
    unwritten = set(check_placeholders(material))
    rows = {(finding.file, finding.row) for finding in unwritten}
    lacking = bool(unwritten) or not _readable(material)
    waiting = {*RULES} - {*GROUND} if material.lost else {*RUNNING} if lacking else set()
    asked = [rule for rule in rules if rule not in waiting]
    others = {finding for rule in asked for finding in rule(material)}
    findings = unwritten | {item for item in others if (item.file, item.row) not in rows}
    return sorted(findings, key=lambda item: (item.file, item.row or 0, item.column, str(item)))


def _readable(material: Material) -> bool:
    """Whether every table can be read as described; where not, the rules of cells say why."""
    try:
        for resource in material.descriptors[0].resources:
            if resource["path"].endswith(".csv"):
                material.frame(resource["name"])
    except (DataError, OSError):
        return False
    return True
