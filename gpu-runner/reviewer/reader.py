"""Reads a module's statements and expressions into the flow."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, List

from .by_string import attribute_by_string
from .outside_names import OUTSIDE_MODULES
from .project import Module
from .scopes import COMPREHENSIONS, FUNCTIONS, Binding, parameters
from .values import MADE, NOTHING, Item, Value, contents, holding, innermost, outside, union

if TYPE_CHECKING:
    from .flow import Flow

_GIVES = ("get", "pop", "popitem", "setdefault", "__getitem__")
_SAME = ("values", "items", "copy", "keys")
_TAKES = ("append", "add", "insert", "extend", "update", "setdefault", "appendleft")
_SINGLE = ("builtins.next", "builtins.max", "builtins.min", "functools.reduce")
_OPERATORS = tuple(
    f"__{side}{name}__"
    for side in ("", "r", "i")
    for name in "add sub mul matmul truediv floordiv mod pow and or xor".split()
) + ("__neg__", "__pos__", "__abs__", "__invert__")


class Reader:
    """Reads the statements of one module into the flow."""

    def __init__(self, flow: Flow, module: Module) -> None:
        self._flow = flow
        self._module = module
        self._function: List[ast.AST] = []
        self._class: List[ast.ClassDef] = []

    def block(self, body: List[ast.stmt]) -> None:
        for statement in self._flow.live(body):
            self._statement(statement)

    def _statement(self, node: ast.AST) -> None:
        if isinstance(node, FUNCTIONS):
            self._define(node)
        elif isinstance(node, ast.ClassDef):
            self._define_class(node)
        elif isinstance(node, ast.Assign):
            value = self._value(node.value)
            for target in node.targets:
                self._assign_expression(target, node.value, value)
        elif isinstance(node, ast.AnnAssign):
            self._assign(node.target, self._value(node.value) if node.value else NOTHING)
        elif isinstance(node, ast.AugAssign):
            self._assign(node.target, self._value(node.value))
        elif isinstance(node, ast.Delete):
            for target in node.targets:
                self._assign(target, NOTHING)
        elif isinstance(node, (ast.For, ast.AsyncFor)):
            self._assign(node.target, self._flow.elements(self._value(node.iter)))
            self.block(node.body)
            self.block(node.orelse)
        elif isinstance(node, ast.Return):
            value = self._value(node.value) if node.value else NOTHING
            if self._function:
                self._flow.add(("return", self._function[-1]), value)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            self._import(node)
        else:
            self._other(node)

    def _other(self, node: ast.AST) -> None:
        """Statements that only have parts: expressions are read, targets assigned, blocks entered."""
        if isinstance(node, ast.withitem):
            value = self._value(node.context_expr)
            if node.optional_vars is not None:
                self._assign(node.optional_vars, value | contents(value) | self._flow.results(value, ("__enter__",)))
            return
        if isinstance(node, ast.ExceptHandler) and node in self._module.scopes.bound:
            self._flow.add(self._module.scopes.bound[node], frozenset([outside("builtins.Exception")]))
        if type(node).__name__ == "Match":
            value = self._value(node.subject)
            for case in node.cases:
                for one in ast.walk(case.pattern):
                    if one in self._module.scopes.bound:
                        self._flow.add(self._module.scopes.bound[one], value | contents(value))
        for _, part in ast.iter_fields(node):
            if isinstance(part, list):
                if part and isinstance(part[0], ast.stmt):
                    self.block(part)
                else:
                    for one in part:
                        self._part(one)
            else:
                self._part(part)

    def _part(self, node: object) -> None:
        if isinstance(node, ast.expr):
            self._value(node)
        elif isinstance(node, ast.AST) and not isinstance(node, (ast.expr_context, ast.operator)):
            self._other(node)

    def _import(self, node: ast.AST) -> None:
        for alias in node.names:
            binding = self._module.scopes.bound.get(alias)
            if binding is None:
                continue
            imported = self._flow.references.project.imported(self._module, node, alias)
            if imported.outside is not None:
                self._flow.add(binding, frozenset([outside(imported.outside)]))
            elif imported.place is not None and imported.name is not None:
                self._flow.add(binding, self._flow.member(imported.place, imported.name))
            elif imported.place is not None:
                self._flow.add(binding, frozenset([("module", imported.place)]))

    # Definitions

    def _define(self, node: ast.AST) -> None:
        if not self._flow.wanted(node):
            return
        self._name(self._module.scopes.bound[node], frozenset([("function", node)]))
        for expression in node.decorator_list:
            self._value(expression)
        cls = self._flow.class_of(node)
        names = parameters(node)
        if cls is not None and names and self._flow.is_method(node):
            kinds = [one.id for one in node.decorator_list if isinstance(one, ast.Name)]
            of_class = "classmethod" in kinds or node.name in ("__new__", "__init_subclass__", "__class_getitem__")
            self._flow.add(self._module.scopes.bound[names[0]], frozenset([("class" if of_class else "own", cls)]))
        self._inside(node)

    def _inside(self, node: ast.AST) -> None:
        """Defaults and body of a function or lambda."""
        arguments = node.args
        positional = [*getattr(arguments, "posonlyargs", []), *arguments.args]
        defaults = [*zip(positional[::-1], arguments.defaults[::-1]), *zip(arguments.kwonlyargs, arguments.kw_defaults)]
        for argument, default in defaults:
            if default is not None:
                self._flow.add(self._module.scopes.bound[argument], self._value(default))
        self._function.append(node)
        if isinstance(node, ast.Lambda):
            self._flow.add(("return", node), self._value(node.body))
        else:
            self.block(node.body)
        self._function.pop()

    def _define_class(self, node: ast.ClassDef) -> None:
        if not self._flow.wanted(node):
            return
        self._name(self._module.scopes.bound[node], frozenset([("class", node)]))
        for expression in [*node.decorator_list, *node.bases, *(keyword.value for keyword in node.keywords)]:
            self._value(expression)
        self._class.append(node)
        self.block(node.body)
        self._class.pop()

    def _name(self, binding: Binding, value: Value) -> None:
        self._flow.add(binding, value)
        if isinstance(binding.scope.node, ast.ClassDef):
            self._flow.add(("attribute", binding.scope.node, binding.name), value)
            self._flow.add(("any", binding.name), value)

    # Assignments

    def _assign_expression(self, target: ast.expr, source: ast.expr, value: Value) -> None:
        """Unpacks a tuple into a tuple element by element where both are written out."""
        pair = (ast.Tuple, ast.List)
        if isinstance(target, pair) and isinstance(source, pair) and len(target.elts) == len(source.elts):
            if not any(isinstance(one, ast.Starred) for one in [*target.elts, *source.elts]):
                for one, part in zip(target.elts, source.elts):
                    self._assign_expression(one, part, self._value(part))
                return
        self._assign(target, value)

    def _assign(self, target: ast.expr, value: Value) -> None:
        if isinstance(target, ast.Name):
            binding = self._module.scopes.binding_of.get(target)
            if binding is not None:
                self._name(binding, value)
        elif isinstance(target, ast.Attribute):
            self._store(target.value, target.attr, value)
        elif isinstance(target, ast.Subscript):
            self._value(target.value)
            self._value(target.slice)
            self._hold(target.value, value)
        elif isinstance(target, (ast.Tuple, ast.List)):
            for element in target.elts:
                self._assign(element, self._flow.elements(value))
        elif isinstance(target, ast.Starred):
            self._assign(target.value, holding(value))

    def _store(self, target: ast.expr, name: str, value: Value) -> None:
        base = self._value(target)
        self._flow.stored.add((name, base))
        self._flow.store(base | self._unknown(target), name, value)

    def _unknown(self, node: ast.expr) -> Value:
        """Something made by others, where nothing else is known of an object."""
        return MADE if node in self._flow.unknown else NOTHING

    def _hold(self, container: ast.expr, value: Value) -> None:
        """Puts the value into whatever the expression names."""
        held = holding(value)
        if isinstance(container, ast.Name):
            binding = self._module.scopes.binding_of.get(container)
            if binding is not None:
                self._name(binding, held)
        elif isinstance(container, ast.Attribute):
            self._flow.store(self._flow.value_of.get(container.value, NOTHING) | self._unknown(container.value), container.attr, held)
        elif isinstance(container, ast.Subscript):
            self._hold(container.value, held)

    # Expressions

    def _value(self, node: ast.expr) -> Value:
        value = self._read(node)
        self._flow.spend(value)
        self._flow.value_of[node] = value
        return value

    def _read(self, node: ast.expr) -> Value:
        if isinstance(node, ast.Name):
            return self._read_name(node)
        if isinstance(node, ast.Attribute):
            value = self._flow.attribute(self._value(node.value), node.attr)
            return value | self._flow.get(("any", node.attr)) if node.value in self._flow.unknown else value
        if isinstance(node, ast.Call):
            return self._call(node)
        if isinstance(node, ast.Subscript):
            value = self._value(node.value)
            self._value(node.slice)
            return self._flow.elements(value)
        if isinstance(node, (ast.Tuple, ast.List, ast.Set)):
            return holding(union(self._value(one) for one in node.elts))
        if isinstance(node, ast.Starred):
            return self._flow.elements(self._value(node.value))
        if isinstance(node, ast.Dict):
            for key in node.keys:
                if key is not None:
                    self._value(key)
            return holding(union(self._value(one) for one in node.values))
        if isinstance(node, ast.IfExp):
            self._value(node.test)
            return self._value(node.body) | self._value(node.orelse)
        if isinstance(node, ast.BoolOp):
            return union([self._value(one) for one in node.values])
        if isinstance(node, ast.NamedExpr):
            value = self._value(node.value)
            self._assign(node.target, value)
            return value
        if isinstance(node, ast.Lambda):
            self._inside(node)
            return frozenset([("function", node)])
        if isinstance(node, COMPREHENSIONS):
            return self._comprehension(node)
        return self._read_other(node)

    def _read_other(self, node: ast.expr) -> Value:
        """Operators and literals: made values, and what containers held before."""
        parts = [self._value(part) for part in ast.iter_child_nodes(node) if isinstance(part, ast.expr)]
        if isinstance(node, (ast.Yield, ast.YieldFrom)) and self._function:
            self._flow.add(("return", self._function[-1]), holding(union(parts)))
            return NOTHING
        if isinstance(node, ast.Await):
            return union(parts)
        kept = frozenset(item for item in union(parts) if item[0] == "holder")
        return MADE | kept | self._flow.results(union(parts), _OPERATORS)

    def _read_name(self, node: ast.Name) -> Value:
        binding = self._module.scopes.binding_of.get(node)
        if binding is None:
            return frozenset([outside(f"builtins.{node.id}")])
        return self._flow.get(binding)

    def _comprehension(self, node: ast.expr) -> Value:
        for generator in node.generators:
            self._assign(generator.target, self._flow.elements(self._value(generator.iter)))
            for test in generator.ifs:
                self._value(test)
        if isinstance(node, ast.DictComp):
            self._value(node.key)
            return holding(self._value(node.value))
        return holding(self._value(node.elt))

    def _call(self, node: ast.Call) -> Value:
        function = self._value(node.func)
        named_object = attribute_by_string(node)
        if named_object is not None and named_object.stores:
            self._store(named_object.object, named_object.name.value, NOTHING)
        values = [(one, self._value(one)) for one in node.args]
        positional = [value for one, value in values if not isinstance(one, ast.Starred)]
        named = {one.arg: self._value(one.value) for one in node.keywords if one.arg is not None}
        rest = union([value for one, value in values if isinstance(one, ast.Starred)])
        rest |= union([contents(self._value(one.value)) for one in node.keywords if one.arg is None])
        everything = union([*positional, *named.values(), rest])
        results: List[Value] = []
        base: Value = MADE
        if isinstance(node.func, ast.Attribute):
            results.append(self._container_call(node.func, everything))
            base = self._flow.value_of.get(node.func.value, NOTHING) | self._unknown(node.func.value)
        for item in function:
            self._flow.spend(everything)
            if item[0] == "outside":
                results.append(self._outside_call(node, item[1], positional, everything))
            elif item[0] == "class":
                results.append(self._flow.construct(item[1], positional, named, rest))
            elif item[0] == "own":
                for method in self._flow.methods(self._flow.classes.relatives(item[1]), ("forward", "__call__")):
                    results.append(self._flow.enter(method, positional, named, rest, skip_self=True))
            elif item[0] == "function":
                for skip_self in {one[0] != "class" for one in base}:
                    results.append(self._flow.enter(item[1], positional, named, rest, skip_self))
            elif item[0] == "instance":
                # Whoever made it may hand back what it is given.
                results.append(MADE | frozenset(one for one in contents(everything) if _can_be_patched(one)))
        if any(item[0] in ("outside", "instance") for item in function):
            self._hand_over(everything)
        return union(results)

    def _hand_over(self, arguments: Value) -> None:
        """Outside code may call the functions that it is given with the rest."""
        rest = contents(arguments)
        for item in rest:
            if item[0] == "function":
                self._flow.enter(item[1], [], {}, rest.difference([item]), skip_self=True)

    def _container_call(self, function: ast.Attribute, arguments: Value) -> Value:
        """Methods of lists, dicts and sets that hold something of interest."""
        base = self._flow.value_of.get(function.value, NOTHING)
        if function.attr in _TAKES and arguments:
            self._hold(function.value, contents(arguments) if function.attr in ("extend", "update") else arguments)
        held = frozenset(item for item in base if item[0] == "holder")
        if held and function.attr in _GIVES:
            return contents(held) | arguments
        return held if held and function.attr in _SAME else NOTHING

    def _outside_call(self, node: ast.Call, dotted: str, positional: List[Value], arguments: Value) -> Value:
        if dotted == "builtins.super":
            cls = self._class[-1] if self._class else None
            return frozenset([("super", cls)]) if cls is not None else MADE
        if dotted == "builtins.getattr" and positional:
            name = node.args[1] if len(node.args) > 1 else None
            if isinstance(name, ast.Constant) and isinstance(name.value, str):
                return self._flow.attribute(positional[0], name.value) | union(positional[2:])
        if dotted == "builtins.type" and len(positional) == 1:
            classes = frozenset(("class", item[1]) for item in positional[0] if item[0] == "own")
            others = any(item[0] != "own" for item in positional[0] | self._unknown(node.args[0]))
            return classes | frozenset([outside("builtins.type")] if others else [])
        if dotted == "functools.partial" and positional:
            return positional[0] | MADE
        if dotted.startswith(("torch.", "math.")):
            # A module that is given the project's modules hands them out again; what torch makes of functions and dtypes is its own.
            arguments = frozenset(item for item in arguments if innermost(item)[0] in ("own", "class"))
        returned = union(self._flow.get(("return", item[1])) for item in contents(arguments) if item[0] == "function")
        if dotted in _SINGLE:
            return MADE | contents(arguments) | contents(returned)
        return MADE | holding(contents(arguments | returned) - MADE)


def _can_be_patched(item: Item) -> bool:
    """A module or class from outside, not a dtype or a function."""
    if item[0] != "outside":
        return False
    leaf = item[1].rpartition(".")[2]
    return item[1] in OUTSIDE_MODULES or leaf[:1].isupper()
