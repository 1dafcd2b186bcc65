"""What the page reads configurations by: small enough, whole, and asked of the counting code."""

import gzip
import json

from rebuilt.cost.algebra.places import JOB, RULES
from rebuilt.cost.models.config_reading import class_names
from rebuilt.cost.models.config_sentences import REFUSALS
from rebuilt.widgets.config_parts import FIRST_SYMBOL, parts
from rebuilt.widgets.config_tables import exported, script

HEAVIEST = 60_000  # bytes, compressed


def test_the_tables_are_light_and_a_text():
    """A reader loads them in a moment; numbers are parsed by the page, which tells 4 from 4.0."""
    written = script()

    assert len(gzip.compress(written.encode())) < HEAVIEST
    assert written.startswith('window.rebuiltClasses = "{')
    assert (
        json.loads(json.loads(written.split(" = ", 1)[1].rstrip(";\n"))).keys() == exported().keys()
    )


def test_every_class_and_sentence_is_there():
    """Nothing that `rebuilt cost --config` reads or says is left out."""
    tables = exported()

    assert tuple(tables["classes"]) == class_names()
    assert tables["refusals"] == REFUSALS
    assert (len(tables["rules"]), len(tables["job"])) == (len(RULES), len(JOB))


def test_a_product_is_two_operations_for_each_of_its_numbers():
    """2 x rows x inner x columns FLOPs, times the blocks and the times that it is applied."""
    product = parts()["product"]
    [[coefficient, *places]] = product["rows"]["forward"]
    names = [product["symbols"][place - FIRST_SYMBOL] for place in places]

    assert coefficient == 2
    assert sorted(map(str, names)) == ["['rows', 'rows']", "columns", "depth", "inner", "times"]


def test_rules_and_job_come_from_the_description():
    """Found by asking, they are paths, numbers of the autoencoder, or what holds without a part."""
    tables = exported()
    rules = dict(zip(RULES, tables["rules"], strict=True))
    job = dict(zip(JOB, tables["job"], strict=True))

    assert rules["rule"] == ["if", "clip.image", 0, "rules.rule"]
    assert rules["text_maximum"] == ["if", ["is", "text", None], 0, "text.maximum"]
    assert (rules["side_multiple"], job["depth"]) == ("clip.side_multiple", "main.0.depth")
    assert job["side_stride"] == "job.side_stride"
    assert tables["autoencoders"]["wan2.1-vae"]["own"]["job.side_stride"] == 8
