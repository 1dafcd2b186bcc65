"""Measured run times of every table, as jobs that the bill can price.

One laboratory's runs (`run_times`), figures that makers print (`published_run_times`) and runs
under other software (`software_runs`) become the same thing: a job, what it ran on and how, and
seconds. What a source does not state is taken from the model and from the software's profile, and
makes the row count for less.
"""

from dataclasses import dataclass
from functools import cache

from rebuilt.cost.hardware.estimate import Timed
from rebuilt.cost.hardware.layouts import Layout
from rebuilt.cost.hardware.software import (
    Software,
)
from rebuilt.evidence import tables

LABORATORY = "mlenergy-leaderboard-2025"
STATED, UNSTATED, AVERAGED = 0.1, 0.3, 0.05  # expected relative errors of a row
END_TO_END, STEPS = "end to end", "one step"
ENGINES = {
    "vllm-omni": "vllm-omni",
    "sglang": "sglang",
    "lightx2v": "lightx2v",
    "xdit": "xdit",
    "fastvideo": "fastvideo",
    "tensorrt-llm visualgen": "tensorrt-llm",
}


@dataclass(frozen=True, slots=True)
class Run:
    """One measured run.

    `seconds` are of the whole job or, by `scope`, of one step; `error` is the relative error that
    is expected of the row; `joules` and `power_w` are 0 where nobody measured them.
    """

    table: str
    row: int
    kind: str
    model: str
    gpu: str
    layout: Layout
    batch: int
    counted: Timed
    software: Software
    scope: str
    seconds: float
    source: str
    error: float
    joules: float = 0.0
    power_w: float = 0.0
    held_out: bool = False

    @property
    def single(self) -> bool:
        """Whether one accelerator did it."""
        return self.layout.gpus == 1

    @property
    def image(self) -> bool:
        """Whether it made pictures."""
        return self.counted.job.forward.clip.frames == 1


@cache
def runs() -> tuple[Run, ...]:
    """Every measured run that can be expressed, table by table."""
    return (*_laboratory(), *_published(), *_software())


@cache
def left_aside() -> dict[str, int]:
    """Rows of data/software_runs.csv that are no run of ours, by reason."""
    reasons: dict[str, int] = {}
    for row in tables.load("software_runs").iter_rows(named=True):
        reason = _aside(row)
        if reason:
            reasons[reason] = reasons.get(reason, 0) + 1
    return reasons
