"""What must hold of costs whatever the model: growth, scaling, sums, factorisation."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebuilt.cost import Clip, count, default_clip, inference, load_model, model_ids, polynomials
from rebuilt.cost.algebra.grid import Grid
from rebuilt.cost.algebra.places import (
    CAUSAL,
    EVEN,
    J_FRAMES_STRIDE,
    J_PATCH_SIDE,
    J_SIDE_STRIDE,
    R_RULE,
)
from rebuilt.cost.algebra.sizes import multiple_of
from rebuilt.cost.counting.transformer_blocks import block_operations
from rebuilt.cost.models.architectures import Transformer, UNet
from rebuilt.cost.models.choices import KINDS
from rebuilt.cost.models.latent import job_of, rules_of
from rebuilt.cost.models.variants import altered

DENOISERS = model_ids(Transformer) + model_ids(UNet)
WRITTEN = [name for name in model_ids(Transformer) if load_model(name).learned is None]
VIDEO = [name for name in DENOISERS if not load_model(name).clip.image]
CHANGES = {
    "depth": st.integers(1, 60),
    "heads": st.integers(1, 32),
    "hidden": st.integers(64, 9000),
}
SIZES = {"frames": st.integers(1, 40), "area": st.integers(1, 4000), "text": st.integers(1, 400)}


def step_of(model):
    """First frames, and frames and pixels by which a clip of the model can grow."""
    rules, job = rules_of(model), job_of(model, default_clip(model))
    grouped = rules[R_RULE] in (EVEN, CAUSAL)
    step = int(job[J_FRAMES_STRIDE]) if grouped else 1
    multiple = multiple_of(rules, job[J_SIDE_STRIDE], job[J_PATCH_SIDE])
    return step if rules[R_RULE] == EVEN else 1, step, int(max(multiple, job[J_SIDE_STRIDE]))


@given(name=st.sampled_from(VIDEO), groups=st.integers(0, 7), more=st.integers(1, 8))
def test_more_frames_never_cost_less(name, groups, more):
    """Every accepted longer clip costs at least as much per forward pass."""
    model = load_model(name)
    first, step, side = step_of(model)
    short, long = (
        Clip(frames=first + step * turns, height=8 * side, width=8 * side)
        for turns in (groups, groups + more)
    )

    assert count(model, long).flops >= count(model, short).flops


@given(name=st.sampled_from(DENOISERS), rows=st.integers(2, 12), more=st.integers(1, 12))
def test_more_pixels_never_cost_less(name, rows, more):
    """Every accepted larger clip costs at least as much per forward pass."""
    model = load_model(name)
    first, _, side = step_of(model)
    small, large = (
        Clip(frames=first, height=side * turns, width=side * turns) for turns in (rows, rows + more)
    )

    assert count(model, large).flops >= count(model, small).flops


@given(
    name=st.sampled_from(WRITTEN),
    field=st.sampled_from(sorted(CHANGES)),
    changes=st.fixed_dictionaries(CHANGES),
)
def test_a_larger_architecture_never_costs_less(name, field, changes):
    """One more block, head of the same width, or hidden channel makes nothing cheaper."""
    changed = [changes, changes | {field: changes[field] + 1}]
    small, large = (
        count(altered(load_model(name), one | {"width": 64 * one["heads"]})) for one in changed
    )

    for row in ("forward", "parameters", "elements", "launches"):
        assert large.rows[row] >= small.rows[row]
    assert large.parameters > small.parameters


@given(
    name=st.sampled_from(["dit-xl-2", "hunyuanvideo", "cogvideox-5b"]),
    sizes=st.fixed_dictionaries(SIZES),
)
def test_twice_the_tokens_are_twice_the_linear_work_and_four_times_the_attention(name, sizes):
    """In models whose attention sees the whole clip and its text."""
    rows = polynomials(load_model(name))
    twice = sizes | {"area": 2 * sizes["area"], "text": 2 * sizes["text"]}

    for row, factor in (("projection", 2), ("feed_forward", 2), ("self_attention", 4)):
        assert rows[row].value(**twice) == factor * rows[row].value(**sizes)


@given(sizes=st.fixed_dictionaries(SIZES))
def test_factorised_attention_never_costs_more_than_full(sizes):
    """Attending within a frame and over time sees at most the pairs of the whole clip."""
    latte = load_model("latte-1")
    full = altered(latte, {"blocks": KINDS.index("full-text"), "more_blocks": KINDS.index("full")})
    factorised, whole = (polynomials(model)["self_attention"] for model in (latte, full))

    assert factorised.value(**sizes) <= whole.value(**sizes)


@pytest.mark.parametrize("name", DENOISERS)
def test_groups_and_kinds_sum_to_the_total(name):
    """No operation is lost between the groups and the total, or counted in two."""
    counted = count(load_model(name))

    assert sum(counted.by_group.values()) == counted.flops == sum(counted.by_kind.values())


@pytest.mark.parametrize("name", DENOISERS)
def test_a_clip_costs_its_steps_and_passes_and_parts(name):
    """The total of a generated clip is the sum of its stated parts."""
    job = inference(load_model(name), steps=7, passes=3)

    assert job.denoise == 7 * 3 * job.forward.flops
    assert job.total == job.denoise + job.text_encoder + (job.decode or 0)


@given(chunks=st.integers(1, 6), chunk=st.integers(1, 5), area=st.integers(1, 12))
def test_chunks_attend_to_themselves_and_to_earlier_ones(chunks, chunk, area):
    """What is left of attention is the pairs that the mask of chunks allows, one by one."""
    frames, magi = chunks * chunk, load_model("magi-1-4.5b")
    of = [frame // chunk for frame in range(frames) for _ in range(area)]
    allowed = sum(key <= query for query in of for key in of)
    block = magi.blocks[0].model_copy(update={"chunk": chunk, "depth": 1})

    found = block_operations(block, Grid(frames=frames, area=area, text=8))
    ours = sum(one.flops for one in found if one.kind == "attention" and one.group == "attention")

    assert ours == 4 * allowed * block.inner
    assert 2 * chunks * allowed == (chunks + 1) * (frames * area) ** 2


def test_chunks_belong_to_attention_of_the_video():
    """A mask of chunks over one frame, or over tokens of another stream, says nothing."""
    block = load_model("magi-1-4.5b").blocks[0]

    with pytest.raises(ValueError, match="chunk 6 with scope spatial"):
        type(block).model_validate(block.model_dump() | {"scope": "spatial"})


@pytest.mark.parametrize(
    ("name", "parameters"), [("magi-1-4.5b", 4_459_898_128), ("magi-1-24b", 23_899_281_936)]
)
def test_magi_has_the_parameters_of_its_makers_class(name, parameters):
    """As many as VideoDiTModel of its makers' code, built on the meta device from their files."""
    assert count(load_model(name)).parameters == parameters
