"""The form that pages share: its HTML, and the sentences that its scripts fill in."""

import json
import re

import pytest

from rebuilt.page.blocks import KINDS
from rebuilt.widgets import calculator_form, chain_form, form, miniature_form

SHOWN = {one.__name__: one.show for one in (calculator_form, chain_form, miniature_form)}
IDS = re.compile(r' id="([^"]+)"')
CLASSES = re.compile(r'class="([^"]+)"')


def test_attributes_are_escaped_and_may_be_left_out():
    """Text of a table cannot become an element; a bare attribute is one that is true."""
    made = form.tag("input", value='a "<b>"', required=True, checked=False, for_=None, data_x=0)

    assert made == '<input value="a &quot;&lt;b&gt;&quot;" required data-x="0">'


def test_a_number_is_alone_or_has_a_slider_that_can_be_freed():
    """The slider and the button name the field; the state describes it."""
    alone = form.number("steps", "Steps", value=3)
    slid = form.number("steps", "Steps", "a clip", slider={"min": 1}, frees="as assumed")

    assert "range" not in alone
    assert "placeholder" not in alone
    assert 'aria-describedby="form-steps-state"' in slid
    assert '<input type="range" name="steps" aria-label="Steps, slider" min="1">' in slid
    assert 'data-frees="steps" aria-label="Steps as assumed">as assumed</button>' in slid
    assert 'placeholder="open"' in slid


@pytest.mark.parametrize("name", SHOWN)
def test_the_html_of_a_form_holds_together(name):
    """Each id once, each label and description finds its element, the data is JSON."""
    block = SHOWN[name]()
    markup, _, rest = block.payload["html"].partition('<script type="application/json"')
    ids = IDS.findall(markup)
    pointed = re.findall(r' (?:for|aria-describedby|aria-labelledby)="([^"]+)"', markup)

    assert block.kind in KINDS
    assert len(set(ids)) == len(ids)
    assert {one for several in pointed for one in several.split()} <= set(ids)
    assert json.loads(rest[rest.index(">") + 1 : rest.index("</script>")])


def test_options_may_stand_in_groups():
    """A menu with a heading above each group; text of a table cannot become an element."""
    made = form.menu("model", "Model", {"A & B": {"one": "One", "two": "<Two>"}, "x": "X"}, "two")

    assert '<optgroup label="A &amp; B"><option value="one">One</option>' in made
    assert '<option value="two" selected>&lt;Two&gt;</option></optgroup>' in made
    assert '<option value="x">X</option></select>' in made


def test_one_vocabulary_of_classes():
    """The style sheet or a script knows each class of a form, and draws none that is not used."""
    static = chain_form.MODULE.parent
    style = (static / "rebuilt-form.css").read_text(encoding="utf-8")
    scripts = "".join(file.read_text(encoding="utf-8") for file in static.glob("rebuilt-*.js"))
    markup = "".join(show().payload["html"] for show in SHOWN.values())
    used = {one for group in CLASSES.findall(markup) for one in group.split()}
    own = {one.removeprefix("rb-form-") for one in used if one.startswith("rb-form-")}
    drawn = set(re.findall(r"\.rb-form-([a-z]+)", style))
    worked = {one for one in own | drawn if re.search(rf'"{one}"|rb-form-{one}\b', scripts)}

    assert own - drawn - worked == set()
    assert drawn - own - worked == set()


def test_sentences_of_the_calculator_hold_what_its_script_knows():
    """Fields and limits are written in; what stays open is a value of the job or of the model."""
    data = calculator_form.exported()
    names = ("clip", "rules", "job", "answer", "choices")
    values = {name for part in names for name in data[part]} | {"text", "near"}
    values |= {"stride", "side_multiple", "side_minimum", *data["how"], "shared_heads", "together"}
    values |= {"model", "divisors", "chip", "most", "kernel", "family", "known"}
    for words in (*data["sentences"], *data["choiceSentences"]):
        assert set(re.findall(r"\{(\w+)(?:!r)?\}", words)) <= values, words
        assert "{" not in re.sub(r"\{\w+(!r)?\}", "", words)
