"""What the chapter on Sora shows: one clip, cost by length, a mix of training clips, practices."""

from collections.abc import Callable, Collection, Iterable, Mapping

import altair as alt
import polars as pl

from rebuilt import page
from rebuilt.cost import Clip, count, load_model
from rebuilt.cost.counting.forward import denoiser_of
from rebuilt.cost.models.architectures import Transformer
from rebuilt.cost.models.catalogue import autoencoder_of
from rebuilt.evidence import tables
from rebuilt.exhibits.counted import keys, sourced, transformer
from rebuilt.page import charts, labels

WAN, WAN_PARTS = "wan2.1-t2v-14b", ("wan2.1-t2v-14b", "wan2.1-vae")
SECONDS = (1, 2, 5, 10, 20, 40, 60)
PAIR = {"svd": "Stable Video Diffusion (U-Net)", "wan2.1-t2v-1.3b": "Wan 2.1 1.3B (transformer)"}
CORNER_PX = 64
SAMPLE = 200  # clips of the mix that are packed
OPEN = ("latte-1", "open-sora-1.2", "cogvideox-5b", "mochi-1", "hunyuanvideo", WAN)
STEPS = 50  # of each of LATER: what Wan 2.1 was published with
LATER = (WAN, "wan2.2-t2v-a14b", "wan2.2-ti2v-5b", "hunyuanvideo-1.5", "ltx-2-19b")
WHOLE = "whole pass"
CUTS = ("as published", "cut as Wan 2.1 cuts")
ANSWERS = {
    "sizes": "how_sizes_were_kept",
    "captions": "who_wrote_the_captions",
    "prompts": "what_expands_prompts",
}
UNKNOWN = "not found"


def by_length() -> pl.DataFrame:
    """Return the work of one pass of Wan 2.1 at 720p by the length of the clip, and its parts.

    Columns seconds, tokens, part, pflop (1e15), source.
    """
    rows = []
    for seconds in SECONDS:
        one = count(transformer(WAN), at_720p(seconds))
        attention = one.by_group["attention"]
        parts = {WHOLE: one.flops, "attention": attention, "all else": one.flops - attention}
        for part, flops in parts.items():
            row = {"seconds": seconds, "tokens": one.tokens, "part": part}
            rows.append(row | {"pflop": flops / 1e15})
    return sourced(pl.DataFrame(rows), *WAN_PARTS)


def at_720p(seconds: float) -> Clip:
    """Return a clip of 720p at the frame rate of Wan 2.1."""
    return Clip(frames=_frames(seconds), height=720, width=1280)


def _frames(seconds: float) -> int:
    """Return the frames of a clip at the rate of Wan 2.1, and by its rule: one, then groups."""
    model = transformer(WAN)
    group = autoencoder_of(model).geometry.frames_stride
    return 1 + group * round(seconds * (model.clip.fps or 0) / group)


def on_its_way(clip: Clip) -> pl.DataFrame:
    """Return what a clip is on its way through Wan 2.1: columns step, values, size, source."""
    model = transformer(WAN)
    latent, channels = count(model, clip).latent, model.channels.into
    pixels = clip.frames * clip.height * clip.width
    cells = latent.frames * latent.height * latent.width
    tokens = latent.tokens
    steps = (
        ("clip", 3 * pixels, f"{clip.frames} × {clip.height} × {clip.width} × 3 colours"),
        (
            "latent grid",
            cells * channels,
            f"{latent.frames} × {latent.height} × {latent.width} × {channels} channels",
        ),
        ("tokens", tokens, f"{latent.frames} × {latent.patch_rows} × {latent.patch_columns}"),
        ("pairs that one head of one block compares", tokens**2, f"{tokens:,} × {tokens:,}"),
    )
    return sourced(pl.DataFrame(steps, schema=["step", "values", "size"], orient="row"), *WAN_PARTS)


def corner_cells() -> pl.DataFrame:
    """Return how many cells of each grid cover a corner of a frame: columns grid, cells, source."""
    grids = {"pixels": 1, **_grids()}
    cells = {grid: (CORNER_PX // step) ** 2 for grid, step in grids.items()}
    frame = pl.DataFrame({"grid": list(cells), "cells": list(cells.values())})
    return sourced(frame, *WAN_PARTS)


def corner() -> alt.TopLevelMixin:
    """Draw three grids over the same corner of a frame, rows counted from the top."""
    grids = {"pixels, every fourth line": 4, **_grids()}
    return alt.hconcat(*(_grid(step).properties(title=name) for name, step in grids.items()))


def _grids() -> dict[str, int]:
    """Side of a latent pixel and of a patch of Wan 2.1 (pixels)."""
    model = transformer(WAN)
    stride = autoencoder_of(model).geometry.side_stride
    return {"latent pixels": stride, "patches": stride * model.patch.height}


def _grid(step: int) -> alt.Chart:
    places = range(0, CORNER_PX + 1, step)
    lines = pl.DataFrame(
        [{"x": place, "y": 0, "x2": place, "y2": CORNER_PX} for place in places]
        + [{"x": 0, "y": place, "x2": CORNER_PX, "y2": place} for place in places]
    )
    ticks = alt.Axis(values=[0, 16, 32, 48, 64], grid=False)
    across = alt.Scale(domain=[0, CORNER_PX], nice=False)
    down = alt.Scale(domain=[0, CORNER_PX], nice=False, reverse=True)
    return (
        alt.Chart(lines)
        .mark_rule(color=charts.BLUE, strokeWidth=1.2)
        .encode(
            x=alt.X("x:Q", title="Across (pixels)", scale=across, axis=ticks),
            y=alt.Y("y:Q", title="Down (pixels)", scale=down, axis=ticks),
            x2="x2:Q",
            y2="y2:Q",
        )
        .properties(height=170)
    )


def by_frames(per_frame: Callable[[str, int], float], lengths: Iterable[int]) -> pl.DataFrame:
    """Count two networks at some lengths: columns model, frames, tflop (for each frame), source.

    Parameters
    ----------
    per_frame : function of str and int
        TFLOPs for each frame, by a model's id and the frames of the clip.
    lengths : iterable of int
        Frames.
    """
    rows = [
        {
            "model": label,
            "frames": frames,
            "tflop": per_frame(name, frames),
            "source": keys(name, autoencoder_of(denoiser_of(load_model(name))).id),
        }
        for name, label in PAIR.items()
        for frames in lengths
    ]
    return pl.DataFrame(rows)


def scaling() -> pl.DataFrame:
    """Return the twelve networks of the study of DiT: columns model, patch, gmac, fid, source.

    Coarse patches first; in each, from the smallest network to the largest.
    """
    return (
        tables.load("dit_scaling")
        .sort("patch", "forward_gmac", descending=[True, False])
        .select(
            model=pl.lit("DiT-") + pl.col("model").str.extract(r"dit-(\w+)-").str.to_uppercase(),
            patch=pl.format("patch {}", "patch"),
            gmac="forward_gmac",
            fid="fid",
            source="source",
        )
    )


def mix() -> pl.DataFrame:
    """Return the assumed mix for a table: columns clip, share_percent, seconds, size, reason."""
    return tables.load("training_mix").select(
        "clip",
        (100 * pl.col("share")).round().cast(pl.Int64).alias("share_percent"),
        "seconds",
        pl.format("{} × {}", "height_px", "width_px").alias("size"),
        "reason",
    )


def kinds() -> dict[Clip, float]:
    """Return the assumed mix: the share of each kind of clip, at the frame rate of Wan 2.1."""
    return {_clip(row): row["share"] for row in tables.load("training_mix").iter_rows(named=True)}


def _clip(row: Mapping[str, float]) -> Clip:
    """Return the clip of a row of the mix."""
    height, width = int(row["height_px"]), int(row["width_px"])
    return Clip(frames=_frames(row["seconds"]), height=height, width=width)


def box(clips: Collection[Clip]) -> Clip:
    """Return the smallest clip that holds every one of these."""
    return Clip(
        frames=max(clip.frames for clip in clips),
        height=max(clip.height for clip in clips),
        width=max(clip.width for clip in clips),
    )


def box_of_turn(clip: Clip, clips: Collection[Clip]) -> Clip:
    """Return the smallest clip that holds every one of these in the orientation of the first."""
    return box([other for other in clips if _turn(other) == _turn(clip)])


def _turn(clip: Clip) -> str:
    """Return whether a clip is an image, a portrait or a landscape; a square one is the last."""
    if clip.frames == 1:
        return "image"
    return "portrait" if clip.height > clip.width else "landscape"


def ways(multiples: Mapping[str, float]) -> pl.DataFrame:
    """Give ways of making clips alike a frame: columns way, multiple (of the work), source."""
    frame = pl.DataFrame({"way": list(multiples), "multiple": list(multiples.values())})
    return sourced(frame, *WAN_PARTS)


def cropped(kept: Mapping[Clip, float]) -> pl.DataFrame:
    """Name what crops leave of each kind of clip, least first: columns clip, percent, source."""
    names = {_clip(row): row["clip"] for row in tables.load("training_mix").iter_rows(named=True)}
    rows = [{"clip": names[clip], "percent": 100 * share} for clip, share in kept.items()]
    return sourced(pl.DataFrame(rows).sort("percent", "clip"), WAN)


def practices(kind: str) -> pl.DataFrame:
    """Return what published models did of one mechanism; those that say nothing come last.

    Columns model, the one that ANSWERS names, known_since, source.
    """
    found = tables.load("training_practices").filter(practice=kind)
    return found.sort(pl.col("answer") == "unknown", "known_since", "model").select(
        pl.col("name").alias("model"),
        pl.col("text").fill_null(UNKNOWN).alias(ANSWERS[kind]),
        "known_since",
        "source",
    )


def prompts() -> pl.DataFrame:
    """Return how long a prompt may be and what reads it.

    Columns model, text_tokens, percent_of_video_tokens, text_encoder, source.
    """
    rows = []
    for model in map(transformer, OPEN):
        if model.text is None:
            continue
        encoders = [load_model(encoder.id).name for encoder in model.text.encoders]
        rows.append(
            {
                "model": labels.short(model.name),
                "text_tokens": model.text.tokens,
                "percent_of_video_tokens": round(100 * model.text.tokens / count(model).tokens, 1),
                "text_encoder": ", ".join(encoders),
                "source": keys(model.id),
            }
        )
    return pl.DataFrame(rows)


def later_models() -> list[Transformer]:
    """Return Wan 2.1 and models that came after it and added something to its architecture."""
    return [transformer(name) for name in LATER]


def a_second(own: Mapping[str, float], as_wan: Mapping[str, float]) -> pl.DataFrame:
    """Name what a second of video costs each of LATER: columns model, cut, pflop, source.

    Parameters
    ----------
    own, as_wan : mapping of str to float
        PFLOPs by model in STEPS steps, cut as published and on tokens cut as those of Wan 2.1.
    """
    rows = []
    for name in own:
        model = transformer(name)
        for cut, pflop in zip(CUTS, (own[name], as_wan[name]), strict=True):
            row = {"model": model.name, "cut": cut, "pflop": pflop}
            rows.append(row | {"source": keys(name, model.autoencoder)})
    return pl.DataFrame(rows)


def without_audio(model: Transformer) -> Transformer:
    """Return the same model without what reads, makes or hears sound."""
    kept = {part: _silent(model, part) for part in ("layers", "tables")}
    blocks = tuple(
        block.model_copy(update={part: _silent(block, part) for part in ("layers", "attends")})
        for block in model.blocks
    )
    return model.model_copy(update={**kept, "blocks": blocks, "audio": None})


def _silent(owner: object, part: str) -> tuple[object, ...]:
    return tuple(one for one in getattr(owner, part) if "audio" not in one.name)


def shown_and_sold() -> tuple[float, float]:
    """Return the longest clip that OpenAI showed of any Sora, and that it first sold (seconds)."""
    models = tables.load("video_models").filter(maker="OpenAI")
    page.used(models["source"])
    sold = models.filter(id="sora-turbo")["shipped_s"]
    return max(models["claimed_s"].drop_nulls().to_list()), float(sold.item())
