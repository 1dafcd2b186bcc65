"""What the chapter on the miniature shows: one clip through all parts, an exam, experiments.

Shares are in percent, with intervals of 90 %. The tables of the exam and of the experiments are
written by `make train`; only clips are made here.
"""

from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np
import polars as pl

from rebuilt.cost import Clip, count, load_model
from rebuilt.evidence import tables
from rebuilt.mini import captions, results, sampler, views
from rebuilt.mini.packing import Grid
from rebuilt.mini.sampler import Miniature
from rebuilt.mini.scenes import (
    COLOURS,
    DIRECTIONS,
    FRAMES,
    KINDS,
    SHAPES,
    SIZES,
    Record,
    place,
    render,
    scene,
)
from rebuilt.mini.weights import Floats
from rebuilt.page import formats
from rebuilt.page.pictures import GREY, Pixels

TARGETS = {"colour": 98, "shape": 90, "direction": 95, "duration": 100, "aspect": 100}  # percent
EXAMS = {"wordings": "unseen wordings", "combinations": "unseen combinations"}
TOGETHER = "mean of the three"  # traits, of `results.TRAITS`
GUESSED = "by guessing"
GROWTH = ("small", "medium", "main")  # runs that differ in size and length alone
ASKED = {"descriptive": "captions", "expanded": "expanded labels", "terse": "labels"}
CROPS = {"medium": "native sizes", "cropped": "square crops"}
TOKENS = {
    "medium": "latents, patches of 2 × 2",
    "pixels": "pixels, no autoencoder",
    "patch1": "latents, patches of 1 × 1",
}
SERIES = 7  # of scenes that no training drew
A_DECADE = 20  # points of a curve


def drawn(record: Record, seed: int) -> Floats:
    """Draw a clip of a record by program, as the clips of the training were drawn."""
    return render(place(record, np.random.Generator(np.random.PCG64(seed))))


def coded_db(clips: int) -> float:
    """Return the mean signal-to-noise ratio of drawn clips after encoding and decoding, in dB."""
    codec = sampler.load().autoencoder
    made = [render(scene(SERIES, number)) for number in range(clips)]
    again = [np.clip(codec.decode(codec.encode(clip)), -1, 1) for clip in made]
    return float(np.mean([views.decibels(*pair) for pair in zip(made, again, strict=True)]))


def native_sizes(words: int) -> pl.DataFrame:
    """Count every size of the training: columns clip, tokens, MFLOP_a_pass.

    Parameters
    ----------
    words : int
        Of the caption.
    """
    clips = [
        Clip(frames=frames, height=height, width=width, text_tokens=words)
        for (height, width), frames in product(SIZES, FRAMES)
    ]
    counts = [count(load_model("mini-main"), clip) for clip in clips]
    rows = {
        "clip": [f"{clip.frames} frames of {clip.height} × {clip.width}" for clip in clips],
        "tokens": [found.tokens for found in counts],
        "MFLOP_a_pass": [round(found.flops / 1e6, 1) for found in counts],
    }
    return pl.DataFrame(rows).sort("tokens", maintain_order=True)


def film(states: Sequence[Floats], grid: Grid, frames: Sequence[int]) -> list[Pixels]:
    """Decode some frames of each state between noise and clip."""
    clips = [sampler.load().decode(state, grid) for state in states]
    return [frame for clip in clips for frame in views.frames_of(clip, frames)]


def from_noise(prompt: str, turns: Sequence[int], frames: Sequence[int]) -> list[Pixels]:
    """Make the clip of a prompt, and decode some frames of it after some of the steps."""
    model, expansion = sampler.load(), captions.expand(prompt)
    record = expansion.record
    grid = model.grid(record.frames, record.height, record.width)
    noise = model.noise(0, grid)
    states = [noise, *model.denoise(expansion.caption, noise, grid)]
    return film([states[turn] for turn in turns], grid, frames)


def attention(caption: str, state: Floats, grid: Grid, turn: int) -> pl.DataFrame:
    """Return where the frames of a state look, mean over blocks, heads and patches.

    Columns frame (such as "frame 1"), to ("words", or the number of a frame), share, shown, source.
    """
    model = sampler.load()
    time = sampler.times(model.steps)[turn]
    mean = pl.col("share").mean().round(1)
    looks = views.attention_table(model, caption, state, grid, time)
    found = looks.group_by("frame", "to", maintain_order=True).agg(mean)
    return _sourced(
        found.with_columns(
            frame=pl.format("frame {}", "frame"),
            shown=pl.col("share").round(0).cast(pl.Int64),
        )
    )


def exam() -> pl.DataFrame:
    """Return the exam of the large model, the targets that were set before it included.

    Columns trait, prompts (two kinds of prompt, or target), share, low, high, clips, source; the
    traits with a target first.
    """
    found = results.quality("headline").select("trait", "prompts", *_MEASURED)
    goals = [(trait, "target", *[float(goal)] * 3, None) for trait, goal in TARGETS.items()]
    targets = pl.DataFrame(goals, schema=found.schema, orient="row")
    others = found.filter(~pl.col("trait").is_in(list(TARGETS)))["trait"].unique().sort()
    every = pl.concat([found, targets]).with_columns(
        pl.col("prompts").replace_strict({**EXAMS, "target": "target"})
    )
    return _sourced(_ordered(every, trait=[*TARGETS, *others], prompts=[*EXAMS.values(), "target"]))


def failures() -> pl.DataFrame:
    """Return the clips of unseen wordings in which something is wrong, in order of the prompts.

    Columns caption, wrong, clip, source, and what makes the clip again: noise_seed, frames,
    height, width.
    """
    return _sourced(
        tables.load("miniature_failures")
        .filter(prompts="wordings")
        .with_columns(
            pl.col("wrong").str.replace_all(";", ", "),
            clip=pl.format("{} frames of {} × {}", "frames", "height", "width"),
        )
    )


def failed_frames(failed: pl.DataFrame, columns: int) -> list[Pixels]:
    """Make failed clips again; some frames of each, from first to last, on sheets of one size."""
    clips = [_made_again(sampler.load(), row) for row in failed.iter_rows(named=True)]
    height, width = (max(clip.shape[axis] for clip in clips) for axis in (1, 2))
    chosen = [np.linspace(0, len(clip) - 1, columns).round().astype(int) for clip in clips]
    return [
        _framed(frame, height, width)
        for clip, numbers in zip(clips, chosen, strict=True)
        for frame in views.frames_of(clip, numbers.tolist())
    ]


def _framed(frame: Pixels, height: int, width: int) -> Pixels:
    """Lay a frame into the grey of the sheet."""
    out = np.full((height, width, 4), GREY, np.uint8)
    out[: frame.shape[0], : frame.shape[1]] = frame
    return out


def _made_again(model: Miniature, row: dict[str, int]) -> Floats:
    size = (row["frames"], row["height"], row["width"])
    noise = views.noise_like_training(row["noise_seed"], *size, model.transformer.patch)
    *_, last = model.denoise(str(row["caption"]), noise, model.grid(*size))
    return model.decode(last, model.grid(*size))


def run(name: str) -> dict[str, Any]:
    """Return what a run of the training was: its row of data/miniature_runs.csv."""
    rows = tables.load("miniature_runs")
    return rows.row(by_predicate=pl.col("run") == name, named=True)


def core_minutes() -> tuple[float, float, float]:
    """Return the minutes of one core that training took.

    Of the large transformer, of the autoencoder, and of these and all other runs together.
    """
    curves = tables.load("miniature_curves")
    spent = dict(curves.group_by("run").agg(pl.col("cpu_seconds").max()).iter_rows())
    return spent["main"] / 60, spent["autoencoder"] / 60, sum(spent.values()) / 60


def choices() -> dict[str, int]:
    """Return how many colours, shapes and directions there are; a direction may end in a bounce."""
    return dict(
        zip(results.TRAITS, (len(COLOURS), len(SHAPES), 2 * len(DIRECTIONS) + 1), strict=True)
    )


def guessed() -> dict[str, float]:
    """Return the share of clips in which a trait is right if all show its most frequent answer.

    As parts of one, by the shares in which scenes are drawn; with the mean of the three.
    """
    still = KINDS["still"] + KINDS["change"] / 2
    one_way = (KINDS["move"] + KINDS["pass"] + KINDS["change"] / 2) / len(DIRECTIONS)
    right = (1 / len(COLOURS), 1 / len(SHAPES), max(still, one_way))
    found = dict(zip(results.TRAITS, right, strict=True))
    return found | {TOGETHER: sum(right) / len(right)}


def with_guesses(frame: pl.DataFrame, field: str) -> pl.DataFrame:
    """Add what guessing would get of each trait, as one more value of a field."""
    traits = frame["trait"].unique(maintain_order=True)
    known = {trait: 100 * guessed()[trait] for trait in traits if trait in guessed()}
    share = pl.Series(list(known.values()))
    rows = {"trait": list(known), "share": share, "low": share, "high": share}
    added = pl.DataFrame(rows).with_columns(pl.lit(GUESSED).alias(field))
    return pl.concat([frame, _sourced(added)], how="diagonal")


def with_a_guess(growth: pl.DataFrame) -> pl.DataFrame:
    """Add a level line to `growth`: what guessing would get."""
    ends = growth.select(pl.col("teraflop").min().append(pl.col("teraflop").max()))
    level = ends.with_columns(model=pl.lit(GUESSED), share=pl.lit(100 * guessed()[TOGETHER]))
    return pl.concat([growth, _sourced(level)], how="diagonal")


def alike(frame: pl.DataFrame, field: str, trait: str = TOGETHER) -> list[Any]:
    """Return the values of a field that cannot be told from the best: their intervals overlap."""
    rows = frame.filter(trait=trait)
    best = rows.sort("share")["low"][-1]
    return rows.filter(pl.col("high") >= best)[field].to_list()


def listed(numbers: Sequence[float]) -> str:
    """Write numbers as a list.

    Examples
    --------
    >>> listed([1.0, 2.0, 5.0])
    '1, 2 and 5'
    """
    *first, last = map(formats.number, numbers)
    return f"{', '.join(first)} and {last}" if first else last


def verdict(frame: pl.DataFrame, field: str, one: str, other: str, trait: str = TOGETHER) -> str:
    """Say whether two values of a field can be told apart, as the end of a sentence."""
    rows = frame.filter(pl.col(field).is_in([one, other]), trait=trait)
    if max(rows["low"].to_list()) > min(rows["high"].to_list()):
        return "the intervals do not overlap"
    return f"the intervals overlap, so {rows['clips'][0]} clips cannot tell them apart"


def losses() -> pl.DataFrame:
    """Return the loss over the work of training of the three sizes, thinned.

    Columns model, teraflop, loss, source.
    """
    frame = results.curves().filter(pl.col("run").is_in(GROWTH), pl.col("step") >= 50)
    place = (A_DECADE * pl.col("flops").log10()).floor()
    thin = frame.with_columns(place=place).unique(
        ["run", "place"], keep="last", maintain_order=True
    )
    curve = thin.select("model", teraflop=pl.col("flops") / 1e12, loss="loss")
    return _sourced(_ordered(curve, model=[results.RUN_NAMES[run] for run in GROWTH]))


def growth() -> pl.DataFrame:
    """Return the mean of the three traits at moments of training.

    Columns model, teraflop (work until then), share, clips, training_step, sampling_steps, source.
    """
    frame = results.quality("compute").filter(pl.col("run").is_in(GROWTH))
    kept = _all_together(frame, "run", "model", "training_step", "sampling_steps")
    work = [results.training_flops(*at) for at in kept.select("run", "training_step").iter_rows()]
    columns = ["model", "teraflop", "share", "clips", "training_step", "sampling_steps"]
    kept = kept.with_columns(teraflop=pl.Series(work) / 1e12).sort("teraflop").select(columns)
    return _sourced(_ordered(kept, model=[results.RUN_NAMES[run] for run in GROWTH]))


def over(field: str, experiment: str) -> pl.DataFrame:
    """Return the traits as asked over a number that was varied: columns it, trait, share ... ."""
    return _sourced(_by_trait(results.quality(experiment), field).sort(field, maintain_order=True))


def asked_and_trained() -> pl.DataFrame:
    """Return the traits as asked by model and by way of asking: columns case, trait, share ... ."""
    trained = pl.when(run="terse").then(pl.lit("medium, trained on labels")).otherwise("model")
    case = pl.format("{}, asked with {}", trained, pl.col("wording").replace_strict(ASKED))
    frame = results.quality("captions").with_columns(case=case)
    models = [results.RUN_NAMES[run] for run in ("main", "medium")]
    cases = [f"{model}, asked with {how}" for model in models for how in ASKED.values()]
    last = "medium, trained on labels, asked with labels"
    return _sourced(_ordered(_by_trait(frame, "case"), case=[*cases, last]))


def crops() -> pl.DataFrame:
    """Return traits on wide and tall clips by training: columns trained_on, trait, share ... ."""
    wide, tall = (results.quality("sizes", form=form) for form in ("wide", "tall"))
    both = pl.concat([wide, tall]).with_columns(
        trained_on=pl.col("run").replace_strict(CROPS, default=None)
    )
    kept = both.filter(
        pl.col("trait").is_in(["whole", *results.TRAITS]), pl.col("run").is_in(CROPS)
    )
    found = results.pooled(kept, "trained_on", "trait").select("trained_on", "trait", *_MEASURED)
    return _sourced(_ordered(found, trait=["whole", *results.TRAITS], trained_on=[*CROPS.values()]))


def tokens() -> pl.DataFrame:
    """Return the traits as asked by what a token holds: columns case, teraflop, trait, share ... .

    `teraflop` is the work of the whole training.
    """
    frame = results.quality("space").filter(pl.col("run").is_in(TOKENS))
    work = {run: results.whole_training_flops(run) / 1e12 for run in TOKENS}
    named = frame.with_columns(
        case=pl.col("run").replace_strict(TOKENS), teraflop=pl.col("run").replace_strict(work)
    )
    return _sourced(_ordered(_by_trait(named, "case", "teraflop"), case=[*TOKENS.values()]))


def shares(frame: pl.DataFrame, field: str, **only: str) -> dict[Any, float]:
    """Return the shares in some rows, as parts of one, by a field."""
    return dict(frame.filter(**only).select(field, pl.col("share") / 100).iter_rows())


_MEASURED = ("share", "low", "high", "clips")


def _by_trait(frame: pl.DataFrame, *by: str) -> pl.DataFrame:
    """Keep the three traits, and add their mean."""
    kept = frame.filter(pl.col("trait").is_in(results.TRAITS)).select(*by, "trait", *_MEASURED)
    added = _all_together(frame, *by).select(kept.columns)
    return _ordered(pl.concat([added, kept]), trait=[TOGETHER, *results.TRAITS])


def _all_together(frame: pl.DataFrame, *by: str) -> pl.DataFrame:
    """Take the mean over colours, shapes and directions; `clips` stays the number of clips."""
    some = frame.filter(pl.col("trait").is_in(results.TRAITS))
    found = results.pooled(some, *by)
    clips = pl.col("clips") // len(results.TRAITS)
    return found.with_columns(clips, trait=pl.lit(TOGETHER))


def _ordered(frame: pl.DataFrame, **orders: Sequence[str]) -> pl.DataFrame:
    """Sort by fields, each in the order of the names that are given for it."""
    ranks = [
        pl.col(field).replace_strict({name: place for place, name in enumerate(names)})
        for field, names in orders.items()
    ]
    return frame.sort(*ranks, maintain_order=True)


def _sourced(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(source=pl.lit(results.SOURCE))
