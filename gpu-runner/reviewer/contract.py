"""The functions that a project has to define, those that it may, and where they are found."""

from __future__ import annotations

import ast
from typing import Dict, List, Mapping, NamedTuple, Optional, Tuple

from .findings import Findings, quote
from .project import Module, Project
from .references import References, Variable
from .scopes import FUNCTIONS
from .values import MADE, Value

SIGNATURES: Dict[str, Tuple[str, ...]] = {
    "build_model": ("ctx",),
    "get_recipe": ("ctx",),
    "configure_optimizer": ("model", "recipe", "ctx"),
    "compute_loss": ("model", "batch", "ctx"),
    "train_step": ("model", "batch", "optimizer", "ctx"),
    "inference_logits": ("model", "batch", "ctx"),
    "infer": ("model", "batch", "ctx"),
}
HOOKS = ("configure_optimizer", "inference_logits", "infer", "compute_loss", "train_step")
COMPONENT_OF = {"build_model": "architecture", "inference_logits": "inference", "infer": "inference"}
"""All other functions are the training component's."""


class Role(NamedTuple):
    where: str
    """`training` or `architecture`."""
    entrypoint: str


class Part(NamedTuple):
    """One of the contract's functions, found."""

    name: str
    component: str
    where: str
    entry: Module
    """The entrypoint that has it."""
    module: Module
    """The module that defines it."""
    node: ast.AST


def roles_of(layout: Mapping) -> List[Role]:
    """The training entrypoint first: its hooks win."""
    return [Role(where, layout[where]["entrypoint"]) for where in ("training", "architecture") if layout[where] is not None]


def check_files(layout: Mapping, files: Mapping[str, bytes], findings: Findings) -> None:
    for where in ("architecture", "training"):
        component = layout[where]
        for path in sorted({component["entrypoint"], *component["files"]}) if component else []:
            if path not in files:
                findings.add("missing-file", "", 0, f"{quote(path)}, named for the {where}, is not in the project")


def find(project: Project, references: References, roles: List[Role], layout: Mapping, findings: Findings) -> List[Part]:
    """The functions that are there, checked, in the contract's order; what is missing or malformed becomes a finding."""
    parts: List[Part] = []
    for name in SIGNATURES:
        wheres = ["architecture"] if name == "build_model" else ["training", "architecture"]
        present = [part for role in roles if role.where in wheres for part in _look_up(project, references, role, name)]
        required = _required_in(name, layout)
        if required is not None and not any(part.where in required for part in present):
            _report_missing(project, roles, name, required, findings)
        if present:
            _check_signature(present[0], findings)
            parts.append(present[0])
    if layout["training"] is None:
        return _architecture_only(parts, findings)
    names = [part.name for part in parts]
    return [part for part in parts if part.name != "infer" or "inference_logits" not in names]


def seeds(parts: List[Part]) -> List[Tuple[ast.AST, int, Value]]:
    """Whatever the host passes was not made by the project, as far as the reviewer can tell."""
    return [(part.node, position, MADE) for part in parts for position in range(len(SIGNATURES[part.name]))]


def _required_in(name: str, layout: Mapping) -> Optional[List[str]]:
    if name == "build_model" and layout["architecture"] is not None:
        return ["architecture"]
    if name == "get_recipe" and layout["kind"] == "full":
        return ["training", "architecture"]
    if name == "get_recipe" and layout["kind"] == "training_for_arch":
        return ["training"]
    return None


def _look_up(project: Project, references: References, role: Role, name: str) -> List[Part]:
    entry = project.module_at(role.entrypoint)
    binding = entry.scopes.module.bindings.get(name) if entry else None
    if entry is None or binding is None:
        return []
    reference = references.binding(binding)
    if not isinstance(reference, Variable) or (name == "build_model" and reference.binding is not binding):
        return []
    node = reference.binding.definitions[-1].node
    if not isinstance(node, FUNCTIONS) or reference.binding.scope.kind != "module":
        return []
    module = references.module_of[reference.binding.scope.node]
    return [Part(name, COMPONENT_OF.get(name, "training"), role.where, entry, module, node)]


def _report_missing(project: Project, roles: List[Role], name: str, required: List[str], findings: Findings) -> None:
    entrypoints = [role.entrypoint for role in roles if role.where in required]
    if not all(project.module_at(entrypoint) for entrypoint in entrypoints):
        return  # what keeps the file from being read has a finding of its own
    path = entrypoints[0] if entrypoints else ""
    wanted = f"{name}({', '.join(SIGNATURES[name])})"
    hint = f"def {wanted}: ... at the top level of {' or '.join(map(quote, dict.fromkeys(entrypoints)))}"
    findings.add("contract-missing", path, 0, f"no function {wanted} is defined", hint)


def _check_signature(part: Part, findings: Findings) -> None:
    node, wanted = part.node, SIGNATURES[part.name]
    arguments = node.args
    positional = [*getattr(arguments, "posonlyargs", []), *arguments.args]
    takes_more = arguments.vararg or arguments.kwarg or arguments.kwonlyargs
    hint = f"def {part.name}({', '.join(wanted)}):"
    if len(positional) != len(wanted) or takes_more:
        has = ", ".join([*(one.arg for one in positional), *(["..."] if takes_more else [])])
        findings.add("contract-signature", part.module.path, node.lineno, f"{part.name} takes ({has[:120]}), not ({', '.join(wanted)})", hint)
    if isinstance(node, ast.AsyncFunctionDef) or _is_generator(node):
        message = f"{part.name} is a coroutine or generator, not a plain function"
        findings.add("contract-signature", part.module.path, node.lineno, message, "use return, not async or yield")


def _is_generator(node: ast.AST) -> bool:
    todo: List[ast.AST] = list(node.body)
    while todo:
        one = todo.pop()
        if isinstance(one, (ast.Yield, ast.YieldFrom)):
            return True
        if not isinstance(one, (*FUNCTIONS, ast.Lambda, ast.ClassDef)):
            todo += ast.iter_child_nodes(one)
    return False


def _architecture_only(parts: List[Part], findings: Findings) -> List[Part]:
    for part in parts:
        if part.component != "architecture":
            message = f"{part.name} is not used: the project is kind architecture_only"
            findings.add("hook-ignored", part.module.path, part.node.lineno, message)
    return [part for part in parts if part.component == "architecture"]
