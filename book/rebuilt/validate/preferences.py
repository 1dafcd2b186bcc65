"""Where sources disagree, data/preferences.csv says which one is used; and only there."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from rebuilt.evidence import choice
from rebuilt.validate.cells import number
from rebuilt.validate.finding import Finding, quoted
from rebuilt.validate.material import Material, Row, Table

Question = tuple[str, str, str, str]  # table, subject, quantity, condition


def check_preferences(material: Material) -> Iterator[Finding]:
    """Every disagreement has a preference, and every preference settles one."""
    answers = _answers(material)
    rivals: Counter[tuple[str, ...]] = Counter()
    for question, rows in answers.items():
        rivals[question[:3]] += len(rows)
    settled: set[Question] = set()
    for table, row in _preference_rows(material):
        cells = row.cells
        question = (cells["table"], cells["subject"], cells["quantity"], cells["condition"])
        settled.add(question)
        yield from _preference(table, row, answers.get(question, []), rivals[question[:3]])
    for question, rows in answers.items():
        if question not in settled and (gap := choice.gap(_values(rows))):
            yield _unsettled(material.tables[question[0]], question, rows, gap)


def _preference_rows(material: Material) -> Iterator[tuple[Table, Row]]:
    table = material.tables.get("preferences")
    if table:
        yield from ((table, row) for row in table.rows)


def _values(rows: list[Row]) -> Iterator[float]:
    for row in rows:
        if (value := number(row.cells.get("value", ""))) is not None:
            yield value


def _answers(material: Material) -> dict[Question, list[Row]]:
    """Rows with an answer, by the question that they answer."""
    answers: dict[Question, list[Row]] = defaultdict(list)
    for table in material.tables.values():
        for row in table.rows if table.question else []:
            if row.cells["status"] != "unknown":
                subject, quantity, condition = (row.cells[name] for name in table.question)
                answers[table.name, subject, quantity, condition].append(row)
    return answers


def _preference(table: Table, row: Row, answers: list[Row], n_rivals: int) -> Iterator[Finding]:
    """Check one preference; `n_rivals` counts the rows of its quantity under any condition."""
    sources = [answer.cells["source"] for answer in answers]
    if not answers:
        yield Finding(
            file=table.file,
            row=row.line,
            column="subject",
            found=", ".join(
                quoted(row.cells[name]) or '""'
                for name in ("table", "subject", "quantity", "condition")
            ),
            expected="a row of that table with these cells",
            advice="correct the spelling or remove the preference",
        )
    elif row.cells["source"] not in sources:
        yield Finding(
            file=table.file,
            row=row.line,
            column="source",
            found=quoted(row.cells["source"]),
            expected=f"one of {', '.join(sources)}",
            advice="prefer a source that has a row",
        )
    elif n_rivals == 1:
        yield Finding(
            file=table.file,
            row=row.line,
            column="source",
            found="a preference without a choice",
            expected="two rows or more of that subject and quantity",
            advice="remove the preference",
        )


def _unsettled(table: Table, question: Question, rows: list[Row], gap: float) -> Finding:
    shown = " and ".join(f"{row.cells['value']} ({row.cells['source']})" for row in rows)
    others = ", ".join(str(row.line) for row in rows[:-1])
    return Finding(
        file=table.file,
        row=rows[-1].line,
        column="value",
        found=f"{shown}, {100 * gap:.2g} % apart, with row {others}",
        expected="a preference in data/preferences.csv where sources disagree",
        advice=f"add a row {','.join(question)},SOURCE,REASON or correct a value",
    )
