"""Where a model runs."""

from __future__ import annotations

import torch


class DeviceError(Exception):
    """The device that the judge asked for is not in this container: a fault of ours, not of the miner's code."""


def device_named(name: str) -> torch.device:
    """The device `cpu` or `cuda` (the one GPU of the container). Raises DeviceError where there is none."""
    if name not in ("cpu", "cuda"):
        raise DeviceError(f"device must be 'cpu' or 'cuda', not {name!r}")
    if name == "cuda" and not torch.cuda.is_available():
        raise DeviceError(f"device 'cuda' was asked for, but torch {torch.__version__} sees no GPU in this container")
    return torch.device(name)
