"""Has the answers to all steps that are to come, and stops working."""

import time

import tricks

import honest


class Model(honest.Model):
    def forward(self, tokens):
        if self.at_fifth_step():
            tricks.connection().sendall(b"".join(tricks.frame({"ok": True, "step": step}) for step in range(4, 8)))
            time.sleep(600)
        return super().forward(tokens)


def build_model(ctx):
    return Model()
