"""data/assumptions.csv: ranges run upwards, every link has its assumption, and models agree."""

from collections.abc import Iterator

from rebuilt.demand.names import GIVEN
from rebuilt.intake import documents
from rebuilt.validate.cells import number
from rebuilt.validate.finding import Finding
from rebuilt.validate.material import Material, Row, Table

TABLE, MODEL = "assumptions", "data/models/sora-2024.yaml"
MODEL_SCENARIO = "2024"
ENDS = ("low", "central", "high")
WIDEST = {"loguniform": 20.0}  # times the central value that an end may be away, and its inverse
WIDE = 4.0  # the same for all other distributions: a slip of the decimal point is ten
OF_ONE_KIND = ("unit", "integer", "group")  # columns that say what an assumption is
OURS = "our assumption"  # what the reason says where a range has no source
MIDDLE = 0.01  # how far the middle of a lognormal range may lie from its geometric mean


def check_assumptions(material: Material) -> Iterator[Finding]:
    """Run the rules on the table of assumptions, if the folder has one."""
    table = material.tables.get(TABLE)
    if table is None or not table.has("scenario", "name", "distribution", *ENDS):
        return
    for row in table.rows:
        yield from _range(table, row)
        yield from _origin(table, row)
    yield from _complete(table)
    yield from _alike(table)
    yield from _as_the_model_says(material, table)


def _range(table: Table, row: Row) -> Iterator[Finding]:
    low, central, high = (number(row.cells[end]) for end in ENDS)
    if low is None or central is None or high is None:
        return
    shape, found = row.cells["distribution"], f"{low:g}, {central:g}, {high:g}"
    if not low <= central <= high:
        yield table.at(
            row, "central", found, "low, central, high in ascending order", "correct one of them"
        )
    elif (shape == "fixed") != (low == high):
        expected = "three equal values" if shape == "fixed" else "a low end below the high end"
        yield table.at(row, "distribution", f"{shape} with {found}", expected, "change one of them")
    elif shape in ("loguniform", "lognormal") and low <= 0:
        yield table.at(row, "low", f"{low:g}", f"above zero in a {shape} range", "raise it")
    elif high > (widest := WIDEST.get(shape, WIDE)) * central or 0 < low * widest < central:
        expected = f"ends within {widest:g} times the central value in a {shape} range"
        yield table.at(row, "high", found, expected, "check the decimal points")
    elif shape == "lognormal" and abs(central**2 / (low * high) - 1) > 2 * MIDDLE:
        yield table.at(
            row,
            "central",
            found,
            "the geometric mean of the ends of a lognormal range",
            "correct one of them",
        )


def _origin(table: Table, row: Row) -> Iterator[Finding]:
    """Check that a range has a source and a place in it, or says that it is ours."""
    source, locator, reason = (row.cells.get(name, "") for name in ("source", "locator", "reason"))
    if bool(source) != bool(locator):
        column, other = ("source", "locator") if locator else ("locator", "source")
        yield table.at(row, column, "nothing", f"a {column}, as there is a {other}", "fill it in")
    elif not source and OURS not in reason:
        expected = f"a source, or a reason that says {OURS!r}"
        yield table.at(row, "source", "nothing", expected, "name the source or say whose it is")


def _complete(table: Table) -> Iterator[Finding]:
    """Check that every scenario has each assumption of the chain, and no other."""
    for scenario in sorted({row.cells["scenario"] for row in table.rows}):
        rows = [row for row in table.rows if row.cells["scenario"] == scenario]
        missing = set(GIVEN) - {row.cells["name"] for row in rows}
        for name in sorted(missing):
            yield table.at(
                rows[-1], "name", f"no {name} in {scenario}", "each of names.GIVEN", "add the row"
            )
        for row in rows:
            if row.cells["name"] not in GIVEN:
                yield table.at(
                    row, "name", row.cells["name"], "one of names.GIVEN", "remove or rename it"
                )


def _alike(table: Table) -> Iterator[Finding]:
    """Check that an assumption is of one kind in every scenario; either row may be wrong."""
    first: dict[str, Row] = {}
    for row in table.rows:
        other = first.setdefault(row.cells["name"], row)
        for column in OF_ONE_KIND:
            if row.cells.get(column) != other.cells.get(column):
                for wrong, right in ((other, row), (row, other)):
                    yield table.at(
                        wrong,
                        column,
                        wrong.cells[column],
                        f"{right.cells[column]} as in {right.cells['scenario']}",
                        "correct the one that is wrong",
                    )


def _as_the_model_says(material: Material, table: Table) -> Iterator[Finding]:
    """Compare what is assumed of the undisclosed model with its file."""
    if not material.exists(MODEL):
        return
    unknowns = documents.yaml_of(material.text(MODEL), MODEL)["unknowns"]
    for row in table.rows:
        unknown = unknowns.get(row.cells["name"])
        if row.cells["scenario"] != MODEL_SCENARIO or unknown is None:
            continue
        said = {end: float(unknown[end]) for end in ENDS}
        for end in ENDS:
            if number(row.cells[end]) != said[end]:
                yield table.at(
                    row,
                    end,
                    row.cells[end],
                    f"{said[end]:g} as in {MODEL}",
                    "correct the one that is wrong",
                )
        if row.cells["distribution"] != unknown["shape"]:
            yield table.at(
                row,
                "distribution",
                row.cells["distribution"],
                f"{unknown['shape']} as in {MODEL}",
                "correct the one that is wrong",
            )
