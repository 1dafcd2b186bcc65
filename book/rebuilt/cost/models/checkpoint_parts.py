"""What a checkpoint says beside its transformer: text encoders, autoencoder, scheduler.

Each is a config.json of its own. Templates of data/ say what follows from its fields, as
for transformers; a part that none of them knows is said and counts as nothing.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from rebuilt.cost.models.architectures import TextEncoder
from rebuilt.cost.models.templates import NoValueError, evaluate, fill
from rebuilt.errors import DataError, nearest
from rebuilt.evidence.inputs import open_input
from rebuilt.intake import documents
from rebuilt.paths import DATA

CLASSES = DATA / "classes"
ENCODERS = DATA / "text_encoders"
Config = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Parts:
    """Files of a checkpoint by component; `index` is model_index.json, empty where there is none.

    `control` is of a network that adds to the transformer at every step. `encoders` are the
    configurations of text encoders by component, such as `text_encoder_2`; `others` parts that are
    seen and not counted, `second` whether there is a transformer_2.
    """

    index: Config = field(default_factory=dict)
    vae: Config = field(default_factory=dict)
    scheduler: Config = field(default_factory=dict)
    encoders: Mapping[str, Config] = field(default_factory=dict)
    control: Config = field(default_factory=dict)
    others: tuple[str, ...] = ()
    second: bool = False

    @property
    def two_experts(self) -> bool:
        """Whether two transformers take turns."""
        return self.second or self.index.get("transformer_2") not in (None, [None, None])

    def loaded(self, component: str) -> str:
        """Class as which a component is loaded; empty where no file says it."""
        entry = self.index.get(component)
        if isinstance(entry, list) and len(entry) == 2 and entry[1]:
            return str(entry[1])
        names = self.encoders.get(component, {}).get("architectures")
        return str(names[0]) if isinstance(names, list) and names else ""


def read_yaml(path: Path) -> dict[str, Any]:
    """Read one file of data/classes."""
    found: dict[str, Any] = documents.yaml_of(open_input(path).read_bytes(), path.name)
    return found


def autoencoder(vae: Config, where: str) -> dict[str, Any]:
    """Return the id of an autoencoder of the catalogue, and a geometry where it is like none.

    Fields that the file does not have are those of the one that the others fit.

    Raises
    ------
    DataError
        If the class is not known, or a field is of another kind than the class's.
    """
    classes = _autoencoders()
    name = str(vae.get("_class_name"))
    if name not in classes:
        raise DataError(
            f"{where}: vae/config.json is of class {json.dumps(name)}, whose strides are not "
            f"known; nearest names: {', '.join(nearest(name, classes))}"
        )
    entry = classes[name]
    defaults = entry["fields"]
    place = f"{where}: vae/config.json"
    given = {
        key: _like(key, vae[key], value, place) for key, value in defaults.items() if key in vae
    }
    for known, numbers in entry["known"].items():
        whole = defaults | numbers
        if all(whole[key] == value for key, value in given.items()):
            return {"autoencoder": known}
    try:
        geometry = fill(entry["geometry"], defaults | given)
    except NoValueError as error:
        raise DataError(
            f"{where}: vae/config.json has fields of {name} that make no geometry ({error} has "
            "no value); correct them"
        ) from error
    return {"autoencoder": next(iter(entry["known"])), "geometry": geometry}


@cache
def _autoencoders() -> dict[str, Any]:
    return dict(read_yaml(CLASSES / "autoencoders.yaml")["classes"])


def evaluations(scheduler: Config, steps: int, where: str) -> int:
    """Return the passes of the network that a scheduler makes of so many steps.

    Raises
    ------
    DataError
        If a field that they depend on has a value of another kind than its default.
    """
    entry = _schedulers().get(str(scheduler.get("_class_name")))
    if entry is None:
        return steps
    fields = entry.get("fields", {})
    place = f"{where}: scheduler/scheduler_config.json"
    own = {name: _like(name, scheduler.get(name), value, place) for name, value in fields.items()}
    return int(evaluate(entry["passes"], own | {"steps": steps}))


@cache
def _schedulers() -> dict[str, Any]:
    return dict(read_yaml(CLASSES / "schedulers.yaml")["evaluations"])


def encoder_names() -> list[str]:
    """Types of text encoders that can be read, as their config.json has them in model_type."""
    return sorted(path.stem for path in ENCODERS.glob("*.yaml"))


def text_encoder(config: Config, loaded: str, component: str, where: str) -> TextEncoder | None:
    """Describe a text encoder by its configuration; None for a type without a template.

    Parameters
    ----------
    config : mapping
        Its config.json, as transformers writes it.
    loaded : str
        Class as which the pipeline loads it: one with a head multiplies it at every token.
    component, where : str
        Its name in the checkpoint, and where that lies, for its id and for errors.

    Raises
    ------
    DataError
        If a field has a value of another kind than its default.
    """
    name = str(config.get("model_type"))
    if name not in encoder_names():
        return None
    template = _encoder_template(name)
    place = f"{where}: {component}/config.json"
    names = _encoder_fields(config, template, place) | {"loaded": loaded}
    for key, text in template["let"].items():
        names[key] = evaluate(str(text), names)
    filled = fill(template["model"], names)
    source = f"config.json: {place}"
    content = {
        "id": component.replace("_", "-"),
        "name": f"{loaded or name} of {where}",
        "architecture": "text_encoder",
        **filled,
        "blocks": [{"source": source} | block for block in filled["blocks"]],
    }
    try:
        return TextEncoder.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        at = ".".join(str(part) for part in first["loc"])
        raise DataError(f"{place}: its fields make no {name} ({at}: {first['msg']})") from error


def _encoder_fields(config: Config, template: Config, place: str) -> dict[str, Any]:
    inner = config.get(template.get("within", ""))
    own = inner if isinstance(inner, dict) else config
    names: dict[str, Any] = {}
    groups = ((template["fields"], own), (template["outer"], config))
    for defaults, found in groups:
        names |= {key: _like(key, found.get(key), value, place) for key, value in defaults.items()}
    seen = config.get("vision_config")
    seen = seen if isinstance(seen, dict) else {}
    names["vision"] = {
        key: _like(f"vision_config.{key}", seen.get(key), value, place)
        for key, value in template["vision"].items()
    }
    return names


def _like(name: str, value: Any, default: Any, place: str) -> Any:
    """Return the value of a field, its default where it is absent; it must be of the same kind."""
    if value is None:
        return default
    number = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    fits = number if default is None else type(value) is type(default)
    if fits and isinstance(default, list) and default:
        fits = all(type(one) is type(default[0]) for one in value)
    if not fits or (isinstance(default, int) and value < 0):
        raise DataError(
            f"{place}: field {name} is {value!r}; expected a value such as {default or 8!r}"
        )
    return value


@cache
def _encoder_template(name: str) -> dict[str, Any]:
    own = read_yaml(ENCODERS / f"{name}.yaml")
    empty: dict[str, Any] = {"fields": {}, "outer": {}, "vision": {}, "let": {}, "model": {}}
    if "like" not in own:
        return empty | own
    base = _encoder_template(own["like"])
    parts = {part: base[part] | own.get(part, {}) for part in empty}
    later = own.get("let", {})  # what it defines anew may need what it defines before
    parts["let"] = {key: text for key, text in base["let"].items() if key not in later} | later
    return base | own | parts
