"""What the chapter on AI terminals shows: shares, chips, gains, forecasts, video on a terminal."""

from collections.abc import Iterator

import polars as pl

from rebuilt import page
from rebuilt.claims.checks import ai_terminals as checks
from rebuilt.cost import Clip, inference, load_model
from rebuilt.cost.hardware.estimate import Estimate, estimate
from rebuilt.evidence import tables, terminals
from rebuilt.evidence.facts import Fact, Facts
from rebuilt.exhibits import chips
from rebuilt.page import provenance

DEVICES = {"ai-pcs": "AI PCs", "genai-phones": "phones with generative AI"}
PRODUCTS = {
    "core-ultra-7-155h": "Core Ultra 7 155H",
    "core-ultra-9-185h": "Core Ultra 9 185H",
    "snapdragon-xr2-plus-gen-2": "Snapdragon XR2+ Gen 2",
    "rtx-4070-super": "GeForce RTX 4070 SUPER",
    "rtx-4070-ti-super": "GeForce RTX 4070 Ti SUPER",
    "rtx-4080-super": "GeForce RTX 4080 SUPER",
    "ryzen-3-8300g": "Ryzen 3 8300G",
    "ryzen-5-8500g": "Ryzen 5 8500G",
    "ryzen-5-8600g": "Ryzen 5 8600G",
    "ryzen-7-8700g": "Ryzen 7 8700G",
}
NPUS = {
    "ryzen-5-8500g": "Ryzen 5 8500G",
    "core-ultra-7-155h": "Core Ultra 7 155H",
    "ryzen-7-8700g": "Ryzen 7 8700G",
    "apple-m3": "Apple M3",
    "apple-m4": "Apple M4",
    "snapdragon-x-elite": "Snapdragon X Elite",
}
LATER = ("apple-m4", "snapdragon-x-elite")  # not yet on sale on the day of the note
NAMES = {
    "rtx-4070": "RTX 4070",
    "rtx-4070-super": "RTX 4070 SUPER",
    "rtx-4070-ti": "RTX 4070 Ti",
    "rtx-4070-ti-super": "RTX 4070 Ti SUPER",
    "rtx-4080": "RTX 4080",
    "rtx-4080-super": "RTX 4080 SUPER",
}
GAINS = {"fp32_tflops": "FP32 rate", "bandwidth_tb_s": "bandwidth"}
CLOCKS = {"gpu_frequency_ratio": "graphics clock", "cpu_frequency_ratio": "CPU clock"}
CLIPS = {  # about five seconds each, at the frame rate for which the model was made
    "wan2.1-t2v-1.3b": Clip(frames=81, height=480, width=832),
    "ltx-video-2b": Clip(frames=121, height=512, width=704),
    "cogvideox-2b": Clip(frames=41, height=480, width=720),
    "cogvideox-5b": Clip(frames=41, height=480, width=720),
    "wan2.1-t2v-14b": Clip(frames=81, height=480, width=832),
    "hunyuanvideo": Clip(frames=121, height=720, width=1280),
}
CARDS = {"rtx-4090": "RTX 4090", "rtx-4080-super": "RTX 4080 SUPER"}
PC = "ryzen-7-8700g"
MACHINES = CARDS | {PC: "Ryzen 7 8700G"}
PC_SHARES = (0.05, 0.5)  # of its peak: the efficiency of its graphics is not known
DEFINED = pl.col("condition").str.extract(r"; (.*)$")


def shares() -> pl.DataFrame:
    """Return every share of AI devices in the shipments of 2024 (%), in the order told.

    Columns device, issuer, told (date), share_percent, definition, source.
    """
    told = tables.load("terminals").filter(
        pl.col("subject").is_in(list(DEVICES)),
        pl.col("value").is_not_null(),
        quantity="market_share_percent",
        period="2024",
    )
    return told.sort("subject", "known_since", "issuer").select(
        pl.col("subject").replace_strict(DEVICES).alias("device"),
        "issuer",
        pl.col("known_since").alias("told"),
        pl.col("value").alias("share_percent"),
        DEFINED.alias("definition"),
        "source",
    )


def first_and_last(shares: pl.DataFrame, device: str, issuer: str) -> tuple[float, float]:
    """Return the first and the last share (of one) that one issuer gave for one device."""
    told = shares.filter(device=DEVICES[device], issuer=issuer)["share_percent"]
    return told[0] / 100, told[-1] / 100


def products() -> pl.DataFrame:
    """Return the chips that the note names, earliest first.

    Columns product, npu_tops, price_usd, day (announced, or launched), source; null: not found.
    """
    figures = chips.figures(PRODUCTS, {"npu_tops": "npu_tops", "price_usd": "price_usd"})
    days = tables.load("accelerators").filter(
        pl.col("subject").is_in(list(PRODUCTS)),
        pl.col("quantity").is_in(["announced", "launched"]),
    )
    dated = days.select(
        pl.col("subject").replace_strict(PRODUCTS).alias("chip"), pl.col("text"), "source"
    )
    keys = pl.concat([figures.select("chip", "source"), dated.select("chip", "source")])
    return (
        dated.select("chip", day=pl.col("text").str.to_date())
        .join(figures.pivot(on="figure", index="chip", values="value"), on="chip", how="left")
        .join(keys.group_by("chip").agg(pl.col("source").unique().sort()), on="chip")
        .sort("day", "chip")
        .select(
            pl.col("chip").alias("product"),
            "npu_tops",
            "price_usd",
            "day",
            "source",
        )
    )


def npus() -> pl.DataFrame:
    """Return the NPU peaks of six PC chips, smallest first.

    Columns chip, npu_tops, sold (at the note or later), source.
    """
    later = pl.col("chip").is_in([NPUS[name] for name in LATER])
    return (
        chips.figures(NPUS, {"npu_tops": "NPU peak"})
        .select(
            "chip",
            pl.col("value").alias("npu_tops"),
            pl.when(later)
            .then(pl.lit("later"))
            .otherwise(pl.lit("on sale at the note"))
            .alias("sold"),
            "source",
        )
        .sort("npu_tops", maintain_order=True)
    )


def copilot_line() -> float:
    """Return the NPU peak (TOPS) that Microsoft asks of a Copilot+ PC."""
    line = terminals.need(_today(), "copilot-plus-pcs", "npu_tops", "2024", "Microsoft")
    return _used(line).number


def gains() -> pl.DataFrame:
    """Return what the new chips gain on those before them, smallest first.

    Columns gain, kind (specification or benchmark), ratio, source.
    """
    rows = []
    for old, new in checks.CARDS:
        pair = {name: NAMES[name] for name in (new, old)}
        for row in chips.ratios(chips.figures(pair, GAINS), chip=NAMES[new]).to_dicts():
            name = f"{NAMES[new]}, {row['figure']}"
            rows.append(_gain(name, "specification", row["ratio"], row["source"]))
    for row in chips.figures({checks.XR_CHIP: "XR2+ Gen 2"}, CLOCKS).to_dicts():
        name = f"{row['chip']}, {row['figure']}"
        rows.append(_gain(name, "specification", row["value"], [row["source"]]))
    for threads in checks.THREADS:
        condition = checks.RYZEN.format(threads)
        fact = _today().need("statements", PC, "cpu_speed_ratio", condition)
        rows.append(_gain(f"{MACHINES[PC]}, {threads}", "benchmark", fact.number, [fact.source]))
    return pl.DataFrame(rows).sort("ratio", maintain_order=True)


def _gain(gain: str, kind: str, ratio: float, source: list[str]) -> dict[str, object]:
    return {"gain": gain, "kind": kind, "ratio": ratio, "source": source}


def prices() -> dict[str, float]:
    """Return list prices at launch (USD) of the RTX 4080 and of the RTX 4080 SUPER."""
    cards = {name: NAMES[name] for name in ("rtx-4080", "rtx-4080-super")}
    found = chips.figures(cards, {"price_usd": "price"})
    page.used(found["source"])
    return dict(found.select("chip", "value").iter_rows())


def forecasts() -> pl.DataFrame:
    """Return the forecasts of AI PCs shipped in 2024 and 2025 (million), in the order told.

    Columns told, issuer, year, shipments_mn, source.
    """
    rows = tables.load("terminals").filter(
        pl.col("period").is_in(["2024", "2025"]), subject="ai-pcs", quantity="shipments_mn"
    )
    return rows.sort("period", "known_since").select(
        pl.format("for {}, told {}", "period", pl.col("known_since").dt.strftime("%b %Y")).alias(
            "told"
        ),
        "issuer",
        pl.col("period").alias("year"),
        pl.col("value").alias("shipments_mn"),
        "source",
    )


def growth_of_pcs() -> tuple[float, str]:
    """Return by what share PC shipments grew in 2025, and what Gartner names as the cause."""
    growth = terminals.need(_today(), "pcs", "shipment_growth_percent", "2025", "Gartner")
    cause = terminals.need(_today(), "pcs", "named_growth_driver", "2025", "Gartner")
    return _used(growth).number / 100, _used(cause).text or ""


def outlook_of_pcs() -> tuple[float, float]:
    """Return IDC's last and its former forecast for PC shipments in 2026, as shares of growth."""
    told = tables.load("terminals").filter(
        subject="pcs", quantity="shipment_growth_percent", period="2026", issuer="IDC"
    )
    page.used(told["source"])
    month = pl.col("condition").str.extract(r"forecast of (.*)$")
    by_month = dict(told.select(month, "value").iter_rows())
    return by_month["March 2026"] / 100, by_month["November 2025"] / 100


def pc_peak() -> float:
    """Return the half-precision peak (FLOP/s) of the graphics of a Ryzen 7 8700G."""
    return _today().need("accelerators", PC, "graphics_fp16_tflops").number * 1e12


def runs() -> pl.DataFrame:
    """Return the time that five seconds of video take, by model and machine, fastest model first.

    Columns model, machine, minutes, low_min, high_min, source. For the PC the ends are those of
    `PC_SHARES`, and `minutes` is their geometric mean.
    """
    rows = []
    for model, jobs in _jobs():
        for card, job in jobs.items():
            rows.append(_run(model, card, job.seconds, job.low, job.high))
        work = inference(load_model(model), CLIPS[model]).total
        high, low = (work / (pc_peak() * share) for share in PC_SHARES)
        rows.append(_run(model, PC, (low * high) ** 0.5, low, high))
    quickest = pl.col("minutes").min().over("model")
    return pl.DataFrame(rows).sort(quickest, maintain_order=True)


def memory() -> pl.DataFrame:
    """Return the memory that five seconds of video need, least first.

    Columns model, needs_gb (as an RTX 4090 would run it), fits_on (names of cards), source.
    """
    rows = []
    for model, jobs in _jobs():
        fits = [CARDS[card] for card, job in jobs.items() if job.memory.fits]
        rows.append(
            {
                "model": load_model(model).name,
                "needs_gb": jobs["rtx-4090"].memory.total,
                "fits_on": " and ".join(fits) or "neither card",
                "source": sorted({key for card in CARDS for key in _sources(model, card)}),
            }
        )
    return pl.DataFrame(rows).sort("needs_gb")


def capacities_gb() -> dict[str, float]:
    """Return the memory of the two cards that a program sees, by name."""
    _, jobs = next(_jobs())
    return {CARDS[card]: job.memory.capacity for card, job in jobs.items()}


def _jobs() -> Iterator[tuple[str, dict[str, Estimate]]]:
    for model, clip in CLIPS.items():
        yield model, {card: estimate(load_model(model), clip, gpu=card) for card in CARDS}


def _run(model: str, machine: str, seconds: float, low: float, high: float) -> dict[str, object]:
    return {
        "model": load_model(model).name,
        "machine": MACHINES[machine],
        "minutes": seconds / 60,
        "low_min": low / 60,
        "high_min": high / 60,
        "source": _sources(model, machine),
    }


def _sources(model: str, chip: str) -> list[str]:
    rows = tables.load("accelerators").filter(
        pl.col("quantity").is_in(
            ["bf16_dense_tflops", "memory_gb", "bandwidth_tb_s", "graphics_fp16_tflops"]
        ),
        pl.col("status") != "unknown",
        subject=chip,
    )
    return sorted({*rows["source"], *provenance.of_models(model)["source"]})


def _today() -> Facts:
    return Facts(tables.freeze_date())


def _used(fact: Fact) -> Fact:
    """Return a fact, whose source the page then names."""
    page.used([fact.source])
    return fact
