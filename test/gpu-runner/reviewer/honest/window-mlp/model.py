import math

import torch
import torch.nn.functional as F
from torch import nn

CONTEXT = 8
WIDTH, HIDDEN = 32, 192
INIT_STD = 1 / math.sqrt(WIDTH)


class WindowMLP(nn.Module):
    """Embeds the last CONTEXT bytes and mixes them with two layers."""

    def __init__(self, vocab_size: int, context: int = CONTEXT) -> None:
        super().__init__()
        self.context = context
        self.embedding = nn.Embedding(vocab_size + 1, WIDTH)
        self.hidden = nn.Linear(context * WIDTH, HIDDEN)
        self.output = nn.Linear(HIDDEN, vocab_size)
        self.padding = vocab_size
        nn.init.normal_(self.embedding.weight, std=INIT_STD)

    def windows(self, tokens: torch.Tensor) -> torch.Tensor:
        padded = F.pad(tokens, (self.context - 1, 0), value=self.padding)
        return padded.unfold(1, self.context, 1)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        x = self.embedding(self.windows(tokens)).flatten(2)
        return self.output(torch.tanh(self.hidden(x)))


def build_model(ctx):
    return WindowMLP(vocab_size=ctx.vocab_size)


def get_recipe(ctx):
    return dict(learning_rate=3e-3, batch_size=16, scheduler="cosine")
