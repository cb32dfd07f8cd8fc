"""
A small GPT over bytes with what has become usual since 2020: pre-norm blocks, RMS norms, rotary positions, normalised queries and keys,
squared ReLU, tied embeddings, residual branches that start at zero, and a look at the byte before at the bottom.
"""

import math

import torch
from torch import nn
from torch.nn import functional as F

HEAD_WIDTH = 32
"""About; heads share the width evenly."""
ASPECT = 40
"""Least width for each layer where the depth is free: the deepest model that is not thinner."""


def rms_norm(x: torch.Tensor) -> torch.Tensor:
    return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + 1e-6)


def rotate(x: torch.Tensor) -> torch.Tensor:
    """Rotary positions (Su et al. 2021, arXiv:2104.09864) for x [..., T, head width]; any length, nothing learnt."""
    half = x.shape[-1] // 2
    rates = 1e4 ** (-torch.arange(half, device=x.device, dtype=torch.float32) / half)
    angles = torch.arange(x.shape[-2], device=x.device, dtype=torch.float32)[:, None] * rates
    cos, sin = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
    first, second = x[..., :half], x[..., half:]
    return torch.cat([first * cos - second * sin, first * sin + second * cos], dim=-1)


class Attention(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.heads = heads_of(width)
        self.query_key_value = nn.Linear(width, 3 * width, bias=False)
        self.output = nn.Linear(width, width, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        batch, length, width = x.shape
        split = self.query_key_value(x).view(batch, length, 3, self.heads, width // self.heads)
        query, key, value = split.permute(2, 0, 3, 1, 4)
        query, key = rotate(rms_norm(query)), rotate(rms_norm(key))
        scores = query @ key.transpose(-2, -1) / math.sqrt(width // self.heads)
        later = torch.ones(length, length, dtype=torch.bool, device=x.device).triu(1)
        mixed = scores.masked_fill(later, -math.inf).softmax(dim=-1) @ value
        return self.output(mixed.transpose(1, 2).reshape(batch, length, width))


class Block(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.attention = Attention(width)
        self.up = nn.Linear(width, 4 * width, bias=False)
        self.down = nn.Linear(4 * width, width, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = x + self.attention(rms_norm(x))
        return x + self.down(F.relu(self.up(rms_norm(x))).square())


class Transformer(nn.Module):
    def __init__(self, vocab_size: int, width: int, depth: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, width)
        self.previous = nn.Linear(width, width, bias=False)
        self.blocks = nn.ModuleList(Block(width) for _ in range(depth))
        self.scale = nn.Parameter(torch.ones(width))
        for matrix in (self.embedding, *(part for block in self.blocks for part in (block.attention.query_key_value, block.up))):
            nn.init.normal_(matrix.weight, std=width**-0.5)
        for matrix in (self.previous, *(part for block in self.blocks for part in (block.attention.output, block.down))):
            nn.init.zeros_(matrix.weight)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        x = self.embedding(tokens)
        x = rms_norm(x + self.previous(F.pad(x, (0, 0, 1, 0))[:, :-1]))
        for block in self.blocks:
            x = block(x)
        return F.linear(self.scale * rms_norm(x), self.embedding.weight)


def heads_of(width: int) -> int:
    return max(1, round(width / HEAD_WIDTH))


def width_for(max_parameters: int, vocab_size: int, depth: int) -> int:
    """The widest that `depth` blocks allow, even in each head: (12 depth + 1) width^2 + (vocab_size + 1) width parameters."""
    square, linear = 12 * depth + 1, vocab_size + 1
    width = max(2, (math.isqrt(linear * linear + 4 * square * max_parameters) - linear) // (2 * square))
    while width % (2 * heads_of(width)) != 0:
        width -= 1
    return width


def depth_for(max_parameters: int, vocab_size: int, max_layers: int) -> int:
    """The deepest of at most `max_layers` whose width is at least `ASPECT` for each layer."""
    deep_enough = [depth for depth in range(1, max_layers + 1) if width_for(max_parameters, vocab_size, depth) >= ASPECT * depth]
    return max(deep_enough, default=1)


def build_model(ctx):
    depth = ctx.depth or depth_for(ctx.max_parameters, ctx.vocab_size, ctx.max_layers)
    return Transformer(ctx.vocab_size, width_for(ctx.max_parameters, ctx.vocab_size, depth), depth)
