"""The same project under other names, in another order, with other imports and dead code."""

import math as m
import torch as T
from torch import nn as N
from torch.nn import functional
from dataclasses import dataclass as dc
from prism_challenge.evaluator import interface

DEAD = 17
def unused(a): return a.weight * DEAD

class Dead(N.Module):
    weight2 = 4
    def forward(self, z): return z

def get_recipe(context):
    """hello"""
    return interface.TrainingRecipe(batch_size=16, learning_rate=0.003)

def build_model(context):
    conf = Settings(depth=min(2, context.max_layers), size=64)
    return Net(conf=conf, n=context.vocab_size, maxlen=context.sequence_length)

class Net(N.Module):
    def helper_dead(self): return 3
    def forward(self, inp: T.Tensor) -> T.Tensor:
        h = self.embed(inp) + self.where_(T.arange(inp.size(1), device=inp.device))
        for layer in self.stack:
            h = layer(h)
        return self.out(h)
    def __init__(self, n: int, maxlen: int, conf: "Settings"):
        super().__init__()
        self.embed = N.Embedding(n, conf.size)
        self.where_ = N.Embedding(maxlen, conf.size)
        self.stack = N.ModuleList([Layer(conf) for _unused in range(conf.depth)])
        self.out = N.Linear(conf.size, n, bias=False)
        self.out.weight = self.embed.weight
        pass

class Layer(N.Module):
    def forward(self, h):
        h = h + self.mixer(self.norm(h))
        return (h + self.ff(h))
    def __init__(self, c):
        super().__init__()
        self.norm = N.LayerNorm(c.size)
        self.mixer = Mixer(c)
        self.ff = N.Sequential(N.Linear(c.size, 4 * c.size), N.GELU(), N.Linear(4 * c.size, c.size))

class Mixer(N.Module):
    def __init__(self, c):
        super().__init__()
        self.n = c.n_head
        self.in_ = N.Linear(c.size, 3 * c.size)
        self.out = N.Linear(c.size, c.size)
    def forward(self, h):
        a, b_, c = self.in_(h).chunk(3, dim=-1)
        a, b_, c = self.cut(a), self.cut(b_), self.cut(c)
        w = (a @ b_.transpose(-2, -1)) / m.sqrt(a.size(-1))
        tri = T.ones(h.size(1), h.size(1), dtype=T.bool, device=h.device).tril()
        w = w.masked_fill(~tri, float('-inf'))
        o = functional.softmax(w, dim=-1) @ c
        return self.out(o.transpose(1, 2).reshape(h.shape))
    def cut(self, h):
        bb, tt, cc = h.shape
        return h.view(bb, tt, self.n, cc // self.n).transpose(1, 2)

@dc
class Settings:
    size: int = 64
    n_head: int = 4
    depth: int = 2


def inference_logits(net, data, context):
    """Sharper."""
    return net(data.tokens) * 1.1


def slow_start(n: int) -> float:
    return min(1.0, (n + 1) / STEPS)


def configure_optimizer(net: N.Module, plan, context) -> T.optim.Optimizer:
    matrices = [w for w in net.parameters() if w.dim() > 1]
    return T.optim.AdamW(matrices, weight_decay=1e-1, betas=(0.9, 0.95), lr=plan.learning_rate * slow_start(0))


STEPS: int = 20
