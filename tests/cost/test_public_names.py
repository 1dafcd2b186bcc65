"""What `rebuilt.cost` offers is documented, so that the page python-api shows it."""

import inspect

import pytest

from rebuilt import cost


@pytest.mark.parametrize("name", cost.__all__)
def test_every_public_name_has_a_docstring_of_its_own(name):
    """The page is made of docstrings, and leaves out what has none."""
    said = inspect.getdoc(getattr(cost, name))

    assert said
    assert not said.startswith(f"{name}(")  # what a dataclass writes by itself
