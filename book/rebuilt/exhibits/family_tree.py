"""What the chapter on the family tree shows: published models at one clip, and those of images."""

import polars as pl

from rebuilt.cost import Clip, count, load_model, model_ids
from rebuilt.cost.models.architectures import Transformer, UNet
from rebuilt.page import family_tree, labels

FAMILIES, OTHERS = 5, "others"  # the largest families have a colour each
AT_WORK, HELD = "at work in a pass", "held by experts"
LABELS = {  # of points, where there is room
    "cogvideox-2b": "CogVideoX-2B",
    "cosmos-predict2-14b-v2w": "Cosmos-Predict2 14B",
    "cosmos3-nano": "Cosmos 3 Nano",
    "ltx-2.5": "LTX-2.5",
    "ltx-video-2b": "LTX-Video 2B",
    "minimax-h3": "MiniMax-H3",
    "mochi-1": "Mochi 1",
    "movie-gen-30b": "Movie Gen",
    "open-sora-1.2": "Open-Sora 1.2",
    "sana-video-2b": "SANA-Video",
    "svd": "SVD XT",
    "wan2.2-t2v-a14b": "Wan 2.2 A14B",
    "wan2.2-ti2v-5b": "Wan 2.2 5B",
}
LINEAR = "sana-video-2b"  # the one whose attention is linear in the tokens
OF_FEW = ("ltx-2.5", "svd")  # what every chart names
NAMED = {
    "cost": ("cosmos3-nano", "ltx-video-2b", "minimax-h3", "open-sora-1.2", "sana-video-2b"),
    "tokens": ("ltx-video-2b", "mochi-1", "open-sora-1.2", "wan2.2-ti2v-5b"),
    "parameters": ("cosmos3-nano", "minimax-h3", "mochi-1", "movie-gen-30b"),
    "held": ("wan2.2-t2v-a14b",),
    "attention": (
        *("cogvideox-2b", "cosmos-predict2-14b-v2w", "ltx-video-2b", "mochi-1"),
        *("movie-gen-30b", "open-sora-1.2", "sana-video-2b"),
    ),
}


def models(clip: Clip, fps: float) -> pl.DataFrame:
    """Count one clip on every published model of video, the largest families first.

    Returns
    -------
    polars.DataFrame
        Columns id, model, family, group (a family, or others), public (its date as precisely as
        it is known), first_day, year, clip, frames, tokens, PFLOP_a_second, at_work_bn and held_bn
        (parameters), attention_percent (of a pass), source. What depends on the clip is empty
        where a model takes none like it.
    """
    found = family_tree.video_models(clip, fps=fps)
    counted = found.drop_nulls("clip")["family"].value_counts()
    largest = counted.sort("count", "family", descending=[True, False])["family"].head(FAMILIES)
    order = {name: place for place, name in enumerate([*largest, OTHERS])}
    sources = [
        family_tree.sources(found.filter(id=name))["source"].to_list() for name in found["id"]
    ]
    grouped = pl.when(pl.col("family").is_in(largest.to_list())).then("family")
    return (
        found.with_columns(group=grouped.otherwise(pl.lit(OTHERS)), source=pl.Series(sources))
        .sort(pl.col("group").replace_strict(order), "first_day", "id", nulls_last=True)
        .select(
            "id",
            "family",
            "group",
            "first_day",
            "clip",
            "frames",
            "tokens",
            "source",
            year=pl.col("first_day").dt.year(),
            model="name",
            public="released",
            PFLOP_a_second=pl.col("flops_per_s") / 1e15,
            at_work_bn=pl.col("parameters_at_work") / 1e9,
            held_bn=pl.col("parameters_held") / 1e9,
            attention_percent=100 * pl.col("attention_share"),
        )
    )


def named(models: pl.DataFrame, chart: str, by: str | None = None) -> pl.DataFrame:
    """Add the column label: what a chart of `NAMED` writes at few models, null at the others.

    Where `by` names the amount of the chart, its least and its most are among them.
    """
    ends = models.drop_nulls(by).sort(by)[[0, -1]] if by else models.clear()
    short = {row["id"]: labels.short(row["model"]) for row in ends.iter_rows(named=True)}
    names = short | {name: LABELS[name] for name in (*OF_FEW, *NAMED[chart])}
    label = pl.col("id").replace_strict(names, default=None, return_dtype=pl.String)
    return models.with_columns(label=label)


def parameters(models: pl.DataFrame) -> pl.DataFrame:
    """Return what works at a time, and what experts hold beside it.

    Columns model, public, first_day, which, parameters_bn, label, source.
    """
    experts = models.filter(pl.col("held_bn") > pl.col("at_work_bn"))
    kept = ("model", "public", "first_day", "label", "source")
    at_work, held = named(models, "parameters"), named(experts, "held")
    return pl.concat(
        [
            at_work.select(*kept, which=pl.lit(AT_WORK), parameters_bn="at_work_bn"),
            held.select(*kept, which=pl.lit(HELD), parameters_bn="held_bn"),
        ]
    )


def short_names(models: pl.DataFrame) -> str:
    """Name models in a list for a sentence."""
    return ", ".join(map(labels.short, models["model"]))


def listed(models: pl.DataFrame) -> pl.DataFrame:
    """Return the table of all models by date: model, public, cost, tokens, parameters, clip."""
    return models.sort("first_day", "model", nulls_last=True).select(
        pl.col("model").map_elements(labels.short, return_dtype=pl.String),
        pl.col("public").fill_null("not found"),
        pl.col("PFLOP_a_second").round(1),
        "tokens",
        parameters_bn=pl.col("at_work_bn").round(1),
        clip=pl.col("clip")
        .str.replace(r"(\d+) frames of (\d+)x\d+", "$1 x ${2}p")
        .fill_null("none like it"),
    )


def images() -> pl.DataFrame:
    """Count every published model of images at its own size, by date.

    Columns model, public, TFLOP_a_pass, tokens, parameters_bn, picture, source.
    """
    rows = []
    for name in model_ids():
        model = load_model(name)
        if not isinstance(model, Transformer | UNet) or not model.clip.image:
            continue
        if not family_tree.is_published(model):
            continue
        found = count(model)
        rows.append(
            {
                "model": labels.short(model.name),
                "public": model.released.date if model.released else "not found",
                "TFLOP_a_pass": found.flops / 1e12,
                "tokens": found.tokens,
                "parameters_bn": found.parameters / 1e9,
                "picture": f"{found.clip.height} × {found.clip.width}",
                "source": family_tree.sources(pl.DataFrame({"id": [name]}))["source"].to_list(),
            }
        )
    two_digits = pl.col("TFLOP_a_pass", "parameters_bn").round_sig_figs(2)
    return pl.DataFrame(rows).sort("public", "model").with_columns(two_digits)
