"""Time transformers of the catalogue with random weights on a GPU, in at most ten minutes.

    PYTHONPATH=book:. .venv-reference/bin/python tools/reference/gpu_times.py --gpu h200-sxm \
        --source own-gpu-times-h200-2026 --write

Each network runs one forward pass at several shapes, with the attention kernels that torch has, in
eager and in compiled code, and with weights in BF16 and in FP8. `--write` adds the rows to
data/software_runs.csv; `make fit` then tells how far off the model is. `--dry-run` does the same on
a CPU with one network of one layer and a tiny clip, and writes nothing.
"""

from __future__ import annotations

import argparse
import datetime as dt
import statistics
import time
from contextlib import nullcontext
from typing import TYPE_CHECKING
from unittest.mock import patch

import forwards
import torch
from image_transformers import IMAGE_TRANSFORMERS
from networks import Clip
from tools.gpu_rows import add, row_of
from torch.nn.attention import SDPBackend, sdpa_kernel
from video_transformers import VIDEO_TRANSFORMERS

if TYPE_CHECKING:
    from collections.abc import Iterator

LIMIT_S, WARM, REPEATS = 540.0, 2, 5
KERNELS = {
    "fa2": SDPBackend.FLASH_ATTENTION,
    "cudnn": SDPBackend.CUDNN_ATTENTION,
    "xformers": SDPBackend.EFFICIENT_ATTENTION,
}
CLIPS = {
    "wan2.1-t2v-1.3b": (Clip(81, 480, 832, 512), Clip(33, 480, 832, 512)),
    "cogvideox-5b": (Clip(49, 480, 720, 226),),
    "flux.1-dev": (Clip(1, 1024, 1024, 512), Clip(1, 512, 512, 512)),
    "hunyuanvideo": (Clip(33, 544, 960, 256),),
}
DRY = {"wan2.1-t2v-1.3b": (Clip(5, 64, 64, 512),)}
PLAIN = ("fa2", "no", "bf16")
VARIANTS = (
    PLAIN,
    ("cudnn", "no", "bf16"),
    ("xformers", "no", "bf16"),
    ("fa2", "yes", "bf16"),
    ("cudnn", "yes", "bf16"),
    ("fa2", "no", "fp8-weights"),
)


class Device:
    """Where networks run: a GPU in BF16, or the CPU in FP32 for a dry run."""

    def __init__(self, dry: bool) -> None:
        self.name = "cpu" if dry else "cuda"
        self.dtype = torch.float32 if dry else torch.bfloat16
        self.dry = dry

    def tensor(self, *shape: int) -> torch.Tensor:
        """Return random activations of a shape."""
        return torch.randn(shape, device=self.name, dtype=self.dtype)

    def step(self) -> torch.Tensor:
        """Return a diffusion time step."""
        return torch.full((1,), 500, device=self.name, dtype=torch.long)

    def wait(self) -> None:
        """Wait for everything that was launched."""
        if not self.dry:
            torch.cuda.synchronize()


def built(network, device: Device, form: str) -> torch.nn.Module:
    """Return a network with random weights on the device, in a format of weights."""
    with torch.device("meta"):
        module = network.build(CLIPS[network.model][0])
    if device.dry:
        for name, layers in module.named_children():
            if isinstance(layers, torch.nn.ModuleList):
                setattr(module, name, layers[:1])
    module = module.to_empty(device=device.name).to(device.dtype).eval()
    for value in (*module.parameters(), *module.buffers()):
        if value.is_floating_point():
            torch.nn.init.normal_(value, std=0.02)
    if form == "fp8-weights":
        module.enable_layerwise_casting(
            storage_dtype=torch.float8_e4m3fn, compute_dtype=device.dtype
        )
    return module


def seconds_of(network, module, clip: Clip, device: Device, kernel: str) -> float:
    """Median seconds of one forward pass."""
    chosen = nullcontext() if device.dry else sdpa_kernel(KERNELS[kernel])
    with (
        torch.inference_mode(),
        chosen,
        patch.multiple(forwards, meta=device.tensor, step=device.step),
    ):
        found = []
        for turn in range(WARM + (1 if device.dry else REPEATS)):
            device.wait()
            start = time.perf_counter()
            network.run(module, clip)
            device.wait()
            if turn >= WARM:
                found.append(time.perf_counter() - start)
    return statistics.median(found)


def measured(device: Device, limit: float) -> Iterator[tuple[dict[str, object], float]]:
    """Yield settings and seconds, network by network, until the time is up."""
    start = time.perf_counter()
    networks = {one.model: one for one in (*VIDEO_TRANSFORMERS, *IMAGE_TRANSFORMERS)}
    for model in DRY if device.dry else CLIPS:
        network = networks[model]
        for kernel, compiled, form in (PLAIN, VARIANTS[-1]) if device.dry else VARIANTS:
            try:
                module = built(network, device, form)
                if compiled == "yes":
                    module.compile()
                for clip in (DRY if device.dry else CLIPS)[model]:
                    if time.perf_counter() - start > limit:
                        return
                    seconds = seconds_of(network, module, clip, device, kernel)
                    yield (
                        {
                            "model": model,
                            "frames": clip.frames,
                            "height": clip.height,
                            "width": clip.width,
                            "attention": kernel,
                            "compiled": compiled,
                            "format": form,
                            "torch": f"torch {torch.__version__}",
                        },
                        seconds,
                    )
            except (RuntimeError, torch.OutOfMemoryError) as error:
                print(f"{model} {kernel} {compiled} {form}: {str(error).splitlines()[0]}")
            module = None
            if not device.dry:
                torch.cuda.empty_cache()


def main() -> None:
    """Measure, print, and write if asked to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gpu", default="", help="id of the accelerator in data/subjects.csv")
    parser.add_argument("--source", default="own-gpu-times", help="key in data/sources.bib")
    parser.add_argument("--seconds", type=float, default=LIMIT_S, help="stop after so many")
    parser.add_argument("--write", action="store_true", help="add rows to data/software_runs.csv")
    parser.add_argument("--dry-run", action="store_true", help="tiny networks on a CPU; no rows")
    arguments = parser.parse_args()
    device = Device(arguments.dry_run)
    printed = "CPU" if device.dry else torch.cuda.get_device_name()
    day, rows = dt.date.today().isoformat(), []
    for setting, seconds in measured(device, arguments.seconds):
        place = len(rows) + 1
        rows.append(row_of(place, arguments.gpu, printed, arguments.source, day, setting, seconds))
        print(*setting.values(), f"{seconds:.4f} s", flush=True)
    if not rows:
        raise SystemExit("nothing was measured")
    if arguments.write and not device.dry:
        add(rows)
        print(f"{len(rows)} rows; now run `make fit`")


if __name__ == "__main__":
    main()
