"""The descriptors against the disk: nothing missing, nothing extra, every seal unbroken.

A seal is the sha256, the byte count and (for tables) the row count that a descriptor states of a
file. `seal` writes it anew: that is the proper way to change data, because the change of the
descriptor then shows in the same commit as the change of the table. A new model file and a
new template of a class get their entries when they are sealed.
"""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from rebuilt.validate.changed_cells import changed_cells
from rebuilt.validate.finding import Finding
from rebuilt.validate.material import Descriptor, Material, Resource, read_rows

SEAL_ADVICE = "if the change is meant, run `rebuilt check --seal`, else restore the file"
MODELS = "models/"
# Folders below data/ of files that all look alike, so that their entries can be written.
ALIKE = {
    MODELS: "Architecture of {}",
    "classes/": "How a configuration of {} is read",
    "text_encoders/": "How a text encoder of type {} is read",
    "weights/": "Weights of the miniature: {}",
}
BINARY = (".safetensors", ".wasm")
DATA_SUFFIXES = (".csv", ".bib", ".yaml", *BINARY)


def check_inventory(material: Material) -> Iterator[Finding]:
    """Check that every file has its entry, and every entry its file and its licence."""
    for descriptor in material.descriptors:
        listed = [descriptor.file_of(resource) for resource in descriptor.sealed]
        for file in sorted(_on_disk(material.root, descriptor.folder) - set(listed)):
            described = "" if _folder_of(descriptor, file) else "describe it there, then "
            yield Finding(
                file=file,
                found="a file without an entry",
                expected=f"a resource with this path in {descriptor.file}",
                advice=f"{described}run `rebuilt check --seal`",
            )
        for resource, file in zip(descriptor.sealed, listed, strict=True):
            if not material.exists(file):
                yield Finding(
                    file=descriptor.file,
                    column=f"{resource['name']}.path",
                    found=f"{resource['path']}, which is not on disk",
                    expected="an existing file",
                    advice="restore the file or remove the entry",
                )
            if not resource.get("licenses"):
                yield Finding(
                    file=descriptor.file,
                    column=f"{resource['name']}.licenses",
                    found="nothing",
                    expected="the licence of every table",
                    advice="name the licence of the table and its address",
                )


def check_seals(material: Material) -> Iterator[Finding]:
    """Hash, bytes and rows of each descriptor entry match its file; else say which cells differ."""
    for descriptor in material.descriptors:
        for resource in descriptor.sealed:
            file = descriptor.file_of(resource)
            if not material.exists(file):
                continue
            actual = measure(file, material.data(file))
            if resource.get("hash") != actual["hash"]:
                yield from _broken_seal(material, descriptor, resource, file, actual)
            else:
                yield from _wrong_counts(descriptor, resource, actual)


def measure(file: str, content: bytes) -> dict[str, str | int]:
    """Return `hash` and `bytes` of a file, and `rows` (without the header) of a CSV table."""
    seal: dict[str, str | int] = {
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "bytes": len(content),
    }
    if file.endswith(".csv"):
        seal["rows"] = len(read_rows(content.decode("utf-8", errors="replace"))[1])
    return seal


def seal(root: Path) -> list[str]:
    """Write the seals of every listed file into both descriptors, and entries for new model files.

    Returns
    -------
    list of str
        One sentence per property that changed, empty when all seals were right.
    """
    changes = []
    material = Material(root)
    for descriptor in material.descriptors:
        news = list(_describe_new(material, descriptor))
        for item in descriptor.sealed:
            news += _seal_one(material, descriptor, item)
        if news:
            (root / descriptor.file).write_text(written(descriptor), "utf-8", newline="\n")
        changes += news
    return changes


def describe_model(
    descriptor: Descriptor, name: str, folder: str = MODELS, suffix: str = ".yaml"
) -> Resource:
    """Put the entry of a file of ALIKE into its place, without a seal, and return it."""
    entry = {
        "name": name.lower(),
        "path": f"{folder}{name}{suffix}",
        "title": ALIKE[folder].format(name),
        "licenses": descriptor.content["licenses"],
    }
    files = descriptor.content.setdefault("files", [])
    after = (place for place, file in enumerate(files) if not _goes_before(file, entry))
    files.insert(next(after, len(files)), entry)
    return entry


def written(descriptor: Descriptor) -> str:
    """Return a descriptor as its file has it."""
    return json.dumps(descriptor.content, indent=2, ensure_ascii=False) + "\n"


def _goes_before(file: Resource, entry: Resource) -> bool:
    """Files that are alike are sorted by path and stand before all others."""
    return bool(file["path"].startswith(tuple(ALIKE)) and file["path"] < entry["path"])


def _folder_of(descriptor: Descriptor, file: str) -> str | None:
    """Folder of ALIKE in which a file lies, if it does."""
    found = (name for name in ALIKE if file.startswith(f"{descriptor.folder}/{name}"))
    return next(found, None) if file.endswith((".yaml", *BINARY)) else None


def _describe_new(material: Material, descriptor: Descriptor) -> Iterator[str]:
    """Write the entries of files that have none; the person who seals has named the data."""
    listed = {descriptor.file_of(item) for item in descriptor.sealed}
    for file in sorted(_on_disk(material.root, descriptor.folder) - listed):
        if folder := _folder_of(descriptor, file):
            entry = describe_model(descriptor, Path(file).stem, folder, Path(file).suffix)
            licences = " and ".join(licence["name"] for licence in entry["licenses"])
            kind = {MODELS: "model", "weights/": "file of weights"}.get(folder, "class")
            yield f'{file}: a new {kind}, described as "{entry["title"]}" under {licences}'


def _on_disk(root: Path, folder: str) -> set[str]:
    paths = (root / folder).rglob("*")
    return {path.relative_to(root).as_posix() for path in paths if path.suffix in DATA_SUFFIXES}


def _broken_seal(
    material: Material, descriptor: Descriptor, resource: Resource, file: str, actual: Resource
) -> Iterator[Finding]:
    cells = changed_cells(material, file, resource)
    for cell in cells:
        yield Finding(
            file=file,
            row=cell.row,
            column=cell.column,
            found=cell.now,
            expected=f"{cell.before}, as sealed in {descriptor.file}",
            advice=SEAL_ADVICE,
        )
    if not cells:
        yield Finding(
            file=file,
            found=f"{actual['hash']}",
            expected=f"{resource.get('hash', 'a hash')}, as sealed in {descriptor.file}",
            advice=SEAL_ADVICE,
        )


def _wrong_counts(
    descriptor: Descriptor, resource: Resource, actual: Resource
) -> Iterator[Finding]:
    for name in ("bytes", "rows"):
        if name in actual and resource.get(name) != actual[name]:
            yield Finding(
                file=descriptor.file,
                column=f"{resource['name']}.{name}",
                found=str(resource.get(name, "nothing")),
                expected=str(actual[name]),
                advice="run `rebuilt check --seal`",
            )


def _seal_one(material: Material, descriptor: Descriptor, resource: Resource) -> Iterator[str]:
    file = descriptor.file_of(resource)
    if not material.exists(file):
        return
    for name, value in measure(file, material.data(file)).items():
        if resource.get(name) != value:
            yield f"{file}: {name} {resource.get(name, 'none')} -> {value}"
            resource[name] = value
