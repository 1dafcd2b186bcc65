"""A model made ready for many jobs: its program, its rules, and a job to start from.

Counts are polynomials in what varies; whatever is the same in all jobs is put into the coefficients
first, with whole numbers of any size.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from rebuilt.cost.algebra.places import (
    COUNTS,
    DECODES,
    JOB,
    MAX_COUNT,
    ODD_FRAMES,
    R_HAS_DECODER,
    ROWS,
    RULES,
    SIZES,
)
from rebuilt.cost.algebra.program import FIRST, Program, evaluate, lower
from rebuilt.cost.algebra.sizes import fill
from rebuilt.cost.counting.rows import polynomials
from rebuilt.cost.hardware.bill import total_job
from rebuilt.cost.models.architectures import Transformer
from rebuilt.cost.models.latent import Numbers, default_clip, job_of, rules_of
from rebuilt.cost.models.variants import SYMBOLIC, altered, symbolic
from rebuilt.errors import ShapeError

# The columns of a job on which each size rests; a size of the architecture rests on its own column.
TIME = ("frames", "frames_stride", "patch_frames")
SPACE = ("height", "width_px", "side_stride", "patch_side")
TILING = (*SPACE, "tiled")
RESTS_ON: dict[str, tuple[str, ...]] = {
    "frames": TIME,
    "area": SPACE,
    "text": ("text_tokens",),
    "latent_frames": TIME,
    "latent_area": SPACE,
    "odd_frames": TIME,
    "tiles": TIME + SPACE,
    "decodes": ("frames_stride", "side_stride", "channels"),
    "head": ("width", "heads"),
    "padded_head": ("width", "heads"),
    "norm_head": ("width", "heads"),
    "audio": ("frames",),
    "experts": (),
    "half_area": SPACE,
    "quarter_area": SPACE,
    "tile_area": TILING,
    "tile_edge": TILING,
    "kept_area": TILING,
    "tile_squares": TILING,
    "follows": TIME,
    "tile_frames": (*TIME, "tiled"),
    "time_tiles": (*TIME, "tiled"),
    "all_frames": (*TIME, "tiled"),
    "frame_squares": (*TIME, "tiled"),
    "later_frames": TIME,
    "area_tiles": TILING,
} | {name: (name,) for name in SYMBOLIC}
NOT_BILLED = ROWS[ROWS.index("projection") :]  # FLOPs by group are in `forward` too
SMALLER_IS_MORE = ("frames_stride", "side_stride", "patch_frames", "patch_side")
PADDING = 4  # times at most that heads between two numbers are padded more, or shared out better


@dataclass(frozen=True, slots=True)
class Lowered:
    """One model for many jobs.

    Attributes
    ----------
    model : str
        Its id.
    program : tuple of int
        For `program.evaluate`, in the sizes that vary.
    rules, job : tuple of float
        In the order of places.RULES and places.JOB; the job holds what does not vary.
    varying : tuple of str
        Names of the columns of JOB that vary.
    """

    model: str
    program: Program
    rules: Numbers
    job: Numbers
    varying: tuple[str, ...]

    def check(self, ends: Mapping[str, tuple[float, float]]) -> None:
        """Raise ShapeError if a count could pass the whole numbers of compiled code.

        Parameters
        ----------
        ends : mapping of str to (float, float)
            Least and largest value of each column that varies. Counts grow with every column but
            those of SMALLER_IS_MORE, and up to PADDING with fewer or more heads, so that one job
            bounds all.
        """
        worst = dict(zip(JOB, self.job, strict=True))
        for name, (low, high) in ends.items():
            worst[name] = low if name in SMALLER_IS_MORE else high
        found = max(
            self._largest(worst | {"heads": heads})
            for heads in ends.get("heads", (worst["heads"],))
        )
        if found * (PADDING if "heads" in ends else 1) > MAX_COUNT:
            largest = ", ".join(f"{name} {worst[name]:g}" for name in self.varying)
            raise ShapeError(
                f"{self.model}: the largest of these jobs ({largest}) has a count of "
                f"{found:.3g}, above {MAX_COUNT:,}; narrow what varies, or ask "
                "`rebuilt cost`, which counts with whole numbers of any size"
            )

    def _largest(self, worst: Mapping[str, float]) -> int:
        """Largest count of a job, with the decoder where any job may have it."""
        values, rows = [0] * (FIRST + self.program[0]), [0] * len(ROWS)
        counts, job = [0] * len(COUNTS), [worst[name] for name in JOB]
        fill(self.rules, job, values)
        values[1 + ODD_FRAMES], values[1 + DECODES] = 1, int(self.rules[R_HAS_DECODER])
        evaluate(self.program, values, rows)
        total_job(job, values, rows, counts)
        return max(*rows, *counts)


def lower_model(
    model: Transformer,
    varying: Iterable[str] = (),
    fixed: Mapping[str, float] | None = None,
    changes: Mapping[str, int] | None = None,
) -> Lowered:
    """Make a transformer ready for jobs in which some columns vary.

    Parameters
    ----------
    model : Transformer
        From `load_model`.
    varying : iterable of str
        Names of places.JOB.
    fixed : mapping of str to float
        Values of other columns; default: the published clip and sampler, one clip, one accelerator.
    changes : mapping of str to int
        Choices that differ from the published ones in all jobs, as `altered` takes them; without it
        the limits of the published weights hold.
    """
    names = tuple(varying)
    published = model
    if changes is not None:
        model = altered(published, changes, names)
    said = dict(zip(JOB, job_of(model, default_clip(model)), strict=True)) | dict(fixed or {})
    job = tuple(float(said[name]) for name in JOB)
    symbols = [name for name in names if name in SYMBOLIC]
    rules = list(rules_of(model))
    if "heads" in names:
        rules[RULES.index("shared_heads")] = 0.0
    if "decode_flops" in names or said["decode_flops"]:  # an assumed decoder is in its place
        rules[RULES.index("has_decoder")] = 0.0
    counted = polynomials(symbolic(published, symbols, changes) if symbols else model)
    known = _known(rules, job, names)
    billed = {row: terms.at(known) for row, terms in counted.items() if row not in NOT_BILLED}
    return Lowered(model.id, lower(billed), tuple(rules), job, names)


def _known(rules: list[float], job: Numbers, varying: Collection[str]) -> dict[str, int]:
    """Sizes that no varying column touches, by name."""
    values = [0] * FIRST
    fill(rules, job, values)
    sizes = dict(zip(SIZES, values[1:], strict=True))
    return {name: size for name, size in sizes.items() if not set(RESTS_ON[name]) & set(varying)}
