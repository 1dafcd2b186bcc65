"""Every run of the miniature, in the order in which `make train` makes them."""

from __future__ import annotations

from dataclasses import replace

from tools.training.diffuse import Flow
from tools.training.loop import Course
from tools.training.models import Size

LARGE = Size()
MEDIUM = Size(width=72, depth=4, heads=3)
SMALL = Size(width=48, depth=3, heads=2)
SEED = 31
MAIN_STEPS = 15_000
HARD_FROM = 2500
MEDIUM_STEPS = 1000  # runs of equal compute have as many as the tokens of their clips allow


def course(name: str, steps: int) -> Course:
    """Return the course of a run; all have the same rates."""
    return Course(name, SEED, steps, rate=2e-3, muon_rate=1.5e-2)


RUNS = {
    "main": Flow(course("main", MAIN_STEPS), LARGE, more_clips=True, hard_from=HARD_FROM),
    "small": Flow(course("small", MEDIUM_STEPS), SMALL),
    "medium": Flow(course("medium", MEDIUM_STEPS), MEDIUM),
    "terse": Flow(course("terse", MEDIUM_STEPS), MEDIUM, terse_share=1.0),
    "cropped": Flow(course("cropped", MEDIUM_STEPS), MEDIUM, codec="cropped"),
    "pixels": Flow(course("pixels", MEDIUM_STEPS), replace(MEDIUM, channels=192), codec="pixels"),
    "patch1": Flow(course("patch1", MEDIUM_STEPS // 4), replace(MEDIUM, patch=1)),
}
MILESTONES = (150, 300, 600, 1200, 2400, 4800, 9600)  # steps after which averaged weights are kept
SAMPLER = {"steps": 20, "guidance": 3.0, "shift": 1.0}
PUBLISHED = {"main": "transformer", "medium": "transformer-medium", "small": "transformer-small"}
