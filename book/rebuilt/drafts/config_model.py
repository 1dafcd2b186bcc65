"""`rebuilt new model ID config=PATH`: a file of data/models that says what a configuration says."""

import json
from collections.abc import Mapping
from typing import Any

import yaml

from rebuilt.cost.models.architectures import Transformer
from rebuilt.cost.models.config_reading import read_config

DIFFUSERS = "huggingface-diffusers-2026"
PIPELINE = ("clip", "text", "sampler", "audio")  # sections that a pipeline's defaults make
OWN = ("channels", "patch")  # sections that the configuration itself makes
_WIDE = 10_000  # a flow-style value stands on one line


def written(
    path: str, name: str, head: Mapping[str, str], released: Mapping[str, str], source: str
) -> tuple[str, tuple[str, ...]]:
    """Write the model file of a configuration, and say what no file stated.

    Parameters
    ----------
    path : str
        A config.json, or the folder of a checkpoint.
    name : str
        Id of the new model.
    head : mapping of str to str
        The first fields behind `id`: `name`, `family` and where there is one `note`.
    released : mapping of str to str
        The first day on which it was public, and the source of that.
    source : str
        `bibliography-key: place` of the configuration; sections that its pipeline's defaults or
        its class's code make name those.
    """
    read = read_config(path)
    model = read.model
    lines = [f"id: {name}", *(f"{key}: {_quoted(value)}" for key, value in head.items())]
    lines.insert(2, f"architecture: {model.architecture}")
    lines += ["released:", *(f"  {key}: {_quoted(value)}" for key, value in released.items())]
    if model.experts > 1:
        lines.append(f"experts: {model.experts}")
    stated = model.model_dump(exclude_defaults=True, mode="json")
    pipeline = _quoted(f"{DIFFUSERS}: {read.pipeline}, defaults")
    code = _quoted(f"{DIFFUSERS}: {read.transformer}")
    own = _quoted(source)
    sources = dict.fromkeys(PIPELINE, pipeline) | dict.fromkeys(OWN, own) | {"output": code}
    lines.append("")
    for part in ("clip", "autoencoder", "geometry", "channels", "patch", "text", "audio"):
        lines += _section(part, stated.get(part), sources.get(part, own))
    lines += ["", f"layers_source: {code}"]
    for part in ("layers", "tables", "own_encoders"):
        lines += _list(part, stated.get(part, []))
    lines += ["blocks:", *(line for block in _blocks(model) for line in _block(block, own))]
    for part in ("output", "sampler"):
        lines += _section(part, stated[part], sources[part])
    return "\n".join(lines) + "\n", read.assumed


def _blocks(model: Transformer) -> list[dict[str, Any]]:
    """Blocks as a person writes them: the kind first, and nothing that is a default."""
    return [
        {"kind": block.kind} | block.model_dump(exclude_defaults=True, mode="json")
        for block in model.blocks
    ]


def _section(name: str, content: Any, source: str) -> list[str]:
    if content is None:
        return []
    if not isinstance(content, dict):
        return [f"{name}: {_flow(content)}"]
    fields = {key: value for key, value in content.items() if key != "source"}
    return [f"{name}:", f"  source: {source}", *_fields(fields, "  ")]


def _list(name: str, entries: list[Any]) -> list[str]:
    return [f"{name}:", *(f"  - {_flow(entry)}" for entry in entries)] if entries else []


def _block(block: dict[str, Any], source: str) -> list[str]:
    fields = {key: value for key, value in block.items() if key not in ("kind", "source")}
    lines = [f"  - kind: {block['kind']}", f"    source: {source}"]
    for key, value in fields.items():
        if key in ("layers", "attends"):
            lines += [f"    {key}:", *(f"      - {_flow(entry)}" for entry in value)]
        else:
            lines += _fields({key: value}, "    ")
    return lines


def _fields(fields: Mapping[str, Any], indent: str) -> list[str]:
    return [f"{indent}{key}: {_flow(value)}" for key, value in fields.items()]


def _flow(value: Any) -> str:
    text: str = yaml.safe_dump(value, default_flow_style=True, sort_keys=False, width=_WIDE)
    return text.removesuffix("\n").removesuffix("\n...")


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
