"""Questions of users: every case has its command, and today's command still answers as told."""

import csv

import pytest

from rebuilt.cli.field_answers import (
    INSIDE,
    OPEN,
    RENEWED,
    RIGHT,
    WRONG,
    ask,
    judge,
    renewed,
    rows,
)
from rebuilt.paths import DATA

ROWS = rows()


def test_every_case_is_asked():
    """No case of the collection is left out, and each question stands once."""
    with (DATA / "field_cases.csv").open(encoding="utf-8", newline="") as file:
        cases = {row["case"] for row in csv.DictReader(file)}
    keys = [(row["case"], row["part"]) for row in ROWS]

    assert {row["case"] for row in ROWS} == cases
    assert len(set(keys)) == len(keys)


def test_todays_command_answers_what_the_table_says():
    """Each is asked again: the same verdict, and the same figures to the digits that fits share."""
    for row in ROWS:
        fresh = renewed(row)
        told = [float(row[name]) for name in RENEWED[:3] if row[name]]

        assert fresh["verdict"] == row["verdict"], row
        assert told == pytest.approx(
            [float(fresh[name]) for name in RENEWED[:3] if fresh[name]], rel=1e-2
        ), row


def test_a_wrong_answer_has_its_reason():
    """And what cannot be known says what the source leaves open."""
    for row in ROWS:
        assert row["reason"] or row["verdict"] != WRONG, row
        assert bool(row["open"]) == (row["verdict"] == OPEN), row


def test_most_of_what_can_be_judged_is_right():
    """Nine of ten within the interval, two of three within fifteen percent."""
    judged = [row["verdict"] for row in ROWS if row["verdict"] != OPEN]

    assert judged.count(RIGHT) >= 2 / 3 * len(judged)
    assert judged.count(WRONG) <= 0.1 * len(judged)


@pytest.mark.parametrize(
    ("measured", "left_open", "answer", "verdict"),
    [
        ("100", "", (110.0, 90.0, 130.0), RIGHT),
        ("100", "", (120.0, 90.0, 130.0), INSIDE),
        ("100", "", (140.0, 110.0, 180.0), WRONG),
        ("100", "steps are not told", (100.0, 90.0, 110.0), OPEN),
        ("0", "", (1.0, 1.0, 1.0), WRONG),
        ("0", "", (1.0, 0.0, 1.0), INSIDE),
        ("1", "", (1.0, 1.0, 1.0), RIGHT),
    ],
)
def test_verdicts_follow_their_rule(measured, left_open, answer, verdict):
    """Within fifteen percent, inside the interval, or neither; yes and no are the same or not."""
    assert judge(measured, left_open, answer) == verdict


def test_a_refusal_is_an_answer_too():
    """What the command says instead of numbers."""
    assert "no accelerator 'abacus'" in ask("cost dit-xl-2 --gpu abacus")["refused"]
