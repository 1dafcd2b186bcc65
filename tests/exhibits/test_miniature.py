"""What the chapter on the miniature shows follows from the tables, and its sentences hold."""

from collections import Counter

import numpy as np
import polars as pl
import pytest

from rebuilt.evidence import tables
from rebuilt.exhibits import miniature
from rebuilt.mini import captions, results, sampler, views
from rebuilt.mini.scenes import scene
from rebuilt.page.pictures import GREY

EXPERIMENTS = (
    lambda: miniature.over("sampling_steps", "steps"),
    lambda: miniature.over("guidance", "guidance"),
    miniature.asked_and_trained,
    miniature.tokens,
)


@pytest.mark.parametrize("frame", EXPERIMENTS)
def test_the_mean_of_the_three_is_that_of_their_shares(frame):
    """They are judged on the same clips, so that adding clips up gives the mean of the shares."""
    rows = frame().drop("source")
    by = rows.columns[0]
    means = dict(
        rows.filter(pl.col("trait") != miniature.TOGETHER)
        .group_by(by)
        .agg(pl.col("share").mean() / 100)
        .iter_rows()
    )

    assert miniature.shares(rows, by, trait=miniature.TOGETHER) == pytest.approx(means)
    assert rows.filter(pl.col("low") > pl.col("share") + 1e-9).is_empty()
    assert rows.filter(pl.col("high") < pl.col("share") - 1e-9).is_empty()


def test_every_run_of_the_plan_is_in_the_tables():
    """The chapter compares all of them, and names them by what is different."""
    assert results.runs_done() == results.RUN_NAMES


def test_work_of_training_is_three_passes_for_each_clip_seen():
    """The chapter's product is the total that the training wrote down itself."""
    large = miniature.run("main")
    work = results.PASSES * results.forward_flops("main") * large["clips_seen"]

    assert work == pytest.approx(large["training_flops"], rel=1e-3)
    assert miniature.growth()["teraflop"].max() == pytest.approx(work / 1e12)
    assert miniature.losses()["teraflop"].max() == pytest.approx(work / 1e12)


def test_losses_keep_both_ends_of_each_curve():
    """Points are taken out between them only, evenly on the logarithmic axis."""
    whole = tables.load("miniature_curves").filter(run="main")
    large = miniature.losses().filter(model="large")

    assert large.height < 60 < whole.height
    assert large["loss"][-1] == whole["loss"][-1]
    assert large["loss"][0] == whole.filter(step=50)["loss"].item()


def test_targets_are_met_and_each_stands_beside_its_trait():
    """As many as the chapter says, of the traits for which one was set."""
    exam = miniature.exam()
    goals = miniature.shares(exam, "trait", prompts="target")
    shares = miniature.shares(exam, "trait", prompts="unseen wordings")

    assert {trait: round(100 * goal) for trait, goal in goals.items()} == miniature.TARGETS
    assert [trait for trait, goal in goals.items() if shares[trait] < goal] == []
    assert exam["trait"].unique(maintain_order=True).to_list()[:5] == list(miniature.TARGETS)


def test_captions_and_labels_cannot_be_told_apart():
    """The chapter says that the intervals overlap."""
    pair = "medium, asked with captions", "medium, trained on labels, asked with labels"
    rows = miniature.asked_and_trained()

    assert miniature.verdict(rows, "case", *pair) == (
        "the intervals overlap, so 80 clips cannot tell them apart"
    )


def test_latents_are_better_than_pixels_by_the_rule_of_the_intervals():
    """The chapter says so in the words of the rule."""
    pair = miniature.TOKENS["medium"], miniature.TOKENS["pixels"]

    assert miniature.verdict(miniature.tokens(), "case", *pair) == "the intervals do not overlap"


def test_what_cannot_be_told_from_the_best_overlaps_with_it():
    """The best itself is among it; what ends below the best's interval is not."""
    rows = pl.DataFrame({"n": [1, 2, 3], "trait": ["all"] * 3, "share": [50.0, 80.0, 82.0],
                         "low": [40.0, 70.0, 72.0], "high": [60.0, 90.0, 92.0]})  # fmt: skip

    assert miniature.alike(rows, "n", "all") == [2, 3]


def test_guesses_are_the_most_frequent_answers_of_drawn_scenes():
    """Counted over scenes, but for the few combinations that training never shows."""
    subjects = [scene(5, number).record.subject for number in range(3000)]
    ways = Counter((subject.motion, subject.bounces) for subject in subjects)
    guess = miniature.guessed()

    assert len(ways) == miniature.choices()["direction"]
    assert max(ways.values()) / len(subjects) == pytest.approx(guess["direction"], abs=0.03)
    for trait in ("colour", "shape"):
        seen = Counter(getattr(subject, trait) for subject in subjects)
        assert len(seen) == miniature.choices()[trait]
        assert max(seen.values()) / len(subjects) == pytest.approx(guess[trait], abs=0.03)
    assert guess[miniature.TOGETHER] == pytest.approx(sum(guess[t] for t in results.TRAITS) / 3)


def test_medium_models_do_no_better_than_guessing_at_shapes():
    """The chapter says so; and only the medium and the large models see all colours."""
    guess = 100 * miniature.guessed()["shape"]
    for frame in (miniature.asked_and_trained(), miniature.tokens(), miniature.crops()):
        shapes = frame.filter(trait="shape")
        field = frame.columns[0]
        medium = shapes.filter(~pl.col(field).str.starts_with("large"))
        assert (medium["share"] < guess).all()


def test_guesses_stand_beside_what_was_measured():
    """A row for each trait that can be guessed; the line of a growth is level."""
    framed = miniature.with_guesses(miniature.crops(), "trained_on")
    rows = framed.filter(trained_on=miniature.GUESSED)
    level = miniature.with_a_guess(miniature.growth()).filter(model=miniature.GUESSED)

    assert rows["trait"].to_list() == list(results.TRAITS)
    assert level["share"].n_unique() == 1
    assert level["teraflop"].to_list() == [
        miniature.growth()["teraflop"].min(),
        miniature.growth()["teraflop"].max(),
    ]


def test_noise_becomes_the_clip_of_the_chapter():
    """The page on Sora shows the same clip as the miniature makes by itself."""
    prompt = "red ball slides left for two seconds"
    *_, last = miniature.from_noise(prompt, (0, 20), (16,))
    made = sampler.load().generate(captions.expand(prompt).caption)

    assert np.array_equal(last, views.frames_of(made, [16])[0])


def test_a_frame_looks_at_the_whole():
    """Shares of a line add up, and the frames have the names of those that are looked at."""
    model = sampler.load()
    grid = model.grid(9, 24, 40)
    looks = miniature.attention("a red circle", model.noise(1, grid), grid, 0)
    sums = looks.group_by("frame").agg(pl.col("share").sum())["share"]

    assert sums.to_numpy() == pytest.approx(100, abs=0.5)
    assert {f"frame {to}" for to in looks["to"]} == {"frame words", *looks["frame"]}


def test_failures_are_drawn_on_sheets_of_one_size():
    """The frame itself is there, in the grey of the sheet."""
    failed = miniature.failures().filter(frames=9).head(1)
    height, width = failed.select("height", "width").row(0)
    first, *_ = frames = miniature.failed_frames(failed, columns=2)

    assert len(frames) == 2
    assert first.shape == (height, width, 4)

    framed = miniature._framed(first, height + 2, width + 1)

    assert np.array_equal(framed[:height, :width], first)
    assert (framed[height:] == GREY).all()


def test_sizes_are_counted_with_the_words_of_the_caption():
    """More words are more work and no more tokens of video."""
    short, long = (miniature.native_sizes(words) for words in (2, captions.TOKENS_MOST))

    assert short["tokens"].equals(long["tokens"])
    assert (long["MFLOP_a_pass"] > short["MFLOP_a_pass"]).all()
