"""A compressor's part: how often each byte followed each other one, and the predictions that follow from it."""

import torch


def count_pairs(counts, tokens):
    """Adds the pairs in tokens [B, T] to counts [256, 256]."""
    pairs = (tokens[:, :-1] * 256 + tokens[:, 1:]).flatten()
    counts.view(-1).index_add_(0, pairs, torch.ones(pairs.numel(), dtype=counts.dtype))


def log_probabilities(counts):
    """Logits [256, 256] of the byte after each byte, smoothed with how often bytes come at all."""
    usual = counts.sum(0) + 0.1
    return ((counts + 4.0 * usual / usual.sum()) / (counts.sum(1, keepdim=True) + 4.0)).log()
