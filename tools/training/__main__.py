"""Run all of the training, or one part: `python -m tools.training [part]`."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import torch
from tools.training.card import publish
from tools.training.data import PARTS
from tools.training.plan import RUNS
from tools.training.report import make_report
from tools.training.runs import make_autoencoder, make_latents, make_run

AT_ONCE = 2  # processes, of one thread each


def main(arguments: list[str]) -> int:
    """Make the named part in this process, or all parts in processes of their own."""
    torch.set_num_threads(1)
    if not arguments:
        return everything()
    part = arguments[0]
    if part == "autoencoder":
        make_autoencoder()
    elif part == "report":
        make_report()
        publish()
    elif part.startswith("latents-"):
        name, _, number = part.removeprefix("latents-").rpartition("-")
        make_latents(name, int(number))
    else:
        make_run(part)
    return 0


def everything() -> int:
    """Autoencoder and latents first; then the runs, two at a time; what is done is not repeated."""
    _process("autoencoder")
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for name in ("latent", "latent-more"):
            list(pool.map(_process, [f"latents-{name}-{part}" for part in range(PARTS)]))
        list(pool.map(_process, RUNS))
    _process("report")
    return 0


def _process(part: str) -> None:
    subprocess.run([sys.executable, "-m", "tools.training", part], check=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
