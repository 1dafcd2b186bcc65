"""What must hold of costs whatever the model: growth, scaling, sums, factorisation."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebuilt.cost import Clip, count, inference, load_model, model_ids
from rebuilt.cost.counting import exact
from rebuilt.cost.counting.forward import operations_of
from rebuilt.cost.models.latent import rules_of
from rebuilt.cost.algebra.polynomial import total
from rebuilt.cost.models import codes
from rebuilt.cost.models.architectures import Transformer, UNet

DENOISERS = model_ids(Transformer) + model_ids(UNet)
VIDEO = [name for name in DENOISERS if not load_model(name).clip.image]
DESIGN = st.fixed_dictionaries(
    {
        "depth": st.integers(1, 30).map(lambda half: 2 * half),
        "width": st.integers(1, 4096),
        "hidden": st.integers(1, 16384),
        "frames": st.integers(1, 200),
        "area": st.integers(1, 5000),
        "text": st.integers(0, 600),
    }
)


def step_of(rules):
    """Frames and pixels by which a clip of these rules can grow."""
    frames = rules.stride if rules.rule in (codes.CAUSAL, codes.EVEN) else 1
    return frames, max(rules.side_multiple, rules.side_minimum)


@given(name=st.sampled_from(VIDEO), groups=st.integers(1, 8), more=st.integers(1, 8))
def test_more_frames_never_cost_less(name, groups, more):
    """Every accepted longer clip costs at least as much per forward pass."""
    model = load_model(name)
    frames, side = step_of(rules_of(model))
    start = 1 if rules_of(model).rule == codes.CAUSAL else frames
    short = Clip(frames=start + frames * (groups - 1), height=8 * side, width=8 * side)
    long = Clip(frames=short.frames + frames * more, height=8 * side, width=8 * side)

    assert count(model, long).flops >= count(model, short).flops


@given(name=st.sampled_from(DENOISERS), rows=st.integers(2, 12), more=st.integers(1, 12))
def test_more_pixels_never_cost_less(name, rows, more):
    """Every accepted larger clip costs at least as much per forward pass."""
    model = load_model(name)
    frames, side = step_of(rules_of(model))
    frames = frames if rules_of(model).rule == codes.EVEN else 1
    small, large = (
        Clip(frames=frames, height=side * n, width=side * n) for n in (rows, rows + more)
    )

    assert count(model, large).flops >= count(model, small).flops


@given(design=DESIGN, layout=st.integers(0, 2))
def test_depth_and_width_never_cost_less(design, layout):
    """Two more layers or one more channel never make a transformer cheaper."""
    flops = exact.transformer_flops(layout, **design)

    assert exact.transformer_flops(layout, **design | {"depth": design["depth"] + 2}) > flops
    assert exact.transformer_flops(layout, **design | {"width": design["width"] + 1}) > flops


@given(design=DESIGN, layout=st.sampled_from([codes.FULL, codes.JOINT]))
def test_doubling_tokens_doubles_linear_work_and_quadruples_full_attention(design, layout):
    """Twice the tokens per frame and twice the text: 2 x projections, 4 x attention."""
    depth, width, hidden = (design[name] for name in ("depth", "width", "hidden"))
    once = (design["frames"], design["area"], design["text"])
    twice = (design["frames"], 2 * design["area"], 2 * design["text"])

    for flops, factor in (
        (lambda sizes: exact.projection_flops(layout, depth, width, *sizes), 2),
        (lambda sizes: exact.feed_forward_flops(layout, depth, width, hidden, *sizes), 2),
        (lambda sizes: exact.self_attention_flops(layout, depth, width, *sizes), 4),
    ):
        assert flops(twice) == factor * flops(once)


@given(design=DESIGN)
def test_factorised_attention_never_costs_more_than_full(design):
    """Attending within a frame and over time sees at most the pairs of the whole clip."""
    factorised = exact.transformer_flops(codes.FACTORISED, **design)

    assert factorised <= exact.transformer_flops(codes.FULL, **design)


@pytest.mark.parametrize("name", DENOISERS)
def test_groups_and_kinds_sum_to_the_total(name):
    """No operation is lost between the groups and the total, or counted in two."""
    counted = count(load_model(name))

    assert sum(counted.by_group.values()) == counted.flops == sum(counted.by_kind.values())


@pytest.mark.parametrize("name", model_ids(Transformer))
def test_groups_sum_to_the_operations(name):
    """The groups hold every operation of the list."""
    model = load_model(name)
    counted = count(model)
    listed = operations_of(model, counted.latent.grid)

    assert total(operation.flops for operation in listed) == counted.flops


@pytest.mark.parametrize("name", DENOISERS)
def test_a_clip_costs_its_steps_and_passes_and_parts(name):
    """The total of a generated clip is the sum of its stated parts."""
    job = inference(load_model(name), steps=7, passes=3)

    assert job.denoise == 7 * 3 * job.forward.flops
    assert job.total == job.denoise + job.text_encoder + (job.decode or 0)
