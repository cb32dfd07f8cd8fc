"""Models that read from left to right."""

import torch
from torch import nn

WIDTH = 48


class Recurrent(nn.Module):
    def __init__(self, cell, **options):
        super().__init__()
        self.embedding = nn.Embedding(256, WIDTH)
        self.cell = cell(WIDTH, WIDTH, batch_first=True, **options)
        self.output = nn.Linear(WIDTH, 256)

    def forward(self, tokens):
        hidden, _ = self.cell(self.embedding(tokens))
        return self.output(hidden)


class StepByStep(nn.Module):
    """A cell in a loop of Python, with a learnt first state."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(256, WIDTH)
        self.cell = nn.GRUCell(WIDTH, WIDTH)
        self.first = nn.Parameter(torch.zeros(1, WIDTH))
        self.output = nn.Linear(WIDTH, 256)

    def forward(self, tokens):
        state = self.first.expand(tokens.shape[0], -1)
        states = []
        for step in self.embedding(tokens).unbind(1):
            state = self.cell(step, state)
            states.append(state)
        return self.output(torch.stack(states, 1))


class LinearRecurrence(nn.Module):
    """A state that decays by a learnt factor per channel, as state-space models have it."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(256, WIDTH)
        self.decay = nn.Parameter(torch.linspace(-2.0, 4.0, WIDTH))
        self.output = nn.Linear(WIDTH, 256)

    def forward(self, tokens):
        inputs = self.embedding(tokens)
        decay = torch.sigmoid(self.decay)
        state = torch.zeros_like(inputs[:, 0])
        states = []
        for t in range(inputs.shape[1]):
            state = decay * state + (1.0 - decay) * inputs[:, t]
            states.append(state)
        return self.output(torch.stack(states, dim=1))


class CausalConvolution(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(256, WIDTH)
        self.layers = nn.ModuleList(nn.Conv1d(WIDTH, WIDTH, 3, dilation=2**i) for i in range(3))
        self.output = nn.Conv1d(WIDTH, 256, 1)

    def forward(self, tokens):
        x = self.embedding(tokens).transpose(1, 2)
        for layer in self.layers:
            past = nn.functional.pad(x, (2 * layer.dilation[0], 0))
            x = x + torch.relu(layer(past))
        return self.output(x).transpose(1, 2)


def elman():
    return Recurrent(nn.RNN)


def gru():
    return Recurrent(nn.GRU)


def lstm():
    return Recurrent(nn.LSTM)


def two_layer_lstm_with_dropout():
    return Recurrent(nn.LSTM, num_layers=2, dropout=0.2)
