"""Templates of classes, inputs of classes and configurations: the readers of commands take them.

Every template of data/classes makes a model of its own defaults and of the configurations of its
class in data/configs, with sizes that some model has, and data/class_inputs.yaml feeds each of
them. Of files there that only add to others, every expression is one that can be read.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from typing import Any

from rebuilt.cost.learn.feeding import fed, names_of
from rebuilt.cost.learn.shapes import Shape
from rebuilt.cost.models.architectures import Transformer
from rebuilt.cost.models.config_reading import class_names, composed, controls, model_from
from rebuilt.cost.models.templates import tree
from rebuilt.errors import RebuiltError
from rebuilt.intake import documents
from rebuilt.validate.finding import Finding
from rebuilt.validate.material import Material
from rebuilt.validate.model_files import sizes

CLASSES, CONFIGS, INPUTS = "data/classes", "data/configs", "data/class_inputs.yaml"
SHAPE = Shape(frames=2, rows=4, columns=4, text=8, audio=4)
# What the readers make of a template of another shape: no schema says it first.
OTHER_SHAPE = (AttributeError, KeyError, TypeError, ValueError, SyntaxError, RecursionError)
Template = dict[str, Any]


def check_classes(material: Material) -> Iterator[Finding]:
    """Read every template and configuration; what is no plain YAML, `form` reports."""
    places = ((CLASSES, "*.yaml"), (CONFIGS, "*.json"), ("data", "class_inputs.yaml"))
    files = [
        f"{folder}/{path.name}"
        for folder, names in places
        for path in sorted((material.root / folder).glob(names))
    ]
    yield from _found(tuple((file, material.data(file)) for file in files if material.exists(file)))


@cache  # whoever plants faults elsewhere checks the same files again
def _found(contents: tuple[tuple[str, bytes], ...]) -> list[Finding]:
    return list(_findings(dict(contents)))


def _findings(contents: Mapping[str, bytes]) -> Iterator[Finding]:
    read: dict[str, dict[str, Any]] = {}
    for file, raw in contents.items():
        found = _tried(file, partial(_document, read, file, raw))
        yield from found if file.endswith(".json") else ()
    configs = defaultdict(list)
    for file in (one for one in read if one.startswith(CONFIGS)):
        configs[str(read[file].get("_class_name"))].append(file)

    @cache
    def template(name: str) -> Template:
        return composed(name, lambda one: read[f"{CLASSES}/{one}.yaml"])

    broken: set[str] = set()
    models: dict[str, Transformer] = {}
    for file in (one for one in read if one.startswith(CLASSES)):
        name = file.removeprefix(f"{CLASSES}/").removesuffix(".yaml")
        found = _tried(file, partial(_expressions, read[file]))
        if name in class_names() and not found:
            examples = [read[config] for config in configs[name]]
            found = _tried(file, partial(_default, file, name, template, examples))
        broken |= {name} if found else set()
        yield from found
    for name, files in configs.items():
        for file in files if name not in broken | {*controls()} else ():
            yield from _tried(file, partial(_model, file, read[file], template, models))
    for name, entry in read.get(INPUTS, {}).items():
        for file in configs[name]:
            if file in models:
                feed = partial(_feed, entry, models[file], template(name), read[file])
                yield from _tried(INPUTS, feed, name)


def _tried(file: str, read: Callable[[], Iterator[Finding]], column: str = "") -> list[Finding]:
    """Return what a reader finds, or that it cannot read."""
    try:
        return list(read())
    except (RebuiltError, *OTHER_SHAPE) as error:
        ours = isinstance(error, RebuiltError)
        return [
            Finding(
                file=file,
                column=column,
                found=str(error).removeprefix(f"{file}: ") if ours else f"no template ({error!r})",
                expected="what the readers of `rebuilt cost --config` and `rebuilt learn` take",
                advice="correct it",
            )
        ]


def _document(read: dict[str, Any], file: str, raw: bytes) -> Iterator[Finding]:
    """Keep what a file says, if it is plain and an object."""
    found = (documents.json_of if file.endswith(".json") else documents.yaml_of)(raw, file)
    read[file] = dict(found)
    yield from ()


def _expressions(part: Any) -> Iterator[Finding]:
    """Read every expression that is marked as one."""
    for name, value in part.items() if isinstance(part, dict) else enumerate(part):
        if isinstance(value, dict | list):
            yield from _expressions(value)
        elif name == "if" or str(value).startswith("="):
            tree(str(value).removeprefix("="))


def _default(
    file: str, name: str, template: Callable[[str], Template], examples: list[dict[str, Any]]
) -> Iterator[Finding]:
    """Make the model of a class's defaults; what its constructor leaves open, some file says.

    Of a class whose defaults do not go together, a whole configuration is one.
    """
    unsaid = {field for field, value in template(name)["fields"].items() if value is None}
    said = [{field: one[field] for field in unsaid & {*one}} for one in examples]
    first = None
    for given in ({}, *said, *examples):
        try:
            yield from _model(file, {**given, "_class_name": name}, template, {})
            return
        except RebuiltError as error:
            first = first or error
    if first:
        raise first


def _model(
    file: str,
    config: Mapping[str, Any],
    template: Callable[[str], Template],
    models: dict[str, Transformer],
) -> Iterator[Finding]:
    """Make and keep the model of a configuration; its sizes are those that models have."""
    models[file] = model_from(config, file, templates=template).model
    yield from sizes(file, models[file])


def _feed(
    entry: Any, model: Transformer, template: Template, config: Mapping[str, Any]
) -> Iterator[Finding]:
    """Make the inputs of a class; fields that no count depends on have some number."""
    others = dict.fromkeys([*template["ignored"], *template["only"]], 1)
    names = names_of(SHAPE, model.patch, {**others, **template["fields"], **config})
    fed(entry, names, lambda shape, kind: (shape, kind))
    yield from ()
