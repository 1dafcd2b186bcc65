"""The note's paragraphs on text-to-video: lengths, difficulties, open projects, U-Nets."""

import datetime as dt

import polars as pl

from rebuilt.claims import verdicts
from rebuilt.claims.verdicts import Finding
from rebuilt.claims.vocabulary import Witness
from rebuilt.claims.wording import Claim
from rebuilt.evidence import tables
from rebuilt.evidence.facts import Event, Fact, Facts

TABLE = "video_models"
WHOLE_LIFE = "in-app purchases over its life"
QUARTER = "second quarter of 2025, more than"
LISTED = {"animatediff-1": "AnimateDiff", "make-a-video": "Make-A-Video",
          "magicanimate": "MagicAnimate"}  # fmt: skip
FIRST_PRODUCTS = ("gen-2", "pika-beta")
LEADER = "sora"  # the model that the note writes about
DIFFICULTIES = {"compute": "compute", "data sets": "data", "control": "fail to follow"}
SETTINGS = {"number of steps": "number of steps", "redraw strength": "redraw strength"}
EDITORS = {"emu-video": "Emu Video", "emu-edit": "Emu Edit"}
UPLOADED = "mean of those uploaded to TikTok, measured"


def physical_grasp(claim: Claim, facts: Facts) -> Finding:
    """Show the benchmark of physical understanding that is public."""
    del claim
    measured = facts.texts("statements", LEADER, "statement", "physics, measured")
    rule = "a benchmark of how well video models keep to physics"
    return verdicts.opinion(measured[0].text if measured else None, measured, rule)


def commercial_value(claim: Claim, facts: Facts) -> Finding:
    """Show revenue of a video model; before any was known, who sold one."""
    del claim
    revenue = facts.value("statements", "kling", "revenue_rmb_mn", QUARTER)
    cost = facts.value("statements", "sora-app", "usd_mn_per_day")
    sales = facts.value("video_demand", "sora-app", "service_revenue_usd_mn", WHOLE_LIFE)
    ended = facts.events("sora", "cancelled", "actual")
    if revenue is not None:
        quarter = QUARTER.split(",")[0]
        computed = f"Kling earned more than {revenue.number:g} million yuan in the {quarter}"
        if cost and sales and ended:
            computed += (
                f"; Sora cost about {cost.number:g} million USD a day, sold "
                f"{sales.number:g} million in all, and its end was announced {ended[0].first_day}"
            )
        used: list[Fact | Event] = [revenue, *filter(None, (cost, sales)), *ended]
        return verdicts.opinion(computed, used, "one model's revenue in a quarter, another's end")
    sold = facts.rows(TABLE, access="product", input="text")
    rule = "makers that sold text-to-video on that day; Sora was not on sale"
    makers = " and ".join(sold["maker"].unique().sort().to_list())
    return verdicts.opinion(makers or None, rows_as_facts(sold), rule)


def content_revolution(claim: Claim, facts: Facts) -> Finding:
    """Ask for the share of the industry's revenue that generated video makes."""
    del claim
    share = facts.value("statements", "content-industry", "generated_share")
    rule = "share of the content industry's revenue from generated video"
    return verdicts.opinion(
        f"{share.number:.0%}" if share else None, [share] if share else [], rule
    )


def models_appear(claim: Claim, facts: Facts) -> Finding:
    """Count the text-to-video models of the twelve months before the note and of those before."""
    del claim
    note = tables.note_date()
    rule = "text-to-video models of our table by first day: the year before the note, and before it"
    new, old = (
        facts.rows(TABLE, pl.col("first_day") > start, pl.col("first_day") <= end, input="text")
        for start, end in ((_year(note, 1), note), (_year(note, 2), _year(note, 1)))
    )
    if new.is_empty():
        return verdicts.no_evidence(rule)
    evidence = rows_as_facts(pl.concat([new, old]))
    return verdicts.states(
        f"{new.height} after {old.height}", new.height > old.height, evidence, rule
    )


def early_clip_length(claim: Claim, facts: Facts) -> Finding:
    """Take the longest clip of the first products of the two companies that the note names."""
    first = facts.rows(TABLE, pl.col("id").is_in(FIRST_PRODUCTS), pl.col("shipped_s").is_not_null())
    rule = "longest clip of the first Gen-2 and of Pika's beta (s); Gen-2 got longer in August 2023"
    if first.is_empty():
        return verdicts.no_evidence(rule)
    return verdicts.equals(claim, longest(first, "shipped_s"), rows_as_facts(first), rule)


def short_video_length(claim: Claim, facts: Facts) -> Finding:
    """Compare with the mean length of what is uploaded to the largest platform."""
    measured = facts.value("statements", "short-videos", "clip_length_s", UPLOADED)
    rule = "mean length of a video uploaded to TikTok, one day of April 2024 (s)"
    if measured is None:
        return verdicts.no_evidence(rule)
    return verdicts.equals(claim, measured.number, [measured], rule, witness=Witness.MEASURED)


def clip_length_reached(claim: Claim, facts: Facts) -> Finding:
    """Take what users could make in one piece; what a maker only shows is another reading.

    A model that reaches the length after the note comes late for a claim in the perfect tense.
    """
    shipped = facts.rows(TABLE, pl.col("shipped_s").is_not_null()).sort("first_day", "id")
    leader = facts.rows(TABLE, pl.col("claimed_s").is_not_null(), id=LEADER)
    rule = "longest clip that users of any model could make in one piece (s)"
    if shipped.is_empty():
        return verdicts.no_evidence(rule)
    reached = shipped.filter(pl.col("shipped_s") >= claim.number)
    if not reached.is_empty() and reached["first_day"][0] > tables.note_date():
        first = reached.head(1)
        return verdicts.late(
            f"{first['name'][0]}, {first['first_day'][0]}", rows_as_facts(first), rule
        )
    best = shipped.sort("shipped_s", "id", descending=[True, False]).head(1)
    readings = {} if leader.is_empty() else {"as shown by its maker": longest(leader, "claimed_s")}
    evidence = rows_as_facts(best.vstack(leader))
    return verdicts.equals(claim, longest(best, "shipped_s"), evidence, rule, readings=readings,
                           witness=Witness.MAKER)  # fmt: skip


def challenges(claim: Claim, facts: Facts) -> Finding:
    """Look for each of the three difficulties in what others wrote before."""
    del claim
    said = facts.texts("statements", "text-to-video", "statement", "challenges")
    said += facts.texts("statements", LEADER, "statement", "control, limit")
    rule = "difficulties that others named before the note"
    return verdicts.listed(_found(DIFFICULTIES, said), said, rule)


def stable_video_diffusion(claim: Claim, facts: Facts) -> Finding:
    """Look for the day of the release."""
    del claim
    rows = facts.rows(TABLE, id="svd")
    rule = "day on which Stable Video Diffusion was released"
    if rows.is_empty():
        return verdicts.no_evidence(rule)
    return verdicts.states(f"released {rows['first_day'][0]}", True, rows_as_facts(rows), rule)


def svd_settings(claim: Claim, facts: Facts) -> Finding:
    """Look for the two settings among the arguments of the published sampling script."""
    del claim
    settings = facts.texts("statements", "svd", "statement", "settings")
    rule = (
        "settings of the published script; the nearest to a redraw strength is the noise that is "
        "added to the input image"
    )
    found = {
        name: any(word in (fact.text or "") for fact in settings) if settings else None
        for name, word in SETTINGS.items()
    }
    return verdicts.listed(found, settings, rule)


def svd_control(claim: Claim, facts: Facts) -> Finding:
    """Show the settings; how precise a creator's control is nobody measured."""
    del claim
    settings = facts.texts("statements", "svd", "statement", "settings")
    rule = "the settings that the published script has; none of them places anything in the picture"
    return verdicts.opinion(settings[0].text if settings else None, settings, rule)


def meta_features(claim: Claim, facts: Facts) -> Finding:
    """Ask of each of the two announced models whether it edits video, and whether it was launched.

    What Meta announced are two research models; that they are two and its own is the part that is
    right.
    """
    del claim
    said = {name: facts.texts("statements", subject, "statement", "what it edits")
            for subject, name in EDITORS.items()}  # fmt: skip
    used = [fact for texts in said.values() for fact in texts]
    rule = "what the two models of Meta's announcement edit; both were research, not features"
    if not used:
        return verdicts.no_evidence(rule)
    editing = [name for name, texts in said.items()
               if any((fact.text or "").startswith("video") for fact in texts)]  # fmt: skip
    computed = "; ".join(f"{name}: {texts[0].text}" for name, texts in said.items() if texts)
    both = all(said.values())
    return verdicts.states(computed, len(editing) == len(said), used, rule, partly=both)


def open_source(claim: Claim, facts: Facts) -> Finding:
    """Ask of each of the three named projects whether its weights can be had."""
    del claim
    named = facts.rows(TABLE, pl.col("id").is_in(list(LISTED)))
    access = dict(named.select("id", "access").iter_rows())
    found = {
        name: access[model] == "weights" if model in access else None
        for model, name in LISTED.items()
    }
    rule = "of the named projects, those whose makers published the weights"
    return verdicts.listed(found, rows_as_facts(named), rule)


def unet_mainstream(claim: Claim, facts: Facts) -> Finding:
    """Count the networks of the diffusion models that were public on the day of the note."""
    del claim
    known = facts.rows(
        TABLE,
        pl.col("backbone").is_in(["u-net", "transformer"]),
        pl.col("last_day") <= tables.note_date(),
    )
    rule = "diffusion models of our table by the day of the note whose network is named"
    if known.is_empty():
        return verdicts.no_evidence(rule)
    unet = known.filter(backbone="u-net").height
    computed = f"{unet} U-Nets, {known.height - unet} transformers"
    return verdicts.states(computed, 2 * unet > known.height, rows_as_facts(known), rule)


def longest(models: pl.DataFrame, column: str) -> float:
    """Return the largest length of a frame that has at least one, in seconds."""
    return float(models.get_column(column).drop_nulls().to_numpy().max())


def rows_as_facts(models: pl.DataFrame) -> list[Fact]:
    """Return the rows of a table with one source a row as evidence for a verdict."""
    return [
        Fact(value=None, text=row["id"], unit="text", source=row["source"],
             known_since=row["known_since"])
        for row in models.iter_rows(named=True)
    ]  # fmt: skip


def _found(wanted: dict[str, str], said: list[Fact]) -> dict[str, bool | None]:
    """Say of each item whether a text names it; what no text names was not found."""
    return {
        name: True if any(word in (fact.text or "") for fact in said) else None
        for name, word in wanted.items()
    }


def _year(day: dt.date, back: int) -> dt.date:
    return day.replace(year=day.year - back)
