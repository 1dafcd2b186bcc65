"""A listing of every matrix, convolution and attention of one forward, with its shapes.

Layers that differ only in a block's number and agree in shape share a line. It is what one needs
to write a model's closed form down, and its last line checks that nothing is missing.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import torch
import torch.nn.functional as F  # noqa: N812
from counting import count
from torch import nn

if TYPE_CHECKING:
    from networks import Clip, Network

CONVOLUTIONS = (nn.Conv1d, nn.Conv2d, nn.Conv3d)


def listing(network: Network, clip: Clip, module: nn.Module) -> str:
    """Describe each layer of one forward: path, shape, rows or positions, times, FLOPs."""
    lines: Counter[tuple[str, str, int]] = Counter()
    names = {part: re.sub(r"\.\d+(?=\.|$)", ".*", name) for name, part in module.named_modules()}

    def record(part: nn.Module, args: tuple, named: dict, output: torch.Tensor) -> None:
        shape = None
        if isinstance(part, nn.Linear):
            rows = output.numel() // part.out_features
            shape = f"linear {part.in_features} -> {part.out_features} on {rows}"
            flops = 2 * output.numel() * part.in_features
        elif isinstance(part, CONVOLUTIONS):
            source = (*args, *named.values())[0]
            kernel = "x".join(map(str, part.kernel_size))
            shape = f"conv {kernel} {part.in_channels} -> {part.out_channels}"
            shape = f"{shape}, {size(source)} to {size(output)}"
            flops = 2 * output.numel() * part.weight[0].numel()
        if shape:
            lines[names[part], shape, flops] += 1

    plain = F.scaled_dot_product_attention

    def attention(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, *a: Any, **k: Any):
        flops = 4 * query.numel() * key.shape[-2]
        text = f"q {tuple(query.shape)} k {tuple(key.shape)}"
        lines["attention", text, flops] += 1
        return plain(query, key, value, *a, **k)

    hooks = [part.register_forward_hook(record, with_kwargs=True) for part in names]
    with patch.object(F, "scaled_dot_product_attention", attention):
        counts = count(lambda: network.run(module, clip))
    for hook in hooks:
        hook.remove()
    return "\n".join(table(network, clip, module, lines, sum(counts.values())))


def size(tensor: torch.Tensor) -> str:
    """Batch and positions of a tensor of channels."""
    batch, _, *positions = tensor.shape
    return f"{batch} of {'x'.join(map(str, positions))}"


def table(network: Network, clip: Clip, module: nn.Module, lines: Counter, total: int) -> list[str]:
    """Return the head, one line for each kind of layer, and the check of the sum."""
    parameters = sum(parameter.numel() for parameter in module.parameters())
    head = f"## {network.model} ({network.module}) {clip}: {parameters} parameters, {total} FLOPs"
    body = [
        f"- {times} x {name}: {shape} = {flops} each"
        for (name, shape, flops), times in lines.items()
    ]
    seen = sum(flops * times for (_, _, flops), times in lines.items())
    return [head, *body, f"- listed {seen}, not listed {total - seen}", ""]
