"""Find, read and check the model files of data/models."""

import difflib
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import TypeAdapter, ValidationError

from rebuilt.cost.architectures import (
    Architecture,
    Autoencoder,
    TextEncoder,
    Transformer,
    Undisclosed,
    UNet,
)
from rebuilt.errors import DataError, UnknownNameError
from rebuilt.inputs import open_input
from rebuilt.paths import DATA

MODELS = DATA / "models"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_ADAPTER: TypeAdapter[Architecture] = TypeAdapter(Architecture)
Model = Transformer | UNet | Autoencoder | TextEncoder | Undisclosed
Kind = TypeVar("Kind", bound=Model)


def model_ids(kind: type[Model] | None = None, folder: Path = MODELS) -> list[str]:
    """Ids of all model files, sorted; with `kind`, of one architecture only."""
    ids = sorted(path.stem for path in folder.glob("*.yaml"))
    return [name for name in ids if kind is None or isinstance(load_model(name), kind)]


@cache
def load_model(name: str, folder: Path = MODELS) -> Model:
    """Read one model file.

    Parameters
    ----------
    name : str
        Id of the model: the name of its file in data/models without `.yaml`.
    folder : Path
        Where the files lie; another folder is for tests and for models of your own.

    Returns
    -------
    Transformer, UNet, Autoencoder, TextEncoder or Undisclosed
        The checked description; frozen.

    Raises
    ------
    UnknownNameError
        If there is no such file; the message lists near names.
    DataError
        If the file breaks a rule; the message names file, field, value and rule.
    """
    path = folder / f"{name}.yaml"
    if name not in {known.stem for known in folder.glob("*.yaml")}:
        raise UnknownNameError(_unknown(name, folder))
    text = open_input(path).read_text(encoding="utf-8")
    try:
        model = _ADAPTER.validate_python(yaml.load(text, Loader=_LOADER))
    except yaml.YAMLError as error:
        raise DataError(f"{path.name}: not valid YAML ({' '.join(str(error).split())})") from error
    except ValidationError as error:
        raise DataError(_explain(path, error)) from error
    if model.id != name:
        raise DataError(f"{path.name}: field id is {model.id!r}, expected the file's name {name!r}")
    return model


def load_kind(name: str, kind: type[Kind], used_by: str) -> Kind:
    """Read a model that another file refers to, which must be of one architecture."""
    model = load_model(name)
    if not isinstance(model, kind):
        raise DataError(
            f"{used_by}.yaml: {name} is of architecture {model.architecture}, "
            f"expected {kind.__name__.lower()}"
        )
    return model


def _unknown(name: str, folder: Path) -> str:
    ids = model_ids(folder=folder)
    near = difflib.get_close_matches(name.lower(), ids, n=4, cutoff=0.4)
    if near:
        return f"no model {name!r}; near names: {', '.join(near)}"
    return f"no model {name!r}; known models: {', '.join(ids)}"


def _explain(path: Path, error: ValidationError) -> str:
    """Say in one sentence per problem: file, field, value found, rule."""
    return f"{path.name}: " + "; ".join(_problem(item) for item in error.errors())


def _problem(item: Any) -> str:
    tags = {
        "transformer",
        "unet",
        "autoencoder",
        "text_encoder",
        "undisclosed",
        "sequence",
        "joint",
        "parallel",
        "expert",
        "refiner",
        "pool",
    }
    field = ".".join(str(part) for part in item["loc"] if part not in tags) or "file"
    rule = item["msg"].removeprefix("Value error, ")
    found = item["input"]
    shown = "" if isinstance(found, dict | list) else f" is {found!r}:"
    return f"field {field}{shown} {rule[0].lower() + rule[1:]}"
