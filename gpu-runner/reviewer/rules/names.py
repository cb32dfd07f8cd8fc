"""Builtins that run code, open files or reach into namespaces, called or taken as values, and names that Python itself owns."""

from __future__ import annotations

import ast
from typing import Iterator, Tuple

from ..findings import Findings, quote
from ..policy import ALLOWED_DUNDERS, DEFINABLE_DUNDERS, DYNAMIC_BUILTINS, FORBIDDEN_BUILTINS, MODULE_DUNDERS
from ..project import Module

HINTS = {
    "open": "a run has no files: build everything from ctx",
    "compile": "the model is run as it is written",
    "input": "a run has no standard input",
}


def check(module: Module, findings: Findings) -> None:
    called = {node.func for statement in module.body for node in ast.walk(statement) if isinstance(node, ast.Call)}
    for name, binding in module.scopes.binding_of.items():
        if binding is not None:
            continue
        if name.id in FORBIDDEN_BUILTINS:
            findings.add("forbidden-name", module.path, name.lineno, f"uses {name.id}", HINTS.get(name.id))
        elif name.id in DYNAMIC_BUILTINS and name not in called:
            findings.add("dynamic-attribute", module.path, name.lineno, f"takes {name.id} as a value")
        elif _is_dunder(name.id) and name.id != "__debug__" and name.id != "__name__":
            findings.add("forbidden-name", module.path, name.lineno, f"uses {quote(name.id)}")
    for kind, name, line in _bound(module):
        allowed = MODULE_DUNDERS if kind == "module" else DEFINABLE_DUNDERS if kind == "class" else ()
        if _is_dunder(name) and name not in allowed:
            findings.add("forbidden-name", module.path, line, f"defines {quote(name)}, which Python itself looks up")


def _bound(module: Module) -> Iterator[Tuple[str, str, int]]:
    for scope in module.scopes.of.values():
        for binding in scope.bindings.values():
            for definition in binding.definitions:
                yield scope.kind, binding.name, getattr(definition.node, "lineno", 0)


def _is_dunder(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")


def dunder_is_refused(name: str) -> bool:
    return _is_dunder(name) and name not in ALLOWED_DUNDERS
