"""How every command prints: one JSON object or list, or lines laid out for people."""

import json
from typing import Any


def show(record: Any, text: str, *, as_json: bool) -> int:
    """Print a record as JSON, or the text for people; 0, the code of a command that answered."""
    print(json.dumps(record, indent=2, ensure_ascii=False) if as_json else text)
    return 0
