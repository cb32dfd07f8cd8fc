"""The recipe and its hooks: no decay on vectors, label smoothing, and a clipped step."""

import torch
from torch.nn import functional as F

from prism_challenge.evaluator.interface import PrismBatch, PrismContext, TrainingRecipe

SMOOTHING = 0.05


def get_recipe(ctx: PrismContext) -> TrainingRecipe:
    return TrainingRecipe(learning_rate=5e-3, batch_size=16, weight_decay=0.1)


def _groups(model, decay):
    matrices = [p for p in model.parameters() if p.requires_grad and p.dim() >= 2]
    vectors = [p for p in model.parameters() if p.requires_grad and p.dim() < 2]
    return [{"params": matrices, "weight_decay": decay}, {"params": vectors, "weight_decay": 0.0}]


def configure_optimizer(model, recipe, ctx):
    return torch.optim.AdamW(_groups(model, recipe.weight_decay), lr=recipe.learning_rate, betas=(0.9, 0.95))


def compute_loss(model, batch: PrismBatch, ctx):
    logits = model(batch.tokens)
    return F.cross_entropy(logits.flatten(0, 1), batch.targets.flatten(), label_smoothing=SMOOTHING)


def train_step(model, batch, optimizer, ctx):
    optimizer.zero_grad(set_to_none=True)
    loss = compute_loss(model, batch, ctx)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    for group in optimizer.param_groups:
        group["lr"] *= 0.999
    return loss.detach()
