"""Time mixing with an exponentially fading weighted average of values, and squared channel mixing: after RWKV."""

import torch
from torch import nn

WIDTH = 40
DEPTH = 2


def before(x):
    return torch.cat([torch.zeros_like(x[:, :1]), x[:, :-1]], dim=1)


class TimeMixing(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.share = nn.Parameter(torch.full((3, width), 0.5))
        self.fading = nn.Parameter(torch.linspace(-2, 1, width))
        self.bonus = nn.Parameter(torch.zeros(width))
        self.key = nn.Linear(width, width, bias=False)
        self.value = nn.Linear(width, width, bias=False)
        self.receive = nn.Linear(width, width, bias=False)
        self.out = nn.Linear(width, width, bias=False)

    def forward(self, x):
        old = before(x)
        mixed = [x * share + old * (1 - share) for share in self.share]
        key, value = self.key(mixed[0]).clamp(max=8).exp(), self.value(mixed[1])
        fading = torch.exp(-torch.exp(self.fading))
        top, bottom, outputs = torch.zeros_like(x[:, 0]), torch.full_like(x[:, 0], 1e-6), []
        for k, v in zip(key.unbind(1), value.unbind(1)):
            now = k * self.bonus.exp()
            outputs.append((top + now * v) / (bottom + now))
            top, bottom = fading * top + k * v, fading * bottom + k
        return self.out(torch.sigmoid(self.receive(mixed[2])) * torch.stack(outputs, dim=1))


class ChannelMixing(nn.Module):
    def __init__(self, width, expansion):
        super().__init__()
        self.share = nn.Parameter(torch.full((width,), 0.5))
        self.key = nn.Linear(width, expansion * width, bias=False)
        self.value = nn.Linear(expansion * width, width, bias=False)

    def forward(self, x):
        inner = torch.relu(self.key(x * self.share + before(x) * (1 - self.share)))
        inner *= inner
        return self.value(inner)


class Model(nn.Module):
    def __init__(self, vocabulary, width):
        super().__init__()
        if width < 1:
            raise ValueError(f"a width of {width}")
        self.embed = nn.Embedding(vocabulary, width)
        self.norms = nn.ModuleList([nn.LayerNorm(width) for _ in range(2 * DEPTH)])
        self.times = nn.ModuleList([TimeMixing(width) for _ in range(DEPTH)])
        self.channels = nn.ModuleList([ChannelMixing(width, expansion=3) for _ in range(DEPTH)])
        self.head = nn.Linear(width, vocabulary)

    def forward(self, tokens):
        x = self.embed(tokens)
        for index in range(DEPTH):
            x = x + self.times[index](self.norms[2 * index](x))
            x = x + self.channels[index](self.norms[2 * index + 1](x))
        return self.head(x)


def build_model(ctx):
    return Model(ctx.vocab_size, width=WIDTH)


def get_recipe(ctx):
    return {"learning_rate": 2e-3, "batch_size": 8}
