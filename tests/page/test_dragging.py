"""A sentence with a number to drag: what it says where no script runs, and what it refuses."""

import json
import re
from html import unescape

import polars as pl
import pytest

from rebuilt import page
from rebuilt.errors import DataError

TEXT = "A clip of {seconds} has {tokens} tokens, <twice> {seconds}."


@pytest.fixture(autouse=True)
def _fresh_page():
    page.reset()
    yield
    page.reset()


@pytest.fixture
def frame():
    """Return two places; a real source stands behind them."""
    return pl.DataFrame(
        {
            "seconds": ["1 s", "2 s"],
            "tokens": ["25", "46 & more"],
            "length": [1, 2],
            "source": ["huggingface-diffusers-2026"] * 2,
        }
    )


def dragged(frame, **changes):
    """Make the sentence, with some arguments changed."""
    given = {"text": TEXT, "along": "seconds", "start": "2 s", "name": "by-seconds"} | changes
    return page.dragged(given.pop("text"), frame, **given)


def test_it_reads_as_a_sentence_where_no_script_runs(frame):
    """With the numbers of its start, escaped, and its sources on the page's list."""
    block = dragged(frame)
    plain = re.sub(r"<[^>]+>", "", block.html)

    assert block.text == "A clip of 2 s has 46 & more tokens, <twice> 2 s."
    assert unescape(plain) == block.text
    assert page.used_keys() == ["huggingface-diffusers-2026"]
    assert block.payload == {"html": block.html}


def test_all_places_travel_with_it(frame):
    """Every row, with the fields of the sentence alone, in their order."""
    places = re.search(r'data-places="([^"]*)"', dragged(frame).html)[1]

    assert json.loads(unescape(places)) == [
        {"seconds": "1 s", "tokens": "25"},
        {"seconds": "2 s", "tokens": "46 & more"},
    ]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"text": "{seconds} and {bytes}"}, "bytes has no column of texts; columns of texts: "),
        ({"text": "{seconds} and {length}"}, "length has no column of texts"),
        ({"text": "{tokens} tokens"}, "seconds is not in the sentence; its fields: tokens"),
        ({"start": "3 s"}, "seconds cannot start at '3 s'; it can be 1 s, 2 s"),
        ({"name": "By seconds"}, "is not a slug"),
    ],
)
def test_what_cannot_be_said_is_refused(frame, changes, said):
    """The message names the sentence, what was found and what there is."""
    with pytest.raises(DataError, match="sentence") as refused:
        dragged(frame, **changes)

    assert said in str(refused.value)


def test_numbers_without_a_source_are_refused(frame):
    """As of charts and tables."""
    with pytest.raises(DataError, match="rows have no `source` column"):
        dragged(frame.drop("source"))
