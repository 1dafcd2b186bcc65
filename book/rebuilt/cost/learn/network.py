"""A torch class on the `meta` device as a counter of shapes."""

from __future__ import annotations

import importlib
import sys
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import torch
from torch.overrides import TorchFunctionMode

from rebuilt.cost.learn.feeding import fed, names_of
from rebuilt.cost.learn.meta_counter import run
from rebuilt.errors import DataError, UnknownNameError, nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from rebuilt.cost.learn.feeding import Spec
    from rebuilt.cost.learn.records import Record
    from rebuilt.cost.learn.shapes import Shape
    from rebuilt.cost.models.schema import Patch

    Made = Callable[[Mapping[str, Any]], dict[str, Any]]

KINDS = {"float": torch.float32, "long": torch.long, "bool": torch.bool}


class Network:
    """One class, built from a configuration without memory for its weights.

    Parameters
    ----------
    module, class_name : str
        Where the class is imported from.
    config : mapping
        Arguments of its constructor; those that begin with _ are the configuration's own.

    Raises
    ------
    UnknownNameError
        If there is no such module or class.
    DataError
        If the constructor refuses the configuration.
    """

    def __init__(self, module: str, class_name: str, config: Mapping[str, Any]) -> None:
        kind = _class(module, class_name)
        own = {name: value for name, value in config.items() if not name.startswith("_")}
        try:
            with torch.device("meta"):
                made = kind(**own).eval()
        except (TypeError, ValueError, RuntimeError) as error:
            raise DataError(
                f"{class_name} cannot be built from the configuration: {error}"
            ) from error
        self.network = made.to("meta")  # some constants ignore the default device
        self.config = dict(getattr(made, "config", own))

    @property
    def parameters(self) -> int:
        """All parameters."""
        return sum(one.numel() for one in self.network.parameters())

    def inputs(self, shape: Shape, patch: Patch, spec: Spec | Made) -> dict[str, Any]:
        """Make the inputs of a shape, by the entries of a list or by what builds them."""
        names = names_of(shape, patch, self.config)
        return spec(names) if callable(spec) else fed(spec, names, tensor)

    def records(
        self, shape: Shape, patch: Patch, spec: Spec | Made, *, settled: bool = True
    ) -> list[Record]:
        """Operations of one forward pass on inputs of a shape.

        `settled`: a pass before it has made what the class keeps, such as tables of positions.

        Raises
        ------
        DataError
            If the class does not take the inputs, or reads values, which `meta` does not have.
        """
        inputs = self.inputs(shape, patch, spec)
        try:
            with torch.no_grad(), stand_ins(type(self.network).__module__):
                if settled:
                    run(self.network, lambda: self.network(**inputs))
                return run(self.network, lambda: self.network(**inputs))
        except (TypeError, RuntimeError, ValueError, IndexError, AttributeError) as error:
            first = " ".join(str(error).split())[:300]
            raise DataError(
                f"{type(self.network).__name__} does not run on inputs of {shape} without values: "
                f"{first}; give --inputs other shapes, or leave out a mask that it reads"
            ) from error


class Valid(TorchFunctionMode):  # type: ignore[misc]
    """Answers what code asks of values that `meta` does not have, as if nothing were padded.

    Every entry of a mask holds, so that indexing by it takes all and by its inverse none; all
    tokens go to one of several equal experts, which costs the same; a question whether a tensor is
    empty of content is answered with no.
    """

    def __init__(self) -> None:
        super().__init__()
        self.inverse: list[torch.Tensor] = []

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        first = args[0] if args else None
        if func is torch.tensor and (kwargs or {}).get("dtype") is torch.int64:
            return func(first)  # sizes, which are read again as numbers
        if func is torch.full and (kwargs or {}).get("dtype") is torch.int64:
            return func(*args, **{**(kwargs or {}), "device": "cpu"})
        if not isinstance(first, torch.Tensor) or not first.is_meta:
            return func(*args, **(kwargs or {}))
        if func in (torch.Tensor.__invert__, torch.bitwise_not, torch.Tensor.logical_not):
            self.inverse.append(func(*args, **(kwargs or {})))
            return self.inverse[-1]
        if func is torch.Tensor.__getitem__ and _is_mask(args[1]):
            return first[:0] if any(args[1] is one for one in self.inverse) else first[:]
        if func is torch.Tensor.sum and _counts(first, kwargs or {}):
            return torch.full((first.shape[0],), first.shape[1], dtype=torch.int64, device="cpu")
        if func in (torch.nonzero, torch.Tensor.nonzero):
            found = torch.arange(first.numel(), device="meta")
            return (found,) if (kwargs or {}).get("as_tuple") else found[:, None]
        if func in (torch.bincount, torch.Tensor.bincount):
            return torch.tensor([first.numel()], device="cpu")
        if func is torch.Tensor.__bool__:
            return False
        return func(*args, **(kwargs or {}))


def _counts(mask: torch.Tensor, asked: Mapping[str, Any]) -> bool:
    """Whether a sum is of the entries of masks that hold, which code reads as lengths."""
    return mask.dtype == torch.bool and mask.dim() == 2 and asked.get("dim") == 1


def _is_mask(index: Any) -> bool:
    return isinstance(index, torch.Tensor) and index.dtype == torch.bool and index.dim() == 1


@contextmanager
def stand_ins(module: str) -> Iterator[None]:
    """Stand in for what `meta` or this environment lacks, and what computes nothing that counts.

    Images are resized by torchvision, which has to match torch and is not needed for anything else.
    """
    code = sys.modules[module]
    transforms = SimpleNamespace(
        functional=SimpleNamespace(resize=_resized),
        InterpolationMode=SimpleNamespace(NEAREST=None, BILINEAR=None),
    )
    missing = {} if hasattr(code, "transforms") else {"transforms": transforms}
    missing |= {name: made(code) for name, made in FLEXIBLE.items() if hasattr(code, name)}
    with (
        patch.object(torch, "autocast", lambda *_, **__: nullcontext()),
        patch.dict(vars(code), missing),
        Valid(),
    ):
        yield


@dataclass(frozen=True)
class Pairs:
    """Pairs of query and key that a mask of blocks leaves, counted entry by entry."""

    number: int


def _pairs_of(mask: Any, *, Q_LEN: int, KV_LEN: int, **_: Any) -> Pairs:
    """Count what a mask leaves, a few rows of queries at a time."""
    keys, found = torch.arange(KV_LEN)[None], 0
    for start in range(0, Q_LEN, 256):
        asked = torch.arange(start, min(start + 256, Q_LEN))[:, None]
        found += int(mask(0, 0, asked, keys).expand(len(asked), KV_LEN).sum())
    return Pairs(found)


def _dense(code: Any) -> Any:
    """Attention by the backend that counters see; of a mask of blocks, as many pairs as it has."""
    dispatch = code.dispatch_attention_fn

    def attend(query: Any, key: Any, value: Any, attn_mask: Any = None, **options: Any) -> Any:
        if isinstance(attn_mask, Pairs):
            heads, wide = query.shape[-2:]
            asked, other = (query.new_empty(1, heads, n, wide) for n in (attn_mask.number, 1))
            torch.nn.functional.scaled_dot_product_attention(asked, other, other)
            return value.new_empty(query.shape)
        return dispatch(query, key, value, attn_mask=attn_mask, **options | {"backend": None})

    return attend


FLEXIBLE = {  # attention whose mask is built of blocks, which a counter of operations does not see
    "create_block_mask": lambda _: _pairs_of,
    "nabla_block_mask": lambda _: lambda *_, **__: None,  # by content: counted in full
    "dispatch_attention_fn": _dense,
}


def _resized(image: torch.Tensor, size: Any, **_: Any) -> torch.Tensor:
    return image.new_empty((*image.shape[:-2], *size))


def tensor(shape: tuple[int, ...], kind: str) -> torch.Tensor:
    """Tensor of a shape on the device that computes nothing."""
    if kind == "range":
        return torch.arange(*shape, device="meta")
    return torch.empty(shape, dtype=KINDS[kind], device="meta")


def versions() -> str:
    """Name the packages that ran, with their versions."""
    names = ("torch", "diffusers", "transformers")
    return "; ".join(f"{name} {_version(name)}" for name in names[:2])


def _version(name: str) -> str:
    return str(importlib.import_module(name).__version__).partition("+")[0]


def _class(module: str, class_name: str) -> Any:
    try:
        known = importlib.import_module(module)
    except ImportError as error:
        raise UnknownNameError(f"no module {module!r} can be imported: {error}") from error
    if not hasattr(known, class_name):
        near = ", ".join(nearest(class_name, [one for one in dir(known) if one[0].isupper()]))
        raise UnknownNameError(f"{module} has no class {class_name!r}; nearest names: {near}")
    return getattr(known, class_name)
