"""Everything in one file, as the reference's own examples have it."""

import torch
from torch import nn

from prism_challenge.evaluator.interface import TrainingRecipe


class TinyModel(nn.Module):
    def __init__(self, vocab_size: int, width: int = 64) -> None:
        super().__init__()
        self.embed = nn.Embedding(vocab_size, width)
        self.net = nn.Sequential(nn.Linear(width, width), nn.ReLU(), nn.Linear(width, vocab_size))

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        return self.net(self.embed(tokens))


def build_model(ctx):
    return TinyModel(ctx.vocab_size)


def get_recipe(ctx):
    return TrainingRecipe(learning_rate=1e-3, batch_size=4)


def configure_optimizer(model, recipe, ctx):
    return torch.optim.SGD(model.parameters(), lr=recipe.learning_rate, momentum=0.9, nesterov=True)


def compute_loss(model, batch, ctx):
    logits = model(batch.tokens)
    return nn.functional.cross_entropy(logits.reshape(-1, logits.shape[-1]), batch.targets.reshape(-1))


def infer(model, batch, ctx):
    return model(batch.tokens)
