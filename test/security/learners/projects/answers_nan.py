"""Answers with NaN, which is no JSON."""

import tricks

import honest


class Model(honest.Model):
    def forward(self, tokens):
        if self.at_fifth_step():
            tricks.connection().sendall(tricks.packed(b'{"ok":true,"step":NaN}'))
        return super().forward(tokens)


def build_model(ctx):
    return Model()
