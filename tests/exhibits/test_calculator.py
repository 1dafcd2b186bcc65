"""Worked cases below the calculator: the command's own figures, and nothing that cannot run."""

from rebuilt.cost import load_model
from rebuilt.cost.hardware.estimate import estimate
from rebuilt.exhibits import calculator


def test_a_worked_case_is_what_the_model_says():
    """The published clip on one accelerator, rounded once."""
    first = calculator.worked().row(0, named=True)
    found = estimate(load_model(calculator.CASES[0][0]), gpu=calculator.CHIP)

    assert first["run_time_s"] == round(found.seconds, 1)
    assert first["rent_usd"] == round(found.usd, 3)


def test_every_worked_case_fits():
    """The page shows no job that its accelerator could not hold."""
    visible_gb = estimate(load_model("flux.1-dev"), gpu=calculator.CHIP).accelerator.visible_gb

    assert (calculator.worked()["memory_gb"] < visible_gb).all()


def test_u_nets_are_named_and_not_offered():
    """What only the command counts is no transformer."""
    assert calculator.offered() > len(calculator.not_offered()) > 0
