"""
A project as a computation: its functions are read where they are called, its classes where they are made, and what comes out is the term that
each contract function gives back; for `build_model`, what the model gives for a batch of tokens. It matters neither how the code is cut into
functions, classes and files, nor what anything is called, nor what is computed and never used.

Nothing is run. What cannot be told from the source is an operation on what it is made from, so that a wrong guess makes two programs look more
or less alike, and never decides anything by itself.

Order of reading: `values`, `machine`, `calls`, `outside`, `expressions`, `statements`.
"""

from __future__ import annotations

from typing import List, Sequence, Set

from ..classes import Classes
from ..contract import SIGNATURES, Part
from ..references import References
from ..terms import Term, neighbourhoods
from .outside import OutsideCalls
from .statements import Statements
from .values import Arguments, Function


class _Reading(Statements, OutsideCalls):
    """All of it together."""


def computation(references: References, classes: Classes, parts: Sequence[Part]) -> Set[int]:
    """Hashes of the neighbourhoods in what the contract functions compute. Raises TooComplexError and RecursionError."""
    reading = _Reading(references, classes)
    roots: List[Term] = []
    for part in parts:
        function = Function(part.node, part.module, reading.module_frame(part.module))
        given = [reading.terms.of(f"given {name}") for name in SIGNATURES[part.name]]
        result = reading.call(function, Arguments(list(given), {}))
        if part.name == "build_model":
            result = reading.call(result, Arguments([reading.terms.of("given tokens")], {}))
        roots.append(reading.term(result))
    return neighbourhoods([*roots, *reading.effects])
