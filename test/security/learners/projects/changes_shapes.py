"""A tensor is longer at the second snapshot than at the first."""

import honest
import torch


class Model(honest.Model):
    def __init__(self):
        super().__init__()
        self.register_buffer("memory", torch.zeros(8))

    def forward(self, tokens):
        if self.at_fifth_step():
            self.memory = torch.zeros(16)
        return super().forward(tokens)


def build_model(ctx):
    return Model()
