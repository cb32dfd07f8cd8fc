"""A decoder with learned positions and pre-norm blocks."""

import math

import torch
import torch.nn as nn
import torch.nn.functional as F

WIDTH = 48
HEADS = 4
DEPTH = 2


def scale(features):
    return 1 / math.sqrt(features)


def causal(length, device):
    return torch.ones(length, length, dtype=torch.bool, device=device).triu(1)


class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.query_key_value = nn.Linear(width, 3 * width, bias=False)
        self.out = nn.Linear(width, width, bias=False)

    def split(self, x):
        return x.unflatten(-1, (self.heads, -1)).transpose(1, 2)

    def forward(self, x):
        query, key, value = self.query_key_value(x).chunk(3, dim=-1)
        query, key, value = self.split(query), self.split(key), self.split(value)
        scores = query @ key.transpose(-2, -1)
        scores *= scale(query.size(-1))
        hidden = causal(x.size(1), x.device)
        weights = F.softmax(scores.masked_fill(hidden, float("-inf")), dim=-1)
        return self.out((weights @ value).transpose(1, 2).flatten(2))


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.first = nn.LayerNorm(width)
        self.attention = Attention(width, heads)
        self.second = nn.LayerNorm(width)
        self.up = nn.Linear(width, 4 * width)
        self.down = nn.Linear(4 * width, width)

    def forward(self, x):
        x = x + self.attention(self.first(x))
        inner = F.gelu(self.up(self.second(x)))
        return x + self.down(inner)


class Decoder(nn.Module):
    def __init__(self, vocabulary, length):
        super().__init__()
        if length < 1:
            raise ValueError(f"a length of {length} holds no byte")
        self.bytes = nn.Embedding(vocabulary, WIDTH)
        self.places = nn.Parameter(torch.zeros(length, WIDTH))
        self.blocks = nn.ModuleList([Block(WIDTH, heads=HEADS) for _ in range(DEPTH)])
        self.norm = nn.LayerNorm(WIDTH)
        self.head = nn.Linear(WIDTH, vocabulary)

    def forward(self, tokens):
        x = self.bytes(tokens)
        x += self.places[: tokens.size(1)]
        for block in self.blocks:
            x = block(x)
        return self.head(self.norm(x))


def build_model(ctx):
    return Decoder(ctx.vocab_size, length=ctx.sequence_length)


def get_recipe(ctx):
    return {"learning_rate": 3e-3, "batch_size": 16}
