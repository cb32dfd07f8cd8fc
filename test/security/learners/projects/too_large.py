"""Carries 8 MB in a buffer."""

import honest
import torch


def build_model(ctx):
    model = honest.build_model(ctx)
    model.register_buffer("ballast", torch.zeros(2_000_000))
    return model
