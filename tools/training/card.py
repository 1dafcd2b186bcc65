"""Publish the weights: safetensors, test vectors and the model card of data/weights/."""

from __future__ import annotations

import csv
import hashlib
import textwrap
from typing import TYPE_CHECKING

from tools.training import compress, vectors
from tools.training.data import CLIPS, MORE_CLIPS
from tools.training.plan import PUBLISHED, RUNS, SAMPLER
from tools.training.publish import autoencoder_config, save, transformer_config
from tools.training.runs import AUTOENCODER, complete, model_of, scale_of, weights_of

from rebuilt.mini.scenes import FRAMES, FRAMES_PER_SECOND, SIZES
from rebuilt.paths import DATA

if TYPE_CHECKING:
    from pathlib import Path

WEIGHTS = DATA / "weights"
LINE = 96  # characters
ABOUT = """A causal video autoencoder and a diffusion transformer that draw coloured shapes in
motion from English captions. They exist to run every part of a text-to-video model in the open;
they are of no other use. Written by `make train` (`tools.training.card`); do not edit."""
LIMITS = """It knows the shapes, colours, motions, sizes and lengths above and nothing else.
Colours are learnt first, then backgrounds, then motion, outlines last: a few clips in a hundred
still show another outline, another number of shapes or a shape cut by the border. Shapes keep to
a coarse grid of places. Measured by geometry, not by people."""
TRAITS = ("colour", "shape", "direction", "change", "background", "number", "whole")


def publish() -> None:
    """Write weights, vectors and card."""
    autoencoder, scale = compress.load(AUTOENCODER), scale_of("latent")
    save(autoencoder.state_dict(), autoencoder_config(), WEIGHTS / "autoencoder.safetensors")
    for run, name in PUBLISHED.items():
        if not complete(run):
            continue
        config = transformer_config(RUNS[run].size, scale, SAMPLER)
        save(weights_of(run), config, WEIGHTS / f"{name}.safetensors")
    vectors.write(model_of("main"), autoencoder, scale, WEIGHTS / "vectors.safetensors")
    for path in WEIGHTS.glob("*.safetensors"):
        path.chmod(0o644)
    (WEIGHTS / "README.md").write_text(card(), encoding="utf-8")


def card() -> str:
    """Model card: data, training, metrics, limits, licence, checksums."""
    sections = {
        "Data": [wrapped(_data())],
        "Training": [wrapped(_training())],
        "Metrics": _metrics(),
        "Limits": [wrapped(LIMITS)],
        "Licence": ["MIT, as the code."],
        "Checksums (SHA-256)": _checksums(),
    }
    lines = ["# Weights of the miniature", "", wrapped(ABOUT), ""]
    for title, content in sections.items():
        lines += [f"## {title}", "", *content, ""]
    return "\n".join(lines)


def wrapped(text: str) -> str:
    """Break a paragraph into lines."""
    return textwrap.fill(text, LINE, break_on_hyphens=False)


def _data() -> str:
    sizes = ", ".join(f"{height}x{width}" for height, width in SIZES)
    return (
        f"{CLIPS + MORE_CLIPS:,} procedural clips of `rebuilt.mini.scenes` (height x width: "
        f"{sizes} pixels; {FRAMES[0]} or {FRAMES[1]} frames, {FRAMES_PER_SECOND} a second), drawn "
        f"by seed, in which shapes stand in the middle of latent cells. {CLIPS:,} of them serve "
        "all runs, the rest the large transformer alone, which from step "
        f"{RUNS['main'].hard_from:,} on draws clips with crosses or with two shapes "
        "more often. No picture of the world and no "
        "person's data. Captions: `rebuilt.mini.captions`, a quarter terse labels, the rest "
        "descriptive, one in ten dropped. Kept out of training: one caption wording in ten, and 12 "
        "of 96 combinations of colour, shape and direction."
    )


def _training() -> str:
    main = next(row for row in _table("miniature_runs.csv") if row["run"] == "main")
    processor = sum(float(row["cpu_seconds"]) for row in _last_points()) / 60
    return (
        f"Transformer: {int(main['parameters']):,} parameters, {int(main['steps']):,} steps of "
        f"{RUNS['main'].batch} clips of one shape at a time, AdamW and, for the matrices of "
        "blocks, Muon, rate constant then cosine, averaged weights; "
        f"{float(main['training_flops']):.3g} operations, {float(main['cpu_seconds']) / 60:.0f} "
        f"minutes of one core. All runs of the miniature together: {processor:.0f} minutes of one "
        "core (Intel Xeon of 2023, torch on the CPU). Clips were batched by shape, which is faster "
        "on a CPU; packing clips of different shapes into one sequence gives the same results and "
        "is tested."
    )


def _metrics() -> list[str]:
    errors = compress.errors(compress.load(AUTOENCODER))
    autoencoder = (
        f"Autoencoder on clips it has not seen: PSNR {errors['psnr_db']:.1f} dB, mean absolute "
        f"error {errors['mean_absolute_error']:.4f} of a range of 2."
    )
    transformer = (
        f"Transformer, {SAMPLER['steps']} Euler steps, guidance {SAMPLER['guidance']}; clips in "
        "which a detector found what the prompt asked for:"
    )
    tables = (
        "All figures: `data/miniature_quality.csv`; every failure: `data/miniature_failures.csv`."
    )
    return [wrapped(autoencoder), "", wrapped(transformer), "", *_traits(), "", wrapped(tables)]


def _table(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _last_points() -> list[dict[str, str]]:
    """Return the last point of each curve."""
    last = {row["run"]: row for row in _table("miniature_curves.csv")}
    return list(last.values())


def _traits() -> list[str]:
    rows = [
        row
        for row in _table("miniature_quality.csv")
        if row["experiment"] == "headline" and row["format"] == "all"
    ]
    lines = ["| trait | unseen wordings | unseen combinations |", "|---|---|---|"]
    for trait in TRAITS:
        cells = [
            f"{int(row['held'])} of {int(row['clips'])}"
            for prompts in ("wordings", "combinations")
            for row in rows
            if (row["trait"], row["prompts"]) == (trait, prompts)
        ]
        lines.append(f"| {trait} | {cells[0]} | {cells[1]} |")
    return lines


def _checksums() -> list[str]:
    return [
        f"- `{path.name}`: {_digest(path)}, {path.stat().st_size:,} bytes"
        for path in sorted(WEIGHTS.glob("*.safetensors"))
    ]


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
