from nets.mixing import build
from recipes import get_recipe, train_step

__all__ = ["build_model", "get_recipe", "train_step"]


def build_model(ctx):
    return build(ctx.vocab_size, depth=min(3, ctx.max_layers))
