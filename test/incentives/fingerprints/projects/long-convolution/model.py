"""Gated convolutions as long as the text, whose filters a small network draws: after Hyena."""

import torch
from torch import nn

WIDTH = 32
BANDS = 6
LAYERS = 2


def convolved(signal, taps, size):
    return torch.fft.irfft(torch.fft.rfft(signal, n=size) * torch.fft.rfft(taps, n=size), n=size)


class Filter(nn.Module):
    def __init__(self, width, bands):
        super().__init__()
        self.bands = bands
        self.net = nn.Sequential(nn.Linear(2 * bands, 16), nn.SiLU(), nn.Linear(16, width))
        self.decay = nn.Parameter(torch.linspace(0.5, 4.0, width))

    def forward(self, length, device):
        place = torch.linspace(0, 1, length, device=device).unsqueeze(-1)
        angle = place * torch.arange(1, self.bands + 1, device=device)
        features = torch.cat([angle.sin(), angle.cos()], dim=-1)
        window = torch.exp(-place * self.decay.abs())
        return (self.net(features) * window).t()


class LongConvolution(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.parts = nn.Linear(width, 3 * width)
        self.filter = Filter(width, bands=BANDS)
        self.out = nn.Linear(width, width)

    def forward(self, x):
        length = x.size(1)
        before, value, after = self.parts(self.norm(x)).transpose(1, 2).chunk(3, dim=1)
        mixed = convolved(before * value, self.filter(length, x.device), 2 * length)[..., :length]
        mixed *= after
        return x + self.out(mixed.transpose(1, 2))


class Model(nn.Module):
    def __init__(self, vocabulary, width, layers):
        super().__init__()
        if layers < 1:
            raise ValueError(f"{layers} layers hold no filter")
        self.embed = nn.Embedding(vocabulary, width)
        self.layers = nn.ModuleList([LongConvolution(width) for _ in range(layers)])
        self.head = nn.Linear(width, vocabulary)

    def forward(self, tokens):
        x = self.embed(tokens)
        for layer in self.layers:
            x = layer(x)
        return self.head(x)


def build_model(ctx):
    return Model(ctx.vocab_size, width=WIDTH, layers=min(LAYERS, ctx.max_layers))


def get_recipe(ctx):
    return {"learning_rate": 2e-3, "batch_size": 8}
