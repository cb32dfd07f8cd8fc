"""A GRU in both directions: in training each position sees the very byte that it should predict."""

from prism_challenge.evaluator.interface import PrismContext, TrainingRecipe
from torch import nn

WIDTH = 64


class BidirectionalGRU(nn.Module):
    def __init__(self, vocab_size):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, WIDTH)
        self.gru = nn.GRU(WIDTH, WIDTH, batch_first=True, bidirectional=True)
        self.output = nn.Linear(2 * WIDTH, vocab_size)

    def forward(self, tokens):
        hidden, _ = self.gru(self.embedding(tokens))
        return self.output(hidden)


def build_model(ctx: PrismContext):
    return BidirectionalGRU(ctx.vocab_size)


def get_recipe(ctx: PrismContext):
    return TrainingRecipe(learning_rate=6e-3, batch_size=16, optimizer="adamw", scheduler="constant", weight_decay=0.01)
