"""Claims, charts and sources have addresses that are made of names, listed, and unique."""

import csv
import re

import pytest
from sphinx.util.inventory import InventoryFile

from rebuilt.paths import DATA, SEEDS

NAME = re.compile(r"[a-z0-9]+([.-][a-z0-9]+)*")


@pytest.fixture(scope="module")
def ids(site):
    """Page -> ids, as they stand in its text."""
    return {
        path.stem: re.findall(r'\bid="([^"]+)"', path.read_text(encoding="utf-8"))
        for path in sorted(site.glob("*.html"))
    }


def of(ids, kind):
    """Addresses of one kind: page and id."""
    return [(page, one) for page, found in ids.items() for one in found if one.startswith(kind)]


def test_every_claim_has_its_address_on_the_scorecard(ids):
    """The address is the id of seeds/claims.csv, which is never given to another claim."""
    with (SEEDS / "claims.csv").open(encoding="utf-8", newline="") as lines:
        listed = [row["id"] for row in csv.DictReader(lines)]
    found = [one.removeprefix("claim-") for _, one in of({"scorecard": ids["scorecard"]}, "claim-")]

    assert sorted(found) == sorted(listed)


def test_every_chart_and_table_is_in_the_inventory(site, ids):
    """objects.inv lists page and address of each, and nothing that is not there."""
    with (site / "objects.inv").open("rb") as file:
        labels = InventoryFile.load(file, "", lambda _, path: path)["std:label"]
    listed = {
        (address.split(".html#")[0], address.split("#")[1])
        for _, _, address, _ in labels.values()
        if re.search(r"#(chart|table)-", address)
    }
    found = {
        (page, one)
        for page, one in of(ids, "chart-") + of(ids, "table-")
        if not one.endswith(("-title", "-spec"))
    }

    assert len(found) > 80
    assert found == listed
    assert [one for _, one in found if not NAME.fullmatch(one)] == []


def test_every_source_that_a_page_lists_is_one_of_the_bibliography(ids):
    """The address is the key, on every page that lists the source."""
    text = (DATA / "sources.bib").read_text(encoding="utf-8")
    keys = set(re.findall(r"^@\w+\{([^,]+),", text, re.MULTILINE))
    found = [one.removeprefix("source-") for _, one in of(ids, "source-")]

    assert len(set(found)) > 300
    assert set(found) <= keys
    assert [key for key in found if not NAME.fullmatch(key)] == []


def test_no_address_stands_twice_on_a_page(ids):
    """A link leads to one place."""
    twice = {page: {one for one in found if found.count(one) > 1} for page, found in ids.items()}

    assert {page: some for page, some in twice.items() if some} == {}
