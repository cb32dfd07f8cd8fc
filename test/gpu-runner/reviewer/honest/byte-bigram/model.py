"""A table of byte pairs: the logits of the next byte depend on the last one only."""

import torch
import torch.nn as nn


class ByteBigram(nn.Module):
    def __init__(self, vocab_size):
        super().__init__()
        self.table = nn.Embedding(vocab_size, vocab_size)
        nn.init.zeros_(self.table.weight)

    def forward(self, tokens):
        return self.table(tokens)


def build_model(ctx):
    torch.manual_seed(ctx.seed)
    return ByteBigram(ctx.vocab_size)


def get_recipe(ctx):
    return {"learning_rate": 0.02, "batch_size": 16, "optimizer": "adam", "weight_decay": 0.0}
