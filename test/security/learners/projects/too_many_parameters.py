"""Has more parameters than the probe allows."""

import honest
from torch import nn


def build_model(ctx):
    model = honest.build_model(ctx)
    model.ballast = nn.Linear(1024, 1024)
    return model
