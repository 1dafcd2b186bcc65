"""Model files: each is what its architecture states, and names parts that are there."""

from collections.abc import Iterator

from rebuilt.cost.models.architectures import Transformer, UNet
from rebuilt.cost.models.catalogue import read_model
from rebuilt.errors import DataError
from rebuilt.intake import documents
from rebuilt.validate.finding import Finding
from rebuilt.validate.material import Material

MODELS = "data/models"


def check_models(material: Material) -> Iterator[Finding]:
    """Read every model file, an empty one too; what is no plain YAML, `form` reports."""
    folder = material.root / MODELS
    autoencoders, used = set(), {}
    for path in sorted(folder.glob("*.yaml")):
        file = f"{MODELS}/{path.name}"
        if not material.exists(file):
            continue  # a pipe would be waited for
        try:
            documents.yaml_of(material.data(file), file)
        except DataError:
            continue
        try:
            model = read_model(path)
        except DataError as error:
            yield Finding(
                file=f"{MODELS}/{path.name}",
                found=str(error).removeprefix(f"{path.name}: "),
                expected="a model file as CONTRIBUTING.md describes it",
                advice="correct the field",
            )
            continue
        if isinstance(model, Transformer | UNet):
            used[path] = model.autoencoder
        elif model.architecture == "autoencoder":
            autoencoders.add(model.id)
    for path, name in used.items():
        if name not in autoencoders:
            yield Finding(
                file=f"{MODELS}/{path.name}",
                column="autoencoder",
                found=name,
                expected="the name of an autoencoder's file",
                advice="correct the name",
            )
