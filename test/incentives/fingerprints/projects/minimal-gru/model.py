"""A recurrence with one gate, written out, and a second table that is read by what it remembers."""

import torch
from torch import nn

WIDTH = 48
SLOTS = 12


def kept(gate, state, candidate):
    return state + gate * (candidate - state)


class OneGate(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.width = width
        self.gate = nn.Linear(2 * width, width)
        self.candidate = nn.Linear(2 * width, width)

    def forward(self, x):
        state = x.new_zeros(x.size(0), self.width)
        states = []
        for step in x.unbind(1):
            both = torch.cat([step, state], dim=-1)
            state = kept(torch.sigmoid(self.gate(both)), state, torch.tanh(self.candidate(both)))
            states.append(state)
        return torch.stack(states, dim=1)


class Slots(nn.Module):
    def __init__(self, width, slots):
        super().__init__()
        self.address = nn.Linear(width, slots)
        self.contents = nn.Parameter(torch.randn(slots, width) * 0.02)

    def forward(self, x):
        return self.address(x).softmax(dim=-1) @ self.contents


class MinimalGRU(nn.Module):
    def __init__(self, vocabulary, width):
        super().__init__()
        if width < 2:
            raise ValueError(f"{width} is too narrow")
        self.embed = nn.Embedding(vocabulary, width)
        self.recurrence = OneGate(width)
        self.slots = Slots(width, slots=SLOTS)
        self.head = nn.Linear(width, vocabulary)

    def forward(self, tokens):
        states = self.recurrence(self.embed(tokens))
        states += self.slots(states)
        return self.head(states)


def build_model(ctx):
    return MinimalGRU(ctx.vocab_size, width=WIDTH)


def get_recipe(ctx):
    return {"learning_rate": 4e-3, "batch_size": 16}
