"""Hold the sentences of the book to its style: whole, of a length to read aloud, without filler.

Looked at is what ends as a sentence does: prose, items of lists and definitions. Headings, tables,
formulas and code are not sentences. A verb is looked for by its form, not understood, so a sentence
can pass that should not; one that is refused is better written another way.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from rebuilt.paths import BOOK, ROOT
from rebuilt.validate.finding import Finding, quoted
from rebuilt.validate.myst import read_pieces

MOST_WORDS = 40  # more cannot be read aloud in one breath
HEAD = 2  # words of a head in bold that opens a paragraph
WORD = re.compile(r"[\w'’-]+|\0")
FORMULA = re.compile(r"^\$\$.*?\$\$$|^\$\$$.*?^\$\$$", re.DOTALL | re.MULTILINE)
SENTENCE = re.compile(r"\S.*?[.?!][\"”)]*(?=\s+[^\sa-z]|\s*$)")
NO_PROSE = re.compile(r"^\s*(#|\||\$\$|\.\. |:[\w-]+:|ipython3$)")
ITEM = re.compile(r"^\s*(?:[-*+>:]|\d+\.)\s+")
FILLER = re.compile(
    r"\b(very|really|simply|just|obviously|clearly|basically|actually|of course|in order to"
    r"|it should be noted|needless to say|due to the fact|crucial\w*|seamless\w*|utili[sz]e\w*"
    r"|leverage\w*|delve\w*|powerful|amazing\w*|incredibl\w+|unprecedented|groundbreaking"
    r"|revolutionary|game.chang\w+|cutting.edge|e\.g\.|i\.e\.|etc\.|vs\.|w\.r\.t\.)(?!\w)",
    re.IGNORECASE,
)
VERBS = """
    am is are was were be been has have had do does did can cannot could may might must shall
    should will would add agree apply ask began become became begin break broke brought build built
    buy bought call carry change choose chose click compare come came contain copy cost cover cut
    decode depend differ divide drag draw drew drive drove enter expect fall fell find found fit
    follow gave get give go got grew grow held hit hold keep kept knew know lay lead learn leave
    led left let lie list live look lose lost made make mean meant measure meet met move multiply
    name need open paid paste pay pick play predict press publish put quote ran read remain report
    require rest rise rose run said saw say see sell send sent serve set share show shut sold
    speak spend spent split spoke stand start state stay stood stop take tell think thought told
    took treat try turn type use want went win won work write wrote
"""
A_VERB = rf"(?:{'|'.join(VERBS.split())}|\w+ed|\w+n['’]t|\w{{2,}}s)\b"
WITH_VERB = re.compile(rf"\b{A_VERB}", re.IGNORECASE)
OWNERLESS = re.compile(rf"(?:It|They|This|These|Those|That) {A_VERB}")


def check_page(file: str, text: str) -> Iterator[Finding]:
    """Find every sentence of a page that breaks a rule."""
    for line, sentence, opens in sentences(text):
        for found, expected, advice in faults(sentence, opens=opens):
            yield Finding(
                file=file,
                row=line,
                column="sentence",
                found=quoted(found),
                expected=expected,
                advice=advice,
            )


def sentences(text: str) -> Iterator[tuple[int, str, bool]]:
    r"""Yield the line of each sentence, the sentence, and whether it opens a paragraph or item.

    Examples
    --------
    >>> list(sentences("A chip computes.\\nIt waits."))
    [(1, 'A chip computes.', True), (2, 'It waits.', False)]
    """
    lines = [""] * len(text.splitlines())
    blanked = FORMULA.sub(lambda formula: "\n" * formula[0].count("\n"), text)
    for piece in read_pieces(blanked):
        if piece.kind == "prose":
            lines[piece.line - 1] = "" if NO_PROSE.match(piece.text) else piece.text
    before = ""
    for number, line in enumerate(lines, 1):
        opens = not before.strip() or bool(ITEM.match(line))
        for sentence in SENTENCE.findall(ITEM.sub("", line)):
            yield number, sentence, opens
            opens = False
        before = line


def faults(sentence: str, *, opens: bool) -> Iterator[tuple[str, str, str]]:
    """Yield what is wrong with a sentence: what was found, what is expected, what to do.

    Examples
    --------
    >>> [advice for _, _, advice in faults("Everything but video.", opens=True)]
    ['say who does what']
    """
    words = len(WORD.findall(sentence))
    if words > MOST_WORDS:
        yield sentence, f"at most {MOST_WORDS} words, not {words}", "divide it"
    if sentence.count(";") > 1:
        yield sentence, "one semicolon at most", "make sentences or a list of its parts"
    if not WITH_VERB.search(sentence) and not (opens and words <= HEAD):
        yield sentence, "a whole sentence, with a verb", "say who does what"
    if opens and OWNERLESS.match(sentence):
        yield sentence, "a paragraph that opens with its subject", "name what is spoken of"
    for filler in FILLER.finditer(sentence):
        yield filler[0], "plain words", "leave it out, or write what it stands for"


def main() -> int:
    """Check every page of the book."""
    pages = sorted(BOOK.glob("*.md"))
    found = [one for page in pages for one in check_page(name_of(page), page.read_text("utf-8"))]
    for one in found:
        print(one)
    return int(bool(found))


def name_of(page: Path) -> str:
    """Path of a page below the root of the repository."""
    return page.relative_to(ROOT).as_posix()


if __name__ == "__main__":
    sys.exit(main())
