"""Documents from outside are plain, finite, bounded, and say every key once."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebuilt.errors import DataError
from rebuilt.intake.documents import MOST_DEPTH, json_of, yaml_of

DEEP = 100_000
BOMB = "a: &a [1, 1]\n" + "".join(f"b{n}: &b{n} [*a, *a]\n" for n in range(60))
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text("abc :", max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("xyz", max_size=3), inner),
    max_leaves=9,
)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (b"{", "f line 1: Expecting property name enclosed in double quotes (column 2); it must be "
         "JSON"),
        (b'{"a": NaN}', "f is not plain JSON: NaN is no number; write a finite one or null"),
        (b"[-Infinity]", "f is not plain JSON: -Infinity is no number; write a finite one or null"),
        (b"[1e400]", "f is not plain JSON: 1e400 is too large or too long for a number"),
        (b"[" + b"9" * 5000 + b"]", "f is not plain JSON: 99999999999999999999... has over 100 "
         "digits"),
        (b'{"a": 1, "a": 2}', "f is not plain JSON: the key 'a' stands twice in one object; keep "
         "one"),
        (b"[" * DEEP + b"]" * DEEP, "f is nested deeper than 64 levels; make it flatter"),
        (b"[" * 70 + b"]" * 70, "f is nested deeper than 64 levels; make it flatter"),
        (b'"\n\xff"', "f line 2 is not UTF-8; save the file as UTF-8"),
    ],
)  # fmt: skip
def test_json_that_is_refused(text, sentence):
    """In one sentence, with its place where there is one."""
    with pytest.raises(DataError) as caught:
        json_of(text, "f")

    assert str(caught.value) == sentence


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (BOMB, "f line 1: anchors and aliases are not read; write the value out"),
        ("a: &l [*l]", "f line 1: anchors and aliases are not read; write the value out"),
        ("a: 1\nb: 2\na: 3", "f line 3: the key 'a' stands twice; keep one"),
        ("? [1, 2]\n: 3", "f line 1: a list or mapping is no key; write a name"),
        ("a: .nan", "f has the number nan; it must be finite"),
        ("a: -.inf", "f has the number -inf; it must be finite"),
        ("a: 2024-13-45", "f has a value that is none (month must be in 1..12)"),
        ("a: !!binary aGk=", "f has a bytes; only text and numbers are read"),
        ("a: !!set {b}", "f has a set; only text and numbers are read"),
        ("a: " + "[" * DEEP, "f is nested deeper than 64 levels; make it flatter"),
        ("a: 030", "f line 1: 030 is read as another value than it looks; write a whole number"),
        ("a: 1\nb: [1:30]", "f line 2: 1:30 is read as another value than it looks; write a whole"),
        ("a: 1_0.5", "f line 1: 1_0.5 is read as another value than it looks; write a number like"),
        ("a: no", "f line 1: no is read as another value than it looks; write true or false, or"),
        ("<<: {a: 1}", "f line 1: << is read as another value than it looks; write every value"),
        ("a: [", "f: not valid YAML (line 2: did not find expected node content)"),
        ("a: !!python/object:os.system {}", "f: not valid YAML (line 1: could not determine a "
         "constructor for the tag 'tag:yaml.org,2002:python/object:os.system')"),
        ("a: \x07", "f: not valid YAML (unacceptable character #x0007: control characters are not "
         'allowed in "<unicode string>", position 3)'),
    ],
)  # fmt: skip
def test_yaml_that_is_refused(text, sentence):
    """Before anything is built of it."""
    with pytest.raises(DataError) as caught:
        yaml_of(text, "f")

    assert str(caught.value).startswith(sentence.rstrip(")"))


def test_a_document_that_is_too_large_is_not_read():
    """The size is looked at first."""
    with pytest.raises(DataError, match=r"f has 6 bytes; at most 5 are read"):
        json_of(b"[1234]", "f", 5)


@given(PLAIN)
def test_what_is_plain_comes_back_as_it_was(value):
    """JSON is YAML too, so both readers agree."""
    text = json.dumps(value)

    assert json_of(text, "f") == value
    assert yaml_of(text, "f") == value


@given(st.binary(max_size=60) | st.text("{}[]:,-&*!|>'\"ab1.\n ", max_size=60).map(str.encode))
def test_any_bytes_are_read_or_refused_in_words(raw):
    """No error but ours, and nothing that is not finite."""
    for read in (json_of, yaml_of):
        try:
            found = read(raw, "f")
        except DataError:
            continue
        assert "nan" not in repr(found).split()


def test_depth_is_that_of_lists_and_mappings():
    """As deep as is allowed, and one more."""
    assert json_of("[" * MOST_DEPTH + "]" * MOST_DEPTH, "f")
    with pytest.raises(DataError):
        json_of("[" * (MOST_DEPTH + 2) + "]" * (MOST_DEPTH + 2), "f")


@given(st.from_regex(r"[-+]?[0-9_:.xbeEnoyTtruefalsinN]{1,6}", fullmatch=True))
def test_a_number_of_yaml_is_what_it_looks(text):
    """A plain word is refused, a text, a flag, or the number that Python reads in it."""
    try:
        found = yaml_of(f"a: {text}", "f")["a"]
    except (DataError, TypeError):
        return
    if isinstance(found, bool):
        assert text == str(found).lower()
    elif isinstance(found, int | float):
        assert float(text) == found
