"""The rules on a parsed project, each a function that reports what it refuses. They look at all code, reachable or not."""

from __future__ import annotations

from ..classes import Classes
from ..findings import Findings
from ..flow import Flow
from ..project import Project
from ..references import References
from . import attributes, imports, names, patching, payload, top_level


def check(project: Project, references: References, classes: Classes, flow: Flow, findings: Findings) -> None:
    for place in sorted(project.modules):
        module = project.modules[place]
        imports.check(project, module, findings)
        names.check(module, findings)
        attributes.check(module, flow, findings)
        patching.check(module, flow, findings)
        top_level.check(module, references, classes, findings)
        payload.check(module, findings)
