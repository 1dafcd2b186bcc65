"""`rebuilt fit`: renew data/efficiencies.csv and data/validation_errors.csv from run times."""

import argparse
import csv
import io
import math
from collections import Counter
from collections.abc import Iterable, Mapping

from rebuilt.cost.fit.fit_memory import fitted_factor
from rebuilt.cost.fit.fit_published import never_fitted, published, published_constants, scored
from rebuilt.cost.fit.fit_scores import residuals
from rebuilt.cost.fit.fit_scores import table as score_table
from rebuilt.cost.fit.fitting import (
    POWER_CAP,
    Prior,
    all_constants,
    power_priors,
    runs,
    time_priors,
)
from rebuilt.cost.fit.quantiles import weighted_quantile
from rebuilt.cost.hardware.efficiencies import DEFAULT, SHARED
from rebuilt.errors import DataError
from rebuilt.paths import DATA, IN_CHECKOUT

COLUMNS = ("accelerator", "constant", "value", "prior", "spread", "runs", "note")
FIGURES = 5
Line = dict[str, str]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "--check", action="store_true", help="compare with the committed file; exit 1 if it differs"
    )


def run(args: argparse.Namespace) -> int:
    """Fit; write the file, or compare it."""
    if not IN_CHECKOUT:
        raise DataError("this package lies outside a checkout, whose data/ a fit renews")
    text = table()
    path = DATA / "efficiencies.csv"
    if args.check:
        same = differences(path.read_text(encoding="utf-8"), text)
        print("\n".join(same) or "data/efficiencies.csv equals a fresh fit")
        return int(bool(same))
    path.write_text(text, encoding="utf-8", newline="\n")
    scores = DATA / "validation_errors.csv"
    scores.write_text(score_table(), encoding="utf-8", newline="\n")
    outside = DATA / "published_errors.csv"
    outside.write_text(published_table(), encoding="utf-8", newline="\n")
    names = ", ".join(file.name for file in (path, scores, outside))
    print(f"wrote {names}; now run `rebuilt check --seal`")
    return 0


def table() -> str:
    """Fit everything and lay it out as the committed file."""
    lines = sorted(_lines(), key=lambda line: (line["accelerator"], line["constant"]))
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)
    return text.getvalue()


def differences(old: str, new: str, tolerance: float = 2e-3) -> list[str]:
    """Constants of two tables that differ by more than `tolerance`, one sentence each."""
    tables = [
        {
            (row["accelerator"], row["constant"]): float(row["value"])
            for row in csv.DictReader(io.StringIO(text))
        }
        for text in (old, new)
    ]
    before, after = tables
    changed = [
        f"{key[1]} of {key[0]} is {before[key]:g} in the file and {after[key]:g} in a fresh fit"
        for key in sorted(before.keys() & after.keys())
        if not math.isclose(before[key], after[key], rel_tol=tolerance)
    ]
    only = [f"{key[1]} of {key[0]} is in one of the two" for key in before.keys() ^ after.keys()]
    return changed + sorted(only)


def published_table() -> str:
    """Lay out every published run beside its prediction without its model."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("model", "group", "place", "role", "published_s", "predicted_s"))
    places: Counter[tuple[str, str]] = Counter()
    lines = []
    for row, seconds in scored():
        key = (row.model, row.group)
        places[key] += 1
        role = "never fitted" if row.model in never_fitted() else "rotated"
        lines.append((*key, places[key], role, f"{row.seconds:.6g}", f"{seconds:.6g}"))
    writer.writerows(sorted(lines))
    return text.getvalue()


def half_widths() -> dict[str, float]:
    """Half-widths of 90 % intervals: that quantile of absolute residuals without each model."""
    single = [(run.model, off) for run, off in residuals() if run.single]
    parallel = [(run.model, off) for run, off in residuals() if not run.single]
    outside = [(row.model, abs(math.log(seconds / row.seconds))) for row, seconds in scored()]
    return {
        "interval_single": weighted_quantile(single),
        "interval_parallel": weighted_quantile(parallel),
        "interval_published": weighted_quantile(outside),
    }


def _lines() -> Iterable[Line]:
    priors: Mapping[str, Prior] = {**time_priors(), **power_priors()}
    for key, value in all_constants().items():
        constant, _, gpu = key.partition(" ")
        used = [one for one in runs() if gpu in ("", one.gpu)]
        prior = priors[key]
        yield _line(gpu or SHARED, constant, value, len(used), prior.why, prior)
    yield _line(SHARED, "power_cap", POWER_CAP, len(runs()), "boards at their limit", None)
    factor = fitted_factor()
    yield _line(SHARED, "activation_factor", factor, 0, "published peaks of memory", None)
    for constant, width in half_widths().items():
        yield _line(SHARED, constant, width, len(runs()), "natural logarithm", None)
    yield from _published_lines()


def _published_lines() -> Iterable[Line]:
    values = published_constants()
    for key in sorted(values.keys() - all_constants().keys()):
        constant, _, gpu = key.partition(" ")
        used = [row for row in published() if row.gpu == gpu]
        yield _line(gpu, constant, values[key], len(used), "fitted to published run times", None)
    for constant in ("product", "attention", "attention_fa3", "traffic", "convolution"):
        yield _default(constant, values)
    for constant in ("power_product", "power_attention", "power_traffic"):
        yield _default(constant, values)


def _default(constant: str, values: Mapping[str, float]) -> Line:
    limit = math.inf if constant.startswith("power") else 1.0  # above it the listed peak is wrong
    own = [min(value, limit) for key, value in values.items() if key.startswith(f"{constant} ")]
    mean = math.prod(own) ** (1 / len(own))
    return _line(DEFAULT, constant, mean, len(own), "geometric mean of the accelerators", None)


def _line(
    accelerator: str, constant: str, value: float, used: int, note: str, prior: Prior | None
) -> Line:
    return {
        "accelerator": accelerator,
        "constant": constant,
        "value": f"{value:.{FIGURES}g}",
        "prior": "" if prior is None else f"{prior.centre:.{FIGURES}g}",
        "spread": "" if prior is None else f"{prior.spread:g}",
        "runs": str(used),
        "note": note,
    }
