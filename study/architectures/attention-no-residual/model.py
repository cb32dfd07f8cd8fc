"""Broken: no residual connections."""

from shared.transformer import Tricks, transformer


def build_model(ctx):
    return transformer(ctx, Tricks(residual=False))
