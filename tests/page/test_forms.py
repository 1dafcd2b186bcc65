"""Forms of charts draw and tell what the frame says, and refuse what cannot be drawn."""

import datetime as dt

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rebuilt import page
from rebuilt.errors import DataError
from rebuilt.evidence import bibliography
from rebuilt.page import forms
from rebuilt.page.looks import BAR_SYMBOL, Look, log_ticks, wrap

SOURCE = next(iter(bibliography.load()))
RATIOS = pl.DataFrame(
    {
        "figure": ["memory", "memory", "BF16 peak arithmetic, dense, of the data sheet"],
        "against": ["MI250X", "H100", "H100"],
        "ratio": [1.5, 2.4, 1.32],
        "low": [1.4, 2.2, 1.2],
        "high": [1.6, 2.6, 1.4],
        "day": [dt.date(2023, 6, 1), dt.date(2023, 12, 6), dt.date(2024, 2, 20)],
        "last": [dt.date(2023, 6, 1), dt.date(2024, 3, 1), dt.date(2024, 2, 20)],
        "source": [SOURCE] * 3,
    }
)
AMOUNT = {"x": "ratio", "y": "figure", "x_title": "Over the other (ratio)"}
IN_TIME = {"x": "day", "y": "ratio", "y_title": "Over the other (ratio)"}
DRAWN = {
    "dots": lambda **more: forms.dots(
        RATIOS, **AMOUNT, group="against", low="low", high="high", **more
    ),
    "bars": lambda **more: forms.bars(RATIOS, **AMOUNT, group="against", **more),
    "stacked": lambda **more: forms.bars(RATIOS, **AMOUNT, group="against", stacked=True, **more),
    "columns": lambda **more: forms.columns(
        RATIOS, x="against", y="ratio", y_title="Over the other (ratio)", **more
    ),
    "lines": lambda **more: forms.lines(RATIOS, **IN_TIME, group="against", **more),
    "scatter": lambda **more: forms.scatter(
        RATIOS, **IN_TIME, labels="figure", low="low", high="high", **more
    ),
    "timeline": lambda **more: forms.timeline(RATIOS, start="day", end="last", y="figure", **more),
    "tiles": lambda **more: forms.tiles(
        RATIOS,
        x="against",
        y="figure",
        value="ratio",
        value_title="Gain (ratio)",
        x_title="",
        **more,
    ),
}


@pytest.fixture(autouse=True)
def forget():
    """Names are taken once a page."""
    page.reset()
    yield
    page.reset()


@pytest.mark.parametrize("form", DRAWN)
def test_each_form_has_two_drawings_a_description_and_its_data(form):
    """In one call; the frame is the data, and its sources are those of the caption."""
    block = DRAWN[form](name="gain", title="Memory gained most")

    assert block.payload["wide"].startswith("<svg")
    assert block.payload["narrow"].startswith("<svg")
    assert len(block.payload["rows"]) == RATIOS.height
    assert [source["key"] for source in block.payload["sources"]] == [SOURCE]
    assert block.payload["description"].endswith(".")


def test_a_description_names_the_least_and_the_most():
    """With their categories and groups, as numbers of the frame."""
    told = DRAWN["dots"](name="gain", title="Memory gained most").payload["description"]

    assert "2.4 (memory, H100)" in told
    assert "1.32 (BF16 peak arithmetic, dense, of the data sheet, H100)" in told


@settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=15)
@given(
    values=st.lists(st.floats(0.01, 1e6, allow_nan=False), min_size=1, max_size=6),
    names=st.permutations(["a", "b", "c", "d", "e", "f"]),
)
def test_categories_stand_in_the_order_of_the_frame(values, names):
    """Whatever the amounts are: the order of the frame is the author's."""
    frame = pl.DataFrame(
        {"name": names[: len(values)], "amount": values, "source": [SOURCE] * len(values)}
    )
    page.reset()

    block = forms.bars(
        frame, x="amount", y="name", x_title="Amount (count)", name="order", title="An order"
    )

    (spec,) = (layer for layer in block.payload["spec"]["layer"])
    assert spec["encoding"]["y"]["sort"] == names[: len(values)]


def test_amounts_that_a_logarithmic_scale_loses_are_refused():
    """A zero would vanish without a word."""
    frame = RATIOS.with_columns(ratio=pl.lit(0.0))

    with pytest.raises(DataError, match="chart gain: ratio goes down to 0"):
        forms.dots(frame, **AMOUNT, log=True, name="gain", title="Gain")


def test_a_column_that_is_not_there_is_named():
    """With those that are."""
    with pytest.raises(DataError, match="chart gain: no column 'rato'; the frame has figure, "):
        forms.dots(RATIOS, **(AMOUNT | {"x": "rato"}), name="gain", title="Gain")


def test_an_empty_frame_is_refused():
    """Its filter met nothing."""
    with pytest.raises(DataError, match="chart gain: the frame has no rows"):
        forms.bars(RATIOS.clear(), **AMOUNT, name="gain", title="Gain")


def test_reference_lines_are_named_in_the_drawing():
    """A dashed line without a name says nothing."""
    block = DRAWN["dots"](name="gain", title="Memory gained most", marks={"equal": 1.0})

    assert ">equal<" in block.payload["wide"]


def test_faded_groups_have_the_colour_of_context():
    """And the others keep the first colours."""
    look = Look(RATIOS, "against", faded=("MI250X",))

    first, second = look.colour().to_dict()["scale"]["range"]

    assert first != second
    assert (
        second
        == Look(RATIOS.filter(against="H100"), "against").colour().to_dict()["scale"]["range"][0]
    )


@settings(deadline=None)
@given(low=st.floats(1e-6, 1e6), span=st.floats(1.01, 1e6))
def test_ticks_of_a_log_axis_lie_around_its_range(low, span):
    """At least one below or at the low end, or the first inside is near; all ascend."""
    ticks = log_ticks(low, low * span)

    assert ticks == sorted(ticks)
    assert ticks[-1] >= low * span * 0.999
    assert ticks[0] <= 2 * low


@given(st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=60), st.integers(5, 40))
def test_wrapping_loses_no_letter(text, letters):
    """Only blanks become line ends."""
    assert wrap(text, letters).replace("\n", "").replace(" ", "") == text


def test_windows_without_a_single_day_have_no_points_in_their_legend():
    """What the legend shows is what is drawn: bars, and a point only where a group has one."""
    bars = {"start": "day", "end": "last", "y": "figure", "group": "against", "title": "Came"}
    frame = RATIOS.with_columns(day=pl.lit(dt.date(2024, 1, 1)), last=pl.lit(dt.date(2024, 6, 1)))
    windows = forms.timeline(frame, **bars, name="windows").payload["spec"]
    day = pl.when(pl.col("against") == "H100").then("day").otherwise("last")
    mixed = forms.timeline(frame.with_columns(last=day), **bars, name="mixed").payload["spec"]

    assert [layer["mark"]["type"] for layer in windows["layer"]] == ["bar"]
    assert windows["layer"][0]["encoding"]["color"]["legend"]["symbolType"] == BAR_SYMBOL
    shapes = mixed["layer"][1]["encoding"]["shape"]["scale"]
    assert dict(zip(shapes["domain"], shapes["range"], strict=True)) == {
        name: "square" if name == "H100" else BAR_SYMBOL for name in shapes["domain"]
    }


def test_a_name_without_room_is_left_out_of_the_drawing_alone():
    """Two points on one spot: one name is drawn, and the table has both."""
    frame = RATIOS.head(2).with_columns(ratio=pl.lit(2.0), other=pl.lit(3.0))
    words = {"y_title": "Gain (ratio)", "x_title": "Loss (ratio)", "title": "Alike"}
    names = {"labels": "figure", "name": "alike"}
    crowd = pl.concat([frame, *[frame.head(1)] * 2]).with_columns(
        figure=pl.Series(["first of all", "second of all", None, None]),
        ratio=pl.Series([2.0, 2.0, 1.0, 3.0]),
        other=pl.Series([3.0, 3.0, 1.0, 5.0]),
    )
    drawn = forms.scatter(crowd, x="ratio", y="other", **words, **names)

    assert drawn.payload["narrow"].count(" of all<") == 2  # one below the other


@pytest.mark.parametrize(("other", "apart"), [(2.39, True), (1.0, False)])
def test_a_dot_that_would_cover_another_lies_below_it(other, apart):
    """Only there: dots that are far from each other share the line of their category."""
    frame = RATIOS.with_columns(ratio=pl.Series([2.4, other, 1.0]))
    spec = forms.dots(frame, **AMOUNT, group="against", name="near", title="Near").payload["spec"]

    assert ("yOffset" in spec["layer"][0]["encoding"]) is apart


@pytest.mark.parametrize(("days", "marks"), [(20, ["bar", "point"]), (40, ["bar"])])
def test_a_window_shorter_than_a_point_is_a_point(days, marks):
    """What is short depends on what the chart spans, here 1,800 days."""
    first = dt.date(2023, 1, 1)
    frame = RATIOS.head(2).with_columns(
        figure=pl.Series(["long", "short"]),
        day=pl.Series([first, first]),
        last=pl.Series([first + dt.timedelta(1800), first + dt.timedelta(days)]),
    )
    spec = forms.timeline(
        frame, start="day", end="last", y="figure", name="windows", title="Two windows"
    ).payload["spec"]

    assert [layer["mark"]["type"] for layer in spec["layer"]] == marks
