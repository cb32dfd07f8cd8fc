"""See `prism_challenge.evaluator.interface`."""
