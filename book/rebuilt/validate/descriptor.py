"""The descriptors against the disk: nothing missing, nothing extra, every seal unbroken.

A seal is the sha256, the byte count and (for tables) the row count that a descriptor states of a
file. `seal` writes it anew: that is the proper way to change data, because the change of the
descriptor then shows in the same commit as the change of the table.
"""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from rebuilt.validate.changed_cells import changed_cells
from rebuilt.validate.finding import Finding
from rebuilt.validate.material import Descriptor, Material, Resource, read_rows

SEAL_ADVICE = "if the change is meant, run `rebuilt check --seal`, else restore the file"
DATA_SUFFIXES = (".csv", ".bib", ".yaml")


def check_inventory(material: Material) -> Iterator[Finding]:
    """Check that every file has its entry, and every entry its file and its licence."""
    for descriptor in material.descriptors:
        listed = [descriptor.file_of(resource) for resource in descriptor.sealed]
        for file in sorted(_on_disk(material.root, descriptor.folder) - set(listed)):
            yield Finding(
                file=file,
                found="a file without an entry",
                expected=f"a resource with this path in {descriptor.file}",
                advice="describe it there, then run `rebuilt check --seal`",
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
    """Write the seals of every listed file into both descriptors.

    Returns
    -------
    list of str
        One sentence per property that changed, empty when all seals were right.
    """
    changes = []
    material = Material(root)
    for descriptor in material.descriptors:
        news = [
            line for item in descriptor.sealed for line in _seal_one(material, descriptor, item)
        ]
        if news:
            text = json.dumps(descriptor.content, indent=2, ensure_ascii=False) + "\n"
            (root / descriptor.file).write_text(text, encoding="utf-8", newline="\n")
        changes += news
    return changes


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
