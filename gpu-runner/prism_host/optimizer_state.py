"""
The reference optimiser's state as named tensors: AdamW's two moments and its count of steps for each parameter, as `exp_avg/<parameter>`.

Parameters have the names of the model's own tensors. One that never had a gradient has no state.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from .tensors import DTYPES, StateError

_KEYS = ("exp_avg", "exp_avg_sq", "step")


def optimizer_tensors(model: nn.Module, optimizer: torch.optim.Optimizer) -> dict[str, torch.Tensor]:
    """The state's tensors by name, sorted. What the optimiser still has of a parameter that is no longer the model's stays behind."""
    names = _parameter_names(model)
    found = {
        f"{key}/{names[id(parameter)]}": values[key]
        for parameter, values in optimizer.state.items()
        for key in _KEYS
        if id(parameter) in names and key in values
    }
    return dict(sorted(found.items()))


def restored_tensors(model: nn.Module, optimizer: torch.optim.Optimizer, described: list[dict[str, Any]]) -> dict[str, torch.Tensor]:
    """
    Gives the optimiser a state of the described tensors, in place of what it had, and returns them by name for their values to be copied
    into. Raises StateError where one belongs to no parameter or does not have its shape.
    """
    parameters = {name: parameter for parameter, name in _named(model)}
    state: dict[str, dict[str, torch.Tensor]] = {}
    for entry in described:
        key, _, name = entry["name"].partition("/")
        if key not in _KEYS or name not in parameters:
            raise StateError(f"optimizer tensor {entry['name']!r} belongs to no parameter of the model built here")
        if key == "step":  # on the CPU, wherever the model is
            state.setdefault(name, {})[key] = torch.zeros(entry["shape"], dtype=DTYPES[entry["dtype"]])
        else:
            state.setdefault(name, {})[key] = torch.zeros_like(parameters[name], memory_format=torch.preserve_format)
    incomplete = [name for name, values in state.items() if len(values) != len(_KEYS)]
    if incomplete:
        raise StateError(f"the optimizer's state of parameter {incomplete[0]!r} lacks some of {', '.join(_KEYS)}")
    optimizer.state.clear()
    optimizer.state.update({parameters[name]: values for name, values in state.items()})
    return {f"{key}/{name}": tensor for name, values in state.items() for key, tensor in values.items()}


def _parameter_names(model: nn.Module) -> dict[int, str]:
    return {id(parameter): name for parameter, name in _named(model)}


def _named(model: nn.Module) -> list[tuple[nn.Parameter, str]]:
    """Each parameter once, under the first of its names in the model's state where it is there."""
    names = {id(parameter): name for name, parameter in model.named_parameters()}
    names.update((id(value), name) for name, value in sorted(model.state_dict(keep_vars=True).items(), reverse=True))
    return [(parameter, names[id(parameter)]) for parameter in model.parameters()]
