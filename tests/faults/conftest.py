"""One undamaged copy of the repository for all faults that a check is to name."""

import planting
import pytest


@pytest.fixture(scope="session")
def undamaged(tmp_path_factory):
    """Return a copy and what the check says of it, which should be nothing."""
    root = planting.copy_repository(tmp_path_factory.mktemp("whole") / "repository")
    return root, set(planting.check(root))


@pytest.fixture
def whole(undamaged):
    """Return the same copy, to be damaged by one test, after which it is put back."""
    yield undamaged
    planting.put_back(undamaged[0])
