"""Model files: each is what its architecture states, and names parts that are there.

A number far outside what any published model has is a slip of the decimal point: the bounds below
say of what they are, and a model beyond one moves it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache

from rebuilt.cost.models.architectures import (
    Autoencoder,
    Denoiser,
    TextEncoder,
    Transformer,
    Undisclosed,
)
from rebuilt.cost.models.catalogue import Model, model_of, spelled
from rebuilt.errors import DataError
from rebuilt.intake import documents
from rebuilt.validate.dates import MOVE_FREEZE
from rebuilt.validate.finding import Finding, quoted
from rebuilt.validate.material import Material

FOLDER = "data/models"
FPS = (4, 60)  # fewer is no film, and more no public model makes
MOST_STEPS = 250  # of the samples of the first diffusion transformer; no later model takes more
MOST_DEPTH = 100  # of blocks in a row; the deepest published model has 60
MOST_NORMS = 16  # parameters of a block's norms over its width; eight at most are published


def check_models(material: Material) -> Iterator[Finding]:
    """Read every model file, an empty one too; what is no plain YAML, `form` reports."""
    models: dict[str, Model] = {}
    for path in sorted((material.root / FOLDER).glob("*.yaml")):
        file = f"{FOLDER}/{path.name}"
        if not material.exists(file):
            continue  # a pipe would be waited for
        model = _model(path.name, material.data(file))
        if isinstance(model, Finding):
            yield model
        elif model is not None:
            models[file] = model
    for file, model in models.items():
        yield from _parts(file, model, models)
        yield from sizes(file, model)
        day = model.released.date if model.released else None
        if day and day > material.freeze_date:
            yield Finding(
                file=file,
                column="released.date",
                found=day,
                expected=f"a day up to the freeze date {material.freeze_date}",
                advice=f"correct the day, or {MOVE_FREEZE}",
            )
    yield from _names(models)


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


def _parts(file: str, model: Model, models: dict[str, Model]) -> Iterator[Finding]:
    """Check that what a model names is there, and of the kind that is meant."""
    named: list[tuple[str, str, type[Model], str]] = []
    if isinstance(model, Denoiser):
        own = {encoder.id for encoder in model.own_encoders}
        encoders = model.text.encoders if model.text else ()
        named = [("autoencoder", model.autoencoder, Autoencoder, "an autoencoder's file")]
        named += [
            ("text.encoders", one.id, TextEncoder, "a text encoder's file")
            for one in encoders
            if one.id not in own
        ]
    elif isinstance(model, Undisclosed):
        named = [("blocks_of", model.blocks_of, Transformer, "a transformer's file")]
    for column, name, kind, wanted in named:
        if not isinstance(models.get(f"{FOLDER}/{name}.yaml"), kind):
            yield Finding(
                file=file,
                column=column,
                found=name,
                expected=f"the name of {wanted}",
                advice="correct the name",
            )


def sizes(file: str, model: Model) -> Iterator[Finding]:
    """Check numbers that no rule of the architecture bounds."""
    if not isinstance(model, Denoiser):
        return
    bounded: list[tuple[str, float | None, float, float]] = [
        ("clip.fps", model.clip.fps, *FPS),
        ("sampler.steps", model.sampler.steps, 1, MOST_STEPS),
    ]
    for number, block in enumerate(model.blocks if isinstance(model, Transformer) else ()):
        norms = getattr(block, "norm_parameters", None)
        depth = getattr(block, "depth", None)
        bounded += [
            (f"blocks.{number}.depth", depth, 1, MOST_DEPTH),
            (f"blocks.{number}.norm_parameters", norms, 0, MOST_NORMS * block.width),
        ]
    for column, value, least, most in bounded:
        if value is not None and not least <= value <= most:
            yield Finding(
                file=file,
                column=column,
                found=f"{value:g}",
                expected=f"{least:g} to {most:g}, as every published model has",
                advice="check the decimal point in the cited source",
            )


def _names(models: dict[str, Model]) -> Iterator[Finding]:
    """Check that a name leads to one model, and that no file says one twice."""
    owners: dict[str, set[str]] = defaultdict(set)
    for file, model in models.items():
        for name in (model.id, *model.also):
            owners[spelled(name)].add(file)
    for file, model in models.items():
        count = Counter(name.lower() for name in (model.id, *model.also))
        for name in dict.fromkeys(model.also):
            others = sorted(owners[spelled(name)] - {file})
            if others or count[name.lower()] > 1:
                yield Finding(
                    file=file,
                    column="also",
                    found=f"{quoted(name)}, {f'a name of {others[0]}' if others else 'said twice'}",
                    expected="names that no other model has, each once",
                    advice="remove it",
                )
