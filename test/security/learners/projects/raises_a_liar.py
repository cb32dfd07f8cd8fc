"""Raises what cannot be printed, and is no Exception."""

import honest


class Model(honest.Model):
    def forward(self, tokens):
        class Liar(BaseException):
            def __str__(self):
                raise self


        if self.at_fifth_step():
            raise Liar()
        return super().forward(tokens)


def build_model(ctx):
    return Model()
