"""Every check on text-to-video can hold and can fail.

Each case gives one check a world of a few invented rows and a day, and says what the check finds.
"""

from worlds import SPRING, UNSEEN, Case, stated

from rebuilt.claims.checks import text_to_video
from rebuilt.claims.vocabulary import Verdict
from rebuilt.evidence import tables

NOTE, FREEZE = tables.note_date(), tables.freeze_date()
HOLDS, DIFFERENT, OTHER = Verdict.HOLDS, Verdict.WRONG, Verdict.IMPRECISE
NOTHING, OPEN, OPINION = Verdict.NO_EVIDENCE, Verdict.OPEN, Verdict.OPINION


def case(check, why, verdict, computed, world, day=NOTE) -> Case:
    return Case(check=check, why=why, verdict=verdict, computed=computed, world=world, day=day)


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


def mean_length(value, known=SPRING):
    return stated("short-videos", "clip_length_s", value, text_to_video.UPLOADED, known)


def measured(known):
    return said("sora", "physics, measured", "limited", known)


def edits(first, second, known="2023-11-16"):
    return said("emu-video", "what it edits", first, known) + said(
        "emu-edit", "what it edits", second, known
    )


def listed(access, **other):
    return [row for name in text_to_video.LISTED for row in model(name, access=access, **other)]


LIMITS = said("sora", "control, limit", "may fail to follow a camera path")
NO_LIMITS = said("sora", "control, limit", "may fail to follow a camera path", UNSEEN)
CASES = [
    case("early_clip_length", "as said", HOLDS, 4.0,
         model("gen-2", shipped_s=4.0) + model("pika-beta", shipped_s=3.0)),
    case("early_clip_length", "longer", DIFFERENT, 8.0, model("gen-2", shipped_s=8.0)),
    case("early_clip_length", "nothing", NOTHING, None, model("gen-2")),
    case("meta_features", "both edit video", HOLDS, "Emu Video: video; Emu Edit: video",
         edits("video", "video")),
    case("meta_features", "two that do not", OTHER, "Emu Video: nothing; Emu Edit: still images",
         edits("nothing", "still images")),
    case("meta_features", "one", DIFFERENT, "Emu Edit: still images",
         said("emu-video", "what it edits", "x", UNSEEN)
         + said("emu-edit", "what it edits", "still images")),
    case("meta_features", "nothing", NOTHING, None, edits("video", "video", UNSEEN)),
    case("unet_mainstream", "most", HOLDS, "2 U-Nets, 1 transformers",
         model("a", backbone="u-net") + model("b", backbone="u-net")
         + model("c", backbone="transformer") + model("d", SPRING, backbone="transformer"), FREEZE),
    case("unet_mainstream", "half", DIFFERENT, "1 U-Nets, 1 transformers",
         model("a", backbone="u-net") + model("c", backbone="transformer")),
    case("unet_mainstream", "nothing", NOTHING, None, model("a")),
    case("physical_grasp", "measured", OPINION, "limited", measured(SPRING), FREEZE),
    case("physical_grasp", "not measured", NOTHING, None, measured(UNSEEN)),
    case("commercial_value", "revenue", OPINION,
         "Kling earned more than 250 million yuan in the second quarter of 2025",
         revenue(250), FREEZE),
    case("commercial_value", "some are sold", OPINION, "maker of a",
         revenue(1, UNSEEN) + model("a", access="product") + model("sora")),
    case("commercial_value", "none is sold", NOTHING, None, revenue(1, UNSEEN) + model("a")),
    case("content_revolution", "measured", OPINION, "10%", share(0.1), FREEZE),
    case("content_revolution", "not measured", NOTHING, None, share(0.1, UNSEEN)),
    case("models_appear", "more than the year before", HOLDS, "2 after 1",
         model("a", "2022-05-01") + model("b", "2023-05-01") + model("c")),
    case("models_appear", "fewer", DIFFERENT, "1 after 2",
         model("a", "2022-05-01") + model("b", "2022-06-01") + model("c")),
    case("models_appear", "none", NOTHING, None, model("a", "2022-05-01")),
    case("short_video_length", "as said", HOLDS, 60.0, mean_length(60.0), FREEZE),
    case("short_video_length", "shorter", Verdict.NOT_REPRODUCED, 20.5, mean_length(20.5), FREEZE),
    case("short_video_length", "not measured", NOTHING, None, mean_length(60.0, UNSEEN)),
    case("clip_length_reached", "shipped", HOLDS, 60.0, model("a", shipped_s=60.0)),
    case("clip_length_reached", "only shown", OTHER, 60.0,
         model("a", shipped_s=18.0) + model("sora", claimed_s=60.0)),
    case("clip_length_reached", "shipped after the note", Verdict.LATE, f"b, {SPRING}",
         model("a", shipped_s=18.0) + model("b", SPRING, shipped_s=60.0), FREEZE),
    case("clip_length_reached", "not even shown", DIFFERENT, 18.0,
         model("a", shipped_s=18.0) + model("sora", claimed_s=30.0)),
    case("clip_length_reached", "nothing shipped", NOTHING, None, model("sora", claimed_s=60.0)),
    case("challenges", "all three", HOLDS, "3 of 3",
         said("text-to-video", "challenges", "compute is dear; data are few") + LIMITS),
    case("challenges", "two of three", OPEN, "2 of 3; not found: data sets",
         said("text-to-video", "challenges", "compute is dear") + LIMITS),
    case("challenges", "nothing", NOTHING, None,
         said("text-to-video", "challenges", "compute", UNSEEN) + NO_LIMITS),
    case("stable_video_diffusion", "released", HOLDS, "released 2023-11-21",
         model("svd", "2023-11-21")),
    case("stable_video_diffusion", "not released", NOTHING, None, model("svd", UNSEEN)),
    case("svd_settings", "both", HOLDS, "2 of 2",
         said("svd", "settings", "number of steps, redraw strength")),
    case("svd_settings", "one", OTHER, "1 of 2; not: redraw strength",
         said("svd", "settings", "number of steps")),
    case("svd_settings", "neither", DIFFERENT, "0 of 2; not: number of steps, redraw strength",
         said("svd", "settings", "seed")),
    case("svd_settings", "nothing", NOTHING, None,
         said("svd", "settings", "number of steps", UNSEEN)),
    case("svd_control", "shown", OPINION, "number of steps",
         said("svd", "settings", "number of steps")),
    case("svd_control", "nothing", NOTHING, None, said("svd", "settings", "x", UNSEEN)),
    case("open_source", "three", HOLDS, "3 of 3", listed("weights")),
    case("open_source", "two", OTHER, "2 of 3; not: MagicAnimate",
         listed("weights")[:2] + model("magicanimate", access="paper")),
    case("open_source", "none", DIFFERENT, "0 of 3; not: AnimateDiff, Make-A-Video, MagicAnimate",
         listed("paper")),
    case("open_source", "nothing", NOTHING, None, listed("weights", known=UNSEEN)),
]  # fmt: skip


def test_the_named_models_exist():
    """The ids that the checks name are rows of the table."""
    ids = set(tables.load("video_models")["id"])

    assert {*text_to_video.LISTED, *text_to_video.FIRST_PRODUCTS, text_to_video.LEADER} <= ids
