"""A perceptron with one hidden layer over the last eight bytes: Bengio et al. 2003."""

import torch
from torch import nn
from torch.nn import functional as F

from shared.sizing import widest

REACH = 8
EMBEDDING = 16


class LastBytes(nn.Module):
    def __init__(self, vocabulary, width):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, EMBEDDING)
        self.hidden = nn.Linear(REACH * EMBEDDING, width)
        self.head = nn.Linear(width, vocabulary)

    def forward(self, tokens):
        past_padded = F.pad(self.embedding(tokens), (0, 0, REACH - 1, 0))
        last = past_padded.unfold(1, REACH, 1).flatten(2)
        return self.head(torch.relu(self.hidden(last)))


def build_model(ctx):
    return widest(lambda width: LastBytes(ctx.vocab_size, width), ctx.max_parameters)
