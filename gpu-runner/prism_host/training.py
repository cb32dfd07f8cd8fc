"""
One training step at a time, under the judge's recipe or a miner's. Losses that miner code reports are never read.

A step is a pure function of model state, optimiser state, batch, seed and its number: the generators are seeded anew at each, so that a
fresh container can repeat any one of them.
"""

from __future__ import annotations

import dataclasses
import random
from typing import Any, Mapping, Sequence

import torch
from prism_challenge.evaluator.interface import PrismBatch, PrismContext, TrainingRecipe
from torch import nn
from torch.nn import functional

from . import recipe as recipes
from .contract import ContractError, checked_logits, kind_of
from .determinism import seed_everything, step_seed
from .hooks import Hooks
from .wire import ProtocolError


class Training:
    """What both recipes have in common: seeds, and what the telemetry is taken from."""

    def __init__(self, model: nn.Module, context: PrismContext) -> None:
        self.model = model
        self.context = context
        self.last_windows: torch.Tensor | None = None
        """What the model was last trained on, int64 [b, T + 1]."""
        self._gradient_norms: list[torch.Tensor] = []

    def take_gradient_norms(self) -> list[torch.Tensor]:
        """Norms before clipping, one for each optimiser step that the host made since they were last taken."""
        taken, self._gradient_norms = self._gradient_norms, []
        return taken

    def begin(self, step: int) -> None:
        """To be called first in every step."""
        seed_everything(step_seed(self.context.seed, step))

    def descend(self, optimizer: Any, loss: torch.Tensor) -> None:
        """One optimiser step down `loss`, with the gradient clipped."""
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        norm = nn.utils.clip_grad_norm_(self.model.parameters(), recipes.CLIP_NORM)
        self._gradient_norms.append(norm.detach())
        optimizer.step()


class ReferenceTraining(Training):
    """
    The judge's recipe: next-byte cross entropy of plain `model(tokens)`. No miner's hook is called.

    With `replays` = k > 1 each batch is followed by k - 1 optimiser steps on earlier ones, drawn uniformly, with repetition, by the step's
    seed: the reference at k times the cost. At step 0 there is nothing to draw from.
    """

    hook_uses: Mapping[str, int] = {}
    hooks_used: Sequence[str] = ()

    def __init__(self, model: nn.Module, context: PrismContext, replays: int = 1) -> None:
        super().__init__(model, context)
        self._replays = replays
        self._revealed: dict[int, torch.Tensor] = {}
        self._recipe = recipes.ReferenceRecipe()
        self.optimizer = self._recipe.make_optimizer(model)

    @property
    def values(self) -> dict[str, Any]:
        return self._recipe.values()

    def step(self, step: int, windows: torch.Tensor) -> None:
        """Trains on int64 windows [B, T + 1]; `step` counts from 0. The judge does the optimiser's arithmetic over again (its `adamw.ts`)."""
        self.begin(step)
        _set_rate(self.optimizer, self._recipe.rate(step))
        for batch in [windows, *self._earlier(step, windows)]:
            self.model.train()
            loss = next_byte_loss(self.model, *inputs_and_targets(batch))
            self.descend(self.optimizer, loss)
        self.last_windows = windows

    def _earlier(self, step: int, windows: torch.Tensor) -> list[torch.Tensor]:
        """The batches to replay at `step`. Raises ProtocolError where one of them was not revealed here."""
        if self._replays == 1:
            return []
        self._revealed[step] = windows.to(torch.uint8).cpu()
        draw = random.Random(step_seed(self.context.seed, step))
        drawn = [draw.randrange(step) for _ in range(self._replays - 1)] if step > 0 else []
        missing = [earlier for earlier in drawn if earlier not in self._revealed]
        if missing:
            raise ProtocolError(f"step {step} replays the batch of step {missing[0]}, which was not revealed in this container")
        return [self._revealed[earlier].to(windows.device).long() for earlier in drawn]


class SubmittedTraining(Training):
    """A miner's recipe with its hooks."""

    def __init__(self, model: nn.Module, recipe: TrainingRecipe, hooks: Hooks, context: PrismContext) -> None:
        super().__init__(model, context)
        self._recipe = recipe
        self._hooks = hooks
        self._optimizer = self._make_optimizer()

    @property
    def values(self) -> dict[str, Any]:
        return dataclasses.asdict(self._recipe)

    @property
    def hook_uses(self) -> Mapping[str, int]:
        return self._hooks.uses

    @property
    def hooks_used(self) -> Sequence[str]:
        return self._hooks.used

    def step(self, step: int, windows: torch.Tensor) -> None:
        """
        Trains on int64 windows [B, T + 1], in slices of the recipe's batch size where that is smaller; `step` counts from 0. The
        schedule goes by `step`; a miner's own `train_step` has the learning rates to itself.
        """
        self.begin(step)
        if "train_step" not in self._hooks:
            _set_rate(self._optimizer, recipes.rate(self._recipe, step, self.context.steps))
        for part in windows.split(self._recipe.batch_size):
            self.model.train()
            tokens, targets = inputs_and_targets(part)
            self._train(PrismBatch(tokens=tokens, targets=targets))
            self.last_windows = part

    def _train(self, batch: PrismBatch) -> None:
        if "train_step" in self._hooks:
            self._hooks.call("train_step", self.model, batch, self._optimizer, self.context)
            return
        self.descend(self._optimizer, self._loss(batch))

    def _loss(self, batch: PrismBatch) -> torch.Tensor:
        if "compute_loss" not in self._hooks:
            return next_byte_loss(self.model, batch.tokens, batch.targets)
        loss = self._hooks.call("compute_loss", self.model, batch, self.context)
        if not isinstance(loss, torch.Tensor) or loss.numel() != 1:
            raise ContractError(f"compute_loss must return a tensor with one element, not {kind_of(loss)}")
        return loss.reshape(())

    def _make_optimizer(self) -> Any:
        if "configure_optimizer" not in self._hooks:
            return recipes.make_optimizer(self._recipe, self.model)
        optimizer = self._hooks.call("configure_optimizer", self.model, self._recipe, self.context)
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


def inputs_and_targets(windows: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """[B, T + 1] as two [B, T]; contiguous, since models often call `view` on them."""
    return windows[:, :-1].contiguous(), windows[:, 1:].contiguous()


def _set_rate(optimizer: Any, share: float) -> None:
    for group in optimizer.param_groups:
        group["lr"] = group.setdefault("initial_lr", group["lr"]) * share
