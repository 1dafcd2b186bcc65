"""What the page of the calculator shows below the form: worked cases, and what it offers."""

import polars as pl

from rebuilt.cost import Clip, default_clip, load_model, model_ids
from rebuilt.cost.hardware.estimate import estimate
from rebuilt.cost.models.architectures import Transformer, UNet
from rebuilt.cost.models.catalogue import load_kind
from rebuilt.page import provenance

CHIP = "h100-sxm"
LONGER = {"height": 720, "width": 1280}
CASES = (
    ("hunyuanvideo", None, 1),
    ("hunyuanvideo", None, 8),
    ("wan2.1-t2v-14b", None, 1),
    ("wan2.1-t2v-14b", None, 8),
    ("wan2.1-t2v-14b", 161, 8),
    ("wan2.1-t2v-14b", 321, 8),
    ("wan2.1-t2v-1.3b", None, 1),
    ("cogvideox-5b", None, 1),
    ("mochi-1", None, 1),
    ("ltx-video-2b", None, 1),
    ("flux.1-dev", None, 1),
)


def worked() -> pl.DataFrame:
    """Return what some jobs take on H100: the published clip of each model, and longer ones.

    Columns model, run_time_s, rent_usd, job (clip and accelerators), energy_kj, memory_gb (at its
    peak, of one accelerator), source. All of them more likely than not fit.
    """
    rows = []
    for name, frames, gpus in CASES:
        model = load_kind(name, Transformer, name)
        clip = Clip(frames=frames, **LONGER) if frames else default_clip(model)
        found = estimate(model, clip, gpu=CHIP, gpus=gpus)
        rows.append(
            {
                "model": model.name,
                "run_time_s": round(found.seconds, 1),
                "rent_usd": None if found.usd is None else round(found.usd, 3),
                "job": f"{clip}, {gpus} H100",
                "energy_kj": round(found.joules / 1e3, 1),
                "memory_gb": round(found.memory.total, 1),
                "source": provenance.of_models(name)["source"].to_list(),
            }
        )
    return pl.DataFrame(rows)


def offered() -> int:
    """Return how many transformers can be chosen."""
    return len(model_ids(Transformer))


def not_offered() -> list[str]:
    """Return the names of the models that only the command counts: U-Nets."""
    return [load_model(name).name for name in model_ids(UNet)]
