"""Norms after the residual sum, as in the first transformer."""

from shared.transformer import Tricks, transformer


def build_model(ctx):
    return transformer(ctx, Tricks(norm="after"))
