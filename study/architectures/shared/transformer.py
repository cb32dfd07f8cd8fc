"""A small decoder-only transformer over bytes, with each of its usual tricks to be had or left out."""

from dataclasses import dataclass
from typing import Literal

import torch
from torch import nn
from torch.nn import functional as F

from .attention import CausalSelfAttention
from .sizing import widest

HEADS = 4


@dataclass(frozen=True)
class Tricks:
    """Defaults are those of GPT-2."""

    residual: bool = True
    norm: Literal["before", "after", "none"] = "before"
    positions: Literal["learned", "rotary", "none"] = "learned"
    gated: bool = False
    """A gated feed-forward layer (SwiGLU: Shazeer 2020, arXiv 2002.05202) at equal parameters."""
    normalise_queries: bool = False
    short_convolution: bool = False
    """A depthwise causal convolution over four bytes before each attention."""
    init_std: float = 0.05
    """Of all matrices; more than about 0.5 makes activations grow from layer to layer."""


class FeedForward(nn.Module):
    def __init__(self, width: int, gated: bool) -> None:
        super().__init__()
        hidden = 8 * width // 3 if gated else 4 * width
        self.up = nn.Linear(width, hidden)
        self.gate = nn.Linear(width, hidden) if gated else None
        self.down = nn.Linear(hidden, width)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        up = self.up(x)
        return self.down(F.gelu(up) if self.gate is None else F.silu(self.gate(x)) * up)


class ShortConvolution(nn.Module):
    """Each channel mixed with its own last `REACH` values; begins as the identity."""

    REACH = 4

    def __init__(self, width: int) -> None:
        super().__init__()
        self.taps = nn.Parameter(torch.zeros(width, 1, self.REACH))
        with torch.no_grad():
            self.taps[..., -1] = 1.0

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        past_padded = F.pad(x.transpose(1, 2), (self.REACH - 1, 0))
        return F.conv1d(past_padded, self.taps, groups=x.shape[-1]).transpose(1, 2)


class Block(nn.Module):
    def __init__(self, width: int, tricks: Tricks) -> None:
        super().__init__()
        self.tricks = tricks
        attention = CausalSelfAttention(width, HEADS, tricks.positions == "rotary", tricks.normalise_queries)
        self.attention = nn.Sequential(ShortConvolution(width), attention) if tricks.short_convolution else attention
        self.feed_forward = FeedForward(width, tricks.gated)
        self.norms = nn.ModuleList(norm_of(width, tricks) for _ in range(2))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for norm, layer in zip(self.norms, (self.attention, self.feed_forward)):
            change = layer(norm(x) if self.tricks.norm == "before" else x)
            x = x + change if self.tricks.residual else change
            if self.tricks.norm == "after":
                x = norm(x)
        return x


class Transformer(nn.Module):
    """Tokens [B, T] to logits [B, T, vocabulary]; the head shares the embedding's weights."""

    def __init__(self, vocabulary: int, length: int, layers: int, width: int, tricks: Tricks) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, width)
        self.positions = nn.Embedding(length, width) if tricks.positions == "learned" else None
        self.blocks = nn.Sequential(*(Block(width, tricks) for _ in range(layers)))
        self.norm = norm_of(width, tricks)
        self.init_std = tricks.init_std
        self.apply(self.initialise)

    def initialise(self, module: nn.Module) -> None:
        if isinstance(module, (nn.Linear, nn.Embedding)):
            nn.init.normal_(module.weight, std=self.init_std)
        if isinstance(module, nn.Linear) and module.bias is not None:
            nn.init.zeros_(module.bias)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        x = self.embedding(tokens)
        if self.positions is not None:
            x = x + self.positions(torch.arange(tokens.shape[1], device=tokens.device))
        return self.norm(self.blocks(x)) @ self.embedding.weight.t()


def norm_of(width: int, tricks: Tricks) -> nn.Module:
    return nn.Identity() if tricks.norm == "none" else nn.LayerNorm(width)


def transformer(ctx, tricks: Tricks) -> nn.Module:
    """The widest one with `ctx.max_layers` layers that the context allows."""
    return widest(
        lambda width: Transformer(ctx.vocab_size, ctx.sequence_length, ctx.max_layers, width, tricks),
        ctx.max_parameters,
    )
