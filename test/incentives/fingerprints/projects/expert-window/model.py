"""A window of bytes, then experts of which a router takes the best two for each place."""

import torch
from torch import nn
from torch.nn import functional as F

WIDTH = 32
WINDOW = 6
EXPERTS = 4
CHOSEN = 2


def padded(tokens, window):
    return F.pad(tokens, (window - 1, 0), value=0)


class Expert(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.gate = nn.Linear(width, 2 * width)
        self.up = nn.Linear(width, 2 * width)
        self.down = nn.Linear(2 * width, width)

    def forward(self, x):
        return self.down(F.silu(self.gate(x)) * self.up(x))


class Mixture(nn.Module):
    def __init__(self, width, experts, chosen):
        super().__init__()
        if experts < chosen:
            raise ValueError(f"{chosen} of {experts} experts")
        self.chosen = chosen
        self.router = nn.Linear(width, experts)
        self.experts = nn.ModuleList([Expert(width) for _ in range(experts)])

    def forward(self, x):
        chances = F.softmax(self.router(x), dim=-1)
        best, places = chances.topk(self.chosen, dim=-1)
        share = torch.zeros_like(chances).scatter(-1, places, best / best.sum(-1, keepdim=True))
        total = torch.zeros_like(x)
        for index, expert in enumerate(self.experts):
            total += share[..., index : index + 1] * expert(x)
        return total


class ExpertWindow(nn.Module):
    def __init__(self, vocabulary, width):
        super().__init__()
        self.embed = nn.Embedding(vocabulary, width)
        self.collect = nn.Linear(WINDOW * width, width)
        self.mixture = Mixture(width, experts=EXPERTS, chosen=CHOSEN)
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, vocabulary)

    def forward(self, tokens):
        windows = padded(tokens, WINDOW).unfold(1, WINDOW, 1)
        x = torch.tanh(self.collect(self.embed(windows).flatten(2)))
        x += self.mixture(self.norm(x))
        return self.head(x)


def build_model(ctx):
    return ExpertWindow(ctx.vocab_size, width=WIDTH)


def get_recipe(ctx):
    return {"learning_rate": 3e-3, "batch_size": 16}
