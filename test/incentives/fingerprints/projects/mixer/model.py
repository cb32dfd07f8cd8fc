"""Mixes places with a lower triangular matrix and channels with two layers, as an MLP-Mixer that cannot look ahead."""

import torch
from torch import nn
from torch.nn import functional as F

WIDTH = 40
EXPANSION = 3
LAYERS = 3


def past_only(matrix, length):
    return matrix[:length, :length].tril()


class PlaceMixing(nn.Module):
    def __init__(self, width, length):
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.matrix = nn.Parameter(torch.eye(length))
        self.gain = nn.Parameter(torch.ones(width))

    def forward(self, x):
        normed = self.norm(x)
        mixed = past_only(self.matrix, normed.shape[1]) @ normed
        return x + mixed * self.gain


class ChannelMixing(nn.Module):
    def __init__(self, width, expansion):
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.up = nn.Linear(width, expansion * width)
        self.down = nn.Linear(expansion * width, width)

    def forward(self, x):
        inner = F.relu(self.up(self.norm(x)))
        inner *= inner
        return x + self.down(inner)


class Mixer(nn.Module):
    def __init__(self, vocabulary, length):
        super().__init__()
        if length < 2:
            raise ValueError("nothing to mix in {} places".format(length))
        self.embed = nn.Embedding(vocabulary, WIDTH)
        self.places = nn.ModuleList([PlaceMixing(WIDTH, length=length) for _ in range(LAYERS)])
        self.channels = nn.ModuleList([ChannelMixing(WIDTH, expansion=EXPANSION) for _ in range(LAYERS)])
        self.head = nn.Linear(WIDTH, vocabulary)

    def forward(self, tokens):
        x = self.embed(tokens)
        for place, channel in zip(self.places, self.channels):
            x = channel(place(x))
        return self.head(x)


def build_model(ctx):
    return Mixer(ctx.vocab_size, length=ctx.sequence_length)


def get_recipe(ctx):
    return {"learning_rate": 2e-3, "batch_size": 16}
