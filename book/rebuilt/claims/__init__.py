"""What the note says, judged twice: `claims.ledger()` gives every claim with both verdicts."""

from rebuilt.claims.entries import Entry, claimed, entry, find_check, judge, ledger, read

__all__ = ["Entry", "claimed", "entry", "find_check", "judge", "ledger", "read"]
