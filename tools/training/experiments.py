"""The examinations of the miniature: which run, which prompts, how sampled."""

from __future__ import annotations

from dataclasses import dataclass

from tools.training.plan import MILESTONES, RUNS, SAMPLER

MANY = 200  # prompts of the headline; its failures are listed
SOME = 80
FEW = 60


@dataclass(frozen=True)
class Examination:
    """One row group of data/miniature_quality.csv."""

    experiment: str
    run: str
    prompts: str = "wordings"  # unseen wordings or unseen combinations
    wording: str = "mixed"
    count: int = SOME
    step: int | None = None  # of training; the end if none
    steps: int = int(SAMPLER["steps"])
    guidance: float = float(SAMPLER["guidance"])


def examinations() -> list[Examination]:
    """All of them, in the order of the table."""
    return [
        Examination("headline", "main", count=MANY),
        Examination("headline", "main", prompts="combinations", count=MANY // 2),
        *(Examination("steps", "main", steps=steps) for steps in (5, 10, 20, 50)),
        *(Examination("guidance", "main", guidance=g) for g in (1.0, 2.0, 3.0, 5.0)),
        *(
            Examination("captions", run, wording=wording)
            for run in ("main", "medium", "terse")
            for wording in ("terse", "descriptive", "expanded")
            if run != "terse" or wording == "terse"
        ),
        *(Examination("sizes", run, wording="descriptive") for run in ("medium", "cropped")),
        *(Examination("space", run, count=FEW) for run in ("medium", "pixels", "patch1")),
        *(
            Examination("compute", run, count=FEW, step=step, steps=10)
            for run in ("small", "medium", "main")
            for step in milestones(run)
        ),
    ]


def milestones(run: str) -> list[int | None]:
    """Return the steps at which the weights of a run were kept, and its end."""
    end = RUNS[run].course.steps
    return [*(step for step in MILESTONES if step < end), None]
