"""data/sources.bib -> one `Source` per key, with the short name that captions use."""

import collections
import dataclasses
import difflib
import functools
import re
from collections.abc import Iterable
from pathlib import Path

from pybtex.database import Entry, parse_file

from rebuilt.errors import DataError, UnknownNameError
from rebuilt.evidence.inputs import open_input
from rebuilt.paths import DATA

FILE = DATA / "sources.bib"
WEB = re.compile(r"https?://[^\s<>\"]+\Z")
TYPES = ("online", "article", "dataset", "report", "software", "misc")  # of entries
NATURES = ("primary", "copy", "secondary")  # words of the field `keywords`, one of each kind
READINGS = ("opened", "excerpt", "unopened")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One dated document or data set; empty strings where the entry says nothing."""

    key: str
    label: str  # author and year, with a letter where a bibliography would otherwise repeat itself
    title: str
    author: str
    date: str
    url: str
    accessed: str = ""
    licence: str = ""
    note: str = ""
    wants_attribution: bool = False
    nature: str = ""  # primary, copy or secondary; see grading
    reading: str = ""  # opened, excerpt or unopened


def load(path: Path | None = None) -> dict[str, Source]:
    """Read the bibliography, `FILE` unless told otherwise.

    Returns
    -------
    dict of str to Source
        In the order of the file.

    Raises
    ------
    DataError
        If an entry has no title or no author, or an address that is none of the web.
    """
    path = FILE if path is None else path
    return _parse(open_input(path), path.stat().st_mtime_ns)


def find(keys: Iterable[str], sources: dict[str, Source] | None = None) -> list[Source]:
    """Return the sources of `keys`, each once, in the given order.

    Raises
    ------
    UnknownNameError
        If a key is not in the bibliography; the message lists close matches.
    """
    known = load() if sources is None else sources
    return [known[key] if key in known else _fail(key, known) for key in dict.fromkeys(keys)]


@functools.lru_cache(maxsize=4)
def _parse(path: Path, _modified_ns: int) -> dict[str, Source]:
    entries = parse_file(str(path), bib_format="bibtex").entries
    sources = [_source(path.name, key, entry) for key, entry in entries.items()]
    counts = collections.Counter(source.label for source in sources)
    seen: collections.Counter[str] = collections.Counter()
    for position, source in enumerate(sources):
        if counts[source.label] > 1:
            seen[source.label] += 1
            gap = "" if source.date else " "
            lettered = f"{source.label[:-1]}{gap}{_letters(seen[source.label])})"
            sources[position] = dataclasses.replace(source, label=lettered)
    return {source.key: source for source in sources}


def _letters(position: int) -> str:
    """1 -> a, 26 -> z, 27 -> aa."""
    quotient, rest = divmod(position - 1, 26)
    return (_letters(quotient) if quotient else "") + chr(ord("a") + rest)


def _source(file: str, key: str, entry: Entry) -> Source:
    fields = {name.lower(): _plain(value) for name, value in entry.fields.items()}
    author = _plain(_author(entry))
    for name, value in (("title", fields.get("title", "")), ("author", author)):
        if not value:
            msg = f"{file} entry {key}: {name} is empty; every source needs a title and an author"
            raise DataError(msg)
    url = fields.get("url", "")
    if url and not WEB.match(url):
        msg = f"{file} entry {key}: url is {url[:60]!r}; a link begins with https:// or http://"
        raise DataError(msg)
    date = fields.get("date", fields.get("year", ""))
    words = {word.strip() for word in fields.get("keywords", "").split(",")}
    return Source(
        key=key,
        label=f"{author} ({date[:4] or 'undated'})",
        title=fields["title"],
        author=author,
        date=date,
        url=url,
        accessed=fields.get("urldate", ""),
        licence=fields.get("license", ""),
        note=fields.get("note", ""),
        wants_attribution="attribution" in words,
        nature=next(iter(words.intersection(NATURES)), ""),
        reading=next(iter(words.intersection(READINGS)), ""),
    )


def _author(entry: Entry) -> str:
    """Join names as printed: pybtex reads `Acme Research Corp` as first and last names."""
    people = entry.persons.get("author", [])
    names = [
        " ".join(
            [*p.first_names, *p.middle_names, *p.prelast_names, *p.last_names, *p.lineage_names]
        )
        for p in people
    ]
    return names[0] + " et al." if len(names) > 3 else " and ".join(names)


def _plain(text: str) -> str:
    r"""Drop the braces and escapes that BibTeX needs: `{H100} \& more` -> `H100 & more`."""
    for escape in "&%$#_":
        text = text.replace("\\" + escape, escape)
    return " ".join(text.replace("{", "").replace("}", "").split())


def _fail(key: str, known: dict[str, Source]) -> Source:
    close = difflib.get_close_matches(key, known, n=3, cutoff=0.5)
    hint = f"close matches: {', '.join(close)}" if close else "no close match"
    msg = f"source {key!r} is not in data/{FILE.name}; {hint}"
    raise UnknownNameError(msg)
