"""Every question of data/field_cases.csv put to today's command, and what became of the answer.

data/field_answers.csv holds the exact command, what is read from its JSON, what users measured and
what they left open; `rebuilt fit` asks again and renews answer, interval and verdict. A number is
right within a seventh part to either side; what a source leaves open cannot be judged.
"""

import csv
import io
import json
import math
import shlex
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from typing import Any

from rebuilt.cost.hardware.efficiencies import constant
from rebuilt.paths import DATA

FILE = DATA / "field_answers.csv"
WRITTEN = ("case", "part", "command", "reads", "measured", "open")
RENEWED = ("answer", "low", "high", "verdict")
COLUMNS = (*WRITTEN, *RENEWED, "reason")
NEAR = 0.15
RIGHT, INSIDE, WRONG, OPEN = "right", "inside its interval", "wrong", "cannot be known"
GIB = 2**30 / 1e9
NINETY = 1.645  # deviations of a normal variable to either side that hold ninety percent
OVER = " over "  # between two commands whose answers are divided
DIGITS = 4
COUNTED = "tokens"  # a count, which is written in full
Answer = tuple[float, float, float]


def ask(command: str) -> dict[str, Any]:
    """Answer a command with `--json`, as its object; a refusal is an object with `refused`."""
    from rebuilt import cli

    out, said = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(said):
        code = cli.main([*shlex.split(command), "--json"])
    return dict(json.loads(out.getvalue())) if code == 0 else {"refused": said.getvalue().strip()}


def read(reads: str, command: str) -> Answer:
    """Answer and the ends of its interval, which are the answer itself where it has none.

    Parameters
    ----------
    reads : str
        A field of the JSON; `step`: seconds of one step; `memory`: GiB, as sources print them;
        `attention`: its share of the run time; `ratio`: of the seconds of two commands; `fits`: 1
        or 0, where the ends are what lies between sure and uncertain.
    command : str
        What was asked, or two such with OVER between.
    """
    if reads == "ratio":
        above, below = (ask(part) for part in command.split(OVER))
        return (above["seconds"] / below["seconds"],) * 3
    found = ask(command)
    if reads == "seconds":
        return found["seconds"], found["seconds_low"], found["seconds_high"]
    if reads == "step":
        single = found["seconds_by_part"]["text and decoder"]
        each = (found["seconds"] - single) / found["steps"]
        ends = (found[name] / found["seconds"] for name in ("seconds_low", "seconds_high"))
        low, high = ends
        return each, each * low, each * high
    if reads == "memory":
        trained = "train" in found
        deviation = constant("deviation_training" if trained else "deviation_whole")
        total, wide = found["memory_gb"] / GIB, math.exp(NINETY * deviation)
        return total, total / wide, total * wide
    if reads == "attention":
        return (found["seconds_by_part"]["attention"] / found["seconds"],) * 3
    if reads == "fits":
        edge = 0.1 < found["fits_probability"] < 0.9
        fits = float(found["fits"])
        return fits, 0.0 if edge else fits, 1.0 if edge else fits
    return (float(found[reads]),) * 3


def judge(measured: str, left_open: str, answer: Answer) -> str:
    """Verdict on an answer."""
    if left_open:
        return OPEN
    truth, (told, low, high) = float(measured), answer
    if (told == truth) if truth in (0.0, 1.0) else abs(told / truth - 1) <= NEAR:
        return RIGHT
    return INSIDE if low <= truth <= high else WRONG


def renewed(row: Mapping[str, str]) -> dict[str, str]:
    """Return a row of the table with what today's command answers."""
    if not row["command"]:
        return {**row, **dict.fromkeys(RENEWED, ""), "verdict": OPEN}
    answer = read(row["reads"], row["command"])
    whole = row["reads"] == COUNTED
    shown = (f"{value:.0f}" if whole or value >= 1e6 else f"{value:.{DIGITS}g}" for value in answer)
    told = dict(zip(RENEWED, shown, strict=False))
    return {**row, **told, "verdict": judge(row["measured"], row["open"], answer)}


def rows() -> list[dict[str, str]]:
    """Rows of data/field_answers.csv as they are written."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
