"""One fault at a time in a repository that keeps every rule: the whole output is compared.

The faults stand in cases/, one file for each module with rules, and can be read beside it.
"""

from pathlib import Path

import pytest
import yaml

FILES = sorted((Path(__file__).parent / "cases").glob("*.yaml"))
CASES = {
    f"{file.stem}: {case['fault']}": case
    for file in FILES
    for case in yaml.safe_load(file.read_text(encoding="utf-8"))
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_one_fault_is_found_and_its_place_named(book, case):
    """Every line says place, what was found, what was expected and what to do."""
    book.replace(case["file"], case["old"], case["new"])

    assert book.found() == case["expected"]
