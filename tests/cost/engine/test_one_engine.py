"""Command, sweep and page give one answer: whole numbers equal, floats bit for bit.

1,000 random jobs of every model and accelerator, 300 of changed architectures (once a week 1,000),
and twenty by command. All run the same text; what is compared is how it is laid out: plain Python,
tiles of jobs, the page's terms, and the module that the page runs.
"""

import json
import random

import numpy as np
import polars as pl
import pytest
from tests.cost.engine.drawing import (
    ACCELERATORS,
    MODELS,
    calculated,
    jobs,
    page_of,
    rows_of,
    run_of,
)
from tests.widgets import page_modules

from rebuilt import cli
from rebuilt.cost import ShapeError, load_model
from rebuilt.cost.algebra.places import MAX_COUNT
from rebuilt.cost.engine.lowered import lower_model
from rebuilt.cost.engine.table import FIGURES as FLOATS
from rebuilt.cost.engine.table import WHOLE, bill_table
from rebuilt.cost.hardware.estimate import price, priced, timed
from rebuilt.cost.hardware.layouts import best_layout
from rebuilt.cost.hardware.machines import machine_of
from rebuilt.cost.models.choices import NAMES
from rebuilt.cost.models.codes import FITS, REFUSALS, TOO_LARGE, UNCOUNTED
from rebuilt.cost.models.latent import explain
from rebuilt.cost.models.variants import altered, choice_refusal
from rebuilt.cost.models.variants import explain as explain_choices
from rebuilt.cost.sweep.records import evaluate
from rebuilt.cost.sweep.space import Axis, Space
from rebuilt.widgets.calculator_text import (
    ANSWER,
    AT_COUNTS,
    AT_FIGURES,
    JUDGED,
    TOO_MANY,
)

pytestmark = pytest.mark.usefixtures("compiled_tables")
CLIP = ("frames", "height", "width_px", "text_tokens", "steps", "passes", "gpus")


def asked(job):
    """Ask as `rebuilt cost` does: counts and figures, or the sentence that it says instead."""
    try:
        model = load_model(job.model)
        model = altered(model, job.changes) if job.changes else model
        counted = timed(model, job.clip, steps=job.steps, passes=job.passes)
        return priced(counted, machine_of(job.gpu), best_layout(model, job.gpus)), ""
    except ShapeError as refusal:
        return None, str(refusal)


def compiled(job):
    """Answer of the page's module to the page's data, with its whole numbers."""
    program, rules, columns, clip, heads = page_of(job)
    return page_modules.calculate(program, rules, columns, clip, heads, *run_of(job))


def on_page(job, found):
    """Return counts and figures of the page: in tiles where the command decodes so."""
    model = load_model(job.model)
    model = altered(model, job.changes) if job.changes else model
    sampler = {"steps": job.steps, "passes": job.passes}
    if found[1]["fits"]:
        return found
    said = price(timed(model, job.clip, **sampler), gpu=job.gpu, gpus=job.gpus)
    if not said.job.tiled:
        return found
    counted = timed(model, job.clip, **sampler, tiled=True)
    return priced(counted, machine_of(job.gpu), best_layout(model, job.gpus))


def same(left, right):
    """Equal, or both no number: a rent that no source gives."""
    return left == right or (left != left and right != right)


def check_page(job, found, said):
    """Compare the page's two answers with each other and with the command's."""
    plain, fast = calculated(job), compiled(job)
    code, rules, columns = int(plain[0][0]), *page_of(job)[1:3]
    judged = len(JUDGED) if code else len(ANSWER)  # a page reads no more of a refused job

    assert all(map(same, plain[0][:judged], fast[0][:judged])), job
    if said:
        assert said == f"{job.model} does not take {job.clip}: {explain(rules, columns, code)}"
        return
    assert code == (TOO_MANY if max(found[0].values()) > 0.99 * MAX_COUNT else 0), job
    if code:
        return
    counts, figures = on_page(job, found)
    assert plain[1] == fast[1] == list(counts.values()), job
    assert all(map(same, plain[0][AT_FIGURES:], figures.values())), job
    assert plain[0][AT_COUNTS:AT_FIGURES] == [float(n) for n in plain[1]]


def check_record(job, billed, place, found, said):
    """Compare one record of a sweep with the command's answer."""
    code = int(billed.codes[place])
    if said:
        assert 0 < code < len(REFUSALS), (job, said)
        return
    counts, figures = found
    record = dict(zip(WHOLE, billed.counts[:, place].tolist(), strict=True))
    assert record == {name: counts[name] for name in WHOLE}, job
    for name, value in zip(FLOATS, billed.figures[:, place].tolist(), strict=True):
        assert same(value, figures[name]), (job, name)
    fits = FITS if figures["decoding_bytes"] else UNCOUNTED
    assert code == (fits if figures["fits"] else TOO_LARGE), job


def within(lowered, job, found):
    """Whether a sweep takes the job; near 64 bits it refuses, and the command answers."""
    try:
        lowered.check({name: (job.columns[name],) * 2 for name in lowered.varying})
    except ShapeError as refusal:
        said = str(refusal)
    else:
        return True
    assert beyond(said, found), job
    return False


def beyond(said, found):
    """Whether a job is refused for a count near 64 bits, and has one if it exists."""
    return "; narrow what varies" in said and (
        found is None or max(found[0].values()) > MAX_COUNT / 8
    )


def test_published_models_cost_the_same_everywhere():
    """1,000 clips of every model: one table for each, on every accelerator that they name."""
    drawn, refused = list(jobs(3, 1000)), 0
    for name in MODELS:
        mine = [job for job in drawn if job.model == name]
        lowered = lower_model(load_model(name), CLIP)
        columns = np.array([[float(job.columns[field]) for job in mine] for field in CLIP])
        named = {job.gpu for job in mine}
        tables = {gpu: bill_table(lowered, columns, machine_of(gpu)) for gpu in named}
        for place, job in enumerate(mine):
            found, said = asked(job)
            check_page(job, found, said)
            if within(lowered, job, found):
                check_record(job, tables[job.gpu], place, found, said)
            refused += bool(said)
            if said:
                code = int(tables[job.gpu].codes[place])
                assert said.endswith(explain(lowered.rules, list(job.columns.values()), code))

    assert {job.gpu for job in drawn} == set(ACCELERATORS)
    assert 50 < refused < 500


@pytest.mark.parametrize("number", [300, pytest.param(1000, marks=pytest.mark.weekly)])
def test_changed_architectures_cost_the_same_everywhere(number):
    """What a sweep varies, and what it keeps fixed, is drawn for each."""
    chance, refused = random.Random(5), {"architecture": 0, "clip": 0}
    for job in jobs(4, number, changed=True):
        found, said = asked(job)
        code = choice_refusal(load_model(job.model), job.choices)
        refused["architecture" if code else "clip"] += bool(said)
        if code:
            check_choices(job, code)
            assert said == f"{job.model}, changed: {explain_choices(job.choices, code)}"
        else:
            check_page(job, found, said)
        try:
            among = CLIP if code else (*CLIP, *job.changes)
            billed = evaluate(space_of(job, among, chance), 0, 1).billed
        except ShapeError as refusal:
            sentence = str(refusal).replace("width_px", "width")  # the name of the column
            assert sentence in said or beyond(sentence, found), job
        else:
            check_record(job, billed, 0, found, said)

    assert min(refused.values()) > number // 20
    assert sum(refused.values()) < number // 2


def space_of(job, among, chance):
    """Write the job as a space of one point, with some columns as axes."""
    given = {name: job.columns[name] for name in CLIP} | job.changes
    axes = {name: Axis((float(given[name]),)) for name in among if chance.random() < 0.6}
    fixed = {name: value for name, value in given.items() if name not in axes}
    axes["accelerator"] = Axis((0.0,))
    return Space(models=(job.model,), axes=axes, fixed=fixed, accelerators=(job.gpu,))


def check_choices(job, code):
    """Compare the page's rules of architectures with the command's."""
    found = page_modules.refuse(list(job.choices.values()), rows_of(job.model)["has"])

    assert found[0] == code


@pytest.mark.parametrize("changed", [False, True])
def test_the_two_commands_say_the_same(capsys, tmp_path, changed):
    """`rebuilt cost` against the record that `rebuilt sweep` writes, ten jobs each."""
    drawn = (job for job in jobs(6, 200, changed=changed) if not asked(job)[1])
    for turn, job in zip(range(10), drawn, strict=False):
        assert cli.main(cost_of(job)) == 0
        said = json.loads(capsys.readouterr().out)
        folder = tmp_path / str(turn)
        assert cli.main([*sweep_of(job), "--records", str(folder), "--json"]) == 0
        capsys.readouterr()
        record = pl.read_parquet(folder / "part-000000.parquet").row(0, named=True)

        names = ("tokens", "parameters", "bytes_moved", "seconds", "joules", "memory_bytes", "fits")
        assert {name: record[name] for name in names} == {name: said[name] for name in names}
        assert record["flops"] == said["flops_total"]
        assert record["usd"] == said["usd"] or (
            said["usd"] is None and record["usd"] != record["usd"]
        )


def cost_of(job):
    """Write the job as `rebuilt cost`."""
    clip = {"frames": job.clip.frames, "height": job.clip.height, "width": job.clip.width}
    numbers = clip | {"steps": job.steps, "passes": job.passes, "gpus": job.gpus}
    if "text_tokens" not in job.changes:
        numbers["text-tokens"] = job.clip.text_tokens
    options = [f"--{name}={value}" for name, value in numbers.items()]
    options += [f"--set={name}={written(name, value)}" for name, value in job.changes.items()]
    return ["cost", job.model, "--gpu", job.gpu, "--no-tile", "--json", *options]


def sweep_of(job):
    """Write the job as `rebuilt sweep`: every other column is an axis of one level."""
    given = {name: job.columns[name] for name in CLIP} | job.changes | {"accelerator": job.gpu}
    options = [
        f"{('--axis', '--fix')[turn % 2]}={name}={written(name, value)}"
        for turn, (name, value) in enumerate(given.items())
    ]
    return ["sweep", "--model", job.model, *options]


def written(name, value):
    """Write a value as people do."""
    if name in NAMES:
        return NAMES[name][value]
    return value if name == "accelerator" else int(value)
