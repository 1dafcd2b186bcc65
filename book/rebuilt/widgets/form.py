"""The one form of the book: fields, results and buttons of every page that takes input.

A page says what it asks and shows; the HTML is made here, in one vocabulary of classes that
`rebuilt-form.css` draws and `rebuilt-form.js` works. Data and kernels lie inside the page, so that
it works from a file. A control `name` has the id `form-name`, and the address of the page and the
page's script know it by that name. What refuses is written here or by the page's own module, never
by a script.
"""

import base64
import hashlib
import html
import json
from collections.abc import Mapping, Sequence
from typing import Any

from rebuilt.page import markup
from rebuilt.page.blocks import Block

FAILS = (
    "This browser, or the policy of this site, does not run WebAssembly ({{error}}); {} need it."
)
DAMAGED = "A part of this page is not what it was built with; reload it, or restore its file."
ADDRESSES = {  # of an address that asks for what there is not
    "unknown": "The address names {name}, which is no field of this form.",
    "twice": "The address gives {name} twice; once was expected.",
    "number": "The address gives {name} as '{text}'; a number was expected, such as 1.",
    "menu": "The address gives {name} as '{text}'; expected was one of {known}.",
    "many": "the list of that name in the form",
}
COMMAND = (
    '<code tabindex="0" role="group" aria-label="The same as a command"></code>'
    '<button type="button" class="rb-form-button rb-form-copy">Copy command</button>'
    '<button type="button" class="rb-form-button rb-form-reset">{}</button>'
    '<span class="rb-form-copied rb-hidden" role="status"></span>'
    '<span class="rb-form-said rb-hidden" role="status"></span>'
)
SUM = '<p class="rb-form-sum" aria-hidden="true"></p>'  # on phones: what was found, in sight
Words = Mapping[str, str]  # what is read, by name or value


def block(
    name: str,
    title: str,
    data: Mapping[str, Any],
    *parts: str,
    lacks: tuple[str, str],
    kind: str,
    above: str = "",
    found: Sequence[str] = (),
) -> Block:
    """Make the block of a form that the page's script finds by name, with the data it reads.

    Of the parts the first holds the fields, above which `above` stands. Beside it, where there is
    room for both, stands what was `found`, always in view; on a phone a line of it. `lacks` begins
    "... JavaScript and WebAssembly", and says what works without them, before "need it".
    """
    needs, rest = lacks
    data = {**data, "addresses": ADDRESSES}
    if "module" in data:
        data = {**data, "digest": digest(data["module"])}
    raw = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    asks = f'<div class="rb-form-asks">{parts[0]}<p class="rb-form-problem" role="alert"></p></div>'
    if found:
        beside = tag("div", "\n".join(found), class_="rb-form-found")
        asks = tag("div", f"{asks}{SUM}{beside}", class_="rb-form-pair")
    notice = f"{needs} JavaScript and WebAssembly; {rest}."
    inner = (
        f'<p class="rb-title" id="form-title">{html.escape(title)}</p>',
        tag("p", notice, class_="rb-form-off", data_fails=FAILS.format(rest), data_damaged=DAMAGED),
        '<form class="rb-form-on" aria-labelledby="form-title" novalidate hidden>',
        above,
        asks,
        *parts[1:],
        '</form>\n<script type="application/json" class="rb-form-data">'
        f"{markup.json_in_html(raw)}</script>",
    )
    whole = tag("section", "\n".join(inner), class_="rb-form", data_form=name)
    return Block(kind, {"html": whole}, f"<p>On the site: {html.escape(title)}</p>", title)


def digest(text: str) -> str:
    """SHA-256 of a text, which the page compares before it uses what it was sent."""
    return hashlib.sha256(text.encode()).hexdigest()


def encoded(content: bytes) -> str:
    """Write bytes, such as a module's, as base64."""
    return base64.b64encode(content).decode("ascii")


def tag(name: str, content: str = "", /, **attributes: object) -> str:
    """Write one element; None and False leave an attribute out, `_` of a name stands for `-`."""
    words = "".join(
        f" {key.strip('_').replace('_', '-')}"
        + ("" if value is True else f'="{html.escape(str(value))}"')
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    return f"<{name}{words}>" + ("" if name == "input" else f"{content}</{name}>")


def grid(*fields: str, label: str | None = None) -> str:
    """Lay fields out in columns of one width; with a label they are a group."""
    role = "group" if label else None
    return tag("div", "\n".join(fields), class_="rb-form-fields", role=role, aria_label=label)


def line(*fields: str) -> str:
    """Lay fields out beside each other, as wide as each needs."""
    return tag("div", "\n".join(fields), class_="rb-form-line")


def folded(summary: str, *content: str) -> str:
    """Fold fields behind a summary."""
    return tag("details", tag("summary", summary) + "\n".join(content), class_="rb-form-more")


def menu(
    name: str,
    label: str,
    options: Words | Mapping[str, Words],
    first: str | None = None,
    *,
    kind: str = "menu",
) -> str:
    """Make a menu, of the kind "wide" in a line of its own; options are values and what is read.

    Options may be given in groups, by what is read above each.
    """
    items = "".join(
        _option(value, text, first) if isinstance(text, str) else _group(value, text, first)
        for value, text in options.items()
    )
    return _field(name, label, tag("select", items, id=f"form-{name}", name=name), kind)


def _option(value: str, text: str, first: str | None) -> str:
    return tag("option", html.escape(text), value=value, selected=value == first)


def _group(label: str, options: Words, first: str | None) -> str:
    inner = "".join(_option(value, text, first) for value, text in options.items())
    return tag("optgroup", inner, label=label)


def text(name: str, label: str, value: str, *, most: int, described: str) -> str:
    """Make a line of text, described by the note of that name."""
    own = {"value": value, "maxlength": most, "aria_describedby": f"form-{described}"}
    quiet = {"autocomplete": "off", "spellcheck": "false"}
    box = tag("input", type="text", id=f"form-{name}", name=name, **own, **quiet)
    return _field(name, label, box, "wide")


def number(
    name: str,
    label: str,
    unit: str = "",
    *,
    slider: Mapping[str, object] | None = None,
    frees: str | None = None,
    **own: object,
) -> str:
    """Make a number from its attributes, with a slider where there is one to follow it.

    `data_refusal` is what is said when it lies outside of `min`, `max` or `step`, with {value} for
    what was typed; `frees` what the button says that empties it, beside a line with its state.
    """
    state = f"form-{name}-state" if frees else None
    empty = "open" if frees else None
    usual = {"step": "any", "inputmode": "decimal", "placeholder": empty}
    own = {**usual, "aria_describedby": state, **own}
    box = tag("input", type="number", id=f"form-{name}", name=name, **own)
    if slider is None:
        return _field(name, label, box, unit=unit)
    box += tag("input", type="range", name=name, aria_label=f"{label}, slider", **slider)
    if frees:
        words = {"data_frees": name, "aria_label": f"{label} {frees}"}
        box += tag("span", class_="rb-form-state", id=state)
        box += tag("button", frees, type="button", class_="rb-form-free", **words)
    return _field(name, label, box, "slid", unit)


def note(name: str, text: str = "") -> str:
    """Make a line, which the script fills if there is no text."""
    return tag("p", html.escape(text), class_="rb-form-note", id=f"form-{name}")


def warning(name: str) -> str:
    """Make the place of a sentence that must not be overlooked; empty until the script fills it."""
    return tag("div", class_="rb-form-warned", id=f"form-{name}", role="status")


def pasted(name: str, label: str, *, rows: int, described: str) -> str:
    """Make a box for a text of many lines, which is no part of what the form asks."""
    own = {"rows": rows, "aria_describedby": f"form-{described} form-{name}-said"}
    quiet = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}
    return _field(name, label, tag("textarea", id=f"form-{name}", **own, **quiet), "wide")


def chosen_file(name: str, label: str, accept: str) -> str:
    """Make a field that takes a file of the reader's machine."""
    return _field(name, label, tag("input", type="file", id=f"form-{name}", accept=accept))


def button(name: str, text: str, *, hidden: bool = False) -> str:
    """Make a button that the script finds by name."""
    own = {"class_": "rb-form-button", "id": f"form-{name}", "hidden": hidden}
    return tag("button", text, type="button", **own)


def wide(name: str, label: str) -> str:
    """Make the place of a table, which scrolls where it is wider than the screen."""
    own = {"tabindex": 0, "role": "region", "aria_label": label}
    return tag("div", class_="rb-form-table", id=f"form-{name}", **own)


def said(name: str) -> str:
    """Make the place where the script says what came of a field."""
    return tag("div", role="status", class_="rb-form-came", id=f"form-{name}-said")


def figures(labels: Words, *, brief: bool = False) -> str:
    """List results by name; brief ones are short words, which stand closer."""
    items = "".join(
        f'<div><dt>{html.escape(label)}</dt><dd data-shows="{name}"></dd></div>'
        for name, label in labels.items()
    )
    return tag("dl", items, class_="rb-form-figures" + " rb-form-brief" * brief)


def bars(*names: str) -> str:
    """Make places of bars whose parts are shares."""
    return "\n".join(tag("div", class_="rb-form-bar", data_bar=name) for name in names)


def curve(label: str, options: Words) -> str:
    """Make the place of a curve, with the menu `curve` of what it shows."""
    return menu("curve", label, options) + tag("div", class_="rb-form-curve")


def command(reset: str) -> str:
    """Show the form as a command to copy, and the button that undoes all."""
    return tag("p", COMMAND.format(reset), class_="rb-form-buttons")


def _field(name: str, label: str, control: str, kind: str = "", unit: str = "") -> str:
    inner = html.escape(label)
    if unit:
        inner += f' <span class="rb-form-unit">{html.escape(unit)}</span>'
    head = tag("label", inner, for_=f"form-{name}")
    drawn = f"rb-form-field rb-form-{kind}" if kind else "rb-form-field"
    return tag("div", head + control, class_=drawn)
