"""Each byte is predicted from the two before it: what the project that looks ahead would be if it did not."""

import torch
from torch import nn


class Model(nn.Module):
    shift = 1
    """How far back the second byte is, from the last one read."""

    def __init__(self):
        super().__init__()
        self.last = nn.Embedding(256, 256)
        self.other = nn.Embedding(256, 256)
        nn.init.zeros_(self.last.weight)
        nn.init.zeros_(self.other.weight)

    def forward(self, tokens):
        return 10.0 * (self.last(tokens) + self.other(torch.roll(tokens, self.shift, 1)))


def build_model(ctx):
    return Model()
