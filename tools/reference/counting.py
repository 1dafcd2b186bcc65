"""Counting one forward pass: FLOPs by module and operation, nothing computed.

One multiply-add is 2 FLOPs; products, convolutions and attention count, nothing else does (the
convention of `torch.utils.flop_counter`). Everything runs on torch's `meta` device: tensors have
shapes and no values, and fused attention, which the counter misses on CPU tensors, is counted.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

import torch
from torch.utils.flop_counter import FlopCounterMode

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

OPERATIONS = {
    "mm": "linear",
    "addmm": "linear",
    "bmm": "attention",
    "baddbmm": "attention",
    "convolution": "conv",
}


def check_counter() -> None:
    """Refuse to measure if fused attention is not counted: two products of 3 by 5 by 7, 2 heads."""
    query, key = (torch.empty(1, 2, tokens, 7, device="meta") for tokens in (3, 5))
    attention = torch.nn.functional.scaled_dot_product_attention
    seen = sum(count(lambda: attention(query, key, key)).values())
    if seen != 2 * (2 * 2 * 3 * 5 * 7):
        raise ArithmeticError(f"attention of 840 FLOPs is counted as {seen}: not this torch")


def count(run: Callable[[], object]) -> dict[tuple[str, str], int]:
    """FLOPs of `run()` by (module path, kind of operation), each counted once.

    The counter credits an operation to every module on the stack, so the modules inside a
    module are subtracted again. Kinds are linear, conv and attention: a product of two
    activations is attention, fused or written out.
    """
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        run()
    counts = counter.get_flop_counts()
    own: dict[tuple[str, str], int] = defaultdict(int)
    for module, operations in counts.items():
        outer = enclosing(module, counts)
        for packet, flops in operations.items():
            kind = operation_kind(str(packet))
            own[module, kind] += flops
            if outer:
                own[outer, kind] -= flops
    return {key: flops for key, flops in own.items() if flops}


def enclosing(module: str, known: dict[str, dict]) -> str | None:
    """Return the nearest counted module around `module`; `Global` is around all others."""
    if module == "Global":
        return None
    while "." in module:
        module = module.rpartition(".")[0]
        if module in known:
            return module
    return "Global"


def operation_kind(packet: str) -> str:
    """`aten.addmm` -> linear; an operation without a kind is an error, never dropped."""
    name = packet.rpartition(".")[2]
    return "attention" if "attention" in name else OPERATIONS[name]


def by_group(
    counts: dict[tuple[str, str], int], rules: Sequence[tuple[str, str]]
) -> dict[str, int]:
    """Add counts up by group: the first rule whose pattern is found in "path kind" decides.

    A group of the form "a=1+b=4" splits one count between groups in these proportions.
    """
    groups: dict[str, int] = defaultdict(int)
    for (module, kind), flops in counts.items():
        label = f"{module} {kind}"
        group = next((group for pattern, group in rules if re.search(pattern, label)), None)
        if group is None:
            raise LookupError(f"no group for {label!r}: add a pattern to the rules of this model")
        for name, share in split(group, flops):
            groups[name] += share
    return dict(groups)


def split(group: str, flops: int) -> list[tuple[str, int]]:
    """Split a count in the proportions of "a=1+b=4", which must divide it without a rest."""
    if "=" not in group:
        return [(group, flops)]
    parts = [part.split("=") for part in group.split("+")]
    whole = sum(int(weight) for _, weight in parts)
    if flops % whole:
        raise ValueError(f"{flops} FLOPs do not split into {group!r} without a rest")
    return [(name, flops // whole * int(weight)) for name, weight in parts]
