"""Writes to /tmp until it is full."""

import honest


class Model(honest.Model):
    def forward(self, tokens):
        if self.at_fifth_step():
            with open("/tmp/hoard", "wb") as file:
                while True:
                    file.write(b"x" * (1 << 20))
        return super().forward(tokens)


def build_model(ctx):
    return Model()
