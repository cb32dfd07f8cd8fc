"""Takes memory until there is none."""

import os

import honest


class Model(honest.Model):
    def forward(self, tokens):
        hoard = []
        while self.at_fifth_step():
            hoard.append(bytearray(os.urandom(1 << 20)))
        return super().forward(tokens)


def build_model(ctx):
    return Model()
