"""`rebuilt new model`: a file of data/models, and its entry.

Its numbers are those of a configuration, or for the time being those of its nearest relative.
"""

import json
from collections.abc import Mapping

from rebuilt.drafts import config_model, fields
from rebuilt.drafts.draft import Draft, by_line
from rebuilt.errors import ShapeError, UnknownNameError
from rebuilt.validate import descriptor
from rebuilt.validate.material import Material
from rebuilt.validate.placeholders import placeholder

FOLDER = "data/models"
NAME = placeholder("the model's name for people")
NOTE = placeholder("what a user of the model must know, or remove this line")
SOURCE = placeholder("bibliography-key: where in it the numbers of this section stand")
FAMILY = placeholder("the family to which it belongs, such as Wan")
RELEASED = placeholder("the first day on which it was public")
DATED = placeholder("bibliography-key: where in it the day stands")
CONFIG_SOURCE = placeholder("bibliography-key: where the configuration stands")
ASSUMED = "Every number is the configuration's, but for these; compare them with the publication:"
VOUCHED = (
    "The numbers are those of {like} until you change them; a source that you fill in vouches for "
    "the numbers of its section."
)


def draft(material: Material, name: str, given: Mapping[str, str]) -> Draft:
    """Write what a configuration says, or the numbers of the model `like`, under the id `name`."""
    fields.slug("a model", name, r"[a-z0-9]+([.-][a-z0-9]+)*", "wan2.1-t2v-1.3b")
    known = [path.stem for path in (material.root / FOLDER).glob("*.yaml")]
    if name in known:
        raise ShapeError(f"{FOLDER}/{name}.yaml is there already; edit that file")
    if "config" in given:
        return _configured(material, name, given)
    fields.allow("a model", given, ("config", "like", "name"))
    fields.need(
        "a model",
        given,
        ["like"],
        "the id of its nearest relative in data/models, or config=... with its configuration",
    )
    like = given["like"]
    if like not in known:
        raise UnknownNameError(fields.no_such(f"model {like!r}", like, known))
    text = _renamed(material.text(f"{FOLDER}/{like}.yaml"), name, given.get("name", NAME))
    made = _drafted(material, name, text)
    made.said.append(VOUCHED.format(like=like))
    return made


def _configured(material: Material, name: str, given: Mapping[str, str]) -> Draft:
    """Write the file of a configuration; it names the sources of all that it knows of."""
    known = ("config", "name", "family", "released", "dated", "note", "source")
    fields.allow("a model with a configuration", given, known)
    head = {"name": given.get("name", NAME), "family": given.get("family", FAMILY)}
    if given.get("note", NOTE):
        head["note"] = given.get("note", NOTE)
    released = {"source": given.get("dated", DATED), "date": given.get("released", RELEASED)}
    text, assumed = config_model.written(
        given["config"], name, head, released, given.get("source", CONFIG_SOURCE)
    )
    made = _drafted(material, name, text)
    made.said.extend([ASSUMED, *(f"  {sentence}" for sentence in assumed)])
    return made


def _drafted(material: Material, name: str, text: str) -> Draft:
    file, package = f"{FOLDER}/{name}.yaml", material.descriptors[0]
    descriptor.describe_model(package, name)
    made = Draft(files={file: text, package.file: descriptor.written(package)})
    made.tell(file, by_line(text))
    return made


def _renamed(text: str, name: str, title: str) -> str:
    """Return a model file under another id, with its own name, note and sources, and no others."""
    values = {"id": name, "name": _quoted(title), "note": _quoted(NOTE)}
    lines = []
    for line in text.splitlines():
        field = line.partition(":")[0]
        if field in values:
            lines.append(f"{field}: {values[field]}")
        elif field.endswith("source"):
            lines.append(f"{field}: {_quoted(SOURCE)}")
        elif field != "also":  # names of the relative, which lead to that
            lines.append(line)
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
