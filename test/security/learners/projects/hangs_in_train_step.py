"""Its own train_step does one step, then nothing any more."""

import threading

from honest import build_model


def get_recipe(ctx):
    return {"learning_rate": 0.004, "batch_size": 8}


def train_step(model, batch, optimizer, ctx):
    model(batch.tokens)
    if model.calls > 4:
        threading.Event().wait()
