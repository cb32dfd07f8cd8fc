"""
The reference architecture: a byte-bigram model. The logits of the next byte depend on the last byte only, through one hidden layer.

It is what an architecture has to beat to have shown anything: no context, but fast to learn.
"""

import torch
from torch import nn

WIDTH = 160
HIDDEN = 160


class ByteBigram(nn.Module):
    """Embedded byte -> hidden layer -> 256 logits. About 108,000 parameters."""

    def __init__(self, vocab_size: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, WIDTH)
        self.hidden = nn.Linear(WIDTH, HIDDEN)
        self.output = nn.Linear(HIDDEN, vocab_size)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        return self.output(torch.relu(self.hidden(self.embedding(tokens))))


def build_model(ctx):
    return ByteBigram(ctx.vocab_size)
