"""What the chapter on latent patches shows: one clip on its way, and ways of cutting a clip."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import polars as pl

from rebuilt import page
from rebuilt.cost import Clip, compress, count, polynomials
from rebuilt.cost.algebra.polynomial import Polynomial
from rebuilt.cost.models.architectures import Transformer
from rebuilt.cost.models.catalogue import autoencoder_of
from rebuilt.exhibits.counted import keys, sourced, transformer
from rebuilt.page import formats, labels

SIZES = {"240p": (240, 416), "480p": (480, 832), "720p": (720, 1280), "1080p": (1088, 1920)}
OPEN = (
    *("cogvideox-5b", "cogvideox1.5-5b", "hunyuanvideo", "ltx-video-2b", "mochi-1"),
    *("open-sora-1.2", "wan2.1-t2v-14b", "allegro", "latte-1"),
)
WAN = "wan2.1-t2v-14b"
OF_ATTENTION = (WAN, "hunyuanvideo", "cogvideox-5b")
LEAST_POWER, MOST_POWER = 30, 60  # of the tenth root of ten: from a thousand to a million tokens
WAY = ["frames_stride", "side_stride", "patch_frames", "patch_side"]
ERAS = ("known on the day of the note", "published since")


def steps(name: str) -> pl.DataFrame:
    """Return what the published clip of a model is on its way: columns step, count, source."""
    model = transformer(name)
    one = count(model)
    pixels = one.clip.frames * one.clip.height * one.clip.width
    latent_pixels = one.latent.frames * one.latent.height * one.latent.width
    counts = {
        "pixel values, three a pixel": 3 * pixels,
        "pixels": pixels,
        f"latent values, {model.channels.into} a pixel": latent_pixels * model.channels.into,
        "latent pixels": latent_pixels,
        "tokens": one.tokens,
    }
    frame = pl.DataFrame({"step": list(counts), "count": list(counts.values())})
    return sourced(frame, name, model.autoencoder)


def cuts() -> pl.DataFrame:
    """Return how open models cut the clip for which each was published, finest first.

    Columns model, pixels_per_token, stride_in_time (frames), stride_a_side (pixels),
    patch_in_time and patch_a_side (latent pixels), source.
    """
    rows = []
    for model in map(transformer, OPEN):
        one, network = count(model), autoencoder_of(model).geometry
        pixels = one.clip.frames * one.clip.height * one.clip.width
        rows.append(
            {
                "model": labels.short(model.name),
                "pixels_per_token": pixels / one.tokens,
                "stride_in_time": network.frames_stride,
                "stride_a_side": network.side_stride,
                "patch_in_time": model.patch.frames,
                "patch_a_side": model.patch.height,
                "source": keys(model.id, model.autoencoder),
            }
        )
    return pl.DataFrame(rows).sort("pixels_per_token")


def in_short(cuts: pl.DataFrame) -> pl.DataFrame:
    """Write strides and patches of `cuts` as time × side, for a table that fits a phone."""
    return cuts.select(
        "model",
        pl.col("pixels_per_token").round(),
        strides=pl.format("{} × {}", "stride_in_time", "stride_a_side"),
        patch=pl.format("{} × {}", "patch_in_time", "patch_a_side"),
    )


def cut_of_wan() -> dict[str, Any]:
    """Return how Wan 2.1 cuts, as arguments of `rebuilt.cost.compress`."""
    model = transformer(WAN)
    network = autoencoder_of(model).geometry
    return {
        "frames_rule": network.frames_rule,
        "frames_stride": network.frames_stride,
        "side_stride": network.side_stride,
        "patch": (model.patch.frames, model.patch.height, model.patch.width),
    }


def by_size(ways: Mapping[str, Mapping[str, Any]], frames: int) -> pl.DataFrame:
    """Return the tokens of a clip by its size and the way of cutting.

    Parameters
    ----------
    ways : mapping of str to mapping
        Arguments of `rebuilt.cost.compress`, by the name of the way; some of Wan 2.1.
    frames : int
        Length of the clip.

    Returns
    -------
    polars.DataFrame
        Columns size, way, tokens, source.
    """
    rows = [
        {"size": size, "way": way, "tokens": compress(clip, **arguments).tokens}
        for size, (height, width) in SIZES.items()
        for clip in [Clip(frames=frames, height=height, width=width)]
        for way, arguments in ways.items()
    ]
    return sourced(pl.DataFrame(rows), WAN, transformer(WAN).autoencoder)


@cache
def _work(name: str) -> tuple[Polynomial, Polynomial]:
    """Operations of attention among tokens and of a whole forward pass."""
    rows = polynomials(transformer(name))
    return rows["self_attention"], rows["forward"]


def attention_share(model: Transformer, tokens: int) -> float:
    """Return the part of a forward pass that attention takes where a clip has so many tokens."""
    attention, forward = _work(model.id)
    sizes = {"frames": 1, "area": tokens, "text": model.text.tokens if model.text else 0}
    return float(attention.value(**sizes) / forward.value(**sizes))


def attention_by_length() -> pl.DataFrame:
    """Return attention's part of a pass: columns model, tokens, percent, source.

    Models of one width have one line, that of the first of them: theirs would coincide.
    """
    rows = [
        {
            "model": f"{names}, d = {formats.number(width)}",
            "tokens": tokens,
            "percent": 100 * attention_share(model, tokens),
            "source": keys(model.id),
        }
        for width, (model, names) in _of_widths().items()
        for tokens in (round(10 ** (power / 10)) for power in range(LEAST_POWER, MOST_POWER + 1, 2))
    ]
    return pl.DataFrame(rows)


def six_widths() -> dict[str, int]:
    """Return six times each width; names are short, because the lines stand close together."""
    narrow, *wider = sorted(_of_widths().items())
    named = {
        f"6d, {names.split()[0].rstrip('.0123456789')}": 6 * width for width, (_, names) in wider
    }
    return {"6d": 6 * narrow[0]} | named


def _of_widths() -> dict[int, tuple[Transformer, str]]:
    """Return the first of OF_ATTENTION of each width, and the names of all that have it."""
    found: dict[int, tuple[Transformer, str]] = {}
    for model in map(transformer, OF_ATTENTION):
        width, name = model.output.width, labels.short(model.name)
        first, names = found.get(width, (model, ""))
        found[width] = (first, f"{names} and {name}" if names else name)
    return found


def by_seconds(model: Transformer, longest_s: int, fps: int = 24) -> pl.DataFrame:
    """Return what one clip at 720p is by its length: columns seconds, frames, tokens, share.

    All are words; `share` is that of attention in a forward pass. A row for each second, with its
    `source`.
    """
    height, width = SIZES["720p"]
    rows = []
    for seconds in range(1, longest_s + 1):
        one = count(model, Clip(frames=1 + fps * seconds, height=height, width=width))
        rows.append(
            {
                "seconds": formats.number(seconds, "s"),
                "frames": formats.number(one.clip.frames),
                "tokens": formats.number(one.tokens),
                "share": formats.percent(one.by_group["attention"] / one.flops),
                "source": keys(model.id, model.autoencoder),
            }
        )
    return pl.DataFrame(rows)


def bills(denoise: int, decode: int, every_frame: int) -> pl.DataFrame:
    """Name the parts of two bills for a clip of Wan 2.1: columns way, part, eflop (1e18), source.

    Parameters
    ----------
    denoise, decode : int
        FLOPs of all passes and of the decoder.
    every_frame : int
        FLOPs of all passes if no frames were joined.
    """
    frame = pl.DataFrame(
        {
            "way": ["with compression in time"] * 2 + ["without it"],
            "part": ["passes of the transformer", "decoding", "passes of the transformer"],
            "eflop": [flops / 1e18 for flops in (denoise, decode, every_frame)],
        }
    )
    return sourced(frame, WAN, transformer(WAN).autoencoder)


def diffusion_transformers() -> pl.DataFrame:
    """Return the twelve networks of the study of DiT on images.

    Columns model, patch, tokens, gflop, parameters_m (millions), source.
    """
    rows = []
    for size in ("S", "B", "L", "XL"):
        for patch in (8, 4, 2):
            model = transformer(f"dit-{size.lower()}-{patch}")
            one = count(model)
            rows.append(
                {
                    "model": f"DiT-{size}",
                    "patch": patch,
                    "tokens": one.tokens,
                    "gflop": one.flops / 1e9,
                    "parameters_m": one.parameters / 1e6,
                    "source": keys(model.id, model.autoencoder),
                }
            )
    return pl.DataFrame(rows)


def ways_of_cutting(models: pl.DataFrame, clip: Clip) -> pl.DataFrame:
    """Group models that cut alike and count the tokens of a clip that each way leaves, most first.

    Parameters
    ----------
    models : polars.DataFrame
        As `rebuilt.page.family_tree.video_models` returns them.
    clip : Clip
        What is cut; its first frame stands alone.

    Returns
    -------
    polars.DataFrame
        Columns way (with the first model), cut, tokens, models (count), first_published. Ways of
        models that nobody can date are left out.
    """
    by_day = models.sort("first_day", "name", nulls_last=True)
    ways = by_day.group_by(WAY, maintain_order=True).agg(
        pl.col("first_day", "name").first(), models=pl.len()
    )
    rows = []
    for row in ways.drop_nulls("first_day").iter_rows(named=True):
        time, side, patch_time, patch_side = (row[field] for field in WAY)
        patch = (patch_time, patch_side, patch_side)
        cut = f"{time} × {side}, patch {patch_time} × {patch_side}"
        found = compress(clip, frames_stride=time, side_stride=side, patch=patch)
        rows.append(
            {
                "way": f"{_unbroken(cut)} ({labels.short(row['name'])})",
                "cut": cut,
                "tokens": found.tokens,
                "models": row["models"],
                "first_published": ERAS[row["first_day"] > page.NOTE],
            }
        )
    return pl.DataFrame(rows).sort("tokens", "cut", descending=[True, False])


def _unbroken(cut: str) -> str:
    """Return a way of cutting that breaks into lines at its comma only."""
    return cut.replace(" ", formats.SPACE).replace(f",{formats.SPACE}", ", ")
