"""Cut a MyST chapter into prose (with what is no prose blanked out) and code cells.

Lines keep their numbers. Blanked: roles, but for the literals of an expression, addresses, inline
code that is not a bare quantity, comments, attributes, and the settings of directives that no
reader sees.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rebuilt.validate.literals import words_of_expression

FENCE = re.compile(r"^\s*(?P<mark>`{3,}|~{3,}|:{3,})\s*(?:\{(?P<name>[^}]+)\})?(?P<rest>.*)$")
ROLE = re.compile(r"\{([\w:.+-]+)\}(`+)((?:(?!\2).)+)\2")
OPTION = re.compile(r"^\s*:(?P<name>[\w-]+):\s*(?P<value>.*)$")
CODE_CELLS = frozenset({"code-cell"})
OPAQUE = frozenset(
    {"code", "code-block", "raw", "literalinclude", "toctree", "bibliography", "mermaid", "image"}
)
SEEN_OPTIONS = frozenset({"caption", "title", "alt", "subtitle", "description"})
FRONT_MATTER_SEEN = re.compile(r"^\s*\S*(title|description|subtitle)\S*\s*:\s*(.*)$")


@dataclass(frozen=True, slots=True)
class Piece:
    """A line of prose, or a whole code cell; `line` is its first line in the file."""

    kind: str
    line: int
    text: str


@dataclass
class _Open:
    """A fence that waits for its end."""

    mark: str
    name: str
    line: int
    body: list[str]
    in_options: bool = True


def read_pieces(text: str) -> Iterator[Piece]:
    """Yield every line of prose and every code cell of a chapter, in order."""
    lines = text.splitlines()
    start = _front_matter_end(lines)
    for number in range(start):
        if match := FRONT_MATTER_SEEN.match(lines[number]):
            yield Piece("prose", number + 1, match[2])
    stack: list[_Open] = []
    for number, line in enumerate(lines[start:], start + 1):
        yield from _read_line(stack, number, line)


def _front_matter_end(lines: list[str]) -> int:
    """Return the number of lines of the YAML head, 0 when there is none."""
    if not lines or lines[0].rstrip() != "---":
        return 0
    ends = [number for number, line in enumerate(lines[1:], 2) if line.rstrip() == "---"]
    return ends[0] if ends else 0


def _read_line(stack: list[_Open], number: int, line: str) -> Iterator[Piece]:
    inner = stack[-1] if stack else None
    fence = FENCE.match(line)
    if inner and fence and _closes(fence, inner):
        stack.pop()
        if inner.name in CODE_CELLS:
            yield Piece("code", inner.line + 1, "\n".join(inner.body))
    elif inner and (inner.name in CODE_CELLS or inner.name in OPAQUE):
        yield from _read_opaque(inner, number, line)
    elif fence:
        # A fence without {name} around Markdown is plain code and is skipped, except colons.
        plain = "code" if fence["mark"][0] != ":" else "div"
        stack.append(_Open(fence["mark"], (fence["name"] or plain).strip(), number, []))
        if fence["name"]:
            yield Piece("prose", number, clean(fence["rest"]))
    else:
        yield from _read_prose(inner, number, line)


def _closes(fence: re.Match[str], inner: _Open) -> bool:
    same = fence["mark"][0] == inner.mark[0] and len(fence["mark"]) >= len(inner.mark)
    return same and not fence["name"] and not fence["rest"].strip()


def _read_opaque(inner: _Open, number: int, line: str) -> Iterator[Piece]:
    """Keep a line of code for its cell; only the options that a reader sees are prose."""
    option = OPTION.match(line) if inner.in_options else None
    inner.in_options = option is not None
    inner.body.append("" if option else line)
    if option and option["name"] in SEEN_OPTIONS:
        yield Piece("prose", number, clean(option["value"]))


def _read_prose(inner: _Open | None, number: int, line: str) -> Iterator[Piece]:
    option = OPTION.match(line) if inner and inner.in_options else None
    if inner and not option:
        inner.in_options = False
    if option and option["name"] not in SEEN_OPTIONS:
        return
    if line.startswith("%"):
        return
    if inner and inner.name == "math":
        line = f"${line}$"
    yield Piece("prose", number, clean(option["value"] if option else line))


def clean(line: str) -> str:
    """Blank out of one line of Markdown what a reader does not read as words."""
    line = ROLE.sub(lambda role: words_of_expression(role[3]) if role[1] == "eval" else "\0", line)
    line = re.sub(r"(`+)((?:(?!\1).)+)\1", lambda code: _bare_quantity(code[2]), line)
    line = re.sub(r"(?<![\\$])\$(?=\S)([^$]*?\S)(?<!\\)\$(?!\d)", lambda tex: _units(tex[1]), line)
    line = re.sub(r"\]\([^)\s]*", "](", line)
    line = re.sub(r"\bhttps?://\S+", "\0", line)
    line = re.sub(r"\{\{.*?\}\}", "\0", line)
    line = re.sub(r"\b(?:href|src|id|class|style|width|height)=(\"[^\"]*\"|'[^']*')", "\0", line)
    return re.sub(r"[*_]{1,3}(?=\S)|(?<=\S)[*_]{1,3}", "", line)


def _bare_quantity(code: str) -> str:
    """Inline code counts as prose only when it is nothing but a number and a unit."""
    return code if re.fullmatch(r"\s*[\d.,]+\s*[A-Za-z%/]+\s*", code) else "\0"


def _units(tex: str) -> str:
    """TeX counts as prose only where it sets upright text after a number, as units are set."""
    spaced = re.sub(r"\\[,;:! ]|~|\{,\}", " ", tex)
    units = re.findall(r"\d[\d.]*\s*\\(?:mathrm|text|textrm|operatorname)\{([^}]*)\}", spaced)
    numbers = re.findall(r"(\d[\d.]*)\s*\\(?:mathrm|text|textrm|operatorname)\{", spaced)
    return " \0 ".join(f"{n} {unit.strip()}" for n, unit in zip(numbers, units, strict=True))
