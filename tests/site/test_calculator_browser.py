"""The calculator in a real browser: whole numbers and floats are those of the plain text."""

import itertools
import json
import math
import random
import re
import shlex
import struct
from urllib.parse import urlencode

import pytest
from tests.cost.engine.drawing import calculated, jobs, page_of, runs_of

from rebuilt import cli
from rebuilt.cost import Clip, load_model
from rebuilt.cost.algebra.places import COUNTS
from rebuilt.cost.hardware.accelerators import GIVEN, accelerator_ids, load_accelerator, rent_of
from rebuilt.cost.hardware.efficiencies import borrowed, runs_behind
from rebuilt.cost.hardware.estimate import price, timed
from rebuilt.cost.hardware.layouts import DEGREES, Layout
from rebuilt.cost.hardware.software import load_software
from rebuilt.cost.models.codes import REFUSALS
from rebuilt.cost.models.latent import explain, latent_of
from rebuilt.cost.models.variants import choice_refusal
from rebuilt.cost.models.variants import explain as explain_choices
from rebuilt.errors import ShapeError
from rebuilt.widgets import calculator_form
from rebuilt.widgets.calculator_form import SHOWN
from rebuilt.widgets.calculator_runs import USUAL, VERDICTS
from rebuilt.widgets.calculator_text import ANSWER, CLIP, JUDGED, TOO_MANY

CASES = 1500
RUN = f"""given.map(job => {{
    const found = run(job);
    return [found.code ? sentence(job, found) : '',
            found.refusesChoices ? [] : data.answer.map(field => bits(found[field])),
            Array.from(exact.slice(-{len(COUNTS)}), String)];
}})"""


def clip_of(job):
    """Fields of the page in the order of CLIP."""
    clip = (job.clip.frames, job.clip.height, job.clip.width, job.clip.text_tokens)
    return dict(zip(CLIP, (*clip, job.steps, job.passes, job.gpus, job.batch), strict=True))


def asked(job, **changes):
    """Write a job as the page's script has it."""
    clip, choices = clip_of(job) | changes, list(job.choices.values())
    named = {"model": job.model, "gpu": job.gpu, "choices": choices, "how": how_of(job)}
    return named | {"clip": list(clip.values())}


def how_of(job):
    """Fields of the page that say how a job is run."""
    software, own = job.software, isinstance(job.layout, Layout)
    fused = software.compiled != load_software(software.name).compiled
    degrees = {name: getattr(job.layout, name) for name in DEGREES} if own else {}
    settings = ("attention", "format", "cache", "computed", "density", "offload")
    return {
        **USUAL,
        **{name: getattr(software, name) for name in settings},
        "software": software.name,
        "compiled": ("compiled" if software.compiled else "eager") if fused else "",
        "tile": {None: "", True: "tile", False: "no-tile"}[job.tile],
        "layout": "own" if own else job.layout,
        **degrees,
        "shard": "shard" if own and job.layout.shard else "",
        "rent": "" if job.rent is None else job.rent,
    }


def expected(job, **changes):
    """Sentence, bits of the answer, and whole numbers, from the text as Python runs it."""
    code = choice_refusal(load_model(job.model), job.choices)
    if job.changes and code:
        return explain_choices(job.choices, code), [], None
    out, counts = calculated(job, **changes)
    return said_of(job, changes, int(out[0])), [bits(value) for value in out], counts


def said_of(job, changes, code):
    """Python's sentence of a code; of a refusal, the one of the exception of `rebuilt cost`."""
    if code in (0, TOO_MANY):
        return calculator_form.TOO_MANY if code else ""
    if code > TOO_MANY:
        return None
    if code < len(REFUSALS):
        return explain(*page_of(job, **changes)[1:3], code)
    field = CLIP[(code - len(REFUSALS)) % len(CLIP)]
    limit = calculator_form.LARGEST[CLIP.index(field)]
    value = (clip_of(job) | changes)[field]
    return calculator_form.sentences()[code].format(field=field, value=value, limit=limit)


def refusal_of(job):
    """Whether the page refuses a job, or cannot keep it: its text is an architecture's."""
    text = load_model(job.model).text
    return bool(calculated(job)[0][0]) or job.clip.text_tokens != (text.tokens if text else 0)


def fragment(job):
    """Write a job as the page's address does."""
    clip = {name: value for name, value in clip_of(job).items() if name != "text_tokens"}
    how = {name: value for name, value in how_of(job).items() if value != ""}
    return urlencode({"model": job.model, "gpu": job.gpu, **clip, **how})


def bits(value):
    """Give every nan the same bits: IEEE leaves them open, and JavaScript shows one."""
    plain = math.nan if math.isnan(value) else value
    return str(struct.unpack(">Q", struct.pack(">d", plain))[0])


def compare(form, cases):
    """Ask the page and Python; how many were counted, and how many refused."""
    answers, refused = form.inside(RUN, [asked(job, **changes) for job, changes in cases]), 0
    for (job, changes), (said, numbers, exact) in zip(cases, answers, strict=True):
        words, wanted, counts = expected(job, **changes)
        kept = len(ANSWER) if words == "" else len(JUDGED)
        assert said == words if words is not None else said != "", (job, changes)
        assert numbers[:kept] == wanted[:kept], (job, changes)
        if words == "":
            assert list(map(int, exact)) == counts, (job, changes)
        refused += words != ""
    return len(cases) - refused, refused


def odd_fields(seed, number):
    """Change a field of some clips to what is no clip at all, or too large."""
    chance = random.Random(seed)
    odd = [0, -7, 3, 77, 1001, 2.5, 9000, 20_000, 10**7]
    for job in jobs(seed, number):
        wrong = {chance.choice(CLIP): chance.choice(odd)} if chance.random() < 0.3 else {}
        yield job, wrong


def test_the_browser_equals_python(kept, record_property):
    """Every number and every refusal of 1,500 random inputs of published models."""
    counted, refused = compare(kept("calculator"), list(odd_fields(17, CASES)))

    record_property("equal", f"{counted} counted and {refused} refused inputs")
    assert counted > 700
    assert refused > 200


def test_changed_architectures_equal_python(kept, record_property):
    """Every number and every refusal, of architecture or clip, of 1,000 random architectures."""
    cases = [(job, {}) for job in jobs(29, 1000, changed=True)]
    counted, refused = compare(kept("calculator"), cases)

    record_property("equal", f"{counted} counted and {refused} refused architectures")
    assert counted > 250
    assert refused > 200


def test_every_way_to_run_a_job_equals_python(kept, record_property):
    """Every number of 600 jobs with drawn software, format, cache, layout, batch and offload."""
    counted, refused = compare(kept("calculator"), [(job, {}) for job in runs_of(43, 600)])

    record_property("equal", f"{counted} counted and {refused} refused ways to run a job")
    assert counted > 200
    assert refused > 100


@pytest.mark.parametrize("turn", range(12))
def test_the_page_reads_what_the_command_prints(kept, capsys, turn):
    """The command that the page shows is run, and its digits are those of the page."""
    jobs = (job for job in runs_of(51, 200) if not refusal_of(job))
    form = kept("calculator", fragment(next(itertools.islice(jobs, turn, None))))
    assert form.problem() == ""
    assert cli.main(shlex.split(form.command())[1:]) == 0
    printed = capsys.readouterr().out
    capsys.readouterr()
    cli.main([*shlex.split(form.command())[1:], "--json"])
    record = json.loads(capsys.readouterr().out)

    need, has = re.search(r"([\d.]+) GB of ([\d.]+) GB|: ([\d.]+) GB are needed", printed).group(
        1, 2
    )
    shown = form.figure("memory_bytes").replace("\xa0", " ")
    if need is not None:
        assert shown.startswith(f"{need} GB of {has} GB: ")
    usd = form.figure("usd").replace("\xa0", " ").split(" USD")[0].replace(",", "")
    assert usd == "no sourced price" or float(usd) == float(f"{record['usd']:.3g}")
    assert (usd == "no sourced price") == (record["usd"] is None)
    given = record["rent_basis"] == GIVEN
    assert (GIVEN in form.field("basis").inner_text()) == given
    assert (f", {GIVEN}" in printed) == given
    assert ("--rent" in form.command()) == given
    assert f"{record['layout']}" in form.field("run").inner_text()
    software = next(line for line in printed.splitlines() if line.startswith("  software"))
    assert software.removeprefix("  software").strip() in form.field("run").inner_text()
    for note in record["assumed_of_hardware"]:
        assert f"Assumed: {note}." in form.field("assumed").inner_text()
    assert ("uncertain" in printed) == ("uncertain" in shown)
    assert ("does not fit" in printed) == ("does not fit" in shown)


@pytest.mark.parametrize(("control", "last"), [("frames", "117"), ("set-depth", "96")])
def test_a_change_is_answered_at_once(kept, record_property, control, last):
    """Milliseconds for one change with form, figures, bars, curve and layout are reported."""
    form = kept("calculator")
    form.unfold()
    median, slow = form.drag(control, [1 + 4 * (turn % 60) for turn in range(30)])
    record_property("ms_per_change", f"median {median:.2f}, 95 % below {slow:.2f}")
    print(f"calculator, {control}: {median:.2f} ms per change, 95 % below {slow:.2f} ms")

    assert form.value(control) == last


def test_it_works_by_keyboard(opened):
    """Tab reaches the sliders, arrows move them, and the figures follow."""
    form = opened("calculator")
    before = form.figures()
    form.field("frames").focus()
    form.page.keyboard.press("Tab")
    form.page.keyboard.press("ArrowRight")

    assert form.page.locator(":focus").get_attribute("aria-label") == "Frames, slider"
    assert form.value("frames") == "133"
    assert form.figures() != before


def test_every_drawing_has_words(opened):
    """Assistive technology reads what bars and curve show."""
    labels = (
        opened("calculator")
        .page.locator(".rb-form svg[role=img]")
        .evaluate_all("found => found.map(svg => svg.getAttribute('aria-label'))")
    )

    assert [label.split(":")[0] for label in labels] == [
        "FLOPs of one forward pass",
        "Run time",
        "Memory at its peak",
        "Run time over length",
    ]


def test_the_address_keeps_a_choice(opened):
    """What was chosen is in the fragment, and opening it again shows the same."""
    form = opened("calculator")
    form.enter(model="wan2.1-t2v-14b", gpu="h200-sxm", curve="joules", frames="161", gpus="8")
    again = opened("calculator", form.choice("frames=161", "gpus=8"))

    assert again.figures() == form.figures()
    assert again.value("curve") == "joules"
    assert form.command() == (
        "rebuilt cost wan2.1-t2v-14b --frames 161 --height 720 --width 1280 --steps 50 "
        "--passes 2 --gpu h200-sxm --gpus 8"
    )


def test_an_architecture_is_changed_kept_and_copied(opened):
    """The command names what was changed, the address keeps it, and the published one is back."""
    form = opened("calculator")
    form.unfold()
    form.enter(model="wan2.1-t2v-14b", set_blocks="joint", set_depth="30")
    again = opened("calculator", form.choice("set-blocks=joint", "set-depth=30"))

    assert again.figures() == form.figures()
    assert again.field("set-depth").is_visible()
    command = form.command()
    assert command.startswith("rebuilt cost wan2.1-t2v-14b --set blocks=joint --set depth=30 --fr")
    changed = form.field("changes").inner_text()
    assert changed == "Changed from Wan 2.1 T2V 14B: blocks joint, depth 30."

    form.enter(set_heads="39")

    assert form.problem() == "width 5120 is not a multiple of heads 39; nearest 5109 and 5148"

    form.press("As published")

    assert form.problem() == ""
    assert "--set" not in form.command()


@pytest.mark.parametrize(
    "fields", [{"frames": "130"}, {"height": "725"}, {"width": "9"}, {"frames": "200001"}]
)
def test_a_refused_clip_says_what_the_command_says(kept, fields):
    """The sentence is the command's own, figures are emptied, and a button leads back."""
    form = kept("calculator", "model=hunyuanvideo")
    form.enter(**fields)
    model = load_model("hunyuanvideo")
    published = {"frames": 129, "height": 720, "width": 1280}
    with pytest.raises(ShapeError) as refusal:
        latent_of(model, Clip(**published | {name: int(text) for name, text in fields.items()}))

    assert str(refusal.value).endswith(form.problem())
    assert form.problem() != ""
    assert form.figures().count("\u2013") == len(SHOWN)

    form.press("As published")

    assert form.problem() == ""
    assert "PFLOP" in form.figures()


def test_an_empty_field_is_refused(kept):
    """It is quoted as it was typed, in the command too, which says the same."""
    form = kept("calculator")
    form.enter(frames="")

    assert form.problem() == "frames is ''; it must be a whole number"
    assert "--frames '' --height" in form.command()


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("model=__proto__", "model as '__proto__'; expected was one of the list"),
        ("model=constructor&gpu=toString", "model as 'constructor'; expected was one of"),
        ("frames=NaN", "frames as 'NaN'; a number was expected"),
        ("frames=1e999", "frames as '1e999'; a number was expected"),
        ("frames=129&frames=257", "frames twice; once was expected"),
        ("software=vllm", "software as 'vllm'; expected was one of diffusers, fastvideo"),
        ("computed=nan", "computed as 'nan'; a number was expected"),
        ("sort=__proto__", "sort as '__proto__'; expected was one of name, usd, seconds"),
        ("foo=bar", "names foo, which is no field of this form"),
        ("frames=-5", "frames is -5 and must be at least 1"),
        ("batch=1000", "batch is 1000; it must be a whole number from 1 to 64"),
        ("computed=0", "computed is 0; it must be above 0 and at most 1"),
        ("rent=0", "rent is 0; it must be above 0 and at most 1000"),
        ("rent=-2", "rent is -2; it must be above 0 and at most 1000"),
        ("rent=1e-20", "rent is 1e-20; it must be above 0 and at most 1000"),
        ("rent=1000.01", "rent is 1000.01; it must be above 0 and at most 1000"),
        ("rent=free", "rent as 'free'; a number was expected"),
        ("layout=own&ulysses=2.5", "ulysses is 2.5; it must be a whole number from 1 to 1024"),
        ("layout=own&ring=4096", "gpus is 4096; it must be a whole number from 1 to 1024"),
    ],
)
def test_a_strange_address_says_what_was_expected(kept, address, expected):
    """No number is given and nothing breaks; as soon as a field changes, the form answers."""
    form = kept("calculator", address)

    assert expected in form.problem()
    assert form.figures().count("\u2013") == len(SHOWN)
    assert form.page.locator(".rb-form-bar svg").count() == 0
    assert form.errors == []

    form.press("As published")

    assert form.problem() == ""
    assert "PFLOP" in form.figures()


def test_memory_at_its_peak_is_a_bar_with_a_way_out(opened):
    """What lives there adds up to the figure; the option that is offered makes it fit."""
    form = opened("calculator", "model=wan2.1-t2v-14b&gpu=rtx-4090")
    bar = form.page.locator("[data-bar=memory]")
    gigabytes = [float(one) for one in re.findall(r"([\d.]+) GB", bar.locator("ul").inner_text())]
    shown = float(form.figure("memory_bytes").split("\xa0")[0])

    assert "does not fit" in bar.inner_text()
    assert sum(gigabytes[:-1]) == pytest.approx(shown, abs=0.3)
    assert gigabytes[-1] == pytest.approx(25.8)
    assert "The cheapest of the options tried" in form.field("advice").inner_text()

    form.press("Take this option")

    assert form.figure("memory_bytes").endswith("fits")
    assert not form.field("remedy").is_visible()


def test_an_address_that_is_not_understood_leaves_no_number_of_another_job(opened):
    """No bar, no curve, no command and no rent; the sums of a phone are empty too."""
    form = opened("calculator", "model=foo")

    assert form.command() == ""
    assert form.field("basis").inner_text() == ""
    assert form.field("run").inner_text() == ""
    assert form.page.locator(".rb-form-curve svg, .rb-form-bar svg").count() == 0
    assert form.page.get_by_role("button", name="Copy command").is_disabled()


def test_rent_has_its_basis(opened):
    """The price of an hour stands beside the rent, with who asks it and when."""
    form = opened("calculator")
    listed, several = form.field("basis").inner_text(), rent_of("b300-sxm")
    form.enter(gpu="b300-sxm")

    assert "2.69 (RunPod, on demand, 2026-03-21)" in listed
    assert f"the median of {several.prices} list prices: {several.providers[0]}" in (
        form.field("basis").inner_text()
    )
    assert f"at {several.usd_per_h:g} USD an hour" in form.figure("usd").replace("\xa0", " ")

    form.enter(gpu="tpu-v5p")

    assert form.field("basis").inner_text().startswith("No source gives a rent")


def test_a_rent_of_the_reader_stands_in_the_place_of_the_listed_one(opened):
    """It is that of the chosen accelerator until another is typed, which its address keeps."""
    form = opened("calculator")
    assert form.value("rent") == f"{rent_of('h100-sxm').usd_per_h:g}"
    seconds = form.figure("seconds")

    form.enter(rent="5.38")

    assert "at 5.38 USD an hour" in form.figure("usd").replace("\xa0", " ")
    assert form.field("basis").inner_text().endswith(f"5.38 ({GIVEN}).")
    assert form.figure("seconds") == seconds
    assert form.command().endswith("--gpu h100-sxm --gpus 1 --rent 5.38")
    again = opened("calculator", form.choice("rent=5.38"))
    assert again.figures() == form.figures()

    form.enter(gpu="tpu-v5p")

    assert form.value("rent") == ""
    assert "--rent" not in form.command()

    form.enter(rent="1")

    assert "at 1 USD an hour" in form.figure("usd").replace("\xa0", " ")

    form.enter(gpu="h100-sxm", rent="")

    assert form.problem() == "rent is ''; it must be above 0 and at most 1000"
    assert form.field("basis").inner_text() == ""

    form.press("As published")

    assert form.problem() == ""
    assert form.value("rent") == f"{rent_of('h100-sxm').usd_per_h:g}"


def test_jobs_are_pinned_and_kept_in_the_address(opened):
    """Up to three stand beside the present one, in the address too, until they are let go."""
    form = opened("calculator")
    for model in ("mochi-1", "wan2.1-t2v-1.3b", "ltx-video-2b"):
        form.enter(model=model)
        form.press("Pin this job to compare")
    table = form.field("compared").locator("table")
    assert form.field("keep").is_disabled()
    form.enter(model="hunyuanvideo", steps="7")
    again = opened("calculator", form.choice("steps=7", "model=hunyuanvideo"))

    assert again.field("compared").inner_text() == table.inner_text()
    assert table.locator("thead th").all_inner_texts() == [
        "Now", "Job 1 Unpin", "Job 2 Unpin", "Job 3 Unpin"
    ]  # fmt: skip
    times = dict(row.split("\t", 1) for row in table.inner_text().splitlines() if "\t" in row)
    assert times["Run time"].split("\t")[0] == form.figure("seconds")

    again.press("Unpin job 2")

    assert again.field("compared").locator("thead th").count() == 3
    again.page.wait_for_function("!location.hash.includes('1.3b')")


def test_every_accelerator_is_in_a_table_that_can_be_sorted(opened):
    """One row each, measured ones marked apart; what fits first, and there numbers ascend."""
    form = opened("calculator", "model=wan2.1-t2v-14b&sort=seconds")
    table = form.field("chips").locator("table")
    rows = table.locator("tbody tr")
    marks = table.locator("tbody th small").all_inner_texts()

    assert rows.count() == len(accelerator_ids())
    assert sum(mark.startswith("measured") for mark in marks) == sum(
        not borrowed("product", name) for name in accelerator_ids()
    )
    assert f"measured: {runs_behind('product', 'h100-sxm')} runs" in marks
    assert rows.first.inner_text() != ""
    for column in ("seconds", "usd"):
        names = [
            load_accelerator(name).name for name in sorted(accelerator_ids(), key=cost(column))
        ]
        form.enter(sort=column)
        head = table.locator("[aria-sort=ascending]")
        found = [
            text.split("\n")[0].strip() for text in table.locator("tbody th").all_inner_texts()
        ]
        known = 25
        assert head.inner_text() == calculator_form.LISTED[column]
        assert found[:known] == names[:known]
        assert f"sort={column}" in form.choice(f"sort={column}")


def cost(figure):
    """Key by which accelerators are sorted for Wan 2.1: whether it fits, a figure, the name."""
    counted = timed(load_model("wan2.1-t2v-14b"))

    def key(name):
        priced = price(counted, gpu=name)
        found = getattr(priced, figure)
        rank = VERDICTS.index(priced.memory.verdict)
        return rank, math.inf if found is None else found, load_accelerator(name).name.lower()

    return key
