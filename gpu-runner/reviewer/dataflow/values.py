"""What a variable may hold while a project is read as a computation: a term, or something of the project's that terms come out of."""

from __future__ import annotations

import ast
from typing import Dict, List, NamedTuple, Optional, Union

from ..project import Module
from ..scopes import Binding
from ..terms import Term


class Sequence:
    """A list, tuple or container of modules."""

    def __init__(self, items: List[Value], several: bool = False) -> None:
        self.items = items
        self.several = several
        """Whether each item stands for any number of its kind: how many is not known."""


class Chain(Sequence):
    """Modules of which each takes what the one before it gives."""


class Table:
    """A dictionary by its constant keys."""

    def __init__(self, entries: Dict[object, Value]) -> None:
        self.entries = entries


class Frame:
    """The variables of one call."""

    def __init__(self, parent: Optional[Frame]) -> None:
        self.parent = parent
        self.variables: Dict[Binding, Value] = {}
        self.returned: List[Term] = []
        self.result: Optional[Value] = None
        """What a single return without a condition gives."""
        self.yielded: List[Value] = []
        self.method: Optional[Function] = None
        """What was called, where it is a method."""
        self.conditions: List[Term] = []
        """Of the branches that are being read."""
        self.loops = 0

    def find(self, binding: Binding) -> Optional[Value]:
        frame: Optional[Frame] = self
        while frame is not None:
            if binding in frame.variables:
                return frame.variables[binding]
            frame = frame.parent
        return None


class Class(NamedTuple):
    node: ast.ClassDef
    frame: Frame


class Instance:
    """An object of a class of the project."""

    def __init__(self, cls: Class) -> None:
        self.cls = cls
        self.fields: Dict[str, Value] = {}
        self.base: Optional[Term] = None
        """What the outside base class was made with."""


class Function(NamedTuple):
    node: ast.AST
    module: Module
    frame: Frame
    receiver: Optional[Value] = None
    owner: Optional[ast.ClassDef] = None


class Partial(NamedTuple):
    function: Value
    positional: List[Value]
    named: Dict[str, Value]


class Super(NamedTuple):
    receiver: Value
    owner: ast.ClassDef


class Choice(NamedTuple):
    """One of two, and no telling which."""

    test: Term
    first: Value
    second: Value


class Method(NamedTuple):
    """A method of something that is not the project's code: of a tensor, a container, or inherited from torch."""

    receiver: Value
    name: str


Value = Union[Term, Sequence, Table, Instance, Function, Class, Partial, Super, Choice, Method]


class Arguments(NamedTuple):
    positional: List[Value]
    named: Dict[str, Value]

    def all(self) -> List[Value]:
        return [*self.positional, *(self.named[name] for name in sorted(self.named))]
