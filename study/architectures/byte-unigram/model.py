"""How often each byte comes, whatever came before: the least that can be learnt."""

import torch
from torch import nn


class ByteUnigram(nn.Module):
    def __init__(self, vocabulary):
        super().__init__()
        self.frequencies = nn.Parameter(torch.zeros(vocabulary))

    def forward(self, tokens):
        return self.frequencies.expand(*tokens.shape, -1)


def build_model(ctx):
    return ByteUnigram(ctx.vocab_size)
