"""`rebuilt fit`: renew data/efficiencies.csv and the tables of errors from measured runs.

`rebuilt fit --answers` renews what rests on the constants of that file: errors of training, and the
answers to the questions of users.
"""

import argparse
import csv
import io
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from rebuilt.cli.field_answers import COLUMNS as ANSWERS
from rebuilt.cli.field_answers import FILE, renewed, rows
from rebuilt.cost.fit.borrowing import completed, of_anyone
from rebuilt.cost.fit.fit_memory import COLUMNS as MEMORY_COLUMNS
from rebuilt.cost.fit.fit_memory import memory_constants, memory_lines
from rebuilt.cost.fit.fit_scores import COLUMNS as SCORES
from rebuilt.cost.fit.fit_scores import half_widths, lines
from rebuilt.cost.fit.fit_training import COLUMNS as TRAINING_COLUMNS
from rebuilt.cost.fit.fit_training import training_constants, training_lines
from rebuilt.cost.fit.fitting import ALL, POWER_CAP, bench, fitted
from rebuilt.cost.fit.priors import CACHE, Prior
from rebuilt.cost.fit.runs import runs
from rebuilt.cost.hardware.efficiencies import MEASURED
from rebuilt.cost.hardware.software import CACHES, DEFAULT_SOFTWARE, software_names
from rebuilt.errors import DataError
from rebuilt.paths import DATA, IN_CHECKOUT

COLUMNS = ("accelerator", "constant", "value", "basis", "prior", "spread", "runs", "note")
FIGURES = 5
TOLERANCE = 5e-3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "--check", action="store_true", help="compare with the committed file; exit 1 if it differs"
    )
    parser.add_argument(
        "--answers",
        action="store_true",
        help="renew data/training_errors.csv and data/field_answers.csv with the constants as "
        "they are",
    )


def run(args: argparse.Namespace) -> int:
    """Fit; write the files, or compare the constants."""
    if not IN_CHECKOUT:
        raise DataError("this package lies outside a checkout, whose data/ a fit renews")
    path = DATA / "efficiencies.csv"
    if args.check:
        same = differences(path.read_text(encoding="utf-8"), table())
        print("\n".join(same) or "data/efficiencies.csv equals a fresh fit")
        return int(bool(same))
    if args.answers:
        return _write(
            {
                DATA / "training_errors.csv": laid_out(
                    TRAINING_COLUMNS, sorted(training_lines(), key=_key)
                ),
                FILE: laid_out(ANSWERS, (list(renewed(row).values()) for row in rows())),
            }
        )
    written = {
        path: table(),
        DATA / "validation_errors.csv": laid_out(SCORES, sorted(lines(), key=_key)),
        DATA / "memory_errors.csv": laid_out(MEMORY_COLUMNS, sorted(memory_lines(), key=_key)),
    }
    return _write(written)


def _write(written: Mapping[Path, str]) -> int:
    for file, text in written.items():
        file.write_text(text, encoding="utf-8", newline="\n")
    print(f"wrote {', '.join(file.name for file in written)}; now run `rebuilt check --seal`")
    return 0


def table() -> str:
    """Fit everything and lay it out as the committed file."""
    return laid_out(COLUMNS, sorted(_constants(), key=_key))


def laid_out(columns: Sequence[str], rows: Iterable[Sequence[str | int]]) -> str:
    """Rows as the text of a CSV file."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue()


def differences(old: str, new: str, tolerance: float = TOLERANCE) -> list[str]:
    """Constants of two tables that differ by more than `tolerance`, one sentence each."""
    before, after = (
        {
            (row["accelerator"], row["constant"]): float(row["value"])
            for row in csv.DictReader(io.StringIO(text))
        }
        for text in (old, new)
    )
    changed = [
        f"{key[1]} of {key[0]} is {before[key]:g} in the file and {after[key]:g} in a fresh fit"
        for key in sorted(before.keys() & after.keys())
        if not math.isclose(before[key], after[key], rel_tol=tolerance)
    ]
    only = [f"{key[1]} of {key[0]} is in one of the two" for key in before.keys() ^ after.keys()]
    return changed + sorted(only)


def _key(line: Sequence[str | int]) -> tuple[str, str]:
    """Sort rows by the two columns of their key."""
    return str(line[0]), str(line[1])


def _constants() -> Iterable[list[str]]:
    values, priors = fitted(), bench().priors()
    used = Counter(run.gpu for run in runs() if run.batch == 1)
    for (name, gpu), value in values.items():
        if gpu == ALL:
            prior = priors.get((name, gpu))
            yield _line(ALL, name, value, MEASURED, sum(used.values()), prior)
    for one in (*completed(values), *of_anyone(values)):
        key = one.constant, one.accelerator
        own = one.basis == MEASURED
        prior = priors.get(key) if own else None
        yield _line(key[1], key[0], one.value, one.basis, used[key[1]] if own else 0, prior)
    yield _line(ALL, "power_cap", POWER_CAP, MEASURED, 0, None, "boards at their limit")
    for name in sorted({DEFAULT_SOFTWARE, *software_names()}):
        if (f"engine_{name}", ALL) not in values:
            why = "by definition" if name == DEFAULT_SOFTWARE else "no run is known"
            yield _line(ALL, f"engine_{name}", 1.0, MEASURED, 0, None, why)
    for name in CACHES:
        if (f"cache_{name}", ALL) not in values:
            yield _line(ALL, f"cache_{name}", CACHE.centre, "is its prior", 0, CACHE)
    beside = {**half_widths(), **memory_constants(), **training_constants()}
    for name, value in beside.items():
        yield _line(ALL, name, value, MEASURED, 0, None)


def _line(
    accelerator: str,
    name: str,
    value: float,
    basis: str,
    number: int,
    prior: Prior | None,
    note: str = "",
) -> list[str]:
    said = [f"{prior.centre:.{FIGURES}g}", f"{prior.spread:g}"] if prior else ["", ""]
    why = prior.why if prior else note
    return [accelerator, name, f"{value:.{FIGURES}g}", basis, *said, str(number), why]
