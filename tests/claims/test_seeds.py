"""The ledger of claims is well formed, and no figure of the note is missing from it.

The note is not redistributed: whoever has a copy puts it at `seeds/note.txt` (git-ignored), names
it in REBUILT_NOTE, or has it in `../shared/seed/` beside the repository. Without a copy the tests
that read it are skipped and say so.
"""

import hashlib
import os
import re
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest

from rebuilt.claims.units import units
from rebuilt.paths import SEEDS

COLUMNS = [
    "id", "paragraph", "section", "kind", "statement", "term_zh", "figures", "claimed", "unit",
    "tolerance", "check", "untestable",
]  # fmt: skip
# Section of a claim -> first word of its id; the module of its check is the section in snake case.
PREFIXES = {
    "text-to-video": "video", "sora": "sora", "industry-chain": "chain",
    "ai-terminals": "terminals", "mixed-reality": "mr", "nvidia": "nvidia", "amd": "amd",
    "optics": "optics", "switching": "switching", "outlook": "outlook",
}  # fmt: skip
KINDS = {
    "figure", "date", "comparison", "architecture", "cause", "forecast", "opinion", "list",
    "attribution",
}  # fmt: skip
TERM_LIMIT = 10  # characters: enough to search for, too few to be a quotation

# Text that holds a digit or a numeral without stating an amount or a time.
NAMES = (
    "DALL·E 3", "HBM3e", "HBM3E", "HBM3", "H200", "H100", "A100", "B100", "X100", "MI300X",
    "MI300", "MI250X", "CDNA3", "RTX 40", "8000G", "XR2+ Gen 2", "Ultra 7", "Ultra 9",
    "2D 屏幕", "3D 堆叠",
    "带宽3",  # "bandwidth" with the mark of a footnote that is not in the text
    "1)", "2)", "3)", "4)",  # item marks
    "三星",  # Samsung
    "进一步", "一种", "一个", "统一", "一目了然", "百花齐放",  # words and idioms
)  # fmt: skip
FIGURE = re.compile(
    r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}"
    r"|(?:\d{4} ?年)?\d{1,2} ?月 ?\d{1,2} ?日"
    r"|FY\d{4}|\d{4}Q[1-4]|\d{2}Q[1-4]"
    r"|[+-]?\d+(?:\.\d+)?(?: ?(?:TB/s|TB|GB|亿美元|亿|千兆|年|倍|块|次|%|s|G|T|D))?"
    r"|第?[一二两三四五六七八九十]+余?[年季项个款倍半大]"
    r"|翻倍"
)
NUMERAL = re.compile(r"[0-9一二两三四五六七八九十百千万亿半倍]")
# What a figure written in words amounts to, in the unit of its claim.
WORDS = {
    "翻倍": "2", "一倍": "2", "两倍": "2", "一半": "0.5", "两个": "2", "两项": "2", "三大": "3",
    "一年": "1", "第三季": "3", "五年": "5", "十余款": "10",
}  # fmt: skip


def split_note(text: str) -> dict[int, str]:
    """Non-empty lines of the note, numbered from 1."""
    return dict(enumerate((line for line in text.splitlines() if line.strip()), start=1))


def without_names(paragraph: str) -> str:
    """Blank the names, the longest first, so that their digits are not read as figures."""
    for name in sorted(NAMES, key=len, reverse=True):
        paragraph = paragraph.replace(name, "□")
    return paragraph


def printed_figures(paragraph: str) -> set[str]:
    """Every figure of a paragraph, exactly as printed."""
    return set(FIGURE.findall(without_names(paragraph)))


def figures_of(claim: dict[str, str]) -> list[str]:
    """Split the `figures` cell of one claim."""
    return claim["figures"].split(";") if claim["figures"] else []


def unclaimed_figures(note: dict[int, str], claims: list[dict[str, str]]) -> list[str]:
    """Name each printed figure that no claim of the same paragraph holds."""
    held = {(int(claim["paragraph"]), figure) for claim in claims for figure in figures_of(claim)}
    return [
        f"paragraph {number}: {figure}"
        for number, paragraph in note.items()
        for figure in sorted(printed_figures(paragraph))
        if (number, figure) not in held
    ]


def reading(figure: str, unit: str) -> str:
    """Read a printed figure in the unit of its claim; 1亿 is 0.1 billion."""
    if figure in WORDS:
        return WORDS[figure]
    if day := re.match(r"(?:(\d{4})\D+)?(\d+) ?[月-](\d+)", figure.replace("年", "-")):
        return f"{day[1] or 2024}-{int(day[2]):02}-{int(day[3]):02}"
    if unit == "quarter":
        return re.sub(r"^(\d{2})?(\d{2})Q(\d)$", r"20\2-Q\3", figure)
    amount = re.findall(r"-?\d+(?:\.\d+)?", figure)[0]
    return f"{Decimal(amount).scaleb(-1)}".removesuffix(".0") if "亿" in figure else amount


def copies() -> list[Path]:
    """Where a copy of the note may be, the reader's own first."""
    named = os.environ.get("REBUILT_NOTE")
    beside = sorted((SEEDS.parent.parent / "shared" / "seed").glob("*.txt"))
    return [*([Path(named)] if named else []), SEEDS / "note.txt", *beside]


def sentences(paragraph: str) -> list[str]:
    """Split a paragraph behind each full stop and semicolon."""
    return [part for part in re.split(r"(?<=[。;;])", paragraph) if part.strip()]


@pytest.fixture(scope="module")
def mapping() -> list[dict[str, str]]:
    """Rows of seeds/sentences.csv, every cell a string."""
    return pl.read_csv(SEEDS / "sentences.csv", infer_schema=False).fill_null("").to_dicts()


@pytest.fixture(scope="module")
def claims() -> list[dict[str, str]]:
    """Rows of the ledger, every cell a string."""
    return pl.read_csv(SEEDS / "claims.csv", infer_schema=False).fill_null("").to_dicts()


@pytest.fixture(scope="module")
def note_bytes() -> bytes:
    """Bytes of the reader's own copy of the note."""
    path = next((path for path in copies() if path.is_file()), None)
    if path is None:
        pytest.skip(
            "the note is not redistributed and no copy was found; put yours at seeds/note.txt or "
            "name it in REBUILT_NOTE (seeds/README.md says which text it is)"
        )
    return path.read_bytes()


@pytest.fixture(scope="module")
def note(note_bytes: bytes) -> dict[int, str]:
    """Paragraphs of the note by number."""
    return split_note(note_bytes.decode("utf-8"))


def test_ledger_has_the_agreed_columns(claims):
    """Twelve, in this order."""
    assert list(claims[0]) == COLUMNS


def test_ids_are_unique_slugs_named_after_their_section(claims):
    """Everything else refers to a claim by its id."""
    ids = [claim["id"] for claim in claims]
    odd = [
        claim["id"]
        for claim in claims
        if not re.fullmatch(rf"{PREFIXES[claim['section']]}(-[a-z0-9]+)+", claim["id"])
    ]

    assert len(set(ids)) == len(ids)
    assert odd == []


def test_kinds_units_and_figures_use_the_vocabulary(claims):
    """A kind or unit outside the list, or a value without its unit, is a slip of the pen."""
    odd = [
        claim["id"]
        for claim in claims
        if claim["kind"] not in KINDS
        or claim["unit"] not in {"", *units()}
        or (claim["unit"] == "") != (claim["claimed"] == "")
        or len(set(figures_of(claim))) != len(figures_of(claim))
    ]

    assert odd == []


def test_every_kind_and_section_is_explained_in_the_readme(claims):
    """A reader of the CSV finds what each word means."""
    readme = (SEEDS / "README.md").read_text(encoding="utf-8")
    words = {claim[column] for claim in claims for column in ("kind", "section")}

    assert sorted(word for word in words if f"| `{word}` |" not in readme) == []


def test_each_claim_has_either_a_check_or_a_reason(claims):
    """A claim that is neither tested nor explained would be lost."""
    both_or_none = [
        claim["id"] for claim in claims if bool(claim["check"]) == bool(claim["untestable"])
    ]

    assert both_or_none == []


def test_each_check_is_named_after_its_claim(claims):
    """So no two claims share one, the name is found from the id, and Python can spell it."""
    odd = []
    for claim in claims:
        function = claim["id"].split("-", 1)[1].replace("-", "_")
        expected = f"{claim['section'].replace('-', '_')}.{function}"
        if claim["check"] not in {"", expected} or not function.isidentifier():
            odd.append(claim["id"])

    assert odd == []


def test_claimed_values_parse_in_their_unit(claims):
    """Dates, quarters and years are ISO-like; all else is a plain decimal."""
    odd = [
        claim["id"]
        for claim in claims
        if claim["claimed"] and not re.fullmatch(units()[claim["unit"]].form, claim["claimed"])
    ]

    assert odd == []


def test_claimed_values_are_readings_of_their_printed_figures(claims):
    """The value, digits after the point included, is one that the note prints."""
    odd = []
    for claim in claims:
        figures = figures_of(claim)
        readings = {reading(figure, claim["unit"]) for figure in figures}
        if claim["kind"] == "list":
            readings |= {str(len(figures))}
        if figures and claim["claimed"] and claim["claimed"] not in readings:
            odd.append(claim["id"])

    assert odd == []


def test_only_lists_count_without_a_printed_figure(claims):
    """A number that the note does not print can only be the length of a list."""
    odd = [
        claim["id"]
        for claim in claims
        if claim["claimed"] and not claim["figures"] and claim["kind"] != "list"
    ]

    assert odd == []


def test_a_tolerance_needs_a_hedge_word(claims):
    """Only 'about' and 'nearly' buy latitude, and always the same."""
    hedge = re.compile(r"\b(about|nearly)\b")
    hedged = {claim["id"] for claim in claims if hedge.search(claim["statement"])}
    tolerant = {claim["id"]: claim["tolerance"] for claim in claims if claim["tolerance"]}

    assert tolerant == dict.fromkeys(hedged, "0.15")


def test_statements_are_english_sentences_and_terms_are_short(claims):
    """Our own words, and a search term instead of a quotation."""
    odd = [
        claim["id"]
        for claim in claims
        if re.search(r"[\u3000-\u9fff\uff00-\uffef]", claim["statement"])
        or not re.fullmatch(r"[A-Z].*\.", claim["statement"])
        or not 0 < len(claim["term_zh"]) <= TERM_LIMIT
    ]

    assert odd == []


def test_a_figure_without_a_claim_is_named():
    """Names and item marks are passed over; the figure nobody holds is reported."""
    note = split_note("标题\n\n1)H200 带宽4.8 TB,快一倍\n")
    held = [{"paragraph": "2", "figures": "4.8 TB"}]

    assert unclaimed_figures(note, held) == ["paragraph 2: 一倍"]


def test_the_copy_is_the_document_that_the_readme_identifies(note_bytes, note):
    """Another edition would number its paragraphs differently."""
    readme = (SEEDS / "README.md").read_text(encoding="utf-8")

    assert f"`{hashlib.sha256(note_bytes).hexdigest()}`" in readme
    assert f"{len(note)} non-empty lines" in readme


def test_no_numeral_of_the_note_is_left_unread(note):
    """Each digit or Chinese numeral is part of a figure or of a listed name."""
    left = {n: FIGURE.sub("□", without_names(paragraph)) for n, paragraph in note.items()}

    assert {n: text for n, text in left.items() if NUMERAL.search(text)} == {}


def test_every_figure_of_the_note_belongs_to_a_claim(note, claims):
    """Completeness: the ledger holds all that the note puts a number on."""
    assert unclaimed_figures(note, claims) == []


def test_every_figure_and_term_of_a_claim_is_printed_in_its_paragraph(note, claims):
    """A reader who searches the paragraph finds both, letter by letter."""
    odd = []
    for claim in claims:
        paragraph = note[int(claim["paragraph"])]
        stale = set(figures_of(claim)) - printed_figures(paragraph)
        if stale or claim["term_zh"] not in paragraph:
            odd.append((claim["id"], sorted(stale)))

    assert odd == []


def test_each_claim_stands_behind_one_sentence(claims, mapping):
    """In the paragraph of the claim; and a sentence yields claims or says why it yields none."""
    placed = [(identifier, int(row["paragraph"])) for row in mapping
              for identifier in row["claims"].split(";") if identifier]  # fmt: skip

    assert sorted(placed) == sorted((claim["id"], int(claim["paragraph"])) for claim in claims)
    assert [row for row in mapping if not row["claims"] and not row["left_out"]] == []
    assert [row["term_zh"] for row in mapping if not 0 < len(row["term_zh"]) <= TERM_LIMIT] == []


def test_every_sentence_of_the_note_is_in_the_mapping(note, mapping):
    """By its number, with a term that stands in it."""
    found = {
        (number, place): text
        for number, paragraph in note.items()
        for place, text in enumerate(sentences(paragraph), start=1)
    }
    mapped = {(int(row["paragraph"]), int(row["sentence"])): row["term_zh"] for row in mapping}

    assert set(mapped) == set(found)
    assert [place for place, term in mapped.items() if term not in found[place]] == []


def test_the_term_of_a_claim_stands_in_its_sentence(note, claims, mapping):
    """So a reader finds the claim in the very sentence that yields it."""
    terms = {claim["id"]: claim["term_zh"] for claim in claims}
    odd = [
        identifier
        for row in mapping
        for identifier in row["claims"].split(";")
        if identifier
        and terms[identifier]
        not in sentences(note[int(row["paragraph"])])[int(row["sentence"]) - 1]
    ]

    assert odd == []


def test_claims_follow_the_order_of_the_note(note, claims):
    """By paragraph, then by the place where the term first stands."""
    places = []
    for claim in claims:
        number = int(claim["paragraph"])
        places.append((number, note[number].find(claim["term_zh"]), claim["id"]))
    early = [after[2] for before, after in pairwise(places) if after[:2] < before[:2]]

    assert early == []


def test_every_name_on_the_list_occurs_in_the_note(note):
    """An entry without use could hide a figure some day."""
    text = "\n".join(note.values())

    assert [name for name in NAMES if name not in text] == []
