"""A table of which byte follows which, as a product of two narrower ones where the budget asks for it."""

from torch import nn

from shared.sizing import widest


def build_model(ctx):
    return widest(
        lambda rank: nn.Sequential(nn.Embedding(ctx.vocab_size, rank), nn.Linear(rank, ctx.vocab_size)),
        ctx.max_parameters,
        most=ctx.vocab_size,
    )
