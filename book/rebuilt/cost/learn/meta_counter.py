"""Count one forward pass of a torch module on the `meta` device: shapes, and no values.

The only module of the package that knows torch. FLOPs are those of `torch.utils.flop_counter`: its
own formulas for matrix products and convolutions, and its convention, twice the multiply-adds of
both products, for fused attention, which is caught whole. Beside them stand what the counter does
not see: values that pointwise steps read and write.

A step is what the convention of `algebra.operations` counts as one: a module without children or a
helper function as a whole; elsewhere an operation on tensors of full size together with those that
follow on its result alone, such as scale and shift. Operands that are broadcast, casts, copies,
concatenations and views count as nothing.
"""

from __future__ import annotations

import math
import sys
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves, tree_map
from torch.utils.flop_counter import flop_registry

from rebuilt.cost.learn.records import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

SKIPPED = (str(Path(torch.__file__).parent), __file__)
View = tuple[int, tuple[int, ...], tuple[int, ...]]  # offset, shape and strides in a memory
BATCHED = ("bmm", "baddbmm")  # of two activations these are attention, written out
VIEWS = ("detach", "alias", "_unsafe_view", "view", "_reshape_alias")
MOVES = {
    *("_to_copy", "clone", "copy_", "cat", "stack", "repeat", "index_select", "index", "embedding"),
    *("gather", "scatter", "scatter_", "index_put_", "index_put", "constant_pad_nd", "lift_fresh"),
    *("repeat_interleave", "roll", "flip", "masked_select", "pixel_shuffle", "select_scatter"),
    *("slice_scatter", "arange", "linspace", "scalar_tensor", "randn", "rand", "tril", "triu"),
    *("empty", "empty_like", "empty_strided", "zeros", "zeros_like", "ones", "ones_like", "full"),
    *(
        "full_like",
        "new_zeros",
        "new_ones",
        "new_empty",
        "new_full",
        "fill_",
        "zero_",
        "_unsafe_view",
    ),
    *("_unsafe_index", "unfold", "avg_pool2d", "upsample_nearest2d", "new_empty_strided"),
}


class Step:
    """Pointwise operations that run as one: what they read from outside, and what they leave."""

    def __init__(self, owner: object, path: str) -> None:
        self.owner = owner
        self.path = path
        self.read: dict[int, set[View]] = {}
        self.doubled: dict[int, int] = {}
        self.whole: dict[int, int] = {}
        self.made: dict[int, int] = {}
        self.own: set[int] = set()
        self.computes = False

    def reads(self, tensor: torch.Tensor) -> None:
        """Note an operand, unless the step made it itself."""
        key = storage(tensor)
        if key not in self.own:
            view = tensor.storage_offset(), tuple(tensor.shape), tensor.stride()
            self.read.setdefault(key, set()).add(view)
            self.doubled[key] = 2 if tensor.is_complex() else 1
            self.whole[key] = whole(tensor)

    def makes(self, tensor: torch.Tensor, *, left: bool) -> None:
        """Note a result."""
        self.own.add(storage(tensor))
        if left:
            self.made[storage(tensor)] = whole(tensor)

    @property
    def elements(self) -> int:
        """Values read from outside and values left, each once."""
        read = (
            self.doubled[key] * distinct(views, self.whole[key] // self.doubled[key])
            for key, views in self.read.items()
        )
        return sum(read) + sum(self.made.values())


class MetaCounter(TorchDispatchMode):  # type: ignore[misc]
    """Records of everything that runs inside; `modules` is the stack of those at work."""

    def __init__(self, learned: set[int]) -> None:
        super().__init__()
        self.learned = learned
        self.records: list[Record] = []
        self.modules: list[tuple[str, torch.nn.Module]] = [("", torch.nn.Identity())]
        self.kept: list[torch.Tensor] = []  # so that no memory gets the name of another
        self.step: Step | None = None
        self.quiet = False

    @property
    def path(self) -> str:
        """Path of the module at work."""
        return self.modules[-1][0]

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        packet, name = func._overloadpacket, func._overloadpacket.__name__
        given, made = tensors((args, kwargs)), tensors(result)
        self.kept += made
        if self.quiet or not any(one.numel() for one in made):
            return result
        if packet in flop_registry:
            self.close()
            flops = int(flop_registry[packet](*args, **(kwargs or {}), out_val=result))
            self.records.append(self.product(name, given, made[0], flops))
        elif given and not func.is_view and name not in VIEWS:
            self.pointwise(given[name == "copy_" :], made, moves=name in MOVES)
        return result

    def attention(self, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor) -> None:
        """Record fused attention: batch, heads, tokens, width; masks count in full."""
        self.close()
        *batch, heads, tokens, width = query.shape
        rows = math.prod(batch) * tokens
        pairs = 2 * rows * heads * key.shape[-2]
        wide = value.shape[-1]
        self.records.append(
            Record(
                self.path,
                "attention",
                flops=pairs * (width + wide),
                elements=query.numel() + key.numel() + value.numel() + rows * heads * wide,
                rows=rows,
                inner=width,
                heads=heads,
                fused=True,
            )
        )

    def product(
        self, name: str, given: list[torch.Tensor], out: torch.Tensor, flops: int
    ) -> Record:
        """Matrix product or convolution with weights, or a product of two activations."""
        fed = [one for one in given if storage(one) not in self.learned]
        moved = out.numel() + sum(one.numel() for one in fed)
        if name in BATCHED and len(fed) == len(given):
            heads = math.prod(out.shape[:-2])
            return Record(self.path, "attention", flops, moved, heads=heads)
        columns = out.shape[1] if "conv" in name else out.shape[-1]
        rows = out.numel() // columns
        return Record(
            self.path, "product", flops, moved, rows, flops // (2 * rows * columns), columns
        )

    def pointwise(
        self, given: list[torch.Tensor], made: list[torch.Tensor], *, moves: bool
    ) -> None:
        """Go on with the step at work, or begin another one."""
        size = max(one.numel() for one in (*given, *made))
        full = [one for one in given if one.numel() == size and storage(one) not in self.learned]
        owner = self.owner()
        if not self.goes_on(owner, full, moves=moves):
            if moves:
                return
            self.close()
            self.step = Step(owner, self.path)
        if self.step is None:
            return
        for one in given:  # what is broadcast was made for this and is not left
            self.step.made.pop(storage(one), None)
        for one in full:
            self.step.reads(one)
        for one in made:
            self.step.makes(one, left=moves or one.numel() == size)
        self.step.computes = self.step.computes or not moves

    def goes_on(self, owner: object, full: list[torch.Tensor], *, moves: bool) -> bool:
        """Whether an operation belongs to the step at work."""
        step = self.step
        if step is None or step.path != self.path or owner is not step.owner:
            return False
        own = [storage(one) in step.own for one in full]
        return owner is not None or (any(own) if moves else own == [True])

    def owner(self) -> object:
        """Return the leaf module or helper function that runs as one; else None."""
        if self.path and not any(True for _ in self.modules[-1][1].children()):
            return self.modules[-1]
        frame: FrameType | None = sys._getframe(1)
        while frame is not None and (
            frame.f_code.co_filename.startswith(SKIPPED) or frame.f_code.co_name.startswith("<")
        ):
            frame = frame.f_back
        if frame is None or frame.f_code.co_name in ("forward", "__call__"):
            return None
        return frame

    def close(self) -> None:
        """Record the step at work."""
        step, self.step = self.step, None
        if step is not None and step.computes:
            norm = "norm" in step.path.rpartition(".")[2]
            self.records.append(Record(step.path, "pointwise", elements=step.elements, norm=norm))


class Fused(TorchFunctionMode):  # type: ignore[misc]
    """Catches fused attention whole, whatever torch makes of it on this device."""

    def __init__(self, counter: MetaCounter) -> None:
        super().__init__()
        self.counter = counter

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        named = kwargs or {}
        if func is not torch.nn.functional.scaled_dot_product_attention:
            return func(*args, **named)
        given = [*args[:3], *(named[name] for name in ("query", "key", "value")[len(args) :])]
        self.counter.attention(*given)
        self.counter.quiet = True
        try:
            return func(*args, **named)
        finally:
            self.counter.quiet = False


def storage(tensor: torch.Tensor) -> int:
    """Name of the memory of a tensor, which its views share."""
    return int(tensor.untyped_storage()._cdata)


def distinct(views: set[View], whole: int) -> int:
    """Places of a memory that views of it cover together."""
    if len(views) == 1:
        return math.prod(next(iter(views))[1])
    covered = np.zeros(whole, bool)
    for offset, shape, strides in views:
        np.lib.stride_tricks.as_strided(covered[offset:], shape, strides)[...] = True
    return int(covered.sum())


def whole(tensor: torch.Tensor) -> int:
    """Values of the memory of a tensor."""
    size = tensor.element_size() // (2 if tensor.is_complex() else 1)
    return int(tensor.untyped_storage().nbytes()) // size


def tensors(arguments: Any) -> list[torch.Tensor]:
    """All tensors of the arguments or results of an operation."""
    return [one for one in tree_leaves(arguments) if isinstance(one, torch.Tensor)]


def run(module: torch.nn.Module, forward: Callable[[], object]) -> list[Record]:
    """Record one forward pass of a module that lies on the `meta` device."""
    counter = MetaCounter({storage(one) for one in module.parameters()})
    with torch.no_grad(), _followed(module, counter), Fused(counter), counter:
        forward()
    counter.close()
    return counter.records


@contextmanager
def _followed(module: torch.nn.Module, counter: MetaCounter) -> Iterator[None]:
    """Keep the stack of the modules at work, and run of equal blocks only the first."""

    def enter(name: str) -> Callable[..., None]:
        return lambda part, *_: counter.modules.append((name, part))

    def leave(*_: Any) -> None:
        counter.modules.pop()

    hooks = []
    alike = Alike(counter)
    listed = [part for part in module.children() if isinstance(part, torch.nn.ModuleList)]
    for name, part in module.named_modules():
        if part is not module:
            hooks += [
                part.register_forward_pre_hook(enter(name)),
                part.register_forward_hook(leave),
            ]
    for block in (block for part in listed for block in part):
        block.forward = alike.once(block)
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()
        for block in (block for part in listed for block in part):
            del block.forward


class Alike:
    """Runs one of several equal blocks; the others give records and shapes of the same.

    Blocks are equal if class, shapes of parameters, plain attributes of all their modules and
    everything that they are given are: on `meta` a pass hangs on nothing else.
    """

    def __init__(self, counter: MetaCounter) -> None:
        self.counter = counter
        self.seen: dict[str, tuple[list[Record], Any]] = {}

    def once(self, block: torch.nn.Module) -> Callable[..., Any]:
        """Forward of a block that is not run again where an equal one was."""
        run_it, own = block.forward, _signature(block)

        def forward(*args: Any, **kwargs: Any) -> Any:
            counter, path = self.counter, self.counter.path
            key = f"{own} {tree_map(_said, (args, kwargs))}"
            counter.close()
            if key in self.seen:
                records, result = self.seen[key]
                counter.records += [replace(one, path=path + one.path) for one in records]
                return tree_map(_fresh, result)
            first = len(counter.records)
            result = run_it(*args, **kwargs)
            counter.close()
            records = [
                replace(one, path=one.path.removeprefix(path)) for one in counter.records[first:]
            ]
            self.seen[key] = records, result
            return result

        return forward


PLAIN = (int, float, str, bool, tuple, type(None))


def _signature(block: torch.nn.Module) -> str:
    """Say what a block is: classes, shapes of parameters, and numbers and words of its modules."""
    parts = [
        (
            name,
            type(part).__name__,
            sorted(
                (field, str(value))
                for field, value in vars(part).items()
                if isinstance(value, PLAIN)
            ),
            [tuple(one.shape) for one in part.parameters(recurse=False)],
        )
        for name, part in block.named_modules()
    ]
    return str(parts)


def _said(value: Any) -> Any:
    return (tuple(value.shape), value.dtype) if isinstance(value, torch.Tensor) else value


def _fresh(value: Any) -> Any:
    return torch.empty_like(value) if isinstance(value, torch.Tensor) else value
