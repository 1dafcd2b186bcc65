"""What the chapter on AMD shows: bases of a ratio, speeds, the outlook, clips in memory."""

import altair as alt
import polars as pl

from rebuilt.claims.checks import amd as checks
from rebuilt.cost import load_model
from rebuilt.cost.hardware.accelerators import load_accelerator
from rebuilt.cost.hardware.estimate import price, timed
from rebuilt.cost.hardware.memory import Memory
from rebuilt.evidence import mlperf, tables
from rebuilt.evidence.facts import Facts
from rebuilt.page import charts, provenance

NAMES = {"mi300x": "MI300X", "mi250x": "MI250X", "h100-sxm": "H100"}
FIGURES = {
    "compute_units": "compute units",
    "memory_gb": "memory capacity",
    "bandwidth_tb_s": "memory bandwidth",
    "transistors_bn": "transistors",
    "bf16_dense_tflops": "BF16 peak, dense",
    "tdp_w": "rated power",
}
IO_DIES = 4  # of the dies, as the row on them says; half as many compute dies lie on each in a cut
IN_A_CUT = 2  # of the four I/O dies, a cut through the package meets two
MOST_CLIPS = 64
# What a report is on, as `statements` names it: in the order from the stack to the maker.
REPORTED = {
    "stack": "stack",
    "bonding": "joining",
    "interposer": "base",
    "processes named": "processes",
    "supplier": "scheme",
    "other reports": "assembly and test",
}
# In `mi300x inference_speedup`: how a condition begins, and who speaks there.
SPEAKERS = {
    "AMD at": "AMD",
    "AMD in": "AMD, reply",
    "NVIDIA": "NVIDIA, reply",
    "TensorWave": "TensorWave",
}
MODELS = (
    "cogvideox-2b",
    "wan2.1-t2v-1.3b",
    "cogvideox-5b",
    "open-sora-1.2",
    "mochi-1",
    "open-sora-2.0",
    "wan2.1-t2v-14b",
    "hunyuanvideo",
    "movie-gen-30b",
)


def bases() -> pl.DataFrame:
    """Return the two printed bandwidths of the MI250X: columns base, base_tb_s, source."""
    today = Facts(tables.freeze_date())
    printed = (("unrounded", checks.EXACT), ("as printed in 2021", checks.ROUNDED))
    found = [
        (name, today.need("accelerators", "mi250x", "bandwidth_tb_s", condition))
        for name, condition in printed
    ]
    return pl.DataFrame(
        [
            {"base": name, "base_tb_s": fact.number, "source": fact.source}
            for name, fact in found
            if fact
        ]
    )


def speeds(claimed: float) -> pl.DataFrame:
    """Return every comparison of an MI300X with an H100: columns test, kind, ratio, source.

    Parameters
    ----------
    claimed : float
        What the note says, which rests on the first test that AMD chose.
    """
    today = Facts(tables.freeze_date())
    tests = tables.load("statements").filter(subject="mi300x", quantity="inference_speedup")
    rows = [_speed("the note", "claimed", claimed, tests["source"][:1].to_list())]
    for row in tests.sort("value", descending=True).iter_rows(named=True):
        rows.append(_speed(_chosen(row["condition"]), "chosen test", row["value"], [row["source"]]))
    for test, kind, table, quantity in (
        ("BF16 peak", "paper", "accelerators", "bf16_dense_tflops"),
        ("matrix product", "measured", "matmul_rates", "measured_bf16_matmul_tflops"),
    ):
        own, other = (today.need(table, chip, quantity) for chip in ("mi300x", "h100-sxm"))
        rows.append(_speed(test, kind, own.number / other.number, [own.source, other.source]))
    for scenario in ("Offline", "Server"):
        for pair in mlperf.pairs(
            today, "mi300x", "h100-sxm", makers=checks.MAKERS, scenario=scenario
        ):
            name = f"MLPerf {pair.round} {scenario}, {pair.submitter}"
            rows.append(_speed(name, "measured", pair.ratio, _mlperf_sources()))
    return pl.DataFrame(rows)


def _speed(test: str, kind: str, ratio: float, source: list[str]) -> dict[str, object]:
    return {"test": test, "kind": kind, "ratio": ratio, "source": sorted(set(source))}


def _chosen(condition: str) -> str:
    """Name a test by who chose it and the model it ran."""
    who = next(
        name for start, name in SPEAKERS.items() if condition.startswith(f"vs H100, {start}")
    )
    model = condition.split(", ")[2].split(" ")[0]
    return f"{who}: {'both in vLLM' if 'on both' in condition else model}"


def _mlperf_sources() -> list[str]:
    rows = tables.load("mlperf").filter(pl.col("accelerator").is_in(["mi300x", "h100-sxm"]))
    return rows["source"].unique().to_list()


def outlook() -> pl.DataFrame:
    """Return AMD's lower bounds for its sales in 2024, and the outcome.

    Columns day (on which a source shows it), usd_bn, kind, source.
    """
    told = tables.load("statements").filter(
        ~pl.col("condition").str.contains("before January"),
        subject="amd-instinct",
        quantity="revenue_usd_bn",
    )
    first = told.sort("known_since", "source").unique(
        "condition", keep="first", maintain_order=True
    )
    forecast = pl.col("condition").str.contains("outlook")
    return first.select(
        "source",
        day="known_since",
        usd_bn="value",
        kind=pl.when(forecast).then(pl.lit("outlook")).otherwise(pl.lit("outcome")),
    )


def clips_in_memory() -> pl.DataFrame:
    """Return what one clip needs, and how many fit at once, by model.

    Columns model, needs_gb, H100, MI300X (clips), source; BF16, nothing offloaded, decoded in
    tiles, at each model's published clip.
    """
    rows = []
    for model in MODELS:
        row = {"model": load_model(model).name, "needs_gb": _memory(model, "mi300x").total}
        for chip in ("h100-sxm", "mi300x"):
            full = (n for n in range(MOST_CLIPS) if not _memory(model, chip, n + 1).fits)
            row[NAMES[chip]] = next(full, MOST_CLIPS)
        rows.append(row | {"source": provenance.of_models(model)["source"].to_list()})
    return pl.DataFrame(rows).sort("needs_gb")


def _memory(model: str, chip: str, clips: int = 1) -> Memory:
    return price(timed(load_model(model), tiled=True), gpu=chip, batch=clips).memory


def capacities_gb() -> dict[str, float]:
    """Return the memory that a program sees, by chip."""
    return {NAMES[chip]: load_accelerator(chip).visible_gb for chip in ("h100-sxm", "mi300x")}


def package() -> dict[str, int]:
    """Return how many dies of both kinds, how many of them I/O dies, and how many stacks it has."""
    today = Facts(tables.freeze_date())
    dies, stacks = (today.need("accelerators", "mi300x", name) for name in ("dies", "hbm_stacks"))
    return {"dies": int(dies.number), "I/O dies": IO_DIES, "memory stacks": int(stacks.number)}


def parts() -> pl.DataFrame:
    """Return the counted parts of the package: columns part, in_the_package, in_the_cut, source."""
    today = Facts(tables.freeze_date())
    dies, stacks = (today.need("accelerators", "mi300x", name) for name in ("dies", "hbm_stacks"))
    counted = package()
    compute = counted["dies"] - IO_DIES
    return pl.DataFrame(
        {
            "part": ["compute die", "I/O die", "memory stack"],
            "in_the_package": [compute, IO_DIES, counted["memory stacks"]],
            "in_the_cut": [IN_A_CUT * compute // IO_DIES, IN_A_CUT, IN_A_CUT],
            "source": [dies.source, dies.source, stacks.source],
        }
    )


def packaging() -> pl.DataFrame:
    """Return what reports say of the packaging: columns what, report, known_since, source."""
    told = tables.load("statements").filter(
        pl.col("condition").str.starts_with("packaging"),
        pl.col("status") != "unknown",
        subject="mi300x",
    )
    return (
        told.with_columns(part=pl.col("condition").str.replace("packaging, ", ""))
        .sort(pl.col("part").cast(pl.Enum(list(REPORTED))), "known_since")
        .select(
            what=pl.col("part").replace_strict(REPORTED),
            report="text",
            known_since="known_since",
            source="source",
        )
    )


def cross_section() -> alt.TopLevelMixin:
    """Draw a cut through the package, not to scale: what stands on what."""
    compute, below = package()["dies"] - IO_DIES, IO_DIES
    parts = [
        ("package substrate", "substrate", charts.GREY, 0.0, 20.0, 0.0, 1.0),
        ("silicon interposer", "interposer", charts.OCHRE, 1.0, 19.0, 1.1, 1.9),
    ]
    for left in (4.0, 10.1)[:IN_A_CUT]:
        parts.append(("I/O die", "I/O die", charts.GREEN, left, left + 5.9, 2.0, 2.9))
        for place in range(compute // below):
            start = left + 0.1 + 2.9 * place
            parts.append(("compute die (XCD)", "XCD", charts.BLUE, start, start + 2.7, 3.0, 3.9))
    for left in (1.4, 16.3):
        parts.append(("HBM3 stack", "HBM3", charts.ORANGE, left, left + 2.3, 2.0, 3.9))
    fields = ["part", "label", "colour", "x", "x2", "y", "y2"]
    section = pl.DataFrame(parts, schema=fields, orient="row").with_columns(
        middle=(pl.col("x") + pl.col("x2")) / 2, height=(pl.col("y") + pl.col("y2")) / 2
    )
    names = section.unique("part", maintain_order=True)
    across = alt.Scale(domain=[0, 20], nice=False)
    up = alt.Scale(domain=[0, 4.2], nice=False)
    colours = alt.Scale(domain=names["part"].to_list(), range=names["colour"].to_list())
    boxes = alt.Chart(section).mark_rect(stroke=charts.SURFACE, strokeWidth=1)
    words = alt.Chart(section).mark_text(color=charts.SURFACE, fontSize=10)
    return (
        boxes.encode(
            x=alt.X("x:Q", axis=None, scale=across),
            x2="x2:Q",
            y=alt.Y("y:Q", axis=None, scale=up),
            y2="y2:Q",
            color=alt.Color("part:N", title=None, scale=colours, legend=alt.Legend(columns=2)),
        )
        + words.encode(
            x=alt.X("middle:Q", axis=None), y=alt.Y("height:Q", axis=None), text="label:N"
        )
    ).properties(height=170)


def bandwidth_told() -> float:
    """Return the factor of bandwidth over the MI250X that AMD itself printed later."""
    today = Facts(tables.freeze_date())
    return today.need("statements", "mi300x", "memory_bandwidth_ratio").number
