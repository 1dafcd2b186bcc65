"""The note's paragraphs on Sora: the day, the length, the architecture.

Most of what they say can be known from OpenAI alone, so the verdicts name it as the witness.
"""

from collections.abc import Sequence

import polars as pl

from rebuilt.claims import verdicts
from rebuilt.claims.checks.text_to_video import LEADER, TABLE, longest, rows_as_facts
from rebuilt.claims.verdicts import Finding
from rebuilt.claims.vocabulary import Witness
from rebuilt.claims.wording import Claim
from rebuilt.evidence import tables
from rebuilt.evidence.facts import Fact, Facts

MAKER = "OpenAI"
SAID_LENGTH = "said by OpenAI, February 2024"
COMPRESSED = ("svd", "hunyuanvideo", "ltx-video")
RATIO = "pixel values over latent values"
CAUSES = {
    "patches": ("patches", "well"),
    "native size": ("native size", "better"),
    "captions": ("from DALL-E 3", "more closely"),
    "prompts": ("prompts", "high quality"),
}


def appears_suddenly(claim: Claim, facts: Facts) -> Finding:
    """Count the video models with a transformer that were public before Sora."""
    del claim
    rule = "models for video with a transformer that were public before Sora"
    leader = facts.rows(TABLE, id=LEADER)
    if leader.is_empty():
        return verdicts.no_evidence(rule)
    before = facts.rows(
        TABLE,
        pl.col("backbone").str.starts_with("transformer"),
        pl.col("last_day") < leader["first_day"][0],
    )
    names = ", ".join(before.sort("last_day", "id")["name"].to_list()) or "none"
    evidence = rows_as_facts(pl.concat([leader, before]))
    return verdicts.opinion(f"{before.height}: {names}", evidence, rule)


def release_date(claim: Claim, facts: Facts) -> Finding:
    """Compare the day of the preview by the calendar of East Asia, then of the United States."""
    events = facts.events("sora", "announced", "actual")
    rule = "Sora, day of the preview in either time zone (no release: users got none of it)"
    return verdicts.dated(claim, events, rule)


def demo_contents(claim: Claim, facts: Facts) -> Finding:
    """Look for the three contents in what OpenAI wrote with its demonstrations."""
    del claim
    rule = "contents of the demonstrations by OpenAI's own words"
    return _listed(facts, "camera and characters", ("characters", "scenes", "camera"), rule)


def year_before(claim: Claim, facts: Facts) -> Finding:
    """Set the clips of the first product of the year before beside Sora's."""
    del claim
    rule = (
        "length of a clip of the first text-to-video product, beside what Sora's maker claims (s)"
    )
    leader = facts.rows(TABLE, id=LEADER)
    sold = facts.rows(TABLE, pl.col("shipped_s").is_not_null(), _by_then()).sort("last_day", "id")
    if leader.is_empty() or sold.is_empty():
        return verdicts.no_evidence(rule)
    first = sold.head(1)
    lengths = f"{longest(first, 'shipped_s'):g} against {longest(leader, 'claimed_s'):g}"
    used = rows_as_facts(pl.concat([leader, first]))
    return verdicts.opinion(f"{first['name'][0]}: {lengths}", used, rule)


def length_vs_peers(claim: Claim, facts: Facts) -> Finding:
    """Compare the claimed length with those of the models that were public by then."""
    del claim
    rule = "longest clip that the maker of a model public by then claims (s), products in brackets"
    leader = facts.rows(TABLE, id=LEADER)
    claims = facts.rows(
        TABLE, pl.col("claimed_s").is_not_null(), _by_then(), pl.col("maker") != MAKER
    )
    if leader.is_empty() or claims.is_empty():
        return verdicts.no_evidence(rule)
    ours, theirs = longest(leader, "claimed_s"), longest(claims, "claimed_s")
    sold = claims.filter(pl.col("shipped_s").is_not_null())
    best = 0.0 if sold.is_empty() else longest(sold, "shipped_s")
    computed = f"Sora {ours:g}, others {theirs:g} ({best:g})"
    evidence = rows_as_facts(pl.concat([leader, claims]))
    return verdicts.states(
        computed, ours > theirs, evidence, rule, partly=ours > best, witness=Witness.MAKER
    )


def dalle3_quality(claim: Claim, facts: Facts) -> Finding:
    """Look for picture quality in what OpenAI says it took from DALL-E 3."""
    del claim
    rule = "picture quality among the things that OpenAI says it took from DALL-E 3"
    said = _texts(facts, "from DALL-E 3") + _texts(facts, "picture quality of DALL-E 3")
    naming = [fact for fact in said if "picture quality" in (fact.text or "")]
    if naming:
        return verdicts.told(naming, ("picture quality",), rule, witness=Witness.MAKER)
    return verdicts.no_evidence(rule, said[0].text if said else None, said)


def dalle3_instructions(claim: Claim, facts: Facts) -> Finding:
    """Weigh the method that was taken over against the limit that OpenAI admits."""
    del claim
    rule = "the method taken from DALL-E 3, and the limit that OpenAI's launch page admits"
    said, limit = _texts(facts, "from DALL-E 3"), _texts(facts, "control, limit")
    if not said:
        return verdicts.no_evidence(rule)
    computed = "; but it ".join(fact.text or "" for fact in [*said[:1], *limit[:1]])
    whole = not limit
    return verdicts.states(
        computed, whole, [*said, *limit], rule, partly=True, witness=Witness.MAKER
    )


def clip_length(claim: Claim, facts: Facts) -> Finding:
    """Compare the longest clip in one piece that users ever got, OpenAI's statement before.

    What is joined to a clip afterwards is another reading of its length.
    """
    shipped = facts.rows(TABLE, pl.col("shipped_s").is_not_null(), maker=MAKER)
    said = facts.value("statements", "sora", "clip_length_s", SAID_LENGTH)
    if not shipped.is_empty():
        rule = (
            "longest clip in one piece that any Sora made for its users (s), by the limits of the "
            "product; nobody outside could see what the model does beyond them"
        )
        found = verdicts.equals(claim, longest(shipped, "shipped_s"), rows_as_facts(shipped), rule,
                                witness=Witness.MEASURED)  # fmt: skip
        ends = facts.events("sora", "cancelled", "actual")
        return verdicts.outlasted(found, ends, unit=claim.unit)
    rule = "longest clip by OpenAI's statement (s); nobody outside could check it"
    if said is None:
        return verdicts.no_evidence(rule)
    return verdicts.equals(claim, said.number, [said], rule, witness=Witness.MAKER)


def camera_angles(claim: Claim, facts: Facts) -> Finding:
    """Look for several shots in one video among the strengths that OpenAI names."""
    del claim
    rule = "several shots in one video, by OpenAI's launch page"
    return verdicts.told(_texts(facts, "strengths"), ("shots",), rule, witness=Witness.MAKER)


def physical_world(claim: Claim, facts: Facts) -> Finding:
    """Take a measurement where there is one, before it OpenAI's words on ability and limit."""
    del claim
    measured = _texts(facts, "physics, measured")
    if measured:
        rule = "a benchmark of physical understanding that Sora took part in"
        return verdicts.states(
            measured[0].text or "", False, measured, rule, partly=True, witness=Witness.MEASURED
        )
    able, limit = _texts(facts, "physics, ability"), _texts(facts, "physics, limit")
    rule = "OpenAI's own words of the same day on the ability and on its limit; not measured"
    if not able:
        return verdicts.no_evidence(rule)
    computed = "; but it ".join(fact.text or "" for fact in [*able[:1], *limit[:1]])
    used = [*able, *limit]
    return verdicts.states(
        computed, not limit, used, rule, partly=bool(limit), witness=Witness.MAKER
    )


def three_strengths(claim: Claim, facts: Facts) -> Finding:
    """Look for the three strengths in OpenAI's own list; whether it has them is asked elsewhere."""
    del claim
    rule = "strengths that OpenAI's launch page claims; whether they are real is judged apart"
    return _listed(facts, "strengths", ("minute", "shots", "physical world"), rule)


def effect_causes(claim: Claim, facts: Facts) -> Finding:
    """Ask of each reason whether OpenAI's report ties it to a better result."""
    del claim
    rule = "reasons that OpenAI's report ties to a better result; nobody outside could measure"
    said = {name: _texts(facts, condition) for name, (condition, _) in CAUSES.items()}
    found = {
        name: True if any(CAUSES[name][1] in (fact.text or "") for fact in texts) else None
        for name, texts in said.items()
    }
    used = [fact for texts in said.values() for fact in texts]
    return verdicts.listed(found, used, rule, witness=Witness.MAKER)


def flexible_sampling(claim: Claim, facts: Facts) -> Finding:
    """Look for flexible sampling in the report."""
    del claim
    return _says(facts, "native size", ("flexible sampling",), "OpenAI's report")


def native_training(claim: Claim, facts: Facts) -> Finding:
    """Look for native size and length in the report."""
    del claim
    return _says(facts, "native size", ("variable length, size",), "OpenAI's report")


def recaptioning(claim: Claim, facts: Facts) -> Finding:
    """Look for captions of all training videos by the method of DALL-E 3."""
    del claim
    rule = "OpenAI's report; neither the captioner nor the quality of its captions is published"
    return _says(facts, "captions", ("all videos", "DALL-E 3"), rule)


def prompt_expansion(claim: Claim, facts: Facts) -> Finding:
    """Look for the expansion of prompts by GPT."""
    del claim
    rule = "OpenAI's report"
    return _says(facts, "prompts", ("GPT", "longer", "goes to the video model"), rule)


def diffusion_transformer(claim: Claim, facts: Facts) -> Finding:
    """Look for both words in the report."""
    del claim
    return _says(facts, "architecture", ("diffusion", "transformer"), "OpenAI's report")


def learns_relations(claim: Claim, facts: Facts) -> Finding:
    """Look for training on pictures together with words on what they show."""
    del claim
    rule = "OpenAI's report: what Sora is trained on; what it learns by that was not examined"
    return _says(facts, "captions", ("captions", "training set"), rule)


def token_credit(claim: Claim, facts: Facts) -> Finding:
    """Ask whether the report credits tokens with a part of the success."""
    del claim
    return _says(facts, "tokens", ("owe their success",), "OpenAI's report, which says: in part")


def token_unify(claim: Claim, facts: Facts) -> Finding:
    """Look for the three kinds of text that tokens unify."""
    del claim
    words = ("unify", "code", "mathematics", "natural languages")
    return _says(facts, "tokens", words, "OpenAI's report")


def token_scale(claim: Claim, facts: Facts) -> Finding:
    """Ask whether the report ties that unity to training at scale, of text or of video."""
    del claim
    of_text, of_video = _texts(facts, "tokens"), _texts(facts, "patches")
    rule = (
        "what OpenAI's report names as enabling training at large scale: one representation of "
        "visual data; of text it says only that tokens are part of the success"
    )
    told = [fact for fact in (*of_text, *of_video) if "scale" in (fact.text or "")]
    if not told:
        return verdicts.caused(("scale",), of_text, rule, witness=Witness.MAKER)
    whole = any(fact in of_text for fact in told)
    return verdicts.states(told[0].text or "", whole, [*of_text, *told], rule, partly=True,
                           witness=Witness.MAKER)  # fmt: skip


def patches_as_tokens(claim: Claim, facts: Facts) -> Finding:
    """Ask whether patches stand for tokens, and whether they were new."""
    del claim
    said = _texts(facts, "patches")
    rule = "OpenAI's report: the part that patches play, and whether OpenAI created them"
    if not said:
        return verdicts.no_evidence(rule)
    text = said[0].text or ""
    play = "part of text tokens" in text
    new = play and "earlier work" not in text
    return verdicts.states(text, new, said, rule, partly=play, witness=Witness.MAKER)


def compression_purpose(claim: Claim, facts: Facts) -> Finding:
    """Ask what is given as the reason, by the report or by the paper whose transformer it names."""
    del claim
    said = _texts(facts, "compression")
    method = facts.texts("statements", "latent-diffusion", "statement", "why a latent space")
    rule = (
        "reason for the compression: OpenAI's report gives none; the paper that it cites for the "
        "transformer names the compute, of pixels and not of the transformer"
    )
    if not (said and method):
        return verdicts.caused(("compute",), said, rule, witness=Witness.MAKER)
    computed = f"{said[0].text}; {method[0].text}"
    whole = "compute" in (said[0].text or "")
    return verdicts.states(computed, whole, [*said, *method], rule, partly=True,
                           witness=Witness.MAKER)  # fmt: skip


def compression_network(claim: Claim, facts: Facts) -> Finding:
    """Look for the network and for the order of the two steps."""
    del claim
    return _says(facts, "compression", ("compresses video", "patches are cut"), "OpenAI's report")


def less_input(claim: Claim, facts: Facts) -> Finding:
    """Divide pixel values by latent values for models whose network is public."""
    del claim
    found = [facts.value("statements", name, "compression_ratio", RATIO) for name in COMPRESSED]
    known = [fact for fact in found if fact is not None]
    rule = "pixel values over latent values of open models; Sora's own sizes are not published"
    if not known:
        return verdicts.no_evidence(rule)
    least, most = (pick(fact.number for fact in known) for pick in (min, max))
    computed = f"{least:g}" if least == most else f"{least:g} to {most:g}"
    return verdicts.states(f"{computed} times fewer values", least > 1, known, rule)


def _by_then() -> pl.Expr:
    """Models that were public by the day of the note, whatever day the evidence is of."""
    return pl.col("last_day") <= tables.note_date()


def _texts(facts: Facts, condition: str) -> list[Fact]:
    return facts.texts("statements", "sora", "statement", condition)


def _listed(facts: Facts, condition: str, words: Sequence[str], rule: str) -> Finding:
    """Ask of each item whether OpenAI's text names it; an item left out contradicts nothing."""
    said = _texts(facts, condition)
    found = {word: True if any(word in (f.text or "") for f in said) else None for word in words}
    return verdicts.listed(found, said, rule, witness=Witness.MAKER)


def _says(facts: Facts, condition: str, words: Sequence[str], rule: str) -> Finding:
    return verdicts.told(_texts(facts, condition), words, rule, witness=Witness.MAKER)
