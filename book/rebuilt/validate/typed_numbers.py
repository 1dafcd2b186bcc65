"""Numbers in prose are rendered from data, never typed: find a typed number with a unit.

Looked at: the Markdown of every chapter outside code, titles and captions of directives, and in
code cells the text given as title, caption, description and the like. Names such as H100 or 800G
come from names.txt; dates, counts without a unit, roles and f-string fields are fine.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from rebuilt.validate.finding import Finding
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
SPOKEN_CALLS = frozenset({"Markdown", "HTML", "Title"})

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
  | % | per\ ?cent | percentage\ points? | pp | basis\ points?
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
    rf"(?:US)?\\?[$€£¥]\s?{NUMBER}(?:\s?(?:thousand|million|billion|trillion|bn|[kMB])\b)?"
)
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
    return [
        Finding(
            file=file,
            row=line,
            column="text",
            found=f'"{number}"',
            expected="a number rendered from data",
            advice="use {eval}, or an f-string field in code; a name goes into names.txt",
        )
        for piece in read_pieces(text)
        for line, words in (_spoken(piece) if piece.kind == "code" else [(piece.line, piece.text)])
        for number in typed_numbers(words)
    ]


def typed_numbers(words: str) -> list[str]:
    """Return the numbers with a unit in one piece of prose, in order.

    Examples
    --------
    >>> typed_numbers("The H100 has 80 GB and costs $30,000 since 2022-03-22.")
    ['80 GB', '$30,000']
    """
    masked = _names().sub(lambda name: "\0" * len(name[0]), DECADE.sub("\0", words))
    dear = list(WITH_CURRENCY.finditer(masked))
    taken = {place for spot in dear for place in range(*spot.span())}
    spots = [spot for spot in WITH_UNIT.finditer(masked) if spot.start() not in taken]
    return [spot[0].strip() for spot in sorted([*dear, *spots], key=lambda spot: spot.start())]


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
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str):
            yield node.lineno, node.value
    elif isinstance(node, ast.JoinedStr):
        parts = [part.value if isinstance(part, ast.Constant) else "\0" for part in node.values]
        yield node.lineno, "".join(map(str, parts))
    else:
        for child in ast.iter_child_nodes(node):
            yield from _strings(child)
