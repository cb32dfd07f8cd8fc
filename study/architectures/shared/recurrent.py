"""Byte models around one of torch's recurrent layers."""

import torch
from torch import nn

from .sizing import widest


class Recurrent(nn.Module):
    """Embedding, `layer(width, width, batch_first=True)`, norm, head."""

    def __init__(self, vocabulary: int, layer: type[nn.RNNBase], width: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, width)
        self.layer = layer(width, width, batch_first=True)
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, vocabulary)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        return self.head(self.norm(self.layer(self.embedding(tokens))[0]))


def recurrent(ctx, layer: type[nn.RNNBase]) -> nn.Module:
    """The widest one, with one layer, that the context allows."""
    return widest(lambda width: Recurrent(ctx.vocab_size, layer, width), ctx.max_parameters)
