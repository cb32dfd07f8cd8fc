"""A recurrent layer without gates: Elman 1990."""

from torch import nn

from shared.recurrent import recurrent


def build_model(ctx):
    return recurrent(ctx, nn.RNN)
