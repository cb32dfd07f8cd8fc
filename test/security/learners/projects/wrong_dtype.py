"""Has a complex weight, which no snapshot can hold."""

import honest
import torch


def build_model(ctx):
    model = honest.build_model(ctx)
    model.register_buffer("phase", torch.zeros(4, dtype=torch.complex64))
    return model
