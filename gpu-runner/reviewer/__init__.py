"""
The static reviewer: reads a project with CPython's own parser and runs none of it.

Order of reading: `review` (the one operation), `sources` (bytes to syntax trees), `project`, `scopes`, `references` (what a name means),
`flow`, `facts`, `reader` (what an expression may hold), `rules/` (what is refused), then `reach`,
`simplify`, `normalise` (how it is written), `terms`, `dataflow/` (what it computes) and `fingerprint` (what identifies a component).
"""

from .review import handlers

__all__ = ["handlers"]
