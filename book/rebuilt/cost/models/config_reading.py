"""Read a transformer's config.json, or a whole checkpoint, as a model description.

Each class of diffusers that can be read has a template in data/classes: its fields with the
defaults of its constructor, and the model file that they make. What a configuration does not say,
such as the strides of the autoencoder, comes from the class's pipeline, and is said.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from rebuilt.cost.models.architectures import Architecture, Autoencoder, Transformer
from rebuilt.cost.models.catalogue import autoencoder_of, field_path, load_kind
from rebuilt.cost.models.checkpoint_parts import (
    CLASSES,
    Config,
    Parts,
    autoencoder,
    encoder_names,
    evaluations,
    read_yaml,
    text_encoder,
)
from rebuilt.cost.models.config_sentences import ASSUMED, REFUSALS
from rebuilt.cost.models.schema import MOST
from rebuilt.cost.models.templates import NoValueError, evaluate, fill
from rebuilt.errors import DataError, UnknownNameError, nearest
from rebuilt.intake import documents, files

OTHERS = ("autoencoders", "controls", "originals", "schedulers", "uncounted")  # no templates
OLDER = {  # what Transformer2DModel is by its field norm_type, as diffusers reads old files
    "ada_norm_zero": "DiTTransformer2DModel",
    "ada_norm_single": "PixArtTransformer2DModel",
}
GENERAL = (  # fields that any configuration may have, whatever it is of
    *("dtype", "torch_dtype", "transformers_version", "architectures", "auto_map"),
    *("quantization_config", "compression_config"),
)
CLASS, TYPE = "_class_name", "model_type"  # one of which says what a file is of
QUANTIZED = GENERAL[-2:]
WEIGHTS = (".safetensors", ".gguf", ".bin", ".pt", ".pth", ".ckpt", ".sft")
MOST_CONFIG = 2**20  # bytes of a configuration; those of data/configs have a thousandth
NO_TRANSFORMER = {"unet": "a U-Net", "prior": "a prior"}  # folders of other denoisers
ENCODER = "text_encoder"  # and text_encoder_2, and so on
BESIDE = ("image_encoder", "vision_encoder", "connectors", "vocoder", "audio_vae")
_ADAPTER: TypeAdapter[Architecture] = TypeAdapter(Architecture)
_SOURCED = ("clip", "channels", "patch", "text", "audio", "output", "sampler")


@dataclass(frozen=True, slots=True)
class ReadModel:
    """A description that was read, and one sentence for each thing that no file said.

    `transformer` and `pipeline` are the classes of diffusers of which it is.
    """

    model: Transformer
    assumed: tuple[str, ...]
    transformer: str
    pipeline: str


@cache
def class_names() -> tuple[str, ...]:
    """Names of the transformer classes that can be read, sorted."""
    names = (path.stem for path in CLASSES.glob("*.yaml"))
    return tuple(sorted(name for name in names if name not in OTHERS))


@cache
def not_counted() -> dict[str, str]:
    """Classes of denoisers that have no template, and why."""
    return dict(read_yaml(CLASSES / "uncounted.yaml"))


def read_config(path: Path | str) -> ReadModel:
    """Read a configuration.

    Parameters
    ----------
    path : Path or str
        A transformer's config.json, or the folder of a checkpoint: its model_index.json and the
        config.json of transformer, text encoders, autoencoder and scheduler. Weights are not read.

    Returns
    -------
    ReadModel
        `model` is a description like those of data/models, `assumed` says what was not in the file.

    Raises
    ------
    DataError
        If a file is missing or no JSON object, or a field is unknown or has a value that no count
        is known for.
    UnknownNameError
        If the class has no template; the message lists the nearest ones.

    Examples
    --------
    >>> from rebuilt.cost import count, read_config
    >>> count(read_config(DATA / "configs" / "flux2-dev.json").model).parameters
    32223281152
    """
    path = Path(path)
    if path.name == "model_index.json":
        path = path.parent
    if path.suffix in WEIGHTS:
        raise refusal("weights", path)
    if not files.is_folder(path):
        return model_from(_json(path), str(path))
    if (path / "config.json").exists():  # the folder of a transformer by itself
        return model_from(_json(path / "config.json"), str(path))
    parts = _parts(path)
    folders = ("transformer", *NO_TRANSFORMER)
    network = next((name for name in folders if (path / name).is_dir()), "")
    if network in NO_TRANSFORMER:
        raise refusal("other_denoiser", path, folder=network, what=NO_TRANSFORMER[network])
    config = _json(path / "transformer" / "config.json")
    second = _json(path / "transformer_2" / "config.json", missing=config)
    for field in sorted(config.keys() | second.keys()):
        if not field.startswith("_") and config.get(field) != second.get(field):
            raise refusal("experts", path / "transformer_2" / "config.json", field=field)
    return model_from(config, str(path), parts)


def _parts(folder: Path) -> Parts:
    """Read what lies beside the transformer in the folder of a checkpoint."""
    names = sorted(path.name for path in folder.iterdir() if path.is_dir() and _is_part(path.name))
    told = {name: _json(folder / name / "config.json", missing={}) for name in names}
    found = {name: config for name, config in told.items() if config}
    index = _json(folder / "model_index.json", missing={})
    expert = index.get("transformer_2")
    if expert is not None and not (isinstance(expert, list) and len(expert) == 2):
        words = {"field": "transformer_2", "value": json.dumps(expert), "example": "[null, null]"}
        raise refusal("value", folder / "model_index.json", **words)
    return Parts(
        index=index,
        vae=found.get("vae", {}),
        scheduler=_json(folder / "scheduler" / "scheduler_config.json", missing={}),
        encoders={name: found[name] for name in found if name.startswith(ENCODER)},
        control=found.get("controlnet", {}),
        others=tuple(name for name in found if name in BESIDE),
        second="transformer_2" in found,
    )


def _is_part(name: str) -> bool:
    """Whether a folder of a checkpoint is read; others are nobody's matter."""
    return name in ("vae", "controlnet", "transformer_2", *BESIDE) or name.startswith(ENCODER)


def model_from(
    config: Config,
    where: str,
    parts: Parts | None = None,
    templates: Callable[[str], dict[str, Any]] | None = None,
) -> ReadModel:
    """Make a description of what the files say: of the transformer, and of what lies beside it.

    `templates` gives the template of a class in the place of `template_of`.
    """
    parts = parts or Parts()
    config, said_first = in_words_of_diffusers(config, where)
    template = _template(config, where, templates or template_of)
    try:
        names = _names(config, template, parts, where)
        filled = fill(template["model"], names)
    except NoValueError as error:
        raise refusal("no_value", where, name=template["class"], expression=error) from error
    if parts.control:
        add_control(filled, parts.control, names, where)
    filled["experts"] = 2 if parts.two_experts else 1
    usual = filled["autoencoder"]
    if parts.vae:
        filled |= autoencoder(parts.vae, where)
    said = _read_encoders(filled, template, parts, where)
    steps = filled["sampler"]["steps"]
    filled["sampler"] |= {"steps": evaluations(parts.scheduler, steps, where)}
    model = _described(filled, template["class"], where)
    _check_channels(model, usual, where)
    said += _assumed(model, template, parts, steps)
    missing = sorted(set(template["fields"]) - set(config))
    if missing:
        said.insert(0, ASSUMED["fields"].format(fields=", ".join(missing)))
    assumed = (*said_first, *said, *_unsaid(template, parts.index))
    return ReadModel(model, assumed, template["class"], names["pipeline"])


def in_words_of_diffusers(config: Config, where: str) -> tuple[Config, list[str]]:
    """Translate a configuration of makers' code, or of an older diffusers; say what was done."""
    said = [ASSUMED["quantized"].format(field=name) for name in QUANTIZED if name in config]
    name = str(config.get("_class_name"))
    if name == "Transformer2DModel" and config.get("norm_type") in OLDER:
        return {**config, "_class_name": OLDER[str(config["norm_type"])]}, said
    if name not in originals():
        return config, said
    kind = originals()[name]["class"]
    entry = _EMPTY | originals()[name] | {"class": name}
    names = _fields(config, entry, where)
    try:
        _check_rules(entry, names, where)
        own = {field: evaluate(str(text), names) for field, text in entry["config"].items()}
    except NoValueError as error:
        raise refusal("no_value", where, name=name, expression=error) from error
    said.append(ASSUMED["original"].format(name=name, kind=kind))
    missing = sorted(set(entry["fields"]) - set(config))
    if missing:
        said.append(ASSUMED["fields"].format(fields=", ".join(missing)))
    return {"_class_name": kind, **own}, [*said, *entry.get("notes", [])]


@cache
def originals() -> dict[str, Any]:
    """Read how configurations of makers' own code are translated, by the name they state."""
    return dict(read_yaml(CLASSES / "originals.yaml"))


def _names(config: Config, template: dict[str, Any], parts: Parts, where: str) -> dict[str, Any]:
    """Names that expressions of a template read: fields, options of the pipeline, what follows."""
    index = parts.index
    names = _fields(config, template, where)
    place = f"{where}: model_index.json"
    options = {"_class_name": template["pipeline"], **template["options"]}
    told = {
        name: _checked(name, index.get(name, value), value, place)
        for name, value in options.items()
    }
    names |= {name: told[name] for name in template["options"]}
    names["pipeline"] = told["_class_name"]
    for name, text in template["let"].items():
        names[name] = evaluate(str(text), names)
    _check_rules(template, names, where)
    return names


def add_control(filled: dict[str, Any], control: Config, base: Config, where: str) -> None:
    """Add a control branch to the layers, tables and blocks of the transformer that it runs with.

    Raises
    ------
    DataError
        If its class is not known, or a field has a value that no count is known for.
    """
    name, known = str(control.get("_class_name")), controls()
    if name not in known:
        near = ", ".join(nearest(name, known))
        raise refusal("control", where, name=name, near=near)
    entry = {"class": name} | _EMPTY | known[name]
    place = f"{where}: controlnet/config.json"
    try:
        names = {**base, **_fields(control, entry, place)}
        for one, text in entry["let"].items():
            names[one] = evaluate(str(text), names)
        _check_rules(entry, names, place)
        more = fill(entry["model"], names)
    except NoValueError as error:
        raise refusal("no_value", place, name=name, expression=error) from error
    for part, entries in more.items():
        filled[part] = [*filled.get(part, []), *entries]


@cache
def controls() -> dict[str, Any]:
    """Read what control branches add, by class."""
    return dict(read_yaml(CLASSES / "controls.yaml"))


def _read_encoders(
    filled: dict[str, Any], template: Mapping[str, Any], parts: Parts, where: str
) -> list[str]:
    """Put a checkpoint's text encoders in the place of the template's; say which do not count."""
    kept = [one for one in filled.get("text", {}).get("encoders", []) if _is_kept(one)]
    own, said = [], [_beside(name, kept, template["pipeline"]) for name in parts.others]
    if not parts.encoders or "text" not in filled:
        return said
    for component, config in parts.encoders.items():
        encoder = text_encoder(config, parts.loaded(component), component, where)
        if encoder is None:
            kind = str(config.get("model_type"))
            near = ", ".join(nearest(kind, encoder_names()))
            said.append(ASSUMED["encoder"].format(component=component, kind=kind, near=near))
        else:
            own.append(encoder)
    prompts = template["prompts"]
    filled["own_encoders"] = own
    filled["text"] = filled["text"] | {
        "encoders": [
            *(
                {"id": one.id, "tokens": prompts.get(one.id.replace("-", "_"), "text")}
                for one in own
            ),
            *kept,
        ]
    }
    return said


def _is_kept(encoder: Mapping[str, Any]) -> bool:
    """Whether an encoder stands beside those of text: of images, or behind them."""
    return bool(encoder.get("images")) or encoder["id"].endswith("-connectors")


def _beside(component: str, kept: list[Any], pipeline: str) -> str:
    """Say what becomes of a part that is seen beside the transformer."""
    part = {"image_encoder": True, "connectors": False}.get(component)
    taken = [one["id"] for one in kept if bool(one.get("images")) == part]
    if not taken:
        return ASSUMED["part"].format(component=component)
    return ASSUMED["image"].format(component=component, id=taken[0], pipeline=pipeline)


def _json(path: Path, missing: Config | None = None) -> Config:
    """Read a JSON object, or say what is there instead."""
    if not files.is_there(path):
        if path.is_symlink():  # a hub keeps its files elsewhere and links to them
            raise refusal("broken_link", path)
        if missing is not None:
            return missing
        raise refusal("absent", path)
    raw = files.content(path, MOST_CONFIG)
    try:
        content = documents.json_of(raw, path.name)
    except DataError as error:
        raise refusal("not_json", path, error=error) from error
    if not isinstance(content, dict):
        raise refusal("no_object", path)
    if missing is not None and not isinstance(content.get(CLASS), str) and TYPE not in content:
        raise refusal("no_part", path)
    return content


def refusal(kind: str, where: object, **words: object) -> DataError:
    """Error that says why a configuration is not read."""
    return DataError(REFUSALS[kind].format(where=where, **words))


def _template(
    config: Config, where: str, templates: Callable[[str], dict[str, Any]]
) -> dict[str, Any]:
    name = config.get("_class_name")
    known = class_names()
    if name is None and "model_type" in config:
        raise refusal("encoder", where, name=config["model_type"])
    if name is None:
        raise refusal("no_class", where, example=known[-1])
    if str(name).endswith("Pipeline"):
        raise refusal("pipeline", where, name=name)
    if str(name).startswith("Autoencoder"):
        raise refusal("autoencoder", where, name=name)
    if str(name) in not_counted():
        raise refusal("uncounted", where, name=name, reason=not_counted()[str(name)])
    if name not in known:
        near = ", ".join(nearest(str(name), [*known, *originals()]))
        words = {"where": where, "value": json.dumps(name), "near": near}
        raise UnknownNameError(REFUSALS["class"].format(**words))
    return {"class": name} | templates(str(name))


_EMPTY: dict[str, Any] = {
    **{"options": {}, "let": {}, "ignored": [], "only": {}, "rules": {}, "prompts": {}}
}


@cache
def template_of(name: str) -> dict[str, Any]:
    """Read a template of data/classes."""
    return composed(name, lambda one: read_yaml(CLASSES / f"{one}.yaml"))


def composed(name: str, read: Callable[[str], dict[str, Any]]) -> dict[str, Any]:
    """Compose a template; one that is `like` another adds to its parts, and `more` to its lists."""
    own = read(name)
    if "like" not in own:
        return _EMPTY | own
    base = composed(own["like"], read)
    merged = {key: _merged(value, own.get(key)) for key, value in base.items()}
    merged |= {key: value for key, value in own.items() if key not in base}
    model = dict(merged["model"])
    for part, entries in own.get("more", {}).items():
        model[part] = [*model.get(part, []), *entries]
    return merged | {"model": model}


def _merged(base: Any, own: Any) -> Any:
    if own is None:
        return base
    if isinstance(base, dict) and isinstance(own, dict):
        return base | own
    return [*base, *own] if isinstance(base, list) else own


def _fields(config: Config, template: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Fields of the class, those that are missing as its constructor has them."""
    known = [*template["fields"], *template["ignored"], *template["only"]]
    for name in config:
        if not name.startswith("_") and name not in (*known, *GENERAL):
            near = ", ".join(nearest(name, known))
            raise refusal("field", where, field=name, name=template["class"], near=near)
    for name, values in template["only"].items():
        if name in config and config[name] not in values:
            shown = ", ".join(json.dumps(value) for value in values)
            value = json.dumps(config[name])
            raise refusal("only", where, field=name, value=value, known=shown)
    return {
        name: _checked(name, config.get(name, default), default, where)
        for name, default in template["fields"].items()
    }


def _checked(name: str, value: Any, default: Any, where: str) -> Any:
    """Value of a field, if it is of the kind of its default, and a number a possible size."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not _is_like(value, default) or (number and not 0 <= value <= MOST):
        found, example = json.dumps(value), json.dumps(default)
        raise refusal("value", where, field=name, value=found, example=example)
    return value


def _is_like(value: Any, default: Any) -> bool:
    """Whether a value is of the kind of a default; None says nothing, and numbers may be None."""
    if isinstance(default, bool) or isinstance(value, bool):
        return default is None or (isinstance(default, bool) and isinstance(value, bool))
    if isinstance(default, int | str) and value is None:
        return True
    kinds = int | float if isinstance(default, float) else type(default)
    return default is None or isinstance(value, kinds)


def _check_rules(template: Mapping[str, Any], names: Config, where: str) -> None:
    for rule, sentence in template["rules"].items():
        if not evaluate(rule, names):
            raise refusal("rule", where, sentence=sentence)


def _described(filled: dict[str, Any], name: str, where: str) -> Transformer:
    """Check the description; every section's source is the configuration itself."""
    source = {"source": f"config.json: {where}"}
    content = {
        "id": "config",
        "name": f"{name} of {where}",
        "architecture": "transformer",
        "layers_source": source["source"],
        **filled,
        **{part: source | filled[part] for part in _SOURCED if part in filled},
        "blocks": [source | block for block in filled["blocks"]],
    }
    if "geometry" in filled:
        content["geometry"] = source | filled["geometry"]
    try:
        model = _ADAPTER.validate_python(content)
    except ValidationError as error:
        raise _no_model(error.errors()[0], name, where) from error
    if not isinstance(model, Transformer):
        raise refusal("no_transformer", where, name=name)
    return model


def _check_channels(model: Transformer, usual: str, where: str) -> None:
    """Compare with the autoencoder; a transformer may make as many channels more as is usual.

    Of some classes half of what comes out is a variance, or the latent comes out unfolded.
    """
    made, vae = model.channels.out, autoencoder_of(model).geometry.channels
    known = load_kind(usual, Autoencoder, where).geometry.channels
    if made != vae != known:
        raise refusal("channels", where, vae=vae, made=made)


def _no_model(first: Any, name: str, where: str) -> DataError:
    """Say which part of a description comes out wrong, or which rule its parts break."""
    place = ".".join(field_path(first["loc"]))
    if first["type"] == "value_error":
        sentence = str(first["ctx"]["error"])
        return refusal("parts", where, name=name, place=place, sentence=sentence)
    found = None if first["type"] == "missing" else first["input"]
    return refusal("part", where, name=name, place=place, value=json.dumps(found))


def _assumed(
    model: Transformer, template: Mapping[str, Any], parts: Parts, steps: int
) -> list[str]:
    """Say what the class's pipeline had to answer, and what the checkpoint's files leave open."""
    geometry, pipeline = autoencoder_of(model).geometry, template["pipeline"]
    clip, sampler, said = model.clip.default, model.sampler, []
    strides = {"frames_stride": geometry.frames_stride, "side_stride": geometry.side_stride}
    if not parts.vae:
        words = {"autoencoder": model.autoencoder, "pipeline": pipeline}
        said.append(ASSUMED["autoencoder"].format(**words, **strides))
    elif model.geometry is not None:
        said.append(ASSUMED["own_geometry"].format(name=parts.vae["_class_name"], **strides))
    if model.text is not None:
        said.append(ASSUMED["text"].format(tokens=model.text.tokens, pipeline=pipeline))
    numbers = {**clip.model_dump(), "steps": steps, "passes": sampler.passes}
    said.append(ASSUMED["clip"].format(pipeline=pipeline, **numbers))
    if sampler.steps != steps:
        name = parts.scheduler["_class_name"]
        said.append(ASSUMED["scheduler"].format(name=name, steps=steps, made=sampler.steps))
    return said


def _unsaid(template: Mapping[str, Any], index: Config) -> tuple[str, ...]:
    """Say which options of the pipeline are taken as its defaults, and what the template notes."""
    options = [
        ASSUMED["option"].format(
            option=name, value=json.dumps(value), pipeline=template["pipeline"]
        )
        for name, value in template["options"].items()
        if name not in index
    ]
    return (*options, *template.get("notes", []))
