from typing import NamedTuple

import torch
from torch import nn
from torch.nn.functional import silu, softmax


class Shape(NamedTuple):
    width: int
    heads: int = 4

    @classmethod
    def small(cls) -> "Shape":
        return cls(width=64)

    @staticmethod
    def rounded(value: int) -> int:
        return max(8, value // 8 * 8)


class RMSNorm(nn.Module):
    def __init__(self, width: int, eps: float = 1e-6):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.eps = eps

    def forward(self, x):
        return self.weight * x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.eps)


def rotate(x, angles):
    even, odd = x[..., ::2], x[..., 1::2]
    cos, sin = angles.cos(), angles.sin()
    return torch.stack([even * cos - odd * sin, even * sin + odd * cos], dim=-1).flatten(-2)


class Layer(nn.Module):
    def __init__(self, shape: Shape):
        super().__init__()
        self.heads = shape.heads
        self.norms = nn.ModuleList([RMSNorm(shape.width), RMSNorm(shape.width)])
        self.qkv = nn.Linear(shape.width, 3 * shape.width, bias=False)
        self.out = nn.Linear(shape.width, shape.width, bias=False)
        inner = Shape.rounded(shape.width * 8 // 3)
        self.gate, self.up = (nn.Linear(shape.width, inner, bias=False) for _ in range(2))
        self.down = nn.Linear(inner, shape.width, bias=False)

    def attend(self, x, angles):
        b, t, w = x.shape
        q, k, v = self.qkv(x).view(b, t, 3, self.heads, w // self.heads).permute(2, 0, 3, 1, 4)
        q, k = rotate(q, angles), rotate(k, angles)
        scores = q @ k.mT / q.size(-1) ** 0.5
        hidden = torch.full((t, t), float("-inf"), device=x.device).triu(1)
        return self.out((softmax(scores + hidden, dim=-1) @ v).transpose(1, 2).reshape(b, t, w))

    def forward(self, x, angles):
        x = x + self.attend(self.norms[0](x), angles)
        y = self.norms[1](x)
        return x + self.down(silu(self.gate(y)) * self.up(y))


class Model(nn.Module):
    def __init__(self, vocab: int, length: int, depth: int, shape: Shape):
        super().__init__()
        self.embed = nn.Embedding(vocab, shape.width)
        self.layers = nn.ModuleList([Layer(shape) for _ in range(depth)])
        self.norm = RMSNorm(shape.width)
        rates = 10000 ** -torch.arange(0, 1, 2 * shape.heads / shape.width)
        self.register_buffer("angles", torch.outer(torch.arange(length), rates))

    @property
    def depth(self) -> int:
        return len(self.layers)

    def forward(self, tokens):
        x = self.embed(tokens) * self.depth**-0.5
        for layer in self.layers:
            x = layer(x, angles=self.angles[: tokens.size(1)])
        return self.norm(x) @ self.embed.weight.T


def build_model(ctx):
    return Model(ctx.vocab_size, ctx.sequence_length, depth=2, shape=Shape.small())


def get_recipe(ctx):
    return {"learning_rate": 2e-3, "batch_size": 16, "weight_decay": 0.1}
