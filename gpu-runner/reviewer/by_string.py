"""Calls that name an attribute by a string, as if it stood after a dot."""

from __future__ import annotations

import ast
from typing import NamedTuple, Optional

_FUNCTIONS = {"getattr": False, "hasattr": False, "setattr": True, "delattr": True}
_METHODS = {"register_buffer": True, "register_parameter": True, "register_module": True, "add_module": True}


class NamedObject(NamedTuple):
    object: ast.expr
    name: ast.Constant
    """The string."""
    stores: bool
    """Whether the call makes the attribute."""


def attribute_by_string(node: ast.Call) -> Optional[NamedObject]:
    """`getattr(x, "name")`, `x.register_buffer("name", ...)` and the like, by the spelling of the function."""
    if isinstance(node.func, ast.Name) and node.func.id in _FUNCTIONS and len(node.args) > 1:
        return _named(node.args[0], node.args[1], _FUNCTIONS[node.func.id])
    if isinstance(node.func, ast.Attribute) and node.func.attr in _METHODS and node.args:
        return _named(node.func.value, node.args[0], _METHODS[node.func.attr])
    return None


def _named(target: ast.expr, name: ast.expr, stores: bool) -> Optional[NamedObject]:
    if isinstance(name, ast.Constant) and isinstance(name.value, str) and not isinstance(target, ast.Starred):
        return NamedObject(target, name, stores)
    return None
