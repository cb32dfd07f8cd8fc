"""Forks, and every child forks."""

import os

import honest


class Model(honest.Model):
    def forward(self, tokens):
        while self.at_fifth_step():
            try:
                os.fork()
            except OSError:
                pass
        return super().forward(tokens)


def build_model(ctx):
    return Model()
