"""Training recipes as plain values: the judge's own (the reference) and what a miner's `get_recipe` returned."""

from __future__ import annotations

import dataclasses
import math
from typing import Any, Callable

import torch
from prism_challenge.evaluator.interface import TrainingRecipe

CLIP_NORM = 1.0
"""Gradients are clipped to this norm wherever the host makes the optimiser step."""

OPTIMIZERS: dict[str, Callable[..., torch.optim.Optimizer]] = {
    "adamw": torch.optim.AdamW,
    "adam": torch.optim.Adam,
    "sgd": lambda parameters, **options: torch.optim.SGD(parameters, momentum=0.9, **options),
}
SCHEDULERS = ("cosine", "constant", "none")


class RecipeError(Exception):
    """`get_recipe` returned something that is not a recipe: which key, and what it may be."""


@dataclasses.dataclass(frozen=True)
class ReferenceRecipe:
    """
    The judge's recipe, under which every architecture is measured. One fixed value of each, chosen for small models and short runs; not
    the best for any one architecture.
    """

    learning_rate: float = 4e-3
    betas: tuple[float, float] = (0.9, 0.95)
    weight_decay: float = 0.01
    warmup_steps: int = 20

    def make_optimizer(self, model: torch.nn.Module) -> torch.optim.Optimizer:
        trainable = [parameter for parameter in model.parameters() if parameter.requires_grad]
        return torch.optim.AdamW(trainable, lr=self.learning_rate, betas=self.betas, weight_decay=self.weight_decay)

    def rate(self, step: int) -> float:
        """Share of the learning rate at `step` (from 0): a linear warm-up, then constant."""
        return min(1.0, (step + 1) / self.warmup_steps)

    def values(self) -> dict[str, Any]:
        return {**dataclasses.asdict(self), "optimizer": "adamw", "scheduler": "warm-up", "clip_norm": CLIP_NORM}


def normalise(returned: Any) -> TrainingRecipe:
    """A `TrainingRecipe` of checked plain values from what `get_recipe` returned. Raises RecipeError."""
    if dataclasses.is_dataclass(returned) and not isinstance(returned, type):
        returned = dataclasses.asdict(returned)
    if not isinstance(returned, dict):
        raise RecipeError(f"get_recipe must return a TrainingRecipe or a dict, not {type(returned).__name__}")
    known = [field.name for field in dataclasses.fields(TrainingRecipe)]
    unknown = sorted(str(key) for key in returned if key not in known)
    if unknown:
        raise RecipeError(f"recipe has unknown keys {unknown[:5]}: it may have {', '.join(known)}")
    recipe = TrainingRecipe(**returned)
    recipe.learning_rate = _number(recipe.learning_rate, "learning_rate")
    recipe.weight_decay = _number(recipe.weight_decay, "weight_decay")
    recipe.batch_size = _batch_size(recipe.batch_size)
    recipe.optimizer = _word(recipe.optimizer, "optimizer", tuple(OPTIMIZERS), "adamw")
    recipe.scheduler = _word(recipe.scheduler, "scheduler", SCHEDULERS, "constant")
    return recipe


def make_optimizer(recipe: TrainingRecipe, model: torch.nn.Module) -> torch.optim.Optimizer:
    """The optimiser that a normalised recipe names, over all trainable parameters."""
    trainable = [parameter for parameter in model.parameters() if parameter.requires_grad]
    return OPTIMIZERS[recipe.optimizer](trainable, lr=recipe.learning_rate, weight_decay=recipe.weight_decay)


def rate(recipe: TrainingRecipe, step: int, steps: int | None) -> float:
    """Share of the learning rate at `step` (from 0) of `steps`: `cosine` falls from 1 to 0, the others stay at 1."""
    if recipe.scheduler != "cosine" or steps is None:
        return 1.0
    return 0.5 * (1.0 + math.cos(math.pi * min(1.0, step / steps)))


def _number(value: Any, key: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value) or value < 0:
        raise RecipeError(f"recipe's {key} must be a finite number of at least 0, not {value!r}"[:300])
    return float(value)


def _batch_size(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise RecipeError(f"recipe's batch_size must be a whole number of at least 1, not {value!r}"[:300])
    return int(value)


def _word(value: Any, key: str, known: tuple[str, ...], otherwise: str) -> str:
    """
    A known word, or `otherwise`: projects name an optimiser or a schedule of their own here that their hooks make, and the first version of
    this contract read neither word.
    """
    if value is None and "none" in known:
        return "none"
    if not isinstance(value, str):
        raise RecipeError(f"recipe's {key} must be a word such as {', '.join(known)}, not {value!r}"[:300])
    return value.lower() if value.lower() in known else otherwise
