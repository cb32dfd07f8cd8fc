"""Imports: of the project's own modules, or of a short list; never a star, never a name that is then used for something else."""

from __future__ import annotations

import ast
from typing import Iterator, List, Union

from ..findings import Findings, quote
from ..policy import refusal
from ..project import MISSING, Module, Project
from ..scopes import Binding

Import = Union[ast.Import, ast.ImportFrom]


def check(project: Project, module: Module, findings: Findings) -> None:
    for statement in _imports(module):
        for alias in statement.names:
            _check_one(project, module, statement, alias, findings)
    for scope in module.scopes.of.values():
        for binding in scope.bindings.values():
            _check_rebound(project, module, binding, findings)


def _imports(module: Module) -> Iterator[Import]:
    for statement in module.body:
        yield from (node for node in ast.walk(statement) if isinstance(node, (ast.Import, ast.ImportFrom)))


def _check_one(project: Project, module: Module, statement: Import, alias: ast.alias, findings: Findings) -> None:
    if alias.name == "*":
        findings.add("star-import", module.path, statement.lineno, f"imports * from {quote(statement.module or '.')}")
        return
    _check_candidates(project, module, statement, alias, findings)
    imported = project.imported(module, statement, alias)
    if imported == MISSING:
        what = quote(alias.name)
        if isinstance(statement, ast.ImportFrom):
            what += f" from {quote('.' * statement.level + (statement.module or ''))}"
        findings.add("missing-module", module.path, statement.lineno, f"imports {what}, which the project does not have")
    elif imported.outside is not None:
        refused = refusal(alias.name if isinstance(statement, ast.Import) else imported.outside)
        if refused is not None:
            findings.add(refused.rule, module.path, statement.lineno, refused.message)


def _check_candidates(project: Project, module: Module, statement: Import, alias: ast.alias, findings: Findings) -> None:
    """What an import means must not depend on which entrypoint was started."""
    name = alias.name if isinstance(statement, ast.Import) else statement.module or ""
    if isinstance(statement, ast.ImportFrom) and statement.level:
        return
    places = project.candidates(module, name)
    beside = f"{module.folder}/" if module.folder else ""
    if len(places) > 1 and places[0].split("/")[: beside.count("/") + 1] != f"{beside}{name.split('.')[0]}".split("/"):
        where = " or ".join(map(quote, places[:3]))
        findings.add("module-name", module.path, statement.lineno, f"import of {quote(name)} may mean {where}")


def _check_rebound(project: Project, module: Module, binding: Binding, findings: Findings) -> None:
    imports = [one for one in binding.definitions if one.kind == "import" and one.alias is not None]
    if not imports:
        return
    meant: List[object] = [project.imported(module, one.node, one.alias) for one in imports]
    others = [one for one in binding.definitions if one.kind != "import" or one.alias is None]
    if others or any(one != meant[0] for one in meant):
        node = others[0].node if others else imports[-1].node
        line = getattr(node, "lineno", imports[0].node.lineno)
        findings.add("rebound-import", module.path, line, f"{quote(binding.name)} is an import and something else in the same scope")
