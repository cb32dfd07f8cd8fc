"""Every position gathers from what came before it."""

import math

from torch import nn
import torch


def rotate_half(t):
    left, right = t.chunk(2, dim=-1)
    return torch.cat([-right, left], dim=-1)


def rotary_angles(length, size, base=10000.0):
    steps = torch.arange(0, size, 2).float() / size
    return torch.outer(torch.arange(length).float(), base**-steps)


class PastMixer(nn.Module):
    def forward(self, h):
        n, t, d = h.shape
        split = (n, t, self.groups, d // self.groups)
        q, k, v = (piece.view(split).transpose(1, 2) for piece in self.project(h).chunk(3, dim=-1))
        affinity = q @ k.transpose(-2, -1) / math.sqrt(d // self.groups)
        later = torch.ones(t, t, device=h.device, dtype=torch.bool).triu(1)
        gathered = affinity.masked_fill(later, float("-inf")).softmax(dim=-1) @ v
        return self.merge(gathered.transpose(1, 2).reshape(n, t, d))

    def __init__(self, size, groups):
        super().__init__()
        self.groups = groups
        self.project = nn.Linear(size, 3 * size, bias=False)
        self.merge = nn.Linear(size, size, bias=False)
