"""What is wrong with a project, in the miner's terms: which rule, where, and what to do."""

from __future__ import annotations

from typing import Dict, List, NamedTuple, Optional, Set

MAX_FINDINGS = 200
MAX_MESSAGE_CHARACTERS = 400


class Rule(NamedTuple):
    severity: str
    """`error` rejects the submission, `warning` is only recorded."""
    hint: str
    """What to do, where the finding itself says nothing better."""


RULES: Dict[str, Rule] = {
    "missing-file": Rule("error", "add the file or correct prism.yaml"),
    "encoding": Rule("error", "save the file as plain UTF-8 and leave out any coding line that says otherwise"),
    "hidden-characters": Rule("error", "remove the character: what is read must be what runs"),
    "syntax": Rule("error", "correct it: python3 -m py_compile <file> shows it too; the runner has Python 3.11"),
    "too-complex": Rule("error", "split the expression or the file, and leave out what is generated"),
    "module-name": Rule("error", "rename the file or folder, so that each module has one name of its own"),
    "shadowing": Rule("error", "rename the file or folder: a project may not stand in for a module of Python, torch or the host"),
    "contract-missing": Rule("error", "define it at the top level of that file, with def"),
    "contract-signature": Rule("error", "take exactly these positional parameters"),
    "hook-ignored": Rule("warning", "nothing to do, unless you meant kind: full"),
    "top-level-code": Rule("error", "move it into a function: the top level holds imports, constants, classes and functions"),
    "import-time-call": Rule("error", "call it inside build_model or get_recipe: importing a file must run none of the project's functions"),
    "annotation-code": Rule("error", "annotate with plain types: names, dots, brackets and constants"),
    "forbidden-import": Rule("error", "do without it"),
    "missing-module": Rule("error", "add the file, or correct the name"),
    "star-import": Rule("error", "import the names that are used, one by one"),
    "rebound-import": Rule("error", "give the other thing a name of its own"),
    "forbidden-name": Rule("error", "do without it"),
    "dynamic-attribute": Rule("error", "write the attribute's name out, or keep the choices in a dict"),
    "forbidden-attribute": Rule("error", "do without it; if it is an attribute of your own, rename it"),
    "forbidden-api": Rule("error", "do without it: a run has no files, no network and no other processes"),
    "global-state": Rule("error", "leave it to the host, or set it on your own objects (dtype=..., device=...)"),
    "format-attribute": Rule("error", "use an f-string"),
    "monkey-patch": Rule("error", "make a subclass or a function of your own and use that"),
    "payload-constant": Rule("warning", "compute it, or let the model learn it: all that is delivered counts against the payload"),
}
"""Every rule; docs/review-rules.md has a row for each."""


class Finding(NamedTuple):
    path: str
    line: int
    rule: str
    message: str
    hint: str

    def as_json(self) -> dict:
        return {
            "rule": self.rule,
            "severity": RULES[self.rule].severity,
            "path": self.path or None,
            "line": self.line or None,
            "message": self.message,
            "hint": self.hint,
        }


class Findings:
    """A growing set of findings, each at most once."""

    def __init__(self) -> None:
        self._found: Set[Finding] = set()

    def add(self, rule: str, path: str, line: int, message: str, hint: Optional[str] = None) -> None:
        """`path` empty: of no file; `line` 0: of no line."""
        self._found.add(Finding(path, line, rule, clip(message), hint or RULES[rule].hint))

    def sorted(self) -> List[Finding]:
        """By path and line; of more than 200 the errors come first."""
        order = sorted(self._found, key=lambda finding: (RULES[finding.rule].severity, finding))
        return sorted(order[:MAX_FINDINGS])


def clip(text: str) -> str:
    """Bounded, and without lone surrogates, which no ledger can hold."""
    text = text.encode("utf-8", "backslashreplace").decode("utf-8")
    return text if len(text) <= MAX_MESSAGE_CHARACTERS else text[: MAX_MESSAGE_CHARACTERS - 1] + "…"


def quote(text: str) -> str:
    """A name out of the miner's sources, as it can be printed."""
    return ascii(text[:80])
