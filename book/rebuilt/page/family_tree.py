"""Every published video model of the catalogue at one clip: the frame behind charts by date."""

import datetime as dt

import polars as pl

from rebuilt.cost import (
    Clip,
    Count,
    ShapeError,
    count,
    inference,
    load_model,
    model_ids,
    nearest_clip,
)
from rebuilt.cost.counting.forward import denoiser_of
from rebuilt.cost.models.architectures import Transformer, UNet
from rebuilt.cost.models.catalogue import Model, autoencoder_of, encoders_of
from rebuilt.page import provenance

OWN = "Miniature"  # the book's own network
DEFAULTS = "-defaults"  # how ids of models end that are the defaults of their class
SCHEMA = {
    **{"id": pl.String, "name": pl.String, "family": pl.String},
    **{"released": pl.String, "first_day": pl.Date, "frames_stride": pl.Int64},
    **{"side_stride": pl.Int64, "patch_frames": pl.Int64, "patch_side": pl.Int64},
    **{"parameters_at_work": pl.Int64, "parameters_held": pl.Int64},
    **{"clip": pl.String, "frames": pl.Int64, "tokens": pl.Int64},
    **{"attention_share": pl.Float64, "flops_per_s": pl.Float64},
}


def video_models(wanted: Clip, *, fps: float) -> pl.DataFrame:
    """Count one clip on every published model that makes video.

    Parameters
    ----------
    wanted : Clip
        The clip asked for; each model is counted at the nearest one that it takes.
    fps : float
        Frames that are shown in a second, the same for all models, so that they compare.

    Returns
    -------
    polars.DataFrame
        A row for each model, in order of id, with the columns of SCHEMA. `released` is the date
        as precisely as it is known, `first_day` its first day. `flops_per_s` are all FLOPs that
        are modelled (passes, text encoders, decoding) for a second of video. What depends on the
        clip is empty where a model takes none like it.
    """
    rows = [_row(name, wanted, fps) for name in model_ids() if _makes_video(name)]
    return pl.DataFrame(rows, schema=SCHEMA)


def sources(models: pl.DataFrame) -> pl.DataFrame:
    """Name the sources of all that `video_models` counts, dates included; one column `source`."""
    ids = models["id"].to_list()
    denoisers = [denoiser_of(load_model(name)) for name in ids]
    parts = {autoencoder_of(model).id for model in denoisers}
    parts |= {encoder.id for model in denoisers for encoder, _ in encoders_of(model)}
    return provenance.of_models(*ids, *sorted(parts), dates=True)


def is_published(model: Model) -> bool:
    """Whether makers published the model: not our own, nor the defaults of a class alone."""
    return model.family != OWN and not model.id.endswith(DEFAULTS)


def _makes_video(name: str) -> bool:
    """Whether a file is a published model of video."""
    model = load_model(name)
    denoises = isinstance(model, Transformer | UNet) and not model.clip.image
    return denoises and is_published(model)


def _row(name: str, wanted: Clip, fps: float) -> dict[str, object]:
    model = denoiser_of(load_model(name))
    geometry, date = autoencoder_of(model).geometry, model.released and model.released.date
    patch = model.patch if isinstance(model, Transformer) else None
    row: dict[str, object] = {
        **{"id": name, "name": model.name, "family": model.family, "released": date},
        "first_day": _first_day(date) if date else None,
        **{"frames_stride": geometry.frames_stride, "side_stride": geometry.side_stride},
        **{
            "patch_frames": patch.frames if patch else 1,
            "patch_side": patch.height if patch else 1,
        },
    }
    try:
        job = inference(model, nearest_clip(model, wanted))
    except ShapeError:
        return {**row, **_parameters(count(model))}
    forward = job.forward
    return {
        **row,
        **_parameters(forward),
        **{"clip": str(forward.clip), "frames": forward.clip.frames, "tokens": forward.tokens},
        "attention_share": forward.by_group.get("attention", 0) / forward.flops,
        "flops_per_s": job.total * fps / forward.clip.frames,
    }


def _parameters(forward: Count) -> dict[str, int]:
    return {
        "parameters_at_work": forward.parameters,
        "parameters_held": forward.experts * forward.parameters,
    }


def _first_day(date: str) -> dt.date:
    """First day of a day, a month or a year."""
    return dt.date.fromisoformat(date + "-01-01"[len(date) - 4 :])
