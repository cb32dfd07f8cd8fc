"""One training step at a time, under the judge's recipe or a miner's. Losses that miner code reports are never read."""

from __future__ import annotations

import dataclasses
from typing import Any

import torch
from prism_challenge.evaluator.interface import PrismBatch, PrismContext, TrainingRecipe
from torch import nn
from torch.nn import functional

from . import recipe as recipes
from .contract import ContractError, checked_logits, kind_of
from .hooks import Hooks


class ReferenceTraining:
    """The judge's recipe: next-byte cross entropy of plain `model(tokens)`. No miner's hook is called."""

    hooks_used: list[str] = []

    def __init__(self, model: nn.Module) -> None:
        self._model = model
        self._recipe = recipes.ReferenceRecipe()
        self._optimizer = self._recipe.make_optimizer(model)

    @property
    def values(self) -> dict[str, Any]:
        return self._recipe.values()

    def step(self, step: int, windows: torch.Tensor) -> None:
        """Trains on int64 windows [B, T + 1]; `step` counts from 0."""
        self._model.train()
        _set_rate(self._optimizer, self._recipe.rate(step))
        loss = next_byte_loss(self._model, *_inputs_and_targets(windows))
        descend(self._model, self._optimizer, loss)


class SubmittedTraining:
    """A miner's recipe with its hooks."""

    def __init__(self, model: nn.Module, recipe: TrainingRecipe, hooks: Hooks, context: PrismContext) -> None:
        self._model = model
        self._recipe = recipe
        self._hooks = hooks
        self._context = context
        self._optimizer = self._make_optimizer()

    @property
    def values(self) -> dict[str, Any]:
        return dataclasses.asdict(self._recipe)

    @property
    def hooks_used(self) -> list[str]:
        return self._hooks.used

    def step(self, step: int, windows: torch.Tensor) -> None:
        """
        Trains on int64 windows [B, T + 1], in slices of the recipe's batch size where that is smaller; `step` counts from 0. The
        schedule goes by `step`; a miner's own `train_step` has the learning rates to itself.
        """
        if "train_step" not in self._hooks:
            _set_rate(self._optimizer, recipes.rate(self._recipe, step, self._context.steps))
        for part in windows.split(self._recipe.batch_size):
            self._model.train()
            tokens, targets = _inputs_and_targets(part)
            self._train(PrismBatch(tokens=tokens, targets=targets))

    def _train(self, batch: PrismBatch) -> None:
        if "train_step" in self._hooks:
            self._hooks.call("train_step", self._model, batch, self._optimizer, self._context)
            return
        descend(self._model, self._optimizer, self._loss(batch))

    def _loss(self, batch: PrismBatch) -> torch.Tensor:
        if "compute_loss" not in self._hooks:
            return next_byte_loss(self._model, batch.tokens, batch.targets)
        loss = self._hooks.call("compute_loss", self._model, batch, self._context)
        if not isinstance(loss, torch.Tensor) or loss.numel() != 1:
            raise ContractError(f"compute_loss must return a tensor with one element, not {kind_of(loss)}")
        return loss.reshape(())

    def _make_optimizer(self) -> Any:
        if "configure_optimizer" not in self._hooks:
            return recipes.make_optimizer(self._recipe, self._model)
        optimizer = self._hooks.call("configure_optimizer", self._model, self._recipe, self._context)
        for name in ("step", "zero_grad", "param_groups"):
            if not hasattr(optimizer, name):
                raise ContractError(f"configure_optimizer must return an optimizer, {kind_of(optimizer)} has no {name}")
        return optimizer


def next_byte_loss(model: nn.Module, tokens: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Mean cross entropy in nats of `model(tokens)` against the bytes that follow; of the last one where the model predicts only that."""
    logits = checked_logits(model(tokens), tokens)
    if logits.dim() == 2:
        return functional.cross_entropy(logits.float(), targets[:, -1])
    return functional.cross_entropy(logits.float().flatten(0, 1), targets.flatten())


def descend(model: nn.Module, optimizer: Any, loss: torch.Tensor) -> None:
    """One optimiser step down `loss`, with the gradient clipped."""
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), recipes.CLIP_NORM)
    optimizer.step()


def _inputs_and_targets(windows: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """[B, T + 1] as two [B, T]; contiguous, since models often call `view` on them."""
    return windows[:, :-1].contiguous(), windows[:, 1:].contiguous()


def _set_rate(optimizer: Any, share: float) -> None:
    for group in optimizer.param_groups:
        group["lr"] = group.setdefault("initial_lr", group["lr"]) * share
