"""How a configuration is read, as data: what the page needs to do what `read_config` does.

Templates with their expressions as trees, sentences, which fields a description must have, what
its parts add to the rows of a model, and where the rules and the job of a model come from. The page
loads it when a reader opens the form for a configuration.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import count
from types import NoneType
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import BaseModel

from rebuilt.cost.algebra.operations import GROUPS
from rebuilt.cost.algebra.places import JOB, ROWS, RULES
from rebuilt.cost.algebra.polynomial import lift, symbol
from rebuilt.cost.counting.rows import encoder_flops, encoder_parameters, surroundings_of
from rebuilt.cost.models import schema
from rebuilt.cost.models.architectures import Autoencoder, TextEncoder, Transformer
from rebuilt.cost.models.catalogue import load_kind, model_ids
from rebuilt.cost.models.config_reading import (
    GENERAL,
    MOST_CONFIG,
    OLDER,
    QUANTIZED,
    class_names,
    not_counted,
    originals,
    template_of,
)
from rebuilt.cost.models.config_sentences import ASSUMED, REFUSALS, STRICT
from rebuilt.cost.models.groups import Main
from rebuilt.cost.models.latent import default_clip, job_of, rules_of, shared_heads
from rebuilt.cost.models.templates import Tree, tree
from rebuilt.intake import documents
from rebuilt.widgets.config_parts import FIRST_SYMBOL, KINDS, form, parts, row_forms

HEADS_SHARED = tree("head_width is not None or width % heads == 0")  # else schema.HEADS_SHARE
UNSAID = (  # fields of which a template makes none, or whose texts say nothing here
    *("source", "layers_source", "id", "name", "architecture", "also", "note", "family"),
    *("released", "distributions", "own_encoders"),
)
MARK = 2**20  # above every number of a file; numbers of a description are marked from here on
LIMITS = ("ge", "gt", "min_length")
SHARED = "shared_heads"  # greatest number of which the heads of all main blocks are a multiple


def script() -> str:
    """Write the script that hands the data over: as text, so that the page tells 4 from 4.0."""
    raw = json.dumps(exported(), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return f"window.rebuiltClasses = {json.dumps(raw)};\n"


@cache
def exported() -> dict[str, Any]:
    """Everything that reading a configuration takes, by name."""
    return {
        "classes": {name: _class(name) for name in class_names()},
        "originals": {name: _original(entry) for name, entry in originals().items()},
        "older": OLDER,
        "general": GENERAL,
        "most": schema.MOST,
        "quantized": QUANTIZED,
        "uncounted": not_counted(),
        "refusals": REFUSALS,
        "strict": STRICT,
        "limits": {
            "bytes": MOST_CONFIG,
            "depth": documents.MOST_DEPTH,
            "digits": documents.MOST_DIGITS,
        },
        "assumed": ASSUMED,
        "shapes": {shape.__name__: _shape(shape) for shape in _sections(Transformer)},
        "heads": [HEADS_SHARED, schema.HEADS_SHARE],
        "kinds": {kind: shape.__name__ for kind, shape in KINDS.items()},
        "main": [kind for kind, shape in KINDS.items() if shape in get_args(Main)],
        "parts": parts(),
        "first": FIRST_SYMBOL,
        "forms": row_forms(),
        "rows": ROWS,
        "groupRows": {name: {"attention": "self_attention"}.get(name, name) for name in GROUPS},
        "encoders": {name: _encoder(name) for name in model_ids(TextEncoder)},
        "autoencoders": {name: _autoencoder(name) for name in model_ids(Autoencoder)},
        "rules": _places("rules"),
        "job": _places("job"),
    }


def _class(name: str) -> dict[str, Any]:
    template = template_of(name)
    kept = ("pipeline", "fields", "ignored", "only", "options")
    return {part: template[part] for part in kept} | {
        "let": {name: _expression(text) for name, text in template["let"].items()},
        "rules": [[*_expression(rule), said] for rule, said in template["rules"].items()],
        "model": _read(template["model"]),
        "notes": template.get("notes", []),
    }


def _original(entry: dict[str, Any]) -> dict[str, Any]:
    """Fields of a configuration of makers' code, and what it says in the words of diffusers."""
    kept = ("class", "fields", "ignored", "only", "notes")
    return {part: entry[part] for part in kept} | {
        "rules": [[*_expression(rule), said] for rule, said in entry["rules"].items()],
        "config": {name: _expression(text) for name, text in entry["config"].items()},
    }


def _read(part: Any) -> Any:
    """Put {"=": expression} in the place of a template's expressions; conditions are read too."""
    if isinstance(part, str):
        return {"=": _expression(part[1:])} if part.startswith("=") else part
    if isinstance(part, list):
        return [_read(one) for one in part]
    if not isinstance(part, dict):
        return part
    return {key: _expression(one) if key == "if" else _read(one) for key, one in part.items()}


def _expression(text: Any) -> list[Tree]:
    """Return an expression as it is written, for sentences, and as a tree."""
    return [str(text).strip(), tree(str(text))]


def _sections(shape: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """Yield a section and all that it may hold, each once."""
    known: list[type[BaseModel]] = [shape]
    for one in known:
        for name, info in one.model_fields.items():
            if name not in UNSAID:
                known += [found for found in _classes(info.annotation) if found not in known]
        yield one


def _classes(annotation: Any) -> list[type[BaseModel]]:
    """Sections that a type names, however deep."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [found for one in get_args(annotation) for found in _classes(one)]


def _shape(shape: type[BaseModel]) -> list[list[Any]]:
    """Fields of a section in their order: name, kind, and default where there is one."""
    return [
        [name, _kind(info.annotation, *info.metadata)]
        + ([] if info.is_required() else [_plain(info.default)])
        for name, info in shape.model_fields.items()
        if name not in UNSAID
    ]


def _kind(annotation: Any, *rules: Any) -> list[Any]:
    """Kind of a field and what it must not fall below; for a list its least length and its kind."""
    if get_origin(annotation) is Annotated:
        inner, *more = get_args(annotation)
        return _kind(
            inner, *rules, *(rule for one in more for rule in getattr(one, "metadata", [one]))
        )
    least = next(
        (getattr(rule, name) for rule in rules for name in LIMITS if hasattr(rule, name)), 0
    )
    if get_origin(annotation) is tuple:
        return ["list", least, _kind(get_args(annotation)[0])]
    sections = _classes(annotation)
    if sections:
        return ["block" if len(sections) > 1 else sections[0].__name__]
    kinds = [one for one in get_args(annotation) if one is not NoneType] or [annotation]
    if get_origin(annotation) is Literal or kinds == [str]:
        return ["text"]
    if len(kinds) > 1:  # a whole number, or a text: any, or some names
        some = list(get_args(kinds[1])) if get_origin(kinds[1]) is Literal else None
        return ["either", *_kind(kinds[0])[1:], some]
    if kinds[0] is not annotation:
        return _kind(kinds[0], *rules)
    return [{bool: "flag", int: "whole", float: "number"}[annotation], least]


def _encoder(name: str) -> dict[str, Any]:
    """FLOPs as coefficients of the powers of its tokens, and parameters."""
    encoder = load_kind(name, TextEncoder, "the calculator")
    found = lift(encoder_flops(encoder, symbol("text"))).terms
    powers = {len(monomial): coefficient for monomial, coefficient in found.items()}
    flops = [powers.get(power, 0) for power in range(1 + max(powers))]
    return {"flops": flops, "parameters": encoder_parameters(encoder)}


def _autoencoder(name: str) -> dict[str, Any]:
    """Terms of the decoder by row, and the rules and strides that are the autoencoder's own."""
    model = _marked().model_copy(update={"autoencoder": name, "text": None})
    rows = {row: form(found) for row, found in surroundings_of(model).items() if found.terms}
    return {"rows": rows, "own": {key: found[name] for key, found in _owned().items()}}


@cache
def _owned() -> dict[str, dict[str, float]]:
    """Numbers of rules and job that are not the same for all autoencoders, by autoencoder."""
    found: dict[str, dict[str, float]] = {}
    for name in model_ids(Autoencoder):
        model = _marked().model_copy(update={"autoencoder": name})
        for what, (names, ask) in ASKED.items():
            for number, value in zip(names, ask(model), strict=True):
                found.setdefault(f"{what}.{number}", {})[name] = _plain(value)
    return {number: values for number, values in found.items() if len(set(values.values())) > 1}


def _places(what: str) -> list[Tree]:
    """Where each number of a model's rules or job comes from: trees over its description.

    They are found by asking about a description in which every number is another one.
    """
    names, ask = ASKED[what]
    marked = ask(_marked())
    trees = [_source(what, *one) for one in zip(names, marked, strict=True)]
    for when, changes in _variants():
        for place, value in enumerate(ask(_marked().model_copy(update=changes))):
            if value != marked[place]:
                found = _marks().get(value, _plain(value))
                trees[place] = ["if", when, found, trees[place]]
    return trees


def _source(what: str, name: str, value: float) -> Tree:
    """Path of a marked number, name of one of the autoencoder's own, or the number itself."""
    own = f"{what}.{name}"
    return _marks().get(value) or (own if own in _owned() else _plain(value))


def _variants() -> list[tuple[Tree, dict[str, Any]]]:
    """Say what else a description may be: of images, or without text, audio, more blocks."""
    model = _marked()
    image = model.clip.model_copy(update={"image": True})
    return [
        ("clip.image", {"clip": image}),
        (["is", "text", None], {"text": None}),
        (["is", "audio", None], {"audio": None}),
        (["is", "main.1", None], {"blocks": model.blocks[:1]}),
    ]


@cache
def _marked() -> Transformer:
    """Return a description in which every number has a value of its own."""
    marks = count(MARK)
    sections = {
        name: _section(Transformer.model_fields[name].annotation, marks)
        for name in ("clip", "channels", "text", "audio", "patch", "sampler", "output")
    }
    first, more = (_section(schema.SequenceBlock, marks) for _ in range(2))
    shared = 2 * next(marks)
    blocks = tuple(
        block.model_copy(update={"heads": times * shared})
        for block, times in ((first, 2), (more, 3))
    )
    said: dict[str, Any] = {"autoencoder": model_ids(Autoencoder)[0], "experts": next(marks)}
    return Transformer.model_construct(
        id="marked", **sections, **said, blocks=blocks, layers=(), tables=()
    )


def _section(annotation: Any, marks: Iterator[int]) -> Any:
    """Return a section with marks for numbers and flags, but for an image's."""
    shape = _classes(annotation)[0]
    values: dict[str, Any] = {}
    for name, info in shape.model_fields.items():
        kind = _kind(info.annotation, *info.metadata)[0]
        if kind in ("whole", "number", "flag") and name != "image":
            values[name] = next(marks)
        elif kind == "ClipShape":
            values[name] = _section(info.annotation, marks)
        elif kind in ("list",):
            values[name] = ()
    return shape.model_construct(**values)


@cache
def _marks() -> dict[float, str]:
    """Path of each marked number of a description."""
    model = _marked()
    sections = {name: getattr(model, name) for name in model.model_fields_set}
    sections |= {f"main.{place}": block for place, block in enumerate(model.blocks)}
    found = dict(_paths("", {name: one for name, one in sections.items() if name != "blocks"}))
    return found | {shared_heads(model): SHARED}


def _paths(prefix: str, values: dict[str, Any]) -> Iterator[tuple[float, str]]:
    for name, value in values.items():
        if isinstance(value, BaseModel):
            yield from _paths(f"{prefix}{name}.", vars(value))
        elif isinstance(value, int) and value >= MARK:
            yield value, prefix + name


def _plain(value: Any) -> Any:
    """Whole numbers without a point."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


ASKED: dict[str, tuple[tuple[str, ...], Callable[[Transformer], Sequence[float]]]] = {
    "rules": (RULES, rules_of),
    "job": (JOB, lambda model: job_of(model, default_clip(model))),
}
