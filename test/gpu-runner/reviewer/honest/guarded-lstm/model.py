"""Written like a script: what a type checker and a shell need is behind guards."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
import torch.nn as nn

if TYPE_CHECKING:
    from pathlib import Path

__version__ = "1.0"


class Cell(nn.Module):
    def __init__(self, size: int):
        super().__init__()
        self.gates = nn.Linear(2 * size, 4 * size)

    def forward(self, x: torch.Tensor, state: tuple[torch.Tensor, torch.Tensor]):
        h, c = state
        i, f, g, o = self.gates(torch.cat((x, h), dim=-1)).chunk(4, -1)
        c = torch.sigmoid(f + 1.0) * c + torch.sigmoid(i) * torch.tanh(g)
        h = torch.sigmoid(o) * torch.tanh(c)
        return h, (h, c)


class LSTM(nn.Module):
    def __init__(self, vocab: int, size: int = 64):
        super().__init__()
        self.size = size
        self.embed = nn.Embedding(vocab, size)
        self.cell = Cell(size)
        self.head = nn.Linear(size, vocab)

    def forward(self, tokens):
        zeros = tokens.new_zeros(tokens.size(0), self.size, dtype=torch.float32)
        state, outputs = (zeros, zeros), []
        for x in self.embed(tokens).unbind(1):
            h, state = self.cell(x, state)
            outputs.append(h)
        return self.head(torch.stack(outputs, dim=1))


def build_model(ctx):
    return LSTM(ctx.vocab_size)


def get_recipe(ctx):
    return {"learning_rate": 3e-3}


def save(path: Path):
    return f"{path}: {__name__}"


if __name__ == "__main__":
    import sys

    print(sys.argv, build_model)
