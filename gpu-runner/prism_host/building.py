"""From a project's modules to a model and a recipe, checked against the contract, the same way in every container."""

from __future__ import annotations

from types import ModuleType
from typing import Sequence

import torch
from prism_challenge.evaluator.interface import PrismContext, TrainingRecipe
from torch import nn
from torch.nn.parameter import UninitializedParameter

from . import recipe as recipes
from .contract import ContractError, kind_of


def build_model(module: ModuleType, context: PrismContext, device: torch.device) -> nn.Module:
    """The architecture's model on `device`, lazy parameters materialised by one forward of zeros."""
    make = getattr(module, "build_model", None)
    if not callable(make):
        raise ContractError(f"the architecture's entrypoint ({module.__spec__.origin}) has no function build_model(ctx)")
    model = make(context)
    if not isinstance(model, nn.Module):
        raise ContractError(f"build_model must return a torch.nn.Module, not {kind_of(model)}")
    model.to(device)
    if any(isinstance(parameter, UninitializedParameter) for parameter in model.parameters()):
        model.eval()
        with torch.no_grad():
            model(torch.zeros(1, context.sequence_length, dtype=torch.int64, device=device))
    return model


def count_parameters(model: nn.Module, context: PrismContext) -> int:
    """Number of parameters, shared ones once; must be above 0 and within the context's limit."""
    count = sum(parameter.numel() for parameter in model.parameters())
    if not 0 < count <= context.max_parameters:
        raise ContractError(f"the model has {count:,} parameters; it must have between 1 and {context.max_parameters:,}")
    return count


def get_recipe(modules: Sequence[ModuleType], context: PrismContext) -> TrainingRecipe:
    """The submission's recipe, normalised, from the first module that has `get_recipe`."""
    for module in modules:
        if callable(getattr(module, "get_recipe", None)):
            return recipes.normalise(module.get_recipe(context))
    raise ContractError(f"the training entrypoint ({modules[0].__spec__.origin}) has no function get_recipe(ctx)")
