"""The miniature as published, and what torch computed with the same weights."""

import json

import numpy as np
import pytest
from safetensors import safe_open

from rebuilt.mini.sampler import Miniature
from rebuilt.mini.weights import FOLDER


class Vectors:
    """Outputs of torch's layers; of large ones every nth value was kept."""

    def __init__(self):
        with safe_open(FOLDER / "vectors.safetensors", framework="numpy") as file:
            self.about = json.loads(file.metadata()["about"])
            self.found = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118

    def __getitem__(self, name):
        return self.found[name]

    def gap(self, name, ours):
        """Largest difference between our array and what was kept of torch's."""
        kept, stride = self.found[name], self.about["strides"][name]
        shape = tuple(self.about["shapes"][name])
        assert ours.size == np.prod(shape), (name, ours.shape, shape)
        return float(np.abs(ours.reshape(-1)[::stride] - kept.reshape(-1)).max())


@pytest.fixture(scope="session")
def vectors():
    return Vectors()


@pytest.fixture(scope="session")
def miniature():
    return Miniature.load()
