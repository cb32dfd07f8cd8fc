"""Attributes: what is looked up on anything by name, by a string, by a format or by a pattern, and which outside API it turns out to be."""

from __future__ import annotations

import ast
import re
from typing import Optional

from ..findings import Findings, quote
from ..flow import Flow
from ..policy import ALLOWED_TEXT, DYNAMIC_BUILTINS, FORBIDDEN_ATTRIBUTES, refusal
from ..project import Module
from ..values import NOTHING
from .names import dunder_is_refused

_FORMAT_LOOKUP = re.compile(r"\{[^{}]*[.\[]\s*_")
"""A replacement field of str.format that looks up something private."""


def check(module: Module, flow: Flow, findings: Findings) -> None:
    called = {node.func for statement in module.body for node in ast.walk(statement) if isinstance(node, ast.Call)}
    for statement in module.body:
        for node in ast.walk(statement):
            if isinstance(node, ast.Attribute) and node.attr == "__setattr__":
                if node not in called:
                    findings.add("dynamic-attribute", module.path, node.lineno, "takes __setattr__ as a value")
            elif isinstance(node, ast.Attribute):
                _check_name(module, node, node.attr, findings)
            elif isinstance(node, ast.Call):
                _check_call(module, node, flow, findings)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and _FORMAT_LOOKUP.search(node.value):
                findings.add("format-attribute", module.path, node.lineno, "a format string looks up a private attribute or item")
            elif type(node).__name__ == "MatchClass" and node.kwd_attrs:
                message = f"a class pattern looks up {quote(node.kwd_attrs[0])} by name"
                findings.add("dynamic-attribute", module.path, node.lineno, message, "match the type, then read the attribute")
            if isinstance(node, (ast.Attribute, ast.Name)) or _is_lookup(node):
                _check_api(module, node, flow, findings)


def _check_name(module: Module, node: ast.expr, name: str, findings: Findings) -> None:
    if dunder_is_refused(name):
        hint = "keep such tables in a dict of your own; to name a class use type(x).__name__" if name in ("__class__", "__dict__") else None
        findings.add("forbidden-attribute", module.path, node.lineno, f"looks up {quote(name)}", hint)
    elif name in FORBIDDEN_ATTRIBUTES:
        findings.add("forbidden-attribute", module.path, node.lineno, f"looks up {quote(name)}")


def _check_call(module: Module, node: ast.Call, flow: Flow, findings: Findings) -> None:
    function = dynamic_function(module, node)
    if function is not None:
        name = _literal_name(node)
        if name is None:
            findings.add("dynamic-attribute", module.path, node.lineno, f"{function} with a name that is not written out as a string")
        else:
            _check_name(module, node, name, findings)
    if isinstance(node.func, ast.Attribute) and node.func.attr in ("format", "format_map"):
        if not (isinstance(node.func.value, ast.Constant) and isinstance(node.func.value.value, str)):
            findings.add("format-attribute", module.path, node.lineno, f"calls .{node.func.attr} of something that is not a string literal")


def dynamic_function(module: Module, node: ast.Call) -> Optional[str]:
    """`getattr` and its like where the call is of one; `__setattr__` takes a name as well."""
    if isinstance(node.func, ast.Name) and module.scopes.binding_of.get(node.func, node) is None and node.func.id in DYNAMIC_BUILTINS:
        return node.func.id
    return "__setattr__" if isinstance(node.func, ast.Attribute) and node.func.attr == "__setattr__" else None


def _literal_name(node: ast.Call) -> Optional[str]:
    """The attribute's name: always the argument after the object, or the first of a bound `__setattr__`."""
    if node.keywords or any(isinstance(one, ast.Starred) for one in node.args):
        return None
    position = len(node.args) - 2 if isinstance(node.func, ast.Attribute) else 1
    name = node.args[position] if 0 <= position < len(node.args) else None
    return name.value if isinstance(name, ast.Constant) and isinstance(name.value, str) else None


def _is_lookup(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "getattr"


def _check_api(module: Module, node: ast.expr, flow: Flow, findings: Findings) -> None:
    base = flow.value_of.get(node.value, NOTHING) if isinstance(node, ast.Attribute) else NOTHING
    reported = {item[1] for item in base if item[0] == "outside" and refusal(item[1]) is not None}
    for item in flow.value_of.get(node, NOTHING):
        refused = refusal(item[1]) if item[0] == "outside" else None
        if refused is not None and item[1].rpartition(".")[0] not in reported:
            hint = ALLOWED_TEXT if refused.rule == "forbidden-import" else None
            findings.add(refused.rule, module.path, node.lineno, refused.message, hint)
