"""From a file's bytes to a syntax tree, or to findings. Whatever the bytes are, nothing here raises."""

from __future__ import annotations

import ast
import re
import sys
import warnings
from typing import List, NamedTuple, Optional

from .findings import Findings, quote

MAX_SOURCE_BYTES = 262_144
MAX_PROJECT_NODES = 60_000
"""Of all files together: a project of 24 KiB compressed has about half as many."""
MAX_DEPTH = 100
"""Of nested syntax: ten times what people write, and low enough for every walk over the tree to recurse."""

_CODING = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_PLAIN = ("utf-8", "utf8", "u8", "utf", "utf-8-sig", "ascii", "us-ascii")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]|\r(?!\n)")


class Source(NamedTuple):
    path: str
    text: str
    tree: ast.Module
    nodes: int


def parse(path: str, data: bytes, findings: Findings) -> Optional[Source]:
    """The file as CPython reads it at import; None where a finding says why not."""
    if len(data) > MAX_SOURCE_BYTES:
        findings.add("too-complex", path, 0, f"{len(data):,} bytes of source; at most {MAX_SOURCE_BYTES:,} are reviewed")
        return None
    text = _decode(path, data, findings)
    if text is None or not _shows_everything(path, text, findings):
        return None
    tree = _parse(path, data, findings)
    if tree is None:
        return None
    nodes = _measure(path, tree, findings)
    return None if nodes is None else Source(path, text, tree, nodes)


def _decode(path: str, data: bytes, findings: Findings) -> Optional[str]:
    for number, line in enumerate(re.split(rb"\r\n|\r|\n", data, maxsplit=2)[:2], 1):
        coding = _CODING.match(line)
        if coding and coding.group(1).decode("latin-1").lower().replace("_", "-") not in _PLAIN:
            findings.add("encoding", path, number, f"the coding line names {quote(coding.group(1).decode('latin-1'))}, not utf-8")
            return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        findings.add("encoding", path, line, f"byte {error.start} is not UTF-8")
        return None


def _shows_everything(path: str, text: str, findings: Findings) -> bool:
    """No NUL, form feed, lone carriage return or bidirectional control: an editor and CPython must show the same program."""
    found = _CONTROL.search(text)
    if found is None:
        return True
    line = text.count("\n", 0, found.start()) + 1
    findings.add("hidden-characters", path, line, f"holds the control character U+{ord(found.group()):04X}")
    return False


def _parse(path: str, data: bytes, findings: Findings) -> Optional[ast.Module]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # The version of the runner; an older parser reads what it knows.
            return ast.parse(data, feature_version=min(sys.version_info[:2], (3, 11)))
    except SyntaxError as error:
        findings.add("syntax", path, error.lineno or 0, f"is not Python: {error.msg}")
    except (RecursionError, MemoryError):
        findings.add("too-complex", path, 0, "is nested too deeply for the parser")
    except (ValueError, OverflowError) as error:
        findings.add("syntax", path, 0, f"is not Python: {error}")
    return None


def _measure(path: str, tree: ast.Module, findings: Findings) -> Optional[int]:
    """Number of nodes; level by level, since the tree may be too deep for recursion."""
    nodes = 0
    level: List[ast.AST] = [tree]
    for _ in range(MAX_DEPTH):
        nodes += len(level)
        if nodes > MAX_PROJECT_NODES:
            findings.add("too-complex", path, 0, f"has more than {MAX_PROJECT_NODES:,} syntax nodes")
            return None
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        if not level:
            return nodes
    line = getattr(level[0], "lineno", 0)
    findings.add("too-complex", path, line, f"is nested more than {MAX_DEPTH} levels deep")
    return None
