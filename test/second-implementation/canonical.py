"""RFC 8785 text of what this program prints: integers, ASCII keys, strings, booleans, nulls, lists and objects."""

import json
from typing import Any


def canonical_text(value: Any) -> str:
    """Canonical JSON. With ASCII keys and no fractions Python's own writer, told to be terse, follows RFC 8785."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
