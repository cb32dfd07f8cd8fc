"""
Which of the project's definitions a component can use: those that its contract functions name, those that these name, and so on. Of a class
come its body, the methods that Python or torch call by themselves, and the methods whose name is looked up somewhere in what is reached.
"""

from __future__ import annotations

import ast
from typing import Dict, Iterable, List, Set, Tuple

from .by_string import attribute_by_string
from .classes import Classes
from .guards import live
from .outside_names import CALLED_FROM_OUTSIDE
from .project import Module
from .references import References, Variable, effective
from .scopes import FUNCTIONS, Binding


class Reach:
    def __init__(self, references: References, classes: Classes, roots: Iterable[Tuple[Module, ast.AST]]) -> None:
        self.nodes: Set[ast.AST] = set()
        """Functions, methods and classes that are reached, inner ones included."""
        self.classes: List[ast.ClassDef] = []
        self._references = references
        self._project_classes = classes
        self._bindings: Set[Binding] = set()
        self._attributes: Set[str] = set()
        self._waiting: Dict[str, List[Tuple[Module, ast.AST]]] = {}
        self._todo: List[Tuple[Module, ast.AST]] = list(roots)
        while self._todo:
            self._scan(*self._todo.pop())

    def _scan(self, module: Module, root: ast.AST) -> None:
        todo: List[ast.AST] = [root]
        while todo:
            node = todo.pop()
            if isinstance(node, ast.Name):
                self._name(self._references.expression(module, node))
            elif isinstance(node, ast.Attribute):
                self._attribute(node.attr)
                self._name(self._references.expression(module, node))
            elif isinstance(node, ast.Call):
                named_object = attribute_by_string(node)
                if named_object is not None:
                    self._attribute(named_object.name.value)
            if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
                if node in self.nodes:
                    continue
                self.nodes.add(node)
            todo += self._class_parts(module, node) if isinstance(node, ast.ClassDef) else children(node)

    def _name(self, reference: object) -> None:
        if not isinstance(reference, Variable) or reference.binding.scope.kind != "module" or reference.binding in self._bindings:
            return
        self._bindings.add(reference.binding)
        module = self._references.module_of[reference.binding.scope.node]
        for definition in effective(reference.binding):
            if definition.kind in ("function", "class", "assign"):
                self._todo.append((module, definition.node))

    def _attribute(self, name: str) -> None:
        if name not in self._attributes:
            self._attributes.add(name)
            self._todo += self._waiting.pop(name, [])

    def _class_parts(self, module: Module, node: ast.ClassDef) -> List[ast.AST]:
        self.classes.append(node)
        parts: List[ast.AST] = [*node.decorator_list, *node.bases, *node.keywords]
        for statement in live(node.body):
            if not isinstance(statement, FUNCTIONS) or is_protocol(statement.name) or statement.name in self._attributes:
                parts.append(statement)
            else:
                self._waiting.setdefault(statement.name, []).append((module, statement))
        return parts


def is_protocol(name: str) -> bool:
    """Whether Python or torch may call a method of this name without the project naming it."""
    return name in CALLED_FROM_OUTSIDE or (name.startswith("__") and name.endswith("__"))


def children(node: ast.AST) -> List[ast.AST]:
    """What is evaluated below a node: annotations and dead statements are not."""
    found: List[ast.AST] = []
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "type_params", "type_comment", "ctx"):
            continue
        if isinstance(value, list):
            found += live(value) if value and isinstance(value[0], ast.stmt) else [one for one in value if isinstance(one, ast.AST)]
        elif isinstance(value, ast.AST):
            found.append(value)
    return found
