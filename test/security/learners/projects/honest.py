"""What most hostile projects here would be if they were honest: a table of byte pairs, and how often each byte comes."""

import torch
from torch import nn


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(256, 256)
        nn.init.zeros_(self.table.weight)
        self.usual = nn.Parameter(torch.zeros(256))
        self.calls = 0  # in training

    def forward(self, tokens):
        self.calls += self.training
        return 10.0 * self.table(tokens) + 300.0 * self.usual

    def at_fifth_step(self):
        return self.training and self.calls == 4


def build_model(ctx):
    return Model()


def get_recipe(ctx):
    return {"learning_rate": 0.004, "batch_size": 8, "scheduler": "constant"}
