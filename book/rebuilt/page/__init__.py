"""What a chapter shows: numbers for its prose, tables, charts, cards of claims, its sources."""

from rebuilt.page.prose import reset, say, sources, table, used, used_keys

__all__ = ["reset", "say", "sources", "table", "used", "used_keys"]
