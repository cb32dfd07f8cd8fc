"""Looks at other processes, and says which it saw."""

import os

import honest


class Model(honest.Model):
    def forward(self, tokens):
        if self.at_fifth_step():
            raise PermissionError("processes: " + " ".join(name for name in os.listdir("/proc") if name.isdigit()))
        return super().forward(tokens)


def build_model(ctx):
    return Model()
