"""What `rebuilt learn` does with a counter: solve, compare, and describe the model that it found.

The parts of a description that a forward pass does not show (clip, autoencoder, patches, text,
sampler) come from the template of the class or from a model that it is like, and are said.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rebuilt.cost.algebra.operations import GROUPS
from rebuilt.cost.algebra.places import EXCHANGED_ROWS
from rebuilt.cost.algebra.polynomial import Polynomial
from rebuilt.cost.counting.rows import polynomials
from rebuilt.cost.learn.records import Blocks, Record, blocks, counts
from rebuilt.cost.learn.shapes import Axes, Shape
from rebuilt.cost.learn.solving import Solved, solve
from rebuilt.cost.models.architectures import Transformer
from rebuilt.errors import ShapeError

Recorder = Callable[[Shape], Sequence[Record]]
KEPT = ("clip", "autoencoder", "geometry", "channels", "patch", "text", "audio", "sampler")
KINDS = ("product", "attention", "pointwise", "head")
SQUARE = 64  # steps of a side that are looked for where tokens of a frame come in multiples


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a learned network comes from.

    Attributes
    ----------
    source : str
        Key of the bibliography and place in it.
    """

    source: str
    module: str
    class_name: str
    config: Mapping[str, Any]
    versions: str
    parameters: int


@dataclass(frozen=True, slots=True)
class Learnt:
    """What was solved, and the main blocks that were seen."""

    solved: Solved
    blocks: tuple[Blocks, ...]


def axes_of(model: Transformer) -> Axes:
    """Sizes that a model of these clips, text and audio has, and the multiples it asks for."""
    multiple = model.patch.area_multiple
    side = next(step for step in range(1, SQUARE + 1) if step * step % multiple == 0)
    return Axes(
        video=not model.clip.image,
        text=model.text is not None,
        audio=model.audio is not None,
        side_step=side,
        text_step=model.text.multiple if model.text else 1,
    )


def learn(recorder: Recorder, axes: Axes) -> Learnt:
    """Count at small shapes, solve, and verify at larger ones.

    Raises
    ------
    ShapeError
        If a count is no polynomial, or the network has no blocks that can be described.
    """
    seen: list[Sequence[Record]] = []

    def counter(shape: Shape) -> dict[str, int]:
        seen[:] = [recorder(shape)]
        return counts(seen[0])

    solved = solve(counter, axes)
    return Learnt(solved, tuple(blocks(seen[0])))


def described(learnt: Learnt, base: Transformer, origin: Origin, **names: str) -> dict[str, Any]:
    """Model file of a learned network, as `data/models` holds it.

    Parameters
    ----------
    learnt : Learnt
        From `learn`.
    base : Transformer
        Whose clip, autoencoder, channels, patch, text, audio and sampler it shares.
    origin : Origin
        Where it comes from.
    names
        `id`, `name` and `note` of the file.
    """
    kept = base.model_dump(mode="json", exclude_none=True, exclude_defaults=True, include=set(KEPT))
    if base.text is not None:
        kept["text"]["encoders"] = [one.model_dump() for one in base.text.encoders]
    groups = _main(learnt)
    return {
        **{field: text for field, text in names.items() if text},
        "architecture": "transformer",
        **kept,
        "layers_source": origin.source,
        "learned": {
            "source": origin.source,
            "module": origin.module,
            "class_name": origin.class_name,
            "config": digest(origin.config),
            "versions": origin.versions,
            "parameters": origin.parameters,
            "operations": _operations(learnt.solved.polynomials),
        },
        "blocks": [{"source": origin.source, "kind": "learned"} | group for group in groups],
        "output": {"source": origin.source, "width": groups[0]["width"]},
    }


def digest(config: Mapping[str, Any]) -> str:
    """SHA-256 of a configuration: JSON with sorted keys and without spaces."""
    text = json.dumps(config, sort_keys=True, separators=(",", ":"), default=list)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _operations(found: Mapping[str, Polynomial]) -> list[dict[str, str]]:
    """Polynomials by group and kind, in the order of GROUPS."""
    operations = []
    for group in GROUPS:
        for kind in KINDS:
            named = {
                what: str(found[f"{group} {kind} {what}"])
                for what in ("flops", "elements", "padded")
                if f"{group} {kind} {what}" in found
            }
            if named:
                operations.append({"group": group, "kind": kind} | named)
    return operations


def _main(learnt: Learnt) -> list[dict[str, Any]]:
    """Return groups of equal blocks that carry tokens of the video, the most numerous first.

    Raises
    ------
    ShapeError
        If there are more kinds of them than the engine has places for.
    """
    merged: dict[tuple[Any, ...], dict[str, Any]] = {}
    for number, block in enumerate(learnt.blocks):
        rows = learnt.solved.polynomials[f"blocks {number} rows"]
        if not any("area" in monomial for monomial in rows.terms):
            continue
        group = {
            **{"width": block.width, "heads": block.heads, "head_width": block.head_width},
            **{"hidden": block.hidden, "gated": block.gated, "rows": str(rows)},
        }
        key = tuple(group.values())
        old = merged.get(key, {"depth": 0, "steps": 0})
        steps = max(block.steps, old["steps"])
        merged[key] = group | {"depth": old["depth"] + block.depth, "steps": steps}
    if not 0 < len(merged) <= EXCHANGED_ROWS:
        raise ShapeError(
            f"{len(merged)} kinds of blocks carry tokens of the video and memory has places for 1 "
            f"to {EXCHANGED_ROWS}; give the class a template in data/classes instead"
        )
    return sorted(merged.values(), key=lambda group: -group["depth"])


def checks(
    learnt: Learnt, origin: Origin, name: str, written: Transformer | None
) -> list[dict[str, Any]]:
    """Rows of data/learned_checks.csv: by group, what was verified, and what written blocks say.

    `expected` and `counted` are at the largest shape on which nothing was solved; `written` is what
    the class's template says there, empty where there is none.
    """
    shapes = learnt.solved.verified
    largest, _ = max(shapes, key=lambda pair: pair[0].frames * pair[0].rows * pair[0].columns)
    ours = _by_group(learnt.solved.polynomials)
    theirs = _written(written) if written else {}
    sizes = largest.sizes
    rows = []
    for quantity, polynomial in {**ours, "parameters": Polynomial({(): origin.parameters})}.items():
        agrees = quantity == "parameters" or all(
            polynomial.value(**shape.sizes) == _seen(pairs, quantity) for shape, pairs in shapes
        )
        expected = polynomial.value(**sizes)
        counted = dict(shapes)[largest]
        rows.append(
            {
                "model": name,
                "class": origin.class_name,
                "quantity": quantity,
                "solved_on": len(learnt.solved.solved_on),
                "verified_on": len(shapes),
                "largest_shape": str(largest),
                "polynomial": str(polynomial),
                "expected": expected,
                "counted": expected if quantity == "parameters" else _seen(counted, quantity),
                "written": _at(theirs[quantity], sizes) if quantity in theirs else "",
                "equal": "yes" if agrees else "no",
                "versions": origin.versions,
                "refused": "",
            }
        )
    return rows


def refused(origin: Origin, name: str, sentence: str) -> list[dict[str, Any]]:
    """Row of data/learned_checks.csv of a class that could not be learned, and why."""
    return [
        {
            "model": name,
            "class": origin.class_name,
            "quantity": "refused",
            "versions": origin.versions,
            "refused": sentence,
        }
    ]


def _by_group(found: Mapping[str, Polynomial]) -> dict[str, Polynomial]:
    """FLOPs of each group, and values that pointwise steps move, with no FLOPs."""
    sums: dict[str, Polynomial] = {}
    for name, polynomial in found.items():
        quantity = _quantity(name)
        if quantity:
            sums[quantity] = sums.get(quantity, Polynomial({})) + polynomial
    order = [*(f"flops of {group}" for group in GROUPS), *MOVED.values()]
    return {quantity: sums[quantity] for quantity in order if quantity in sums}


MOVED = {
    "product": "values moved by products",
    "attention": "values moved by attention",
    "pointwise": "values moved by steps on rows",
    "head": "values moved by steps on heads",
}


def _quantity(name: str) -> str:
    group, kind, what = name.split(" ")
    if what == "flops":
        return f"flops of {group}"
    return MOVED[kind] if what == "elements" and kind in MOVED else ""


def _seen(pairs: Mapping[str, tuple[int, int]], quantity: str) -> int:
    return sum(seen for name, (_, seen) in pairs.items() if _quantity(name) == quantity)


def _written(model: Transformer) -> dict[str, Polynomial]:
    """Tell what the blocks of a template say of the same quantities."""
    rows = polynomials(model)
    found = {
        f"flops of {group}": rows["self_attention" if group == "attention" else group]
        for group in GROUPS
    }
    return found | {
        "parameters": rows["parameters"],
        MOVED["pointwise"]: rows["stream"],
        MOVED["head"]: rows["head"],
    }


def _at(polynomial: Polynomial, sizes: Mapping[str, int]) -> int:
    return polynomial.value(**sizes, experts=1, half_area=0, quarter_area=0)
