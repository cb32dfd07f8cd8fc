"""What miners' projects import: `from prism_challenge.evaluator.interface import PrismContext, TrainingRecipe, PrismBatch`."""
