"""Models that differ in how they normalise; batch statistics and power iterations move buffers in `forward`."""

import torch
from torch import nn
from torch.nn import functional

WIDTH = 48


class Normalised(nn.Module):
    def __init__(self, norm, channels_first=False):
        super().__init__()
        self.embedding = nn.Embedding(256, WIDTH)
        self.hidden = nn.Linear(WIDTH, WIDTH)
        self.norm = norm
        self.channels_first = channels_first
        self.output = nn.Linear(WIDTH, 256)

    def forward(self, tokens):
        x = self.hidden(self.embedding(tokens))
        x = self.norm(x.transpose(1, 2)).transpose(1, 2) if self.channels_first else self.norm(x)
        return self.output(functional.gelu(x))


class RMSNorm(nn.Module):
    def __init__(self, width, eps=1e-6):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(width))
        self.eps = eps

    def forward(self, x):
        return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + self.eps) * self.scale


class RunningScale(nn.Module):
    """Divides by an exponential moving average of the activations' size, kept in a buffer of one number per channel."""

    def __init__(self, width):
        super().__init__()
        self.register_buffer("average", torch.ones(width))

    def forward(self, x):
        if self.training:
            with torch.no_grad():
                self.average.lerp_(x.abs().mean((0, 1)), 0.1)
        return x / (self.average + 1e-3)


class SpectralLayer(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(256, WIDTH)
        self.hidden = nn.utils.spectral_norm(nn.Linear(WIDTH, WIDTH))
        self.output = nn.Linear(WIDTH, 256)

    def forward(self, tokens):
        return self.output(torch.tanh(self.hidden(self.embedding(tokens))))


class ParametrisedSpectralLayer(SpectralLayer):
    def __init__(self):
        super().__init__()
        self.hidden = nn.utils.parametrizations.spectral_norm(nn.Linear(WIDTH, WIDTH))


class WeightNormLayer(SpectralLayer):
    def __init__(self):
        super().__init__()
        self.hidden = nn.utils.weight_norm(nn.Linear(WIDTH, WIDTH))


class OrthogonalLayer(SpectralLayer):
    def __init__(self):
        super().__init__()
        self.hidden = nn.utils.parametrizations.orthogonal(nn.Linear(WIDTH, WIDTH))


def layer_norm():
    return Normalised(nn.LayerNorm(WIDTH))


def rms_norm():
    return Normalised(RMSNorm(WIDTH))


def batch_norm():
    return Normalised(nn.BatchNorm1d(WIDTH), channels_first=True)


def batch_norm_without_momentum():
    return Normalised(nn.BatchNorm1d(WIDTH, momentum=None), channels_first=True)


def group_norm():
    return Normalised(nn.GroupNorm(4, WIDTH), channels_first=True)


def running_scale():
    return Normalised(RunningScale(WIDTH))
