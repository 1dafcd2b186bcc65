"""What a chapter shows: numbers for its prose, tables, charts, cards of claims, its sources."""

from rebuilt.evidence import tables
from rebuilt.page.dragging import dragged
from rebuilt.page.prose import reset, say, sources, table, used, used_keys

NOTE, FREEZE = tables.note_date(), tables.freeze_date()  # the two days that verdicts speak of

__all__ = ["FREEZE", "NOTE", "dragged", "reset", "say", "sources", "table", "used", "used_keys"]
