"""
What an expression may hold, as far as the reviewer asks: a set of items. An empty set says nothing is known.

An item is a tuple: `("outside", dotted)` something that the project imported, `("instance",)` a value that outside code or a literal made,
`("own", class)` an instance of a class of the project, `("class", class)`, `("function", function)`, `("module", place)`, `("super", class)`,
and `("holder", item)` a container with such an item.
"""

from __future__ import annotations

from typing import FrozenSet, Iterable, Tuple

Item = Tuple
Value = FrozenSet[Item]

NOTHING: Value = frozenset()
INSTANCE: Item = ("instance",)
MADE: Value = frozenset([INSTANCE])

_MAX_PARTS = 6
"""Of a dotted name: `m = m.x` in a loop must come to an end."""


def outside(dotted: str) -> Item:
    return ("outside", ".".join(dotted.split(".")[:_MAX_PARTS]))


def holding(value: Iterable[Item]) -> Value:
    """A container of the items; containers are not nested."""
    return frozenset(item if item[0] == "holder" else ("holder", item) for item in value)


def contents(value: Iterable[Item]) -> Value:
    """What iterating, indexing or unpacking may give; what is no known container may be one."""
    return frozenset(item[1] if item[0] == "holder" else item for item in value)


def innermost(item: Item) -> Item:
    return item[1] if item[0] == "holder" else item


def union(values: Iterable[Value]) -> Value:
    return frozenset().union(*values)
