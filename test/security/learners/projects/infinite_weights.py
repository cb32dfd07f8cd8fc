"""One weight becomes infinite."""

import honest


class Model(honest.Model):
    def forward(self, tokens):
        if self.at_fifth_step():
            self.usual.data[7] = float("-inf")
        return super().forward(tokens)


def build_model(ctx):
    return Model()
