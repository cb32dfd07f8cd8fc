"""The project's classes: their bases, relatives and fields."""

from __future__ import annotations

import ast
from typing import Dict, Iterable, List, Set

from .references import Outside, References, Variable
from .scopes import FUNCTIONS

_RECORD_DECORATORS = ("dataclasses.dataclass",)
_RECORD_BASES = ("typing.NamedTuple", "typing.TypedDict")
_SILENT_DUNDERS = ("__repr__", "__str__")


class Classes:
    def __init__(self, references: References) -> None:
        self._references = references
        self.all: List[ast.ClassDef] = []
        """In the order of places and lines: an index that does not depend on hashing."""
        self._bases: Dict[ast.ClassDef, List[ast.ClassDef]] = {}
        self._outside: Dict[ast.ClassDef, List[str]] = {}
        self._has_metaclass: Set[ast.ClassDef] = set()
        self._ancestors: Dict[ast.ClassDef, List[ast.ClassDef]] = {}
        self._relatives: Dict[ast.ClassDef, List[ast.ClassDef]] = {}
        for place in sorted(references.project.modules):
            module = references.project.modules[place]
            for node in [one for one in module.scopes.of if isinstance(one, ast.ClassDef)]:
                self.all.append(node)
                self._add(module, node)
        self.index = {node: position for position, node in enumerate(self.all)}

    def _add(self, module, node: ast.ClassDef) -> None:
        found = [self._references.expression(module, _unsubscripted(base)) for base in node.bases]
        definitions = [one.binding.definitions[-1].node for one in found if isinstance(one, Variable)]
        self._bases[node] = [one for one in definitions if isinstance(one, ast.ClassDef) and one is not node]
        for keyword in node.keywords:
            if keyword.arg in (None, "metaclass") and not isinstance(self._references.expression(module, keyword.value), Outside):
                self._has_metaclass.add(node)
        self._outside[node] = [one.dotted for one in found if isinstance(one, Outside)]
        decorators = [self._references.expression(module, _called(one)) for one in node.decorator_list]
        self._outside[node] += [one.dotted for one in decorators if isinstance(one, Outside) and one.dotted in _RECORD_DECORATORS]

    def ancestors(self, node: ast.ClassDef) -> List[ast.ClassDef]:
        """The class itself, then the project's classes it descends from, nearest first."""
        if node not in self._ancestors:
            found: Dict[ast.ClassDef, None] = {}
            todo = [node]
            while todo:
                one = todo.pop(0)
                if one not in found:
                    found[one] = None
                    todo += self._bases.get(one, [])
            self._ancestors[node] = list(found)
        return self._ancestors[node]

    def by_index(self, nodes: Iterable[ast.ClassDef]) -> List[ast.ClassDef]:
        return sorted(set(nodes), key=self.index.__getitem__)

    def relatives(self, node: ast.ClassDef) -> List[ast.ClassDef]:
        """Ancestors and descendants: whose attributes an instance that passes for `node` may have."""
        if node not in self._relatives:
            above = self.ancestors(node)
            below = [one for one in self.all if one is not node and node in self.ancestors(one)]
            self._relatives[node] = above + [one for one in below if one not in above]
        return self._relatives[node]

    def outside_bases(self, node: ast.ClassDef) -> List[str]:
        """Dotted names of the outside bases of the class and its ancestors; a dataclass counts its decorator."""
        return [dotted for one in self.ancestors(node) for dotted in self._outside.get(one, [])]

    def is_record(self, node: ast.ClassDef) -> bool:
        """A dataclass or named tuple: its annotations are fields."""
        return any(dotted in (*_RECORD_DECORATORS, *_RECORD_BASES) for dotted in self._outside.get(node, []))

    def is_plain(self, node: ast.ClassDef) -> bool:
        """Whether making an instance, and operators on it, run none of the project's functions."""
        methods = {one.name for cls in self.ancestors(node) for one in cls.body if isinstance(one, FUNCTIONS)}
        return not any(name.startswith("__") and name not in _SILENT_DUNDERS for name in methods)

    def runs_when_defined(self, node: ast.ClassDef) -> bool:
        """Whether the class statement itself runs a function of the project: its metaclass's, or an enumeration's constructor."""
        is_enumeration = any(dotted.startswith("enum.") for dotted in self.outside_bases(node))
        return (is_enumeration and not self.is_plain(node)) or node in self._has_metaclass

    def fields(self, node: ast.ClassDef) -> List[str]:
        """A record's fields in the order in which its constructor takes them."""
        names: List[str] = []
        for cls in reversed(self.ancestors(node)):
            for statement in cls.body if self.is_record(cls) else []:
                if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
                    if statement.target.id not in names:
                        names.append(statement.target.id)
        return names


def _unsubscripted(node: ast.expr) -> ast.expr:
    return node.value if isinstance(node, ast.Subscript) else node


def _called(node: ast.expr) -> ast.expr:
    return node.func if isinstance(node, ast.Call) else node
