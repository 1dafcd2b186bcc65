"""The end of Sora is told from rows, and in the order in which it happened."""

from rebuilt.evidence import bibliography, tables
from rebuilt.evidence.ending import ending


def test_the_days_of_the_end_follow_each_other():
    """Announced, then the app, then the interface; all before the data end."""
    end = ending()

    assert end.announced < end.app_closed < end.api_closed <= tables.freeze_date()


def test_a_life_of_sales_is_less_than_a_week_at_the_reported_bill():
    """The finding that pages repeat; a row that turns it over must turn their sentences over."""
    end = ending()

    assert 0 < end.earned_usd_mn < 7 * end.bill_usd_mn


def test_every_source_of_the_end_is_in_the_bibliography():
    """A page may list them."""
    end = ending()

    assert [source.key for source in bibliography.find(end.sources)] == end.sources


def test_the_price_is_the_maker_s_own():
    """The row of OpenAI's page, not the one of a reseller or of Sora 2 Pro."""
    prices = tables.load("video_prices").filter(subject="sora-2", seller="OpenAI")

    assert ending().price_usd_per_s == prices["value"].min() == prices["value"].max()
