"""
The learner's side of a run: a trainer, a predictor or a replayer that answers the judge's operations next to the miner's code.

Nothing answered here is trusted by the judge: it holds the text, computes every loss, and takes only raw tensors and logits from here.
Operations: `project`, `build`, then `train` and `snapshot` in a trainer, `load` and `predict` in a predictor, and all of them in a
replayer, which repeats training and predictions of the other two.
"""

from __future__ import annotations

import functools
from types import ModuleType
from typing import Callable

from .determinism import make_deterministic, seed_everything  # before torch

import torch
from prism_challenge.evaluator.interface import PrismBatch, PrismContext
from torch import nn

from . import telemetry
from .building import build_model, count_parameters, get_recipe
from .contract import ContractError, checked_logits
from .device import device_named
from .hooks import Hooks
from .optimizer_state import optimizer_tensors, restored_tensors
from .project import ProjectRoot
from .serve import describe
from .tensors import pack, packed_size, state_tensors, unpack_into
from .training import ReferenceTraining, SubmittedTraining
from .wire import Header, ProtocolError, byte_rows, split_files

Handler = Callable[[Header, bytes], tuple[Header, bytes]]
OPERATIONS = {
    "trainer": ("project", "build", "train", "snapshot"),
    "predictor": ("project", "build", "load", "predict"),
    "replayer": ("project", "build", "load", "train", "snapshot", "predict"),
}


def handlers(role: str) -> dict[str, Handler]:
    """The operations of a role, each `(header, body) -> (header, body)`; they never raise."""
    make_deterministic()
    if "train" in OPERATIONS[role]:
        # torch 2.x loads a thousand more modules with its first optimiser: before the run, not in the miner's time.
        torch.optim.AdamW([nn.Parameter(torch.zeros(1))])
    learner = Learner(role)
    return {name: _answering(getattr(learner, name)) for name in OPERATIONS[role]}


class Learner:
    """One run: the project's files, then its model, then its training or its predictions."""

    def __init__(self, role: str) -> None:
        self._role = role
        self._architecture: ProjectRoot | None = None
        self._training: ProjectRoot | None = None
        self._training_entrypoint: str | None = None
        self._context = PrismContext()
        self._device = torch.device("cpu")
        self._hooks = Hooks([])
        self._model: nn.Module | None = None
        self._run: ReferenceTraining | SubmittedTraining | None = None

    def project(self, header: Header, body: bytes) -> tuple[Header, bytes]:
        """Takes the files. Nothing of them is run yet."""
        if self._architecture is not None:
            raise ProtocolError("a project is here already")
        files = split_files(header["files"], body)
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
        Imports the architecture and builds its model, exactly alike in every role and under every recipe; then, in a trainer or replayer
        for the submission's recipe, imports the training entrypoint and asks for the recipe. With `hooks` (not in a trainer) that
        entrypoint is imported for its hooks only.
        """
        if self._architecture is None or self._model is not None:
            raise ProtocolError("build comes once, after project")
        if header.get("hooks") and self._role == "trainer":
            raise ProtocolError("hooks is for predictors and replayers")
        self._device = device_named(header.get("device", "cpu"))
        self._context = PrismContext(**{"device": self._device.type, **header["context"]})
        seed_everything(self._context.seed)
        module = self._architecture.load(self._architecture.entrypoints[0])
        seed_everything(self._context.seed)
        self._model = build_model(module, self._context, self._device)
        parameters = count_parameters(self._model, self._context)
        seed_everything(self._context.seed)
        submitted = header["recipe"] == "submission" and self._role != "predictor"
        modules = self._recipe_modules(module) if submitted or header.get("hooks") else [module]
        self._hooks = Hooks(modules)
        if self._role != "predictor":
            self._run = self._start(header, modules)
        recipe = self._run.values if self._run else None
        return {"parameters": parameters, "recipe": recipe, "hooksPresent": self._hooks.present}, b""

    def train(self, header: Header, body: bytes) -> tuple[Header, bytes]:
        """One revealed batch of byte windows, each one byte longer than the model's input."""
        windows = byte_rows(body, header["batch"], header["length"]).to(self._device)
        if self._run is None or windows.shape[1] != self._context.sequence_length + 1:
            raise ProtocolError(f"train comes after build, with windows of {self._context.sequence_length + 1} bytes")
        self._run.step(header["step"], windows)
        return {"step": header["step"]}, b""

    def snapshot(self, header: Header, body: bytes) -> tuple[Header, bytes]:
        """The model's state as raw tensors, on request with the reference optimiser's, and what the training says about itself."""
        if self._model is None or self._run is None:
            raise ProtocolError("snapshot comes after build")
        tensors, data = pack(state_tensors(self._model))
        answer = {"tensors": tensors, "hooksUsed": self._run.hooks_used, "hookUses": self._run.hook_uses}
        if header.get("optimizer"):
            reference = isinstance(self._run, ReferenceTraining)
            answer["optimizer"], more = pack(optimizer_tensors(self._model, self._run.optimizer) if reference else {})
            data += more
        if self._role == "trainer":  # a replayer is looked at after every step, and has nothing to say that the trainer has not
            answer["telemetry"] = telemetry.measure(self._model, self._run)
        return answer, data

    def load(self, header: Header, body: bytes) -> tuple[Header, bytes]:
        """Copies a snapshot into the model built here, and into the reference optimiser where the snapshot has its state."""
        if self._model is None:
            raise ProtocolError("load comes after build")
        described = header.get("optimizer")
        size = packed_size(header["tensors"]) if described is not None else len(body)
        unpack_into(state_tensors(self._model), header["tensors"], body[:size])
        if described is not None:
            if not isinstance(self._run, ReferenceTraining):
                raise ProtocolError("an optimizer's state can be loaded only in a replayer under the reference recipe")
            unpack_into(restored_tensors(self._model, self._run.optimizer, described), described, body[size:])
        return {}, b""

    def predict(self, header: Header, body: bytes) -> tuple[Header, bytes]:
        """Logits of the byte after each prefix, from plain `model(tokens)` or, with `hook`, from the project's inference hook."""
        if self._model is None:
            raise ProtocolError("predict comes after build")
        tokens = byte_rows(body, header["count"], header["length"]).to(self._device)
        seed_everything(self._context.seed)  # a prediction is the same wherever it is repeated
        self._model.eval()
        with torch.no_grad():
            logits = self._hooked(tokens) if header.get("hook") else checked_logits(self._model(tokens), tokens)
        last = logits if logits.dim() == 2 else logits[:, -1]
        return {}, last.detach().float().cpu().contiguous().numpy().tobytes()

    def _hooked(self, tokens: torch.Tensor) -> torch.Tensor:
        name = self._hooks.inference
        if name is None:
            raise ContractError("the project has no inference hook: neither inference_logits(model, batch, ctx) nor infer")
        output = self._hooks.call(name, self._model, PrismBatch(tokens=tokens), self._context)
        return checked_logits(output, tokens, f"{name}(model, batch, ctx)")

    def _start(self, header: Header, modules: list[ModuleType]) -> ReferenceTraining | SubmittedTraining:
        """A run that is ready to train under the judge's recipe or under that of `modules`."""
        assert self._model is not None
        recipe, replays = header["recipe"], header.get("replays", 1)
        if recipe == "reference":
            return ReferenceTraining(self._model, self._context, replays)
        if recipe != "submission" or replays != 1:
            raise ProtocolError(f"recipe must be 'reference', with replays, or 'submission' without, not {recipe!r} with {replays}")
        return SubmittedTraining(self._model, get_recipe(modules, self._context), self._hooks, self._context)

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
