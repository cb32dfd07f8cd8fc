"""What is known so far about the values in a project, and how attributes and calls carry them on. It only ever grows."""

from __future__ import annotations

import ast
from typing import Dict, Iterable, List, Optional, Set

from .classes import Classes
from .project import Module
from .references import Outside, Place, References, Variable
from .scopes import FUNCTIONS, parameters
from .values import MADE, NOTHING, Item, Value, contents, holding, outside, union

MAX_WORK = 4_000_000
"""Items looked at; an honest project needs a hundredth."""

_ELEMENTS = ("__iter__", "__next__", "__getitem__")
_PROPERTIES = ("property", "cached_property")


class TooComplexError(Exception):
    """The project does not come to a fixpoint within the limit."""


class Facts:
    """Keys: a binding, `("return", function)`, `("attribute", class, name)`, `("loose", name)` on objects of others, `("any", name)`."""

    def __init__(self, references: References, classes: Classes, modules: List[Module]) -> None:
        self.references = references
        self.classes = classes
        self.value_of: Dict[ast.AST, Value] = {}
        self.changed = True
        self.defined: Set[str] = set()
        """Names of attributes and methods that the project defines anywhere."""
        self.module_of: Dict[ast.AST, Module] = {}
        """Of functions and lambdas."""
        self._known: Dict[object, Set[Item]] = {}
        self._class_of: Dict[ast.AST, ast.ClassDef] = {}
        self._static: Set[ast.AST] = set()
        self._properties: Set[ast.AST] = set()
        self._work = 0
        for module in modules:
            for node in module.scopes.of:
                if isinstance(node, (*FUNCTIONS, ast.Lambda)):
                    self.module_of[node] = module
                elif isinstance(node, ast.ClassDef):
                    self.defined.update(module.scopes.of[node].bindings)
                    for statement in node.body:
                        if isinstance(statement, FUNCTIONS):
                            self._add_method(node, statement)

    def _add_method(self, cls: ast.ClassDef, node: ast.AST) -> None:
        self._class_of[node] = cls
        decorators = [getattr(one, "attr", getattr(one, "id", "")) for one in node.decorator_list]
        if "staticmethod" in decorators:
            self._static.add(node)
        if any(one in _PROPERTIES for one in decorators):
            self._properties.add(node)

    def add(self, key: object, value: Value) -> None:
        self.spend(value)
        known = self._known.setdefault(key, set())
        if not value <= known:
            known |= value
            self.changed = True

    def get(self, key: object) -> Value:
        known = self._known.get(key)
        return frozenset(known) if known else NOTHING

    def spend(self, value: Value) -> None:
        self._work += 1 + len(value)
        if self._work > MAX_WORK:
            raise TooComplexError

    def class_of(self, function: ast.AST) -> Optional[ast.ClassDef]:
        return self._class_of.get(function)

    def is_method(self, function: ast.AST) -> bool:
        return function in self._class_of and function not in self._static

    # Attributes

    def attribute(self, value: Value, name: str) -> Value:
        """What `.name` of such an object may be."""
        found: List[Value] = []
        for item in value:
            self.spend(value)
            if item[0] == "outside":
                found.append(frozenset([outside(f"{item[1]}.{name}")]))
            elif item[0] in ("own", "class"):
                found += [self.get(("attribute", cls, name)) for cls in self.classes.relatives(item[1])]
                found.append(self.get(("loose", name)))
                found.append(self.results([item], ("__getattr__",)))
                if name not in self.defined:
                    found.append(MADE)
            elif item[0] == "super":
                found += [self.get(("attribute", cls, name)) for cls in self.classes.ancestors(item[1])[1:]]
            elif item[0] == "module":
                found.append(self.member(item[1], name))
            elif item[0] == "instance":
                found.append(MADE)
        whole = union(found)
        computed = [item[1] for item in whole if item[0] == "function" and item[1] in self._properties]
        return whole.difference(("function", one) for one in computed) | union(self.get(("return", one)) for one in computed)

    def results(self, value: Iterable[Item], methods: Iterable[str]) -> Value:
        """What these methods of the project's own instances among the value return."""
        relatives = [cls for item in value if item[0] == "own" for cls in self.classes.relatives(item[1])]
        return union(self.get(("return", one)) for one in self.methods(relatives, methods)) if relatives else NOTHING

    def elements(self, value: Value) -> Value:
        """What iterating, indexing or unpacking gives."""
        given = self.results(value, _ELEMENTS)
        return contents(value) | given | contents(given)

    def member(self, place: str, name: str) -> Value:
        reference = self.references.member(place, name)
        if isinstance(reference, Variable):
            return self.get(reference.binding)
        if isinstance(reference, Outside):
            return frozenset([outside(reference.dotted)])
        return frozenset([("module", reference.place)]) if isinstance(reference, Place) else NOTHING

    def store(self, value: Value, name: str, stored: Value) -> None:
        for item in value:
            self.add(("attribute", item[1], name) if item[0] in ("own", "class") else ("loose", name), stored)
        self.add(("any", name), stored)

    # Calls

    def enter(self, function: ast.AST, positional: List[Value], named: Dict[str, Value], rest: Value, skip_self: bool) -> Value:
        """Passes arguments to a function of the project; returns what it may return. `rest` may be any argument."""
        module = self.module_of[function]
        names = parameters(function)
        plain = [one for one in names if one not in (function.args.vararg, function.args.kwarg)]
        if skip_self and self.is_method(function):
            plain = plain[1:]
        for argument, value in zip(plain, positional):
            self.add(module.scopes.bound[argument], value)
        for argument in plain:
            self.add(module.scopes.bound[argument], named.get(argument.arg, NOTHING) | rest)
        for argument in (function.args.vararg, function.args.kwarg):
            if argument is not None:
                self.add(module.scopes.bound[argument], holding(union([*positional, *named.values(), rest])))
        return self.get(("return", function))

    def construct(self, cls: ast.ClassDef, positional: List[Value], named: Dict[str, Value], rest: Value) -> Value:
        fields = self.classes.fields(cls)
        for name, value in [*zip(fields, positional), *((name, named[name]) for name in fields if name in named)]:
            self.store(frozenset([("own", cls)]), name, value | rest)
        for function in self.methods(self.classes.ancestors(cls), ("__init__", "__new__")):
            self.enter(function, positional, named, rest, skip_self=True)
        return frozenset([("own", cls)])

    def methods(self, classes: Iterable[ast.ClassDef], names: Iterable[str]) -> List[ast.AST]:
        found = [self.get(("attribute", cls, name)) for cls in classes for name in names]
        return [item[1] for item in union(found) if item[0] == "function"]
