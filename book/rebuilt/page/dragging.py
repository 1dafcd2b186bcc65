"""A sentence with one number to drag, from which its other numbers follow.

They were all computed before, place by place, and the page only looks them up: it has no formula of
its own, and the sentence reads the same where no script runs. The idea of a sentence that answers
is Bret Victor's (Explorable Explanations, 2011).
"""

import html
import json
import string

import polars as pl

from rebuilt.errors import DataError
from rebuilt.page import blocks, prose
from rebuilt.page.blocks import Block


def dragged(text: str, frame: pl.DataFrame, *, along: str, start: str, name: str) -> Block:
    """Show a sentence whose number `along` the reader drags through the rows of a frame.

    Parameters
    ----------
    text : str
        The sentence, with a field in braces for each number: ``"{seconds} are {tokens} tokens."``
    frame : polars.DataFrame
        A row for each place of the dragged number, in order; a column of formatted texts for each
        field of the sentence, and `source`.
    along : str
        Field that is dragged, by whose name what reads the page aloud calls it.
    start : str
        Its text where the page opens.
    name : str
        Slug, once per page; gives the address `#sentence-<name>`.

    Raises
    ------
    DataError
        If a field has no column of texts, `start` is in no row, rows have no source, or the name is
        not a slug or taken.
    """
    prose.check_name(name, "sentence")
    owner = f"sentence {name}"
    parts = list(string.Formatter().parse(text))
    fields = [field for _, field, _, _ in parts if field]
    _check(owner, fields, frame, along)
    places = frame[along].to_list()
    if start not in places:
        msg = f"{owner}: {along} cannot start at {start!r}; it can be {', '.join(places)}"
        raise DataError(msg)
    keys = blocks.source_keys(frame, owner)
    place = places.index(start)
    first = frame.row(place, named=True)
    rows = json.dumps(frame.select(list(dict.fromkeys(fields))).to_dicts(), ensure_ascii=False)
    said = "".join(
        html.escape(before) + (_number(field, first[field], along) if field else "")
        for before, field, _, _ in parts
    )
    prose.used(keys)
    prose.claim_name(name)
    written = (
        f'<p class="rb-dragged" id="sentence-{name}" data-place="{place}"'
        f' data-places="{html.escape(rows)}">{said}</p>'
    )
    return Block("sentence", {"html": written}, written, text.format(**first))


def _check(owner: str, fields: list[str], frame: pl.DataFrame, along: str) -> None:
    """Raise DataError unless each field has texts, and the dragged one is in the sentence."""
    texts = [column for column, kind in frame.schema.items() if kind == pl.String]
    for field in fields:
        if field not in texts:
            msg = f"{owner}: {field} has no column of texts; columns of texts: {', '.join(texts)}"
            raise DataError(msg)
    if along not in fields:
        msg = f"{owner}: {along} is not in the sentence; its fields: {', '.join(fields)}"
        raise DataError(msg)


def _number(field: str, value: str, along: str) -> str:
    kind = "rb-drag" if field == along else "rb-follows"
    return f'<span class="{kind}" data-field="{field}">{html.escape(value)}</span>'
