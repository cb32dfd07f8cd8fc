"""The trainer leaves a note in every place that can be written to; the predictor looks for one."""

import os

import honest

PLACES = ["/tmp/note", "/dev/shm/note", "/run/prism/note", "/var/tmp/note"]


class Model(honest.Model):
    def forward(self, tokens):
        for place in PLACES:
            if self.training:
                try:
                    with open(place, "wb") as note:
                        note.write(bytes(tokens.flatten().tolist()))
                except OSError:
                    pass
            elif os.path.exists(place):
                raise FileExistsError(place)
        return super().forward(tokens)


def build_model(ctx):
    return Model()
