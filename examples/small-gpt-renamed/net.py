"""PosteriorNet: a network of stages over bytes."""

from torch import nn

import torch
from layers import Stage
from prism_challenge.evaluator.interface import PrismContext

DEPTH = 2
GROUPS = 4
SIZE = 64


def build_model(ctx: PrismContext):
    return PosteriorNet(ctx.vocab_size, ctx.sequence_length)


def prepare(part):
    if isinstance(part, (nn.Linear, nn.Embedding)):
        nn.init.normal_(part.weight, std=0.05)
    if isinstance(part, nn.Linear) and part.bias is not None:
        nn.init.zeros_(part.bias)


def smooth(values, window=5):
    total = values.cumsum(dim=-1)
    total[..., window:] = total[..., window:] - total[..., :-window]
    return total / window


class PosteriorNet(nn.Module):
    def __init__(self, symbols, longest):
        super().__init__()
        self.letters = nn.Embedding(symbols, SIZE)
        self.slots = nn.Embedding(longest, SIZE)
        self.echo = nn.Linear(SIZE, SIZE, bias=False)
        self.stages = nn.ModuleList(Stage(SIZE, GROUPS) for _ in range(DEPTH))
        self.last_norm = nn.LayerNorm(SIZE)
        self.readout = nn.Linear(SIZE, symbols, bias=False)
        self.readout.weight = self.letters.weight
        self.apply(prepare)

    def forward(self, text):
        order = torch.arange(text.shape[1], device=text.device)
        h = self.letters(text)
        late = nn.functional.pad(h, (0, 0, 1, 0))[:, :-1]
        h = h + self.echo(late) + self.slots(order)
        for stage in self.stages:
            h = stage(h)
        return self.readout(self.last_norm(h))


def entropy(scores):
    shares = scores.softmax(dim=-1)
    return -(shares * shares.clamp_min(1e-9).log()).sum(dim=-1)
