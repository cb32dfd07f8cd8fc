"""Bodies of the judge's requests as Python values."""

from __future__ import annotations

from typing import Any

import torch

Header = dict[str, Any]


class ProtocolError(Exception):
    """The judge's request does not fit the state or its own body: a fault of ours, not of the miner's code."""


def split_files(described: list[Header], body: bytes) -> dict[str, dict[str, bytes]]:
    """The body as files by root and path. Raises ProtocolError where a file comes twice or the sizes do not add up."""
    files: dict[str, dict[str, bytes]] = {"architecture": {}, "training": {}}
    offset = 0
    for entry in described:
        if entry["path"] in files[entry["root"]]:
            raise ProtocolError(f"file {entry['path']!r} came twice")
        files[entry["root"]][entry["path"]] = bytes(body[offset : offset + entry["size"]])
        offset += entry["size"]
    if offset != len(body):
        raise ProtocolError(f"the files' sizes add up to {offset} bytes, {len(body)} came")
    return files


def byte_rows(body: bytes, rows: int, length: int) -> torch.Tensor:
    """The body as int64 tokens [rows, length] on the CPU. Raises ProtocolError where it has another size."""
    if rows < 1 or length < 1 or len(body) != rows * length:
        raise ProtocolError(f"{rows} rows of {length} bytes announced, {len(body)} bytes came")
    return torch.frombuffer(bytearray(body), dtype=torch.uint8).reshape(rows, length).long()
