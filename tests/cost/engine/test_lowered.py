"""The declared range: where it is kept no whole number of compiled code can overflow."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.cost.engine.drawing import MODELS

from rebuilt.cost import ShapeError, load_model
from rebuilt.cost.algebra.places import COUNTS, JOB, MAX_COUNT, ROWS
from rebuilt.cost.algebra.program import FIRST
from rebuilt.cost.algebra.sizes import refusal_of
from rebuilt.cost.engine.lowered import lower_model
from rebuilt.cost.engine.table import bill_table
from rebuilt.cost.hardware.bill import count_job
from rebuilt.cost.hardware.machines import machine_of
from rebuilt.cost.models.groups import choices_of

pytestmark = pytest.mark.usefixtures("compiled_tables")
MACHINE = machine_of("h100-sxm")
ENDS = {
    "frames": st.integers(1, 2000),
    "height": st.integers(1, 500).map(lambda rows: 16 * rows),
    "width_px": st.integers(1, 500).map(lambda rows: 16 * rows),
    "steps": st.integers(1, 10_000),
    "passes": st.integers(1, 3),
    "depth": st.integers(1, 256),
    "width": st.integers(1, 128).map(lambda parts: 256 * parts),
    "heads": st.sampled_from([1, 2, 4, 8, 16, 32, 64, 128, 256]),
    "hidden": st.integers(8, 2**17),
    "patch_side": st.integers(1, 4),
    "frames_stride": st.sampled_from([1, 2, 4, 8]),
    "side_stride": st.sampled_from([4, 8, 16]),
    "channels": st.integers(1, 128),
}


def counted(lowered, job):
    """Code of a job, and every whole number that it takes, of any size."""
    values, rows = [0] * (FIRST + lowered.program[0]), [0] * len(ROWS)
    counts, numbers = [0] * len(COUNTS), [float(job[name]) for name in JOB]
    code = refusal_of(lowered.rules, numbers)
    if code == 0.0:
        count_job(lowered.program, lowered.rules, numbers, values, rows, counts)
    return code, max(*rows, *counts)


@given(name=st.sampled_from(MODELS), data=st.data())
def test_what_is_taken_does_not_overflow(name, data):
    """No job between the ends has a larger count than compiled code holds."""
    names = data.draw(st.lists(st.sampled_from(sorted(ENDS)), min_size=1, unique=True))
    ends = {one: sorted(data.draw(st.tuples(ENDS[one], ENDS[one]))) for one in names}
    lowered = lower_model(load_model(name), names, changes={})
    try:
        lowered.check(ends)
    except ShapeError:
        return
    for _ in range(8):
        own = {one: data.draw(st.sampled_from(pair)) for one, pair in ends.items()}
        code, largest = counted(lowered, dict(zip(JOB, lowered.job, strict=True)) | own)
        assert code > 0 or largest <= MAX_COUNT


def test_the_range_ends_at_64_bits():
    """So many steps are taken and one more is refused; the sentence names job and count."""
    lowered = lower_model(load_model("hunyuanvideo"), ["frames", "steps"])
    job = dict(zip(JOB, lowered.job, strict=True)) | {"frames": 1201.0}
    most = next(n for n in range(1, 10_000) if counted(lowered, job | {"steps": n})[1] > MAX_COUNT)
    ends = {"frames": (33.0, 1201.0)}
    lowered.check(ends | {"steps": (1.0, most - 1.0)})
    with pytest.raises(ShapeError) as caught:
        lowered.check(ends | {"steps": (1.0, float(most))})

    largest = counted(lowered, job | {"steps": most})[1]
    assert str(caught.value) == (
        f"hunyuanvideo: the largest of these jobs (frames 1201, steps {most}) has a count of "
        f"{largest:.3g}, above 9,223,372,036,854,775,807; narrow what varies, or ask "
        "`rebuilt cost`, which counts with whole numbers of any size"
    )


def test_choices_that_no_job_can_have_are_refused():
    """What an axis varies is not judged here; what is the same in all jobs is."""
    model = load_model("wan2.1-t2v-14b")
    with pytest.raises(ShapeError, match="width 5120 is not a multiple of heads 39"):
        lower_model(model, ["steps"], changes={"heads": 39})

    assert lower_model(model, ["width"], changes={"heads": 39}).varying == ("width",)
    assert choices_of(model)["heads"] == 40


def test_floats_take_what_whole_numbers_cannot():
    """Draws beyond 64 bits are billed by the same text, to the rounding of a float."""
    lowered = lower_model(load_model("hunyuanvideo"), ["frames", "steps"])
    columns = np.array([[129.0, 129.0, 9001.0], [50.0, 1.0, 10_000.0]])
    whole = bill_table(lowered, columns[:, :2], MACHINE)
    drawn = bill_table(lowered, columns, MACHINE, whole=False)

    np.testing.assert_allclose(drawn.counts[:, :2], whole.counts, rtol=1e-14)
    np.testing.assert_allclose(drawn.figures[:, :2], whole.figures, rtol=1e-14)
    assert drawn.counts[2, 2] > MAX_COUNT
    assert drawn.figures[0, 2] > 1e9


def test_records_may_be_written_into_memory_that_is_there():
    """The same arrays come back, filled."""
    lowered = lower_model(load_model("dit-xl-2"), ["steps"])
    first = bill_table(lowered, np.array([[10.0, 20.0]]), MACHINE)
    again = bill_table(lowered, np.array([[20.0, 10.0]]), MACHINE, first)

    assert again is first
    assert again.figures[0, 0] > again.figures[0, 1]
