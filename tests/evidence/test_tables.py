"""Tables load with types, as of a day, and disagreeing sources are never mixed silently."""

import datetime as dt
import json

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rebuilt.errors import DataError, UnknownNameError
from rebuilt.evidence import tables

TYPES = {
    "string": pl.String,
    "number": pl.Float64,
    "integer": pl.Int64,
    "date": pl.Date,
}
CHIPS = """\
subject,quantity,value,text,unit,condition,source,status,known_since
a100,announced,,2020-05-14,date,,press-a100,reported,2020-05-14
a100,memory_gb,40,,gb,,press-a100,reported,2020-05-14
h200,bandwidth_tb_s,4.9,,tb_s,rounded up,list-chips,reported,2023-11-14
h200,bandwidth_tb_s,4.8,,tb_s,,press-h200,reported,2023-11-13
h200,memory_gb,141.5,,gb,nominal,list-chips,reported,2023-11-14
h200,memory_gb,141,,gb,usable,press-h200,reported,2023-11-13
h200,price_usd,,,usd,,list-chips,unknown,2023-11-14
"""
PREFERENCES = "table,subject,quantity,condition,source,reason\n"
FIELDS = [
    ("subject", "string"),
    ("quantity", "string"),
    ("value", "number"),
    ("text", "string"),
    ("unit", "string"),
    ("condition", "string"),
    ("source", "string"),
    ("status", "string"),
    ("known_since", "date"),
]


def resource(name: str, fields: list[tuple[str, str]]) -> dict:
    listed = [{"name": field, "type": kind} for field, kind in fields]
    return {"name": name, "path": f"{name}.csv", "schema": {"fields": listed}}


def forget() -> None:
    tables._parse_descriptor.cache_clear()
    tables._parse.cache_clear()


@pytest.fixture
def data(tmp_path, monkeypatch):
    """Return a data folder with two small tables that `tables` reads instead of the real one."""
    names = PREFERENCES.strip().split(",")
    descriptor = {
        "note_date": "2024-02-20",
        "freeze_date": "2026-11-22",
        "resources": [
            resource("chips", FIELDS),
            resource("preferences", [(name, "string") for name in names]),
        ],
    }
    (tmp_path / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")
    (tmp_path / "chips.csv").write_text(CHIPS, encoding="utf-8")
    (tmp_path / "preferences.csv").write_text(PREFERENCES, encoding="utf-8")
    monkeypatch.setattr(tables, "DATA", tmp_path)
    forget()
    yield tmp_path
    forget()


def rewrite(path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    forget()


@pytest.mark.parametrize("name", tables.names())
def test_every_table_has_the_types_of_its_descriptor(name):
    """Names, order and types of the columns are those of datapackage.json."""
    fields = tables.describe(name)["schema"]["fields"]

    frame = tables.load(name)

    assert dict(frame.schema) == {field["name"]: TYPES[field["type"]] for field in fields}
    assert not frame.is_empty()


def test_an_empty_cell_is_null_and_never_an_empty_text(data):
    """No number and no text both load as null."""
    row = tables.load("chips").filter(quantity="price_usd").row(0, named=True)

    assert (row["value"], row["text"], row["condition"]) == (None, None, None)


def test_the_h200_was_public_on_the_day_of_the_note_and_the_b200_was_not():
    """141 GB and 4.8 TB/s were announced in November 2023, Blackwell in March 2024."""
    known = tables.load("accelerators", as_of="2024-02-20")
    memory = known.filter(subject="h200-sxm", quantity="memory_gb")["value"].to_list()
    bandwidth = known.filter(subject="h200-sxm", quantity="bandwidth_tb_s")["value"].to_list()
    later = tables.load("accelerators").filter(subject="b200-sxm", quantity="memory_gb")

    assert 141.0 in memory
    assert 4.8 in bandwidth
    assert known.filter(subject="b200-sxm", quantity="memory_gb").is_empty()
    assert not later.is_empty()


def test_as_of_keeps_the_day_itself_and_drops_the_day_after(data):
    """A fact that became public that morning counts."""
    before = tables.load("chips", as_of="2023-11-12")
    on_the_day = tables.load("chips", as_of=dt.date(2023, 11, 13))

    assert before["source"].unique().to_list() == ["press-a100"]
    assert on_the_day["source"].unique().sort().to_list() == ["press-a100", "press-h200"]


def test_a_table_without_dates_is_the_same_on_every_day():
    """Subjects and quantities are definitions, not facts with a date."""
    assert tables.load("quantities", as_of="2024-02-20").equals(tables.load("quantities"))


@settings(max_examples=60)
@given(
    name=st.sampled_from(tables.names()),
    days=st.tuples(
        st.dates(dt.date(2017, 1, 1), tables.freeze_date()),
        st.dates(dt.date(2017, 1, 1), tables.freeze_date()),
    ).map(sorted),
)
def test_an_earlier_day_never_knows_more(name, days):
    """The rows of an earlier day are among the rows of a later day, in the same order."""
    earlier, later = (tables.load(name, as_of=day) for day in days)

    assert earlier.height <= later.height
    if "known_since" in later.columns:
        assert earlier.equals(later.filter(pl.col("known_since") <= days[0]))


def test_columns_come_in_the_order_asked_for(data):
    """`columns` selects and orders."""
    assert tables.load("chips", columns=["value", "subject"]).columns == ["value", "subject"]


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda: tables.load("chip"), "there is no table 'chip'; did you mean: chips"),
        (lambda: tables.describe("xyz"), "there is no table 'xyz'; known are: chips, preferences"),
        (
            lambda: tables.load("chips", columns=["subject", "know_since"]),
            "there is no column of chips 'know_since'; did you mean: known_since",
        ),
        (
            lambda: tables.wide("chips", ["memory"]),
            "there is no quantity of chips 'memory'; did you mean: memory_gb",
        ),
    ],
    ids=["table", "nothing near", "column", "quantity"],
)
def test_an_unknown_name_gets_near_names_or_all(data, ask, message):
    """The message names the slip and what was meant, or what there is."""
    with pytest.raises(UnknownNameError) as caught:
        ask()

    assert str(caught.value) == message


DATED_AND_UNDATED = pytest.mark.parametrize("name", ["chips", "preferences"])


@DATED_AND_UNDATED
@pytest.mark.parametrize(
    "day", ["yesterday", "20.2.2024", "2024-02-30", "", "20240220", "2024-W05-1"]
)
def test_a_text_that_is_no_date_is_refused_by_every_table(data, name, day):
    """The message shows the form and the two days that matter, with or without dated rows."""
    with pytest.raises(DataError) as caught:
        tables.load(name, as_of=day)

    assert str(caught.value) == (
        f"{day!r} is not a date; write YYYY-MM-DD, for instance 2024-02-20 (the day of the note) "
        "or 2026-11-22 (the data freeze)"
    )


@DATED_AND_UNDATED
@pytest.mark.parametrize("day", ["2026-11-23", dt.date(2026, 11, 23), dt.datetime(2026, 11, 23)])
def test_a_day_after_the_freeze_is_refused_by_every_table(data, name, day):
    """The data say nothing about a day that they do not cover."""
    with pytest.raises(DataError) as caught:
        tables.load(name, as_of=day)

    assert str(caught.value) == (
        "2026-11-23 is after the data freeze; the latest day the data cover is 2026-11-22"
    )


def test_a_moment_is_its_day(data):
    """A datetime is a date too: the evening of the day knows what the day knows."""
    evening = dt.datetime(2023, 11, 13, 23, 59)

    assert tables.parse_date(evening) == dt.date(2023, 11, 13)
    assert tables.load("chips", as_of=evening).equals(tables.load("chips", as_of="2023-11-13"))


def test_the_day_of_the_freeze_is_covered(data):
    """The freeze itself is the last day, not the first one outside."""
    assert tables.load("chips", as_of="2026-11-22").equals(tables.load("chips"))


def test_rows_within_half_a_percent_are_one_fact_and_the_first_public_one_stands(data):
    """141.5 and 141 differ by 0.35 %; the announcement came first."""
    memory = tables.load("chips").filter(subject="h200", quantity="memory_gb")

    assert tables.choose("chips", memory)["source"].to_list() == ["press-h200"]


def test_just_over_half_a_percent_is_a_disagreement(data):
    """141.8 and 141 differ by 0.56 % and are not one fact."""
    rewrite(data / "chips.csv", "141.5", "141.8")
    memory = tables.load("chips").filter(subject="h200", quantity="memory_gb")

    with pytest.raises(DataError):
        tables.choose("chips", memory)


def test_disagreeing_rows_are_refused_by_name(data):
    """Value, condition and source of each row, and where to decide."""
    with pytest.raises(DataError) as caught:
        tables.choose("chips", tables.load("chips").filter(quantity="bandwidth_tb_s"))

    assert str(caught.value) == (
        "chips: h200 bandwidth_tb_s has rows that disagree: 4.8 (no condition, press-h200); "
        "4.9 (rounded up, list-chips); say in data/preferences.csv which one is used, and why"
    )


def test_texts_must_be_equal_to_be_one_fact(data):
    """Two days of one announcement need a preference, as two numbers do."""
    row = "a100,announced,,2020-05-15,date,,list-chips,reported,2020-05-15\n"
    (data / "chips.csv").write_text(CHIPS + row, encoding="utf-8")

    with pytest.raises(DataError) as caught:
        tables.choose("chips", tables.load("chips").filter(quantity="announced"))

    assert str(caught.value) == (
        "chips: a100 announced has rows that disagree: 2020-05-14 (no condition, press-a100); "
        "2020-05-15 (no condition, list-chips); say in data/preferences.csv which one is used, "
        "and why"
    )


@pytest.mark.parametrize(
    ("preference", "value"),
    [
        ("chips,h200,bandwidth_tb_s,rounded up,list-chips,why\n", 4.9),
        ("chips,h200,bandwidth_tb_s,,press-h200,why\n", 4.8),
    ],
)
def test_a_preference_decides_between_disagreeing_rows(data, preference, value):
    """A row is named by subject, quantity, condition (which may be empty) and source."""
    (data / "preferences.csv").write_text(PREFERENCES + preference, encoding="utf-8")

    chosen = tables.choose("chips", tables.load("chips").filter(quantity="bandwidth_tb_s"))

    assert chosen["value"].to_list() == [value]


def test_a_preference_of_another_table_decides_nothing(data):
    """The table is part of the name of a row."""
    row = "boards,h200,bandwidth_tb_s,,press-h200,why\n"
    (data / "preferences.csv").write_text(PREFERENCES + row, encoding="utf-8")

    with pytest.raises(DataError):
        tables.choose("chips", tables.load("chips").filter(quantity="bandwidth_tb_s"))


def test_a_row_that_records_a_search_in_vain_is_no_choice(data):
    """Status `unknown` has neither a number nor a text to choose."""
    prices = tables.load("chips").filter(quantity="price_usd")

    assert tables.choose("chips", prices).is_empty()
    assert tables.wide("chips", ["price_usd"]).is_empty()


def test_choosing_from_nothing_gives_nothing(data):
    """A day before all facts leaves an empty frame with its columns."""
    nothing = tables.load("chips", as_of="1999-12-31")

    assert tables.choose("chips", nothing).equals(nothing)


def test_wide_gives_one_row_per_subject_and_an_empty_column_for_what_was_not_known(data):
    """On the day before the H200 only the A100 has a row, and nobody has a bandwidth."""
    found = tables.wide("chips", ["memory_gb", "bandwidth_tb_s"], as_of="2023-11-12")

    expected = pl.DataFrame(
        {"subject": ["a100"], "memory_gb": [40.0], "bandwidth_tb_s": [None]},
        schema={"subject": pl.String, "memory_gb": pl.Float64, "bandwidth_tb_s": pl.Float64},
    )
    assert found.equals(expected)
    assert found.schema == expected.schema


def test_every_question_about_real_accelerators_has_one_answer():
    """No pair of rows disagrees without a preference."""
    chosen = tables.choose("accelerators", tables.load("accelerators"))

    assert not chosen.select("subject", "quantity").is_duplicated().any()


def test_a_renamed_column_is_told_with_what_was_expected(data):
    """The message names the file, both lists and the command that says more."""
    rewrite(data / "chips.csv", "value", "amount")

    with pytest.raises(DataError) as caught:
        tables.load("chips")

    expected = [name for name, _ in FIELDS]
    found = ["amount" if name == "value" else name for name in expected]
    assert str(caught.value) == (
        f"data/chips.csv: its columns are {found}, the descriptor expects {expected}; "
        "run `rebuilt check`"
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a100,memory_gb,40,", "a100,memory_gb,forty,"),
        ("reported,2020-05-14", "reported,14 May 2020"),
    ],
)
def test_a_cell_of_another_type_sends_the_author_to_the_check(data, old, new):
    """A wrong number and a wrong date are told for the file, not as a traceback."""
    rewrite(data / "chips.csv", old, new)

    with pytest.raises(DataError) as caught:
        tables.load("chips")

    message = str(caught.value)
    assert message.startswith("data/chips.csv cannot be read as described: ")
    assert message.endswith("; run `rebuilt check`")
    assert "\n" not in message


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("a100,memory_gb,40,,gb,,", "a100,memory_gb,40,,gb,", "row 3: found 8 cells, expected 9"),
        (
            "a100,memory_gb,40,,gb,,",
            "a100,memory_gb,40,,gb,,,",
            "row 3: found 10 cells, expected 9",
        ),
        (",unknown,2023-11-14", "", "row 8: found 7 cells, expected 9"),
    ],
    ids=["too few", "too many", "cut off"],
)
def test_a_row_with_a_lost_or_an_extra_cell_is_told_by_its_number(data, old, new, message):
    """A cell that is missing would otherwise load as null, and shift all that follow."""
    rewrite(data / "chips.csv", old, new)

    with pytest.raises(DataError) as caught:
        tables.load("chips")

    assert str(caught.value) == f"data/chips.csv {message}; run `rebuilt check`"


@pytest.mark.parametrize(
    "content",
    [None, CHIPS.replace("rounded up", "größer").encode("latin-1")],
    ids=["gone", "latin-1"],
)
def test_a_file_that_cannot_be_read_sends_the_author_to_the_check(data, content):
    """A table whose file is gone or is not UTF-8 is a DataError, not a traceback."""
    path = data / "chips.csv"
    path.unlink() if content is None else path.write_bytes(content)

    with pytest.raises(DataError) as caught:
        tables.load("chips")

    message = str(caught.value)
    assert message.startswith("data/chips.csv cannot be read as described: ")
    assert message.endswith("; run `rebuilt check`")


def test_a_descriptor_with_another_type_wins_over_the_file(data):
    """`value` declared as an integer refuses 4.9."""
    rewrite(data / "datapackage.json", '"value", "type": "number"', '"value", "type": "integer"')

    with pytest.raises(DataError) as caught:
        tables.load("chips")

    assert str(caught.value).startswith("data/chips.csv cannot be read as described: ")
