"""How alike two architectures are: docs/ownership.md, "Families"."""

from typing import Any

SMALLEST = 32


def likeness(a: dict[str, Any], b: dict[str, Any]) -> int:
    """Parts per million, of two fingerprints."""
    if a["digest"] == b["digest"]:
        return 1_000_000
    return max(_common(a["sketch"], b["sketch"], parity) for parity in (0, 1))


def _common(a: list[int], b: list[int], parity: int) -> int:
    ours = {one for one in a if one % 2 == parity}
    theirs = {one for one in b if one % 2 == parity}
    members = sorted(ours | theirs)[:SMALLEST]
    both = sum(one in ours and one in theirs for one in members)
    return both * 1_000_000 // len(members) if members else 0
