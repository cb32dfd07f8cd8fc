"""Numbers for the project's own names: which attributes are one and the same, and in what order everything was first met."""

from __future__ import annotations

import ast
from typing import Dict, Hashable, List, Optional, Set, Tuple

from .by_string import attribute_by_string
from .classes import Classes
from .flow import Flow
from .outside_names import CALLED_FROM_OUTSIDE, KNOWN_ATTRIBUTES
from .reach import Reach
from .scopes import FUNCTIONS
from .values import Value, innermost

Key = Hashable

_BARE_BASES = ("torch.nn.Module", "builtins.object", "abc.ABC", "typing.Generic", "typing.Protocol", "typing.NamedTuple", "enum.Enum",
               "dataclasses.dataclass", "torch.autograd.Function")  # fmt: skip
"""Outside bases whose attributes are all in CALLED_FROM_OUTSIDE: whatever else a subclass defines is its own."""


class Attributes:
    """
    Tells the project's own attributes from the outside's. Two classes' attributes of one name are different ones, unless some lookup may mean
    either.
    """

    def __init__(self, classes: Classes, flow: Flow, reach: Reach) -> None:
        self._classes = classes
        self._parent: Dict[Key, Key] = {}
        self._defined: Dict[ast.ClassDef, Set[str]] = {cls: set() for cls in classes.by_index(reach.classes)}
        self._owners: Dict[str, List[ast.ClassDef]] = {}
        self._loose: Set[str] = set()
        """Stored on objects that no class of the project makes."""
        for cls in self._defined:
            self._defined[cls] |= {one.name for one in cls.body if isinstance(one, FUNCTIONS) and one in reach.nodes}
            self._defined[cls] |= _class_names(cls, classes.is_record(cls))
        for name, value in flow.stored:
            self._store(name, value)
        for cls, names in self._defined.items():
            for name in names:
                self._owners.setdefault(name, []).append(cls)
        for node, value in flow.value_of.items():
            if isinstance(node, ast.Attribute):
                self.key(node.attr, flow.value_of.get(node.value, frozenset()))
            named_object = attribute_by_string(node) if isinstance(node, ast.Call) else None
            if named_object is not None:
                self.key(named_object.name.value, flow.value_of.get(named_object.object, frozenset()))

    def _store(self, name: str, value: Value) -> None:
        owners = [item[1] for item in value if item[0] in ("own", "class") and item[1] in self._defined]
        for cls in owners:
            self._defined[cls].add(name)
        if not owners and name not in KNOWN_ATTRIBUTES:
            self._loose.add(name)

    def key(self, name: str, value: Value) -> Optional[Key]:
        """The identity of `.name` on such an object, among the project's own attributes; None where it is the outside's."""
        if name in CALLED_FROM_OUTSIDE or (name.startswith("__") and name.endswith("__")):
            return None
        holders = [innermost(item)[1] for item in value if item[0] in ("own", "class", "super")]
        owners = [cls for holder in holders for cls in self._classes.relatives(holder) if name in self._defined.get(cls, ())]
        if owners:
            return self._join([self._own_key(cls, name) for cls in self._classes.by_index(owners)], name)
        if value or name in KNOWN_ATTRIBUTES:
            return ("loose", name) if name in self._loose else None
        everywhere: List[Key] = [(cls, name) for cls in self._owners.get(name, [])]
        everywhere += [("loose", name)] if name in self._loose else []
        return self._join(everywhere, name) if everywhere else None

    def of_class(self, cls: ast.ClassDef, name: str) -> Optional[Key]:
        return self.key(name, frozenset([("own", cls)]))

    def root(self, key: Key) -> Key:
        while self._parent.get(key, key) != key:
            key = self._parent[key]
        return key

    def _own_key(self, cls: ast.ClassDef, name: str) -> Key:
        """None-like where a subclass of, say, nn.Linear overrides what torch itself reads."""
        bases = self._classes.outside_bases(cls)
        return ("torch", name) if name in KNOWN_ATTRIBUTES and any(base not in _BARE_BASES for base in bases) else (cls, name)

    def _join(self, keys: List[Key], name: str) -> Optional[Key]:
        if ("torch", name) in keys:
            return None
        for key in keys[1:]:
            self._parent[self.root(key)] = self.root(keys[0])
        return keys[0]


def _class_names(cls: ast.ClassDef, record: bool) -> Set[str]:
    names: Set[str] = set()
    for statement in cls.body:
        targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
        if isinstance(statement, ast.AnnAssign) and statement.value is None and not record:
            continue
        for target in targets:
            if target is not None:
                names |= {one.id for one in ast.walk(target) if isinstance(one, ast.Name)}
    return names


class Numbers:
    """Numbers in the order of first encounter."""

    def __init__(self) -> None:
        self._numbers: Dict[Key, int] = {}

    def of(self, key: Key) -> Tuple[int, bool]:
        """The number, and whether this is the first time."""
        first = key not in self._numbers
        return self._numbers.setdefault(key, len(self._numbers)), first

    def get(self, key: Key) -> Optional[int]:
        return self._numbers.get(key)
