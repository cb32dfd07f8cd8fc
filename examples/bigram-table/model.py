"""A byte-bigram table: one row of logits for each last byte."""

from prism_challenge.evaluator.interface import PrismContext, TrainingRecipe
from torch import nn


class BigramTable(nn.Module):
    def __init__(self, vocab_size):
        super().__init__()
        self.table = nn.Embedding(vocab_size, vocab_size)
        nn.init.zeros_(self.table.weight)

    def forward(self, tokens):
        return self.table(tokens)


def build_model(ctx: PrismContext):
    return BigramTable(ctx.vocab_size)


def get_recipe(ctx: PrismContext):
    # A row is only touched when its byte was seen, so it wants large steps and no decay.
    return TrainingRecipe(learning_rate=0.05, batch_size=16, optimizer="adam", scheduler="cosine", weight_decay=0.0)
