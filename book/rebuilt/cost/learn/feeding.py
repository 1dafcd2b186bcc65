"""Inputs of a class's forward pass, from a few lines of YAML: shapes over sizes and fields.

`data/class_inputs.yaml` says for each class what its forward pass is fed. A list is the shape of a
tensor; {long: [...]} and {bool: [...]} are of that kind; {range: n} counts; {each: [...]} is a list
of such entries, {times: n, of: ...} of n equal ones, {both: [...]} a tuple, {map: {...}} by name;
{value: ...} is no tensor but the value itself. An entry with `if` stands where that holds, what
follows `else` where it does not.

Numbers are expressions of `models.templates` over the fields of the configuration, latent `frames`,
`height`, `width`, `rows` and `columns` of tokens, `tokens`, `text` and `audio`.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from rebuilt.cost.learn.shapes import Shape
from rebuilt.cost.models.schema import Patch
from rebuilt.cost.models.templates import evaluate
from rebuilt.errors import DataError
from rebuilt.evidence.inputs import open_input
from rebuilt.intake import documents, files
from rebuilt.paths import DATA

INPUTS = DATA / "class_inputs.yaml"
ANY = "any"  # what a class is fed that has no entry of its own
Spec = Mapping[str, Any]
Tensor = Callable[[tuple[int, ...], str], Any]  # shape and kind: float, long, bool or range


def inputs_of(class_name: str, path: Path | None = None) -> Spec:
    """Say what the forward pass of a class is fed; of one that nobody listed, what most take.

    Parameters
    ----------
    class_name : str
        Of the class.
    path : Path, optional
        A file of one's own in the place of data/class_inputs.yaml: the entry of the class alone.

    Raises
    ------
    DataError
        If the file is no mapping.
    """
    if path is not None:
        found = documents.yaml_of(files.content(path, documents.MOST_BYTES), str(path))
    else:
        entries = documents.yaml_of(open_input(INPUTS).read_bytes(), INPUTS.name)
        found = entries.get(class_name, entries[ANY])
    if not isinstance(found, dict):
        raise DataError(f"{path or INPUTS} holds no mapping of inputs; see data/class_inputs.yaml")
    return found


def names_of(shape: Shape, patch: Patch, config: Mapping[str, Any]) -> dict[str, Any]:
    """Names that expressions of inputs may use."""
    return dict(config) | {
        "frames": shape.frames * patch.frames,
        "height": shape.rows * patch.height,
        "width": shape.columns * patch.width,
        "rows": shape.rows,
        "columns": shape.columns,
        "tokens": shape.frames * shape.rows * shape.columns,
        "text": shape.text,
        "audio": shape.audio,
    }


def fed(spec: Spec, names: Mapping[str, Any], tensor: Tensor) -> dict[str, Any]:
    """Make all inputs of one shape.

    Raises
    ------
    DataError
        If an entry speaks of a field that the configuration lacks; the sentence names the input.
    """
    found = {}
    for name, entry in spec.items():
        if isinstance(entry, dict) and "if" in entry and not evaluate(str(entry["if"]), names):
            if "else" not in entry:
                continue
            entry = entry["else"]
        try:
            found[name] = _made(entry, names, tensor)
        except DataError as error:
            raise DataError(
                f"input {name}: {error}; give --inputs a YAML file that says the shape of each "
                "input, as data/class_inputs.yaml does"
            ) from error
    return found


def _made(entry: Any, names: Mapping[str, Any], tensor: Tensor) -> Any:
    if isinstance(entry, list):
        return tensor(tuple(_plain(entry, names)), "float")
    for kind in ("float", "long", "bool"):
        if kind in entry:
            return tensor(tuple(_plain(entry[kind], names)), kind)
    if "range" in entry:
        return tensor((_plain(entry["range"], names),), "range")
    if "times" in entry:
        return [_made(entry["of"], names, tensor) for _ in range(_plain(entry["times"], names))]
    if "each" in entry:
        return [_made(one, names, tensor) for one in entry["each"]]
    if "both" in entry:
        return tuple(_made(one, names, tensor) for one in entry["both"])
    if "map" in entry:
        return {name: _made(one, names, tensor) for name, one in entry["map"].items()}
    return _plain(entry["value"], names)


def _plain(value: Any, names: Mapping[str, Any]) -> Any:
    if isinstance(value, list):
        return [_plain(one, names) for one in value]
    return evaluate(value, names) if isinstance(value, str) else value
