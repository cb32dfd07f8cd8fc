"""
What may flow where: a flow-insensitive, whole-project approximation, run to a fixpoint.

It tells the rules which expressions may be something imported (a patched module hides behind any alias, argument or attribute), and the
normaliser which attributes are the project's own. Everything only ever grows, so the result does not depend on the order of work.
"""

from __future__ import annotations

import ast
from typing import Callable, Dict, Iterable, List, Optional, Set, Tuple

from .classes import Classes
from .by_string import attribute_by_string
from .outside_names import OUTSIDE_MODULES
from .project import Module
from .references import Outside, Place, References, Variable
from .scopes import COMPREHENSIONS, FUNCTIONS, Binding, parameters
from .values import INSTANCE, MADE, NOTHING, Item, Value, contents, holding, innermost, outside, union

MAX_WORK = 4_000_000
"""Items looked at; an honest project needs a hundredth."""

_GIVES = ("get", "pop", "popitem", "setdefault", "__getitem__")
_SAME = ("values", "items", "copy", "keys")
_TAKES = ("append", "add", "insert", "extend", "update", "setdefault", "appendleft")
_SINGLE = ("builtins.next", "builtins.max", "builtins.min", "functools.reduce")
_ELEMENTS = ("__iter__", "__next__", "__getitem__")
_OPERATORS = tuple(
    f"__{side}{name}__"
    for side in ("", "r", "i")
    for name in "add sub mul matmul truediv floordiv mod pow and or xor".split()
) + ("__neg__", "__pos__", "__abs__", "__invert__")
_PROPERTIES = ("property", "cached_property")


class TooComplexError(Exception):
    """The project does not come to a fixpoint within the limit."""


class Flow:
    """
    `value_of[expression]` after construction: what it may hold. Functions that `wanted` refuses are passed over, and so are their effects.

    `seeds`: what the host passes to the contract's functions, as (function, index of the parameter, value).
    """

    def __init__(
        self,
        references: References,
        classes: Classes,
        seeds: Iterable[Tuple[ast.AST, int, Value]] = (),
        wanted: Callable[[ast.AST], bool] = lambda node: True,
        live: Callable[[List[ast.stmt]], List[ast.stmt]] = list,
    ) -> None:
        self.references = references
        self.classes = classes
        self.value_of: Dict[ast.AST, Value] = {}
        self.stored: Set[Tuple[str, Value]] = set()
        """Names of attributes that are assigned to, with what their object may be."""
        self._wanted, self._live = wanted, live
        self._known: Dict[object, Set[Item]] = {}
        self._function: Dict[ast.AST, Module] = {}
        self._class_of: Dict[ast.AST, ast.ClassDef] = {}
        self._static: Set[ast.AST] = set()
        self._properties: Set[ast.AST] = set()
        self._names: Set[str] = set()
        """Attributes and methods that wanted code defines anywhere."""
        self._work = 0
        self._changed = True
        modules = [references.project.modules[place] for place in sorted(references.project.modules)]
        self._index(modules)
        self._collect_names(statement for module in modules for statement in module.body)
        for function, position, value in seeds:
            self._seed(function, position, value)
        while self._changed:
            self._changed = False
            for module in modules:
                _Reader(self, module).block(module.body)
        self.stored.clear()
        for module in modules:  # once more, now that all is known
            _Reader(self, module).block(module.body)

    def _collect_names(self, nodes: Iterable[ast.AST]) -> None:
        todo = list(nodes)
        while todo:
            node = todo.pop()
            if isinstance(node, (*FUNCTIONS, ast.ClassDef)) and not self._wanted(node):
                continue
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
                self._names.add(node.attr)
            named_object = attribute_by_string(node) if isinstance(node, ast.Call) else None
            if named_object is not None and named_object.stores:
                self._names.add(named_object.name.value)
            todo += ast.iter_child_nodes(node)

    def _index(self, modules: List[Module]) -> None:
        for module in modules:
            for node in module.scopes.of:
                if isinstance(node, (*FUNCTIONS, ast.Lambda)):
                    self._function[node] = module
                if isinstance(node, ast.ClassDef):
                    self._names.update(module.scopes.of[node].bindings)
                    for statement in node.body:
                        if isinstance(statement, FUNCTIONS):
                            self._class_of[statement] = node
                            decorators = [getattr(one, "attr", getattr(one, "id", "")) for one in statement.decorator_list]
                            if "staticmethod" in decorators:
                                self._static.add(statement)
                            if any(one in _PROPERTIES for one in decorators):
                                self._properties.add(statement)

    def _seed(self, function: ast.AST, position: int, value: Value) -> None:
        names = parameters(function)
        if position < len(names):
            self.add(self._function[function].scopes.bound[names[position]], value)

    def add(self, key: object, value: Value) -> None:
        self.spend(value)
        known = self._known.setdefault(key, set())
        if not value <= known:
            known |= value
            self._changed = True

    def get(self, key: object) -> Value:
        known = self._known.get(key)
        return frozenset(known) if known else NOTHING

    def spend(self, value: Value) -> None:
        self._work += 1 + len(value)
        if self._work > MAX_WORK:
            raise TooComplexError

    def is_wanted(self, node: ast.AST) -> bool:
        return self._wanted(node)

    def live(self, body: List[ast.stmt]) -> List[ast.stmt]:
        return self._live(body)

    def class_of(self, function: ast.AST) -> Optional[ast.ClassDef]:
        return self._class_of.get(function)

    def is_method(self, function: ast.AST) -> bool:
        return function in self._class_of and function not in self._static

    # Attributes

    def attribute(self, value: Value, name: str) -> Value:
        """What `.name` of such an object may be. Of an unknown object: what that attribute is anywhere."""
        found: List[Value] = [] if value else [self.get(("any", name))]
        for item in value:
            self.spend(value)
            if item[0] == "outside":
                found.append(frozenset([outside(f"{item[1]}.{name}")]))
            elif item[0] in ("own", "class"):
                found += [self.get(("attribute", cls, name)) for cls in self.classes.relatives(item[1])]
                found.append(self.get(("loose", name)))
                found.append(self.results([item], ("__getattr__",)))
                if name not in self._names:
                    found.append(MADE)
            elif item[0] == "super":
                found += [self.get(("attribute", cls, name)) for cls in self.classes.ancestors(item[1])[1:]]
            elif item[0] == "module":
                found.append(self._member(item[1], name))
            elif item[0] == "instance":
                found.append(MADE)
        whole = union(found)
        computed = [item[1] for item in whole if item[0] == "function" and item[1] in self._properties]
        return whole.difference(("function", one) for one in computed) | union(self.get(("return", one)) for one in computed)

    def results(self, value: Iterable[Item], methods: Iterable[str]) -> Value:
        """What these methods of the project's own instances among the value return."""
        relatives = [cls for item in value if item[0] == "own" for cls in self.classes.relatives(item[1])]
        return union(self.get(("return", one)) for one in self.methods(relatives, methods)) if relatives else NOTHING

    def elements(self, value: Value) -> Value:
        """What iterating, indexing or unpacking gives."""
        given = self.results(value, _ELEMENTS)
        return contents(value) | given | contents(given)

    def _member(self, place: str, name: str) -> Value:
        reference = self.references.member(place, name)
        if isinstance(reference, Variable):
            return self.get(reference.binding)
        if isinstance(reference, Outside):
            return frozenset([outside(reference.dotted)])
        return frozenset([("module", reference.place)]) if isinstance(reference, Place) else NOTHING

    def store(self, value: Value, name: str, stored: Value) -> None:
        owners = [item[1] for item in value if item[0] in ("own", "class")]
        for cls in owners:
            self.add(("attribute", cls, name), stored)
        if not owners:
            self.add(("loose", name), stored)
        self.add(("any", name), stored)

    # Calls

    def enter(self, function: ast.AST, positional: List[Value], named: Dict[str, Value], rest: Value, skip_self: bool) -> Value:
        """Passes arguments to a function of the project; returns what it may return. `rest` may be any argument."""
        module = self._function[function]
        names = parameters(function)
        plain = [one for one in names if one not in (function.args.vararg, function.args.kwarg)]
        if skip_self and self.is_method(function):
            plain = plain[1:]
        for argument, value in zip(plain, positional):
            self.add(module.scopes.bound[argument], value)
        for argument in plain:
            self.add(module.scopes.bound[argument], named.get(argument.arg, NOTHING) | rest)
        for argument in (function.args.vararg, function.args.kwarg):
            if argument is not None:
                self.add(module.scopes.bound[argument], holding(union([*positional, *named.values(), rest])))
        return self.get(("return", function))

    def construct(self, cls: ast.ClassDef, positional: List[Value], named: Dict[str, Value], rest: Value) -> Value:
        fields = self.classes.fields(cls)
        for name, value in [*zip(fields, positional), *((name, named[name]) for name in fields if name in named)]:
            self.store(frozenset([("own", cls)]), name, value | rest)
        for function in self.methods(self.classes.ancestors(cls), ("__init__", "__new__")):
            self.enter(function, positional, named, rest, skip_self=True)
        return frozenset([("own", cls)])

    def methods(self, classes: Iterable[ast.ClassDef], names: Iterable[str]) -> List[ast.AST]:
        found = [self.get(("attribute", cls, name)) for cls in classes for name in names]
        return [item[1] for item in union(found) if item[0] == "function"]


class _Reader:
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
                self._flow.add(binding, self._flow._member(imported.place, imported.name))
            elif imported.place is not None:
                self._flow.add(binding, frozenset([("module", imported.place)]))

    # Definitions

    def _define(self, node: ast.AST) -> None:
        if not self._flow.is_wanted(node):
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
        if not self._flow.is_wanted(node):
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
            base = self._value(target.value)
            self._flow.stored.add((target.attr, base))
            self._flow.store(base, target.attr, value)
        elif isinstance(target, ast.Subscript):
            self._value(target.value)
            self._value(target.slice)
            self._hold(target.value, value)
        elif isinstance(target, (ast.Tuple, ast.List)):
            for element in target.elts:
                self._assign(element, self._flow.elements(value))
        elif isinstance(target, ast.Starred):
            self._assign(target.value, holding(value))

    def _hold(self, container: ast.expr, value: Value) -> None:
        """Puts the value into whatever the expression names."""
        held = holding(value)
        if isinstance(container, ast.Name):
            binding = self._module.scopes.binding_of.get(container)
            if binding is not None:
                self._name(binding, held)
        elif isinstance(container, ast.Attribute):
            self._flow.store(self._flow.value_of.get(container.value, NOTHING), container.attr, held)
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
            return self._flow.attribute(self._value(node.value), node.attr)
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
            base = self._value(named_object.object)
            self._flow.stored.add((named_object.name.value, base))
            self._flow.store(base, named_object.name.value, NOTHING)
        values = [(one, self._value(one)) for one in node.args]
        positional = [value for one, value in values if not isinstance(one, ast.Starred)]
        named = {one.arg: self._value(one.value) for one in node.keywords if one.arg is not None}
        rest = union([value for one, value in values if isinstance(one, ast.Starred)])
        rest |= union([contents(self._value(one.value)) for one in node.keywords if one.arg is None])
        everything = union([*positional, *named.values(), rest])
        if isinstance(node.func, ast.Attribute):
            by_container = self._container_call(node.func, everything)
            if by_container:
                return by_container
        base = self._flow.value_of.get(node.func.value, NOTHING) if isinstance(node.func, ast.Attribute) else NOTHING
        by_class = any(item[0] == "class" for item in base)
        results: List[Value] = []
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
                results.append(self._flow.enter(item[1], positional, named, rest, skip_self=not by_class))
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
            return classes or frozenset([outside("builtins.type")])
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
