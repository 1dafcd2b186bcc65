"""Weight, requests, speed and findings of every page, as a table.

`python -m tools.budgets` prints it; `--write` also keeps it in data/page_budgets.csv, from
which the book reports it. The phone that is timed is on a slow fourth-generation line.
"""

import argparse
import csv
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from playwright.sync_api import sync_playwright
from tests.site.browsing import ARGUMENTS, find_browser
from tests.site.serving import compressed_bytes
from tests.site.survey import MOST_SHIFT, Reading, survey

from rebuilt.build.builder import SITE
from rebuilt.paths import DATA

FILE = DATA / "page_budgets.csv"
MOST_KB = 500.0  # compressed, beside the shared scripts and what a reader starts by a click


@dataclass(frozen=True)
class Budget:
    """One row of the table: what one page costs its reader."""

    page: str
    compressed_kb: float
    requests: int
    layout_shift: float
    first_chart_ms: int | None
    axe_violations: int
    axe_best_practice: int

    @property
    def over(self) -> list[str]:
        """Limits that the page does not keep."""
        limits = (("compressed_kb", MOST_KB), ("layout_shift", MOST_SHIFT))
        return [
            f"{self.page}: {name} is {getattr(self, name)}, allowed {most}"
            for name, most in limits
            if getattr(self, name) > most
        ]


def budget(reading: Reading, folder: Path) -> Budget:
    """Weigh a page: everything that it loads except scripts, which all pages share."""
    weighed = [name for name in reading.files if not name.endswith(".js")]
    chart = reading.first_chart_ms
    return Budget(
        page=reading.page,
        compressed_kb=round(sum(len(compressed_bytes(folder / name)) for name in weighed) / 1e3, 1),
        requests=len(reading.files),
        layout_shift=round(reading.layout_shift, 4),
        first_chart_ms=None if chart is None else round(chart),
        axe_violations=sum(one.count for one in reading.violations),
        axe_best_practice=sum(one.count for one in reading.practice),
    )


def table(budgets: list[Budget]) -> str:
    """Write budgets as lines of aligned columns."""
    names = list(Budget.__dataclass_fields__)
    rows = [
        ["–" if cell is None else str(cell) for cell in asdict(row).values()] for row in budgets
    ]
    return "\n".join(
        "  ".join(
            cell.ljust(21) if place == 0 else cell.rjust(17) for place, cell in enumerate(row)
        )
        for row in [names, *rows]
    )


def main() -> int:
    """Print the table and exit 1 if a page is over its budget."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="keep it in data/page_budgets.csv")
    parser.add_argument("--html", type=Path, default=SITE, help="folder of the built site")
    args = parser.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=ARGUMENTS)
        readings = survey(browser, args.html.resolve(), slow=True)
        browser.close()
    budgets = [budget(reading, args.html.resolve()) for reading in readings]
    print(table(budgets))
    if args.write:
        save(budgets)
    over = [line for row in budgets for line in row.over]
    print("\n".join(over), file=sys.stderr)
    return 1 if over else 0


def save(budgets: list[Budget]) -> None:
    """Write the table where the book reads it."""
    with FILE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(Budget.__dataclass_fields__)
        writer.writerows(asdict(row).values() for row in budgets)
    print("wrote data/page_budgets.csv; now run `rebuilt check --seal`")


if __name__ == "__main__":
    sys.exit(main())
