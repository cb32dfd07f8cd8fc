"""Large constants: where a smuggled payload would sit. Intake measures the whole; this says where it is."""

from __future__ import annotations

import ast
from typing import Iterator, List, Set, Tuple

from ..findings import Findings
from ..project import Module
from ..scopes import FUNCTIONS

MAX_CONSTANT_BYTES = 2_048

_LITERALS = (ast.List, ast.Tuple, ast.Set, ast.Dict)


def check(module: Module, findings: Findings) -> None:
    documentation = set(_docstrings(module.tree))
    for statement in module.body:
        for node, size in _sizes(statement, documentation):
            findings.add("payload-constant", module.path, node.lineno, f"a constant of {size:,} bytes; above {MAX_CONSTANT_BYTES:,} it is noted")


def _sizes(statement: ast.stmt, documentation: Set[ast.AST]) -> Iterator[Tuple[ast.expr, int]]:
    """Outermost literals that are too large."""
    todo: List[ast.AST] = [statement]
    while todo:
        node = todo.pop()
        size = _size(node) if isinstance(node, (ast.Constant, *_LITERALS)) and node not in documentation else 0
        if size > MAX_CONSTANT_BYTES:
            yield node, size
        else:
            todo += ast.iter_child_nodes(node)


def _size(node: ast.AST) -> int:
    """Bytes of the constants in a literal that holds nothing else; 0 where it holds something else."""
    total = 0
    todo: List[ast.AST] = [node]
    while todo:
        one = todo.pop()
        if isinstance(one, ast.Constant):
            total += _constant_size(one.value)
        elif isinstance(one, (*_LITERALS, ast.UnaryOp)):
            todo += [child for child in ast.iter_child_nodes(one) if isinstance(child, ast.expr)]
        else:
            return 0
    return total


def _constant_size(value: object) -> int:
    if isinstance(value, str):
        return len(value.encode("utf-8", "surrogatepass"))
    if isinstance(value, bytes):
        return len(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return max(4, (value.bit_length() + 7) // 8)
    return 8


def _docstrings(tree: ast.Module) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, *FUNCTIONS)) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                yield first.value
