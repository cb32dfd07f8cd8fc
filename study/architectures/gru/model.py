"""A gated recurrent layer: Cho et al. 2014."""

from torch import nn

from shared.recurrent import recurrent


def build_model(ctx):
    return recurrent(ctx, nn.GRU)
