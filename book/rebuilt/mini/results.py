"""What the runs of the miniature measured, and what they cost by the book's own model.

The tables are written by `make train`; nothing here samples or trains.
"""

from functools import cache
from itertools import islice
from math import sqrt

import numpy as np
import polars as pl

from rebuilt.cost import Clip, count, load_model
from rebuilt.evidence import tables
from rebuilt.mini.captions import tokens, training_caption
from rebuilt.mini.scenes import Record, aligned_numbers, scene

SOURCE = "patches-to-photons-miniature-2026"
TRAITS = ("colour", "shape", "direction")
LEVEL = 1.645  # standard deviations of an interval of 90 %
PASSES = 3  # training costs three forward passes: one forward, two for both gradients
TRAINING_SEED, FIRST, DRAWN, DROPOUT = 2024, 40_960, 512, 0.1  # a test compares the sums
MODELS = {
    "main": "mini-main",
    "medium": "mini-medium",
    "small": "mini-small",
    "patch1": "mini-patch1",
    "pixels": "mini-pixels",
    "terse": "mini-medium",
    "cropped": "mini-medium",
}
RUN_NAMES = {
    "main": "large",
    "medium": "medium",
    "small": "small",
    "terse": "terse labels only",
    "cropped": "square crops only",
    "pixels": "on pixels",
    "patch1": "patches of 1 x 1",
}


def sources() -> pl.DataFrame:
    """Key under which the book cites its own runs, in the form that charts and tables take."""
    return pl.DataFrame({"source": [SOURCE]})


def runs_done() -> dict[str, str]:
    """Names of the runs that the tables hold, by run, in the order of the plan."""
    done = set(tables.load("miniature_runs")["run"])
    return {run: name for run, name in RUN_NAMES.items() if run in done}


def quality(experiment: str, *, form: str = "all") -> pl.DataFrame:
    """Share of clips in which each trait is as asked for, with an interval of 90 %.

    Parameters
    ----------
    experiment : str
        Of data/miniature_quality.csv, such as ``"steps"``.
    form : {"all", "square", "wide", "tall"}
        Formats of the clips.

    Returns
    -------
    polars.DataFrame
        The table's rows, and `share`, `low` and `high` in percent.
    """
    frame = tables.load("miniature_quality").filter(experiment=experiment, format=form)
    return _with_shares(frame).with_columns(model=pl.col("run").replace(RUN_NAMES))


def pooled(frame: pl.DataFrame, *by: str) -> pl.DataFrame:
    """Add clips of several rows up, with shares and intervals of the sums."""
    return _with_shares(frame.group_by(*by, maintain_order=True).agg(pl.col("clips", "held").sum()))


def _with_shares(frame: pl.DataFrame) -> pl.DataFrame:
    ends = [interval(held, clips) for held, clips in frame.select("held", "clips").iter_rows()]
    return frame.with_columns(
        share=100 * pl.col("held") / pl.col("clips"),
        low=pl.Series([low for low, _ in ends], dtype=pl.Float64),
        high=pl.Series([high for _, high in ends], dtype=pl.Float64),
    )


def interval(held: int, clips: int) -> tuple[float, float]:
    """Wilson's interval of 90 % of a share, in percent.

    Examples
    --------
    >>> [round(end, 1) for end in interval(9, 10)]
    [65.3, 97.7]
    """
    share, square = held / clips, LEVEL**2
    centre = (share + square / (2 * clips)) / (1 + square / clips)
    half = LEVEL / (1 + square / clips)
    half *= sqrt(share * (1 - share) / clips + square / (4 * clips**2))
    return 100 * max(0.0, centre - half), 100 * min(1.0, centre + half)


@cache
def forward_flops(run: str) -> float:
    """Mean FLOPs of one forward pass over the first training clips, by the cost model.

    Captions count with the words that they have; padding is not counted.
    """
    row = tables.load("miniature_runs").filter(run=run).row(0, named=True)
    model = load_model(MODELS[run])
    total = 0
    for index, record in _first_clips():
        rng = np.random.Generator(np.random.PCG64([TRAINING_SEED, index, 2]))
        dropped = rng.random() < DROPOUT
        caption = "" if dropped else training_caption(record, rng, row["terse_share"])
        total += _flops_of(model.id, _clip(record, row["codec"], len(tokens(caption))))
    return total / DRAWN


@cache
def _first_clips() -> tuple[tuple[int, Record], ...]:
    """Draw the first training clips, which are those of every run: number and record of each."""
    numbers = islice(aligned_numbers(TRAINING_SEED, FIRST), DRAWN)
    return tuple((number, scene(TRAINING_SEED, number).record) for number in numbers)


def training_flops(run: str, steps: int) -> float:
    """FLOPs of so many steps of training of a run."""
    row = tables.load("miniature_runs").filter(run=run).row(0, named=True)
    batch = row["clips_seen"] / row["steps"]
    return float(PASSES * forward_flops(run) * batch * steps)


def whole_training_flops(run: str) -> float:
    """FLOPs of a whole run."""
    return training_flops(run, tables.load("miniature_runs").filter(run=run)["steps"].item())


def curves() -> pl.DataFrame:
    """Loss over training of each transformer, with the FLOPs spent until then."""
    frame = tables.load("miniature_curves").filter(pl.col("run").is_in(list(runs_done())))
    spent = [training_flops(run, step) for run, step in frame.select("run", "step").iter_rows()]
    return frame.with_columns(flops=pl.Series(spent), model=pl.col("run").replace(RUN_NAMES))


@cache
def _flops_of(model: str, clip: Clip) -> int:
    return count(load_model(model), clip).flops


def _clip(record: Record, codec: str, words: int) -> Clip:
    height, width = record.height, record.width
    if codec == "cropped":
        height = width = min(height, width)
    return Clip(frames=record.frames, height=height, width=width, text_tokens=words)
