"""
Tensors as named raw bytes: what crosses between containers and judge. Nothing is ever unpickled.

The bytes of a tensor are its contiguous elements in little-endian order.
"""

from __future__ import annotations

import math
from typing import Any, Mapping

import torch
from torch import nn

DTYPES = {
    "float32": torch.float32,
    "float64": torch.float64,
    "float16": torch.float16,
    "bfloat16": torch.bfloat16,
    "int64": torch.int64,
    "int32": torch.int32,
    "uint8": torch.uint8,
    "bool": torch.bool,
}
_NAMES = {dtype: name for name, dtype in DTYPES.items()}
_SIZES = {name: torch.empty(0, dtype=dtype).element_size() for name, dtype in DTYPES.items()}


class StateError(Exception):
    """A model's state cannot be carried over, or does not fit the model: which tensor, and why."""


def state_tensors(model: nn.Module) -> dict[str, torch.Tensor]:
    """
    Parameters and persistent buffers by name, sorted. Where several names share one tensor (tied weights), only the first name has it.
    """
    found: dict[str, torch.Tensor] = {}
    seen: set[tuple[Any, ...]] = set()
    for name, value in sorted(model.state_dict().items()):
        if not isinstance(value, torch.Tensor):
            raise StateError(f"state {name!r} is a {type(value).__name__}: only tensors can be carried over")
        if value.dtype not in _NAMES:
            raise StateError(f"tensor {name!r} has type {value.dtype}: use one of {', '.join(DTYPES)}")
        if value.layout != torch.strided:
            raise StateError(f"tensor {name!r} is {value.layout}: only dense tensors can be carried over")
        place = (value.data_ptr(), value.dtype, tuple(value.shape), value.stride())
        if value.numel() > 0 and place in seen:
            continue
        seen.add(place)
        found[name] = value.detach()
    return found


def pack(tensors: Mapping[str, torch.Tensor]) -> tuple[list[dict[str, Any]], bytes]:
    """Named tensors as a description {name, dtype, shape} of each, and their bytes one after another."""
    return [_describe(name, tensor) for name, tensor in tensors.items()], b"".join(map(_to_bytes, tensors.values()))


def packed_size(described: list[dict[str, Any]]) -> int:
    """Bytes that the described tensors take."""
    return sum(math.prod(entry["shape"]) * _SIZES[entry["dtype"]] for entry in described)


def unpack_into(own: Mapping[str, torch.Tensor], described: list[dict[str, Any]], body: bytes) -> None:
    """Copies packed tensors into those of equal names. Raises StateError where any name, type, shape or size differs."""
    _check_names(set(own), [entry["name"] for entry in described])
    pieces: list[tuple[torch.Tensor, torch.Tensor]] = []
    offset = 0
    for entry in described:
        target = own[entry["name"]]
        expected = _describe(entry["name"], target)
        if entry != expected:
            raise StateError(f"tensor {entry['name']!r} came as {entry}, the model built here has {expected}")
        size = packed_size([entry])
        if offset + size > len(body):
            raise StateError(f"tensor {entry['name']!r} ends at byte {offset + size}, but only {len(body)} came")
        pieces.append((target, _from_bytes(body[offset : offset + size], target)))
        offset += size
    if offset != len(body):
        raise StateError(f"{len(body) - offset} bytes came after the last tensor")
    with torch.no_grad():
        for target, value in pieces:
            target.copy_(value)


def _describe(name: str, tensor: torch.Tensor) -> dict[str, Any]:
    return {"name": name, "dtype": _NAMES[tensor.dtype], "shape": list(tensor.shape)}


def _check_names(own: set[str], names: list[str]) -> None:
    if len(set(names)) != len(names):
        raise StateError("a tensor came twice")
    if set(names) != own:
        missing, extra = sorted(own - set(names)), sorted(set(names) - own)
        raise StateError(
            f"the trained model's tensors are not those of the model built here (missing {missing[:5]}, unknown {extra[:5]}): "
            "build_model must always make the same modules, and training must not add or remove any"
        )


def _to_bytes(tensor: torch.Tensor) -> bytes:
    if tensor.numel() == 0:
        return b""
    return tensor.cpu().contiguous().reshape(-1).view(torch.uint8).numpy().tobytes()


def _from_bytes(data: bytes, like: torch.Tensor) -> torch.Tensor:
    if not data:
        return torch.empty_like(like)
    if like.dtype == torch.bool:  # any byte but 0 is true; reading other bytes as bool would be undefined
        return torch.frombuffer(bytearray(data), dtype=torch.uint8).ne(0).reshape(like.shape)
    return torch.frombuffer(bytearray(data), dtype=like.dtype).reshape(like.shape)
