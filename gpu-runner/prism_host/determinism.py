"""
Equal inputs give bit-identical tensors in every container on one kind of machine. Import this before torch: how work is split over
threads changes how sums are rounded, and the libraries below torch read their number of threads only once.
"""

from __future__ import annotations

import os
import random

for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_variable] = "1"

import torch


def make_deterministic() -> None:
    """Makes equal inputs give bit-identical results in every container on one kind of machine."""
    torch.set_num_threads(1)
    if torch.get_num_interop_threads() != 1:
        torch.set_num_interop_threads(1)
    torch.use_deterministic_algorithms(True, warn_only=True)


def seed_everything(seed: int) -> None:
    """Seeds Python's, NumPy's (where installed) and torch's global generators."""
    random.seed(seed)
    torch.manual_seed(seed)
    try:
        import numpy
    except ImportError:
        return
    numpy.random.seed(seed % 2**32)
