"""A one-layer GRU over bytes."""

from prism_challenge.evaluator.interface import PrismContext, TrainingRecipe
from torch import nn

WIDTH = 96


class ByteGRU(nn.Module):
    def __init__(self, vocab_size, width):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, width)
        self.gru = nn.GRU(width, width, batch_first=True)
        self.output = nn.Linear(width, vocab_size)

    def forward(self, tokens):
        hidden, _ = self.gru(self.embedding(tokens))
        return self.output(hidden)


def build_model(ctx: PrismContext):
    return ByteGRU(ctx.vocab_size, WIDTH)


def get_recipe(ctx: PrismContext):
    return TrainingRecipe(learning_rate=6e-3, batch_size=16, optimizer="adamw", scheduler="constant", weight_decay=0.01)
