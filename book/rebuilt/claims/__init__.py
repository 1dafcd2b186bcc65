"""What the note says, judged twice: `claims.ledger()` gives every claim with both verdicts."""

from rebuilt.claims.entries import Entry, find_check, judge, ledger, read

__all__ = ["Entry", "find_check", "judge", "ledger", "read"]
