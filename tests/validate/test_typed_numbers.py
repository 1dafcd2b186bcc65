"""Typed numbers with a unit are found in prose and in chart texts, and nothing else is."""

import pytest

from rebuilt.validate.typed_numbers import check_page, typed_numbers

TYPED = {
    "The H200 has 141 GB.": ["141 GB"],
    "It moves 4.8TB/s or 4.8 TB/s.": ["4.8TB/s", "4.8 TB/s"],
    "2.4x as much, 2.4× as much, 2 x faster": ["2.4x", "2.4×", "2 x"],
    "a 60-second clip of 60s": ["60-second", "60s"],
    "Revenue fell by 17.45 % to $1.1 billion.": ["17.45 %", "$1.1 billion"],
    "about 30 FPS, 24 frames per second, 12 kW": ["30 FPS", "24 frames per second", "12 kW"],
    "1,730 million, 173 billion parameters, 5 nm": ["1,730 million", "173 billion", "5 nm"],
    "1730亿 and 150 tokens/s and 3-fold": ["1730亿", "150 tokens/s", "3-fold"],
    "for 3 years, 10 dollars, €50": ["3 years", "10 dollars", "€50"],
    "USD 30000, EUR 5 million, 35\uff05, 3 ‰": ["USD 30000", "EUR 5 million", "35%", "3 ‰"],
}
FINE = [
    "The H100, the 800G module, Llama 2 70B, GPT-3, FP8, HBM3e, RTX 4090, MLPerf v4.1",
    "On 2024-02-20, in February 2024, in the 1990s, in Q4 2023 and FY2024",
    "Section 3 counts 12 claims in 5 groups, see Table 4.",
    "a frame of 256 x 256, a 16-bit format, an A100 80 GB, 720p",
    "one of the three sources says twice as much",
]


@pytest.mark.parametrize(("words", "numbers"), TYPED.items())
def test_a_number_with_a_unit_is_found(words, numbers):
    """Attached, spaced, joined by a hyphen, in words or signs: all of them count as typed."""
    assert typed_numbers(words) == numbers


@pytest.mark.parametrize("words", FINE)
def test_names_dates_and_counts_are_no_typed_numbers(words):
    """What needs no source needs no role."""
    assert typed_numbers(words) == []


def places(text):
    return [(finding.row, finding.found) for finding in check_page("book/page.md", text)]


def test_the_finding_names_file_line_and_way_out():
    """One finding is one line that an author can act on."""
    assert [
        str(finding) for finding in check_page("book/page.md", "# Title\n\nIt has 80 GB.\n")
    ] == [
        'book/page.md line 3, field text: found "80 GB", expected a number rendered from data; '
        "use {eval}, or an f-string field in code; a name goes into names.txt"
    ]


@pytest.mark.parametrize(
    "text",
    [
        "It draws 700&nbsp;W.",
        "It draws 700&thinsp;W.",
        "It draws 700&#x2009;W.",
        "It draws 700\\ W.",
        "It draws 700<!-- --> W.",
        "It draws <b>700</b> W.",
        "It draws 700\u200b W.",
        "It draws \uff17\uff10\uff10 \uff37.",
        "It draws 700\nW each.",
        "> It draws 700\n> W each.",
        "It draws {eval}`700` W.",
        "It draws {eval}`'700 W'`.",
        "It draws {eval}`'700' + ' W'`.",
        "```{code-cell}\nMarkdown('It draws ' + '700' + ' W')\n```",
        "```{code-cell}\nMarkdown(f'{700} W')\n```",
        "```{code-cell}\nMarkdown('700&nbsp;W')\n```",
        "```{code-cell}\nprint('It draws 700 W')\n```",
    ],
)
def test_no_spelling_hides_a_number_from_the_rule(text):
    """What is looked at is what a reader sees."""
    assert [found for _, found in places(f"# A page\n\n{text}\n")] == ['"700 W"']


def test_a_number_that_ends_a_line_is_named_with_that_line():
    """Its unit may stand on the next; a new paragraph is no unit."""
    assert places("# A page\n\nOne.\nIt draws 700\nW each.\n") == [(4, '"700 W"')]
    assert places("# A page\n\nIt draws 700\n\nW each.\n- 700\n- W\n") == []


def test_an_expression_of_data_types_nothing():
    """A literal beside data is added or named, and not shown by itself."""
    text = "It has {eval}`memory + 80` GB, {eval}`number(x, 'GB', 1)` and {eval}`'a' + x` s.\n"

    assert places(text) == []


def test_roles_links_code_and_comments_are_not_prose():
    """What a reader does not read as words is left alone."""
    text = """\
{glue:text}`memory_80` GB, `rebuilt cost --seconds 60` and [this](https://example.org/80GB/80 "x")
https://example.org/80%20GB
% a comment of 80 GB

```bash
sleep 60s
```

$N = 2 s \\cdot 3 W$
"""

    assert places(text) == []


def test_inline_code_and_formulas_hide_no_quantity():
    """Backticks and dollars around a quantity do not make it less typed."""
    text = "It has `80 GB` and $4.8\\,\\mathrm{TB/s}$.\n"

    assert places(text) == [(1, '"80 GB"'), (1, '"4.8 TB/s"')]


def test_titles_and_captions_of_directives_are_prose():
    """The words of a directive are read, its settings are not."""
    text = """\
---
title: 80 GB
kernelspec: 60s
---

:::{note} It has 90 GB
:class: 10-px
:caption: It has 91 GB

Inside, 92 GB.
:::

```{figure} a.png
:width: 300px
:alt: A chart of 93 GB

Caption of 94 GB
```
"""

    assert places(text) == [
        (2, '"80 GB"'),
        (6, '"90 GB"'),
        (8, '"91 GB"'),
        (10, '"92 GB"'),
        (15, '"93 GB"'),
        (17, '"94 GB"'),
    ]


def test_texts_in_code_cells_are_prose_and_their_fields_are_not():
    """Titles, captions, descriptions and notes are read; an f-string field is rendered."""
    text = """\
```{code-cell} ipython3
:tags: [hide-input]
ratio = 2.4
limit = "80 GB"
charts.show(
    chart,
    title=f"{ratio:.1f}x as fast",
    description="It has "
    "141 GB",
    caption=f"{ratio} and 3 W",
)
display(Markdown("4.8 TB/s"))
note = "60 s"
options = {"title": "5 nm"}
```
"""

    assert places(text) == [
        (8, '"141 GB"'),
        (10, '"3 W"'),
        (12, '"4.8 TB/s"'),
        (13, '"60 s"'),
        (14, '"5 nm"'),
    ]


def test_a_typed_number_in_a_chapter_makes_the_check_fail(book):
    """The rule runs over every chapter of the book."""
    book.replace("book/chapter.md", "{glue:text}`memory`", "141 GB")

    assert book.found() == [
        'book/chapter.md line 3, field text: found "141 GB", expected a number rendered from data; '
        "use {eval}, or an f-string field in code; a name goes into names.txt"
    ]
