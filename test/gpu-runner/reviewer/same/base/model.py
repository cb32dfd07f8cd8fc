"""A small GPT with a recipe, hooks and an inference hook in one file."""
from __future__ import annotations
import math
import torch
import torch.nn as nn
import torch.nn.functional as F
from dataclasses import dataclass
from prism_challenge.evaluator.interface import PrismContext, TrainingRecipe


@dataclass
class Config:
    width: int = 64
    heads: int = 4
    layers: int = 2


class Attention(nn.Module):
    def __init__(self, cfg: Config):
        super().__init__()
        self.heads = cfg.heads
        self.qkv = nn.Linear(cfg.width, 3 * cfg.width)
        self.proj = nn.Linear(cfg.width, cfg.width)

    def split(self, x):
        b, t, c = x.shape
        return x.view(b, t, self.heads, c // self.heads).transpose(1, 2)

    def forward(self, x):
        q, k, v = self.qkv(x).chunk(3, dim=-1)
        q, k, v = self.split(q), self.split(k), self.split(v)
        att = (q @ k.transpose(-2, -1)) / math.sqrt(q.size(-1))
        mask = torch.ones(x.size(1), x.size(1), device=x.device, dtype=torch.bool).tril()
        att = att.masked_fill(~mask, float('-inf'))
        y = F.softmax(att, dim=-1) @ v
        return self.proj(y.transpose(1, 2).reshape(x.shape))


class Block(nn.Module):
    def __init__(self, cfg):
        super().__init__()
        self.ln1 = nn.LayerNorm(cfg.width)
        self.attn = Attention(cfg)
        self.mlp = nn.Sequential(nn.Linear(cfg.width, 4 * cfg.width), nn.GELU(), nn.Linear(4 * cfg.width, cfg.width))

    def forward(self, x):
        x = x + self.attn(self.ln1(x))
        return x + self.mlp(x)


class GPT(nn.Module):
    def __init__(self, vocab, length, cfg):
        super().__init__()
        self.tok = nn.Embedding(vocab, cfg.width)
        self.pos = nn.Embedding(length, cfg.width)
        self.blocks = nn.ModuleList([Block(cfg) for _ in range(cfg.layers)])
        self.head = nn.Linear(cfg.width, vocab, bias=False)
        self.head.weight = self.tok.weight

    def forward(self, tokens):
        x = self.tok(tokens) + self.pos(torch.arange(tokens.size(1), device=tokens.device))
        for block in self.blocks:
            x = block(x)
        return self.head(x)


def build_model(ctx: PrismContext) -> nn.Module:
    cfg = Config(width=64, layers=min(2, ctx.max_layers))
    return GPT(vocab=ctx.vocab_size, length=ctx.sequence_length, cfg=cfg)


def get_recipe(ctx):
    return TrainingRecipe(learning_rate=3e-3, batch_size=16)


WARM_UP = 20


def warm(step):
    return min(1.0, (step + 1) / WARM_UP)


def configure_optimizer(model, recipe, ctx):
    decayed = [p for p in model.parameters() if p.dim() > 1]
    return torch.optim.AdamW(decayed, lr=recipe.learning_rate * warm(0), betas=(0.9, 0.95), weight_decay=0.1)


def inference_logits(model, batch, ctx):
    return model(batch.tokens) * 1.1
