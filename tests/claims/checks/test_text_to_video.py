"""Every check on text-to-video can hold and can fail.

Each case gives one check a world of a few invented rows and a day, and says what the check finds.
"""

from worlds import SPRING, UNSEEN, Case, event, stated

from rebuilt.claims.checks import text_to_video
from rebuilt.claims.vocabulary import Outcome
from rebuilt.evidence import tables

NOTE, FREEZE = tables.note_date(), tables.freeze_date()
EQUAL, DIFFERENT, OTHER = Outcome.EQUAL, Outcome.DIFFERENT, Outcome.OTHER_READING
NOTHING, PENDING = Outcome.NO_EVIDENCE, Outcome.PENDING


def case(check, why, outcome, computed, world, day=NOTE) -> Case:
    return Case(check=check, why=why, outcome=outcome, computed=computed, world=world, day=day)


def model(name, known="2024-02-15", **cells):
    row = {"id": name, "name": name, "maker": f"maker of {name}", "input": "text"}
    row |= {"backbone": "undisclosed", "access": "paper", "first_day": known, "last_day": known}
    return [("video_models", row | {"source": f"paper-{name}", "known_since": known} | cells)]


def said(subject, condition, text, known="2024-02-15"):
    return stated(subject, "statement", text, condition, known)


def revenue(value, known=SPRING):
    return stated("kling", "revenue_rmb_mn", value, text_to_video.QUARTER, known)


def share(value, known=SPRING):
    return stated("content-industry", "generated_share", value, "all", known)


def ended(known):
    return event("sora", "cancelled", "actual", SPRING, known=known)


def edits(first, second, known="2023-11-16"):
    return said("emu-video", "what it edits", first, known) + said(
        "emu-edit", "what it edits", second, known
    )


def listed(access, **other):
    return [row for name in text_to_video.LISTED for row in model(name, access=access, **other)]


LIMITS = said("sora", "control, limit", "may fail to follow a camera path")
NO_LIMITS = said("sora", "control, limit", "may fail to follow a camera path", UNSEEN)
CASES = [
    case("commercial_value", "revenue", EQUAL, "more than 250 million yuan", revenue(250), FREEZE),
    case("commercial_value", "no money", DIFFERENT, "more than 0 million yuan", revenue(0), FREEZE),
    case("commercial_value", "the leader is sold", EQUAL,
         "maker of sora sell one; Sora is one of them",
         revenue(1, UNSEEN) + model("sora", access="product")),
    case("commercial_value", "others are sold", OTHER, "maker of a sell one; Sora is not on sale",
         revenue(1, UNSEEN) + model("a", access="product") + model("sora")),
    case("commercial_value", "none is sold", NOTHING, None, revenue(1, UNSEEN) + model("a")),
    case("content_revolution", "half", EQUAL, "50%", share(0.5) + ended(UNSEEN), FREEZE),
    case("content_revolution", "little", DIFFERENT, "10%", share(0.1) + ended(UNSEEN), FREEZE),
    case("content_revolution", "unknown", PENDING,
         f"share unknown; Sora's end was announced {SPRING}",
         share(0.1, UNSEEN) + ended(SPRING), FREEZE),
    case("content_revolution", "nothing", NOTHING, None, share(0.1, UNSEEN) + ended(UNSEEN)),
    case("early_clip_length", "as said", EQUAL, 4.0,
         model("gen-2", shipped_s=4.0) + model("pika-beta", shipped_s=3.0)),
    case("early_clip_length", "longer", DIFFERENT, 8.0, model("gen-2", shipped_s=8.0)),
    case("early_clip_length", "nothing", NOTHING, None, model("gen-2")),
    case("clip_length_reached", "shipped", EQUAL, 60.0, model("a", shipped_s=60.0)),
    case("clip_length_reached", "only shown", OTHER, 60.0,
         model("a", shipped_s=18.0) + model("sora", claimed_s=60.0)),
    case("clip_length_reached", "not even shown", DIFFERENT, 18.0,
         model("a", shipped_s=18.0) + model("sora", claimed_s=30.0)),
    case("clip_length_reached", "nothing shipped", NOTHING, None, model("sora", claimed_s=60.0)),
    case("challenges", "all three", EQUAL, 3.0,
         said("text-to-video", "challenges", "compute is dear; data are few") + LIMITS),
    case("challenges", "two of three", DIFFERENT, 2.0,
         said("text-to-video", "challenges", "compute is dear") + LIMITS),
    case("challenges", "nothing", NOTHING, None,
         said("text-to-video", "challenges", "compute", UNSEEN) + NO_LIMITS),
    case("stable_video_diffusion", "both", EQUAL, "steps, noise on the input image",
         said("svd", "settings", "steps, noise on the input image")),
    case("stable_video_diffusion", "one", OTHER, "steps", said("svd", "settings", "steps")),
    case("stable_video_diffusion", "neither", DIFFERENT, "seed", said("svd", "settings", "seed")),
    case("stable_video_diffusion", "nothing", NOTHING, None,
         said("svd", "settings", "steps", UNSEEN)),
    case("meta_features", "both edit video", EQUAL, "video; video", edits("video", "video")),
    case("meta_features", "two that do not", OTHER, "nothing; still images",
         edits("nothing", "still images")),
    case("meta_features", "one", DIFFERENT, "still images",
         said("emu-video", "what it edits", "x", UNSEEN)
         + said("emu-edit", "what it edits", "still images")),
    case("meta_features", "nothing", NOTHING, None, edits("video", "video", UNSEEN)),
    case("open_source", "three", EQUAL, 3.0, listed("weights")),
    case("open_source", "two", DIFFERENT, 2.0,
         listed("weights")[:2] + model("magicanimate", access="paper")),
    case("open_source", "nothing", NOTHING, None, listed("weights", known=UNSEEN)),
    case("unet_mainstream", "most", EQUAL, "2 U-Nets, 1 transformers",
         model("a", backbone="u-net") + model("b", backbone="u-net")
         + model("c", backbone="transformer") + model("d", SPRING, backbone="transformer"), FREEZE),
    case("unet_mainstream", "half", DIFFERENT, "1 U-Nets, 1 transformers",
         model("a", backbone="u-net") + model("c", backbone="transformer")),
    case("unet_mainstream", "nothing", NOTHING, None, model("a")),
]  # fmt: skip


def test_the_named_models_exist():
    """The ids that the checks name are rows of the table."""
    ids = set(tables.load("video_models")["id"])

    assert {*text_to_video.LISTED, *text_to_video.FIRST_PRODUCTS, text_to_video.LEADER} <= ids
