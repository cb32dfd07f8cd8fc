"""A small GPT, spread over several files."""

from torch import nn

from config import GPTConfig
from layers import Block, init_weights
from prism_challenge.evaluator.interface import PrismContext, TrainingRecipe


class GPT(nn.Module):
    def __init__(self, config: GPTConfig) -> None:
        super().__init__()
        self.token = nn.Embedding(config.vocab_size, config.width)
        self.position = nn.Embedding(config.length, config.width)
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.depth))
        self.norm = nn.LayerNorm(config.width)
        self.head = nn.Linear(config.width, config.vocab_size, bias=False)
        self.head.weight = self.token.weight
        self.apply(init_weights)

    def forward(self, tokens):
        x = self.token(tokens) + self.position.weight[: tokens.shape[1]]
        for block in self.blocks:
            x = block(x)
        return self.head(self.norm(x))


def build_model(ctx: PrismContext):
    depth = min(2, ctx.max_layers)
    return GPT(GPTConfig(vocab_size=ctx.vocab_size, length=ctx.sequence_length, depth=depth))


def get_recipe(ctx: PrismContext):
    return TrainingRecipe(learning_rate=3e-3, batch_size=16)
