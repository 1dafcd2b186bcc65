"""What the tests of all checks share: the rows of a small world in the place of data/."""

import functools

import pytest
import worlds


@pytest.fixture
def live(monkeypatch):
    """Return a function that makes `tables` hold the rows of a world and nothing else."""
    return functools.partial(worlds.live, monkeypatch)
