"""Raises."""

import honest


class Model(honest.Model):
    def forward(self, tokens):
        if self.at_fifth_step():
            raise ValueError("cannot go on")
        return super().forward(tokens)


def build_model(ctx):
    return Model()
