"""Numbers of the command line are read in one place; a wrong one is a sentence with its option."""

import pytest

from rebuilt.errors import OptionError, RebuiltError
from rebuilt.intake.numbers import number, positive, power_of_two, whole


@pytest.mark.parametrize(
    ("read", "value"),
    [
        (lambda: whole("--n", "12", 1, 12), 12),
        (lambda: whole("--n", " +7 "), 7),
        (lambda: whole("--n", "-7"), -7),
        (lambda: power_of_two("--n", "1", 8), 1),
        (lambda: power_of_two("--n", "8", 8), 8),
        (lambda: number("--n", "-1e3"), -1000.0),
        (lambda: positive("--n", "0.5", 1), 0.5),
    ],
)
def test_what_is_taken(read, value):
    """Ends of the range are in it."""
    assert read() == value


@pytest.mark.parametrize(
    ("read", "sentence"),
    [
        (lambda: whole("--n", "1.0"), "--n is '1.0'; it must be a whole number"),
        (lambda: whole("--n", ""), "--n is ''; it must be a whole number"),
        (lambda: whole("--n", "\u0661"), "--n is '\u0661'; it must be a whole number"),
        (lambda: whole("--n", "0", 1), "--n is 0; it must be a whole number of at least 1"),
        (lambda: whole("--n", "9", 1, 8), "--n is 9; it must be a whole number from 1 to 8"),
        (lambda: whole("--n", "9", None, 8), "--n is 9; it must be a whole number of at most 8"),
        (lambda: power_of_two("--n", "6", 8), "--n is 6; it must be a power of two from 1 to 8"),
        (lambda: power_of_two("--n", "0", 8), "--n is 0; it must be a power of two from 1 to 8"),
        (lambda: power_of_two("--n", "16", 8), "--n is 16; it must be a power of two from 1 to 8"),
        (lambda: number("--n", "x"), "--n is 'x'; it must be a number"),
        (lambda: number("--n", "inf"), "--n is 'inf'; it must be a finite number"),
        (lambda: positive("--n", "nan"), "--n is 'nan'; it must be a finite number"),
        (lambda: positive("--n", "0"), "--n is 0; it must be above 0"),
        (lambda: positive("--n", "2", 1), "--n is 2; it must be above 0 and at most 1"),
    ],
)
def test_what_is_refused(read, sentence):
    """The sentence names the option, the value and what is taken."""
    with pytest.raises(OptionError) as caught:
        read()

    assert str(caught.value) == sentence
    assert isinstance(caught.value, RebuiltError)
