"""Models that differ in how their parameters are held, shared and chosen between."""

import torch
from torch import nn
from torch.nn import functional
from torch.utils.checkpoint import checkpoint

WIDTH = 40


class Lists(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(256, WIDTH)
        self.weights = nn.ParameterList([nn.Parameter(torch.randn(WIDTH, WIDTH) * 0.1) for _ in range(2)])
        self.named = nn.ParameterDict({"bias": nn.Parameter(torch.zeros(WIDTH)), "gain": nn.Parameter(torch.ones(WIDTH))})
        self.heads = nn.ModuleDict({"bytes": nn.Linear(WIDTH, 256)})

    def forward(self, tokens):
        x = self.embedding(tokens)
        for weight in self.weights:
            x = torch.relu(x @ weight) * self.named["gain"] + self.named["bias"]
        return self.heads["bytes"](x)


class SharedLayer(nn.Module):
    """One layer, used four times, and known under two names."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(256, WIDTH)
        self.layer = nn.Linear(WIDTH, WIDTH)
        self.alias = self.layer
        self.output = nn.Linear(WIDTH, 256)

    def forward(self, tokens):
        x = self.embedding(tokens)
        for layer in (self.layer, self.alias) * 2:
            x = x + torch.tanh(layer(x))
        return self.output(x)


class Experts(nn.Module):
    """The two best of four experts for each position; an expert may get no position at all."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(256, WIDTH)
        self.gate = nn.Linear(WIDTH, 4)
        self.experts = nn.ModuleList(nn.Linear(WIDTH, WIDTH) for _ in range(4))
        self.output = nn.Linear(WIDTH, 256)

    def forward(self, tokens):
        x = self.embedding(tokens).flatten(0, 1)
        weights, chosen = self.gate(x).softmax(-1).topk(2, -1)
        mixed = torch.zeros_like(x)
        for index, expert in enumerate(self.experts):
            rows, places = (chosen == index).nonzero(as_tuple=True)
            if rows.numel() > 0:
                mixed.index_add_(0, rows, weights[rows, places, None] * expert(x[rows]))
        return self.output(x + mixed).view(*tokens.shape, 256)


class Lazy(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(256, WIDTH)
        self.hidden = nn.LazyLinear(64)
        self.output = nn.LazyLinear(256)

    def forward(self, tokens):
        return self.output(torch.relu(self.hidden(self.embedding(tokens))))


class Checkpointed(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(256, WIDTH)
        self.block = nn.Sequential(nn.Linear(WIDTH, 64), nn.GELU(), nn.Linear(64, WIDTH))
        self.output = nn.Linear(WIDTH, 256)

    def forward(self, tokens):
        x = self.embedding(tokens)
        return self.output(x + (checkpoint(self.block, x) if self.training else self.block(x)))


class StraightThrough(torch.autograd.Function):
    """The sign of a weight, whose gradient is that of the weight itself."""

    @staticmethod
    def forward(ctx, weight):
        return weight.sign()

    @staticmethod
    def backward(ctx, gradient):
        return gradient.clamp(-1.0, 1.0)


class Binary(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(256, WIDTH)
        self.weight = nn.Parameter(torch.randn(WIDTH, WIDTH) * 0.1)
        self.output = nn.Linear(WIDTH, 256)

    def forward(self, tokens):
        return self.output(torch.tanh(self.embedding(tokens) @ StraightThrough.apply(self.weight) / WIDTH))


class Frozen(nn.Module):
    """A few fixed random features beside what is learnt."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(256, WIDTH)
        self.features = nn.Parameter(torch.randn(WIDTH, 4), requires_grad=False)
        self.output = nn.Linear(WIDTH + 4, 256)

    def forward(self, tokens):
        x = self.embedding(tokens)
        return self.output(torch.cat([x, torch.cos(x @ self.features)], -1))


class Branching(nn.Module):
    """As many layers for each row as its first byte says, in a loop that ends when no row goes on; gives up early."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(256, WIDTH)
        self.layers = nn.ModuleList(nn.Linear(WIDTH, WIDTH) for _ in range(3))
        self.output = nn.Linear(WIDTH, 256)

    def forward(self, tokens):
        x = self.embedding(tokens)
        depth = 1 + tokens[:, 0] % 3
        for done, layer in enumerate(list(self.layers)[: 3 if tokens.shape[1] > 4 else 1]):
            rows = (depth > done).nonzero().flatten()
            if rows.numel() == 0:
                break
            update = torch.tanh(layer(x[rows]))
            x = x.index_add(0, rows, update)
            if update.detach().abs().max() < 1e-6:
                break
        try:
            return self.output(x)
        finally:
            del x


class StochasticDepth(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(256, WIDTH)
        self.layers = nn.ModuleList(nn.Linear(WIDTH, WIDTH) for _ in range(3))
        self.output = nn.Linear(WIDTH, 256)

    def forward(self, tokens):
        x = self.embedding(tokens)
        for layer in self.layers:
            if not self.training or torch.rand(()) < 0.8:
                x = x + 0.5 * torch.tanh(layer(functional.dropout(x, 0.1, self.training)))
        return self.output(x)


class Generator(nn.Module):
    """Hidden states from a Python generator, joined by a comprehension."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(256, WIDTH)
        self.layers = nn.ModuleList(nn.Linear(WIDTH, WIDTH) for _ in range(3))
        self.output = nn.Linear(3 * WIDTH, 256)

    def hidden(self, x):
        for layer in self.layers:
            x = torch.relu(layer(x))
            yield x

    def forward(self, tokens):
        return self.output(torch.cat([*self.hidden(self.embedding(tokens))], dim=-1))


class Rearranging(nn.Module):
    """Reshapes and einsums in place of linear layers."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(256, WIDTH)
        self.heads = nn.Parameter(torch.randn(4, WIDTH // 4, WIDTH // 4) * 0.2)
        self.output = nn.Linear(WIDTH, 256)

    def forward(self, tokens):
        x = self.embedding(tokens).unflatten(-1, (4, -1))
        x = torch.einsum("bthd,hde->bthe", x, self.heads).movedim(2, -1).flatten(-2)
        return self.output(torch.nn.functional.silu(x))


class Averaged(nn.Module):
    """A slow copy of its own small head, moved in `forward`, mixed in when it is not training."""

    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(256, 256)
        self.bias = nn.Parameter(torch.zeros(256))
        self.register_buffer("slow", torch.zeros(256))

    def forward(self, tokens):
        if self.training:
            with torch.no_grad():
                self.slow.lerp_(self.bias, 0.05)
        return self.table(tokens) + (self.bias if self.training else 0.5 * (self.bias + self.slow))
