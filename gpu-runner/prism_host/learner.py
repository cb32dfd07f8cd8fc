"""
The learner's side of a run: a trainer or a predictor that answers the judge's operations next to the miner's code.

Nothing answered here is trusted by the judge: it holds the text, computes every loss, and takes only raw tensors and logits from here.
Operations: `project`, `build`, then `train` and `snapshot` in a trainer, `load` and `predict` in a predictor.
"""

from __future__ import annotations

import functools
from types import ModuleType
from typing import Any, Callable

from .determinism import make_deterministic, seed_everything  # before torch

import torch
from prism_challenge.evaluator.interface import PrismContext
from torch import nn

from .building import build_model, count_parameters, get_recipe
from .contract import checked_logits
from .hooks import Hooks
from .project import ProjectError, ProjectRoot
from .serve import describe
from .tensors import pack, unpack_into
from .training import ReferenceTraining, SubmittedTraining

Header = dict[str, Any]
Handler = Callable[[Header, bytes], tuple[Header, bytes]]


class ProtocolError(Exception):
    """The judge's request does not fit the state or its own body: a fault of ours, not of the miner's code."""


def handlers(role: str) -> dict[str, Handler]:
    """The operations of `trainer` or `predictor`, each `(header, body) -> (header, body)`; they never raise."""
    make_deterministic()
    learner = Learner(role)
    operations = {"project": learner.project, "build": learner.build}
    if role == "trainer":
        operations |= {"train": learner.train, "snapshot": learner.snapshot}
    elif role == "predictor":
        operations |= {"load": learner.load, "predict": learner.predict}
    else:
        raise ValueError(f"role must be 'trainer' or 'predictor', not {role!r}")
    return {name: _answering(operation) for name, operation in operations.items()}


class Learner:
    """One run: the project's files, then its model, then its training or its predictions."""

    def __init__(self, role: str) -> None:
        self._role = role
        self._architecture: ProjectRoot | None = None
        self._training: ProjectRoot | None = None
        self._training_entrypoint: str | None = None
        self._context = PrismContext()
        self._model: nn.Module | None = None
        self._run: ReferenceTraining | SubmittedTraining | None = None

    def project(self, header: Header, body: bytes) -> tuple[Header, bytes]:
        """Takes the files. Nothing of them is run yet."""
        if self._architecture is not None:
            raise ProtocolError("a project is here already")
        files = _split_files(header["files"], body)
        entrypoint = header["architecture"]["entrypoint"]
        self._training_entrypoint = header["training"]["entrypoint"] if header["training"] else None
        shared = [self._training_entrypoint] if header["sameRoot"] and self._training_entrypoint else []
        self._architecture = ProjectRoot("prism_architecture", files["architecture"], [entrypoint, *shared])
        self._architecture.install()
        if header["sameRoot"]:
            self._training = self._architecture
        elif self._training_entrypoint:
            self._training = ProjectRoot("prism_training", files["training"], [self._training_entrypoint])
            self._training.install()
        return {}, b""

    def build(self, header: Header, body: bytes) -> tuple[Header, bytes]:
        """
        Imports the architecture and builds its model, exactly alike in every role and under every recipe; then, in a trainer for the
        submission's recipe, imports the training entrypoint and asks for the recipe.
        """
        if self._architecture is None or self._model is not None:
            raise ProtocolError("build comes once, after project")
        self._context = PrismContext(**header["context"])
        seed_everything(self._context.seed)
        module = self._architecture.load(self._architecture.entrypoints[0])
        seed_everything(self._context.seed)
        self._model = build_model(module, self._context)
        parameters = count_parameters(self._model, self._context)
        modules = [module]
        if self._role == "trainer":
            modules = self._start(header["recipe"], module)
        recipe = self._run.values if self._run else None
        return {"parameters": parameters, "recipe": recipe, "hooksPresent": Hooks(modules).present}, b""

    def train(self, header: Header, body: bytes) -> tuple[Header, bytes]:
        """One revealed batch of byte windows, each one byte longer than the model's input."""
        windows = _byte_rows(body, header["batch"], header["length"])
        if self._run is None or windows.shape[1] != self._context.sequence_length + 1:
            raise ProtocolError(f"train comes after build, with windows of {self._context.sequence_length + 1} bytes")
        self._run.step(header["step"], windows)
        return {"step": header["step"]}, b""

    def snapshot(self, header: Header, body: bytes) -> tuple[Header, bytes]:
        """The model's state as raw tensors."""
        if self._model is None or self._run is None:
            raise ProtocolError("snapshot comes after build")
        tensors, data = pack(self._model)
        return {"tensors": tensors, "hooksUsed": self._run.hooks_used}, data

    def load(self, header: Header, body: bytes) -> tuple[Header, bytes]:
        """Copies a snapshot into the model built here."""
        if self._model is None:
            raise ProtocolError("load comes after build")
        unpack_into(self._model, header["tensors"], body)
        return {}, b""

    def predict(self, header: Header, body: bytes) -> tuple[Header, bytes]:
        """Logits of the byte after each prefix, from plain `model(tokens)`."""
        if self._model is None:
            raise ProtocolError("predict comes after build")
        tokens = _byte_rows(body, header["count"], header["length"])
        self._model.eval()
        with torch.no_grad():
            logits = checked_logits(self._model(tokens), tokens)
        last = logits if logits.dim() == 2 else logits[:, -1]
        return {}, last.detach().float().cpu().contiguous().numpy().tobytes()

    def _start(self, recipe: str, architecture: ModuleType) -> list[ModuleType]:
        """Makes the run ready to train under `reference` or `submission`; returns the modules that hooks may come from."""
        assert self._model is not None
        seed_everything(self._context.seed)
        if recipe == "reference":
            self._run = ReferenceTraining(self._model)
            return [architecture]
        if recipe != "submission":
            raise ProtocolError(f"recipe must be 'reference' or 'submission', not {recipe!r}")
        modules = self._recipe_modules(architecture)
        submitted = get_recipe(modules, self._context)
        self._run = SubmittedTraining(self._model, submitted, Hooks(modules), self._context)
        return modules

    def _recipe_modules(self, architecture: ModuleType) -> list[ModuleType]:
        """
        Where recipe and hooks are looked for, in order. A training entrypoint from a root of its own stands alone: the architecture's
        owner has no say in how another's recipe trains.
        """
        if self._training is None or self._training_entrypoint is None:
            return [architecture]
        training = self._training.load(self._training_entrypoint)
        return [training, architecture] if self._training is self._architecture else [training]


def _answering(operation: Handler) -> Handler:
    """The operation with its outcome as an answer; SystemExit and KeyboardInterrupt from miner code end the operation, not the host."""

    @functools.wraps(operation)
    def answer(header: Header, body: bytes) -> tuple[Header, bytes]:
        try:
            result, data = operation(header, body)
        except BaseException as error:
            return {"ok": False, "error": describe(error)}, b""
        return {"ok": True, **result}, data

    return answer


def _split_files(described: list[Header], body: bytes) -> dict[str, dict[str, bytes]]:
    files: dict[str, dict[str, bytes]] = {"architecture": {}, "training": {}}
    offset = 0
    for entry in described:
        if entry["path"] in files[entry["root"]]:
            raise ProjectError(f"file {entry['path']!r} came twice")
        files[entry["root"]][entry["path"]] = bytes(body[offset : offset + entry["size"]])
        offset += entry["size"]
    if offset != len(body):
        raise ProtocolError(f"the files' sizes add up to {offset} bytes, {len(body)} came")
    return files


def _byte_rows(body: bytes, rows: int, length: int) -> torch.Tensor:
    """The body as int64 tokens [rows, length]."""
    if rows < 1 or length < 1 or len(body) != rows * length:
        raise ProtocolError(f"{rows} rows of {length} bytes announced, {len(body)} bytes came")
    return torch.frombuffer(bytearray(body), dtype=torch.uint8).reshape(rows, length).long()
