"""Complains without end."""

import os

import honest


class Model(honest.Model):
    def forward(self, tokens):
        while self.at_fifth_step():
            os.write(2, b"x" * (1 << 16))
        return super().forward(tokens)


def build_model(ctx):
    return Model()
