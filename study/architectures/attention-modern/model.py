"""Attention with later tricks: rotary positions, gated feed-forward layers, normalised queries and keys."""

from shared.transformer import Tricks, transformer


def build_model(ctx):
    return transformer(ctx, Tricks(positions="rotary", gated=True, normalise_queries=True))
