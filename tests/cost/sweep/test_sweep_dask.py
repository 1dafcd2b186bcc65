"""On a cluster of two processes a sweep gives the same bits, also when a worker is killed."""

import os
import signal

import distributed
import pytest

from rebuilt.cost.sweep.reductions import Pareto, Quantiles, Sensitivity
from rebuilt.cost.sweep.space import Axis, Space
from rebuilt.cost.sweep.sweeping import sweep

SPACE = Space(
    models=("wan2.1-t2v-14b", "hunyuanvideo"),
    axes={
        "model": Axis((0.0, 1.0)),
        "depth": Axis((20, 64), "linear"),
        "hidden": Axis((1152, 16384), "log", 128),
        "steps": Axis((4, 100), "linear"),
    },
    how="random",
    count=400_000,
    seed=7,
)


def wanted():
    return {
        "time": Quantiles("seconds"),
        "front": Pareto(("usd", "-parameters")),
        "matters": Sensitivity("usd"),
    }


def kept(result):
    return (
        result.reasons,
        result.reductions["time"].counts,
        result.reductions["front"].front(),
        result.reductions["matters"].indices(),
    )


@pytest.fixture
def client():
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as connected,
    ):
        yield connected


def test_cluster_equals_one_machine(client):
    """Counts, front and sums of floats, bit for bit."""
    local = kept(sweep(SPACE, reductions=wanted(), chunk=20_000))

    assert kept(sweep(SPACE, reductions=wanted(), chunk=20_000, client=client)) == local


def test_a_killed_worker_changes_nothing(client):
    """Its chunks run again elsewhere, and chunks are pure."""
    local = kept(sweep(SPACE, reductions=wanted(), chunk=20_000))
    process = next(iter(client.run(os.getpid).values()))

    def kill(done, total):
        if done == total // 2:
            os.kill(process, signal.SIGKILL)

    found = sweep(SPACE, reductions=wanted(), chunk=20_000, client=client, progress=kill)

    assert kept(found) == local
