"""The same project in six files."""

import net.gpt
from net import config


def build_model(ctx):
    cfg = config.Config(width=64, layers=min(2, ctx.max_layers))
    return net.gpt.GPT(vocab=ctx.vocab_size, length=ctx.sequence_length, cfg=cfg)
