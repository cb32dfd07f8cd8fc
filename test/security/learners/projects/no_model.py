"""build_model returns a string."""

def build_model(ctx):
    return "the best model of all"
