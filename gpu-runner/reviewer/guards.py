"""Statements that never run in the runner: type checkers' and scripts' blocks, and code behind a constant or after a return."""

from __future__ import annotations

import ast
from typing import List, Optional, Sequence

_ENDS = (ast.Return, ast.Raise, ast.Break, ast.Continue)


def without_guarded(tree: ast.Module) -> List[ast.stmt]:
    """The module's statements less `if TYPE_CHECKING:` and `if __name__ == "__main__":`, which the runner's import skips."""
    checking = _type_checking_is_pythons(tree)
    return [statement for statement in tree.body if not _is_guard(statement, checking)]


def _is_guard(statement: ast.stmt, checking: bool) -> bool:
    if not isinstance(statement, ast.If) or statement.orelse:
        return False
    test = statement.test
    if isinstance(test, ast.Name) and test.id == "TYPE_CHECKING":
        return checking
    if isinstance(test, ast.Attribute) and test.attr == "TYPE_CHECKING":
        return checking and isinstance(test.value, ast.Name) and test.value.id == "typing"
    if isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], ast.Eq):
        sides = {_text(test.left), _text(test.comparators[0])}
        return sides == {"name:__name__", "str:__main__"}
    return False


def _text(node: ast.expr) -> Optional[str]:
    if isinstance(node, ast.Name):
        return f"name:{node.id}"
    return f"str:{node.value}" if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _type_checking_is_pythons(tree: ast.Module) -> bool:
    """Whether `TYPE_CHECKING` and `typing` mean what they say in the whole file."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load) and node.id in ("typing", "TYPE_CHECKING"):
            return False
        if isinstance(node, ast.arg) and node.arg in ("typing", "TYPE_CHECKING"):
            return False
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and node.name in ("typing", "TYPE_CHECKING"):
            return False
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            module = getattr(node, "module", None)
            for alias in node.names:
                bound = alias.asname or alias.name
                if bound == "TYPE_CHECKING" and (module != "typing" or alias.name != "TYPE_CHECKING"):
                    return False
                if bound == "typing" and (module is not None or alias.name != "typing"):
                    return False
    return True


def live(body: Sequence[ast.stmt]) -> List[ast.stmt]:
    """The statements of one block that can have an effect: no docstrings, `pass`, plain assertions, unreachable tails or branches of a constant."""
    statements: List[ast.stmt] = []
    for statement in body:
        if isinstance(statement, ast.If) and isinstance(statement.test, ast.Constant):
            statements += live(statement.body if statement.test.value else statement.orelse)
        elif not _says_nothing(statement):
            statements.append(statement)
        if statements and isinstance(statements[-1], _ENDS):
            break
    return statements


_SILENT = (ast.Name, ast.Constant, ast.Compare, ast.BoolOp, ast.BinOp, ast.UnaryOp, ast.Subscript, ast.operator, ast.unaryop, ast.boolop, ast.cmpop,
           ast.expr_context)  # fmt: skip


def _is_silent(node: ast.AST) -> bool:
    """Runs no code of the project's: no call, and no attribute that may be a property."""
    return isinstance(node, _SILENT) or (isinstance(node, ast.Attribute) and node.attr in ("shape", "ndim"))


def _says_nothing(statement: ast.stmt) -> bool:
    if isinstance(statement, (ast.Pass, ast.Global, ast.Nonlocal)):
        return True
    if isinstance(statement, ast.Assert):
        return all(_is_silent(node) for node in ast.walk(statement.test))
    if isinstance(statement, ast.While) and isinstance(statement.test, ast.Constant):
        return not statement.test.value and not statement.orelse
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
