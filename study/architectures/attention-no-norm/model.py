"""No normalisation anywhere."""

from shared.transformer import Tricks, transformer


def build_model(ctx):
    return transformer(ctx, Tricks(norm="none"))
