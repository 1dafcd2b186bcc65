"""Numbers in sentences: every expression is glued once, behind the cell whose names it uses."""

import nbformat
from hypothesis import given
from hypothesis import strategies as st

from rebuilt.site import sentences

CELL = "```{code-cell} ipython3\nx = 2\n```\n"


def test_an_expression_becomes_a_glued_value_behind_its_cell():
    """The role stands where the expression stood; the gluing cell comes before the sentence."""
    text = sentences.with_cells(f"# Title\n\n{CELL}\nTwice is {{eval}}`str(2 * x)`, twice.\n")

    before, _, after = text.partition("Twice is ")
    assert after == "{glue:text}`said-1`, twice.\n"
    assert '"said-1": (str(2 * x)),' in before
    assert before.index("x = 2") < before.index("said-1")


def test_each_stretch_of_prose_has_a_cell_of_its_own():
    """A value is that of the cell before its sentence, even if a later cell changes the name."""
    text = sentences.with_cells(
        f"{CELL}\nOne {{eval}}`x`.\n\n{CELL}\nTwo {{eval}}`x`, {{eval}}`x`.\n"
    )

    assert text.count("remove-cell") == 2
    assert text.index("said-1") < text.rindex("x = 2") < text.index("said-2")
    assert "{glue:text}`said-3`" in text


def test_prose_without_a_cell_before_it_keeps_the_role():
    """The build then warns of a role that nothing can evaluate."""
    text = f"It is {{eval}}`x`.\n\n{CELL}"

    assert sentences.with_cells(text) == text


@given(st.lists(st.sampled_from([CELL, "Some prose.\n\n", "A {eval}`x` and {eval}`y + 1`.\n\n"])))
def test_nothing_else_of_a_chapter_changes(parts):
    """What is no role and no added cell stays, in order; a text without roles stays as it is."""
    text = "".join(parts)
    shown = sentences.with_cells(text)

    assert shown.count("x = 2") == text.count("x = 2")
    assert shown.count("Some prose.") == text.count("Some prose.")
    if "{eval}" not in text:
        assert shown == text


def test_the_added_cells_are_known_as_ours():
    """They are left out of the notebooks that readers take home."""
    text = sentences.with_cells(f"{CELL}\n{{eval}}`x`\n")
    code = text.split(":tags: [remove-cell]\n")[1].split("```")[0].strip()

    assert sentences.is_ours(nbformat.v4.new_code_cell(code))
    assert not sentences.is_ours(nbformat.v4.new_code_cell("x = 2"))
