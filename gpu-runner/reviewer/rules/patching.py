"""Monkey-patching: changing anything that was imported, or a class, function or module of the project from outside its own body."""

from __future__ import annotations

import ast
from typing import Iterator, Optional, Tuple

from ..findings import Findings, quote
from ..flow import Flow
from ..project import Module
from ..values import NOTHING, Value
from .attributes import dynamic_function

_MUTATORS = ("update", "setdefault", "pop", "popitem", "clear", "append", "extend", "insert", "remove")
_REWRITES = ("dataclass", "total_ordering", "update_abstractmethods")
"""Functions of the standard library that add methods to the class they are given."""
_OWN = {
    "class": "a class of the project",
    "function": "a function of the project",
    "module": "a module of the project",
}
_OWN_HINT = "put it in the class body, or in an instance made by build_model: what the code says must be what runs"
_BACKENDS_HINT = "leave the backends as the host sets them"


def check(module: Module, flow: Flow, findings: Findings) -> None:
    for statement in module.body:
        for node in ast.walk(statement):
            for target, what, with_item in _changes(module, node):
                _check_target(module, target, what, with_item, flow, findings)


def _changes(module: Module, node: ast.AST) -> Iterator[Tuple[ast.expr, str, bool]]:
    """(object that is changed, what of it, whether an item rather than an attribute)"""
    if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load):
        yield node.value, f".{node.attr}", False
    elif isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load):
        yield node.value, "[...]", True
    elif isinstance(node, ast.Call):
        function = dynamic_function(module, node)
        if function in ("setattr", "delattr") and node.args:
            yield node.args[0], " by " + function, False
        elif function == "__setattr__" and isinstance(node.func, ast.Attribute):
            yield (node.args[0] if len(node.args) > 2 else node.func.value), " by __setattr__", False
        elif isinstance(node.func, ast.Attribute) and node.func.attr in _MUTATORS:
            yield node.func.value, f".{node.func.attr}()", True
        elif _names(node.func) in _REWRITES:
            yield from ((argument, f" by {_names(node.func)}", True) for argument in node.args)


def _names(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _check_target(module: Module, target: ast.expr, what: str, with_item: bool, flow: Flow, findings: Findings) -> None:
    value = flow.value_of.get(target, NOTHING)
    dotted = _outside(value)
    if dotted is not None:
        hint = _BACKENDS_HINT if dotted.startswith("torch.backends") else None
        findings.add("monkey-patch", module.path, target.lineno, f"changes {quote(dotted)}{what[:60]}, which the project did not make", hint)
    elif not with_item:
        for kind in sorted({item[0] for item in value if item[0] in _OWN}):
            findings.add("monkey-patch", module.path, target.lineno, f"changes {_OWN[kind]} at run time ({what[:60]})", _OWN_HINT)


def _outside(value: Value) -> Optional[str]:
    """The first name by spelling: which one is reported must not depend on hashing."""
    return min((item[1] for item in value if item[0] == "outside"), default=None)
