import torch
from torch import nn
from torch.autograd import Function


class ClampedExp(Function):
    """exp with a bounded gradient."""

    @staticmethod
    def forward(ctx, x):
        y = x.clamp(max=5.0).exp()
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, grad):
        (y,) = ctx.saved_tensors
        return grad * y.clamp(max=20.0)


def clamped_exp(x):
    return ClampedExp.apply(x)


class LinearAttention(nn.Module):
    def __init__(self, width: int, heads: int):
        super().__init__()
        self.heads = heads
        self.q = nn.Linear(width, width, bias=False)
        self.k = nn.Linear(width, width, bias=False)
        self.v = nn.Linear(width, width, bias=False)

    def forward(self, x):
        shape = (x.size(0), x.size(1), self.heads, -1)
        q, k, v = (layer(x).view(shape) for layer in (self.q, self.k, self.v))
        q, k = clamped_exp(q), clamped_exp(k)
        state = torch.einsum("bthd,bthe->bthde", k, v).cumsum(1)
        weight = torch.einsum("bthd,bthd->bth", q, k.cumsum(1)).clamp_min(1e-6)
        return (torch.einsum("bthd,bthde->bthe", q, state) / weight.unsqueeze(-1)).flatten(2)


class Model(nn.Module):
    def __init__(self, vocab: int, width: int = 32, depth: int = 2):
        super().__init__()
        self.embed = nn.Embedding(vocab, width)
        self.mixers = nn.ModuleList([LinearAttention(width, heads=2) for _ in range(depth)])
        self.norms = nn.ModuleList([nn.LayerNorm(width) for _ in range(depth)])
        self.head = nn.Linear(width, vocab)

    def forward(self, tokens):
        x = self.embed(tokens)
        for mixer, norm in zip(self.mixers, self.norms):
            x = x + mixer(norm(x))
        return self.head(x)


def build_model(ctx):
    return Model(ctx.vocab_size, depth=min(2, ctx.max_layers))


def get_recipe(ctx):
    return {"learning_rate": 2e-3, "batch_size": 8}
