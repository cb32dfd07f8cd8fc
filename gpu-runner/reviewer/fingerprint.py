"""
A component's identity (a digest of its normalised reachable syntax) and its likeness: one sketch of what is written (winnowed fingerprints of the
same syntax) and one of what is computed. A copy has to differ in both to look new.
"""

from __future__ import annotations

import ast
import hashlib
from typing import Iterable, List, Optional, Sequence, Set, Tuple

from .classes import Classes
from .contract import Part
from .dataflow import computation
from .facts import TooComplexError
from .flow import Flow
from .guards import live
from .normalise import Token, normalise
from .project import Module, Project
from .reach import Reach
from .references import References
from .values import Value

NORMALISER = 2
"""Grows with every change that may change a digest or a sketch: families are then fingerprinted anew."""

GRAM = 12
"""Tokens per fingerprint."""
WINDOW = 4
"""Winnowing: of so many neighbouring fingerprints at least one is kept (Schleimer, Wilkerson, Aiken 2003)."""
VIEW_SIZE = 32
"""Numbers of each view: even ones of what is written, odd ones of what is computed. Bottom-k sketches: the share that two sketches' smallest hashes have in common estimates the Jaccard similarity (Broder 1997)."""

_BLURRED = ("own", "number", "string")
"""Tokens of which the sketch only sees the kind: what the project named, and constants."""


def fingerprint(
    project: Project, references: References, classes: Classes, parts: Sequence[Part], seeds: Sequence[Tuple[ast.AST, int, Value]]
) -> Optional[dict]:
    """Of the component that consists of these contract functions; None without any. Raises TooComplexError."""
    if not parts:
        return None
    roots = [(part.module, part.node) for part in parts]
    reach = Reach(references, classes, roots)
    flow = Flow(references, classes, seeds, wanted=reach.nodes.__contains__, live=live)
    try:
        tokens = normalise(references, classes, flow, reach, [(part.name, part.module, part.node) for part in parts])
        numbers = sorted(written(tokens) + computed(computation(references, classes, parts)))
    except RecursionError:
        raise TooComplexError from None
    entries = {part.entry.path: part.entry for part in parts}
    return {"digest": digest(tokens), "sketch": numbers, "files": loaded_by(project, list(entries.values()))}


def digest(tokens: Sequence[Token]) -> str:
    """SHA-256 over the tokens, each with its lengths before it, so that no two streams have the same bytes."""
    sha = hashlib.sha256(b"prism normalised syntax %d\n" % NORMALISER)
    for kind, text in tokens:
        for part in (kind, text):
            data = part.encode("utf-8", "surrogatepass")
            sha.update(b"%d:" % len(data) + data)
    return sha.hexdigest()


def written(tokens: Sequence[Token]) -> List[int]:
    """Up to 32 even unsigned 32-bit numbers, ascending."""
    words = [kind if kind in _BLURRED else f"{kind} {text}" for kind, text in tokens]
    grams = [words[start : start + GRAM] for start in range(max(1, len(words) - GRAM + 1))]
    hashes = [_hash("\n".join(gram)) for gram in grams]
    kept: Set[int] = {min(hashes[start : start + WINDOW]) for start in range(max(1, len(hashes) - WINDOW + 1))}
    return sorted({one & ~1 for one in kept})[:VIEW_SIZE]


def computed(found: Iterable[int]) -> List[int]:
    """Up to 32 odd unsigned 32-bit numbers, ascending."""
    return sorted({one | 1 for one in found})[:VIEW_SIZE]


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:4], "big")


def loaded_by(project: Project, entries: Sequence[Module]) -> List[str]:
    """Paths of the project's files that importing the entrypoints loads, wherever the import statement stands; sorted."""
    found: Set[str] = set()
    todo = list(entries)
    while todo:
        module = todo.pop()
        if module.path in found:
            continue
        found.add(module.path)
        for place in _imported_places(project, module):
            while place:
                inner = project.modules.get(place)
                if inner is not None:
                    todo.append(inner)
                place = place.rpartition("/")[0]
    return sorted(found)


def _imported_places(project: Project, module: Module) -> List[str]:
    places: List[str] = []
    for statement in (node for one in module.body for node in ast.walk(one) if isinstance(node, (ast.Import, ast.ImportFrom))):
        if isinstance(statement, ast.Import):
            places += [place for alias in statement.names for place in project.candidates(module, alias.name)[:1]]
            continue
        base = project.base_of(module, statement)
        if base is not None and base.place is not None:
            places += [base.place, *(f"{base.place}/{alias.name}" if base.place else alias.name for alias in statement.names)]
    return places
