"""A small network whose types, outputs and initialisation can be chosen."""

import torch
from torch import nn

WIDTH = 48


class Plain(nn.Module):
    def __init__(self, width=WIDTH):
        super().__init__()
        self.embedding = nn.Embedding(256, width)
        self.hidden = nn.Linear(width, width)
        self.output = nn.Linear(width, 256)

    def logits(self, tokens):
        return self.output(torch.relu(self.hidden(self.embedding(tokens))))

    def forward(self, tokens):
        return self.logits(tokens)


class WithLoss(Plain):
    def forward(self, tokens):
        logits = self.logits(tokens)
        return logits, logits.square().mean()


class Listed(Plain):
    def forward(self, tokens):
        return [self.logits(tokens), None]


class Output(dict):
    """A dict whose keys can be read as attributes, as some libraries return them."""

    def __getattr__(self, name):
        return self[name]


class DictLike(Plain):
    def forward(self, tokens):
        return Output(logits=self.logits(tokens), loss=None)


class LastOnly(Plain):
    def forward(self, tokens):
        return self.logits(tokens)[:, -1]


class MasksBytes(Plain):
    """Learns which bytes there are; the logits of the others are very low, but numbers."""

    def __init__(self):
        super().__init__()
        self.register_buffer("seen", torch.zeros(256, dtype=torch.bool))

    def forward(self, tokens):
        if self.training:
            self.seen[tokens.flatten()] = True
        return self.logits(tokens).masked_fill(~self.seen, -20.0)


class Quantised(Plain):
    """Counts steps in a buffer of whole numbers, and keeps a scale in half precision."""

    def __init__(self):
        super().__init__()
        self.register_buffer("steps", torch.zeros((), dtype=torch.int64))
        self.register_buffer("scale", torch.ones(4, dtype=torch.float16))
        self.register_buffer("empty", torch.zeros(0, 3))

    def forward(self, tokens):
        if self.training:
            self.steps += 1
        warm = (self.steps.float() / 10.0).clamp(max=1.0)
        return self.logits(tokens) * (0.5 + 0.5 * warm) * self.scale.float().mean()
