"""Prints 64 MB."""

import os

import honest


class Model(honest.Model):
    def forward(self, tokens):
        if self.at_fifth_step():
            for _ in range(1024):
                os.write(1, b"x" * (1 << 16))
        return super().forward(tokens)


def build_model(ctx):
    return Model()
