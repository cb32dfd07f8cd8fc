"""The optional functions of a project."""

from __future__ import annotations

from collections import Counter
from types import ModuleType
from typing import Any, Callable, Sequence

HOOKS = ("configure_optimizer", "inference_logits", "infer", "compute_loss", "train_step")
INFERENCE_HOOKS = ("inference_logits", "infer")
"""The first of them that a project has answers for it."""


class Hooks:
    """The optional functions of a project, from the first of its modules that has each, with how often each was called."""

    def __init__(self, modules: Sequence[ModuleType]) -> None:
        self._found: dict[str, Callable[..., Any]] = {}
        self.uses: Counter[str] = Counter()
        for name in HOOKS:
            for module in modules:
                if callable(getattr(module, name, None)):
                    self._found.setdefault(name, getattr(module, name))

    @property
    def present(self) -> list[str]:
        return [name for name in HOOKS if name in self._found]

    @property
    def used(self) -> list[str]:
        return [name for name in HOOKS if self.uses[name] > 0]

    @property
    def inference(self) -> str | None:
        """The name of the hook that answers in place of plain `model(tokens)`; None where there is none."""
        return next((name for name in INFERENCE_HOOKS if name in self), None)

    def __contains__(self, name: str) -> bool:
        return name in self._found

    def call(self, name: str, *arguments: Any) -> Any:
        self.uses[name] += 1
        return self._found[name](*arguments)
