"""Examine the runs and write the tables of the miniature into data/."""

from __future__ import annotations

import csv
import json
import sys
from dataclasses import asdict
from typing import Any

from tools.training import exam
from tools.training.data import CLIPS, MORE_CLIPS
from tools.training.experiments import Examination, examinations
from tools.training.loop import finished
from tools.training.models import Transformer
from tools.training.plan import RUNS, SAMPLER
from tools.training.runs import WORKSHOP, complete, decoder_of, model_of
from tools.training.work import clip_flops, step_flops

from rebuilt.mini.captions import orientation
from rebuilt.paths import DATA

Row = dict[str, Any]


def questions(asked: Examination) -> list[exam.Question]:
    """Prompts of an examination."""
    if asked.prompts == "combinations":
        found = exam.unseen_combinations(asked.count)
    else:
        found = exam.unseen_prompts(asked.count)
    return found if asked.wording == "mixed" else exam.reworded(found, asked.wording)


def key(asked: Examination) -> str:
    """Name of the file in which an examination's verdicts are kept."""
    parts = asdict(asked)
    parts.pop("experiment")  # the same sampling may serve two experiments
    return "-".join(str(part) for part in parts.values())


def examine(asked: Examination) -> list[Row]:
    """Sample and judge, or fetch the verdicts of an earlier run of this command."""
    path = WORKSHOP / "exam" / f"{key(asked)}.json"
    if path.exists():
        rows: list[Row] = json.loads(path.read_text())
        return rows
    prompts = questions(asked)
    clips = exam.answers(
        model_of(asked.run, asked.step),
        decoder_of(RUNS[asked.run].codec),
        prompts,
        steps=asked.steps,
        guidance=asked.guidance,
        shift=float(SAMPLER["shift"]),
    )
    rows = [
        {
            "caption": prompt.caption,
            "noise_seed": prompt.number,
            "frames": prompt.record.frames,
            "height": prompt.record.height,
            "width": prompt.record.width,
            "held": verdict,
        }
        for prompt, verdict in zip(prompts, exam.judged(prompts, clips), strict=True)
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(rows))
    return rows


def quality_rows(asked: Examination, rows: list[Row]) -> list[Row]:
    """Count what held, by trait, for square and other formats apart and together."""
    result = []
    for form in ("all", "square", "wide", "tall"):
        some = [row for row in rows if form in ("all", orientation(row["height"], row["width"]))]
        for trait, (clips, held) in sorted(exam.shares([row["held"] for row in some]).items()):
            result.append(
                {
                    "experiment": asked.experiment,
                    "run": asked.run,
                    "training_step": asked.step or RUNS[asked.run].course.steps,
                    "prompts": asked.prompts,
                    "wording": asked.wording,
                    "sampling_steps": asked.steps,
                    "guidance": asked.guidance,
                    "format": form,
                    "trait": trait,
                    "clips": clips,
                    "held": held,
                }
            )
    return result


def failure_rows(asked: Examination, rows: list[Row]) -> list[Row]:
    """List every clip of an examination in which a trait did not hold."""
    result = []
    for row in rows:
        wrong = sorted(trait for trait, held in row["held"].items() if not held)
        if wrong:
            kept = {name: value for name, value in row.items() if name != "held"}
            result.append({"prompts": asked.prompts, **kept, "wrong": ";".join(wrong)})
    return result


def curve_rows(runs: list[str]) -> list[Row]:
    """Loss of every run against steps, operations and processor time."""
    rows = []
    for run in ("autoencoder", *runs):
        work = step_flops(RUNS[run]) if run in RUNS else None
        for point in finished(WORKSHOP / run)["state"]["curve"]:
            rows.append(
                {
                    "run": run,
                    "step": point["step"],
                    "loss": f"{point['loss']:.5f}",
                    "training_flops": f"{work * point['step']:.4g}" if work else "",
                    "cpu_seconds": f"{point['cpu_seconds']:.1f}",
                }
            )
    return rows


def run_rows(runs: list[str]) -> list[Row]:
    """One row for each run of the transformer: size, data, work, time."""
    rows = []
    for name in runs:
        flow = RUNS[name]
        state = finished(WORKSHOP / name)["state"]
        rows.append(
            {
                "run": name,
                "parameters": sum(p.numel() for p in Transformer(flow.size).parameters()),
                "width": flow.size.width,
                "depth": flow.size.depth,
                "heads": flow.size.heads,
                "patch": flow.size.patch,
                "codec": flow.codec,
                "terse_share": flow.terse_share,
                "steps": state["step"],
                "clips": CLIPS + (MORE_CLIPS if flow.more_clips else 0),
                "clips_seen": state["step"] * flow.batch,
                "forward_flops_per_clip": f"{clip_flops(flow):.4g}",
                "training_flops": f"{step_flops(flow) * state['step']:.4g}",
                "cpu_seconds": round(state["cpu_seconds"]),
                "final_loss": f"{state['curve'][-1]['loss']:.5f}",
            }
        )
    return rows


KEYS = {  # by which the rows of each table are sorted, as data/datapackage.json has them
    "curves": ("run", "step"),
    "failures": ("prompts", "noise_seed"),
    "quality": (
        *("experiment", "run", "training_step", "prompts", "wording"),
        *("sampling_steps", "guidance", "format", "trait"),
    ),
    "runs": ("run",),
}


def write(name: str, rows: list[Row]) -> None:
    """Write rows as a table of data/, sorted by its key."""
    rows = sorted(rows, key=lambda row: [row[column] for column in KEYS[name]])
    path = DATA / f"miniature_{name}.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def make_report() -> None:
    """Examine every run that is complete and write the four tables."""
    quality, failures = [], []
    done = [run for run in RUNS if complete(run)]
    for asked in examinations():
        if asked.run not in done:
            sys.stderr.write(f"not trained to its end, left out: {key(asked)}\n")
            continue
        rows = examine(asked)
        quality += quality_rows(asked, rows)
        if asked.experiment == "headline":
            failures += failure_rows(asked, rows)
        sys.stderr.write(f"examined: {key(asked)}\n")
    write("quality", quality)
    write("failures", failures)
    write("curves", curve_rows(done))
    write("runs", run_rows(done))
