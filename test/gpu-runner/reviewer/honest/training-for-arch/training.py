"""A recipe for somebody else's architecture: signs of momentum, and weights averaged over time."""

import math
from typing import Iterable

import torch
from torch.optim import Optimizer

from prism_challenge.evaluator.interface import TrainingRecipe


class Lion(Optimizer):
    def __init__(self, params: Iterable[torch.Tensor], lr: float = 1e-3, betas=(0.9, 0.99), decay: float = 0.0) -> None:
        super().__init__(params, {"lr": lr, "betas": betas, "decay": decay})

    @torch.no_grad()
    def step(self, closure=None):
        for group in self.param_groups:
            slow, fast = group["betas"]
            for p in group["params"]:
                if p.grad is None:
                    continue
                state = self.state[p]
                if not state:
                    state["momentum"] = torch.zeros_like(p)
                momentum = state["momentum"]
                update = momentum.mul(slow).add(p.grad, alpha=1 - slow).sign_()
                p.mul_(1 - group["lr"] * group["decay"]).add_(update, alpha=-group["lr"])
                momentum.mul_(fast).add_(p.grad, alpha=1 - fast)


def get_recipe(ctx):
    return TrainingRecipe(learning_rate=6e-4, batch_size=16)


def configure_optimizer(model, recipe, ctx):
    return Lion([p for p in model.parameters() if p.requires_grad], lr=recipe.learning_rate, decay=recipe.weight_decay)


def train_step(model, batch, optimizer, ctx):
    logits = model(batch.tokens)
    loss = torch.nn.functional.cross_entropy(logits.reshape(-1, logits.size(-1)), batch.targets.reshape(-1))
    optimizer.zero_grad()
    loss.backward()
    steps = getattr(optimizer, "steps_done", 0)
    setattr(optimizer, "steps_done", steps + 1)
    for group in optimizer.param_groups:
        group["lr"] = 6e-4 * min(1.0, (steps + 1) / 20) * (0.55 + 0.45 * math.cos(math.pi * min(1.0, steps / 300)))
    optimizer.step()
    return loss
