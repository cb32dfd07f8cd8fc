"""
What may flow where: a flow-insensitive, whole-project approximation, run to a fixpoint.

It tells the rules which expressions may be something imported (a patched module hides behind any alias, argument or attribute), and the
normaliser which attributes are the project's own. Facts only ever grow, so the result does not depend on the order in which code is read.
"""

from __future__ import annotations

import ast
from typing import Callable, Iterable, List, Set, Tuple

from .by_string import attribute_by_string
from .classes import Classes
from .facts import Facts
from .project import Module
from .reader import Reader
from .references import References
from .scopes import FUNCTIONS, parameters
from .values import Value

Seed = Tuple[ast.AST, int, Value]
"""What the host passes to a contract function: function, index of the parameter, value."""


class Flow(Facts):
    """
    `value_of[expression]` after construction: what it may hold; empty where nothing is known. Definitions that `wanted` refuses are passed over,
    and so are their effects. Raises TooComplexError.
    """

    def __init__(
        self,
        references: References,
        classes: Classes,
        seeds: Iterable[Seed] = (),
        wanted: Callable[[ast.AST], bool] = lambda node: True,
        live: Callable[[List[ast.stmt]], List[ast.stmt]] = list,
    ) -> None:
        modules = [references.project.modules[place] for place in sorted(references.project.modules)]
        super().__init__(references, classes, modules)
        self.stored: Set[Tuple[str, Value]] = set()
        """Names of attributes that are assigned to, with what their object may be."""
        self.unknown: Set[ast.AST] = set()
        """Expressions that nothing was known of when only certain facts had been followed: their attributes may be anyone's of that name."""
        self.wanted, self.live = wanted, live
        self._collect_defined(modules)
        for function, position, value in seeds:
            names = parameters(function)
            if position < len(names):
                self.add(self.module_of[function].scopes.bound[names[position]], value)
        self._settle(modules)
        self.unknown = {node for node, value in self.value_of.items() if not value}
        self._settle(modules)
        self.stored.clear()
        self._read(modules)  # once more, now that all is known

    def _settle(self, modules: List[Module]) -> None:
        self.changed = True
        while self.changed:
            self.changed = False
            self._read(modules)

    def _read(self, modules: List[Module]) -> None:
        for module in modules:
            Reader(self, module).block(module.body)

    def _collect_defined(self, modules: List[Module]) -> None:
        todo: List[ast.AST] = [statement for module in modules for statement in module.body]
        while todo:
            node = todo.pop()
            if isinstance(node, (*FUNCTIONS, ast.ClassDef)) and not self.wanted(node):
                continue
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
                self.defined.add(node.attr)
            named_object = attribute_by_string(node) if isinstance(node, ast.Call) else None
            if named_object is not None and named_object.stores:
                self.defined.add(named_object.name.value)
            todo += ast.iter_child_nodes(node)
