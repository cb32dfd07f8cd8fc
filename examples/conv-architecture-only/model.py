"""Dilated gated causal convolutions: each layer doubles how far back the model sees."""

from torch import nn

from .layers import GatedCausalConv

WIDTH = 64
KERNEL = 3
DILATIONS = (1, 2, 4, 8)


class ConvLM(nn.Module):
    def __init__(self, vocab_size):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, WIDTH)
        self.layers = nn.ModuleList(GatedCausalConv(WIDTH, KERNEL, dilation) for dilation in DILATIONS)
        self.norm = nn.LayerNorm(WIDTH)
        self.head = nn.Linear(WIDTH, vocab_size)

    def forward(self, tokens):
        x = self.embedding(tokens)
        for layer in self.layers:
            x = layer(x)
        return self.head(self.norm(x))


def build_model(ctx):
    return ConvLM(ctx.vocab_size)
