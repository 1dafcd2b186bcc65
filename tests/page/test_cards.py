"""Claims as cards: an address, two verdicts in words, the Chinese term, nothing unescaped."""

import re
from dataclasses import replace

import polars as pl
import pytest
from tests.tags import Tags

from rebuilt import claims, page
from rebuilt.claims.entries import Entry
from rebuilt.claims.units import units
from rebuilt.claims.vocabulary import MEANING, Verdict, Witness
from rebuilt.claims.wording import Claim
from rebuilt.evidence import bibliography
from rebuilt.page import cards

SOURCE = next(iter(bibliography.load().values()))
CLAIM = Claim(
    id="nvidia-h200-bandwidth",
    paragraph=33,
    section="nvidia",
    kind="figure",
    statement="The memory of the H200 delivers 4.8 TB per second.",
    term_zh="4.8 TB",
    figures="4.8 TB",
    claimed="4.8",
    unit="tb_per_s",
    tolerance=None,
    check="nvidia.h200_bandwidth",
    untestable="",
)
ENTRY = Entry(
    claim=CLAIM,
    then=Verdict.HOLDS,
    since=Verdict.NOTHING_NEW,
    computed=4.8,
    computed_since=4.8,
    rule="peak bandwidth",
    rule_since="peak bandwidth",
    sources=(SOURCE.key,),
)
FORECAST = replace(
    ENTRY,
    claim=replace(CLAIM, id="nvidia-b100", kind="forecast", unit="quarter", claimed="2024-Q2"),
    then=Verdict.HOLDS,
    since=Verdict.DID_NOT_HAPPEN,
    computed="2024-04-01 to 2024-06-30",
    computed_since="not by 2026-11-22",
    rule_since="first shipments",
)
UNSETTLED = replace(
    ENTRY,
    claim=replace(CLAIM, id="amd-share", section="amd", claimed="", unit=""),
    then=Verdict.NO_EVIDENCE,
    since=Verdict.NO_EVIDENCE,
    computed=None,
    computed_since=None,
    sources=(),
)
HOSTILE = """<script>alert("x")</script> & 'more'"""


@pytest.fixture
def show(monkeypatch):
    """Return a function that shows the given entries and forgets the page afterwards."""

    def shown(*entries: Entry, scorecard: bool = False):
        monkeypatch.setattr(claims, "ledger", lambda **_: list(entries))
        return cards.scorecard() if scorecard else cards.section("nvidia")

    page.reset()
    yield shown
    page.reset()


def test_a_chapter_links_to_the_address_and_the_scorecard_has_it(show):
    """One element of the whole book carries `claim-<id>`."""
    (chapter,) = Tags(show(ENTRY).html).of_class("rb-card")
    (home,) = Tags(show(ENTRY, scorecard=True).html).of_class("rb-card")
    (there,) = Tags(show(ENTRY).html).of_class("rb-claim-link")
    (here,) = Tags(show(ENTRY, scorecard=True).html).of_class("rb-claim-link")

    assert "id" not in chapter
    assert home["id"] == "claim-nvidia-h200-bandwidth"
    assert there["href"] == "scorecard.html#claim-nvidia-h200-bandwidth"
    assert here["href"] == "#claim-nvidia-h200-bandwidth"


def test_a_card_says_both_verdicts_in_words(show):
    """The words stand in the text; the class only repeats them."""
    html = show(FORECAST).html.partition('<details class="rb-words">')[0]

    assert re.findall(r'<span class="rb-claim ([^"]*)" title="[^"]*">([^<]*)</span>', html) == [
        ("rb-verdict-holds", "holds"),
        ("rb-verdict-did-not-happen", "did not happen"),
    ]
    assert re.findall(r'<span class="rb-when">([^<]*)</span>', html) == ["Then", "Since"]


def test_a_verdict_names_its_witness(show):
    """Whose word or test it rests on stands beside the word."""
    told = replace(FORECAST, witness=Witness.MAKER_TEST, witness_since=Witness.MEASURED)
    old = replace(ENTRY, witness=Witness.MAKER, witness_since=Witness.MAKER)

    text, once = Tags(show(told).html).text, Tags(show(old).html).text

    assert "Then holds by the maker's own test" in text
    assert "Since did not happen measured by others" in text
    assert once.count("by the maker's own word") == 1


@pytest.mark.parametrize("scorecard", [False, True])
def test_the_words_that_occur_are_defined_below_the_cards(show, scorecard):
    """In the order of the vocabulary, and no others."""
    shown = Tags(show(FORECAST, ENTRY, scorecard=scorecard).html)

    for word in (Verdict.HOLDS, Verdict.DID_NOT_HAPPEN, Verdict.NOTHING_NEW):
        assert MEANING[word] in shown.text
    assert MEANING[Verdict.OPINION] not in shown.text


def test_a_card_shows_what_the_note_said_and_what_was_found(show):
    """Claimed value, value of the day of the note, value of today."""
    shown = Tags(show(FORECAST).html)

    assert "The note: 2024-Q2" in shown.text
    assert "2024-04-01 to 2024-06-30" in shown.text
    assert "not by 2026-11-22" in shown.text


def test_a_claim_without_a_figure_shows_none(show):
    """Neither an empty line nor an empty number."""
    shown = Tags(show(UNSETTLED).html)

    assert shown.of_class("rb-claimed") == []
    assert shown.of_class("rb-found") == []


@pytest.mark.parametrize(
    ("entry", "values"), [(ENTRY, 1), (replace(ENTRY, computed_since=5.0), 2), (FORECAST, 2)]
)
def test_a_value_is_said_once_where_nothing_newer_bears_on_it(show, entry, values):
    """A value that the freeze has not changed is not repeated beside `nothing new`."""
    assert len(Tags(show(entry).html).of_class("rb-found")) == values


def test_a_date_that_was_found_is_not_cut_in_two(show):
    """A line may end between two dates, never inside one."""
    html = show(FORECAST).html

    assert (
        '<span class="rb-found">expected for <span class="rb-date">2024-04-01</span> to '
        '<span class="rb-date">2024-06-30</span></span>'
    ) in html


def test_the_term_is_marked_as_chinese(show):
    """A screen reader changes its voice and a browser its font."""
    entry = replace(ENTRY, claim=replace(CLAIM, term_zh="几乎翻倍"))

    shown = Tags(show(entry).html)

    assert [term["lang"] for term in shown.of_class("rb-term")] == ["zh-Hans"]
    assert "几乎翻倍" in shown.text


@pytest.mark.parametrize("field", ["statement", "term_zh"])
def test_a_hostile_claim_is_only_text(show, field):
    """Whatever a claim says, the card has the tags of any other card."""
    entry = replace(ENTRY, claim=replace(CLAIM, **{field: HOSTILE}))

    shown = Tags(show(entry, scorecard=True).html)

    assert shown.tags == Tags(show(ENTRY, scorecard=True).html).tags
    assert HOSTILE in shown.text


def test_a_hostile_figure_is_only_text(show):
    """What the note is said to have printed is escaped too."""
    shown = Tags(show(replace(ENTRY, claim=replace(CLAIM, claimed=HOSTILE))).html)

    assert shown.tags == Tags(show(ENTRY).html).tags
    assert f"The note: {HOSTILE}" in shown.text


@pytest.mark.parametrize("scorecard", [False, True])
@pytest.mark.parametrize("field", ["kind", "section"])
def test_a_hostile_attribute_is_only_a_value(show, field, scorecard):
    """Neither the attributes that the filter compares nor its menus can be broken out of."""
    entry = replace(ENTRY, claim=replace(CLAIM, **{field: HOSTILE}))

    shown = Tags(show(entry, scorecard=scorecard).html)

    (card,) = shown.of_class("rb-card")
    plain = Tags(show(ENTRY, scorecard=scorecard).html)
    assert card[f"data-{field}"] == HOSTILE
    assert [tag for tag, _ in shown.tags] == [tag for tag, _ in plain.tags]


@pytest.mark.parametrize("field", ["computed", "computed_since", "rule", "rule_since"])
def test_a_hostile_finding_is_only_text(show, field):
    """Texts of sources reach the card through the finding."""
    plain = replace(ENTRY, **{field: "plain"})

    shown = Tags(show(replace(ENTRY, **{field: HOSTILE})).html)

    assert shown.tags == Tags(show(plain).html).tags
    assert HOSTILE in shown.text


def test_the_why_of_a_card_names_rule_sources_and_place(show):
    """What a reader needs in order to disagree."""
    shown = Tags(show(ENTRY).html)

    assert "Why this verdict on nvidia-h200-bandwidth" in shown.text
    assert "Both: peak bandwidth." in shown.text
    assert f"Sources: {SOURCE.label}" in shown.text
    assert "Paragraph 33 of the note, figure." in shown.text
    assert SOURCE.url in [found.get("href") for tag, found in shown.tags if tag == "a"]


def test_the_scorecard_folds_a_claim_to_its_text_and_verdicts(show):
    """The line holds no link, which a summary would hide; what it unfolds holds all the rest."""
    html = show(FORECAST, scorecard=True).html
    (_, line) = re.findall("<summary>(.*?)</summary>", html, re.DOTALL)
    below = Tags(html.split("</summary>")[2]).text

    assert Tags(line).text == f"{CLAIM.statement} Then\u00a0holds Since\u00a0did not happen"
    assert "<a" not in line
    assert "The note: 2024-Q2" in below
    assert "Found then: expected for 2024-04-01 to 2024-06-30" in below
    assert "Found since: not by 2026-11-22" in below
    assert "Since: first shipments." in below
    assert "Paragraph 33 of the note" in below


@pytest.mark.parametrize("scorecard", [False, True])
def test_a_number_of_another_reading_says_so(show, scorecard):
    """`imprecise` beside the very figure of the note would look like a slip of ours."""
    entry = replace(ENTRY, then=Verdict.IMPRECISE)

    assert "4.8\u00a0TB/s in another reading" in Tags(show(entry, scorecard=scorecard).html).text
    assert "another reading" not in Tags(show(ENTRY, scorecard=scorecard).html).text


def test_two_rules_are_told_apart(show):
    """Where the evidence of the two days differs, so does the rule."""
    shown = Tags(show(FORECAST).html)

    assert "Then: peak bandwidth." in shown.text
    assert "Since: first shipments." in shown.text
    assert "Both:" not in shown.text


def test_the_sources_of_cards_are_sources_of_the_page(show):
    """The list at the end of a chapter has what its verdicts rest on."""
    show(ENTRY, UNSETTLED)

    assert page.used_keys() == [SOURCE.key]


def test_the_plain_text_is_one_line_per_claim(show):
    """What a terminal and a notebook comparison see."""
    assert show(ENTRY, FORECAST, UNSETTLED).text == (
        "nvidia-h200-bandwidth: holds; nothing new\n"
        "nvidia-b100: holds; did not happen\n"
        "amd-share: no evidence; no evidence"
    )


def test_the_scorecard_can_be_filtered_by_the_words_that_occur(show):
    """Vocabulary order for verdicts, alphabetical order for the rest; hidden until scripts run."""
    html = show(UNSETTLED, FORECAST, ENTRY, scorecard=True).html
    menus = re.findall(r'<select data-filter="(\w+)">(.*?)</select>', html)

    assert {name: re.findall("<option>([^<]*)</option>", words) for name, words in menus} == {
        "section": ["amd", "nvidia"],
        "kind": ["figure", "forecast"],
        "then": ["holds", "no evidence"],
        "since": ["did not happen", "no evidence", "nothing new"],
        "standing": ["kept", "failed", "undecided"],
    }
    assert "3 of 3 claims shown" in html
    assert Tags(html).of_class("rb-filter") == [{"class": "rb-filter", "hidden": None}]


def test_the_words_on_the_scorecard_say_what_they_count_as(show):
    """Above the filter, in the words of standings; nothing new counts as on the day."""
    html = show(UNSETTLED, FORECAST, ENTRY, scorecard=True).html
    lines = re.findall(r"<tr><td>.*?>([a-z ]+)</span></td><td>([a-z ]+)</td>", html)

    assert html.index("rb-counted") < html.index("rb-filter")
    assert lines == [
        ("holds", "kept"),
        ("did not happen", "failed"),
        ("no evidence", "undecided"),
        ("nothing new", "as on the day"),
    ]


def test_a_card_carries_what_the_filter_compares(show):
    """The attributes of a card are words of the menus."""
    (card,) = Tags(show(FORECAST).html).of_class("rb-card")

    assert {name: card[f"data-{name}"] for name in ("section", "kind", "then", "since")} == {
        "section": "nvidia",
        "kind": "forecast",
        "then": "holds",
        "since": "did not happen",
    }


def test_the_filter_can_be_cleared_by_a_button(show):
    """A button that submits nothing; it is off while nothing is chosen."""
    (button,) = Tags(show(ENTRY, scorecard=True).html).of_class("rb-clear")

    assert button == {"type": "button", "class": "rb-clear", "disabled": None}


def test_only_the_scorecards_list_is_filtered(show):
    """A short list on the same page keeps its lines."""
    assert len(Tags(show(ENTRY, scorecard=True).html).of_class("rb-home")) == 1
    assert Tags(show(ENTRY).html).of_class("rb-home") == []


def test_a_ranking_keeps_its_order_and_links_to_the_cards():
    """One line a claim: statement, both verdicts, what was found; nothing unescaped."""
    page.reset()
    shown = cards.ranking([FORECAST, ENTRY], {ENTRY.id: f"found: {HOSTILE}"})
    tags = Tags(shown.html)

    assert [found["href"] for tag, found in tags.tags if tag == "a"] == [
        "scorecard.html#claim-nvidia-b100",
        "scorecard.html#claim-nvidia-h200-bandwidth",
    ]
    assert "did not happen" in tags.text
    assert f"found: {HOSTILE}" in tags.text
    assert "script" not in [tag for tag, _ in tags.tags]
    assert shown.text == (
        "nvidia-b100: holds; did not happen\nnvidia-h200-bandwidth: holds; nothing new"
    )
    assert page.used_keys() == [SOURCE.key]
    page.reset()


def test_a_chapter_has_no_filter(show):
    """Only the scorecard is long enough to need one."""
    assert Tags(show(ENTRY).html).of_class("rb-filter") == []


def test_counts_come_in_the_order_of_the_vocabulary():
    """Not in the order of the claims, and without words that do not occur."""
    entries = [UNSETTLED, FORECAST, ENTRY, ENTRY]

    then, since = cards.counts(entries, "then"), cards.counts(entries, "since")

    assert then.equals(pl.DataFrame({"verdict": ["holds", "no evidence"], "claims": [3, 1]}))
    assert since.equals(
        pl.DataFrame(
            {"verdict": ["did not happen", "no evidence", "nothing new"], "claims": [1, 1, 2]}
        )
    )


@pytest.mark.parametrize("field", ["then", "since"])
def test_counts_of_the_real_ledger_add_up(field):
    """Every claim is counted once."""
    entries = claims.ledger()

    assert cards.counts(entries, field)["claims"].sum() == len(entries)


def test_checked_leaves_out_what_was_not_put_to_the_test():
    """Claims that cannot be tested say nothing about the note."""
    untestable = replace(ENTRY, then=Verdict.NOT_TESTABLE)
    unverified = replace(ENTRY, then=Verdict.NO_EVIDENCE)

    assert cards.checked([ENTRY, UNSETTLED, untestable, unverified]) == [
        ENTRY,
        UNSETTLED,
        unverified,
    ]


@pytest.mark.parametrize(
    ("number", "unit", "written"),
    [
        (4.8, "tb_per_s", "4.8\u00a0TB/s"),
        (2.354, "increase_ratio", "2.354\u00a0times"),
        (-17.45, "percent", "\u221217.45%"),
        (175.0, "bn_parameters", "175\u00a0billion parameters"),
        (3.0, "count", "3"),
        ("4.8", "tb_per_s", "4.8\u00a0TB/s"),
        ("-17.45", "percent", "\u221217.45%"),
        ("2.40", "ratio", "2.40\u00a0times"),
        ("2025", "year", "2025"),
        ("2023-11-13", "date", "2023-11-13"),
        ("192 against 141", "gb", "192 against 141"),
        ("2024-Q2", "quarter", "2024-Q2"),
        ("1: jericho3-ai", "", "1: Jericho3-AI"),
        ("Reuters reported it", "", "Reuters reported it"),
        ("", "", "–"),
        (None, "gb", "–"),
    ],
)
def test_a_value_prints_with_its_unit(number, unit, written):
    """A number gets the label of its unit, a text stands for itself, nothing is a dash."""
    assert cards.value(number, unit) == written


@pytest.mark.parametrize("unit", ["", *units()])
@pytest.mark.parametrize("number", ["4.8", "-17.45", "3"])
def test_a_claimed_and_a_computed_number_print_alike(number, unit):
    """One way to write minus, space and unit, wherever the number comes from."""
    assert cards.value(number, unit) == cards.value(float(number), unit)


def test_every_real_claim_can_be_shown(show):
    """All cards of the note are built, each with its own address, none twice."""
    page.reset()
    shown = Tags(show(*claims.ledger(), scorecard=True).html)

    addresses = [card["id"] for card in shown.of_class("rb-card")]
    assert addresses == [f"claim-{claim.id}" for claim in claims.read()]
