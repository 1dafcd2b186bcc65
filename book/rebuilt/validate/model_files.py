"""Model files: each is what its architecture states, and names parts that are there."""

from collections.abc import Iterator
from functools import cache

from rebuilt.cost.models.architectures import Transformer, UNet
from rebuilt.cost.models.catalogue import Model, model_of
from rebuilt.errors import DataError
from rebuilt.intake import documents
from rebuilt.validate.finding import Finding
from rebuilt.validate.material import Material

FOLDER = "data/models"


def check_models(material: Material) -> Iterator[Finding]:
    """Read every model file, an empty one too; what is no plain YAML, `form` reports."""
    autoencoders, used = set(), {}
    for path in sorted((material.root / FOLDER).glob("*.yaml")):
        file = f"{FOLDER}/{path.name}"
        if not material.exists(file):
            continue  # a pipe would be waited for
        model = _model(path.name, material.data(file))
        if isinstance(model, Finding):
            yield model
        elif isinstance(model, Transformer | UNet):
            used[file] = model.autoencoder
        elif model is not None and model.architecture == "autoencoder":
            autoencoders.add(model.id)
    for file, name in used.items():
        if name not in autoencoders:
            yield Finding(
                file=file,
                column="autoencoder",
                found=name,
                expected="the name of an autoencoder's file",
                advice="correct the name",
            )


@cache
def _model(name: str, content: bytes) -> Model | Finding | None:
    """Model that a file describes, or what is wrong with it; nothing if it is no plain YAML."""
    try:
        said = documents.yaml_of(content, name)
    except DataError:
        return None
    try:
        return model_of(said, name)
    except DataError as error:
        return Finding(
            file=f"{FOLDER}/{name}",
            found=str(error).removeprefix(f"{name}: "),
            expected="a model file as CONTRIBUTING.md describes it",
            advice="correct the field",
        )
