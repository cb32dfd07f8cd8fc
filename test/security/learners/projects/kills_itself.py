"""Sends SIGKILL to itself and to all that it sees; as process 1 it survives that."""

import os
import signal

import honest


class Model(honest.Model):
    def forward(self, tokens):
        if self.at_fifth_step():
            os.kill(os.getpid(), signal.SIGKILL)
            try:
                os.kill(-1, signal.SIGKILL)
            except ProcessLookupError:
                pass
        return super().forward(tokens)


def build_model(ctx):
    return Model()
