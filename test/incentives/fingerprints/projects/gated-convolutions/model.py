"""Dilated convolutions with a gate, each of which adds to a sum that the head reads: after WaveNet."""

import torch
from torch import nn
from torch.nn import functional as F

WIDTH = 36
KERNEL = 2
DILATIONS = (1, 2, 4, 8)


def reach(kernel, dilation):
    return (kernel - 1) * dilation


class Gated(nn.Module):
    def __init__(self, width, kernel, dilation):
        super().__init__()
        self.left = reach(kernel, dilation)
        self.filter = nn.Conv1d(width, width, kernel, dilation=dilation)
        self.gate = nn.Conv1d(width, width, kernel, dilation=dilation)
        self.carry = nn.Conv1d(width, width, 1)

    def forward(self, x):
        past = F.pad(x, (self.left, 0))
        told = torch.tanh(self.filter(past)) * torch.sigmoid(self.gate(past))
        return x + self.carry(told), told


class WaveNet(nn.Module):
    def __init__(self, vocabulary, width):
        super().__init__()
        if width < KERNEL:
            raise ValueError(f"width {width}, kernel {KERNEL}")
        self.embed = nn.Embedding(vocabulary, width)
        self.layers = nn.ModuleList([Gated(width, KERNEL, dilation=one) for one in DILATIONS])
        self.join = nn.Conv1d(width, width, 1)
        self.head = nn.Conv1d(width, vocabulary, 1)

    def forward(self, tokens):
        x = self.embed(tokens).transpose(1, 2)
        total = torch.zeros_like(x)
        for layer in self.layers:
            x, told = layer(x)
            total += told
        return self.head(F.relu(self.join(F.relu(total)))).transpose(1, 2)


def build_model(ctx):
    return WaveNet(ctx.vocab_size, width=WIDTH)


def get_recipe(ctx):
    return {"learning_rate": 3e-3, "batch_size": 16}
