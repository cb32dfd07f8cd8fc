"""The modern attention, behind a convolution over four bytes."""

from shared.transformer import Tricks, transformer


def build_model(ctx):
    return transformer(ctx, Tricks(positions="rotary", gated=True, normalise_queries=True, short_convolution=True))
