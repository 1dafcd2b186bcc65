"""The calculator's engine: room for every model, codes of refusals, and what its bars show."""

import math

import pytest
from tests.cost.engine.drawing import (
    MODELS,
    Job,
    calculated,
    jobs,
    page_of,
    rows_of,
    runs_of,
    stand_ins,
)
from tests.widgets import page_modules

from rebuilt.cost import Clip, inference, load_model
from rebuilt.cost.algebra.operations import GROUPS
from rebuilt.cost.algebra.places import JOB, MAX_COUNT, RULES
from rebuilt.cost.hardware.accelerators import accelerator_ids
from rebuilt.cost.hardware.efficiencies import has
from rebuilt.cost.hardware.estimate import GB, IN_TILES, estimate, fastest, price, timed
from rebuilt.cost.hardware.estimate_record import spent
from rebuilt.cost.hardware.layouts import BEST, DEGREES, Layout
from rebuilt.cost.hardware.machines import MEMORY_KINDS, machine_of
from rebuilt.cost.hardware.memory import Memory
from rebuilt.cost.hardware.rates import Chip
from rebuilt.cost.hardware.software import KERNELS
from rebuilt.cost.models.choices import CHOICES
from rebuilt.cost.models.codes import REFUSALS
from rebuilt.cost.models.latent import default_clip, explain, with_text
from rebuilt.errors import OptionError, ShapeError
from rebuilt.widgets import calculator_form
from rebuilt.widgets.calculator_form import FILLS
from rebuilt.widgets.calculator_module import PRODUCTS, TERMS
from rebuilt.widgets.calculator_rows import numbers, offered
from rebuilt.widgets.calculator_runs import odds, runs
from rebuilt.widgets.calculator_text import ANSWER, PEAK, SHARED, SPENT, TOO_MANY


def answer(job, **changes):
    """Answer of the page's text by name; `changes` are fields of the clip."""
    return dict(zip(ANSWER, calculated(job, **changes)[0], strict=True))


def published(name, gpu="h100-sxm", gpus=1):
    """Return the published clip and sampler of a model as a job."""
    model = load_model(name)
    clip, sampler = with_text(model, default_clip(model)), model.sampler
    return Job(name, {}, clip, sampler.steps, sampler.passes, gpu, gpus)


def test_every_model_and_every_change_of_it_has_room():
    """The page's arrays hold the program of any two groups of blocks of any model."""
    longest = [max(slot, key=len) for slot in stand_ins()]
    for name in MODELS:
        own = rows_of(name)
        groups = [
            max(group, long, key=len)
            for group, long in zip([*own["groups"], []], longest, strict=False)
        ]
        terms = [*own["rest"], *groups[0], *groups[1]]
        products = sum(max(len(factors) - 1, 0) for _, _, *factors in terms)

        assert len(terms) <= TERMS, name
        assert products <= PRODUCTS, name


@pytest.mark.parametrize("name", offered())
def test_the_page_shows_what_the_command_prints(name):
    """Parts of the published clip by group, and the figures of the estimate."""
    found, job = answer(published(name)), inference(load_model(name))
    said = estimate(load_model(name), gpu="h100-sxm")
    clip, latent = job.forward.clip, job.forward.latent

    assert found["code"] == 0
    assert {group: found[group] for group in GROUPS if found[group]} == {
        group: float(flops) for group, flops in job.forward.by_group.items()
    }
    assert found["forward"] == job.forward.flops
    decode = said.job.decode  # in tiles where whole would not fit
    assert (found["decode"], found["decode_known"]) == (decode or 0, decode is not None)
    assert [found[f"latent_{axis}"] for axis in ("frames", "height", "width")] == [
        latent.frames, latent.height, latent.width
    ]  # fmt: skip
    assert found["memory_bytes"] == said.memory_bytes
    assert bool(found["fits"]) == said.memory.fits
    spent = [found[f"spent_{part}_s"] for part in SPENT]
    assert sum(spent) == pytest.approx(said.seconds, rel=1e-12)
    assert spent[0] == said.steps * said.parts.product
    assert clip.frames % found["frames_step"] == found["frames_first"] % found["frames_step"]
    assert clip.height % found["side_step"] == 0


def test_a_rent_without_source_is_no_number():
    """An accelerator that nobody rents out gives times and energy, and nan for dollars."""
    without = next(name for name in accelerator_ids() if math.isnan(machine_of(name).usd_per_s))
    found = answer(published("hunyuanvideo", without))

    assert math.isnan(found["usd"])
    assert found["seconds"] > 0
    assert runs()["machines"][without]["numbers"][Chip._fields.index("usd_per_h")] is None


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("frames", 12.5, "frames is 12.5; it must be a whole number"),
        ("height", 480.25, "height is 480.25; it must be a whole number"),
        ("frames", 2**17 + 1, "frames is 131073; counts are checked up to 131072"),
        ("width", 2**14 + 16, "width is 16400; counts are checked up to 16384"),
        ("steps", 0, "steps is 0; it must be a whole number from 1 to 10000"),
        ("steps", 10_001, "steps is 10001; it must be a whole number from 1 to 10000"),
        ("passes", 4, "passes is 4; it must be a whole number from 1 to 3"),
        ("gpus", 1025, "gpus is 1025; it must be a whole number from 1 to 1024"),
        ("gpus", 1.5, "gpus is 1.5; it must be a whole number from 1 to 1024"),
        ("batch", 0, "batch is 0; it must be a whole number from 1 to 64"),
    ],
)
def test_values_out_of_range_have_sentences_of_the_command(field, value, sentence):
    """Not whole, too large, below one: each field says which."""
    code = int(answer(published("hunyuanvideo"), **{field: value})["code"])
    said = calculator_form.exported()["sentences"][code]

    assert code >= len(REFUSALS)
    assert said.format(**{field: value}) == sentence


def test_a_refusal_has_the_values_next_to_it():
    """Near sizes that keep the rules about them, 0 where there is none."""
    low = answer(published("wan2.1-t2v-14b"), frames=2.0)
    odd = answer(published("wan2.1-t2v-14b"), height=725.0)

    assert REFUSALS[int(low["code"])] == "frames_causal"
    assert (low["below"], low["above"]) == (1, 5)
    assert (odd["below"], odd["above"]) == (720, 736)


def test_a_count_beyond_64_bits_is_refused_in_words():
    """The page's whole numbers end there; the sentence says who goes on counting."""
    job = published("hunyuanvideo")
    found = answer(job, frames=5761.0, steps=100.0)
    clip = Clip(frames=5761, height=720, width=1280)

    assert inference(load_model("hunyuanvideo"), clip, steps=100).total > MAX_COUNT
    assert found["code"] == TOO_MANY
    said = calculator_form.exported()["sentences"][TOO_MANY]
    assert said.startswith(
        "a count of this job passes 64 bits; `rebuilt cost` counts it with whole"
    )


def test_every_sentence_of_the_page_is_that_of_the_command():
    """What the script fills in is named in the text, for each code of a clip."""
    sentences, seen = calculator_form.exported()["sentences"], set()
    assert len(sentences) == TOO_MANY + 1 + len(DEGREES) + len(SHARED)
    for job in jobs(12, 600):
        found = answer(job)
        code = int(found["code"])
        if not 0 < code < len(REFUSALS):
            continue
        rules, columns = page_of(job)[1:3]
        near = [found[side] for side in ("below", "above") if found[side] > 0]
        given = dict(zip(RULES, rules, strict=True)) | dict(zip(JOB, columns, strict=True)) | found
        given |= {"stride": given["frames_stride"], "side_multiple": found["side_step"]}
        given |= {"side_minimum": given["side_stride"], "width": job.clip.width}
        given |= {"text": job.clip.text_tokens}
        shown = {name: int(value) for name, value in given.items() if value == value}
        said = sentences[code].format(**shown | {"near": " and ".join(f"{n:.0f}" for n in near)})
        assert said == explain(rules, columns, code)
        seen.add(REFUSALS[code])

    assert len(seen) > 8


def test_choices_that_cannot_be_are_refused_by_the_module():
    """Heads that do not share the width, and the widths next to it."""
    own = rows_of("wan2.1-t2v-14b")
    choices = dict(zip(CHOICES, own["choices"], strict=True)) | {"heads": 39}
    code, *near = page_modules.refuse(list(choices.values()), own["has"])

    assert calculator_form.choices.sentences()[int(code)].startswith(
        "width {width} is not a multiple"
    )
    assert near == [5109, 5148]


def test_numbers_of_the_page_are_short_and_have_no_nan():
    """JSON has none; whole numbers lose their point."""
    assert numbers([1.0, 2.5, math.nan]) == [1, 2.5, None]
    assert isinstance(numbers([1.0])[0], int)


def test_models_are_offered_by_family_and_year():
    """Each once, in a family the oldest first, with its year; of one nobody knows it."""
    families = calculator_form.by_family(offered())
    wan = list(families["Wan"].values())

    assert sorted(name for models in families.values() for name in models) == sorted(offered())
    assert list(families) == sorted(families, key=str.casefold)
    assert (wan[0], wan[-1]) == ("Wan 2.1 I2V 14B (2025)", "Wan 2.2 Animate 14B (2025)")
    assert families["Cosmos"]["cosmos-predict2.5-14b"].endswith(f"({calculator_form.UNDATED})")


def asked(job):
    """Ask as `rebuilt cost` does: the estimate, or the sentence that refuses."""
    model, usual = load_model(job.model), isinstance(job.layout, str)
    try:
        counted = timed(model, job.clip, steps=job.steps, passes=job.passes, tiled=job.tile)
        own = {"gpu": job.chip, "gpus": job.gpus, "batch": job.batch, "software": job.software}
        if job.layout == BEST:
            return fastest(counted, **own), ""
        return price(counted, **own, layout=None if usual else job.layout), ""
    except (OptionError, ShapeError) as refusal:
        return None, str(refusal)


def test_every_way_to_run_a_job_costs_what_the_command_says():
    """400 jobs of drawn profiles, formats, caches, layouts, batches and tiles: all figures."""
    seen, refused = set(), 0
    for job in runs_of(31, 400):
        found, (said, words) = answer(job), asked(job)
        if words:
            assert found["code"] > 0, (job, words)
            refused += 1
            continue
        memory = said.memory
        if found["code"] == TOO_MANY:
            continue
        assert found["code"] == 0, job
        assert (found["seconds"], found["seconds_low"]) == (said.seconds, said.low), job
        assert (found["seconds_high"], found["joules"]) == (said.high, said.joules), job
        assert math.isnan(found["usd"]) if said.usd is None else found["usd"] == said.usd, job
        assert found["memory_bytes"] == pytest.approx(memory.total * GB, rel=1e-12), job
        assert bool(found["fits"]) == memory.fits, job
        assert f"deviation_{MEMORY_KINDS[int(found['peak_kind'])]}" == memory.deviation, job
        peak = {part: found[f"peak_{part}_bytes"] / GB for part in PEAK}
        assert sum(peak.values()) == pytest.approx(memory.total, rel=1e-12), job
        kept = {name: value for name, value in zip(FILLS, peak.values(), strict=True) if value}
        assert kept == pytest.approx(memory.by_part), job
        parts = [found[f"spent_{part}_s"] for part in SPENT]
        assert parts == pytest.approx(list(spent(said).values()), rel=1e-12, abs=1e-9), job
        degrees = {name: int(found[name]) for name in DEGREES}
        assert str(Layout(**degrees, shard=found["sharded"] == 1.0)) == str(said.layout), job
        tiled = IN_TILES.format(gb=f"{found['whole_bytes'] / GB:.0f}")
        assert (tiled in said.assumed) == (found["memory_bytes"] < found["whole_bytes"]), job
        seen.add((said.software.offload, memory.moment, said.layout.gpus > 1))

    assert len(seen) > 10
    assert 50 < refused < 250


def test_refusals_of_the_way_a_job_is_run_are_those_of_the_command():
    """A kernel that does not run, heads that do not share, too few passes or clips, no network."""
    sentences, known = calculator_form.exported()["sentences"], runs()["machines"]
    seen, names = set(), ("passes", "batch", "gpus")
    for job in runs_of(8, 300):
        code, words = int(answer(job)["code"]), asked(job)[1]
        if code <= TOO_MANY or job.layout == BEST:  # a search asks for the kernel first
            continue
        chip = known[job.gpu]
        kernels = [name for name in KERNELS if has(f"attention_{name}", job.gpu)]
        heads = int(page_of(job)[-1])
        shared = [str(degree) for degree in range(1, 9) if heads % degree == 0]
        given = {name: getattr(job, name) for name in names} | {"shared_heads": heads}
        if isinstance(job.layout, Layout):
            given |= {name: getattr(job.layout, name) for name in DEGREES}
            given["together"] = job.layout.ulysses * job.layout.tensor
        said = sentences[code].format(
            **given,
            model=job.model,
            kernel=job.software.kernel(chip["family"]),
            chip=chip["name"],
            family=chip["family"],
            known=", ".join(kernels),
            most=chip["most"],
            divisors=" or ".join(filter(None, [", ".join(shared[:-1]), shared[-1]])),
        )
        assert said == words, job
        seen.add(SHARED[code - len(sentences)])

    assert seen == {"guidance", "data", "heads", "network", "kernel"}


@pytest.mark.parametrize("kind", MEMORY_KINDS)
def test_whether_it_fits_has_the_probability_of_the_command(kind):
    """Verdict and whole percents follow from capacity over need, as `Memory` finds them."""
    found = odds(kind)
    for step in range(1, 400):
        parts = {"activations": 0, "buffers": 0, "reserve": 0, "optimizer": 0}
        memory = Memory(weights=step / 100, **parts, capacity=2.0, deviation=f"deviation_{kind}")
        room = memory.capacity / memory.total
        verdict = "fits" if room >= found["fits"] else "uncertain"
        verdict = "does not fit" if room <= found["not"] else verdict
        assert verdict == memory.verdict
        percent = sum(room >= least for least in found["percents"])
        assert f"{percent}%" == f"{memory.probability:.0%}"
