"""Damage to the package and to a built site turns a test red, which names the place."""

import os
import re
import shutil
import subprocess
import sys

import pytest
from tests.faults import caught
from tests.site import checkout

from rebuilt.paths import ROOT

# what is wrong: (module, right, wrong, test that must fail, what it names)
COEFFICIENTS = {
    "wrong coefficient of attention": (
        "cost/algebra/operations.py",
        "pairs = 4 * copies * queries * keys",
        "pairs = 3 * copies * queries * keys",
        "tests/cost/counting/test_reference.py",
        r"test_forward_equals_the_measured_integers\[[\w.-]+transformer[\w.-]*\].*attention",
    ),
    "wrong coefficient of a parameter": (
        "cost/algebra/operations.py",
        "parameters=(inner * columns + bias * columns)",
        "parameters=(inner * columns + bias * (columns + 1))",
        "tests/cost/counting/test_reference.py",
        r"test_forward_equals_the_measured_integers.*parameters",
    ),
    "wrong coefficient of a count of switches": (
        "fabric/leaf_spine.py",
        "(per_rail + down - 1) // down",
        "(per_rail + down) // down",
        "tests/fabric/test_fabric_counts.py",
        r"tests/fabric/test_fabric_counts\.py::test_\w+",
    ),
    "wider tolerance of a verdict": (
        "claims/wording.py",
        "ROUNDING = 0.10",
        "ROUNDING = 0.30",
        "tests/claims/test_verdicts.py",
        r"tests/claims/test_verdicts\.py::test_\w+",
    ),
}

ASKING = {
    "script of another host": '<script src="https://cdn.example.org/vega.js"></script>',
    "style of another host": '<link rel="stylesheet" href="//cdn.example.org/a.css">',
    "script in the page": "<script>alert(1)</script>",
}
READING = ("tests/site/test_site_html.py", "-k", "book and (another_host or stands_in_a_page)")


def run_tests(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run some of the suite in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        check=False,
        capture_output=True,
        text=True,
    )


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    """Return a copy of the repository's package and data."""
    return checkout.make(tmp_path_factory.mktemp("package") / "repository")


@pytest.mark.parametrize("damage", COEFFICIENTS)
def test_a_wrong_coefficient_is_found_by_a_comparison(damage, package, record_property):
    """The test that fails compares with what others measured, or with an independent count."""
    module, right, wrong, test, named = COEFFICIENTS[damage]
    file = f"book/rebuilt/{module}"
    kept = (package.root / file).read_text(encoding="utf-8")
    package.edit(file, right, wrong)

    done = run_tests(
        test,
        PYTHONPATH=str(package.root / "book"),
        NUMBA_CACHE_DIR=str(package.root / "numba" / damage.replace(" ", "-")),
    )

    (package.root / file).write_text(kept, encoding="utf-8")
    found = done.returncode == 1 and re.search(named, done.stdout, re.DOTALL) is not None
    caught.record(record_property, "package", damage, caught=int(found))
    assert found, done.stdout[-3000:] + done.stderr[-1000:]


def test_a_page_that_asks_another_host_is_named(fixture_html, tmp_path, record_property):
    """The tests of the site read every page; each damaged one is in the message, and no other."""
    site = shutil.copytree(fixture_html, tmp_path / "html")
    text = (site / "second.html").read_text(encoding="utf-8")
    for turn, tag in enumerate(ASKING.values()):
        (site / f"damaged-{turn}.html").write_text(
            text.replace("</head>", f"{tag}</head>", 1), encoding="utf-8"
        )

    done = run_tests(*READING, "--maxfail=9", "-vvv", REBUILT_HTML=str(site))

    named = {page.stem for page in site.glob("*.html") if f"'{page.stem}'" in done.stdout}
    for turn, damage in enumerate(ASKING):
        caught.record(record_property, "site", damage, caught=int(f"damaged-{turn}" in named))
    assert done.returncode == 1
    assert named == {f"damaged-{turn}" for turn in range(len(ASKING))}, done.stdout[-3000:]
