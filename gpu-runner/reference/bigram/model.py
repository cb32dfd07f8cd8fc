"""
A byte-bigram model: the logits of the next byte depend on the last byte only, through one hidden layer.

It is what an architecture has to beat to have shown anything: no context, but fast to learn.
"""

import math

import torch
from torch import nn


class ByteBigram(nn.Module):
    """Embedded byte -> hidden layer of the same width -> 256 logits."""

    def __init__(self, vocab_size: int, width: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, width)
        self.hidden = nn.Linear(width, width)
        self.output = nn.Linear(width, vocab_size)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        return self.output(torch.relu(self.hidden(self.embedding(tokens))))


def width_for(max_parameters: int, vocab_size: int) -> int:
    """
    The widest that takes at most 36 % of the parameters that are allowed: 160 of 300,000. More width learns nothing more from one byte.

    width^2 + (2 vocab_size + 1) width + vocab_size parameters, solved for the width.
    """
    per_width = 2 * vocab_size + 1
    spare = max(0, 36 * max_parameters // 100 - vocab_size)
    return max(1, (math.isqrt(per_width * per_width + 4 * spare) - per_width) // 2)


def build_model(ctx):
    return ByteBigram(ctx.vocab_size, width_for(ctx.max_parameters, ctx.vocab_size))
