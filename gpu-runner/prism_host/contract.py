"""What miner code is held to, and how it is told that it did not keep it."""

from __future__ import annotations

from typing import Any

import torch


class ContractError(Exception):
    """Miner code does not keep the contract: which function, what it did, what it should do."""


def checked_logits(output: Any, tokens: torch.Tensor, source: str = "model(tokens)") -> torch.Tensor:
    """The logits [B, T, 256] or [B, 256] in what `source` returned for `tokens`. Raises ContractError where there are none."""
    logits = output
    if not isinstance(logits, torch.Tensor):
        logits = getattr(output, "logits", None)
    if logits is None and isinstance(output, (tuple, list)) and output:
        logits = output[0]
    batch, length = tokens.shape
    if not isinstance(logits, torch.Tensor) or tuple(logits.shape) not in ((batch, length, 256), (batch, 256)):
        raise ContractError(
            f"{source} with tokens [{batch}, {length}] returned {kind_of(output)}: "
            f"it must be logits [{batch}, {length}, 256] or [{batch}, 256], or hold them as .logits or as its first element"
        )
    return logits


def kind_of(value: Any) -> str:
    """What a value is, for error messages."""
    if isinstance(value, torch.Tensor):
        return f"a {value.dtype} tensor {list(value.shape)}"
    return f"a {type(value).__name__}"
