"""Make one part of the miniature, or go on with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from tools.training import compress, data
from tools.training.diffuse import Flow, Scale, flow_loss
from tools.training.loop import finished, train
from tools.training.models import Transformer, unfold_pixels
from tools.training.plan import MILESTONES, RUNS

from rebuilt.paths import BUILD

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from torch import Tensor

WORKSHOP = BUILD / "miniature"
AUTOENCODER = WORKSHOP / "autoencoder"


def make_autoencoder() -> None:
    """Train the autoencoder, and measure its latents."""
    compress.run(AUTOENCODER)
    scale_of("latent")


def make_latents(name: str, part: int) -> None:
    """Encode a part of a set of clips, unless that is done.

    `latent-more` are the further clips of the large model.
    """
    folder = latents_folder(name)
    if (folder / f"complete-{part}").exists():
        return
    codec, _, more = name.partition("-")
    indices = data.aligned_set(part, more=bool(more))
    data.build(encoder_of(codec), folder, part, indices, cropped=codec == "cropped")


def latents_folder(name: str) -> Path:
    """Folder of a set of clips."""
    return WORKSHOP / f"latents-{name}"


def encoder_of(codec: str) -> Callable[[Tensor], Tensor]:
    """Return what turns clips into latents of a codec, not normalised."""
    if codec == "pixels":
        return data.pixels
    return compress.load(AUTOENCODER).encode


def scale_of(codec: str) -> Scale:
    """Mean and spread with which the transformer's inputs are normalised."""
    if codec == "pixels":
        return Scale(torch.zeros(192), torch.ones(192))
    path = AUTOENCODER / "scale.pt"
    if not path.exists():
        torch.save(compress.spread(compress.load(AUTOENCODER)), path)
    return Scale(*torch.load(path, weights_only=True))


def decoder_of(codec: str) -> Callable[[Tensor], Tensor]:
    """Return what turns normalised latents of a codec into clips."""
    if codec == "pixels":
        return lambda latents: unfold_pixels(latents).clamp(-1, 1)
    autoencoder, scale = compress.load(AUTOENCODER), scale_of(codec)

    def decode(latents: Tensor) -> Tensor:
        with torch.no_grad():
            clips: Tensor = autoencoder.decode(latents * scale.spread + scale.mean)
        return clips.clamp(-1, 1)

    return decode


def make_run(name: str) -> None:
    """Train a transformer of the plan."""
    flow, folder = RUNS[name], WORKSHOP / name
    stocks = stocks_of(flow.codec)
    if flow.more_clips:
        stocks += stocks_of(f"{flow.codec}-more")

    def keep(step: int, average: dict[str, Tensor]) -> None:
        if step in MILESTONES:
            torch.save(average, folder / f"weights-{step}.pt")

    loss = flow_loss(flow, stocks, scale_of(flow.codec))
    train(fresh(flow), flow.course, loss, folder, milestone=keep)


def stocks_of(name: str) -> list[data.Stock]:
    """Return a set of clips, made first if it is not there."""
    for part in range(data.PARTS):
        make_latents(name, part)
    return data.stocks(latents_folder(name))


def fresh(flow: Flow) -> Transformer:
    """Return a transformer with the first weights of a run."""
    torch.manual_seed(flow.course.seed)
    return Transformer(flow.size)


def complete(name: str) -> bool:
    """Whether a run has reached its last step."""
    path = WORKSHOP / name
    if not (path / "checkpoint.pt").exists():
        return False
    return bool(finished(path)["state"]["step"] == RUNS[name].course.steps)


def weights_of(name: str, step: int | None = None) -> dict[str, Tensor]:
    """Averaged weights of a run, at its end or at a milestone."""
    folder = WORKSHOP / name
    if step is None:
        content = torch.load(folder / "checkpoint.pt", weights_only=True)["average"]
    else:
        content = torch.load(folder / f"weights-{step}.pt", weights_only=True)
    weights: dict[str, Tensor] = content
    return weights


def model_of(name: str, step: int | None = None) -> Transformer:
    """Return the transformer of a run with its weights rounded to float16, as published."""
    module = Transformer(RUNS[name].size)
    weights = weights_of(name, step)
    module.load_state_dict({key: value.half().float() for key, value in weights.items()})
    return module.eval()
