"""Judged, it answers with a list."""

import honest


class Model(honest.Model):
    def forward(self, tokens):
        if not self.training:
            return super().forward(tokens).tolist()
        return super().forward(tokens)


def build_model(ctx):
    return Model()
