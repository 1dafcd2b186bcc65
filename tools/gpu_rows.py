"""Measured steps as rows of data/software_runs.csv; no torch, so that every environment reads it.

Rows of our own are never fitted: the split of publishers was written before they were measured.
"""

import csv
from pathlib import Path

from rebuilt.cost.fit.kinds import OWN
from rebuilt.paths import DATA

TABLE = DATA / "software_runs.csv"
ALONE = ("gpus", "ulysses", "ring", "cfg_parallel", "tensor", "data_parallel", "pipeline", "fsdp")


def row_of(place, gpu, printed, source, day, setting, seconds):
    """Return one row.

    Parameters
    ----------
    place : int
        Number of the row of this source, from 1.
    gpu, printed : str
        Id of data/subjects.csv, and the name that the driver gives.
    source, day : str
        Key of data/sources.bib, and the day of the measurement.
    setting : dict
        `model`, `frames`, `height`, `width`, `attention`, `compiled`, `format`, `torch`.
    seconds : float
        Median of one forward pass.
    """
    weights = "fp8" if setting["format"] == "fp8-weights" else "bf16"
    return {
        "id": f"{source}.{place:03d}",
        "model": setting["model"],
        "model_printed": f"{setting['model']}, random weights",
        "task": "t2i" if setting["frames"] == 1 else "t2v",
        "gpu": gpu,
        "gpu_printed": printed,
        **dict.fromkeys(ALONE, 1),
        "layout_known": "stated",
        "batch": 1,
        "frames": setting["frames"],
        "height": setting["height"],
        "width": setting["width"],
        "steps": 1,
        "passes": 1,
        "distilled": "no",
        "engine": "diffusers",
        "version": setting["torch"],
        "attention": setting["attention"],
        "attention_printed": setting["attention"],
        "attention_format": "bf16",
        "sparse": "no",
        "compiled": setting["compiled"],
        "weights_format": weights,
        "compute_format": "bf16",
        "weights_printed": setting["format"],
        "cache": "none",
        "offload": "none",
        "tiling": "unstated",
        "scope": "one step",
        "seconds_per_step": f"{seconds:.5g}",
        "pair_id": f"{source}-{setting['model']}-{setting['frames']}x{setting['height']}",
        "source": source,
        "locator": "one forward pass, median of its repetitions",
        "known_since": day,
        "known_evidence": source,
        "status": "reported",
        "note": "measured by tools/reference/gpu_times.py",
    }


def add(rows, table=TABLE):
    """Put rows into the table in the place of those of the same source.

    Raises
    ------
    SystemExit
        If the source has no entry in data/sources.bib, or is not named as one of our own.
    """
    from rebuilt.evidence import bibliography  # needs what the environment of torch lacks

    sources = {row["source"] for row in rows}
    missing = sources - bibliography.load().keys()
    strange = [source for source in sources if not source.startswith(OWN)]
    if missing or strange:
        raise SystemExit(
            f"source {', '.join(sorted(missing) or strange)}: name it {OWN}..., and give it an "
            "entry first: rebuilt new source KEY"
        )
    path = Path(table)
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        columns, kept = reader.fieldnames, [row for row in reader if row["source"] not in sources]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n", restval="")
        writer.writeheader()
        writer.writerows(sorted([*kept, *rows], key=lambda row: row["id"]))
