"""Rows that bear on a claim: used by its check, or set aside with a reason that is one."""

import json

import pytest

from rebuilt import claims
from rebuilt.errors import UnknownNameError
from rebuilt.validate.bearing import check_bearing
from rebuilt.validate.material import Material

TABLES = {
    "bearing": "claim,subject\nh200-memory,h200\n",
    "synonyms": "subject,kind,also\n",
    "set_aside": """\
claim,table,subject,quantity,condition,reason
h200-memory,accelerators,*,bandwidth_tb_s,*,the claim is about memory
h200-memory,roadmap,*,shipping,*,the claim is about memory
""",
}
BARRED = ": found a row on h200 (bandwidth_tb_s) that the check of h200-memory does not look at"
AT = (
    "expected it used by that check; use it, or say in seeds/set_aside.csv why it does not bear "
    "on the claim"
)


def memory(_claim, facts):
    """Look at the memory of one chip."""
    facts.value("accelerators", "h200", "memory_gb")


@pytest.fixture
def weigh(book, monkeypatch):
    """Return a function that writes the three tables and returns what the rule finds."""

    def find(check=memory, **changed):
        monkeypatch.setattr(claims, "find_check", lambda _: check)
        file = book.root / "seeds/datapackage.json"
        descriptor = json.loads(file.read_text(encoding="utf-8"))
        for name, text in (TABLES | changed).items():
            (book.root / f"seeds/{name}.csv").write_text(text, encoding="utf-8")
            fields = [{"name": column} for column in text.splitlines()[0].split(",")]
            resource = {"name": name, "path": f"{name}.csv", "schema": {"fields": fields}}
            descriptor["resources"].append(resource)
        file.write_text(json.dumps(descriptor), encoding="utf-8")
        return [str(finding) for finding in check_bearing(Material(book.root))]

    return find


def test_rows_that_are_used_or_set_aside_are_no_finding(weigh):
    """Memory is used, bandwidth and the day of shipping are set aside."""
    assert weigh() == []


def test_a_row_that_the_check_does_not_look_at_is_named_with_its_claim(weigh):
    """Every row of the subject that was public, in whichever table."""
    assert weigh(set_aside=TABLES["set_aside"].splitlines()[0] + "\n") == [
        "data/accelerators.csv row 6: found a row on h200 (bandwidth_tb_s) that the check of "
        f"h200-memory does not look at, {AT}",
        "data/accelerators.csv row 7: found a row on h200 (bandwidth_tb_s) that the check of "
        f"h200-memory does not look at, {AT}",
        "data/roadmap.csv row 3: found a row on h200 (shipping) that the check of "
        f"h200-memory does not look at, {AT}",
    ]


def test_a_row_under_another_name_of_the_subject_counts(weigh):
    """Three rows of the A100 say something; its unknown price says nothing."""
    found = weigh(synonyms="subject,kind,also\nh200,subject,a100\n")

    assert [line.partition(":")[0] for line in found] == [
        "data/accelerators.csv row 2",
        "data/accelerators.csv row 4",
    ]


def test_what_a_check_asks_for_only_today_does_not_excuse_what_was_public_then(weigh):
    """The check runs twice; a row of 2023 has to be looked at as of the note."""

    def late(claim, facts):
        if facts.as_of.year > 2024:
            memory(claim, facts)

    assert [line.partition(":")[0] for line in weigh(late)] == ["data/accelerators.csv row 8"]


def test_what_sets_nothing_aside_is_removed_and_reasons_are_words(weigh):
    """A pattern without a row, a reason of one word, and a pattern for everything."""
    more = (
        "h200-memory,accelerators,*,price_usd,*,no claim names a price\n*,roadmap,h200,*,*,other\n"
    )

    assert weigh(set_aside=TABLES["set_aside"] + more) == [
        "seeds/set_aside.csv row 4, column claim: found h200-memory, expected a row that some "
        "check does not look at; remove what sets nothing aside",
        "seeds/set_aside.csv row 5, column reason: found other, expected a reason in words; "
        "say why",
        "seeds/set_aside.csv row 5, column quantity: found *, expected a quantity, where every "
        "claim is meant; name the quantity or the claims",
    ]


def test_all_claims_but_some_can_be_meant(weigh):
    """An exclamation mark bars a claim: its rows are then not set aside."""
    head, first, second = TABLES["set_aside"].splitlines()
    barred = f"{head}\n!h200-memory{first.removeprefix('h200-memory')}\n{second}\n"

    assert [line.partition(",")[0] for line in weigh(set_aside=barred)] == [
        f"data/accelerators.csv row 6{BARRED}",
        f"data/accelerators.csv row 7{BARRED}",
        "seeds/set_aside.csv row 2",
    ]


def test_a_claim_says_what_it_is_about_and_of_something_that_is_there(weigh):
    """Neither a claim without a subject nor a subject that no table has."""
    assert weigh(bearing="claim,subject\nh200-memory,h2000\n")[:1] == [
        "seeds/bearing.csv row 2, column subject: found h2000, expected a subject that some table "
        "has; correct the spelling or remove the row",
    ]
    assert weigh(bearing="claim,subject\n")[:1] == [
        "seeds/claims.csv row 2, column id: found h200-memory, expected a subject for it in "
        "seeds/bearing.csv; say what the claim is about",
    ]


def test_a_check_that_fails_is_a_finding(weigh):
    """The row that it asked for has gone."""

    def broken(_claim, _facts):
        raise UnknownNameError("accelerators.csv has no row for h200 memory_gb, on any date")

    assert weigh(broken)[:1] == [
        "seeds/claims.csv row 2, column check: found an error of nvidia.h200_memory: "
        "accelerators.csv has no row for h200 memory_gb, on any date, expected a check that runs "
        "on these tables; restore the row that it asks for or correct the check"
    ]
