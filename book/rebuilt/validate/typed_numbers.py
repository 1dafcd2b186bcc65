"""Numbers in prose are rendered from data, never typed: find a typed number with a unit.

Looked at: the Markdown of every chapter outside code, titles and captions of directives, and in
code cells the text given as title, caption, description and the like. Names such as H100 or 800G
come from names.txt; dates, counts without a unit, roles and f-string fields are fine. A text is
looked at as it is shown: entities decoded, marks taken out, lines of a paragraph joined, and a
literal written where it stands in an expression.
"""

import ast
import html
import re
from collections.abc import Iterator
from functools import cache
from itertools import groupby
from pathlib import Path

from rebuilt.validate.finding import Finding
from rebuilt.validate.literals import words_of
from rebuilt.validate.material import Material
from rebuilt.validate.myst import Piece, read_pieces

NAMES_FILE = Path(__file__).with_name("names.txt")
SPOKEN_KEYWORDS = frozenset(
    [
        "title",
        "subtitle",
        "description",
        "caption",
        "note",
        "alt",
        "summary",
        "takeaway",
        "text",
        "label",
        "header",
    ]
)
SPOKEN_CALLS = frozenset({"Markdown", "HTML", "Title", "print"})

# Read as alternatives after a number; the longest must come first within a family.
UNITS = r"""
    (?:[kMGTPEZ]i?[Bb](?:it|yte)?s?|[Bb]ytes?|[Bb]its?|kilobytes?|megabytes?|gigabytes?|terabytes?
      |(?:giga|tera|mega)bits?)(?:/s|ps|\ per\ second)?
  | [kMGTPEZ]?bps
  | [kMGTPEZ]?(?:FLOPs?|FLOPS|flops|OPS|MACs?)(?:/s|/W|/J)?
  | [kMGT]?Wh? | (?:kilo|mega|giga|tera)?watts?(?:-hours?)? | [kMG]?J | joules? | [kMG]?V
  | [kMGT]?Hz | dBm? | pJ/bit
  | [nµum]?s | sec(?:onds?)? | h | hours? | min(?:utes?)? | days? | weeks? | months? | years?
  | quarters? | FPS | fps | frames\ per\ second
  | (?:tokens?|samples?|queries|images?|frames?|requests?)\ ?(?:/\ ?s|per\ second)
  | tokens? | parameters | params | px | pixels?
  | [nµumck]?m | inch(?:es)? | [mkµu]?g | kg | °\ ?[CF] | degrees?
  | [%‰] | per\ ?cent | percentage\ points? | pp | basis\ points?
  | [-\ ]?fold | times | (?<=\d)[x×](?!\s*\d)
  | [x×](?=\ (?:faster|slower|more|less|larger|smaller|higher|lower|better|cheaper|the\ ))
  | thousand | million | billion | trillion | quadrillion | bn | mn | tn | [KMBT]
  | US\$ | USD | EUR | RMB | CNY | yuan | dollars? | euros? | cents?
  | 亿 | 万 | 倍 | 秒 | 元 | 年
"""
NUMBER = r"\d+(?:[,\u00a0\u202f]\d{3})*(?:\.\d+)?(?:e[+-]?\d+)?"
WITH_UNIT = re.compile(
    rf"(?<![\w.,/#-])[-+−±~≈]?{NUMBER}\+?(?:[\s\u00a0\u202f-]?(?:{UNITS.strip()}))(?![\w²³])",
    re.VERBOSE,
)
WITH_CURRENCY = re.compile(
    rf"(?:(?:US)?\\?[$€£¥]|\b(?:USD|EUR|GBP|RMB|CNY|JPY|TWD))[\s-]?{NUMBER}(?:\s?(?:thousand|million|billion|trillion|bn|[kMB])\b)?"
)
# What is not shown: marks of no width, comments, tags, and a backslash before a mark or space.
UNSEEN = re.compile(
    "[\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]"
    r"|<!--.*?-->|</?[a-zA-Z][^<>\"']*>|\\(?=\W)"
)
ENTITY = re.compile(r"&(?:#?\w+);")
WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}  # full-width digits and signs
DECADE = re.compile(r"\b(?:18|19|20)\d0s\b")


def chapter_files(root: Path) -> list[str]:
    """Paths below `root` of every Markdown page of the book."""
    pages = sorted((root / "book").rglob("*.md"))
    files = [page.relative_to(root).as_posix() for page in pages]
    return [file for file in files if not re.search(r"/(rebuilt|[._][^/]*)/", f"/{file}")]


def check_prose(material: Material) -> Iterator[Finding]:
    """Find every typed number with a unit in every chapter."""
    for file in chapter_files(material.root):
        yield from check_page(file, material.text(file))


@cache
def check_page(file: str, text: str) -> list[Finding]:
    """Find every typed number with a unit in the text of one chapter."""
    findings = (
        Finding(
            file=file,
            row=line + shown.count("\n", 0, spot.start()),
            column="text",
            found=f'"{_on_one_line(spot[0])}"',
            expected="a number rendered from data",
            advice="use {eval}, or an f-string field in code; a name goes into names.txt",
        )
        for line, words in _passages(text)
        for shown in [_shown(words)]
        for spot in _spots(shown)
    )
    return list(dict.fromkeys(findings))


def typed_numbers(words: str) -> list[str]:
    """Return the numbers with a unit in one piece of prose, in order.

    Examples
    --------
    >>> typed_numbers("The H100 has 80 GB and costs $30,000 since 2022-03-22.")
    ['80 GB', '$30,000']
    """
    return [_on_one_line(spot[0]) for spot in _spots(_shown(words))]


def _on_one_line(found: str) -> str:
    return " ".join(found.split())


def _shown(words: str) -> str:
    """Return a text as a reader sees it, with the line breaks that it has."""
    decoded = ENTITY.sub(lambda one: html.unescape(one[0]).replace("\n", " "), words)
    return UNSEEN.sub("", decoded.translate(WIDE))


def _spots(shown: str) -> list[re.Match[str]]:
    masked = DECADE.sub(_mask, shown)
    masked = _names().sub(_mask, masked)
    dear = list(WITH_CURRENCY.finditer(masked))
    taken = {place for spot in dear for place in range(*spot.span())}
    spots = [spot for spot in WITH_UNIT.finditer(masked) if spot.start() not in taken]
    return sorted([*dear, *spots], key=lambda spot: spot.start())


def _mask(found: re.Match[str]) -> str:
    return "\0" * len(found[0])


def _passages(text: str) -> Iterator[tuple[int, str]]:
    """(first line, words) of lines of prose that follow each other, and of texts in code cells."""
    pieces = list(read_pieces(text))
    prose = [piece for piece in pieces if piece.kind == "prose"]
    for _, run in groupby(enumerate(prose), lambda place: place[1].line - place[0]):
        lines = [piece for _, piece in run]
        yield lines[0].line, "\n".join(piece.text.strip(" \t>") for piece in lines)
    for piece in pieces:
        if piece.kind == "code":
            yield from _spoken(piece)


@cache
def _names() -> re.Pattern[str]:
    lines = NAMES_FILE.read_text(encoding="utf-8").splitlines()
    names = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    longest_first = sorted(names, key=len, reverse=True)
    joined = "|".join(re.escape(name).replace(r"\ ", r"[\s\u00a0-]") for name in longest_first)
    return re.compile(rf"(?<![\w.,])(?:{joined})(?!\w|[.,]\d)")


def _spoken(piece: Piece) -> Iterator[tuple[int, str]]:
    """(line, words) of every text that a code cell gives as a title, caption and the like."""
    code = re.sub(r"(?m)^[%!].*$", "", piece.text)
    try:
        tree = ast.parse(code)
    except SyntaxError:
        return  # the build reports a cell that does not parse
    values = [value for node in ast.walk(tree) for value in _spoken_values(node)]
    spoken = {(piece.line + line - 1, words) for value in values for line, words in _strings(value)}
    yield from sorted(spoken)


def _spoken_values(node: ast.AST) -> Iterator[ast.expr]:
    if isinstance(node, ast.Call):
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        yield from node.args if name in SPOKEN_CALLS else ()
        yield from (word.value for word in node.keywords if word.arg in SPOKEN_KEYWORDS)
    elif isinstance(node, ast.Assign):
        names = {target.id for target in node.targets if isinstance(target, ast.Name)}
        yield from [node.value] if names & SPOKEN_KEYWORDS else ()
    elif isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and key.value in SPOKEN_KEYWORDS:
                yield value


def _strings(node: ast.AST) -> Iterator[tuple[int, str]]:
    """Texts below `node`, each with its line; the fields of an f-string become a mark."""
    if isinstance(node, ast.Constant | ast.JoinedStr | ast.BinOp):
        yield node.lineno, words_of(node)
    if not isinstance(node, ast.JoinedStr):
        for child in ast.iter_child_nodes(node):
            yield from _strings(child)
