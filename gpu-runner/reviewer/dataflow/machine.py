"""What all parts of the reading share: the project, the terms made so far, limits, and how a value becomes a term."""

from __future__ import annotations

import ast
from typing import Dict, List, Set, Tuple

from ..classes import Classes
from ..facts import TooComplexError
from ..outside_names import canonical
from ..project import Module
from ..references import References
from ..scopes import Binding, parameters
from ..terms import Scalar, Term, Terms
from .values import Arguments, Chain, Choice, Class, Frame, Function, Instance, Method, Partial, Sequence, Table, Value

MAX_WORK = 400_000
"""Expressions and statements read, a function anew at each of its calls; an honest project needs a hundredth."""
MAX_CALLS = 24
"""Calls within calls."""
MAX_OF_ONE = 8
"""Calls of one function within each other; a recursion is not read further."""
MAX_LAYERS = 12
"""Layers of one class within each other: nobody builds so, but to hide what is within."""


class Machine:
    def __init__(self, references: References, classes: Classes) -> None:
        self.references, self.classes = references, classes
        self.terms = Terms()
        self.effects: List[Term] = []
        """Calls whose result nobody takes, and attributes set on objects of others."""
        self.module_of: Dict[ast.AST, Module] = {}
        self._module_frames: Dict[Module, Frame] = {}
        self._pending: Set[Binding] = set()
        self._active: List[Tuple[ast.AST, int]] = []
        """Functions being read, each with the identity of the object that it is a method of."""
        self._work = 0
        for module in references.project.modules.values():
            for node in module.scopes.of:
                self.module_of[node] = module

    def spend(self) -> None:
        self._work += 1
        if self._work > MAX_WORK:
            raise TooComplexError

    def module_frame(self, module: Module) -> Frame:
        return self._module_frames.setdefault(module, Frame(None))

    def outside(self, dotted: str) -> Term:
        return self.terms.of(f"outside {canonical(dotted)}")

    def constant(self, value: Scalar) -> Term:
        return self.terms.constant(value)

    # Values as terms

    def term(self, value: Value) -> Term:
        if isinstance(value, Term):
            return value
        if isinstance(value, Sequence):
            label = "chain" if isinstance(value, Chain) else "several" if value.several else "sequence"
            return self.terms.of(label, [self.term(one) for one in value.items])
        if isinstance(value, Table):
            return self.terms.of("table", [self.term(one) for one in value.entries.values()])
        if isinstance(value, Choice):
            return self.either(value.test, self.term(value.first), self.term(value.second))
        if isinstance(value, Partial):
            parts = [value.function, *Arguments(value.positional, value.named).all()]
            return self.terms.of("partial", [self.term(one) for one in parts])
        if isinstance(value, Method):
            return self.terms.of(f"method {value.name}", [self.term(value.receiver)])
        if isinstance(value, Instance):
            return self._object(value)
        if isinstance(value, Function):
            return self._function(value)
        return self.terms.of("class" if isinstance(value, Class) else "super")

    def either(self, test: Term, first: Term, second: Term) -> Term:
        return first if first is second else self.terms.of("either", [test, first, second])

    def _object(self, value: Instance) -> Term:
        """By what its fields hold, in no order, since their names say nothing."""
        if (value.cls.node, id(value)) in self._active or len(self._active) >= MAX_CALLS:
            return self.terms.of("object")
        self._active.append((value.cls.node, id(value)))
        fields = [self.term(one) for one in value.fields.values()]
        self._active.pop()
        base = [] if value.base is None else [value.base]
        return self.terms.of("object", [*base, *sorted(set(fields), key=lambda term: term.around[::-1])])

    def _function(self, value: Function) -> Term:
        arguments = [self.terms.of("argument") for _ in parameters(value.node)[0 if value.receiver is None else 1 :]]
        return self.terms.of("function", [self.term(self.call(value, Arguments(list(arguments), {})))])

    def is_within_itself(self, function: Function) -> bool:
        """Whether to stop here, as the function is being read already. Raises TooComplexError where too much is within each other."""
        if len(self._active) >= MAX_CALLS:
            raise TooComplexError
        same = [receiver for node, receiver in self._active if node is function.node]
        is_layer = getattr(function.node, "name", "") in ("forward", "__call__")
        if is_layer and len(same) >= MAX_LAYERS:
            raise TooComplexError
        return (not is_layer and len(same) >= MAX_OF_ONE) or (id(function.receiver) in same and (function.receiver is not None or len(same) > 1))

    def call(self, function: Value, arguments: Arguments) -> Value:
        raise NotImplementedError
