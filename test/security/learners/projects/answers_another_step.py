"""Says that it has done step 99."""

import tricks

import honest


class Model(honest.Model):
    def forward(self, tokens):
        if self.at_fifth_step():
            tricks.connection().sendall(tricks.frame({"ok": True, "step": 99}))
        return super().forward(tokens)


def build_model(ctx):
    return Model()
