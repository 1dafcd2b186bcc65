"""Every run of the miniature, in the order in which `make train` makes them."""

from __future__ import annotations

from rebuilt.mini.training.diffuse import Flow
from rebuilt.mini.training.loop import Course
from rebuilt.mini.training.models import Size

LARGE = Size()
MEDIUM = Size(width=72, depth=4, heads=3)
SMALL = Size(width=48, depth=3, heads=2)
RATE = 1e-3
SEED = 31

# Runs of equal compute have as many steps as the tokens of their clips allow; see `work`.
MEDIUM_STEPS = 600
RUNS = {
    "main": Flow(
        Course("main", SEED, 9800, RATE, raised=2e-3, raised_from=3900), LARGE, early_until=5500
    ),
    "small": Flow(Course("small", SEED, 1200, RATE), SMALL),
    "medium": Flow(Course("medium", SEED, MEDIUM_STEPS, RATE), MEDIUM),
    "terse": Flow(Course("terse", SEED, MEDIUM_STEPS, RATE), MEDIUM, terse_share=1.0),
    "cropped": Flow(Course("cropped", SEED, MEDIUM_STEPS, RATE), MEDIUM, codec="cropped"),
    "pixels": Flow(
        Course("pixels", SEED, MEDIUM_STEPS, RATE),
        Size(width=72, depth=4, heads=3, channels=192),
        codec="pixels",
    ),
    "patch1": Flow(
        Course("patch1", SEED, MEDIUM_STEPS // 4, RATE), Size(width=72, depth=4, heads=3, patch=1)
    ),
}
MILESTONES = (150, 300, 600, 1200, 2400, 4800)  # steps after which averaged weights are kept
SAMPLER = {"steps": 20, "guidance": 3.0, "shift": 1.0}
PUBLISHED = {"main": "transformer", "medium": "transformer-medium", "small": "transformer-small"}
