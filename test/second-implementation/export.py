"""Reads exported ledgers: the folder of a log, or canonical events one a line (docs/validators.md)."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

Event = dict[str, Any]

TILE_WIDTH = 256


def bundle_path(index: int, width: int) -> str:
    """Where C2SP tlog-tiles puts an entry bundle: groups of three digits, all but the last after an `x`."""
    digits = str(index)
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    name = "/".join([f"x{group}" for group in groups[:-1]] + groups[-1:])
    return f"tile/entries/{name}" + ("" if width == TILE_WIDTH else f".p/{width}")


def entries_of(bundle: bytes) -> Iterator[bytes]:
    """The entries of a bundle: each after its length in two bytes, big-endian."""
    at = 0
    while at < len(bundle):
        length = int.from_bytes(bundle[at : at + 2], "big")
        yield bundle[at + 2 : at + 2 + length]
        at += 2 + length


def read_folder(folder: Path) -> Iterator[Event]:
    """The events of a log's folder, as many as its checkpoint says: the second line of a C2SP tlog-checkpoint."""
    size = int((folder / "checkpoint").read_text("utf-8").split("\n")[1])
    for first in range(0, size, TILE_WIDTH):
        bundle = folder / bundle_path(first // TILE_WIDTH, min(TILE_WIDTH, size - first))
        yield from map(json.loads, entries_of(bundle.read_bytes()))


def read_lines(lines: Iterable[str]) -> Iterator[Event]:
    """Events, one canonical JSON text a line."""
    yield from map(json.loads, lines)


def ledgers_of(events: Iterable[Event]) -> Iterator[list[Event]]:
    """Several ledgers may follow one another: each begins with `LedgerOpened`, which only index 0 can be."""
    ledger: list[Event] = []
    for event in events:
        if event["type"] == "LedgerOpened" and ledger:
            yield ledger
            ledger = []
        ledger.append(event)
    if ledger:
        yield ledger
