"""Pairs of runs: what differs between the two is what the pair is a witness of."""

from rebuilt.cost.fit.pairs import LEVERS, pairs


def test_pairs_alone_and_together_change_what_they_say():
    """One lever alone, several together; gains are positive; no pair is in both lists."""
    alone, together = pairs(), pairs(together=True)

    assert len(alone) > 100
    assert len(together) > 50
    assert {pair.lever for pair in alone} <= set(LEVERS.values())
    for pair in together:
        levers = pair.lever.split(" + ")
        assert len(levers) == pair.change.count(" to ") > 1
        assert set(levers) <= set(LEVERS.values())
    assert min(pair.measured for pair in alone + together) > 0
    assert not set(alone) & set(together)
