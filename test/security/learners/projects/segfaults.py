"""Reads from address 0."""

import ctypes

import honest


class Model(honest.Model):
    def forward(self, tokens):
        if self.at_fifth_step():
            ctypes.string_at(0)
        return super().forward(tokens)


def build_model(ctx):
    return Model()
