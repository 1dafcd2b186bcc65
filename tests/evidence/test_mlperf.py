"""Which measured results are compared with each other, and in which unit."""

import datetime as dt
from dataclasses import replace

import polars as pl
import pytest

from rebuilt.evidence import mlperf, tables
from rebuilt.evidence.facts import Fact, Facts
from rebuilt.evidence.mlperf import Entry

DAY = dt.date(2024, 8, 28)
H200 = Entry(accelerator="h200-sxm", round="v4.1")
ROW = {
    "round": "v4.1",
    "suite": "inference",
    "division": "closed",
    "benchmark": mlperf.BENCHMARK,
    "scenario": "Offline",
    "submitter": "NVIDIA",
    "system": "NVIDIA H200 (8x)",
    "accelerator": "h200-sxm",
    "accelerators": 8,
    "value": 32000.0,
    "unit": "tokens_per_s",
    "metric": "throughput",
    "source": "results-v4-1",
    "locator": "row 1",
    "known_since": DAY,
}
SCHEMA = {name: tables.load("mlperf").schema[name] for name in ROW}
CAPPED = ROW | {"system": "NVIDIA H200 (8x, MaxQ)", "value": 24000.0}
POWER = CAPPED | {"metric": "power", "value": 6000.0, "unit": "watts"}


def run(system: str, watts: float | None, tokens_per_s: float | None) -> list[dict]:
    """Return power and speed of one capped system."""
    name = {"system": f"{system}, MaxQ"}
    return [CAPPED | name | {"value": tokens_per_s}, POWER | name | {"value": watts}]


@pytest.fixture
def known(monkeypatch):
    """Return a function that makes `mlperf` read the given rows on a given day."""

    def read(*rows: dict, day: dt.date = DAY) -> Facts:
        frame = pl.DataFrame(rows, schema=SCHEMA)
        monkeypatch.setattr(tables, "_read", {"mlperf": frame}.__getitem__)
        return Facts(day)

    return read


def test_a_result_is_per_accelerator_and_carries_its_source(known):
    """32,000 tokens a second on eight accelerators are 4,000 on one."""
    assert mlperf.result(known(ROW), H200) == Fact(
        value=4000.0, text=None, unit="tokens_per_s", source="results-v4-1", known_since=DAY
    )


def test_the_best_of_several_systems_stands(known):
    """A second machine of the same kind does not lower the result."""
    slower = ROW | {"system": "NVIDIA H200 (8x, another)", "value": 31000.0}

    assert mlperf.result(known(slower, ROW, slower), H200).value == 4000.0


@pytest.mark.parametrize(
    "other",
    [
        {"division": "open"},
        {"suite": "training"},
        {"benchmark": "gptj-99"},
        {"round": "v5.0"},
        {"submitter": "Dell"},
        {"scenario": "Server"},
        {"metric": "power"},
        {"accelerator": "h100-sxm"},
        {"accelerators": 1},
        {"system": "NVIDIA H200 (8x, MaxQ)"},
        {"system": "NVIDIA H200 (8x, Triton)"},
    ],
    ids=lambda other: next(iter(other)),
)
def test_what_differs_in_one_respect_is_not_compared(known, other):
    """An open, capped, served, smaller or foreign entry is another experiment, however fast."""
    faster = ROW | other | {"value": 99999.0}

    assert mlperf.result(known(ROW, faster), H200).value == 4000.0
    assert mlperf.result(known(faster), H200) is None


def test_capped_entries_are_asked_for_by_name(known):
    """The power-capped run is slower and never mixed with the free one."""
    facts = known(ROW, CAPPED)

    assert mlperf.result(facts, replace(H200, capped=True)).value == 3000.0
    assert mlperf.result(facts, H200).value == 4000.0


def test_any_number_of_accelerators_can_be_asked_for(known):
    """`accelerators=None` leaves the size of the system open."""
    single = ROW | {"accelerators": 1, "value": 4100.0}
    rows = known(single).rows("mlperf", *mlperf._conditions(replace(H200, accelerators=None)))

    assert rows["accelerators"].to_list() == [1]
    assert mlperf.result(known(single), replace(H200, accelerators=None)).value == 4100.0


def test_the_best_is_the_best_per_accelerator(known):
    """4,100 tokens a second on one accelerator beat 32,000 on eight."""
    single = ROW | {"accelerators": 1, "value": 4100.0, "source": "single"}
    best = mlperf.result(known(ROW, single, ROW), replace(H200, accelerators=None))

    assert (best.value, best.source) == (4100.0, "single")


@pytest.mark.parametrize("order", [1, -1])
def test_of_equal_results_the_place_in_the_source_decides(known, order):
    """The order of the file does not."""
    rows = [ROW, ROW | {"locator": "row 2", "source": "results-later"}][::order]

    assert mlperf.result(known(*rows), H200).source == "results-later"


def test_a_result_is_unknown_until_its_round_is_published(known):
    """On the day before the round there is no result."""
    assert mlperf.result(known(ROW, day=DAY - dt.timedelta(days=1)), H200) is None


def test_joules_per_token_are_watts_over_tokens_a_second(known):
    """6,000 W at 24,000 tokens a second are a quarter of a joule per token."""
    assert mlperf.joules_per_token(known(ROW, CAPPED, POWER), "h200-sxm", "v4.1") == Fact(
        value=0.25, text=None, unit="joules_per_token", source="results-v4-1", known_since=DAY
    )


@pytest.mark.parametrize("order", [1, -1])
def test_power_and_speed_are_of_one_system_and_the_most_frugal_counts(known, order):
    """The least power over the greatest speed, 0.133 J, would be nobody's measurement."""
    rows = (run("fast", 6000.0, 30000.0) + run("slow", 4000.0, 16000.0))[::order]

    assert mlperf.joules_per_token(known(*rows), "h200-sxm", "v4.1").value == 0.2


def test_power_of_one_system_and_speed_of_another_give_nothing(known):
    """Both capped, both of one round, and still two machines."""
    (speed, _), (_, power) = run("fast", 6000.0, 30000.0), run("slow", 4000.0, 16000.0)

    assert mlperf.joules_per_token(known(speed, power), "h200-sxm", "v4.1") is None


@pytest.mark.parametrize("rows", [[], [CAPPED], [POWER], [ROW, POWER]])
def test_energy_needs_power_and_speed_of_a_capped_run(known, rows):
    """Power of one run over the speed of another would be nobody's measurement."""
    assert mlperf.joules_per_token(known(*rows), "h200-sxm", "v4.1") is None


def test_a_run_without_tokens_has_no_energy_per_token(known):
    """No division by zero."""
    stopped = CAPPED | {"value": 0.0}

    assert mlperf.joules_per_token(known(stopped, POWER), "h200-sxm", "v4.1") is None


@pytest.mark.parametrize(
    ("watts", "tokens_per_s"), [(100.0, 0.0), (100.0, None), (None, 16000.0), (0.0, 16000.0)]
)
def test_a_run_without_power_or_tokens_does_not_hide_another(known, watts, tokens_per_s):
    """The system that was measured and generated something stands."""
    rows = run("stopped", watts, tokens_per_s) + run("slow", 4000.0, 16000.0)

    assert mlperf.joules_per_token(known(*rows), "h200-sxm", "v4.1").value == 0.25


def test_real_entries_of_the_closed_division_only():
    """No row of the real table that a comparison may use is of another division or suite."""
    frame = tables.load("mlperf")
    identities = frame.select("round", "submitter", "accelerator", "accelerators").unique()

    chosen = pl.concat(
        frame.filter(*mlperf._conditions(Entry(**identity)))
        for identity in identities.iter_rows(named=True)
    )

    assert chosen["division"].unique().to_list() == ["closed"]
    assert chosen["suite"].unique().to_list() == ["inference"]
    assert not chosen["system"].str.contains(mlperf.CAPPED, literal=True).any()
