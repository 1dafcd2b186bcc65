"""What one setting buys, as measured and as predicted: pairs of runs that differ in nothing else.

Sources that compare two ways to run a job are the best witnesses of a setting: machine, clip and
protocol are the same. Predictions are those of the constants that the book uses.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations

from rebuilt.cost.fit.runs import WHOLE_JOB, Run, runs
from rebuilt.cost.hardware.estimate import price

LEVERS = {
    "kernel": "attention kernel",
    "compiled": "fused steps",
    "format": "number format",
    "cache": "cache",
}


@dataclass(frozen=True, slots=True)
class Pair:
    """Two runs of one source: how much faster the second is, measured and predicted."""

    lever: str
    change: str
    model: str
    gpu: str
    source: str
    measured: float
    predicted: float


def pairs(*, together: bool = False) -> list[Pair]:
    """Every pair of runs that differ in one setting, or in several together, the plainer first."""
    return sorted(
        _pairs(together), key=lambda pair: (pair.lever, pair.source, pair.model, pair.change)
    )


def _pairs(together: bool) -> Iterator[Pair]:
    groups: dict[tuple[object, ...], list[Run]] = {}
    for run in runs():
        if run.pair:
            job = run.counted.job
            key = (run.pair, run.model, run.gpu, run.layout, run.batch, job.steps, job.passes)
            groups.setdefault((*key, job.forward.clip, run.scope), []).append(run)
    for group in groups.values():
        for first, second in permutations(group, 2):
            changed = [name for name in LEVERS if _setting(first, name) != _setting(second, name)]
            same = first.software.density == second.software.density
            plainer = all(_plainer(first, name) for name in changed)
            if changed and (len(changed) > 1) == together and same and plainer:
                yield Pair(
                    " + ".join(LEVERS[name] for name in changed),
                    ", ".join(
                        f"{_setting(first, name)} to {_setting(second, name)}" for name in changed
                    ),
                    first.model,
                    first.gpu,
                    first.source,
                    first.seconds / second.seconds,
                    _seconds(first) / _seconds(second),
                )


def _setting(run: Run, name: str) -> str:
    if name == "kernel":
        return run.kernel
    if name == "compiled":
        return "fused" if run.software.compiled else "eager"
    return str(getattr(run.software, name)) or "none"


def _plainer(run: Run, name: str) -> bool:
    """Whether a run has the setting with which comparisons begin."""
    return _setting(run, name) in ("fa2", "eager", "bf16", "none")


def _seconds(run: Run) -> float:
    found = price(
        run.counted, gpu=run.gpu, layout=run.layout, batch=run.batch, software=run.software
    )
    return found.seconds - (0.0 if run.scope == WHOLE_JOB else found.parts.single)
