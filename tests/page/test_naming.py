"""Names of points: none is printed over another, over a point or beyond the plot."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebuilt.page import naming

SIZE = (248.0, 300.0)
PLACES = st.tuples(st.floats(0, SIZE[0]), st.floats(0, SIZE[1]))


def box(point, name, spot):
    return naming._box(*point, name, spot)


@given(st.lists(PLACES, min_size=1, max_size=30))
def test_no_name_is_printed_over_another_or_over_a_point(points):
    """Whatever stands there, and all within the plot."""
    names = [f"model {place}" if place % 2 else None for place in range(len(points))]
    found = naming.placed(points, names, SIZE)
    boxes = [
        box(point, name, spot)
        for point, name, spot in zip(points, names, found, strict=True)
        if spot is not None
    ]

    for turn, one in enumerate(boxes):
        assert not any(one.meets(other) for other in boxes[turn + 1 :])
        assert one.left >= 0
        assert one.bottom <= SIZE[1]
        assert not any(one.meets(naming.Box(x, y, x, y)) for x, y in points)


def test_the_name_of_a_point_goes_left_where_another_stands_right_of_it():
    """And at the right edge of the plot; alone it stands on the right."""
    points = [(100.0, 150.0), (125.0, 150.0), (SIZE[0], 50.0), (30.0, 250.0)]
    found = naming.placed(points, ["A100", None, "H100", "V100"], SIZE)

    assert [spot and spot.align for spot in found] == ["right", None, "right", "left"]


def test_the_highest_keeps_its_name_where_only_one_has_room():
    """A title that speaks of the most needs it."""
    taken = [naming.Box(0, 60, SIZE[0], SIZE[1])]
    found = naming.placed([(100.0, 80.0), (100.0, 30.0)], ["low", "high"], SIZE, taken)

    assert found[0] is None
    assert found[1] is not None


def test_a_reference_line_and_its_name_are_taken():
    """The name reads to the right, or to the left where the plot ends soon."""
    early, late = ([*naming.of_line("the note", x, SIZE, 14)] for x in (50.0, 240.0))

    assert early[0].meets(naming.Box(45, 200, 60, 210))
    assert (early[1].left, late[1].right) == (50.0, 240.0)


@pytest.mark.parametrize(
    ("scale", "expected"),
    [
        ({"type": "log", "nice": False}, [0, 50, 100]),
        ({"type": "log", "nice": False, "padding": 10}, [10, 50, 90]),
        ({"domain": [0, 100], "nice": False}, [1, 10, 100]),
        ({"zero": True}, [1, 10, 100]),
    ],
)
def test_amounts_stand_where_vega_puts_them(scale, expected):
    """A log scale, padded or not, a domain that is given, and a zero."""
    assert naming.along([1, 10, 100], scale, 100, []) == pytest.approx(expected)


def test_a_linear_scale_is_rounded_to_its_ticks():
    """As Vega does; amounts that are marked belong to it, and what is empty has no place."""
    assert naming.along([0.0, None, 47.0], {}, 100, []) == pytest.approx([0, None, 94])
    assert naming.along([10.0], {"nice": False}, 100, [0.0, 20.0]) == pytest.approx([50])
