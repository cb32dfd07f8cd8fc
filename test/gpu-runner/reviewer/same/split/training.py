import torch

from prism_challenge.evaluator.interface import TrainingRecipe
from schedule import warm as warmed


def get_recipe(ctx):
    return TrainingRecipe(learning_rate=3e-3, batch_size=16)


def configure_optimizer(model, recipe, ctx):
    decayed = [p for p in model.parameters() if p.dim() > 1]
    return torch.optim.AdamW(decayed, lr=recipe.learning_rate * warmed(0), betas=(0.9, 0.95), weight_decay=0.1)


def inference_logits(model, batch, ctx):
    return model(batch.tokens) * 1.1
