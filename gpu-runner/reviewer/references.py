"""What a name or a dotted chain stands for, where its binding alone says so."""

from __future__ import annotations

import ast
from typing import Dict, List, NamedTuple, Optional, Union

from .project import Module, Project
from .scopes import Binding, Definition


class Outside(NamedTuple):
    """Something that is not the project's, by its full dotted name; builtins as `builtins.len`."""

    dotted: str


class Place(NamedTuple):
    """A module or folder of the project."""

    place: str


class Variable(NamedTuple):
    """A variable of the project."""

    binding: Binding


Reference = Union[Outside, Place, Variable, None]

_MAX_HOPS = 32
"""Of imports that import from each other."""


class References:
    def __init__(self, project: Project) -> None:
        self.project = project
        self.module_of: Dict[ast.AST, Module] = {module.tree: module for module in project.modules.values()}
        self._memory: Dict[Binding, Reference] = {}

    def expression(self, module: Module, node: ast.AST, hops: int = 0) -> Reference:
        """Of a name or a chain of attributes; None for anything else and for attributes of values."""
        if isinstance(node, ast.Name):
            binding = module.scopes.binding_of.get(node)
            return Outside(f"builtins.{node.id}") if binding is None else self.binding(binding, hops)
        if not isinstance(node, ast.Attribute):
            return None
        base = self.expression(module, node.value, hops)
        if isinstance(base, Outside):
            return Outside(f"{base.dotted}.{node.attr}")
        if isinstance(base, Place):
            return self.member(base.place, node.attr, hops)
        return None

    def member(self, place: str, name: str, hops: int = 0) -> Reference:
        """Of a name in a module of the project."""
        module = self.project.modules.get(place)
        if module is not None and name in module.scopes.module.bindings:
            return self.binding(module.scopes.module.bindings[name], hops)
        inner = f"{place}/{name}" if place else name
        return Place(inner) if self.project.has(inner) else None

    def binding(self, binding: Binding, hops: int = 0) -> Reference:
        """Follows imports, and top-level aliases of outside names (`F = torch.nn.functional`)."""
        if binding not in self._memory:
            if hops > _MAX_HOPS:
                return None
            self._memory[binding] = self._follow(binding, hops + 1)
        return self._memory[binding]

    def _follow(self, binding: Binding, hops: int) -> Reference:
        definitions = effective(binding)
        last = definitions[-1] if definitions else None
        if last is None or (binding.scope.kind != "module" and len(definitions) > 1):
            return Variable(binding)
        module = self.module_of[_module_scope(binding).node]
        if last.kind == "import" and last.alias is not None:
            imported = self.project.imported(module, last.node, last.alias)
            if imported.outside is not None:
                return Outside(imported.outside)
            if imported.place is not None and imported.name is not None:
                return self.member(imported.place, imported.name, hops)
            return None if imported.place is None else Place(imported.place)
        value = _alias_value(last)
        if binding.scope.kind == "module" and len(definitions) == 1 and value is not None:
            target = self.expression(module, value, hops)
            if isinstance(target, Outside):
                return target
        return Variable(binding)


def effective(binding: Binding) -> List[Definition]:
    """The definitions that may show in a variable's value: at a module's top level the last full one and what amends it."""
    definitions = binding.definitions
    if binding.scope.kind != "module":
        return definitions
    for index in range(len(definitions) - 1, -1, -1):
        if _replaces(definitions[index], binding.name):
            return definitions[index:]
    return definitions


def _replaces(definition: Definition, name: str) -> bool:
    node = definition.node
    if definition.kind == "assign":
        reads = getattr(node, "value", None)
        return isinstance(node, (ast.Assign, ast.AnnAssign)) and reads is not None and not _mentions(reads, name)
    if definition.kind in ("function", "class"):
        return not any(_mentions(part, name) for part in [*node.decorator_list, *getattr(node, "bases", [])])
    return definition.kind == "import"


def _mentions(node: ast.AST, name: str) -> bool:
    return any(isinstance(one, ast.Name) and one.id == name for one in ast.walk(node))


def _alias_value(definition: Definition) -> Optional[ast.expr]:
    node = definition.node
    if definition.kind != "assign":
        return None
    if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
        return node.value
    return node.value if isinstance(node, ast.AnnAssign) else None


def _module_scope(binding: Binding):
    scope = binding.scope
    while scope.parent is not None:
        scope = scope.parent
    return scope
