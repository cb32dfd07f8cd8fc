"""How large a model may be under a budget of parameters."""

from typing import Callable

from torch import nn


def parameters_of(model: nn.Module) -> int:
    """Number of parameters, shared ones once."""
    return sum(parameter.numel() for parameter in model.parameters())


def widest(make: Callable[[int], nn.Module], limit: int, step: int = 8, most: int = 512) -> nn.Module:
    """
    `make(width)` for the largest width, a multiple of `step` up to `most`, that has at most `limit` parameters. `make` must grow with the
    width. Raises ValueError where even the narrowest model is too large.
    """
    low, high = 0, most // step
    while low < high:
        middle = (low + high + 1) // 2
        if parameters_of(make(middle * step)) <= limit:
            low = middle
        else:
            high = middle - 1
    if low == 0:
        raise ValueError(f"a model of width {step} has more than {limit} parameters")
    return make(low * step)
