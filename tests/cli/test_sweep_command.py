"""`rebuilt sweep` takes published models over all that a job has, and refuses as `cost` does."""

import json

import polars as pl
import pytest

from rebuilt import cli
from rebuilt.cost import Clip, load_model
from rebuilt.cost.hardware.estimate import estimate
from rebuilt.cost.models.variants import altered, read_choices

WAN = ["sweep", "--model", "wan2.1-t2v-14b"]
ISSUE = [
    *("sweep", "--model", "hunyuanvideo,wan2.1-t2v-14b", "--axis", "frames=33:241:4"),
    *("--axis", "height=480,720", "--axis", "gpus=1,2,4,8"),
    *("--axis", "accelerator=h100,b200-sxm", "--axis", "steps=25,50"),
]


def answer(capsys, *arguments):
    """Exit code, and what was said to whom."""
    return cli.main([*arguments]), capsys.readouterr()


def records(capsys, folder, *arguments):
    """All records that a sweep writes."""
    code, said = answer(capsys, *arguments, "--records", str(folder))
    assert (code, said.err) == (0, "")
    return pl.concat([pl.read_parquet(part) for part in sorted(folder.glob("*.parquet"))])


UNCOUNTED = "fits, but the decoder's peak is not counted"


def test_published_models_are_swept_by_name(capsys, tmp_path):
    """Two models over clip, sampler and hardware; every record is what `estimate` says."""
    found = records(capsys, tmp_path, *ISSUE)

    assert found.height == 2 * 53 * 2 * 4 * 2 * 2
    assert set(found["reason"]) == {"fits", "does not fit the accelerator's memory"}
    for row in found.sample(20, seed=1).iter_rows(named=True):
        clip = Clip(frames=int(row["frames"]), height=int(row["height"]), width=1280)
        said = estimate(
            load_model(row["model"]),
            clip,
            gpu=row["accelerator"],
            gpus=int(row["gpus"]),
            steps=int(row["steps"]),
            tiled=False,
        )
        assert [row["seconds"], row["joules"], row["usd"]] == [said.seconds, said.joules, said.usd]


def test_architectures_are_varied_by_the_names_of_set(capsys, tmp_path):
    """Kinds of blocks, widths and strides; a record is the altered model, or has a reason."""
    axes = ["blocks=full-text,joint", "depth=20,40", "heads=24,40", "frames_stride=4,8"]
    options = [word for axis in axes for word in ("--axis", axis)]
    found = records(capsys, tmp_path, *WAN, *options, "--fix", "width=3840")
    names = ("blocks", "depth", "heads", "frames_stride")

    assert set(found["reason"]) == {"fits", UNCOUNTED}
    for row in found.iter_rows(named=True):
        texts = {name: row[name] if name == "blocks" else f"{row[name]:.0f}" for name in names}
        model = altered(load_model("wan2.1-t2v-14b"), read_choices(texts | {"width": "3840"}))
        said = estimate(model, gpu="h100-sxm")
        assert row["parameters"] == said.job.forward.parameters
        assert (row["flops"], row["seconds"]) == (said.job.total, said.seconds)


@pytest.mark.parametrize(
    ("fixed", "axis", "reasons"),
    [
        ("heads=48", "width=1536,3072", {"fits"}),
        ("heads=48", "width=3072,3000", {"fits", "refused: heads divide"}),
        ("more_blocks=joint", "more_depth=2,4", {"fits"}),
        ("frames_rule=each", "frames_stride=1,4", {UNCOUNTED, "refused: one frame"}),
        ("depth=20", "text_tokens=77,600", {"fits"}),
        ("steps=20", "text_tokens=77,600", {"fits", "refused: text maximum"}),
        ("steps=20", "height=480,490", {"fits", "refused: height multiple"}),
    ],
)
def test_what_varies_is_judged_job_by_job(capsys, tmp_path, fixed, axis, reasons):
    """A fixed choice need not go with the published value of what an axis names."""
    options = ["--fix", fixed, "--axis", axis, "--fix", "frames=17", "--fix", "gpus=8"]
    found = records(capsys, tmp_path, *WAN, *options, "--fix", "width_px=832")

    assert set(found["reason"]) == reasons


def test_a_table_is_a_list_of_jobs(capsys, tmp_path):
    """With a column for each that varies, as CSV or Parquet."""
    frame = pl.DataFrame({"steps": [4, 50, 50], "frames": [81, 81, 82]})
    frame.write_csv(tmp_path / "jobs.csv")
    frame.write_parquet(tmp_path / "jobs.parquet")
    found = [
        records(capsys, tmp_path / kind, *WAN, "--table", str(tmp_path / f"jobs.{kind}"))
        for kind in ("csv", "parquet")
    ]

    assert found[0].equals(found[1])
    assert found[0]["seconds"].is_null().to_list() == [False, False, True]
    assert found[0]["reason"].to_list()[2] == "refused: frames causal"


REFUSED = [
    (["--axis", "gpus=1,10000"], "gpus is 10000; it must be a whole number from 1 to 8"),
    (["--axis", "depth=nan"], "depth is 'nan'; it must be a finite number"),
    (["--axis", "depth=many"], "depth is 'many'; it must be a number"),
    (["--axis", "depth=20,0"], "depth is 0; it must be a whole number from 1 to 256"),
    (["--axis", "steps=0,4"], "steps is 0; it must be a whole number from 1 to 10000"),
    (["--axis", "steps=2.5"], "steps is 2.5; it must be a whole number"),
    (["--axis", "passes=4"], "passes is 4; it must be a whole number from 1 to 3"),
    (["--axis", "frames=0"], "frames is 0 and must be at least 1"),
    (["--axis", "height=32768"], "height is 32768; counts are checked up to 16384"),
    (["--axis", "blocks=mamba"], "blocks is 'mamba'; choose of none, full, full-text, spatial, "
     "spatial-text, temporal, temporal-text, joint, parallel, expert"),
    (["--axis", "steps=4", "--fix", "heads=39"], "wan2.1-t2v-14b, changed: width 5120 is not a "
     "multiple of heads 39; nearest 5109 and 5148"),
    (["--axis", "more_depth=0,2", "--fix", "more_blocks=joint"], "wan2.1-t2v-14b, changed: "
     "more_depth is 0 and more_blocks is joint; it must be at least 1, or more_blocks none"),
    (["--axis", "accelerator=h1000"], "no accelerator 'h1000' with peak, bandwidth, memory and "
     "power in data/accelerators.csv; nearest names: h100-nvl, h100-sxm, gh200, h100-pcie"),
    (["--axis", "layers=20"], "no column 'layers'; columns are accelerator, blocks, more_blocks, "
     "frames_rule, frames, height, width_px, text_tokens, steps, passes, batch, gpus, tiled, "
     "depth, more_depth, width, heads, hidden, patch_frames, patch_side, frames_stride, "
     "side_stride, channels"),
    (["--axis", "steps"], "'steps' is not NAME=VALUES, such as depth=20,30,40"),
    (["--axis", "steps=9:4"], "steps is '9:4'; a range is LOW:HIGH or LOW:HIGH:STEP, upwards"),
    (["--axis", "steps=4,8,4.0"], "--axis steps: 4.0 is given twice; give it once"),
    (["--axis", "accelerator=h100,h100-sxm"],
     "--axis accelerator: h100-sxm is given twice; give it once"),
    (["--how", "random", "--count", "9", "--axis", "steps=100:1:log"],
     "steps: a range goes upwards, and 100 is above 1"),
    (["--how", "random", "--count", "9", "--axis", "gpus=1:8:0.5"],
     "gpus: its step is 0.5; it must be a whole number of at least 1"),
    (["--axis", "steps=4,5", "--count", "9"],
     "--count is of random and sobol points; leave it out, or add --how random"),
    (["--table", "nowhere.csv", "--seed", "9"],
     "--seed is of random and sobol points; leave it out, or add --how random"),
    (["--table", "nowhere.csv", "--how", "random"],
     "a table says itself what varies; leave out --axis and --how, name one model"),
    (["--axis", "steps=4,5", "--pareto", "usd,-usd"],
     "a front is of two figures; usd, -usd are one"),
    ([], "nothing varies; add --axis NAME=VALUES or --table FILE"),
    (["--axis", "steps=4", "--quantiles", "speed"], "no figure 'speed'; figures are tokens, "
     "parameters, flops, bytes_moved, seconds, joules, usd, memory_bytes"),
    (["--table", "nowhere.csv"], "there is no file nowhere.csv"),
]  # fmt: skip


@pytest.mark.parametrize(("options", "sentence"), REFUSED)
def test_bad_input_is_one_sentence_and_exit_code_two(capsys, options, sentence):
    """Nothing is printed but the reason; limits and sentences are those of `rebuilt cost`."""
    code, said = answer(capsys, *WAN, *options)

    assert (code, said.out, said.err) == (2, "", f"rebuilt sweep: {sentence}\n")


@pytest.mark.parametrize(("axis", "option"), [("steps=0", "--steps"), ("passes=4", "--passes")])
def test_both_commands_refuse_in_the_same_words(capsys, axis, option):
    """A number that no job has."""
    _, swept = answer(capsys, *WAN, "--axis", axis)
    number = axis.partition("=")[2]
    _, priced = answer(capsys, "cost", "wan2.1-t2v-14b", "--gpu", "h100", option, number)

    assert swept.err.removeprefix("rebuilt sweep: ") == priced.err.removeprefix("rebuilt cost: ")


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        ({"steps": [4, 0]}, "row 2: steps is 0; it must be a whole number from 1 to 10000"),
        ({"depth": [20.0, 20.0, None]}, "row 3: depth is nan; it must be a whole number"),
        ({"gpus": [9]}, "row 1: gpus is 9; it must be a whole number from 1 to 8"),
    ],
)
def test_a_table_names_column_and_row(capsys, tmp_path, columns, sentence):
    """An empty cell is no number either."""
    path = tmp_path / "jobs.csv"
    pl.DataFrame(columns).write_csv(path)
    code, said = answer(capsys, *WAN, "--table", str(path))

    assert (code, said.err) == (2, f"rebuilt sweep: {sentence}\n")


def test_a_job_beyond_the_whole_numbers_is_refused_and_cost_answers(capsys):
    """The sentence says who counts it."""
    far = ["--fix", "frames=129", "--fix", "height=16384", "--axis", "width_px=16384"]
    code, said = answer(capsys, *WAN, *far)
    assert code == 2
    assert "has a count of" in said.err
    assert "ask `rebuilt cost`, which counts with whole numbers of any size" in said.err

    clip = ["--frames", "129", "--height", "16384", "--width", "16384"]
    code, said = answer(capsys, "cost", "wan2.1-t2v-14b", *clip, "--json")
    assert code == 0
    assert json.loads(said.out)["flops_total"] > 2**63


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("wan", "no model 'wan'; nearest names: wan2.1-i2v-14b"),
        ("sd1.5", "sd1.5 is of architecture unet; run times are fitted to transformers only, so "
         "choose one"),
        ("wan2.1-t2v-14b,hunyuanvideo,wan2.1-t2v-14b",
         "--model: wan2.1-t2v-14b is given twice; give it once"),
        ("sora-2024", "sora-2024 is of architecture undisclosed; run times are fitted to"),
    ],
)  # fmt: skip
def test_a_model_that_cannot_be_swept_is_named(capsys, name, part):
    """Unknown, or without fitted run times."""
    code, said = answer(capsys, "sweep", "--model", name, "--axis", "steps=4,8")

    assert code == 2
    assert part in said.err


def test_the_summary_has_every_reduction(capsys):
    """Points by reason, quantiles, a front, sensitivities and a histogram."""
    options = ["--pareto", "usd,-parameters", "--sensitivity", "usd", "--histogram", "usd"]
    axes = ["--axis", "depth=10,20,40", "--axis", "steps=10,50"]
    code, said = answer(capsys, *WAN, *axes, *options, "--json")
    found = json.loads(said.out)
    assert code == 0
    assert found["points"] == sum(found["reasons"].values()) == 6
    assert sum(count for _, _, count in found["histogram usd"]) == 6
    assert set(found["sensitivity usd"]) == {"depth", "steps"}
    assert len(found["pareto usd,-parameters"]) == 3

    code, said = answer(capsys, *WAN, *axes, *options)
    bars = said.out.split("histogram usd\n")[1].split("\n\n")[0].splitlines()
    assert said.out.startswith("6 points in ")
    assert len(bars) == len(found["histogram usd"])
    assert max(bars, key=lambda bar: bar.count("#")).count("#") == 40
