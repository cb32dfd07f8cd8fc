"""Grows a tensor between two snapshots."""

import torch

import honest


class Model(honest.Model):
    def forward(self, tokens):
        if self.at_fifth_step():
            self.register_buffer("memory", torch.zeros(8))
        return super().forward(tokens)


def build_model(ctx):
    return Model()
