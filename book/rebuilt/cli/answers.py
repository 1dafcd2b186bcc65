"""How every command prints: one JSON object or list, or lines laid out for people."""

import json
import math
import sys
from typing import Any


def show(record: Any, text: str, *, as_json: bool) -> int:
    """Print a record as JSON, or the text for people; 0, the code of a command that answered."""
    print(written(record) if as_json else text)
    return 0


def written(record: Any) -> str:
    """Write a record as JSON, in which a number that is not known is null."""
    encoding = (getattr(sys.stdout, "encoding", None) or "utf-8").lower().replace("-", "")
    return json.dumps(_known(record), indent=2, ensure_ascii=encoding != "utf8", allow_nan=False)


def _known(value: Any) -> Any:
    """Return a record with None in the place of what is not a number."""
    if isinstance(value, dict):
        return {name: _known(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_known(one) for one in value]
    return None if isinstance(value, float) and math.isnan(value) else value
