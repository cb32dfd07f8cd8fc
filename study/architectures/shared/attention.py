"""Causal self-attention, with rotary positions and normalised queries and keys where asked for."""

import math

import torch
from torch import nn

ROTARY_BASE = 10_000.0


class CausalSelfAttention(nn.Module):
    """Multi-head attention over [B, T, width] to the same shape; nothing is seen of what comes later."""

    def __init__(self, width: int, heads: int, rotary: bool, normalise_queries: bool) -> None:
        super().__init__()
        self.heads = heads
        self.rotary = rotary
        self.qkv = nn.Linear(width, 3 * width, bias=False)
        self.out = nn.Linear(width, width, bias=False)
        # Queries and keys of unit length need a scale of their own, or the softmax stays flat.
        self.sharpness = nn.Parameter(torch.full((heads, 1, 1), 8.0)) if normalise_queries else None

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        batch, length, width = x.shape
        per_head = (batch, length, self.heads, width // self.heads)
        query, key, value = (part.view(per_head).transpose(1, 2) for part in self.qkv(x).chunk(3, dim=-1))
        if self.rotary:
            query, key = rotated(query), rotated(key)
        if self.sharpness is None:
            scores = query @ key.transpose(-2, -1) / math.sqrt(width // self.heads)
        else:
            query, key = (nn.functional.normalize(part, dim=-1) for part in (query, key))
            scores = self.sharpness * (query @ key.transpose(-2, -1))
        future = torch.ones(length, length, dtype=torch.bool, device=x.device).triu(1)
        mixed = scores.masked_fill(future, float("-inf")).softmax(dim=-1) @ value
        return self.out(mixed.transpose(1, 2).reshape(batch, length, width))


def rotated(x: torch.Tensor) -> torch.Tensor:
    """`x` [.., T, d] with each pair (i, i + d/2) turned by an angle proportional to the position: Su et al. 2021, arXiv 2104.09864."""
    length, width = x.shape[-2:]
    rates = ROTARY_BASE ** (-torch.arange(0, width, 2, device=x.device) / width)
    angles = torch.arange(length, device=x.device)[:, None] * rates
    first, second = x.chunk(2, dim=-1)
    cos, sin = angles.cos(), angles.sin()
    return torch.cat((first * cos - second * sin, first * sin + second * cos), dim=-1)
