"""The note's paragraphs on text-to-video: lengths, difficulties, open projects, U-Nets."""

import polars as pl

from rebuilt.claims import verdicts
from rebuilt.claims.verdicts import Claim, Finding
from rebuilt.evidence import tables
from rebuilt.evidence.facts import Fact, Facts

TABLE = "video_models"
QUARTER = "second quarter of 2025, more than"
LISTED = ("animatediff-1", "make-a-video", "magicanimate")
FIRST_PRODUCTS = ("gen-2", "pika-beta")
LEADER = "sora"  # the model that the note writes about
DIFFICULTIES = ("compute", "data", "fail to follow")
SETTINGS = {"steps": "steps", "redraw strength": "noise on the input image"}


def commercial_value(claim: Claim, facts: Facts) -> Finding:
    """Ask for revenue of a video model; before any was known, for models on sale."""
    del claim
    revenue = facts.value("statements", "kling", "revenue_rmb_mn", QUARTER)
    if revenue is not None:
        rule = "revenue of a video model (Kling) in one quarter"
        computed = f"more than {revenue.number:g} million yuan"
        return verdicts.states(computed, revenue.number > 0, [revenue], rule)
    sold = facts.frame(TABLE).filter(access="product", input="text")
    rule = "models on sale; the claim is about those that come close to reality, led by Sora"
    if sold.is_empty():
        return verdicts.no_evidence(rule)
    leader = LEADER in sold["id"].to_list()
    makers = " and ".join(sold["maker"].unique().sort().to_list())
    computed = f"{makers} sell one; Sora is {'one of them' if leader else 'not on sale'}"
    return verdicts.states(computed, leader, rows_as_facts(sold), rule, partly=not leader)


def content_revolution(claim: Claim, facts: Facts) -> Finding:
    """Ask for the share of the industry's revenue that generated video makes."""
    del claim
    share = facts.value("statements", "content-industry", "generated_share")
    rule = "share of the content industry's revenue from generated video, at least a half"
    if share is not None:
        return verdicts.states(f"{share.number:.0%}", share.number >= 0.5, [share], rule)
    ended = facts.events("sora", "cancelled", "actual")
    if not ended:
        return verdicts.no_evidence(rule)
    computed = f"share unknown; Sora's end was announced {ended[0].first_day}"
    return verdicts.pending(computed, ended, rule)


def early_clip_length(claim: Claim, facts: Facts) -> Finding:
    """Take the longest clip of the first products of the two companies that the note names."""
    first = facts.frame(TABLE).filter(
        pl.col("id").is_in(FIRST_PRODUCTS), pl.col("shipped_s").is_not_null()
    )
    rule = "longest clip of the first Gen-2 and of Pika's beta (s); Gen-2 got longer in August 2023"
    if first.is_empty():
        return verdicts.no_evidence(rule)
    return verdicts.equals(claim, longest(first, "shipped_s"), rows_as_facts(first), rule)


def clip_length_reached(claim: Claim, facts: Facts) -> Finding:
    """Take what users could make in one piece; what was only shown is another reading."""
    models = facts.frame(TABLE)
    shipped = models.filter(pl.col("shipped_s").is_not_null())
    rule = "longest clip that users of any model could make in one piece (s)"
    if shipped.is_empty():
        return verdicts.no_evidence(rule)
    best = shipped.sort("shipped_s", "id", descending=[True, False]).head(1)
    reached = longest(best, "shipped_s")
    if reached >= claim.number:
        return verdicts.at_least(claim, reached, rows_as_facts(best), rule)
    leader = models.filter(pl.col("claimed_s").is_not_null(), id=LEADER)
    readings = {} if leader.is_empty() else {"as shown by its maker": longest(leader, "claimed_s")}
    return verdicts.equals(
        claim, reached, rows_as_facts(best.vstack(leader)), rule, readings=readings
    )


def challenges(claim: Claim, facts: Facts) -> Finding:
    """Look for each of the three difficulties in what others wrote before."""
    found = facts.texts("statements", "text-to-video", "statement", "challenges")
    found += facts.texts("statements", LEADER, "statement", "control, limit")
    rule = "difficulties that others named: compute, data sets, control"
    if not found:
        return verdicts.no_evidence(rule)
    named = sum(any(word in (fact.text or "") for fact in found) for word in DIFFICULTIES)
    return verdicts.equals(claim, float(named), found, rule)


def stable_video_diffusion(claim: Claim, facts: Facts) -> Finding:
    """Look for the two settings among the arguments of the published sampling script."""
    del claim
    settings = facts.texts("statements", "svd", "statement", "settings")
    rule = "settings of the published script; noise on the input image counts as redraw strength"
    if not settings:
        return verdicts.no_evidence(rule)
    text = settings[0].text or ""
    named = [setting for setting, words in SETTINGS.items() if words in text]
    return verdicts.states(text, len(named) == len(SETTINGS), settings, rule, partly=bool(named))


def meta_features(claim: Claim, facts: Facts) -> Finding:
    """Ask of each of the two announced models what it edits."""
    found = [
        fact
        for subject in ("emu-video", "emu-edit")
        for fact in facts.texts("statements", subject, "statement", "what it edits")
    ]
    rule = "what the two models of Meta's announcement edit; both were research, not features"
    if not found:
        return verdicts.no_evidence(rule)
    editing = sum((fact.text or "").startswith("video") for fact in found)
    computed = "; ".join(fact.text or "" for fact in found)
    both = len(found) == int(claim.number)
    return verdicts.states(computed, editing == int(claim.number), found, rule, partly=both)


def open_source(claim: Claim, facts: Facts) -> Finding:
    """Count those of the three named projects whose weights can be had."""
    named = facts.frame(TABLE).filter(pl.col("id").is_in(LISTED))
    rule = "of AnimateDiff, Make-A-Video and MagicAnimate, those whose weights are public"
    if named.is_empty():
        return verdicts.no_evidence(rule)
    public = named.filter(access="weights").height
    return verdicts.equals(claim, float(public), rows_as_facts(named), rule)


def unet_mainstream(claim: Claim, facts: Facts) -> Finding:
    """Count the networks of the diffusion models that were public on the day of the note."""
    del claim
    known = facts.frame(TABLE).filter(
        pl.col("backbone").is_in(["u-net", "transformer"]),
        pl.col("known_since") <= tables.note_date(),
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
