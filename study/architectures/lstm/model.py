"""Long short-term memory: Hochreiter and Schmidhuber 1997."""

from torch import nn

from shared.recurrent import recurrent


def build_model(ctx):
    return recurrent(ctx, nn.LSTM)
