"""Attention with the tricks of GPT-2: residuals, norms before the layers, learned positions."""

from shared.transformer import Tricks, transformer


def build_model(ctx):
    return transformer(ctx, Tricks())
