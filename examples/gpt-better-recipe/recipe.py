"""A better way to train a small GPT: orthogonal momentum for its weight matrices, Adam for the rest, a short warm-up, a long decay."""

import math

import torch
from prism_challenge.evaluator.interface import PrismBatch, PrismContext, TrainingRecipe
from torch import nn
from torch.nn import functional as F

from .orthogonal import OrthogonalMomentum

MATRIX_RATE = 0.05
WARM_UP = 5
LAST_SHARE = 0.1


def get_recipe(ctx: PrismContext):
    return TrainingRecipe(learning_rate=1e-2, batch_size=16, optimizer="adamw", scheduler="none", weight_decay=0.0)


def configure_optimizer(model, recipe: TrainingRecipe, ctx: PrismContext):
    tables = {id(module.weight) for module in model.modules() if isinstance(module, nn.Embedding)}
    linear = [module.weight for module in model.modules() if isinstance(module, nn.Linear)]
    matrices = [weight for weight in linear if id(weight) not in tables]  # a tied output layer is a table
    chosen = {id(weight) for weight in matrices}
    rest = [weight for weight in model.parameters() if id(weight) not in chosen]
    optimizer = OrthogonalMomentum(matrices, lr=MATRIX_RATE)
    optimizer.rest = torch.optim.Adam(rest, lr=recipe.learning_rate, betas=(0.9, 0.95))
    optimizer.schedules = [
        torch.optim.lr_scheduler.LambdaLR(part, share_of_rate(ctx)) for part in (optimizer, optimizer.rest)
    ]
    return optimizer


def share_of_rate(ctx):
    """The schedule: a linear warm-up, then a cosine down to a tenth."""
    steps = ctx.steps or 1000

    def share(step):
        falling = 0.5 * (1.0 + math.cos(math.pi * min(1.0, step / steps)))
        return min(1.0, (step + 1) / WARM_UP) * (LAST_SHARE + (1.0 - LAST_SHARE) * falling)

    return share


def train_step(model, batch: PrismBatch, optimizer, ctx: PrismContext):
    model.zero_grad(set_to_none=True)
    loss = F.cross_entropy(model(batch.tokens).flatten(0, 1), batch.targets.flatten())
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    for part in (optimizer, optimizer.rest):
        part.step()
    for schedule in optimizer.schedules:
        schedule.step()
    return loss.detach()
