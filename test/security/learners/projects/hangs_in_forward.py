"""Stops in the middle of training."""

import time

import honest


class Model(honest.Model):
    def forward(self, tokens):
        if self.at_fifth_step():
            time.sleep(600)
        return super().forward(tokens)


def build_model(ctx):
    return Model()
