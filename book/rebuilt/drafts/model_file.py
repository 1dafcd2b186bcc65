"""`rebuilt new model`: a file of data/models like its nearest relative, and its entry."""

import json
from collections.abc import Mapping

from rebuilt.drafts import fields
from rebuilt.drafts.draft import Draft, by_line
from rebuilt.errors import ShapeError, UnknownNameError
from rebuilt.validate import descriptor
from rebuilt.validate.material import Material
from rebuilt.validate.placeholders import placeholder

FOLDER = "data/models"
NAME = placeholder("the model's name for people")
NOTE = placeholder("what a user of the model must know, or remove this line")
SOURCE = placeholder("bibliography-key: where in it the numbers of this section stand")
VOUCHED = (
    "The numbers are those of {like} until you change them; a source that you fill in vouches for "
    "the numbers of its section."
)


def draft(material: Material, name: str, given: Mapping[str, str]) -> Draft:
    """Copy the model `like` under the new id `name`, with every source left open."""
    fields.slug("a model", name, r"[a-z0-9]+([.-][a-z0-9]+)*", "wan2.1-t2v-1.3b")
    fields.allow("a model", given, ("like", "name"))
    fields.need("a model", given, ["like"], "the id of its nearest relative in data/models")
    like, file = given["like"], f"{FOLDER}/{name}.yaml"
    known = [path.stem for path in (material.root / FOLDER).glob("*.yaml")]
    if like not in known:
        raise UnknownNameError(fields.no_such(f"model {like!r}", like, known))
    if name in known:
        raise ShapeError(f"{file} is there already; edit that file")
    text = _renamed(material.text(f"{FOLDER}/{like}.yaml"), name, given.get("name", NAME))
    package = material.descriptors[0]
    descriptor.describe_model(package, name)
    made = Draft(files={file: text, package.file: descriptor.written(package)})
    made.tell(file, by_line(text))
    made.said.append(VOUCHED.format(like=like))
    return made


def _renamed(text: str, name: str, title: str) -> str:
    """Return a model file under another id, with its own values of name, note and sources."""
    values = {"id": name, "name": _quoted(title), "note": _quoted(NOTE)}
    lines = []
    for line in text.splitlines():
        field = line.partition(":")[0]
        if field in values:
            lines.append(f"{field}: {values[field]}")
        elif field.endswith("source"):
            lines.append(f"{field}: {_quoted(SOURCE)}")
        else:
            lines.append(line)
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
