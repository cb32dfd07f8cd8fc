"""
Terms: what a value is computed from, without names. A term is an operation and the terms that it is applied to; equal ones are one object.

How alike two programs are is seen from the neighbourhoods of their terms: each operation with what it is applied to, one, two and three
operations deep (Weisfeiler and Leman 1968). A change touches only the neighbourhoods that it is in.
"""

from __future__ import annotations

import hashlib
from typing import Dict, Iterable, List, Optional, Set, Tuple, Union

Scalar = Union[int, float, str, bool, None]

DEPTHS = 3
_EXACT = 2
"""Larger numbers are sizes: which one is no idea of its own."""
_COMMUTE = frozenset(["op add", "op mul", "op eq", "op ne", "op logical_and", "op logical_or", "op maximum", "op minimum"])


class Term:
    __slots__ = ("label", "children", "around", "constant")

    def __init__(self, label: str, children: Tuple[Term, ...], constant: Optional[Tuple[Scalar]]) -> None:
        self.label = label
        self.children = children
        self.constant = constant
        """The value, in a tuple, where it is known."""
        self.around = [_hash(label)]
        """Hashes of the label, and of the neighbourhoods one to DEPTHS operations deep."""
        for depth in range(DEPTHS):
            self.around.append(_hash("\n".join([label, *(str(child.around[depth]) for child in children)])))


class Terms:
    """Makes terms, each once."""

    def __init__(self) -> None:
        self._known: Dict[object, Term] = {}

    def of(self, label: str, children: Iterable[Term] = ()) -> Term:
        parts = tuple(children)
        if label in _COMMUTE:
            parts = tuple(sorted(parts, key=lambda term: term.around[::-1]))
        return self._once((label, tuple(id(part) for part in parts)), label, parts, None)

    def constant(self, value: Scalar) -> Term:
        return self._once(("constant", type(value).__name__, value), _constant_label(value), (), (value,))

    def _once(self, key: object, label: str, children: Tuple[Term, ...], constant: Optional[Tuple[Scalar]]) -> Term:
        if key not in self._known:
            self._known[key] = Term(label, children, constant)
        return self._known[key]


def _constant_label(value: Scalar) -> str:
    if value is None or isinstance(value, bool):
        return repr(value)
    if isinstance(value, str):
        return "string"
    if value != value or value in (float("inf"), float("-inf")):
        return "not finite"
    return str(int(value)) if value == int(value) and abs(value) <= _EXACT else "number"


def neighbourhoods(roots: Iterable[Term]) -> Set[int]:
    """Unsigned 32-bit numbers, one for each different neighbourhood of an operation that the roots are computed from."""
    found: Set[int] = set()
    seen: Set[int] = set()
    todo: List[Term] = list(roots)
    while todo:
        term = todo.pop()
        if id(term) in seen:
            continue
        seen.add(id(term))
        if term.children:
            found.update(term.around[1:])
        todo += term.children
    return found


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:4], "big")
