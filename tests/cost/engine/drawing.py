"""Random jobs of every model and accelerator, and what the page makes of one."""

import math
import random
from dataclasses import dataclass, replace
from functools import cache

from rebuilt.cost import Clip, load_model, model_ids
from rebuilt.cost.algebra.places import (
    CAUSAL,
    COUNTS,
    EVEN,
    FIGURES,
    IMAGE,
    JOB,
    R_RULE,
    R_SQUARE,
    ROWS,
    RULES,
)
from rebuilt.cost.algebra.program import FIRST
from rebuilt.cost.algebra.sizes import multiple_of
from rebuilt.cost.hardware.accelerators import accelerator_ids, load_accelerator, rented
from rebuilt.cost.hardware.efficiencies import borrowed, constant, has
from rebuilt.cost.hardware.layouts import BEST, Layout
from rebuilt.cost.hardware.machines import WIDTHS, chip_row, common_row, run_row
from rebuilt.cost.hardware.software import (
    CACHES,
    FORMATS,
    KERNELS,
    OFFLOADS,
    Software,
    load_software,
    software_names,
)
from rebuilt.cost.models.architectures import Transformer
from rebuilt.cost.models.choices import CHOICES, LIMITS, NAMES
from rebuilt.cost.models.groups import choices_of
from rebuilt.cost.models.latent import job_of, rules_of, shared_heads
from rebuilt.widgets.calculator_form import LARGEST
from rebuilt.widgets.calculator_rows import model_rows, stand_ins
from rebuilt.widgets.calculator_text import (
    ANSWER,
    AS_NEEDED,
    CLIP,
    IN_TILES,
    WHOLE,
    calculate,
)

# A learned model has no architecture to change; tests/cost/learn holds it to the engine.
PLAIN = load_software()
MODELS = [name for name in model_ids(Transformer) if load_model(name).learned is None]
ACCELERATORS = accelerator_ids()
OF_A_HEAD = (32, 64, 72, 80, 96, 128, 144)  # channels


@dataclass(frozen=True)
class Job:
    """What somebody asks: a model, what is changed of it, a clip, a sampler, accelerators."""

    model: str
    changes: dict[str, int]
    clip: Clip
    steps: int
    passes: int
    gpu: str
    gpus: int
    batch: int = 1
    software: Software = PLAIN
    layout: Layout | str = ""
    tile: bool | None = None
    rent: float | None = None

    @property
    def chip(self):
        """The accelerator, at the rent that is given."""
        chip = load_accelerator(self.gpu)
        return chip if self.rent is None else rented(chip, self.rent)

    @property
    def choices(self):
        """Every choice of the architecture, changed or not."""
        return choices_of(load_model(self.model)) | self.changes

    @property
    def columns(self):
        """The job by name of places.JOB, but for the numbers of an architecture as published."""
        model, changed = load_model(self.model), {}
        own = job_of(
            model,
            self.clip,
            steps=self.steps,
            passes=self.passes,
            batch=self.batch,
            gpus=self.gpus,
        )
        changed = {name: value for name, value in self.changes.items() if name not in NAMES}
        return dict(zip(JOB, own, strict=True)) | changed | {"text_tokens": self.clip.text_tokens}


def jobs(seed, number, *, changed=False):
    """Draw jobs of every model in turn; of one in four a size may be refused."""
    chance = random.Random(seed)
    for turn in range(number):
        name = MODELS[turn % len(MODELS)]
        changes = changes_of(chance, name) if changed else {}
        sizes = sizes_of(chance, name, changes)
        if turn % 4 == 3:
            sizes[chance.choice(list(sizes))] = chance.choice(
                [3, 77, 1001, 2048, 9000, 0][: 6 - changed]
            )
        text = (choices_of(load_model(name)) | changes)["text_tokens"]
        if not changed:
            text = chance.choice([text, chance.randint(1, 300) if text else 0])
        clip = Clip(**sizes, text_tokens=text)
        sampler = {"steps": chance.randint(1, 100), "passes": chance.randint(1, 3)}
        gpu, gpus = chance.choice(ACCELERATORS), chance.randint(1, 8)
        yield Job(name, changes, clip, **sampler, gpu=gpu, gpus=gpus)


def runs_of(seed, number, *, changed=False):
    """Draw jobs with everything that `rebuilt cost` takes about how they are run."""
    chance = random.Random(seed)
    for job in jobs(seed, number, changed=changed):
        software = replace(
            load_software(chance.choice(software_names())),
            attention=chance.choice([*[""] * 30, *KERNELS]),
            format=chance.choice(["bf16", *FORMATS]),
            cache=chance.choice(["", "", *CACHES]),
            computed=chance.choice([1.0, 1.0, 0.5, 0.25]),
            density=chance.choice([1.0, 1.0, 0.3]),
            offload=chance.choice(OFFLOADS),
        )
        if chance.random() < 0.4:
            software = replace(software, compiled=chance.random() < 0.5)
        layout, gpus = chance.choice(["", BEST, "own"]), chance.choice([1, 2, 3, 4, 6, 8, 8, 16])
        if layout == "own":
            ways = ("guidance", "ulysses", "ring", "tensor", "pipeline", "data")
            degrees = {name: chance.choice([1, 1, 1, 1, 1, 1, 2, 3]) for name in ways}
            layout = Layout(**degrees, shard=chance.random() < 0.3)
            gpus = layout.gpus
        yield replace(
            job,
            gpus=gpus,
            batch=chance.choice([1, 1, 2, 3]),
            software=software,
            layout=layout,
            tile=chance.choice([None, None, True, False]),
            rent=chance.choice([None, None, chance.uniform(0.01, 20), 1000.0]),
        )


def sizes_of(chance, name, changes):
    """Frames and sides that the model most often takes."""
    choices, rules = choices_of(load_model(name)) | changes, rules_of(load_model(name))
    rule = choices["frames_rule"] if changes else rules[R_RULE]
    stride, side, patch = (
        choices[field] for field in ("frames_stride", "side_stride", "patch_side")
    )
    frames = stride * chance.randint(1, 24) if rule >= EVEN else chance.randint(1, 16)
    multiple = side * patch if changes else int(multiple_of(rules, side, patch))
    height, width = (multiple * chance.randint(1, max(1, 1024 // multiple)) for _ in "ab")
    square = rules[R_SQUARE] and not changes
    return {
        "frames": 1 if rule == IMAGE else frames + (rule == CAUSAL),
        "height": width if square else height,
        "width": width,
    }


def changes_of(chance, name):
    """Draw changes of an architecture, most of which make one; a learned one has none."""
    if load_model(name).learned is not None:
        return {}
    own = choices_of(load_model(name))
    usual = {
        "depth": (1, 60),
        "more_depth": (1, 40),
        "heads": (1, 48),
        "hidden": (64, 20_000),
        "patch_frames": (1, 3),
        "patch_side": (1, 4),
        "side_stride": (4, 32),
        "channels": (1, 128),
        "text_tokens": (1, 600) if own["text_tokens"] else (0, 0),
    }
    fields = chance.sample(CHOICES, chance.randint(1, 6))
    found = {field: chance.randint(*usual.get(field, LIMITS[field])) for field in fields}
    if {"width", "heads"} & set(found):
        share = chance.choice(OF_A_HEAD) * found.get("heads", own["heads"])
        found["width"] = max(8, share + (chance.random() < 0.1))
    if {"frames_rule", "frames_stride"} & set(found):
        grouped = found.get("frames_rule", own["frames_rule"]) >= EVEN
        found["frames_stride"] = chance.choice([1, 2, 4, 8]) if grouped else 1
    if found.get("more_blocks"):
        found["more_depth"] = chance.randint(chance.random() > 0.1, 40)
    changes = {name: value for name, value in found.items() if value != own[name]}
    if set(changes) <= {"text_tokens"}:  # alone it is the text of a clip, with its limits
        changes["depth"] = own["depth"] + 1
    return changes


rows_of = cache(model_rows)
stand_ins = cache(stand_ins)


def page_of(job, **changes):
    """Program, rules, job, clip and shared heads as the page's script hands them to the engine.

    `changes` are other values of fields of the clip.
    """
    own, choices = rows_of(job.model), job.choices
    terms = list(own["rest"])
    published = dict(zip(CHOICES, own["choices"], strict=True))
    for slot, field in enumerate(("blocks", "more_blocks")):
        if choices[field] == published[field]:
            terms += (own["groups"] + [[]])[slot]
        else:
            terms += stand_ins()[slot][choices[field]]
    rules = dict(zip(RULES, own["changedRules" if job.changes else "rules"], strict=True))
    if job.changes:
        rules |= {"rule": choices["frames_rule"], "text_maximum": job.clip.text_tokens}
    clip = (job.clip.frames, job.clip.height, job.clip.width, job.clip.text_tokens)
    numbers = (*clip, job.steps, job.passes, job.gpus, job.batch)
    asked = dict(zip(CLIP, numbers, strict=True)) | changes
    columns = job.columns | {{"width": "width_px"}.get(name, name): v for name, v in asked.items()}
    heads = choices["heads"] if job.changes else shared_heads(load_model(job.model))
    return (
        program_of(terms),
        tuple(map(float, rules.values())),
        [float(value) for value in columns.values()],
        [float(value) for value in asked.values()],
        float(heads),
    )


def run_of(job):
    """Chip, run, common constants, widths, what is asked, and degrees, as the page hands them."""
    chip, software, own = job.chip, job.software, isinstance(job.layout, Layout)
    name = f"attention_{software.kernel(chip.family)}"
    kernel = constant(name, chip.id) if has(name, chip.id) else math.nan
    tile = {None: AS_NEEDED, True: IN_TILES, False: WHOLE}[job.tile]
    layout, lent = 1 if own else 2 * (job.layout == BEST), bool(borrowed("product", chip.id))
    asked = (tile, layout, lent, job.rent is not None)
    return (
        chip_row(chip, FORMATS[software.format].computes, kernel, constant),
        run_row(software, constant),
        common_row(constant),
        tuple(math.exp(constant(f"interval_{kind}")) for kind in WIDTHS),
        tuple(map(float, asked)),
        (job.layout if own else Layout()).degrees,
    )


def calculated(job, **changes):
    """Answer of the page's text as Python runs it, and its whole numbers; `changes` of the clip."""
    program, rules, columns, clip, heads = page_of(job, **changes)
    sizes, out = (FIRST + program[0], len(ROWS), len(COUNTS)), [0.0] * len(ANSWER)
    figures, spare = ([0.0] * len(FIGURES) for _ in "ab")
    floats, exact, tiles = ([[0] * size for size in sizes] for _ in "abc")
    limits = [float(most) for most in LARGEST]
    calculate(
        *(program, rules, columns, clip, limits, heads, *run_of(job)),
        *(floats, exact, tiles, figures, spare, out),
    )
    return [float(value) for value in out], exact[2]  # the page's array holds floats


def program_of(terms):
    """Terms [row, coefficient, sizes ...] as a program; products are not shared."""
    products, rows = [], []
    for row, coefficient, *factors in terms:
        place = factors[0] if factors else 0
        for right in factors[1:]:
            products += [place, right]
            place = FIRST + len(products) // 2 - 1
        rows += [row, place, coefficient]
    return [len(products) // 2, len(rows) // 3, *products, *rows]
