"""Transformers with the usual choices of positions, masks and heads."""

import math

import torch
from torch import nn
from torch.nn import functional

WIDTH = 32
HEADS = 4


class Attention(nn.Module):
    """Causal self-attention; `mask` and `rotations` are persistent buffers where asked for."""

    def __init__(self, length, persistent, rotary, heads_of_keys=HEADS):
        super().__init__()
        self.query = nn.Linear(WIDTH, WIDTH)
        self.keys = nn.Linear(WIDTH, 2 * heads_of_keys * (WIDTH // HEADS))
        self.output = nn.Linear(WIDTH, WIDTH)
        self.heads_of_keys = heads_of_keys
        self.rotary = rotary
        self.register_buffer("mask", torch.ones(length, length, dtype=torch.bool).tril(), persistent=persistent)
        if rotary:
            half = WIDTH // HEADS // 2
            angles = torch.arange(length)[:, None] * (10_000.0 ** (-torch.arange(half) / half))[None, :]
            self.register_buffer("cosines", angles.cos(), persistent=persistent)
            self.register_buffer("sines", angles.sin(), persistent=persistent)

    def rotate(self, x):
        first, second = x.chunk(2, -1)
        cosines, sines = self.cosines[: x.shape[2]], self.sines[: x.shape[2]]
        return torch.cat([first * cosines - second * sines, first * sines + second * cosines], -1)

    def forward(self, x):
        batch, length, _ = x.shape
        query = self.query(x).view(batch, length, HEADS, -1).transpose(1, 2)
        keys, values = self.keys(x).view(batch, length, 2, self.heads_of_keys, -1).permute(2, 0, 3, 1, 4)
        if self.rotary:
            query, keys = self.rotate(query), self.rotate(keys)
        keys, values = (part.repeat_interleave(HEADS // self.heads_of_keys, 1) for part in (keys, values))
        scores = query @ keys.transpose(-2, -1) / math.sqrt(query.shape[-1])
        weights = scores.masked_fill(~self.mask[:length, :length], float("-inf")).softmax(-1)
        return self.output((weights @ values).transpose(1, 2).reshape(batch, length, WIDTH))


class Block(nn.Module):
    def __init__(self, attention, dropout=0.0):
        super().__init__()
        self.first, self.second = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.attention = attention
        self.mlp = nn.Sequential(nn.Linear(WIDTH, 4 * WIDTH), nn.GELU(), nn.Linear(4 * WIDTH, WIDTH))
        self.dropout = nn.Dropout(dropout)

    def forward(self, x):
        x = x + self.dropout(self.attention(self.first(x)))
        return x + self.dropout(self.mlp(self.second(x)))


class Transformer(nn.Module):
    def __init__(self, ctx, persistent=False, rotary=False, tied=False, dropout=0.0, heads_of_keys=HEADS, layers=2):
        super().__init__()
        length = ctx.sequence_length
        self.embedding = nn.Embedding(256, WIDTH)
        self.positions = None if rotary else nn.Parameter(torch.zeros(length, WIDTH))
        self.blocks = nn.Sequential(
            *(Block(Attention(length, persistent, rotary, heads_of_keys), dropout) for _ in range(layers))
        )
        self.norm = nn.LayerNorm(WIDTH)
        self.output = nn.Linear(WIDTH, 256, bias=False)
        if tied:
            self.output.weight = self.embedding.weight

    def forward(self, tokens):
        x = self.embedding(tokens)
        if self.positions is not None:
            x = x + self.positions[: tokens.shape[1]]
        return self.output(self.norm(self.blocks(x)))


class FromTorch(nn.Module):
    """Torch's own encoder, with its own mask."""

    def __init__(self, ctx):
        super().__init__()
        self.embedding = nn.Embedding(256, WIDTH)
        layer = nn.TransformerEncoderLayer(WIDTH, HEADS, 2 * WIDTH, dropout=0.0, batch_first=True, norm_first=True)
        self.encoder = nn.TransformerEncoder(layer, 1)
        self.output = nn.Linear(WIDTH, 256)

    def forward(self, tokens):
        length = tokens.shape[1]
        mask = torch.full((length, length), float("-inf")).triu(1)
        return self.output(self.encoder(self.embedding(tokens), mask))


class ShiftedMixing(nn.Module):
    """Token shift and a learnt causal mixing matrix, no attention."""

    def __init__(self, ctx):
        super().__init__()
        self.embedding = nn.Embedding(256, WIDTH)
        self.mixing = nn.Parameter(torch.zeros(ctx.sequence_length, ctx.sequence_length))
        self.output = nn.Linear(2 * WIDTH, 256)

    def forward(self, tokens):
        x = self.embedding(tokens)
        length = x.shape[1]
        mixed = torch.einsum("ts,bsd->btd", self.mixing[:length, :length].tril(), x)
        shifted = functional.pad(x, (0, 0, 1, 0))[:, :-1]
        return self.output(torch.cat([x + mixed, shifted], -1))
