import torch
import torch.nn.functional as F
from torch import nn


class CausalConv(nn.Conv1d):
    """Sees no byte to its right: pads on the left only."""

    def __init__(self, width: int, kernel: int, dilation: int) -> None:
        super().__init__(width, 2 * width, kernel, dilation=dilation)
        self.left = (kernel - 1) * dilation

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        value, gate = super().forward(F.pad(x, (self.left, 0))).chunk(2, dim=1)
        return value * torch.sigmoid(gate)


class ConvNet(nn.Module):
    DILATIONS = (1, 2, 4, 8)

    def __init__(self, vocab_size: int, width: int = 64) -> None:
        super().__init__()
        self.embed = nn.Embedding(vocab_size, width)
        self.layers = nn.ModuleList([CausalConv(width, 3, dilation) for dilation in self.DILATIONS])
        self.scale = nn.Parameter(torch.full((len(self.DILATIONS),), 0.5))
        self.head = nn.Linear(width, vocab_size)

    def forward(self, tokens):
        x = self.embed(tokens).transpose(1, 2)
        for index, layer in enumerate(self.layers):
            x = x + self.scale[index] * layer(x)
        return self.head(x.transpose(1, 2))


def build_model(ctx):
    return ConvNet(ctx.vocab_size)


def get_recipe(ctx):
    return {"learning_rate": 2e-3, "batch_size": 16}
