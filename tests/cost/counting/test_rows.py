"""A model is a polynomial: in sizes, in its numbers as symbols, and put together from pieces."""

import random
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.cost.engine.drawing import MODELS, changes_of, rows_of, stand_ins

from rebuilt.cost import count, load_model, polynomials
from rebuilt.cost.algebra.grid import Grid
from rebuilt.cost.algebra.places import ROWS, SIZES
from rebuilt.cost.algebra.polynomial import Polynomial, whole
from rebuilt.cost.algebra.sizes import FULL_HEAD, padded_head
from rebuilt.cost.counting.model_operations import operations_beside_blocks
from rebuilt.cost.counting.transformer_blocks import block_operations
from rebuilt.cost.models.catalogue import autoencoder_of
from rebuilt.cost.models.choices import KINDS
from rebuilt.cost.models.groups import choices_of
from rebuilt.cost.models.variants import SYMBOLIC, altered, choice_refusal, symbolic

SIZES_OF_CLIPS = st.tuples(st.integers(1, 120), st.integers(1, 4096), st.integers(0, 600))
every_model = pytest.mark.parametrize("name", MODELS)


def numbers_of(choices):
    """Sizes that are numbers of an architecture."""
    head = choices["width"] // choices["heads"]
    heads = {"head": head, "padded_head": int(padded_head(head))}
    own = {name: choices[name] for name in SYMBOLIC}
    return own | heads | {"norm_head": max(head, int(FULL_HEAD))}


def at(rows, values):
    """Put numbers in, and leave out rows that become zero."""
    found = {name: polynomial.at(values) for name, polynomial in rows.items()}
    return {name: polynomial for name, polynomial in found.items() if polynomial.terms}


def polynomials_of(terms):
    """Terms of a page, [row, coefficient, sizes ...], as polynomials."""
    rows = {}
    for row, coefficient, *places in terms:
        names = tuple(SIZES[place - 1] for place in places)
        one = Polynomial({tuple(sorted(names)): coefficient})
        rows[ROWS[row]] = rows.get(ROWS[row], Polynomial({})) + one
    return rows


@every_model
def test_polynomials_at_the_sizes_of_a_clip_are_its_count(name):
    """Every row of the published clip, found by another way than the program's."""
    counted = count(load_model(name))
    rows = polynomials(load_model(name))

    assert {row: one.value(**counted.sizes) for row, one in rows.items()} == {
        row: counted.rows[row] for row in rows
    }


@given(name=st.sampled_from(MODELS), sizes=SIZES_OF_CLIPS)
def test_operations_on_symbols_are_the_operations_on_numbers(name, sizes):
    """The list of operations run on integers adds up to what its coefficients give."""
    model, grid = load_model(name), Grid(*sizes, audio=sum(sizes))
    listed = operations_beside_blocks(model, grid)
    for block in model.blocks:
        listed += block_operations(block, grid)
    values = dict(zip(("frames", "area", "text"), sizes, strict=True))
    values |= {"audio": grid.audio, "half_area": 0, "quarter_area": 0}
    rows = polynomials(model)

    for row, field in (
        ("forward", "flops"),
        ("elements", "elements"),
        ("parameters", "parameters"),
    ):
        assert rows[row].value(**values) == whole(getattr(item, field) for item in listed)


@every_model
def test_symbols_with_published_choices_are_the_published_polynomials(name):
    """So one set of coefficients serves a model and every change of it."""
    model = load_model(name)
    found = at(polynomials(symbolic(model, SYMBOLIC)), numbers_of(choices_of(model)))

    assert found == at(polynomials(model), {})


@cache
def in_symbols(name):
    """Every row of a model, all its numbers symbols."""
    return polynomials(symbolic(load_model(name), SYMBOLIC))


@given(name=st.sampled_from(MODELS), data=st.data(), size=st.sampled_from(SIZES))
def test_no_count_falls_as_a_size_grows(name, data, size):
    """So the largest sizes of a sweep bound all of its counts."""
    flags = ("odd_frames", "decodes")
    values = {one: data.draw(st.integers(1, 50)) for one in SIZES} | dict.fromkeys(flags, 0)
    less = values | {"decodes": data.draw(st.integers(0, size != "decodes"))}
    more = less | {size: less[size] + (1 if size in flags else data.draw(st.integers(1, 50)))}

    for row, polynomial in in_symbols(name).items():
        assert polynomial.value(**more) >= polynomial.value(**less), row


def together(name, choices):
    """Put the page's pieces of an architecture together: its rest, and two groups of blocks."""
    own, terms = rows_of(name), []
    published = choices_of(load_model(name))
    for slot, field in enumerate(("blocks", "more_blocks")):
        if choices[field] != published[field]:
            terms += stand_ins()[slot][choices[field]]
        elif slot < len(own["groups"]):
            terms += own["groups"][slot]
    return polynomials_of([*own["rest"], *terms])


def check_pieces(name, changes):
    """Compare the pieces with the polynomials of the changed model."""
    changed, choices = altered(load_model(name), changes), choices_of(load_model(name)) | changes
    decoder = autoencoder_of(changed)
    none = {} if decoder.network or decoder.counted else {"decodes": 0}
    parts = at(together(name, choices), numbers_of(choices) | none)

    assert parts == at(polynomials(changed), none)


@every_model
def test_pieces_make_every_change_of_a_model(name):
    """The page's terms with an architecture's numbers are the polynomials of that architecture."""
    chance = random.Random(name)
    check_pieces(name, {})
    made = 0
    while made < 8:
        changes = changes_of(chance, name)
        if not choice_refusal(load_model(name), choices_of(load_model(name)) | changes):
            check_pieces(name, changes)
            made += 1


@pytest.mark.parametrize("kind", KINDS[1:])
def test_every_kind_of_block_stands_in_for_another(kind):
    """One group of each kind, and two kinds after each other, in HunyuanVideo's place."""
    for more in range(len(KINDS)):
        changes = {"blocks": KINDS.index(kind), "depth": 3, "more_blocks": more, "more_depth": 2}
        check_pieces("hunyuanvideo", changes)
