"""A plain recipe: AdamW at one learning rate, and two steps on each batch of 16 windows."""

from prism_challenge.evaluator.interface import PrismContext, TrainingRecipe


def get_recipe(ctx: PrismContext):
    return TrainingRecipe(learning_rate=3e-3, batch_size=8, optimizer="adamw", scheduler="constant", weight_decay=0.01)
