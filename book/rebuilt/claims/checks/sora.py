"""The note's paragraphs on Sora: the day, the length, the architecture."""

from collections.abc import Sequence

import polars as pl

from rebuilt.claims import verdicts
from rebuilt.claims.checks.text_to_video import LEADER, TABLE, longest, rows_as_facts
from rebuilt.claims.verdicts import Claim, Finding
from rebuilt.evidence.facts import Fact, Facts

MAKER = "OpenAI"
SAID_LENGTH = "said by OpenAI, February 2024"
COMPRESSED = ("svd", "hunyuanvideo", "ltx-video")
RATIO = "pixel values over latent values"


def appears_suddenly(claim: Claim, facts: Facts) -> Finding:
    """Count the video models with a transformer that were public before Sora."""
    del claim
    rule = "models for video with a transformer, public before Sora"
    models = facts.frame(TABLE)
    leader = models.filter(id=LEADER)
    if leader.is_empty():
        return verdicts.no_evidence(rule)
    before = models.filter(
        pl.col("backbone").str.starts_with("transformer"),
        pl.col("last_day") < leader["first_day"][0],
    )
    names = ", ".join(before.sort("last_day", "id")["name"].to_list()) or "none"
    evidence = rows_as_facts(pl.concat([leader, before]))
    return verdicts.states(f"{before.height}: {names}", before.is_empty(), evidence, rule)


def release_date(claim: Claim, facts: Facts) -> Finding:
    """Compare the day of the preview by the calendar of East Asia, then of the United States."""
    events = facts.events("sora", "announced", "actual")
    rule = "Sora, day of the preview in either time zone (no release: users got none of it)"
    return verdicts.dated(claim, events, rule)


def demo_contents(claim: Claim, facts: Facts) -> Finding:
    """Look for the three contents in what OpenAI wrote with its demonstrations."""
    return _named(
        claim, facts, "camera and characters", ("characters", "scenes", "camera"),
        "contents of the demonstrations by OpenAI's own words",
    )  # fmt: skip


def length_vs_peers(claim: Claim, facts: Facts) -> Finding:
    """Compare what was shipped where Sora was shipped, what was claimed before."""
    del claim
    models = facts.frame(TABLE)
    own, others = models.filter(maker=MAKER), models.filter(pl.col("maker") != MAKER)
    column, rule = "shipped_s", "longest clip that users can make in one piece (s)"
    if own["shipped_s"].drop_nulls().is_empty():
        column, rule = "claimed_s", "longest clip that a maker claims (s), products in brackets"
    own, peers = (part.filter(pl.col(column).is_not_null()) for part in (own, others))
    if own.is_empty() or peers.is_empty():
        return verdicts.no_evidence(rule)
    ours, theirs = longest(own, column), longest(peers, column)
    computed = f"Sora {ours:g}, others {theirs:g}"
    sold = others.filter(pl.col("shipped_s").is_not_null())
    partly = False
    if column == "claimed_s" and not sold.is_empty():
        best = longest(sold, "shipped_s")
        computed, partly = f"{computed} ({best:g})", ours > best
    evidence = rows_as_facts(pl.concat([own, peers]))
    return verdicts.states(computed, ours > theirs, evidence, rule, partly=partly)


def dalle3_inheritance(claim: Claim, facts: Facts) -> Finding:
    """Look for both inherited things in what OpenAI says it took from DALL-E 3."""
    del claim
    return _says(
        facts, "from DALL-E 3", ("instructions", "picture quality"),
        "what OpenAI says it took from DALL-E 3: a method, no picture quality",
    )  # fmt: skip


def clip_length(claim: Claim, facts: Facts) -> Finding:
    """Compare the longest clip that was ever shipped, OpenAI's statement before."""
    shipped = facts.frame(TABLE).filter(pl.col("shipped_s").is_not_null(), maker=MAKER)
    if not shipped.is_empty():
        rule = "longest clip that users of any Sora could make (s)"
        evidence = rows_as_facts(shipped)
        return verdicts.equals(claim, longest(shipped, "shipped_s"), evidence, rule, measured=True)
    said = facts.value("statements", "sora", "clip_length_s", SAID_LENGTH)
    rule = "longest clip by OpenAI's statement (s); nobody outside could check it"
    if said is None:
        return verdicts.no_evidence(rule)
    return verdicts.equals(claim, said.number, [said], rule)


def physical_world(claim: Claim, facts: Facts) -> Finding:
    """Weigh OpenAI's own statement of the ability against its own statement of the limit."""
    del claim
    able = facts.texts("statements", "sora", "statement", "physics, ability")
    limit = facts.texts("statements", "sora", "statement", "physics, limit")
    rule = "OpenAI's own words of the same day on the ability and on its limit; not measured"
    if not able:
        return verdicts.no_evidence(rule)
    computed = "; but it ".join(fact.text or "" for fact in [*able[:1], *limit[:1]])
    return verdicts.states(computed, not limit, [*able, *limit], rule, partly=bool(limit))


def three_strengths(claim: Claim, facts: Facts) -> Finding:
    """Look for the three strengths in OpenAI's own list; whether it has them is asked elsewhere."""
    return _named(
        claim, facts, "strengths", ("minute", "shots", "physical world"),
        "strengths that OpenAI's launch page claims; whether they are real is judged apart",
    )  # fmt: skip


def native_training(claim: Claim, facts: Facts) -> Finding:
    """Look for native size and for flexible sampling in the report."""
    del claim
    return _says(facts, "native size", ("native size", "flexible sampling"), "OpenAI's report")


def recaptioning(claim: Claim, facts: Facts) -> Finding:
    """Look for captions of all training videos by the method of DALL-E 3."""
    del claim
    rule = "OpenAI's report; neither the captioner nor the quality of its captions is published"
    return _says(facts, "captions", ("all videos", "DALL-E 3"), rule)


def prompt_expansion(claim: Claim, facts: Facts) -> Finding:
    """Look for the expansion of prompts by GPT."""
    del claim
    rule = "OpenAI's report; whether a prompt can pass unexpanded is not said"
    return _says(facts, "prompts", ("GPT", "longer", "goes to the video model"), rule)


def diffusion_transformer(claim: Claim, facts: Facts) -> Finding:
    """Look for both words in the report."""
    del claim
    return _says(facts, "architecture", ("diffusion", "transformer"), "OpenAI's report")


def token_credit(claim: Claim, facts: Facts) -> Finding:
    """Ask whether the report credits tokens, and with how much."""
    del claim
    said = facts.texts("statements", "sora", "statement", "tokens")
    rule = "OpenAI's report, which gives tokens a part of the credit"
    if not said:
        return verdicts.no_evidence(rule)
    text = said[0].text or ""
    whole = "unify" in text and "in part" not in text
    return verdicts.states(text, whole, said, rule, partly="unify" in text)


def patches_as_tokens(claim: Claim, facts: Facts) -> Finding:
    """Ask whether patches stand for tokens, and whether they were new."""
    del claim
    said = facts.texts("statements", "sora", "statement", "patches")
    rule = "OpenAI's report: the part that patches play, and whether OpenAI created them"
    if not said:
        return verdicts.no_evidence(rule)
    text = said[0].text or ""
    play = "part of text tokens" in text
    return verdicts.states(text, play and "earlier work" not in text, said, rule, partly=play)


def compression_network(claim: Claim, facts: Facts) -> Finding:
    """Look for the network and for the order of the two steps."""
    del claim
    rule = "OpenAI's report; the purpose, less compute, is the note's and is counted by our model"
    return _says(facts, "compression", ("compresses video", "patches are cut"), rule)


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


def _texts(facts: Facts, condition: str) -> list[Fact]:
    return facts.texts("statements", "sora", "statement", condition)


def _count(said: Sequence[Fact], words: Sequence[str]) -> int:
    return sum(any(word in (fact.text or "") for fact in said) for word in words)


def _named(claim: Claim, facts: Facts, condition: str, words: Sequence[str], rule: str) -> Finding:
    """Count the words found; the claim holds if there are as many as it says."""
    said = _texts(facts, condition)
    if not said:
        return verdicts.no_evidence(rule)
    return verdicts.equals(claim, float(_count(said, words)), said, rule)


def _says(facts: Facts, condition: str, words: Sequence[str], rule: str) -> Finding:
    """Say whether a statement holds all the words, or some."""
    said = _texts(facts, condition)
    if not said:
        return verdicts.no_evidence(rule)
    found = _count(said, words)
    whole = found == len(words)
    return verdicts.states(said[0].text or "", whole, said, rule, partly=bool(found))
