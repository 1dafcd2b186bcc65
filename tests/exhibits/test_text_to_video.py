"""What the chapter on video models shows agrees with its claims, and with itself."""

import polars as pl

from rebuilt import claims, page
from rebuilt.exhibits import text_to_video


def test_peers_are_the_longest_of_their_kind_on_the_day_of_the_note():
    """The sentence calls them the best product and the longest claim, so they must be."""
    others = text_to_video.models().filter(
        pl.col("last_day") <= page.NOTE, pl.col("maker") != "OpenAI"
    )
    _, product_s, claim_s = text_to_video.peers()["seconds"]

    assert product_s == others["shipped_s"].max()
    assert claim_s == others["claimed_s"].max()


def test_a_claim_is_drawn_where_users_got_less():
    """No point covers another, and every claim of a minute is among the points."""
    lengths = text_to_video.lengths()
    claimed = text_to_video.models().filter(pl.col("claimed_s") >= 60)

    assert not lengths.select("version", "seconds").is_duplicated().any()
    assert lengths.filter(pl.col("seconds") >= 60).height == claimed.height


def test_every_version_is_counted_once_in_each_chart():
    """Networks and access count the same table."""
    everything = text_to_video.models().height

    assert text_to_video.networks()["models"].sum() == everything
    assert text_to_video.access()["models"].sum() == everything


def test_networks_are_those_of_the_claim():
    """By the end of 2023 all of its U-Nets but one, from January 2024, had appeared."""
    networks = text_to_video.networks()
    unets = networks.filter(network="U-Net")["models"].sum()

    assert claims.entry("video-unet-mainstream").computed.startswith(f"{unets} U-Nets")
