"""`python -m tests.faults`: plant every fault and print the table; `--write` keeps it in data/."""

import argparse
import sys

import pytest
from tests.faults import caught

from rebuilt.paths import ROOT


class Reports:
    """Plugin that keeps every report of a run."""

    def __init__(self):
        self.found = []

    def pytest_runtest_logreport(self, report):
        """Keep it."""
        self.found.append(report)


def main():
    """Run the folder's tests, weekly ones too; 0 if all was caught."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write data/faults_caught.csv")
    parser.add_argument("--only", default="", help="run these tests (pytest -k), keep other lines")
    args = parser.parse_args()
    reports = Reports()
    folder = str(ROOT / "tests" / "faults")
    chosen = f"({args.only}) and not test_caught" if args.only else "not test_caught"
    code = pytest.main(["-q", folder, "-k", chosen, "-m", ""], plugins=[reports])
    plants = caught.collect(reports.found)
    if args.only:
        plants = caught.renewed(caught.read(), plants)
    print("\n".join(caught.lines(plants)))
    if args.write and code == 0:
        caught.save(plants)
        print("wrote data/faults_caught.csv; now run `rebuilt check --seal`")
    return int(code)


if __name__ == "__main__":
    sys.exit(main())
