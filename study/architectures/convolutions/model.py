"""Gated causal convolutions, each reaching twice as far back as the one before: van den Oord et al. 2016."""

import torch
from torch import nn
from torch.nn import functional as F

from shared.sizing import widest

KERNEL = 3
CONVOLUTIONS_PER_LAYER = 2


class GatedConvolution(nn.Module):
    def __init__(self, width, dilation):
        super().__init__()
        self.reach = dilation * (KERNEL - 1)
        self.norm = nn.LayerNorm(width)
        self.convolution = nn.Conv1d(width, 2 * width, KERNEL, dilation=dilation)

    def forward(self, x):
        past_padded = F.pad(self.norm(x).transpose(1, 2), (self.reach, 0))
        value, gate = self.convolution(past_padded).transpose(1, 2).chunk(2, dim=-1)
        return x + value * torch.sigmoid(gate)


class Convolutions(nn.Module):
    def __init__(self, vocabulary, layers, width):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, width)
        self.layers = nn.Sequential(*(GatedConvolution(width, 2**layer) for layer in range(layers)))
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, vocabulary)

    def forward(self, tokens):
        return self.head(self.norm(self.layers(self.embedding(tokens))))


def build_model(ctx):
    layers = CONVOLUTIONS_PER_LAYER * ctx.max_layers
    return widest(lambda width: Convolutions(ctx.vocab_size, layers, width), ctx.max_parameters)
