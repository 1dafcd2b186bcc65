"""The lock files: every package once, pinned with hashes, and no address of an index."""

import itertools
import re
import tomllib

import pytest

from rebuilt.paths import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
LOCKS = {
    "requirements.lock": [*PROJECT["dependencies"], *EXTRAS["book"]],
    "requirements-lab.lock": [*EXTRAS["lab"]],
    "requirements-test.lock": [*EXTRAS["test"], *EXTRAS["cluster"]],
}
PIN = re.compile(r"^([a-z0-9._-]+)==\S+((?: *\\\n +--hash=sha256:[0-9a-f]{64})+)", re.MULTILINE)


def text(lock):
    return (ROOT / lock).read_text(encoding="utf-8")


def pinned(lock):
    # A marker stands between version and hashes; with markers a name may have two versions.
    return [name for name, _ in PIN.findall(re.sub(r" ; [^\\\n]*", "", text(lock)))]


@pytest.mark.parametrize("lock", LOCKS)
def test_what_is_asked_for_is_pinned_with_hashes(lock):
    """Core and book in the first, JupyterLab in the second, tests and cluster in the last."""
    asked = {re.match(r"[\w.-]+", line)[0] for line in LOCKS[lock]}

    assert asked <= set(pinned(lock))
    assert len(pinned(lock)) == len(re.findall(r"^[a-z]", text(lock), re.MULTILINE))
    assert "://" not in text(lock)


def test_no_package_is_in_two():
    """Two versions of one package cannot be installed together."""
    for one, other in itertools.combinations(LOCKS, 2):
        assert set(pinned(one)) & set(pinned(other)) == set()
