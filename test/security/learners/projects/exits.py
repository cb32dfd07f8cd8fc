"""Leaves without a word."""

import os

import honest


class Model(honest.Model):
    def forward(self, tokens):
        if self.at_fifth_step():
            os._exit(0)
        return super().forward(tokens)


def build_model(ctx):
    return Model()
