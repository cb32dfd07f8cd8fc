"""A small GPT over bytes: learned positions, a look at the byte before, two pre-norm blocks, tied embeddings."""

import torch
from prism_challenge.evaluator.interface import PrismContext
from torch import nn
from torch.nn import functional as F

from blocks import Block

WIDTH = 64
HEADS = 4
LAYERS = 2


class SmallGPT(nn.Module):
    def __init__(self, vocab_size, max_length):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, WIDTH)
        self.positions = nn.Embedding(max_length, WIDTH)
        self.previous = nn.Linear(WIDTH, WIDTH, bias=False)
        self.blocks = nn.ModuleList(Block(WIDTH, HEADS) for _ in range(LAYERS))
        self.norm = nn.LayerNorm(WIDTH)
        self.head = nn.Linear(WIDTH, vocab_size, bias=False)
        self.head.weight = self.embedding.weight
        self.apply(init_weights)

    def forward(self, tokens):
        places = torch.arange(tokens.shape[1], device=tokens.device)
        x = self.embedding(tokens)
        before = F.pad(x, (0, 0, 1, 0))[:, :-1]
        x = x + self.previous(before) + self.positions(places)
        for block in self.blocks:
            x = block(x)
        return self.head(self.norm(x))


def init_weights(module):
    if isinstance(module, (nn.Linear, nn.Embedding)):
        nn.init.normal_(module.weight, std=0.05)
    if isinstance(module, nn.Linear) and module.bias is not None:
        nn.init.zeros_(module.bias)


def build_model(ctx: PrismContext):
    return SmallGPT(ctx.vocab_size, ctx.sequence_length)
