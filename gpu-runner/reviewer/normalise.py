"""
Normalised syntax: a stream of tokens that says what reachable code does and not how it is written down.

The stream is our own and uses only fields of syntax nodes that are the same in every version of Python; it never depends on how `ast` prints
itself. The project's own names become numbers in the order in which the walk meets them; definitions follow in the order of their first use,
wherever they stand; imports dissolve into full dotted names. Docstrings, annotations, dead statements, assertions, messages of exceptions and
formatting are not in it, nor whether a constant, a small function or a value that is used once and at once has a name (`simplify`).
"""

from __future__ import annotations

import ast
from typing import Callable, Dict, FrozenSet, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from .by_string import attribute_by_string
from .classes import Classes
from .flow import Flow
from .guards import live
from .numbering import Attributes, Key, Numbers
from .outside_names import canonical
from .project import Module
from .reach import Reach
from .references import Outside, Place, References, Variable, effective
from .scopes import FUNCTIONS, Binding, parameters
from .simplify import Simplified, Small
from .values import NOTHING

Token = Tuple[str, str]
"""Kind and text. Kinds: `own` (a number), `outside`, `attribute`, `keyword`, `number`, `string`, `node`, `open`, `close`, `mark`."""

FIELDS: Dict[str, Sequence[str]] = {
    "Expr": ("value",), "Delete": ("targets",), "Assign": ("targets", "value"),
    "For": ("target", "iter", "body", "orelse"), "AsyncFor": ("target", "iter", "body", "orelse"), "While": ("test", "body", "orelse"),
    "With": ("items", "body"), "AsyncWith": ("items", "body"), "withitem": ("context_expr", "optional_vars"),
    "Try": ("body", "handlers", "orelse", "finalbody"), "TryStar": ("body", "handlers", "orelse", "finalbody"),
    "Assert": ("test", "msg"), "Break": (), "Continue": (), "Match": ("subject", "cases"), "match_case": ("pattern", "guard", "body"),
    "BoolOp": ("op", "values"), "NamedExpr": ("target", "value"), "BinOp": ("left", "op", "right"),
    "IfExp": ("test", "body", "orelse"), "Dict": ("keys", "values"), "Set": ("elts",), "ListComp": ("generators", "elt"),
    "SetComp": ("generators", "elt"), "GeneratorExp": ("generators", "elt"), "DictComp": ("generators", "key", "value"),
    "comprehension": ("target", "iter", "ifs", "is_async"), "Await": ("value",), "Yield": ("value",), "YieldFrom": ("value",),
    "FormattedValue": ("value", "conversion", "format_spec"), "Subscript": ("value", "slice"),
    "Starred": ("value",), "List": ("elts",), "Tuple": ("elts",), "Slice": ("lower", "upper", "step"),
    "MatchValue": ("value",), "MatchSingleton": ("value",), "MatchSequence": ("patterns",), "MatchMapping": ("keys", "patterns"),
    "MatchClass": ("cls", "patterns", "kwd_attrs", "kwd_patterns"), "MatchStar": (), "MatchAs": ("pattern",), "MatchOr": ("patterns",),
}  # fmt: skip
"""What is written of a node, in this order."""


_ENDS = (ast.Return, ast.Raise, ast.Break, ast.Continue)
_MIRRORED = {"Gt": "Lt", "GtE": "LtE"}
_OPPOSITE = {"Eq": "NotEq", "NotEq": "Eq", "Is": "IsNot", "IsNot": "Is", "In": "NotIn", "NotIn": "In"}
_MAX_INLINED = 500
"""Calls whose function is written in their place; what a stream has beyond that is written as calls."""


class Spot(NamedTuple):
    """Where an expression stands: its module, what the parameters of the functions around it stand for, and these functions."""

    module: Module
    arguments: Mapping[Binding, Tuple[ast.expr, "Spot"]]
    inside: FrozenSet[Binding]


class UnknownNodeError(Exception):
    """Syntax that this normaliser does not know: newer than the runner's Python."""

    def __init__(self, node: ast.AST) -> None:
        super().__init__(type(node).__name__)
        self.node = node


def normalise(references: References, classes: Classes, flow: Flow, reach: Reach, roots: Sequence[Tuple[str, Module, ast.AST]]) -> List[Token]:
    """Of the contract's functions (name, module, node), in this order, and of all they use."""
    writer = _Writer(references, classes, flow, reach, Simplified(references))
    for name, module, node in roots:
        writer.root(name, module, node)
    writer.drain()
    return writer.tokens


class _Writer:
    def __init__(self, references: References, classes: Classes, flow: Flow, reach: Reach, simplified: Simplified) -> None:
        self.tokens: List[Token] = []
        self._references, self._classes, self._flow, self._reach = references, classes, flow, reach
        self._attributes = Attributes(classes, flow, reach)
        self._numbers = Numbers()
        self._queue: List[Callable[[], None]] = []
        self._written: set = set()
        self._methods: Dict[Key, List[Tuple[Module, ast.AST]]] = {}
        """Methods of classes already written, waiting for their name to be met."""
        self._module: Module
        self._simplified = simplified
        self._arguments: Mapping[Binding, Tuple[ast.expr, Spot]] = {}
        self._inside: FrozenSet[Binding] = frozenset()
        self._inlined = 0
        self._exceptions_are_read = any(_reads_exceptions(node) for module in references.project.modules.values() for node in ast.walk(module.tree))
        self._special: Dict[str, Callable] = {
            "Name": self._name, "Attribute": self._attribute, "Constant": self._constant, "Call": self._call, "keyword": self._keyword,
            "Lambda": self._lambda, "JoinedStr": self._joined, "AnnAssign": self._annotated, "ExceptHandler": self._handler,
            "FunctionDef": self._inner_function, "AsyncFunctionDef": self._inner_function, "ClassDef": self._inner_class,
            "Import": self._nothing, "ImportFrom": self._nothing, "Assign": self._assign, "AugAssign": self._augmented, "If": self._if,
            "Raise": self._raise, "Return": self._return, "Compare": self._compare, "UnaryOp": self._unary,
        }  # fmt: skip

    def root(self, name: str, module: Module, node: ast.AST) -> None:
        self._module = module
        self._put("mark", f"contract {name}")
        self._own(module.scopes.bound[node])
        if node not in self._written:
            self._function(node)

    def drain(self) -> None:
        """Definitions in the order of their first use; writing one may add to the queue."""
        while self._queue:
            self._queue.pop(0)()

    # Tokens

    def _put(self, kind: str, text: str = "") -> None:
        self.tokens.append((kind, text))

    def _own(self, key: Key) -> bool:
        """A name of the project's; says whether it is met for the first time."""
        number, first = self._numbers.of(key)
        self._put("own", str(number))
        return first

    def _node(self, node: Optional[ast.AST]) -> None:
        if node is None:
            self._put("mark", "none")
            return
        name = type(node).__name__
        if name in self._special:
            self._special[name](node)
            return
        if name not in FIELDS:
            if isinstance(node, (ast.operator, ast.unaryop, ast.boolop, ast.cmpop)):
                self._put("node", name)
                return
            raise UnknownNodeError(node)
        self._put("node", name)
        if node in self._module.scopes.bound:  # a pattern's capture
            self._own(self._module.scopes.bound[node])
        for field in FIELDS[name]:
            self._field(getattr(node, field, None))

    def _field(self, value: object) -> None:
        if isinstance(value, list):
            self._list(self._statements(value) if value and isinstance(value[0], ast.stmt) else value)
        elif isinstance(value, ast.AST) or value is None:
            self._node(value)
        else:
            self._put("mark", repr(value))

    def _list(self, values: Sequence[object]) -> None:
        self._put("open")
        for value in values:
            self._field(value)
        self._put("close")

    def _statements(self, body: Sequence[ast.stmt]) -> List[ast.stmt]:
        """What is written of a block; what stands in the `else` of a branch that leaves stands behind it as well."""
        written: List[ast.stmt] = []
        for statement in self._simplified.body(list(body)):
            written.append(statement)
            if isinstance(statement, ast.If) and _leaves(statement):
                written += self._statements(statement.orelse)
        return written

    def _elsewhere(self, node: ast.AST, spot: Spot) -> None:
        """Writes an expression that stands in another place."""
        here = Spot(self._module, self._arguments, self._inside)
        self._module, self._arguments, self._inside = spot
        self._node(node)
        self._module, self._arguments, self._inside = here

    # Names

    def _name(self, node: ast.Name) -> None:
        reference = self._references.expression(self._module, node)
        if isinstance(reference, Variable):
            self._variable(reference.binding)
        elif isinstance(reference, Outside):
            self._put("outside", canonical(reference.dotted))
        else:
            self._put("outside", "module" if isinstance(reference, Place) else "missing")

    def _variable(self, binding: Binding) -> None:
        if binding in self._arguments:
            self._elsewhere(*self._arguments[binding])
        elif binding in self._simplified.value_of:
            module = self._references.module_of[binding.scope.node] if binding.scope.kind == "module" else self._module
            self._elsewhere(self._simplified.value_of[binding], Spot(module, self._arguments, self._inside))
        elif binding.scope.kind == "class":
            key = self._attributes.of_class(binding.scope.node, binding.name)
            self._attribute_name(binding.name, key)
        elif self._own(binding) and binding.scope.kind == "module":
            self._queue.append(lambda: self._define(binding))

    def _attribute(self, node: ast.Attribute) -> None:
        reference = self._references.expression(self._module, node)
        if isinstance(reference, Outside):
            self._put("outside", canonical(reference.dotted))
        elif isinstance(reference, Variable):
            self._variable(reference.binding)
        else:
            self._put("node", "Attribute")
            self._node(node.value)
            self._attribute_name(node.attr, self._attributes.key(node.attr, self._flow.value_of.get(node.value, NOTHING)))

    def _attribute_name(self, name: str, key: Optional[Key]) -> None:
        if key is None:
            self._put("attribute", name)
            return
        root = self._attributes.root(key)
        if self._own(root):
            for module, method in self._methods.pop(root, []):
                self._enqueue_method(module, method)

    # Expressions

    def _constant(self, node: ast.Constant) -> None:
        value = node.value
        if isinstance(value, (bool, type(None), type(Ellipsis))):
            self._put("mark", repr(value))
        elif isinstance(value, int):
            self._put("number", hex(value))
        elif isinstance(value, float):
            self._put("number", value.hex())
        elif isinstance(value, complex):
            self._put("number", f"{value.real.hex()} {value.imag.hex()}j")
        else:
            self._put("string", value if isinstance(value, str) else "bytes " + value.hex())

    def _joined(self, node: ast.JoinedStr) -> None:
        """An f-string; how its constant parts are cut differs between versions of Python."""
        self._put("node", "JoinedStr")
        text = ""
        for part in node.values:
            if isinstance(part, ast.Constant):
                text += str(part.value)
                continue
            if text:
                self._put("string", text)
                text = ""
            self._node(part)
        if text:
            self._put("string", text)
        self._put("close")

    def _call(self, node: ast.Call) -> None:
        if self._inline(node):
            return
        self._put("node", "Call")
        self._node(node.func)
        if isinstance(node.func, ast.Name) and self._references.expression(self._module, node.func) == Outside("builtins.super"):
            node = ast.Call(func=node.func, args=[], keywords=[])  # what it is given is what it means without
        named_object = attribute_by_string(node)
        self._put("open")
        for argument in node.args:
            if named_object is not None and argument is named_object.name:
                value = self._flow.value_of.get(named_object.object, NOTHING)
                self._attribute_name(argument.value, self._attributes.key(argument.value, value))
            else:
                self._node(argument)
        takers = self._takers(node)
        keywords = sorted(((self._keyword_name(takers, one), index, one) for index, one in enumerate(node.keywords)), key=lambda one: one[:2])
        known = len(takers) == 1 and not any(isinstance(one, ast.Starred) for one in node.args)
        while known and keywords and keywords[0][0][1] == f"#{len(node.args) + len(node.keywords) - len(keywords)}":
            self._node(keywords.pop(0)[2].value)  # by keyword or by position is one and the same
        self._put("close")
        self._put("open")
        for (_, name), _, keyword in keywords:
            self._put("keyword", name)
            self._node(keyword.value)
        self._put("close")

    def _inline(self, node: ast.Call) -> bool:
        """Writes what a small function of the project gives in place of its call."""
        reference = self._references.expression(self._module, node.func)
        small = self._simplified.small(reference.binding) if isinstance(reference, Variable) else None
        if small is None or reference.binding in self._inside or self._inlined >= _MAX_INLINED:
            return False
        given = _given(node, small)
        if given is None or not self._may_stand(small, given):
            return False
        self._inlined += 1
        here = Spot(self._module, self._arguments, self._inside)
        arguments = {one: (argument, here) for one, argument in zip(small.parameters, given)}
        self._elsewhere(small.body, Spot(small.module, arguments, self._inside | {reference.binding}))
        return True

    def _may_stand(self, small: Small, given: List[ast.expr]) -> bool:
        """Whether each argument may stand where its parameter does: what matters when it is done is one of them at most, and done first."""
        active = [self._simplified.is_active(one, self._module) or self._names_long(one) for one in given]
        short = [self._is_cheap(one) for one in given]
        placed = all(binding in small.once or cheap for binding, cheap in zip(small.parameters, short))
        return placed and sum(active) <= 1 and all(binding in small.first for binding, acts in zip(small.parameters, active) if acts)

    def _names_long(self, node: ast.expr) -> bool:
        """Whether it names a parameter that more than a name stands for."""
        names = [one for one in ast.walk(node) if isinstance(one, ast.Name) and self._module.scopes.binding_of.get(one) in self._arguments]
        return not all(self._is_cheap(one) for one in names)

    def _is_cheap(self, node: ast.expr) -> bool:
        """A name, constant or attribute of one, and so is what is written for it: it may stand in several places."""
        while isinstance(node, ast.Attribute):
            node = node.value
        if not isinstance(node, ast.Name):
            return isinstance(node, ast.Constant)
        binding = self._module.scopes.binding_of.get(node)
        if binding in self._arguments:
            argument, spot = self._arguments[binding]
            here, self._module, self._arguments = (self._module, self._arguments), spot.module, spot.arguments
            cheap = self._is_cheap(argument)
            self._module, self._arguments = here
            return cheap
        value = self._simplified.value_of.get(binding)
        return value is None or binding.scope.kind == "module" or self._is_cheap(value)

    def _compare(self, node: ast.Compare) -> None:
        """`a < b < c` as `a < b and b < c`, and the smaller side first."""
        sides = [node.left, *node.comparators]
        if len(node.ops) > 1:
            self._put("node", "BoolOp")
            self._put("node", "And")
            self._put("open")
        for kind, left, right in zip(node.ops, sides, sides[1:]):
            self._one_comparison(type(kind).__name__, left, right)
        if len(node.ops) > 1:
            self._put("close")

    def _one_comparison(self, kind: str, left: ast.expr, right: ast.expr) -> None:
        if kind in _MIRRORED:
            kind, left, right = _MIRRORED[kind], right, left
        self._put("node", "Compare")
        self._put("node", kind)
        self._node(left)
        self._node(right)

    def _unary(self, node: ast.UnaryOp) -> None:
        inner = node.operand
        if isinstance(node.op, ast.Not) and isinstance(inner, ast.Compare) and len(inner.ops) == 1 and type(inner.ops[0]).__name__ in _OPPOSITE:
            self._one_comparison(_OPPOSITE[type(inner.ops[0]).__name__], inner.left, inner.comparators[0])
            return
        self._put("node", "UnaryOp")
        self._node(node.op)
        self._node(inner)

    def _takers(self, node: ast.Call) -> List[List[str]]:
        """Parameter names of the project's functions that this call may mean, without `self`, in a fixed order."""
        value = self._flow.value_of.get(node.func, NOTHING)
        if isinstance(self._references.expression(self._module, node.func), Outside):
            first = node.args[0] if node.args else None
            if first is None or self._references.expression(self._module, node.func) != Outside("dataclasses.replace"):
                return []
            value = frozenset(("class", item[1]) for item in self._flow.value_of.get(first, NOTHING) if item[0] == "own")
        functions = [item[1] for item in value if item[0] == "function"]
        classes = self._classes.by_index(item[1] for item in value if item[0] == "class")
        functions += self._flow.methods([cls for one in classes for cls in self._classes.ancestors(one)], ("__init__", "__new__"))
        own = [cls for item in value if item[0] == "own" for cls in self._classes.relatives(item[1])]
        functions += self._flow.methods(own, ("forward", "__call__"))
        takers = sorted([one.arg for one in parameters(function)][self._flow.is_method(function) :] for function in set(functions))
        return [*takers, *(self._classes.fields(cls) for cls in classes if self._classes.is_record(cls))]

    def _keyword_name(self, takers: List[List[str]], node: ast.keyword) -> Tuple[int, str]:
        """(rank, text): a parameter of the project's by its position, an outside one by its name, `**` last."""
        if node.arg is None:
            return (1 << 30, "**")
        positions = [taker.index(node.arg) for taker in takers if node.arg in taker]
        return (min(positions), f"#{min(positions)}") if positions else (-1, node.arg)

    def _keyword(self, node: ast.keyword) -> None:
        self._put("keyword", node.arg or "**")
        self._node(node.value)

    def _lambda(self, node: ast.Lambda) -> None:
        self._put("node", "Lambda")
        self._parameters(node)
        self._node(node.body)

    # Statements

    def _assign(self, node: ast.Assign) -> None:
        if isinstance(node.value, ast.Lambda) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            self._node(node.targets[0])
            self._named_lambda(node.value)
            return
        self._put("node", "Assign")
        self._list(node.targets)
        self._node(node.value)

    def _named_lambda(self, node: ast.Lambda) -> None:
        """As the function that it is."""
        self._put("node", "FunctionDef")
        self._list([])
        self._parameters(node)
        self._list([ast.Return(value=node.body)])

    def _augmented(self, node: ast.AugAssign) -> None:
        """`x += y` as `x = x + y`."""
        self._put("node", "Assign")
        self._list([node.target])
        self._put("node", "BinOp")
        self._node(node.target)
        self._node(node.op)
        self._node(node.value)

    def _if(self, node: ast.If) -> None:
        """With what is behind it in its `else` left to the block, and no `not` where both sides may change places."""
        test, body, orelse = node.test, node.body, [] if _leaves(node) else self._statements(node.orelse)
        if orelse and isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            test, body, orelse = test.operand, orelse, self._statements(body)
        self._put("node", "If")
        self._node(test)
        self._field(body)
        self._list(orelse)

    def _raise(self, node: ast.Raise) -> None:
        """What kind of exception; what it says only where somebody may read it, or where saying it runs code."""
        self._put("node", "Raise")
        silent = isinstance(node.exc, ast.Call) and not self._exceptions_are_read and not node.exc.keywords
        self._node(node.exc.func if silent and all(_is_message(one) for one in node.exc.args) else node.exc)
        if node.cause is not None:
            self._node(node.cause)

    def _return(self, node: ast.Return) -> None:
        self._put("node", "Return")
        self._node(None if _returns_nothing(node) else node.value)

    def _annotated(self, node: ast.AnnAssign) -> None:
        """As a plain assignment; a bare annotation says nothing, outside of a record."""
        if node.value is not None:
            self._put("node", "Assign")
            self._list([node.target])
            self._node(node.value)

    def _nothing(self, node: ast.AST) -> None:
        """An import binds names that are written where they are used."""

    def _handler(self, node: ast.ExceptHandler) -> None:
        self._put("node", "ExceptHandler")
        self._node(node.type)
        if node.name is not None:
            self._own(self._module.scopes.bound[node])
        self._field(node.body)

    def _inner_function(self, node: ast.AST) -> None:
        self._own(self._module.scopes.bound[node])
        self._function(node)

    def _inner_class(self, node: ast.ClassDef) -> None:
        self._own(self._module.scopes.bound[node])
        self._class(node)

    # Definitions

    def _define(self, binding: Binding) -> None:
        """What a top-level name of the project stands for."""
        self._module = self._references.module_of[binding.scope.node]
        for definition in effective(binding):
            node = definition.node
            if definition.kind not in ("function", "class", "assign") or node in self._written:
                continue
            self._put("mark", "define")
            self._own(binding)
            if isinstance(node, FUNCTIONS):
                self._function(node)
            elif isinstance(node, ast.ClassDef):
                self._class(node)
            elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Lambda) and isinstance(node.targets[0], ast.Name):
                self._written.add(node)
                self._named_lambda(node.value)
            else:
                self._written.add(node)
                self._node(node)

    def _function(self, node: ast.AST) -> None:
        self._written.add(node)
        self._put("node", type(node).__name__)
        self._list(node.decorator_list)
        self._parameters(node)
        body = self._statements(node.body)
        self._list(body[:-1] if body and _returns_nothing(body[-1]) else body)

    def _parameters(self, node: ast.AST) -> None:
        arguments = node.args
        positional = [*getattr(arguments, "posonlyargs", []), *arguments.args]
        defaults = [*([None] * (len(positional) - len(arguments.defaults))), *arguments.defaults]
        self._put("open")
        for argument, default in [*zip(positional, defaults), *zip(arguments.kwonlyargs, arguments.kw_defaults)]:
            self._own(self._module.scopes.bound[argument])
            if default is not None:
                self._put("mark", "default")
                self._node(default)
        for mark, argument in (("*", arguments.vararg), ("**", arguments.kwarg)):
            if argument is not None:
                self._put("mark", mark)
                self._own(self._module.scopes.bound[argument])
        self._put("mark", f"{len(positional)} positional")
        self._put("close")

    def _class(self, node: ast.ClassDef) -> None:
        self._written.add(node)
        self._put("node", "ClassDef")
        self._list(node.decorator_list)
        self._list(node.bases)
        self._list(sorted(node.keywords, key=lambda one: one.arg or ""))
        self._put("open")
        methods: List[ast.AST] = []
        for statement in self._statements(node.body):
            if isinstance(statement, FUNCTIONS):
                methods += [statement] if statement in self._reach.nodes else []
            elif isinstance(statement, ast.AnnAssign) and self._classes.is_record(node):
                self._put("mark", "field")
                self._node(statement.target)
                self._node(statement.value)
            else:
                self._node(statement)
        self._put("close")
        self._enqueue_methods(node, methods)

    def _enqueue_methods(self, node: ast.ClassDef, methods: List[ast.AST]) -> None:
        """Those with a name of the outside's by that name; the rest in the order in which their names were met, or when they will be."""
        module = self._module
        by_name: List[Tuple[str, ast.AST]] = []
        met: List[Tuple[int, ast.AST]] = []
        for method in methods:
            key = self._attributes.of_class(node, method.name)
            number = None if key is None else self._numbers.get(self._attributes.root(key))
            if key is None:
                by_name.append((method.name, method))
            elif number is None:
                self._methods.setdefault(self._attributes.root(key), []).append((module, method))
            else:
                met.append((number, method))
        for _, method in [*sorted(by_name, key=lambda one: one[0]), *sorted(met, key=lambda one: one[0])]:
            self._enqueue_method(module, method)

    def _enqueue_method(self, module: Module, method: ast.AST) -> None:
        self._queue.append(lambda: self._method(module, method))

    def _method(self, module: Module, method: ast.AST) -> None:
        self._module = module
        cls = self._flow.class_of(method)
        self._put("mark", "method")
        self._own(module.scopes.bound[cls])
        self._attribute_name(method.name, self._attributes.of_class(cls, method.name))
        self._function(method)


def _reads_exceptions(node: ast.AST) -> bool:
    if isinstance(node, ast.ExceptHandler):
        return node.name is not None
    return "ExitStack" in str(getattr(node, "attr", getattr(node, "name", ""))) or getattr(node, "name", "") == "__exit__"


def _is_message(node: ast.expr) -> bool:
    """Text, with plain values in it."""
    if isinstance(node, ast.Call):
        is_format = isinstance(node.func, ast.Attribute) and node.func.attr == "format" and isinstance(node.func.value, ast.Constant)
        return is_format and all(isinstance(one, (ast.Name, ast.Constant)) for one in [*node.args, *(one.value for one in node.keywords)])
    if isinstance(node, ast.JoinedStr):
        return all(isinstance(one, ast.Constant) or isinstance(getattr(one, "value", None), (ast.Name, ast.Constant)) for one in node.values)
    return isinstance(node, (ast.Constant, ast.Name))


def _returns_nothing(node: ast.stmt) -> bool:
    return isinstance(node, ast.Return) and (node.value is None or (isinstance(node.value, ast.Constant) and node.value.value is None))


def _leaves(node: ast.If) -> bool:
    statements = live(node.body)
    return bool(statements) and isinstance(statements[-1], _ENDS)


def _given(node: ast.Call, small: Small) -> Optional[List[ast.expr]]:
    """The arguments in the order of the parameters; None where one is missing or cannot be told."""
    named = {one.arg: one.value for one in node.keywords}
    if any(isinstance(one, ast.Starred) for one in node.args) or len(named) != len(node.keywords) or None in named:
        return None
    if len(node.args) + len(named) != len(small.names) or any(name not in named for name in small.names[len(node.args) :]):
        return None
    given = [*node.args, *(named[name] for name in small.names[len(node.args) :])]
    return given
