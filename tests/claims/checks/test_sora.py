"""Every check on Sora can hold and can fail.

Each case gives one check a world of a few invented rows and a day, and says what the check finds.
"""

from worlds import SPRING, UNSEEN, Case, event, stated

from rebuilt.claims.checks import sora
from rebuilt.claims.vocabulary import Outcome
from rebuilt.evidence import tables

NOTE, FREEZE = tables.note_date(), tables.freeze_date()
EQUAL, DIFFERENT, OTHER = Outcome.EQUAL, Outcome.DIFFERENT, Outcome.OTHER_READING
NOTHING, SHORT = Outcome.NO_EVIDENCE, Outcome.NOT_REPRODUCED
# check, condition, a statement that has all of it, one that has none
WORDS = [
    ("demo_contents", "camera and characters", "characters, scenes, camera", 3.0),
    ("three_strengths", "strengths", "a minute, shots, physical world", 3.0),
    ("dalle3_inheritance", "from DALL-E 3", "instructions and picture quality", None),
    ("native_training", "native size", "native size and flexible sampling", None),
    ("recaptioning", "captions", "all videos, as for DALL-E 3", None),
    ("prompt_expansion", "prompts", "GPT makes it longer, it goes to the video model", None),
    ("diffusion_transformer", "architecture", "a diffusion transformer", None),
    ("compression_network", "compression", "compresses video; patches are cut", None),
    ("token_credit", "tokens", "tokens unify", None),
    ("patches_as_tokens", "patches", "they take the part of text tokens", None),
]


def case(check, why, outcome, computed, world, day=NOTE) -> Case:
    return Case(check=check, why=why, outcome=outcome, computed=computed, world=world, day=day)


def model(name, known="2024-02-15", **cells):
    row = {"id": name, "name": name, "maker": "Others", "input": "text", "access": "paper"}
    row |= {"backbone": "undisclosed", "first_day": known, "last_day": known}
    return [("video_models", row | {"source": f"paper-{name}", "known_since": known} | cells)]


def own(**cells):
    return model("sora", maker="OpenAI", **cells)


def said(condition, text, known="2024-02-15"):
    return stated("sora", "statement", text, condition, known)


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


def worded(check, condition, text, number):
    """Three cases of a check that looks for words: all of them, none, nothing said."""
    none = 0.0 if number else "nothing of it"
    return [
        case(check, "all", EQUAL, number or text, said(condition, text)),
        case(check, "none", DIFFERENT, none, said(condition, "nothing of it")),
        case(check, "unsaid", NOTHING, None, said(condition, text, UNSEEN)),
    ]


CASES = [found for words in WORDS for found in worded(*words)] + [
    case("dalle3_inheritance", "one of two", OTHER, "instructions",
         said("from DALL-E 3", "instructions")),
    case("token_credit", "a part", OTHER, "in part; tokens unify",
         said("tokens", "in part; tokens unify")),
    case("patches_as_tokens", "not new", OTHER, "part of text tokens; earlier work had them",
         said("patches", "part of text tokens; earlier work had them")),
    case("appears_suddenly", "first", EQUAL, "0: none", own() + model("a", backbone="u-net")),
    case("appears_suddenly", "not first", DIFFERENT, "1: a",
         own() + model("a", "2023-12-11", backbone="transformer")),
    case("appears_suddenly", "nothing", NOTHING, None, model("a")),
    case("release_date", "as said", EQUAL, "2024-02-16",
         event("sora", "announced", "actual", "2024-02-15", known="2024-02-15")
         + event("sora", "announced", "actual", "2024-02-16", known="2024-02-16")),
    case("release_date", "another day", DIFFERENT, "2024-02-15",
         event("sora", "announced", "actual", "2024-02-15", known="2024-02-15")),
    case("release_date", "nothing", NOTHING, None,
         event("sora", "announced", "actual", "2024-02-16", known=UNSEEN)),
    case("length_vs_peers", "longest claim", EQUAL, "Sora 60, others 5",
         own(claimed_s=60.0) + model("a", claimed_s=5.0)),
    case("length_vs_peers", "longest but for a claim", OTHER, "Sora 60, others 120 (18)",
         own(claimed_s=60.0) + model("a", claimed_s=120.0) + model("b", shipped_s=18.0)),
    case("length_vs_peers", "shorter than a product", DIFFERENT, "Sora 60, others 120 (90)",
         own(claimed_s=60.0) + model("a", claimed_s=120.0, shipped_s=90.0)),
    case("length_vs_peers", "shipped and longest", EQUAL, "Sora 20, others 10",
         own(claimed_s=60.0, shipped_s=20.0) + model("a", claimed_s=120.0, shipped_s=10.0), FREEZE),
    case("length_vs_peers", "shipped and shorter", DIFFERENT, "Sora 20, others 60",
         own(shipped_s=20.0) + model("a", shipped_s=60.0), FREEZE),
    case("length_vs_peers", "no peers", NOTHING, None, own(claimed_s=60.0)),
    case("clip_length", "said", EQUAL, 60.0, own(claimed_s=60.0) + length(60.0)),
    case("clip_length", "said less", DIFFERENT, 30.0, own() + length(30.0)),
    case("clip_length", "shipped", EQUAL, 60.0, own(shipped_s=60.0) + length(60.0), FREEZE),
    case("clip_length", "shipped less", SHORT, 20.0, own(shipped_s=20.0) + length(60.0), FREEZE),
    case("clip_length", "nothing", NOTHING, None, own() + length(60.0, UNSEEN)),
    case("physical_world", "no limit told", EQUAL, "knows", physics(UNSEEN)),
    case("physical_world", "a limit told", OTHER, "knows; but it may fail", physics()),
    case("physical_world", "nothing", NOTHING, None,
         said("physics, ability", "knows", UNSEEN) + said("physics, limit", "may fail")),
    case("less_input", "smaller", EQUAL, "48 to 192 times fewer values", ratios(48.0, 48.0, 192.0)),
    case("less_input", "all alike", EQUAL, "48 times fewer values", ratios(48.0, 48.0, 48.0)),
    case("less_input", "larger", DIFFERENT, "0.5 to 2 times fewer values", ratios(0.5, 1.0, 2.0)),
    case("less_input", "nothing", NOTHING, None, ratios(1.0, 1.0, 1.0, known=SPRING)),
]  # fmt: skip
