"""Find, read and check the model files of data/models."""

import re
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import TypeAdapter, ValidationError

from rebuilt.cost.models.architectures import (
    Architecture,
    Autoencoder,
    Denoiser,
    TextEncoder,
    Transformer,
    Undisclosed,
    UNet,
)
from rebuilt.errors import DataError, UnknownNameError, nearest
from rebuilt.evidence.inputs import open_input
from rebuilt.intake import documents
from rebuilt.paths import DATA

MODELS = DATA / "models"
_ARCHITECTURE = re.compile(r"^architecture: *(\w+)", re.MULTILINE)
_ALSO = re.compile(r"^also: *\[(.*)\]", re.MULTILINE)
_FORM = re.compile(r"diffusers|hf|\d+px?")  # words of a repository's name that make no other model
_PARTS = ("autoencoder", "text_encoder")  # of models; nobody asks for them by name
_ADAPTER: TypeAdapter[Architecture] = TypeAdapter(Architecture)
Model = Transformer | UNet | Autoencoder | TextEncoder | Undisclosed
Kind = TypeVar("Kind", bound=Model)


def model_ids(kind: type[Kind] | None = None, folder: Path = MODELS) -> list[str]:
    """Ids of all model files, sorted; with `kind`, of one architecture only."""
    ids = sorted(path.stem for path in folder.glob("*.yaml"))
    return [name for name in ids if kind is None or isinstance(load_model(name), kind)]


@cache
def load_model(name: str, folder: Path = MODELS) -> Model:
    """Read one model file.

    Parameters
    ----------
    name : str
        Id of the model: the name of its file in data/models without `.yaml`; or another name of
        it, which its file lists; either in any spelling, or as the repository of a hub, such as
        "Wan-AI/Wan2.2-T2V-A14B-Diffusers".
    folder : Path
        Where the files lie; another folder is for tests and for models of your own.

    Returns
    -------
    Transformer, UNet, Autoencoder, TextEncoder or Undisclosed
        The checked description; frozen.

    Raises
    ------
    UnknownNameError
        If there is no such file; the message lists the nearest names of models that make clips.
    DataError
        If the file breaks a rule; the message names file, field, value and rule.
    """
    path = folder / f"{name}.yaml"
    if name not in {known.stem for known in folder.glob("*.yaml")}:
        return load_model(_named_also(name, folder), folder)
    model = read_model(path)
    if isinstance(model, Transformer):
        _check_patch(path, model)
    return model


def read_model(path: Path) -> Model:
    """Read one model file by itself; DataError as for `load_model`."""
    return model_of(documents.yaml_of(open_input(path).read_bytes(), path.name), path.name)


def model_of(content: object, file: str) -> Model:
    """Check what a model file of that name says; DataError as for `load_model`."""
    try:
        model = _ADAPTER.validate_python(content)
    except ValidationError as error:
        raise DataError(_explain(file, error)) from error
    if f"{model.id}.yaml" != file:
        expected = f"expected the file's name {file.removesuffix('.yaml')!r}"
        raise DataError(f"{file}: field id is {model.id!r}, {expected}")
    return model


@cache
def load_kind(name: str, kind: type[Kind], used_by: str) -> Kind:
    """Read a model that another file refers to, which must be of one architecture."""
    if not (MODELS / f"{name}.yaml").exists():
        near = ", ".join(nearest(name, model_ids(kind)))
        raise UnknownNameError(f"{used_by}: no model {name!r}; nearest names: {near}")
    # Before it is read: a model that names itself, or one that names it, would be read for ever.
    said = _ARCHITECTURE.search((MODELS / f"{name}.yaml").read_text(encoding="utf-8"))
    wanted = get_args(kind.model_fields["architecture"].annotation)
    model = load_model(name) if said is not None and said[1] in wanted else None
    if not isinstance(model, kind):
        found = f"of architecture {said[1]}" if said else "of no architecture"
        raise DataError(f"{used_by}: {name} is {found}, expected {wanted[0]}")
    return model


def autoencoder_of(model: Denoiser) -> Autoencoder:
    """Autoencoder of a model; with a geometry of the model's own its network is not known."""
    own = load_kind(model.autoencoder, Autoencoder, f"{model.id}.yaml")
    if model.geometry is None:
        return own
    known = dict.fromkeys(("network", "counted", "peak", "tiling"))
    return own.model_copy(update={"geometry": model.geometry, **known})


def encoders_of(model: Denoiser) -> list[tuple[TextEncoder, int | str]]:
    """Text encoders of a model with the tokens that each sees; its own go before the catalogue."""
    own = {encoder.id: encoder for encoder in model.own_encoders}
    uses, place = model.text.encoders if model.text else (), f"{model.id}.yaml"
    return [
        (own[use.id] if use.id in own else load_kind(use.id, TextEncoder, place), use.tokens)
        for use in uses
    ]


def _check_patch(path: Path, model: Transformer) -> None:
    """Compare the patch with the latent of the published clip; strides lie in another file."""
    clip, patch = model.clip.default, model.patch
    stride = autoencoder_of(model).geometry.side_stride
    for field, pixels, size in (
        ("height", clip.height, patch.height),
        ("width", clip.width, patch.width),
    ):
        if size > pixels // stride:
            raise DataError(
                f"{path.name}: field patch.{field} is {size}: larger than the latent {field} "
                f"{pixels // stride} of the default clip ({pixels} pixels, stride {stride}); "
                "correct the patch or the clip"
            )


def _named_also(name: str, folder: Path) -> str:
    """Id of the model that has another name or spelling, without reading a whole file of any."""
    wanted = spelled(name)
    for path in sorted(folder.glob("*.yaml")):
        names = _ALSO.search(path.read_text(encoding="utf-8"))
        also = re.split(r", *", names[1]) if names else []
        if wanted and wanted in map(spelled, [path.stem, *also]):
            return path.stem
    raise UnknownNameError(_unknown(name, folder))


def spelled(name: str) -> str:
    """Return what all spellings of a name share: no owner, case, marks, and form of the files.

    >>> spelled("Wan-AI/Wan2.1-I2V-14B-720P-Diffusers") == spelled("wan2.1-i2v-14b")
    True
    """
    base = re.sub(r"^[a-z0-9][a-z0-9_.-]*/", "", name.lower().strip())
    words = re.split(r"[-_ ]", base)
    return "".join(word for word in words if not _FORM.fullmatch(word)).replace(".", "")


def _unknown(name: str, folder: Path) -> str:
    """Say which models have a like name, without reading a whole file of any of them."""
    known = []
    for path in folder.glob("*.yaml"):
        architecture = _ARCHITECTURE.search(path.read_text(encoding="utf-8"))
        if architecture is None or architecture[1] not in _PARTS:
            known.append(path.stem)
    return f"no model {name!r}; nearest names: {', '.join(nearest(name, known))}"


def _explain(file: str, error: ValidationError) -> str:
    """Say in one sentence per problem: file, field, value found, rule."""
    problems = error.errors()
    inner = [
        item
        for item in problems
        if not any(_encloses(item["loc"], other["loc"]) for other in problems)
    ]
    return f"{file}: " + "; ".join(_problem(item) for item in inner)


def _encloses(outer: tuple[int | str, ...], inner: tuple[int | str, ...]) -> bool:
    """Whether a problem only follows from one deeper inside, as a list whose items failed."""
    return len(outer) < len(inner) and inner[: len(outer)] == outer


def _problem(item: Any) -> str:
    field = ".".join(field_path(item["loc"]))
    rule = item["msg"].removeprefix("Value error, ")
    shown = "" if isinstance(item["input"], dict | list) else f" is {item['input']!r}"
    return f"{f'field {field}{shown}: ' if field else ''}{rule[0].lower() + rule[1:]}"


def field_path(place: tuple[int | str, ...]) -> list[str]:
    """Path of a field without the kinds of file, block and number that Pydantic puts into it."""
    fields = [part for part in place[1:] if part != "constrained-int"]
    if fields[:1] == ["blocks"]:
        del fields[2:3]
    return [str(field) for field in fields]
