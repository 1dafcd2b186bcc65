"""Checks of the training code, in plain functions: they run where torch is, without pytest.

    .venv-reference/bin/python tools/training/training_checks.py

`test_training.py` runs this file in the reference environment.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import numpy as np
import torch
from tools.training import data, diffuse, models, publish
from tools.training.loop import Course, finished, share_at, train
from tools.training.work import forward_flops
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from rebuilt.mini.captions import tokens
from rebuilt.mini.scenes import scene

TINY = models.Size(width=24, depth=2, heads=2, condition=16)


def tiny_flow(steps: int) -> diffuse.Flow:
    return diffuse.Flow(Course("tiny", 1, steps, 1e-3, muon_rate=1e-2), TINY, batch=4, hard_from=60)


def tiny_stocks() -> list[data.Stock]:
    rng = np.random.default_rng(0)
    stocks = []
    for shape in ((3, 8, 8, 8), (5, 6, 10, 8)):
        latents = torch.from_numpy(rng.standard_normal((16, *shape)).astype(np.float16))
        records = [scene(1, index).record for index in range(16)]
        stocks.append(data.Stock(latents, records, data.difficulty(records)))
    return stocks


def tiny_run(folder: Path, *, stop_at: int | None = None) -> dict[str, torch.Tensor]:
    torch.manual_seed(5)
    flow, scale = tiny_flow(120), diffuse.Scale(torch.zeros(8), torch.ones(8))
    loss = diffuse.flow_loss(flow, tiny_stocks(), scale)
    return train(models.Transformer(TINY), flow.course, loss, folder, stop_at=stop_at)


def awake(size: models.Size) -> models.Transformer:
    """Return a transformer whose zero-initialised layers are not zero."""
    torch.manual_seed(3)
    module = models.Transformer(size).eval()
    with torch.no_grad():
        for value in module.parameters():
            value.add_(0.05 * torch.randn_like(value))
    return module


def test_crosses_and_pairs_are_drawn_more_often_and_nothing_is_left_out() -> None:
    records = [scene(1, index).record for index in range(200)]
    shares = data.difficulty(records)
    plain, cross, pair, both = (
        {
            round(share / shares.min())
            for share, record in zip(shares, records, strict=True)
            if (record.subject.shape == "cross", record.other is not None) == kind
            and (record.other is None or record.other.shape != "cross")
        }
        for kind in ((False, False), (True, False), (False, True), (True, True))
    )
    assert (plain, cross, pair, both) == ({1}, {2}, {2}, {3})
    assert abs(shares.sum() - 1) < 1e-12


def test_killed_and_resumed_equals_uninterrupted_bit_for_bit() -> None:
    with tempfile.TemporaryDirectory() as name:
        whole, parts = Path(name, "whole"), Path(name, "parts")
        tiny_run(whole)
        for stop in (37, 80, None):  # 37: between two checkpoints of the schedule
            tiny_run(parts, stop_at=stop)
        one, other = finished(whole), finished(parts)
    for kind in ("module", "average"):
        for key, value in one[kind].items():
            assert torch.equal(value, other[kind][key]), f"{kind} {key}"
    losses = [[p["loss"] for p in run["state"]["curve"]] for run in (one, other)]
    assert losses[0] == losses[1]


def test_another_seed_gives_other_weights() -> None:
    with tempfile.TemporaryDirectory() as name:
        first = tiny_run(Path(name, "a"), stop_at=3)
        torch.manual_seed(6)
        flow, scale = tiny_flow(3), diffuse.Scale(torch.zeros(8), torch.ones(8))
        loss = diffuse.flow_loss(flow, tiny_stocks(), scale)
        other = train(models.Transformer(TINY), flow.course, loss, Path(name, "b"))
    assert not torch.equal(first["patch_embed.weight"], other["patch_embed.weight"])


def test_rate_rises_stays_and_falls() -> None:
    course = Course("any", 0, 1000, 1e-3)
    shares = [share_at(step, course) for step in (0, 99, 400, 649, 800, 999)]
    assert abs(shares[0] - 0.01) < 1e-12
    assert shares[1:4] == [1.0] * 3
    assert shares[3] > shares[4] > shares[5] > 0


def test_packed_clips_of_any_size_equal_separate_runs() -> None:
    module = awake(models.Size())
    clips = [
        (torch.randn(3, 8, 8, 8), torch.tensor(tokens("red circle right")), 0.3),
        (torch.randn(5, 6, 10, 8), torch.tensor(tokens("a blue square rests")), 0.9),
        (torch.randn(3, 12, 8, 8), torch.tensor(tokens("")), 0.5),
    ]
    with torch.no_grad():
        together = diffuse.packed(module, clips)
        for (latents, words, time), velocity in zip(clips, together, strict=True):
            alone = module(latents[None], torch.tensor([time]), words[None])[0]
            assert float((alone - velocity).abs().max()) < 1e-05


def test_words_beyond_a_caption_are_never_seen() -> None:
    module, latents = awake(TINY), torch.randn(2, 3, 8, 8, 8)
    times, lengths = torch.tensor([0.2, 0.7]), torch.tensor([3, 5])
    words = torch.tensor([[1, 2, 3, 9, 9], [4, 5, 6, 7, 8]])
    others = torch.tensor([[1, 2, 3, 20, 30], [4, 5, 6, 7, 8]])
    with torch.no_grad():
        first = module(latents, times, words, lengths)
        assert torch.equal(first, module(latents, times, others, lengths))
        alone = module(latents[:1], times[:1], words[:1, :3])
    assert float((alone - first[:1]).abs().max()) < 1e-05


def test_operations_by_formula_equal_torchs_counter() -> None:
    for size in (models.Size(), models.Size(width=72, depth=4, heads=3, patch=1), TINY):
        module, words = models.Transformer(size), torch.randint(0, 9, (1, 13))
        counter = FlopCounterMode(display=False)
        # torch's counter knows attention written as matrix products, not its CPU kernel
        with counter, torch.no_grad(), sdpa_kernel(SDPBackend.MATH):
            module(torch.randn(1, 3, 6, 10, 8), torch.tensor([0.3]), words)
        video = 3 * (6 // size.patch) * (10 // size.patch)
        assert counter.get_total_flops() == forward_flops(size, 13, video)


def test_published_weights_are_read_back() -> None:
    module = awake(TINY)
    scale = diffuse.Scale(torch.zeros(8), torch.ones(8))
    with tempfile.TemporaryDirectory() as name:
        path = Path(name, "weights.safetensors")
        config = publish.transformer_config(TINY, scale, {"steps": 20})
        publish.save(module.state_dict(), config, path)
        again, found = publish.load_transformer(path)
    assert found == config
    for key, value in module.state_dict().items():
        assert torch.equal(value.half().float(), again.state_dict()[key])


def test_no_frame_depends_on_a_later_one() -> None:
    module, clip = models.Autoencoder().eval(), torch.randn(1, 17, 24, 32, 3)
    changed = clip.clone()
    changed[:, 9:] = torch.randn(1, 8, 24, 32, 3)
    with torch.no_grad():
        one, other = module.encode(clip), module.encode(changed)
        assert tuple(one.shape) == (1, 5, 6, 8, 8)
        assert torch.equal(one[:, :3], other[:, :3])
        assert not torch.equal(one[:, 3:], other[:, 3:])
        shown, after = module.decode(one), module.decode(other)
    assert shown.shape == clip.shape
    assert torch.equal(shown[:, :9], after[:, :9])


def test_folding_pixels_loses_nothing() -> None:
    clip = torch.randn(2, 9, 24, 40, 3)
    assert torch.equal(models.unfold(models.fold(clip, 2), 2), clip)
    folded = models.fold_pixels(clip)
    assert tuple(folded.shape) == (2, 3, 6, 10, 192)
    assert torch.equal(models.unfold_pixels(folded), clip)


if __name__ == "__main__":
    torch.set_num_threads(1)
    CHECKS = {name: value for name, value in globals().items() if name.startswith("test_")}
    for name, check in CHECKS.items():
        check()
        sys.stderr.write(f"{name} passed\n")
    sys.stderr.write(f"OK: {len(CHECKS)} checks of the training code\n")
