"""No positions: the order of bytes shows only through the causal mask."""

from shared.transformer import Tricks, transformer


def build_model(ctx):
    return transformer(ctx, Tricks(positions="none"))
