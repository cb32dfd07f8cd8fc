"""A diagonal linear recurrence for each channel, run step by step."""

import torch
from torch import nn

WIDTH = 32
STATES = 4
LAYERS = 2


def decay_of(logarithm):
    return torch.exp(-torch.exp(logarithm))


class DiagonalStates(nn.Module):
    def __init__(self, width, states):
        super().__init__()
        self.logarithm = nn.Parameter(torch.linspace(-3, 1, states).repeat(width, 1))
        self.write = nn.Parameter(torch.randn(width, states) * 0.1)
        self.read = nn.Parameter(torch.randn(width, states) * 0.1)
        self.skip = nn.Parameter(torch.ones(width))

    def forward(self, x):
        decay = decay_of(self.logarithm)
        state = x.new_zeros(x.size(0), *decay.shape)
        outputs = []
        for step in x.unbind(1):
            state = state * decay + step.unsqueeze(-1) * self.write
            outputs.append((state * self.read).sum(-1))
        result = torch.stack(outputs, dim=1)
        result += self.skip * x
        return result


class Layer(nn.Module):
    def __init__(self, width, states):
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.states = DiagonalStates(width, states=states)
        self.out = nn.Linear(width, 2 * width)

    def forward(self, x):
        value, gate = self.out(self.states(self.norm(x))).chunk(2, dim=-1)
        return x + value * torch.sigmoid(gate)


class StateSpace(nn.Module):
    def __init__(self, vocabulary, width):
        super().__init__()
        if width < STATES:
            raise ValueError(f"{width} channels for {STATES} states")
        self.embed = nn.Embedding(vocabulary, width)
        self.layers = nn.ModuleList([Layer(width, states=STATES) for _ in range(LAYERS)])
        self.head = nn.Linear(width, vocabulary)

    def forward(self, tokens):
        x = self.embed(tokens)
        for layer in self.layers:
            x = layer(x)
        return self.head(x)


def build_model(ctx):
    return StateSpace(ctx.vocab_size, width=WIDTH)


def get_recipe(ctx):
    return {"learning_rate": 5e-3, "batch_size": 8}
