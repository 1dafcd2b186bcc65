"""The pages on method and data: every claim has a verdict, and every table a row."""

import hashlib

import polars as pl

from rebuilt import claims
from rebuilt.evidence import tables
from rebuilt.exhibits import data, method
from rebuilt.paths import DATA


def test_each_claim_is_counted_once_a_day():
    """A word that was left out would show here."""
    verdicts = method.verdicts()

    assert verdicts["then"].sum() == verdicts["since"].sum() == len(claims.ledger())
    assert verdicts["verdict"].is_unique().all()


def test_a_verdict_of_newness_has_no_claim_on_the_day():
    """On the day of the note nothing can be new, late or ended."""
    then = dict(method.verdicts().select("verdict", "then").iter_rows())

    assert then["nothing new"] == then["late"] == then["ended"] == 0


def test_a_checksum_is_that_of_the_file():
    """The catalogue prints its first digits."""
    catalogue = data.catalogue()
    row = catalogue.filter(table="accelerators").row(0, named=True)
    content = (DATA / "accelerators.csv").read_bytes()

    assert hashlib.sha256(content).hexdigest().startswith(row["sha256"])
    assert len(row["sha256"]) == data.CHECKSUM


def test_every_table_is_in_the_catalogue():
    """In the order of the descriptor, with its rows."""
    catalogue = data.catalogue()

    assert catalogue["table"].to_list() == tables.names()
    assert catalogue.filter(pl.col("rows") == 0).is_empty()
