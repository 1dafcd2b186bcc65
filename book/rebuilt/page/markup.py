"""Payloads of blocks -> HTML. Used by notebooks and by the site alike; knows no Sphinx."""

import html
import json
from typing import Any

from rebuilt.evidence.bibliography import Source

Payload = dict[str, Any]
# Second verdicts that say of nothing that it has happened since.
SILENT = ("nothing new", "no evidence", "not testable")
MOST_LISTED = 80  # a page with more sources than this folds their list
MOST_ROWS = 15  # a table with more of them scrolls inside itself
MOST_NAMED = 8  # a caption with more sources than this points to the list of the page


def figure(payload: Payload, *, csv_href: str, live: bool) -> str:
    """Return the whole figure: title, drawings, caption, data.

    With `live` it also holds the narrow drawing, the Vega specification and the Explore button;
    without it is what a plain notebook shows.
    """
    name = payload["name"]
    parts = [
        f'<figure class="rb-figure" id="chart-{name}" aria-labelledby="chart-{name}-title">',
        f'<p class="rb-title" id="chart-{name}-title">{_text(payload["title"])}'
        f"{_anchor('chart', name) if live else ''}</p>",
        _drawings(payload, live=live),
        "<figcaption>",
        f'<p class="rb-note">{_text(payload["note"])}</p>' if payload["note"] else "",
        _caption_sources(payload, live=live),
        "</figcaption>",
        _actions(payload, csv_href, live=live),
        "</figure>",
    ]
    return "\n".join(part for part in parts if part)


def table(payload: Payload, *, csv_href: str, live: bool) -> str:
    """Return a table that scrolls inside itself, with caption, sources and download."""
    name = payload["name"]
    parts = [
        f'<figure class="rb-figure rb-table-figure" id="table-{name}">',
        f'<p class="rb-title" id="table-{name}-title">{_text(payload["caption"])}'
        f"{_anchor('table', name) if live else ''}</p>",
        grid(payload, label=payload["caption"]),
        "<figcaption>" + _caption_sources(payload, live=live) + "</figcaption>"
        if payload["sources"]
        else "",
        f'<div class="rb-actions">{_download(payload, csv_href)}</div>',
        "</figure>",
    ]
    return "\n".join(part for part in parts if part)


def grid(payload: Payload, *, label: str) -> str:
    """Return one scrollable HTML table; the first column heads its row.

    One with sentences in a column says on each cell what it is, since a phone stacks its rows; one
    of many rows scrolls inside itself.
    """
    columns, rows = payload["columns"], payload["rows"]
    head = "".join(
        f'<th scope="col"{_class(column)}>{_text(column["label"])}</th>' for column in columns
    )
    stacks = any(column["long"] and not column["numeric"] for column in columns[1:])
    body = "\n".join(f"<tr>{_row(columns, row, labelled=stacks)}</tr>" for row in rows)
    tall = " rb-tall" if len(rows) > MOST_ROWS else ""
    return (
        f'<div class="rb-scroll{tall}" tabindex="0" role="region" aria-label="{_attribute(label)}">'
        f'<table class="rb-table{" rb-stacks" if stacks else ""}"><thead><tr>{head}</tr></thead>\n'
        f"<tbody>{body}</tbody></table></div>"
    )


def source_list(sources: list[Source]) -> str:
    """Return the page's list of sources; each has the stable address `#source-<key>`.

    A long list is folded; browsers open the fold for whoever follows a link into it.
    """
    items = "\n".join(_source(source) for source in sources)
    listed = f'<ul class="rb-source-list">\n{items}\n</ul>'
    if len(sources) <= MOST_LISTED:
        return listed
    summary = f"<summary>{len(sources)} sources</summary>"
    return f'<details class="rb-many-sources">{summary}\n{listed}\n</details>'


def badge(
    verdict: str,
    *,
    title: str = "",
    spoken: str = "",
    shown: str = "",
    witness: str | None = None,
) -> str:
    """Return the badge of a verdict: its words carry the meaning, its colour only repeats them.

    `title` explains it, `spoken` goes before the words for those who listen, `shown` stands in the
    place of the verdict, and `witness` says beside it whose word it rests on.
    """
    explained = f' title="{_attribute(title)}"' if title else ""
    hidden = f'<span class="rb-hidden">{_text(spoken)}</span>' if spoken else ""
    whose = f' <span class="rb-witness">{_text(witness)}</span>' if witness else ""
    style = f"rb-claim rb-verdict-{verdict.replace(' ', '-')}"
    return f'<span class="{style}"{explained}>{hidden}{_text(shown or verdict)}</span>{whose}'


def badge_pair(then: str, since: str, *, statement: str, href: str) -> str:
    """Return both verdicts of a claim as a link to its card; the second where it adds something."""
    badges = [badge(then, spoken="Verdict: ")]
    if since not in SILENT:
        badges.append(badge(since, spoken="Verdict ", shown=f"since: {since}"))
    spans = " ".join(badges)
    title = _attribute(statement)
    return f'<a class="rb-badges" href="{_attribute(href)}" title="{title}">{spans}</a>'


def _drawings(payload: Payload, *, live: bool) -> str:
    if not live:
        return f'<div class="rb-chart">{payload["wide"]}</div>'
    name = payload["name"]
    spec = json.dumps(
        {"wide": payload["spec"], "narrow": payload["narrow_spec"]},
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    )
    return (
        f'<div class="rb-chart" data-chart="{name}">'
        f'<div class="rb-wide">{payload["wide"]}</div>'
        f'<div class="rb-narrow">{payload["narrow"]}</div>'
        f'<div class="rb-live" hidden></div></div>\n'
        f'<script type="application/json" id="chart-{name}-spec">{json_in_html(spec)}</script>'
    )


def _caption_sources(payload: Payload, *, live: bool) -> str:
    groups: dict[str, list[str]] = {}
    for source in sorted(payload["sources"], key=lambda source: source["label"].casefold()):
        author, _, year = source["label"].rstrip(")").rpartition(" (")
        link = f'<a href="#source-{source["key"]}">{_text(year)}</a>' if live else _text(year)
        groups.setdefault(_text(author), []).append(link)
    if live and len(payload["sources"]) > MOST_NAMED:
        return (
            f'<p class="rb-sources">Sources: <a href="#sources-of-this-page">'
            f"{len(payload['sources'])}, listed at the end of the page</a></p>"
        )
    linked = "; ".join(f"{author} ({', '.join(years)})" for author, years in groups.items())
    word = "Source" if len(payload["sources"]) == 1 else "Sources"
    return f'<p class="rb-sources">{word}: {linked}</p>' if linked else ""


def _actions(payload: Payload, csv_href: str, *, live: bool) -> str:
    name = payload["name"]
    explore = (
        f'<button type="button" class="rb-explore" aria-pressed="false" data-chart="{name}"'
        f' aria-label="Explore: {_attribute(payload["title"])}" hidden>Explore</button>'
        '<span class="rb-status" role="status"></span>'
        if live
        else ""
    )
    return (
        f'<div class="rb-actions">{explore}{_download(payload, csv_href)}</div>\n'
        f'<details class="rb-data"><summary>Description and data</summary>\n'
        f'<p class="rb-description">{_text(payload["description"])}</p>\n'
        f"{grid(payload, label='Data: ' + payload['title'])}\n</details>"
    )


def _download(payload: Payload, csv_href: str) -> str:
    name = payload["name"]
    return (
        f'<a class="rb-download" href="{_attribute(csv_href)}" download="{name}.csv"'
        f' aria-label="Download {name}.csv">Data as CSV</a>'
    )


def _row(columns: list[dict[str, Any]], row: list[str], *, labelled: bool) -> str:
    head = f'<th scope="row"{_class(columns[0])}>{_text(row[0])}</th>'
    return head + "".join(
        f"<td{_class(column)}{_label(column) if labelled and cell else ''}>{_text(cell)}</td>"
        for column, cell in zip(columns[1:], row[1:], strict=True)
    )


def _class(column: dict[str, Any]) -> str:
    if column["numeric"]:
        return ' class="rb-number"'
    if column["long"]:
        return ' class="rb-long"'
    return ' class="rb-wraps"' if column["wraps"] else ""


def _label(column: dict[str, Any]) -> str:
    return f' data-label="{_attribute(column["label"])}"'


def _source(source: Source) -> str:
    title = _text(source.title)
    linked = f'<a href="{_attribute(source.url)}">{title}</a>' if source.url else title
    extra = [
        f"Read {_date(source.accessed)}." if source.accessed else "",
        f"Licence: {_text(source.licence)}." if source.licence else "",
        _text(source.note) if source.wants_attribution else "",
    ]
    date = f" {_date(source.date)}." if source.date else " Undated."
    return (
        f'<li id="source-{_attribute(source.key)}"><span class="rb-source-label">'
        f"{_text(source.label)}</span> {linked}.{date} {' '.join(filter(None, extra))}</li>"
    )


def _date(day: object) -> str:
    """Write a date that no line end cuts in two."""
    return f'<span class="rb-date">{_text(str(day))}</span>'


def _anchor(kind: str, name: str) -> str:
    return f'<a class="headerlink" href="#{kind}-{name}" aria-label="Link to this {kind}">#</a>'


def json_in_html(text: str) -> str:
    """Write JSON so that no character of it can end the script element around it."""
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _text(text: str) -> str:
    return html.escape(text, quote=False)


def _attribute(text: str) -> str:
    return html.escape(text, quote=True)
