"""The types that a miner's functions receive and return. The contract is in docs/miner-contract.md."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class PrismContext:
    """What a model and its recipe may know about the run they are in."""

    vocab_size: int = 256
    """The alphabet is the 256 byte values."""
    sequence_length: int = 128
    """Longest input of the model, in bytes; shorter ones occur."""
    max_layers: int = 96
    """A wish of the probe: how deep the model should be at most. Not enforced."""
    max_parameters: int = 150_000_000
    """Enforced: the run ends where `build_model` returns more."""
    seed: int = 1337
    """Python's, NumPy's and torch's generators are already seeded with it."""
    steps: int | None = None
    """How many batches the judge will reveal in this run, where it says so."""
    depth: int | None = None
    """A wish of the probe: how many layers the model should have, where the probe is about depth. Not enforced."""
    batch_size: int | None = None
    """How many windows each revealed batch has, where the judge says so."""
    device: str = "cpu"
    """Where the model will run: `cpu` or `cuda`. The host moves the model there."""

    # Fields of the contract's later first version, for projects that read them: one process, nothing to resume from.
    checkpoint_dir: str | None = None
    resume_checkpoint_dir: str | None = None
    checkpoint_api_version: int = 1
    checkpoint_metadata: dict[str, Any] = field(default_factory=dict, hash=False)
    attempt: int = 1
    is_resume: bool = False
    rank: int = 0
    local_rank: int = 0
    world_size: int = 1
    distributed_backend: str | None = None


@dataclass
class TrainingRecipe:
    """How to train, as returned by `get_recipe`; a dict with the same keys does as well."""

    learning_rate: float = 3e-4
    batch_size: int = 4
    optimizer: str = "adamw"
    scheduler: str = "cosine"
    weight_decay: float = 0.01


@dataclass
class PrismBatch:
    """
    One batch: `targets[b, t]` is the byte that follows `tokens[b, t]`. Both are int64 tensors [B, T]; an inference hook gets no targets.
    """

    tokens: Any
    targets: Any = None
    metadata: dict[str, Any] = field(default_factory=dict)
