"""The one operation, `review`: a project's files in, findings and fingerprints out."""

from __future__ import annotations

import platform
from typing import Callable, Dict, List, Optional, Tuple

from . import contract
from .classes import Classes
from .findings import Findings
from .fingerprint import NORMALISER, fingerprint
from .facts import TooComplexError
from .flow import Flow
from .normalise import UnknownNodeError
from .project import Project, load
from .references import References
from .rules import check

MAX_CLASSES = 600

Header = Dict[str, object]


def handlers() -> Dict[str, Callable[[Header, bytes], Tuple[Header, bytes]]]:
    """For the host's loop: operation -> handler."""
    return {"review": review}


def review(header: Header, body: bytes) -> Tuple[Header, bytes]:
    """
    Header: `layout` (kind, architectureId, architecture, training) and `files` [{path, size}]; body: the files one after another.
    Raises ValueError where the request itself is wrong; whatever the files hold, it answers.
    """
    layout = header["layout"]
    files = _split(header["files"], body)
    findings = Findings()
    roles = contract.roles_of(layout)
    contract.check_files(layout, files, findings)
    project = load(files, [role.entrypoint for role in roles], findings)
    answer = {"ok": True, "normaliser": NORMALISER, "python": ".".join(platform.python_version_tuple()[:2])}
    components = _analyse(project, roles, layout, findings)
    return {**answer, "findings": [one.as_json() for one in findings.sorted()], **components}, b""


def _analyse(project: Project, roles: List[contract.Role], layout: dict, findings: Findings) -> dict:
    empty = {"architecture": None, "training": None, "inference": None, "hooks": []}
    references = References(project)
    classes = Classes(references)
    if len(classes.all) > MAX_CLASSES:
        findings.add("too-complex", "", 0, f"{len(classes.all)} classes; at most {MAX_CLASSES} are reviewed")
        return empty
    parts = contract.find(project, references, roles, layout, findings)
    seeds = contract.seeds(parts)
    try:
        check(project, references, classes, Flow(references, classes, seeds), findings)
        made: Dict[str, Optional[dict]] = {
            name: fingerprint(project, references, classes, [part for part in parts if part.component == name], seeds)
            for name in ("architecture", "training", "inference")
        }
    except TooComplexError:
        findings.add("too-complex", "", 0, "what its values may be cannot be followed within the reviewer's limits")
        return empty
    except UnknownNodeError as error:
        findings.add("syntax", "", getattr(error.node, "lineno", 0), f"uses {error}, which the runner's Python does not know")
        return empty
    return {**made, "hooks": [{"name": part.name, "where": part.where} for part in parts if part.name in contract.HOOKS]}


def _split(described: object, body: bytes) -> Dict[str, bytes]:
    files: Dict[str, bytes] = {}
    offset = 0
    for entry in described:
        path, size = entry["path"], entry["size"]
        if path in files or not isinstance(size, int) or size < 0:
            raise ValueError(f"file {path!r} is described twice or without a size")
        files[path] = body[offset : offset + size]
        offset += size
    if offset != len(body):
        raise ValueError(f"the files' sizes add up to {offset} bytes, {len(body)} came")
    return files
