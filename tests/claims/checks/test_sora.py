"""Every check on Sora can hold and can fail.

Each case gives one check a world of a few invented rows and a day, and says what the check finds.
"""

from worlds import SPRING, UNSEEN, Case, event, stated

from rebuilt.claims.checks import sora
from rebuilt.claims.vocabulary import Verdict
from rebuilt.evidence import tables

NOTE, FREEZE = tables.note_date(), tables.freeze_date()
HOLDS, DIFFERENT, OTHER = Verdict.HOLDS, Verdict.WRONG, Verdict.IMPRECISE
OPEN, OPINION, ENDED = Verdict.OPEN, Verdict.OPINION, Verdict.ENDED
NOTHING, SHORT = Verdict.NO_EVIDENCE, Verdict.NOT_REPRODUCED
# check, condition, a statement that has all of it, one that has none
NEW = "trained at variable length, size and shape; flexible sampling, better framing"
WORDS = [  # check, condition of the statement, a text that holds every word
    ("camera_angles", "strengths", "several shots in one video"),
    ("native_training", "native size", NEW),
    ("flexible_sampling", "native size", NEW),
    ("recaptioning", "captions", "all videos, as for DALL-E 3"),
    ("learns_relations", "captions", "captions of the whole training set"),
    ("prompt_expansion", "prompts", "GPT makes it longer, it goes to the video model"),
    ("diffusion_transformer", "architecture", "a diffusion transformer"),
    ("compression_network", "compression", "compresses video; patches are cut"),
    ("token_credit", "tokens", "models owe their success in part to tokens"),
    ("token_unify", "tokens", "tokens unify code, mathematics and natural languages"),
    ("patches_as_tokens", "patches", "they take the part of text tokens"),
]
LISTS = [  # check, condition, a text with all three items, one with two, what is missing
    ("demo_contents", "camera and characters", "characters, scenes, camera", "characters, scenes",
     "camera"),
    ("three_strengths", "strengths", "a minute, shots, physical world", "a minute, shots",
     "physical world"),
]  # fmt: skip


def case(check, why, verdict, computed, world, day=NOTE) -> Case:
    return Case(check=check, why=why, verdict=verdict, computed=computed, world=world, day=day)


def model(name, known="2024-02-15", **cells):
    row = {"id": name, "name": name, "maker": "Others", "input": "text", "access": "paper"}
    row |= {"backbone": "undisclosed", "first_day": known, "last_day": known}
    return [("video_models", row | {"source": f"paper-{name}", "known_since": known} | cells)]


def own(**cells):
    return model("sora", maker="OpenAI", **cells)


def said(condition, text, known="2024-02-15"):
    return stated("sora", "statement", text, condition, known)


def latent(text, known="2022-12-19"):
    return stated("latent-diffusion", "statement", text, "why a latent space", known)


def physics(limit_known="2024-02-15"):
    return said("physics, ability", "knows") + said("physics, limit", "may fail", limit_known)


def length(value, known="2024-02-15"):
    return stated("sora", "clip_length_s", value, sora.SAID_LENGTH, known)


def ratios(*values, known="2023-11-21"):
    return [
        row
        for name, value in zip(sora.COMPRESSED, values, strict=True)
        for row in stated(name, "compression_ratio", value, sora.RATIO, known)
    ]


def worded(check, condition, text):
    """Three cases of a check that looks for words: all of them, none, nothing said."""
    return [
        case(check, "all", HOLDS, text, said(condition, text)),
        case(check, "none", DIFFERENT, "nothing of it", said(condition, "nothing of it")),
        case(check, "unsaid", NOTHING, None, said(condition, text, UNSEEN)),
    ]


def itemised(check, condition, whole, part, missing):
    """Three cases of a list: all items, one left out, none found."""
    return [
        case(check, "all", HOLDS, "3 of 3", said(condition, whole)),
        case(check, "one left out", OPEN, f"2 of 3; not found: {missing}", said(condition, part)),
        case(check, "unsaid", NOTHING, None, said(condition, whole, UNSEEN)),
    ]


def causes(patches, size, captions, prompts, known="2024-02-15"):
    return (
        said("patches", patches, known)
        + said("native size", size, known)
        + said("from DALL-E 3", captions, known)
        + said("prompts", prompts, known)
    )


def quality(text, known="2024-02-15"):
    return said("from DALL-E 3", text, known) + said("picture quality of DALL-E 3", "", UNSEEN)


def ended(known=UNSEEN):
    return event("sora", "cancelled", "actual", "2026-03-24", known=known)


def grasped(text, known):
    return physics() + said("physics, measured", text, known)


NAMED = [found for words in WORDS for found in worded(*words)]
LISTED = [found for words in LISTS for found in itemised(*words)]
CASES = NAMED + LISTED + [
    case("patches_as_tokens", "not new", OTHER, "part of text tokens; earlier work had them",
         said("patches", "part of text tokens; earlier work had them")),
    case("release_date", "as said", HOLDS, "2024-02-16",
         event("sora", "announced", "actual", "2024-02-15", known="2024-02-15")
         + event("sora", "announced", "actual", "2024-02-16", known="2024-02-16")),
    case("release_date", "another day", DIFFERENT, "2024-02-15",
         event("sora", "announced", "actual", "2024-02-15", known="2024-02-15")),
    case("release_date", "nothing", NOTHING, None,
         event("sora", "announced", "actual", "2024-02-16", known=UNSEEN)),
    case("less_input", "smaller", HOLDS, "48 to 192 times fewer values", ratios(48.0, 48.0, 192.0)),
    case("less_input", "all alike", HOLDS, "48 times fewer values", ratios(48.0, 48.0, 48.0)),
    case("less_input", "larger", DIFFERENT, "0.5 to 2 times fewer values", ratios(0.5, 1.0, 2.0)),
    case("less_input", "nothing", NOTHING, None, ratios(1.0, 1.0, 1.0, known=SPRING)),
    case("appears_suddenly", "first", OPINION, "0: none", own() + model("a", backbone="u-net")),
    case("appears_suddenly", "not first", OPINION, "1: a",
         own() + model("a", "2023-12-11", backbone="transformer")),
    case("appears_suddenly", "nothing", NOTHING, None, model("a")),
    case("year_before", "a first product", OPINION, "a: 4 against 60",
         own(claimed_s=60.0) + model("a", "2023-03-20", shipped_s=4.0)
         + model("b", "2023-08-31", shipped_s=18.0)),
    case("year_before", "no product", NOTHING, None, own(claimed_s=60.0) + model("a")),
    case("length_vs_peers", "longest claim", HOLDS, "Sora 60, others 5 (0)",
         own(claimed_s=60.0) + model("a", claimed_s=5.0)),
    case("length_vs_peers", "longest but for a claim", OTHER, "Sora 60, others 120 (18)",
         own(claimed_s=60.0) + model("a", claimed_s=120.0)
         + model("b", claimed_s=18.0, shipped_s=18.0)),
    case("length_vs_peers", "shorter than a product", DIFFERENT, "Sora 60, others 120 (90)",
         own(claimed_s=60.0) + model("a", claimed_s=120.0, shipped_s=90.0)),
    case("length_vs_peers", "later models are no peers", HOLDS, "Sora 60, others 5 (0)",
         own(claimed_s=60.0) + model("a", claimed_s=5.0) + model("b", SPRING, claimed_s=120.0),
         FREEZE),
    case("length_vs_peers", "no peers", NOTHING, None, own(claimed_s=60.0)),
    case("dalle3_quality", "named", HOLDS, "picture quality", quality("picture quality")),
    case("dalle3_quality", "a method only", NOTHING, "a method", quality("a method")),
    case("dalle3_instructions", "without a limit", HOLDS, "a method",
         said("from DALL-E 3", "a method") + said("control, limit", "may fail", UNSEEN)),
    case("dalle3_instructions", "with a limit", OTHER, "a method; but it may fail",
         said("from DALL-E 3", "a method") + said("control, limit", "may fail")),
    case("dalle3_instructions", "nothing", NOTHING, None,
         said("from DALL-E 3", "a method", UNSEEN) + said("control, limit", "may fail")),
    case("clip_length", "said", HOLDS, 60.0, own(claimed_s=60.0) + length(60.0) + ended()),
    case("clip_length", "said less", DIFFERENT, 30.0, own() + length(30.0) + ended()),
    case("clip_length", "shipped", HOLDS, 60.0, own(shipped_s=60.0) + length(60.0) + ended(),
         FREEZE),
    case("clip_length", "shipped and ended", ENDED, "60 s; ended 2026-03-24",
         own(shipped_s=60.0) + length(60.0) + ended("2026-03-24"), FREEZE),
    case("clip_length", "shipped less", SHORT, 20.0,
         own(shipped_s=20.0) + length(60.0) + ended("2026-03-24"), FREEZE),
    case("clip_length", "nothing", NOTHING, None, own() + length(60.0, UNSEEN) + ended()),
    case("physical_world", "no limit told", HOLDS, "knows",
         physics(UNSEEN) + said("physics, measured", "x", UNSEEN)),
    case("physical_world", "a limit told", OTHER, "knows; but it may fail",
         grasped("x", UNSEEN)),
    case("physical_world", "measured", OTHER, "severely limited",
         grasped("severely limited", SPRING), FREEZE),
    case("physical_world", "nothing", NOTHING, None,
         said("physics, ability", "knows", UNSEEN) + said("physics, limit", "may fail")
         + said("physics, measured", "x", UNSEEN)),
    case("effect_causes", "all four", HOLDS, "4 of 4",
         causes("represent well", "better framing", "followed more closely", "high quality")),
    case("effect_causes", "three", OPEN, "3 of 4; not found: prompts",
         causes("represent well", "better framing", "followed more closely", "longer")),
    case("effect_causes", "nothing", NOTHING, None, causes("well", "better", "x", "x", UNSEEN)),
    case("token_scale", "named of text", HOLDS, "eases training at scale",
         said("tokens", "eases training at scale") + said("patches", "as tokens")),
    case("token_scale", "named of video only", OTHER, "enables scale",
         said("tokens", "tokens unify") + said("patches", "enables scale")),
    case("token_scale", "not named", OPEN, "tokens unify",
         said("tokens", "tokens unify") + said("patches", "as tokens")),
    case("compression_purpose", "named", HOLDS, "to save compute; pixels take compute",
         said("compression", "to save compute") + latent("pixels take compute")),
    case("compression_purpose", "named by the method only", OTHER,
         "a network; pixels take compute",
         said("compression", "a network") + latent("pixels take compute")),
    case("compression_purpose", "not named", OPEN, "a network",
         said("compression", "a network") + latent("pixels take compute", UNSEEN)),
]  # fmt: skip
