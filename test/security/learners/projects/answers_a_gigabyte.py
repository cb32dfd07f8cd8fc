"""Announces a gigabyte."""

import struct

import tricks

import honest


class Model(honest.Model):
    def forward(self, tokens):
        if self.at_fifth_step():
            tricks.connection().sendall(struct.pack(">II", 2, 1 << 30) + b"{}")
        return super().forward(tokens)


def build_model(ctx):
    return Model()
