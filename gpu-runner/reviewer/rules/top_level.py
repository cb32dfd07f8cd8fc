"""
What runs at import: definitions and constants only, and none of the project's functions. So the digest of what is reachable from the
contract's functions is the digest of all that can have an effect.
"""

from __future__ import annotations

import ast
from typing import Iterator, List

from ..classes import Classes
from ..findings import Findings
from ..project import Module
from ..references import Outside, References, Variable
from ..scopes import FUNCTIONS

_PASSES_ON = ("dataclasses.field", "functools.partial", "functools.partialmethod", "builtins.property", "builtins.staticmethod", "builtins.classmethod")
"""Outside callables that only keep the function that they are given."""
_PLAIN_ANNOTATION = (ast.Name, ast.Attribute, ast.Subscript, ast.Tuple, ast.List, ast.Constant, ast.BinOp, ast.BitOr, ast.UnaryOp,
                     ast.USub, ast.Starred, ast.expr_context)  # fmt: skip


def check(module: Module, references: References, classes: Classes, findings: Findings) -> None:
    reader = _TopLevel(module, references, classes, findings)
    for statement in module.body:
        reader.statement(statement, "the top level of a file")
    for statement in module.body:
        for node in ast.walk(statement):
            _check_annotations(module, node, findings)


class _TopLevel:
    def __init__(self, module: Module, references: References, classes: Classes, findings: Findings) -> None:
        self._module = module
        self._references = references
        self._classes = classes
        self._findings = findings
        self._methods = {one.name for cls in classes.all for one in cls.body if isinstance(one, FUNCTIONS)}

    def statement(self, node: ast.stmt, where: str) -> None:
        if isinstance(node, FUNCTIONS):
            self._decorators(node)
            for default in [*node.args.defaults, *(one for one in node.args.kw_defaults if one is not None)]:
                self._expression(default)
        elif isinstance(node, ast.ClassDef):
            self._decorators(node)
            if node in self._classes.index and self._classes.runs_when_defined(node):
                self._report(node.lineno, "a metaclass, or the constructor of an enumeration, runs at import")
            for expression in [*node.bases, *(keyword.value for keyword in node.keywords)]:
                self._expression(expression)
            for inner in node.body:
                self.statement(inner, "in a class body")
        elif isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
            self._assignment(node, where)
        elif not self._is_silent(node):
            self._findings.add("top-level-code", self._module.path, node.lineno, f"{_describe(node)} {where}")

    def _is_silent(self, node: ast.stmt) -> bool:
        if isinstance(node, ast.Expr):
            return isinstance(node.value, ast.Constant)
        return isinstance(node, (ast.Import, ast.ImportFrom, ast.Pass))

    def _assignment(self, node: ast.stmt, where: str) -> None:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        for target in targets:
            for one in ast.walk(target):
                if isinstance(one, (ast.Attribute, ast.Subscript)):
                    self._findings.add("top-level-code", self._module.path, node.lineno, f"assigns to a part of something {where}")
        if node.value is not None:
            self._expression(node.value)

    def _decorators(self, node: ast.AST) -> None:
        for decorator in node.decorator_list:
            if isinstance(decorator, ast.Attribute) and decorator.attr in ("setter", "getter", "deleter"):
                continue
            function = decorator.func if isinstance(decorator, ast.Call) else decorator
            if not isinstance(self._references.expression(self._module, function), Outside):
                message = "a decorator of the project runs at import"
                self._findings.add("import-time-call", self._module.path, decorator.lineno, message, "call the wrapper inside the function instead")
            elif isinstance(decorator, ast.Call):
                self._expression(decorator)

    def _expression(self, node: ast.expr) -> None:
        for one in _evaluated(node):
            if isinstance(one, ast.NamedExpr):
                self._findings.add("top-level-code", self._module.path, one.lineno, "assigns inside an expression at the top level")
            elif isinstance(one, ast.Call):
                self._call(one)
            elif isinstance(one, ast.Attribute) and one.attr in self._methods and self._references.expression(self._module, one) is None:
                self._report(one.lineno, f"{one.attr[:60]} is looked up at import, which may run a property or method of the project")

    def _call(self, node: ast.Call) -> None:
        reference = self._references.expression(self._module, node.func)
        if isinstance(reference, Outside):
            if reference.dotted not in _PASSES_ON:
                self._arguments(node)
        elif isinstance(reference, Variable) and self._is_plain_class(reference):
            self._arguments(node)
        elif isinstance(node.func, ast.Attribute) and reference is None:
            self._arguments(node)  # a method of a constant or of something made outside; of the project's, the lookup is reported
        else:
            self._report(node.lineno, "a function of the project is called at import")

    def _is_plain_class(self, reference: Variable) -> bool:
        node = reference.binding.definitions[-1].node
        return isinstance(node, ast.ClassDef) and node in self._classes.index and self._classes.is_plain(node)

    def _arguments(self, node: ast.Call) -> None:
        """Outside code may call what it is given."""
        for argument in [*node.args, *(keyword.value for keyword in node.keywords)]:
            for one in ast.walk(argument):
                reference = self._references.expression(self._module, one) if isinstance(one, ast.Name) else None
                if isinstance(reference, Variable) and isinstance(reference.binding.definitions[-1].node, FUNCTIONS):
                    self._report(one.lineno, "a function of the project is handed to a call at import")

    def _report(self, line: int, message: str) -> None:
        self._findings.add("import-time-call", self._module.path, line, message)


def _evaluated(node: ast.expr) -> Iterator[ast.AST]:
    """The expression's nodes less the bodies of lambdas that are only kept."""
    todo: List[ast.AST] = [node]
    while todo:
        one = todo.pop()
        yield one
        if not isinstance(one, ast.Lambda):
            todo += ast.iter_child_nodes(one)


def _describe(node: ast.stmt) -> str:
    if isinstance(node, ast.Expr):
        return "a call" if isinstance(node.value, ast.Call) else "an expression"
    name = type(node).__name__.lower()
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name} statement"


def _check_annotations(module: Module, node: ast.AST, findings: Findings) -> None:
    """Annotations are evaluated at import, and are no part of a digest: they may do nothing."""
    annotation = getattr(node, "annotation", None) or getattr(node, "returns", None)
    if not isinstance(annotation, ast.expr):
        return
    for one in ast.walk(annotation):
        if not isinstance(one, _PLAIN_ANNOTATION):
            findings.add("annotation-code", module.path, annotation.lineno, f"an annotation with {type(one).__name__.lower()} in it")
            return
