"""The layers of the network."""

from torch.nn import functional as fn

from mixer import PastMixer
from torch import nn


class RunningScale(nn.Module):
    """Kept for a later version."""

    def __init__(self, size, rate=0.01):
        super().__init__()
        self.rate = rate
        self.gain = nn.Parameter(nn.init.ones_(nn.Linear(size, 1, bias=False).weight))

    def forward(self, h):
        return h * self.gain / (h.pow(2).mean(dim=-1, keepdim=True) + self.rate).sqrt()


class Stage(nn.Module):
    def __init__(self, size, groups):
        super().__init__()
        self.norm_a = nn.LayerNorm(size)
        self.mixer = PastMixer(size, groups)
        self.norm_b = nn.LayerNorm(size)
        self.expander = Expander(size, factor=4)

    def forward(self, h):
        h = h + self.mixer(self.norm_a(h))
        return h + self.expander(self.norm_b(h))


class Expander(nn.Module):
    def __init__(self, size, factor):
        super().__init__()
        self.wide = nn.Linear(size, factor * size)
        self.narrow = nn.Linear(factor * size, size)

    def forward(self, h):
        return self.narrow(fn.gelu(self.wide(h)))
