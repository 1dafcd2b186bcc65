"""What the page on the accuracy of run times shows: errors by kind, by source, by accelerator.

An error is predicted over measured minus one. Predictions come from tables that `rebuilt fit`
writes, each made without the source of its row.
"""

from functools import cache

import polars as pl

from rebuilt.cost.fit import runs
from rebuilt.evidence import tables
from rebuilt.page import formats, labels

KINDS = {
    "plain": "plain, one GPU",
    "several": "several GPUs",
    "software": "other software",
    "format": "number format",
    "cache": "cache or sparse",
    "distilled": "distilled",
}
ROLES = {"held out": "never fitted"}
METHODS = {
    "off": "our model",
    "off_share": "one share of the peak",
    "off_three": "three constants",
}
LEAST_RUNS = 5
LEVEL = 1.1  # a rival's error over ours up to which it does as well
UNITS = {  # of questions, by what is read of the answer
    "seconds": "s",
    "step": "s a step",
    "memory": "GiB",
    "attention": "share of the time",
    "ratio": "times",
    "fits": "yes or no",
    "tokens": "tokens",
    "model_tflops_per_gpu": "TFLOP/s of a GPU",
}
ENDING = r", (s|s per step|GB)$"  # of a question, which its unit repeats
NO_KIND = "not expressible"  # said of a case by what the first edition could do
SCOPES = {runs.ONE_STEP: "one step of ", runs.DENOISING: "denoising of "}
ENDS = (-80.0, 150.0)  # percent; a median error beyond is drawn at the end
MAKERS = ["GeForce ", "Instinct ", " Blackwell Workstation Edition"]
TRAINED = {
    "peak": "memory, measured (GB)",
    "requirement": "memory, as required (GB)",
    "step time": "one step (s)",
    "step rate": "one step (s)",
}
VERDICTS = ("right", "inside its interval", "wrong", "cannot be known")
SPEEDS = {  # what we aimed at
    "records_per_second": 6e7,
    "records_times_numpy": 20.0,
    "architectures_per_second": 3e7,
}


def errors() -> pl.DataFrame:
    """Return every measured run beside its prediction, plain runs first.

    Columns of data/validation_errors.csv with readable kind, role, model and accelerator; off,
    off_share, off_three (errors of our model and of two simpler ones), energy (error), inside
    (whether the 90 % interval holds the truth), source.
    """
    table = _named("validation_errors")
    second = pl.col("measured_s")
    return table.with_columns(
        pl.col("kind").replace(KINDS),
        off=pl.col("predicted_s") / second - 1,
        off_share=pl.col("mfu_s") / second - 1,
        off_three=pl.col("three_s") / second - 1,
        energy=pl.col("predicted_j") / pl.col("measured_j") - 1,
        inside=second.is_between("low_s", "high_s"),
        accelerator=pl.col("gpu").replace(_chips()).str.replace_many(MAKERS, [""] * len(MAKERS)),
    ).sort(_order("kind"), maintain_order=True)


def medians(runs_of: pl.DataFrame) -> dict[str, float]:
    """Return the median size of our error by kind, of runs whose source tells the job in full."""
    told = runs_of.filter(told="in full").group_by("kind").agg(pl.col("off").abs().median())
    return dict(told.iter_rows())


def beside_rivals(runs_of: pl.DataFrame) -> pl.DataFrame:
    """Return the median size of the error by kind, for us and for two simpler models.

    Columns line (the kind with its runs), kind, model, error (percent), runs, source; of runs that
    are told in full.
    """
    told = runs_of.filter(told="in full")
    found = told.group_by("kind", maintain_order=True).agg(
        pl.col(*METHODS).abs().median() * 100,
        runs=pl.len(),
        source=pl.col("source").unique().sort(),
    )
    return found.unpivot(
        list(METHODS), index=["kind", "runs", "source"], variable_name="model", value_name="error"
    ).with_columns(pl.col("model").replace(METHODS), line=pl.format("{}, {} runs", "kind", "runs"))


def ahead(rivals: pl.DataFrame) -> int:
    """Return in how many kinds our median error is the least, from `beside_rivals`."""
    best = rivals.sort("error").unique("kind", keep="first")
    return best.filter(model=METHODS["off"]).height


def level(rivals: pl.DataFrame, method: str) -> str:
    """Name the kinds in which a simpler model errs about as little as ours, or less."""
    errors = rivals.pivot("model", index="kind", values="error")
    near = errors.filter(pl.col(METHODS[method]) <= LEVEL * pl.col(METHODS["off"]))
    return ", ".join(f'"{kind}"' for kind in near["kind"]) or "none"


def told_runs(runs_of: pl.DataFrame, kind: str) -> str:
    """Say how many runs of a kind are told in full, and of how many sources."""
    own = runs_of.filter(kind=kind, told="in full")
    sources = own["source"].n_unique()
    return f"{own.height} runs of {sources} {'source' if sources == 1 else 'sources'}"


def by_kind(runs_of: pl.DataFrame) -> pl.DataFrame:
    """Return errors by kind and by how much of the job a source tells.

    Columns kind, median_error_percent (its size), bias_percent (with its sign),
    inside_interval_percent, runs, sources.
    """
    found = runs_of.group_by("kind", "told", maintain_order=True).agg(*_summed(), *_counted("runs"))
    named = pl.when(pl.col("told") == "in full").then("kind")
    partly = named.otherwise(pl.format("{} (told in part)", "kind"))
    return found.sort(_order("kind"), "told").with_columns(kind=partly).drop("told")


def by_source(runs_of: pl.DataFrame) -> pl.DataFrame:
    """Return the median error of each source and kind: columns kind, role, error, drawn, runs.

    Errors in percent; `drawn` is the error, or the end of the axis where it lies beyond. Also
    source.
    """
    found = runs_of.group_by("kind", "role", "source").agg(
        error=100 * pl.col("off").median(), runs=pl.len()
    )
    drawn = found.with_columns(drawn=pl.col("error").clip(*ENDS))
    return drawn.sort(_order("kind"), pl.col("role") == "never fitted", "source")


def by_accelerator(runs_of: pl.DataFrame) -> pl.DataFrame:
    """Return the median error of each accelerator with some runs, the least lean first.

    Columns accelerator, bias (percent), error (its size, percent), runs, source.
    """
    found = runs_of.group_by("accelerator").agg(
        bias=100 * pl.col("off").median(),
        error=100 * pl.col("off").abs().median(),
        runs=pl.len(),
        source=pl.col("source").unique().sort(),
    )
    return found.filter(pl.col("runs") >= LEAST_RUNS).sort(pl.col("bias").abs())


def left_aside() -> pl.DataFrame:
    """Return the rows of published runs that are not priced: columns reason, rows."""
    aside = runs.left_aside()
    frame = pl.DataFrame({"reason": list(aside), "rows": list(aside.values())})
    return frame.sort("rows", descending=True)


def memory() -> pl.DataFrame:
    """Return every published peak of memory beside ours.

    Columns of data/memory_errors.csv, readable; off (error), inside (the interval), source.
    """
    peak = pl.col("measured_gb")
    return _named("memory_errors").with_columns(
        off=pl.col("predicted_gb") / peak - 1, inside=peak.is_between("low_gb", "high_gb")
    )


def by_memory_kind(peaks: pl.DataFrame) -> pl.DataFrame:
    """Return errors of peaks by kind and role, as `by_kind` does, with the column peaks."""
    found = peaks.group_by("kind", "role").agg(*_summed(), peaks=pl.len())
    return found.sort("kind", "role")


def training() -> pl.DataFrame:
    """Return every published figure of training beside ours.

    Columns of data/training_errors.csv, readable, with the unit in `measure`; off (error), source.
    """
    return _named("training_errors").with_columns(
        pl.col("measure").replace(TRAINED), off=pl.col("predicted") / pl.col("measured") - 1
    )


def by_measure(figures: pl.DataFrame) -> pl.DataFrame:
    """Return errors of training by what was measured: columns measure, role, told, errors."""
    found = figures.group_by("measure", "role", "told").agg(
        *_summed(interval=False), figures=pl.len()
    )
    return found.sort("measure", "told", "role")


def answers() -> pl.DataFrame:
    """Return today's answer to every question of users.

    Columns of data/field_answers.csv, with question, kind and source of each case. A case that the
    first edition could not express has the kind of what is asked today.
    """
    cases = tables.load("field_cases").select("case", "what", "kind", "source")
    asked = tables.load("field_answers").join(cases, on="case", maintain_order="left")
    part = pl.when(pl.col("part") > 1).then(pl.format(" ({})", "part")).otherwise(pl.lit(""))
    kind = pl.when(pl.col("kind") == NO_KIND).then(_kind_today()).otherwise("kind")
    return asked.with_columns(kind=kind, question=pl.col("what").str.replace(ENDING, "") + part)


def by_verdict(asked: pl.DataFrame) -> pl.DataFrame:
    """Count verdicts by kind of question: a row for each kind, a column for each verdict."""
    counted = asked.pivot("verdict", index="kind", values="case", aggregate_function="len")
    return counted.select("kind", pl.col(*VERDICTS).fill_null(0)).sort("kind")


def every_answer(asked: pl.DataFrame) -> pl.DataFrame:
    """Return every question with its answer: verdict, unit, what was measured and answered.

    Also the command, and why an answer is wrong or cannot be judged.
    """
    fits, words = pl.col("reads") == "fits", {1.0: "yes", 0.0: "no"}
    measured, answer = (
        pl.when(fits)
        .then(pl.col(name).replace_strict(words, default=None, return_dtype=pl.String))
        .otherwise(numbers)
        for name, numbers in (
            ("measured", _written("measured")),
            ("answer", _between("answer", "low", "high")),
        )
    )
    unsure = pl.when(fits & (pl.col("low") < pl.col("high"))).then(pl.lit(", but uncertain"))
    return asked.sort("case", "part").select(
        "question",
        "verdict",
        measured=measured,
        answer=answer + unsure.otherwise(pl.lit("")),
        unit=pl.col("reads").replace_strict(UNITS),
        command="command",
        why=pl.coalesce("open", "reason"),
    )


def every_run(runs_of: pl.DataFrame, kind: str) -> pl.DataFrame:
    """Return every run of a kind: model, job, accelerator, error, both times, how, source.

    The job is the clip as frames x height x width, with its steps; a time is of the whole clip
    unless the job says that it is of one step, or of denoising alone.
    """
    own = runs_of.filter(kind=kind).join(_jobs(), on=["table", "row"], how="left")
    missed = pl.when("inside").then(pl.lit("")).otherwise(pl.lit("; outside the interval"))
    how = pl.format("{}, {}, batch {}; {}{}", "software", "layout", "batch", "role", missed)
    return own.select(
        *("model", "job", "accelerator"),
        error_percent=_percent(pl.col("off"), 1),
        measured_s="measured_s",
        predicted_s="predicted_s",
        how=how,
        source="source",
    )


def every_peak(peaks: pl.DataFrame) -> pl.DataFrame:
    """Return every published peak of memory: model, error, both figures, what it is, source."""
    gpus = pl.format("{} GPUs", "gpus")
    several = pl.when(pl.col("gpus") > 1).then(gpus).otherwise(pl.lit("one GPU"))
    return peaks.select(
        "model",
        error_percent=_percent(pl.col("off"), 0),
        measured_gb="measured_gb",
        predicted_gb="predicted_gb",
        how=pl.format("{}, {}; {}", "kind", several, "role"),
        source="source",
    )


def every_training(figures: pl.DataFrame) -> pl.DataFrame:
    """Return every published figure of training: model, error, both figures, what it is, source."""
    return figures.select(
        "model",
        error_percent=_percent(pl.col("off"), 0),
        measured="measured",
        predicted="predicted",
        measure="measure",
        how=pl.format("{}, {}; {}", "layout", "recipe", "role"),
        source="source",
    )


def benchmark() -> tuple[dict[str, float], pl.DataFrame]:
    """Return one run of the benchmark: its values by name, and a table of them.

    Columns measurement, value, unit; bytes in 1e9.
    """
    measured = tables.load("measured")
    bytes_in = pl.col("unit").is_in(["B", "B/s"])
    table = measured.select(
        measurement=pl.col("measurement").str.replace_all("_", " "),
        value=pl.when(bytes_in).then(pl.col("value") / 1e9).otherwise("value"),
        unit=pl.when(bytes_in).then(pl.format("G{}", "unit")).otherwise("unit"),
    )
    return dict(measured.select("measurement", "value").iter_rows()), table


def machine() -> tuple[str, str]:
    """Return the machine of the benchmark, and the day."""
    first = tables.load("measured").row(0, named=True)
    return first["machine"], formats.date(first["date"])


def _named(table: str) -> pl.DataFrame:
    """Load a table of errors, with names of models and roles that a reader knows."""
    found = tables.load(table).rename({"measured_by": "source"})
    return found.with_columns(
        pl.col("model").replace(labels.model_names(found["model"].unique())),
        pl.col("role").replace(ROLES),
    )


@cache
def _jobs() -> pl.DataFrame:
    """Return the clip and the steps of every run, in words: columns table, row, job."""
    told = []
    for run in runs.runs():
        clip, steps = run.counted.job.forward.clip, run.counted.job.steps
        size = f"{clip.frames} × {clip.height} × {clip.width}"
        counted = "" if run.scope == runs.ONE_STEP else f", {steps} steps"
        job = f"{SCOPES.get(run.scope, '')}{size}{counted}"
        told.append({"table": run.table, "row": run.row, "job": job})
    return pl.DataFrame(told).unique(["table", "row"], keep="first", maintain_order=True)


def _kind_today() -> pl.Expr:
    """Kind of a question by the command that asks it today."""
    command = pl.col("command")
    return (
        pl.when(command.is_null())
        .then(pl.lit("no command asks it"))
        .when(pl.col("reads") == "fits")
        .then(pl.lit("fits"))
        .when(command.str.contains("--train"))
        .then(pl.lit("training"))
        .when(command.str.contains(r"--gpus|--layout"))
        .then(pl.lit("several GPUs"))
        .when(command.str.contains(r"--software|--format|--cache|--attention|--offload"))
        .then(pl.lit("software"))
        .otherwise(pl.lit("plain"))
    )


def _chips() -> dict[str, str]:
    return {chip: name.split(" (")[0] for chip, name in labels.chip_names().items()}


def _order(field: str) -> pl.Expr:
    return pl.col(field).cast(pl.Enum(list(KINDS.values())))


def _percent(share: pl.Expr, decimals: int) -> pl.Expr:
    return (100 * share).round(decimals)


def _summed(*, interval: bool = True) -> list[pl.Expr]:
    """Size and sign of the median error, and how often the interval holds the truth; percent."""
    inside = _percent(pl.col("inside").mean(), 0).alias("inside_interval_percent")
    return [
        _percent(pl.col("off").abs().median(), 1).alias("median_error_percent"),
        _percent(pl.col("off").median(), 1).alias("bias_percent"),
        *([inside] if interval else []),
    ]


def _counted(what: str) -> list[pl.Expr]:
    return [pl.len().alias(what), pl.col("source").n_unique().alias("sources")]


def _between(middle: str, low: str, high: str) -> pl.Expr:
    """Write a value with its interval, where there is one."""
    written = [_written(name) for name in (middle, low, high)]
    open_ = pl.col(low) < pl.col(high)
    return pl.when(open_).then(pl.format("{} ({} to {})", *written)).otherwise(written[0])


def _written(name: str) -> pl.Expr:
    return pl.col(name).map_elements(formats.number, return_dtype=pl.String)
