"""Statements: both sides of a condition are read and joined, a loop's body once for each kind of element."""

from __future__ import annotations

import ast
from typing import List, Optional, Set

from ..guards import live
from ..project import Module
from ..references import effective
from ..scopes import FUNCTIONS, Binding
from ..terms import Term
from .expressions import Expressions
from .values import Choice, Class, Frame, Function, Instance, Sequence, Table, Value

_SILENT = ("op print", "op warn", "op manual_seed", "op set_num_threads")
"""Calls that no result depends on. The judge sets the seed."""


class Statements(Expressions):
    def block(self, body: List[ast.stmt], module: Module, frame: Frame) -> bool:
        """Whether the block surely leaves: by return, raise, break or continue."""
        for statement in live(body):
            if self.statement(statement, module, frame):
                return True
        return False

    def statement(self, node: ast.stmt, module: Module, frame: Frame) -> bool:
        self.spend()
        if isinstance(node, ast.Expr):
            self._alone(node.value, module, frame)
        elif isinstance(node, ast.Assign):
            value = self.expression(node.value, module, frame)
            for target in node.targets:
                self.assign(target, value, module, frame)
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            self.assign(node.target, self.expression(node.value, module, frame), module, frame)
        elif isinstance(node, ast.AugAssign):
            value = self.operator(node.op, self.expression(node.target, module, frame), self.expression(node.value, module, frame))
            self.assign(node.target, value, module, frame)
        elif isinstance(node, ast.Return):
            self._return(self.constant(None) if node.value is None else self.expression(node.value, module, frame), frame)
        elif isinstance(node, ast.If):
            return self._if(node, module, frame)
        elif isinstance(node, (ast.For, ast.AsyncFor, ast.While)):
            self._loop(node, module, frame)
        elif isinstance(node, FUNCTIONS):
            frame.variables[module.scopes.bound[node]] = Function(node, module, frame)
        elif isinstance(node, ast.ClassDef):
            frame.variables[module.scopes.bound[node]] = Class(node, frame)
        else:
            return self._other(node, module, frame)
        return isinstance(node, ast.Return)

    def _other(self, node: ast.stmt, module: Module, frame: Frame) -> bool:
        if isinstance(node, (ast.With, ast.AsyncWith)):
            for item in node.items:
                value = self.expression(item.context_expr, module, frame)
                if item.optional_vars is not None:
                    self.assign(item.optional_vars, value, module, frame)
            return self.block(node.body, module, frame)
        if type(node).__name__ in ("Try", "TryStar"):
            left = self.block(node.body, module, frame) or self.block(node.orelse, module, frame)
            return self.block(node.finalbody, module, frame) or left
        if type(node).__name__ == "Match":
            subject = self.term(self.expression(node.subject, module, frame))
            for case in node.cases:
                self._branch(subject, case.body, module, frame)
        return isinstance(node, (ast.Raise, ast.Break, ast.Continue))

    def _return(self, value: Value, frame: Frame) -> None:
        if not frame.conditions and not frame.returned:
            frame.result = value
        term = self.term(value)
        for test in reversed(frame.conditions):
            term = self.terms.of("when", [test, term])
        frame.returned.append(term)

    def _alone(self, node: ast.expr, module: Module, frame: Frame) -> None:
        """A call for its effect; what it changes in place is from now on its result."""
        value = self.expression(node, module, frame)
        if not isinstance(value, Term) or value.constant is not None or not value.children or value.label in _SILENT:
            return
        changed = node.func.value if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else None
        if isinstance(changed, ast.Name) and node.func.attr.endswith("_") and changed in module.scopes.binding_of:
            binding = module.scopes.binding_of[changed]
            if binding is not None and isinstance(frame.find(binding), Term):
                frame.variables[binding] = value
                return
        self.effects.append(value)

    # Branches

    def _if(self, node: ast.If, module: Module, frame: Frame) -> bool:
        test = self.expression(node.test, module, frame)
        known = self.truth(test)
        if known is not None:
            return self.block(node.body if known else node.orelse, module, frame)
        term = self.term(test)
        before = dict(frame.variables)
        left = self._branch(term, node.body, module, frame)
        first, frame.variables = frame.variables, before
        right = self._branch(self.terms.of("op not", [term]), node.orelse, module, frame)
        if left or right:
            frame.variables = frame.variables if left else first
            return left and right
        second = frame.variables
        frame.variables = {**first, **second}
        for binding in first:
            if binding in second and first[binding] is not second[binding]:
                frame.variables[binding] = self.choice(term, first[binding], second[binding])
        return False

    def _branch(self, test: Term, body: List[ast.stmt], module: Module, frame: Frame) -> bool:
        frame.variables = dict(frame.variables)
        frame.conditions.append(test)
        left = self.block(body, module, frame)
        frame.conditions.pop()
        return left

    # Loops

    def _loop(self, node: ast.stmt, module: Module, frame: Frame) -> None:
        if isinstance(node, ast.While):
            self.expression(node.test, module, frame)
            source = Sequence([self.terms.of("round")], several=True)
        else:
            source = self.elements(self.expression(node.iter, module, frame))
        amended = [one for one in _assigned(node.body, module) if isinstance(frame.find(one), Term)] if source.several else []
        before = {one: self.terms.of("carried", [frame.find(one)]) for one in amended}
        frame.variables.update(before)
        frame.loops += source.several
        for item in source.items:
            if not isinstance(node, ast.While):
                self.assign(node.target, item, module, frame)
            self.block(node.body, module, frame)
        frame.loops -= source.several
        for one in amended:
            after = frame.variables[one]
            if after is not before[one]:
                frame.variables[one] = self.terms.of("loop", [self.term(after)])
        self.block(node.orelse, module, frame)

    # Targets

    def assign(self, target: ast.expr, value: Value, module: Module, frame: Frame) -> None:
        if isinstance(target, ast.Name):
            binding = module.scopes.binding_of.get(target)
            if binding is not None:
                self._holder(binding, module, frame).variables[binding] = value
        elif isinstance(target, ast.Attribute):
            self.store(self.expression(target.value, module, frame), target.attr, value, frame)
        elif isinstance(target, (ast.Tuple, ast.List)):
            parts = self.unpacked(value, len(target.elts), any(isinstance(one, ast.Starred) for one in target.elts))
            for one, part in zip(target.elts, parts):
                self.assign(one, part, module, frame)
        elif isinstance(target, ast.Starred):
            self.assign(target.value, Sequence([value], several=True), module, frame)
        elif isinstance(target, ast.Subscript):
            self._store_item(target, value, module, frame)

    def _holder(self, binding: Binding, module: Module, frame: Frame) -> Frame:
        """Where a variable lives: this call's frame, or one around it that `nonlocal` or `global` means."""
        if binding.scope.kind == "module":
            return self.module_frame(module)
        found: Optional[Frame] = frame
        while found is not None and binding not in found.variables:
            found = found.parent
        return found or frame

    def store(self, owner: Value, name: str, value: Value, frame: Frame) -> None:
        if isinstance(owner, Instance):
            old = owner.fields.get(name)
            unsure = frame.conditions and old is not None and old is not value
            owner.fields[name] = self.choice(frame.conditions[-1], value, old) if unsure else value
        elif isinstance(owner, Term):
            self.effects.append(self.terms.of("store", [owner, self.term(value)]))

    def _store_item(self, target: ast.Subscript, value: Value, module: Module, frame: Frame) -> None:
        owner = self.expression(target.value, module, frame)
        index = self.expression(target.slice, module, frame)
        known = index.constant if isinstance(index, Term) else None
        if isinstance(owner, Table) and known is not None:
            owner.entries[known[0]] = value
        elif isinstance(owner, Sequence):
            self.append(owner, value, frame)
        elif isinstance(owner, Term):
            changed = self.terms.of("op setitem", [owner, self.term(index), self.term(value)])
            if isinstance(target.value, ast.Name):
                self.assign(target.value, changed, module, frame)
            else:
                self.effects.append(changed)

    # Modules

    def module_value(self, binding: Binding) -> Value:
        """Of a variable at a module's top level, as its effective definitions make it."""
        module = self.references.module_of[binding.scope.node]
        frame = self.module_frame(module)
        if binding not in frame.variables and binding not in self._pending:
            self._pending.add(binding)
            for definition in effective(binding):
                if definition.kind in ("function", "class", "assign"):
                    self.statement(definition.node, module, frame)
            self._pending.discard(binding)
        return frame.variables.get(binding) or self.terms.of("variable")

    def choice(self, test: Term, first: Value, second: Value) -> Value:
        if isinstance(first, Term) and isinstance(second, Term):
            return self.either(test, first, second)
        return Choice(test, first, second)


def _assigned(body: List[ast.stmt], module: Module) -> List[Binding]:
    found: List[Binding] = []
    seen: Set[Binding] = set()
    for statement in body:
        for node in ast.walk(statement):
            binding = module.scopes.binding_of.get(node) if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load) else None
            if binding is not None and binding not in seen:
                seen.add(binding)
                found.append(binding)
    return found
