"""Every compiled kernel equals its plain-Python reference over the declared range."""

import ast
import inspect

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rebuilt.cost import ShapeError
from rebuilt.cost.counting import exact
from rebuilt.cost.counting.lowering import check_design
from rebuilt.cost.engine import kernels
from rebuilt.cost.models import codes

COUNTS = st.integers(0, 2**12)
LAYOUT = st.integers(0, len(codes.LAYOUTS) - 1)
DEPTH = st.integers(1, 32).map(lambda half: 2 * half)
WIDTH = st.integers(1, 2**13)
SIZE = st.integers(1, 512)
TEXT = st.integers(0, 1024)
DESIGN = (LAYOUT, DEPTH, WIDTH, WIDTH, SIZE, SIZE, TEXT)


def functions(module):
    tree = ast.parse(inspect.getsource(module))
    return {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_every_scalar_kernel_has_a_reference_of_the_same_signature():
    """Same name, same arguments in the same order; twins have their scalar."""
    compiled, plain = functions(kernels), functions(exact)
    scalars = {name for name in compiled if not name.endswith("_many")}

    assert scalars == {name for name in plain if not name.startswith("_")}
    assert {name.removesuffix("_many") for name in compiled} == scalars
    for name in scalars:
        assert [arg.arg for arg in compiled[name].args.args] == [
            arg.arg for arg in plain[name].args.args
        ]


def test_kernels_import_numba_only():
    """A compiled file that imports the package would hide edits from Numba's disk cache."""
    tree = ast.parse(inspect.getsource(kernels))
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]

    assert [node.module for node in imports] == ["numba"]


@given(rows=COUNTS, inner=COUNTS, columns=COUNTS)
def test_linear_kernel_equals_exact_count(rows, inner, columns):
    """A product costs the same compiled and in Python integers."""
    assert kernels.linear_flops(rows, inner, columns) == exact.linear_flops(rows, inner, columns)


@given(copies=COUNTS, queries=COUNTS, keys=COUNTS, width=COUNTS)
def test_attention_kernel_equals_exact_count(copies, queries, keys, width):
    """The closed form of attention equals its two products."""
    sizes = (copies, queries, keys, width)

    assert kernels.attention_flops(*sizes) == exact.attention_flops(*sizes)


@given(
    rule=st.integers(0, 4),
    frames=st.integers(1, 3000),
    stride=st.integers(1, 9),
    chunk=st.integers(1, 40),
)
@example(rule=codes.CAUSAL, frames=1, stride=4, chunk=1)
@example(rule=codes.CHUNKED, frames=204, stride=4, chunk=17)
def test_latent_frames_kernel_equals_stepping_through_frames(rule, frames, stride, chunk):
    """Closed forms of every temporal rule equal counting groups one by one."""
    sizes = (rule, frames, stride, chunk)

    assert kernels.latent_frames(*sizes) == exact.latent_frames(*sizes)


@given(size=st.integers(1, codes.MAX_SIDE), step=st.integers(1, 64))
def test_side_and_patch_kernels_equal_counting(size, step):
    """Rounding down to whole latents and up to whole patches."""
    assert kernels.latent_side(size, step) == exact.latent_side(size, step)
    assert kernels.patches(size, step) == exact.patches(size, step)


@given(
    clip=st.tuples(*[st.integers(-2, 70)] * 4),
    rule=st.integers(0, 4),
    stride=st.integers(1, 8),
    frames_maximum=st.sampled_from([0, 16]),
    sides=st.sampled_from([(8, 8, 0), (8, 16, 48), (8, 1, 0), (32, 32, 64)]),
    square=st.integers(0, 1),
    text_limits=st.sampled_from([(0, 0), (1, 1), (1, 60)]),
)
@settings(max_examples=500)
def test_refusal_kernel_equals_trying_the_rules_in_order(
    clip, rule, stride, frames_maximum, sides, square, text_limits
):
    """The compiled chain of rules stops at the same rule."""
    arguments = (*clip, rule, stride, frames_maximum, *sides, square, *text_limits)

    assert kernels.refusal(*arguments) == exact.refusal(*arguments)


@given(
    coefficients=st.lists(st.integers(0, 10**6), min_size=11, max_size=11),
    frames=SIZE,
    area=SIZE,
    text=TEXT,
)
def test_evaluation_kernel_equals_the_power_sum(coefficients, frames, area, text):
    """One row of coefficients has the same value compiled and term by term."""
    row = np.array(coefficients, dtype=np.int64)

    assert kernels.evaluate(row, frames, area, text) == exact.evaluate(
        coefficients, frames, area, text
    )


@pytest.mark.parametrize(
    ("name", "takes_hidden", "takes_sizes"),
    [
        ("projection_flops", False, True),
        ("self_attention_flops", False, True),
        ("feed_forward_flops", True, True),
        ("cross_attention_flops", False, True),
        ("modulation_flops", False, False),
        ("transformer_flops", True, True),
    ],
)
def test_design_kernels_equal_sums_of_products(name, takes_hidden, takes_sizes):
    """The closed form of each group equals its products added up layer by layer."""

    @given(*DESIGN)
    def check(layout, depth, width, hidden, frames, area, text):
        shape = (depth, width, hidden) if takes_hidden else (depth, width)
        sizes = (frames, area, text) if takes_sizes else ()
        arguments = (layout, *shape, *sizes)
        assert getattr(kernels, name)(*arguments) == getattr(exact, name)(*arguments)

    check()


def test_parallel_evaluation_equals_the_scalar_exactly():
    """A thread writes its own row, so the twin equals the scalar bit for bit."""
    random = np.random.default_rng(1)
    rows = random.integers(0, 1000, (4, 11))
    frames, area, text = (random.integers(1, 200, 1000) for _ in range(3))
    out = np.empty((1000, 4), dtype=np.int64)

    kernels.evaluate_many(rows, frames, area, text, out)

    expected = [
        [kernels.evaluate(row, *sizes) for row in rows]
        for sizes in zip(frames, area, text, strict=True)
    ]
    assert np.array_equal(out, expected)


def test_parallel_designs_equal_the_scalar_exactly():
    """The twin of the design kernel writes the scalar's value for each design."""
    random = np.random.default_rng(2)
    layout = random.integers(0, 3, 1000)
    columns = [random.integers(1, 200, 1000) for _ in range(6)]
    out = np.empty(1000, dtype=np.int64)

    kernels.transformer_flops_many(layout, *columns, out)

    expected = [kernels.transformer_flops(*design) for design in zip(layout, *columns, strict=True)]
    assert np.array_equal(out, expected)


def test_a_design_beyond_int64_is_an_error_and_not_a_negative_number():
    """The exact reference sees the overflow that the kernel would wrap."""
    with pytest.raises(ShapeError) as caught:
        check_design(codes.FULL, 64, 2**14, 2**16, 2**10, 2**14, 512)

    assert str(caught.value) == (
        "a full transformer of depth 64 and width 16384 on 1024 frames of 16384 tokens needs a "
        "count of 1.19e+21, above the kernels' limit of 9223372036854775807; "
        "use rebuilt.cost.counting.exact or smaller sizes"
    )


def test_a_factorised_design_needs_an_even_depth():
    """Half of the layers attend within frames, half over time."""
    with pytest.raises(ShapeError) as caught:
        check_design(codes.FACTORISED, 27, 1152, 4608, 16, 256, 0)

    assert str(caught.value) == (
        "depth 27 of a factorised transformer is odd; half of its layers attend within frames "
        "and half over time, so choose 26 or 28"
    )
