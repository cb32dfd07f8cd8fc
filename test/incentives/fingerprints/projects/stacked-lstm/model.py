"""Two LSTM layers with a gated shortcut around each."""

import torch
from torch import nn

WIDTH = 56
LAYERS = 2
DROPOUT = 0.1


def blend(gate, fresh, old):
    return gate * fresh + (1 - gate) * old


class Layer(nn.Module):
    def __init__(self, width, dropout):
        super().__init__()
        self.cell = nn.LSTM(width, width, batch_first=True)
        self.dropout = nn.Dropout(dropout)
        self.gate = nn.Linear(2 * width, width)

    def forward(self, x):
        states, _ = self.cell(self.dropout(x))
        gate = torch.sigmoid(self.gate(torch.cat([x, states], dim=-1)))
        return blend(gate, states, x)


class StackedLSTM(nn.Module):
    def __init__(self, vocabulary, width, layers):
        super().__init__()
        if layers < 1:
            raise ValueError(f"{layers} layers")
        self.embed = nn.Embedding(vocabulary, width)
        self.layers = nn.ModuleList([Layer(width, dropout=DROPOUT) for _ in range(layers)])
        self.norm = nn.LayerNorm(width)
        self.bias = nn.Parameter(torch.zeros(vocabulary))

    def forward(self, tokens):
        x = self.embed(tokens)
        for layer in self.layers:
            x = layer(x)
        logits = self.norm(x) @ self.embed.weight.t()
        logits += self.bias
        return logits


def build_model(ctx):
    layers = min(LAYERS, ctx.max_layers)
    return StackedLSTM(ctx.vocab_size, width=WIDTH, layers=layers)


def get_recipe(ctx):
    return {"learning_rate": 4e-3, "batch_size": 16}
