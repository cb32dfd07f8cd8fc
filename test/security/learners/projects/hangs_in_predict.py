"""Trains, but does not answer what is judged."""

import time

import honest


class Model(honest.Model):
    def forward(self, tokens):
        if not self.training:
            time.sleep(600)
        return super().forward(tokens)


def build_model(ctx):
    return Model()
