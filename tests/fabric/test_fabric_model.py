"""The friendly layer: plans, transceivers, watts, dollars and the command."""

import json

import pytest

from rebuilt import cli
from rebuilt.errors import ShapeError, UnknownNameError
from rebuilt.evidence import tables
from rebuilt.fabric import Plan, design, parts
from rebuilt.fabric.network import MAX_GPUS


def ratios(**changes):
    """Modules for each accelerator of a full network."""
    plan = Plan(**({"gpus": 2048, "radix": 64} | changes))
    return {name: n / plan.gpus for name, n in design(plan).transceivers_by_speed().items()}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, {"400G": 1.0, "800G": 1.5}),
        ({"gpus": 65536}, {"400G": 1.0, "800G": 2.5}),
        ({"twin_server": True}, {"800G": 2.0}),
        ({"twin_switch": False}, {"400G": 4.0}),
        ({"port_gbps": 200, "twin_switch": False, "gpus": 65536}, {"200G": 6.0}),
        ({"copper": True}, {"800G": 1.0}),
        ({"planes": 2}, {"400G": 2.0, "800G": 3.0}),
        ({"ports_per_gpu": 2, "gpus": 1024}, {"400G": 2.0, "800G": 3.0}),
    ],
)
def test_modules_for_each_accelerator_follow_from_tiers_and_ports(changes, expected):
    """A link has two ends; a twin-port module serves two of them."""
    assert ratios(**changes) == expected


def test_the_ratios_that_others_print_are_ours():
    """Six modules for an A100 in three tiers, one and a half and one for an H100 in two."""
    printed = {
        (row["subject"], row["condition"]): row["value"]
        for row in tables.load("network_reference")
        .filter(quantity="modules_per_gpu", status="reported")
        .iter_rows(named=True)
    }

    assert printed["fabric-h100-qm9700", "800G"] == ratios()["800G"]
    assert printed["fabric-h100-qm9700", "400G"] == ratios()["400G"]
    assert printed["fabric-a100-qm8700", "200G"] == 6.0
    assert printed["cluster-a100-1120", "200G, all optical"] == 6.0


def test_bisection_of_a_network_without_oversubscription_is_half_its_ports():
    """Half of the ports can talk to the other half at full speed."""
    assert design(Plan(gpus=2048)).bisection_tb_s == 2048 * 400 / 2000
    assert design(Plan(gpus=2040, oversubscription=3)).bisection_tb_s < 2040 * 400 / 2000


def test_ports_are_used_or_free():
    """Used and free ports are all ports; every cable uses one port or two."""
    fabric = design(Plan(gpus=252))

    assert fabric.ports_used == 252 + 2 * 256
    assert fabric.ports_total == 12 * 64
    assert fabric.nvlink_domains == 32


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"gpus": 0}, f"gpus is 0; it must be a whole number from 1 to {MAX_GPUS}"),
        ({"radix": 3}, "radix is 3; it must be a whole number from 4 to 1024"),
        ({"rails": 0}, "rails is 0; it must be a whole number from 1 to 64"),
        (
            {"oversubscription": 64},
            "oversubscription is 64; it must be a whole number from 1 to 63",
        ),
        ({"port_gbps": 300}, "port_gbps is 300; it must be one of 100, 200, 400, 800, 1600"),
        (
            {"gpus": 65537},
            "65537 ports are more than three tiers of switches with 64 ports reach; use switches "
            "with more ports, or more oversubscription",
        ),
    ],
)
def test_a_plan_that_cannot_be_built_is_refused(changes, message):
    """The message names the number, its limits and the way out."""
    with pytest.raises(ShapeError) as caught:
        design(Plan(**({"gpus": 2048} | changes)))

    assert str(caught.value) == message


def test_a_range_holds_its_central_figure():
    """Low, central and high stand in order for every module of the data."""
    for speed in ("400G", "800G", "1.6T"):
        for figure in (parts.module_power_w(speed), parts.module_price_usd(speed)):
            assert 0 < figure.low <= figure.central <= figure.high


def test_a_module_without_figures_is_named():
    """No price of a 200G module was found, and the error says so."""
    with pytest.raises(UnknownNameError) as caught:
        parts.module_price_usd("200G")

    assert str(caught.value) == (
        "data/optics_market.csv has no price of a 200G module; add a row with its source"
    )


def test_the_command_prints_every_promised_field(capsys):
    """`rebuilt fabric --json` is one object with counts, modules and watts."""
    code = cli.main(["fabric", "--gpus", "16384", "--radix", "64", "--json"])

    shown = json.loads(capsys.readouterr().out)
    assert code == 0
    assert [shown[name] for name in ("tiers", "leaf", "spine", "core")] == [3, 512, 512, 256]
    assert shown["cables"] == 3 * 16384
    assert shown["transceivers_by_speed"] == {"400G": 16384, "800G": 40960}
    assert shown["watts_range"][0] <= shown["watts"] <= shown["watts_range"][1]
    assert shown["usd_range"][0] <= shown["usd"] <= shown["usd_range"][1]
    assert shown["ports_used"] + shown["ports_free"] == shown["ports_total"]


def test_the_command_lays_the_numbers_out_and_names_what_is_unknown(capsys):
    """Without a price the dollars are unknown, not zero."""
    cli.main(["fabric", "--gpus", "64", "--radix", "40", "--port-gbps", "200", "--single-port"])

    assert "  dollars        unknown, modules only" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--gpus", "ten"], f"--gpus is 'ten'; it must be a whole number from 1 to {MAX_GPUS}"),
        (
            ["--gpus", "1000000000000"],
            f"--gpus is 1000000000000; it must be a whole number from 1 to {MAX_GPUS}",
        ),
        (
            ["--gpus", "9" * 30],
            f"--gpus is '{'9' * 30}'; it must be a whole number from 1 to {MAX_GPUS}",
        ),
        (
            ["--gpus", "8", "--server-run-m=-1"],
            "--server-run-m is -1; it must be a whole number of at least 1",
        ),
        (["--gpus", "8", "--radix", "2"], "--radix is 2; it must be a whole number from 4 to 1024"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_code_two(arguments, message, capsys):
    """Nothing is printed but the reason."""
    assert cli.main(["fabric", *arguments]) == 2
    assert capsys.readouterr().err == f"rebuilt fabric: {message}\n"


def test_a_longer_run_takes_the_next_class_of_module():
    """A run takes the shortest reach that covers it, link by link."""
    fabric = design(Plan(gpus=1024))
    runs_m = {"server end": 30, "server to leaf": 30, "leaf to spine": 51, "spine to core": 100}

    classes = parts.by_reach(fabric, runs_m)

    assert classes == {"up to 50 m": {"400G": 1024, "800G": 512}, "up to 100 m": {"800G": 1024}}


def test_a_run_beyond_all_modules_is_refused():
    """The message names the link, the run and the longest reach of the data."""
    runs_m = dict.fromkeys(("server end", "server to leaf", "leaf to spine", "spine to core"), 4000)

    with pytest.raises(ShapeError) as caught:
        parts.by_reach(design(Plan(gpus=64)), runs_m)

    assert str(caught.value) == (
        "server end is 4000 m and a module of 400G reaches at most 100 m "
        "(data/optics_market.csv); shorten the run or add a module with its source"
    )
