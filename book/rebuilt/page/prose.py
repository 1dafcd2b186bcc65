"""What else a chapter may output: numbers for its prose, tables, and its list of sources.

One kernel runs one chapter, so this module also remembers which names and sources the page used.
"""

import base64
import re
from collections.abc import Iterable
from typing import Any

import polars as pl

from rebuilt.errors import DataError
from rebuilt.evidence import bibliography
from rebuilt.page import blocks, formats, markup
from rebuilt.page.blocks import Block, Rows

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_names: dict[str, str] = {}
_keys: set[str] = set()


def say(**values: str | int) -> None:
    """Hand formatted values to the prose, where ``{glue:text}`name` `` prints them.

    Raises
    ------
    DataError
        If a value is a float (how many digits it gets is the chapter's decision) or no text.
    """
    from myst_nb import glue  # imports IPython, which the command line never needs

    for name, value in values.items():
        if isinstance(value, float):
            msg = (
                f"say({name}={value!r}): a float has no printed precision; use "
                f"rebuilt.page.formats, for instance formats.number({value!r}, decimals=1)"
            )
            raise DataError(msg)
        if not isinstance(value, str | int) or isinstance(value, bool):
            msg = f"say({name}={value!r}): expected text or a whole number, found {type(value)}"
            raise DataError(msg)
        text = formats.number(value) if isinstance(value, int) else value
        # A plain string: {glue:text} evaluates its repr, so that "1,151" stays text.
        glue(name, text, display=False)


def table(frame: pl.DataFrame, *, name: str, caption: str, rows: Rows | None = None) -> Block:
    """Show a frame as an accessible table with its sources and a CSV download.

    Parameters
    ----------
    frame : polars.DataFrame
        At least one row; the first column heads each row. Underscores in names print as spaces.
    name : str
        Slug, once per page; gives the address `#table-<name>`.
    caption : str
        What the table shows, in words.
    rows : polars.DataFrame or list of them, optional
        Fact rows behind the table, with their `source` column; by default `frame` if it has one.

    Raises
    ------
    DataError
        If the name is not a slug or taken, the caption or the frame is empty, a source is missing.
    """
    check_name(name, "table")
    owner = f"table {name}"
    check_text(owner, "caption", caption)
    if frame.is_empty():
        msg = f"{owner}: the frame has no rows; check the filter that made it"
        raise DataError(msg)
    if rows is None and "source" in frame.columns:
        rows = frame
    keys = [] if rows is None else blocks.source_keys(rows, owner)
    payload = {"name": name, "caption": caption, "sources": blocks.named(keys)} | blocks.grid(frame)
    used(keys)
    claim_name(name)
    html = markup.table(payload, csv_href=data_address(payload), live=False)
    return Block("table", payload, html, f"{caption} ({frame.height} rows)")


def sources() -> Block:
    """Show 'Sources of this page': every source that charts, tables and verdicts used so far."""
    found = sorted(bibliography.find(sorted(_keys)), key=lambda source: source.label.casefold())
    html = markup.source_list(found)
    text = "\n".join(f"{source.label} {source.title}" for source in found) or "no sources"
    return Block("sources", {"keys": [source.key for source in found], "html": html}, html, text)


def used(keys: Iterable[str]) -> None:
    """Remember that the page rests on these sources."""
    _keys.update(keys)


def used_keys() -> list[str]:
    """Keys of all sources used so far, sorted."""
    return sorted(_keys)


def reset() -> None:
    """Forget names and sources; a kernel that runs one chapter never needs it, tests do."""
    _names.clear()
    _keys.clear()


def check_name(name: str, kind: str) -> None:
    """Raise DataError unless `name` is a slug that no other cell of the page uses."""
    if not SLUG.fullmatch(name):
        msg = (
            f"{kind} name {name!r} is not a slug; use lower-case letters, digits and single "
            "hyphens, for instance memory-by-generation"
        )
        raise DataError(msg)
    if name in _names and not (_cell_id() and _names[name] == _cell_id()):
        msg = (
            f"{kind} name {name!r} is used twice on this page; names are addresses, choose another"
        )
        raise DataError(msg)


def claim_name(name: str) -> None:
    """Take a checked name; called once the block has been made."""
    _names[name] = _cell_id()


def check_text(owner: str, field: str, text: str) -> None:
    """Raise DataError if a text that a reader needs is blank."""
    if not text.strip():
        msg = f"{owner}: {field} is empty; a reader who cannot see it needs one"
        raise DataError(msg)


def data_address(payload: dict[str, Any]) -> str:
    """CSV of a payload as a data: address, for notebooks that have no file to link to."""
    encoded = base64.b64encode(payload["csv"].encode("utf-8")).decode("ascii")
    return f"data:text/csv;base64,{encoded}"


def _cell_id() -> str:
    """Id of the running notebook cell where the front end sends one, so that a cell may run again.

    The book's build sends none: there a second use of a name is always an error.
    """
    try:
        from IPython import get_ipython
    except ImportError:
        return ""
    parent: dict[str, Any] = getattr(get_ipython(), "get_parent", dict)()
    return str(parent.get("metadata", {}).get("cellId", ""))
