"""Gated causal convolutions."""

import torch
from torch import nn
from torch.nn import functional as F


class GatedCausalConv(nn.Module):
    """A residual layer that sees `dilation * (kernel - 1)` bytes back."""

    def __init__(self, width, kernel, dilation):
        super().__init__()
        self.reach = dilation * (kernel - 1)
        self.norm = nn.LayerNorm(width)
        self.conv = nn.Conv1d(width, 2 * width, kernel, dilation=dilation)

    def forward(self, x):
        past_padded = F.pad(self.norm(x).transpose(1, 2), (self.reach, 0))
        value, gate = self.conv(past_padded).transpose(1, 2).chunk(2, dim=-1)
        return x + value * torch.sigmoid(gate)
