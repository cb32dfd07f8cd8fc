"""How PosteriorNet is fitted."""

from prism_challenge.evaluator.interface import PrismContext, TrainingRecipe


def halving(step, every=100):
    return 0.5 ** (step // every)


def get_recipe(ctx: PrismContext):
    return TrainingRecipe(batch_size=8, scheduler="constant", optimizer="adamw", weight_decay=0.01, learning_rate=3e-3)
