"""What each part of a model description adds to the rows of the model, as terms that a page holds.

A part, such as a group of blocks of one kind or one linear layer, adds a polynomial in its own
fields to every row. It is found by asking the counting code: numbers are symbols, and whatever the
code looks at to decide (a field that is there, is true, is one of several names) is a switch of
value 0 or 1. What a set of switches adds is the difference between counts with and without it. So
the page counts any description, and has no formula of its own.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel

from rebuilt.cost.algebra.grid import ROWS, SYMBOLS
from rebuilt.cost.algebra.operations import GROUPS, Operation, attention, repeat, table
from rebuilt.cost.algebra.places import SIZES
from rebuilt.cost.algebra.polynomial import Polynomial, lift, symbol, total
from rebuilt.cost.algebra.sizes import FULL_HEAD, PADDED
from rebuilt.cost.counting.model_operations import operations_beside_blocks
from rebuilt.cost.counting.rows import Rows, add, decoded_sound, group_of, resting, sorted_out
from rebuilt.cost.counting.transformer_blocks import layer_operations
from rebuilt.cost.models import schema
from rebuilt.cost.models.architectures import Transformer
from rebuilt.cost.models.groups import Main
from rebuilt.cost.models.templates import TEXT, Tree, tree

FIRST_SYMBOL = 1 + len(SIZES)  # place of a part's first symbol, behind the number one and the sizes
KINDS: dict[str, type[BaseModel]] = {
    "sequence": schema.SequenceBlock,
    "joint": schema.JointBlock,
    "parallel": schema.ParallelBlock,
    "expert": schema.ExpertBlock,
    "refiner": schema.RefinerBlock,
    "pool": schema.PoolBlock,
}
BESIDE: dict[str, type[BaseModel]] = {
    "channels": schema.Channels,
    "patch": schema.Patch,
    "output": schema.Output,
}
APART = ("source", "kind", "name", "layers", "attends", "head_width")  # fields that are not asked
ROWS_OF = ("stream", "keys", "rows", "adaln_rows", "video_rows", "text_rows", "queries", "entries")
FIELD = "."  # begins the symbol of a field, so that it is no size of a clip
HEAD = "(head_width or width // heads)"  # as schema.Attention has it
OF_A_HEAD = {  # what the counting code takes of a head that is a symbol
    f"{FIELD}head": tree(HEAD),
    "padded_head": tree(f"{PADDED:.0f} * (({HEAD} + {PADDED - 1:.0f}) // {PADDED:.0f})"),
    "norm_head": tree(f"max({HEAD}, {FULL_HEAD:.0f})"),
}
Terms = list[list[int]]
Counted = Callable[[Collection["Switch"]], Rows]


@dataclass(frozen=True, eq=False)
class Switch:
    """A choice that the counting code looks at: field, value that it takes, and when it does."""

    path: str
    value: Any
    when: Tree

    @property
    def name(self) -> str:
        """Name of the symbol that is 1 where the field has this value."""
        return f"{FIELD}{self.path} {self.when}"


@dataclass
class Part:
    """Symbols of a part, each with the tree that gives its value, and what it adds to rows."""

    symbols: dict[str, Tree] = field(default_factory=dict)
    rows: dict[str, Terms] = field(default_factory=dict)

    def add(self, rows: Rows, chosen: Sequence[Switch]) -> None:
        """Add what a set of switches adds, as terms [coefficient, places ...]."""
        switches = [self._place(one.name, one.when) for one in chosen]
        for row, polynomial in rows.items():
            for monomial, coefficient in sorted(polynomial.terms.items()):
                places = [self._place(name, _value_of(name)) for name in monomial]
                terms = self.rows.setdefault(row, [])
                terms.append([coefficient, *sorted(places + switches)])

    def exported(self) -> dict[str, Any]:
        """Trees of symbols in the order of their places, and terms by row."""
        return {"symbols": list(self.symbols.values()), "rows": self.rows}

    def _place(self, name: str, value: Tree) -> int:
        if not name.startswith(FIELD) and name not in OF_A_HEAD:
            return 1 + SIZES.index(name)
        self.symbols.setdefault(name, value)
        return FIRST_SYMBOL + list(self.symbols).index(name)


def parts() -> dict[str, dict[str, Any]]:
    """Every part by name: kinds of blocks, what is `beside` them, and what descriptions list."""
    rest = {"beside": _beside(), "sound": _sound()}
    found = {kind: _block(kind) for kind in KINDS} | rest | _listed()
    return {name: part.exported() for name, part in found.items()}


def row_forms() -> dict[str, Terms]:
    """Names of rows as sums of products of sizes: [coefficient, places ...]."""
    return {name: form(lift(SYMBOLS.rows(name))) for name in ROWS}


def form(polynomial: Polynomial) -> Terms:
    """Write a polynomial in the sizes of a clip as [coefficient, places ...]."""
    return [
        [coefficient, *(1 + SIZES.index(name) for name in monomial)]
        for monomial, coefficient in sorted(polynomial.terms.items())
    ]


def _block(kind: str) -> Part:
    """Count a group of blocks of one kind, but for the layers that it lists beside."""
    shape, main = KINDS[kind], KINDS[kind] in get_args(Main)

    def counted(chosen: Collection[Switch]) -> Rows:
        layers = tuple(one.value for one in chosen if one.path == "layers")
        beside: dict[str, Any] = {"kind": kind, "layers": layers, "attends": ()}
        block: Any = shape.model_construct(**_values(shape, "", chosen), **beside)
        return {_relative(row, main): found for row, found in group_of(block, int(main)).items()}

    switches = list(_switches(shape, ""))
    if "layers" in shape.model_fields:  # one without a product, which counts as nothing
        empty = schema.Layer.model_construct(group="modulation", rows="one", widths=(1,))
        switches.append(Switch("layers", empty, ["in", [TEXT, "modulation"], "layers.group"]))
        # Its "switch" is a width, that of the stream of audio beside, which a pass holds in FP32.
        audio = schema.Layer.model_construct(group="projection", rows="audio", widths=(1,))
        switches.append(Switch("layers", audio, "layers.audio"))
    return _found(counted, switches)


def _relative(row: str, main: bool) -> str:
    """Name of a row; of one of a slot's the name that the page completes with the slot."""
    name, _, place = row.rpartition("_")
    if name not in ("alive", "exchanged"):
        return row
    return f"{name} {int(place) - 2 * (main and name == 'alive')}"


def _beside() -> Part:
    """Count patches and output of a model."""

    def counted(chosen: Collection[Switch]) -> Rows:
        sections: dict[str, Any] = {
            name: shape.model_construct(**_values(shape, f"{name}.", chosen))
            for name, shape in BESIDE.items()
        }
        model = Transformer.model_construct(**sections, layers=(), tables=())
        rows = sorted_out(operations_beside_blocks(model, SYMBOLS))
        return add([rows, resting(rows)])

    switches = [one for name, shape in BESIDE.items() for one in _switches(shape, f"{name}.")]
    return _found(counted, switches)


def _sound() -> Part:
    """Count the decoder of a model's audio."""
    shape = schema.AudioDecoder
    return _found(lambda _: decoded_sound(shape.model_construct(**_values(shape, "", ()))), [])


def _listed() -> dict[str, Part]:
    """Count what descriptions list: one product, one activation, one attention, one table.

    They stand in `depth` blocks; `blocks` is 1 where they do, else 0: launches are those of blocks.
    """
    inner, columns, out, rows, times = (
        symbol(FIELD + name) for name in ("inner", "columns", "out", "rows", "times")
    )

    def chain(*widths: Polynomial, chosen: Collection[Switch]) -> list[Operation]:
        said: dict[str, Any] = {"bias": False, "learned": False, "rows": rows, "times": times}
        said |= {one.path: one.value for one in chosen}
        layer = schema.Layer.model_construct(group=GROUPS[0], widths=widths, **said)
        return layer_operations([layer], SYMBOLS)

    def activation(chosen: Collection[Switch]) -> Rows:
        products = chain(inner, columns, chosen=chosen) + chain(columns, out, chosen=chosen)
        between = [one for one in chain(inner, columns, out, chosen=chosen) if one not in products]
        return _repeated(between)

    def attends(_: Collection[Switch]) -> Rows:
        queries, keys, width = (symbol(FIELD + name) for name in ("queries", "keys", "width"))
        return _repeated([attention(GROUPS[0], 1, queries, keys, width)])

    layer = [Switch(name, True, name) for name in ("bias", "learned")]
    product = _found(lambda chosen: _repeated(chain(inner, columns, chosen=chosen)), layer)
    entries = _found(lambda _: _repeated([table(GROUPS[0], symbol(f"{FIELD}entries"))]), [])
    return {
        "product": product,
        "activation": _found(activation, []),
        "attend": _found(attends, []),
        "table": entries,
    }


def _repeated(operations: Sequence[Operation]) -> Rows:
    """Rows of operations of every block; those of their group of FLOPs go to the row `group`."""
    depth = symbol(f"{FIELD}depth")
    rows = sorted_out(repeat(depth, operations))
    rows |= resting(rows)
    rows["launches"] = symbol(f"{FIELD}blocks") * depth * len(operations)
    rows["group"] = rows.pop(GROUPS[0])
    return rows


def _found(counted: Counted, switches: Sequence[Switch]) -> Part:
    """Terms of a part: those without any switch, and what sets of up to three switches add.

    Three are asked where two of them add something together. A test counts descriptions with many
    switches at once.
    """
    part = Part()
    added: dict[tuple[Switch, ...], Rows] = {(): counted(())}
    part.add(added[()], ())
    for chosen in (sets for size in (1, 2, 3) for sets in combinations(switches, size)):
        subsets = [less for n in range(len(chosen)) for less in combinations(chosen, n)]
        pairs = sum(len(less) == 2 and less in added for less in subsets)
        one_field = len({one.path for one in chosen}) < len(chosen)
        if one_field or (len(chosen) == 3 and not pairs):
            continue
        more = {
            row: found - total(added[less].get(row, 0) for less in subsets if less in added)
            for row, found in counted(chosen).items()
        }
        if any(found.terms for found in more.values()):
            added[chosen] = more
            part.add(more, chosen)
    return part


def _value_of(name: str) -> Tree:
    """Tree that gives the value of a field's symbol; rows come as a sum of sizes."""
    if name in OF_A_HEAD:
        return OF_A_HEAD[name]
    path = name.removeprefix(FIELD)
    return ["rows", path] if path.rpartition(".")[2] in ROWS_OF else path


def _values(shape: type[BaseModel], prefix: str, chosen: Collection[Switch]) -> dict[str, Any]:
    """Fields of a section as symbols; what switches are about is off, but for those chosen."""
    values = {}
    for path, annotation, off in _fields(shape, prefix):
        wanted = next((one.value for one in chosen if one.path == path), off)
        nested = _section(annotation)
        if nested is not None and wanted is not None:
            wanted = nested.model_construct(**_values(nested, f"{path}.", chosen))
        values[path.removeprefix(prefix)] = wanted
    if "head_width" in shape.model_fields:
        values["head_width"] = symbol(f"{FIELD}head")
    return values


def _switches(shape: type[BaseModel], prefix: str) -> Iterator[Switch]:
    """Every value of every field of a section that the counting code may look at."""
    for path, annotation, off in _fields(shape, prefix):
        nested = _section(annotation)
        if nested is not None:
            yield Switch(path, True, ["is not", path, None])
            yield from _switches(nested, f"{path}.")
        elif get_origin(annotation) is Literal:
            for name in get_args(annotation)[1:]:
                yield Switch(path, name, ["==", path, [TEXT, name]])
        elif bool in (annotation, *get_args(annotation)):
            values = (True,) if off is False else (True, False)
            yield from (Switch(path, value, ["is", path, value]) for value in values)
        elif off is None:
            yield Switch(path, symbol(FIELD + path), ["is not", path, None])
        elif off == 0:
            yield Switch(path, symbol(FIELD + path), [">", path, 0])


def _fields(shape: type[BaseModel], prefix: str) -> Iterator[tuple[str, Any, Any]]:
    """Path, type, and value while off of each field: a symbol where there is nothing to switch."""
    for name, info in shape.model_fields.items():
        if name in APART:
            continue
        path, annotation = prefix + name, info.annotation
        if annotation is bool:
            yield path, annotation, False
        elif get_origin(annotation) is Literal:
            yield path, annotation, get_args(annotation)[0]
        elif info.default is None:
            yield path, annotation, None
        elif any(getattr(rule, "ge", None) == 0 for rule in info.metadata):  # zero: there is none
            yield path, annotation, 0
        else:
            yield path, annotation, symbol(FIELD + path)


def _section(annotation: Any) -> type[BaseModel] | None:
    """Class of a section that may be left out, None for other fields."""
    sections = [one for one in get_args(annotation) if isinstance(one, type)]
    return next((one for one in sections if issubclass(one, BaseModel)), None)
