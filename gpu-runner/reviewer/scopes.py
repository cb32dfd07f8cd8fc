"""Python's scoping: which binding each name of a module stands for."""

from __future__ import annotations

import ast
from typing import Dict, List, NamedTuple, Optional, Set, Tuple, Union

FunctionNode = Union[ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda]
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


class Definition(NamedTuple):
    kind: str
    """`import`, `function`, `class`, `assign` or `other` (a parameter, a loop's or handler's target...)."""
    node: ast.AST
    """The statement (for `other` the binding node itself)."""
    alias: Optional[ast.alias] = None


class Binding:
    """One variable of one scope."""

    __slots__ = ("name", "scope", "definitions")

    def __init__(self, name: str, scope: Scope) -> None:
        self.name = name
        self.scope = scope
        self.definitions: List[Definition] = []


class Scope:
    def __init__(self, kind: str, node: ast.AST, parent: Optional[Scope]) -> None:
        self.kind = kind
        """`module`, `class`, `function` or `comprehension`."""
        self.node = node
        self.parent = parent
        self.bindings: Dict[str, Binding] = {}
        self.elsewhere: Dict[str, Scope] = {}
        """Names declared global or nonlocal, and the scope that has them."""

    def bind(self, name: str, definition: Definition) -> Binding:
        if name in self.elsewhere:
            # When it is assigned to is not known from here: it amends what the other scope says.
            return self.elsewhere[name].bind(name, Definition("other", definition.node))
        binding = self.bindings.setdefault(name, Binding(name, self))
        binding.definitions.append(definition)
        return binding

    def find(self, name: str) -> Optional[Binding]:
        """The binding that `name` means when it is read in this scope; None: a builtin's, or nobody's."""
        scope: Optional[Scope] = self.elsewhere.get(name, self)
        first = True
        while scope is not None:
            if (first or scope.kind != "class") and name in scope.bindings:
                return scope.bindings[name]
            scope, first = scope.parent, False
        return None


class Scopes(ast.NodeVisitor):
    """All scopes of a module, from its statements."""

    def __init__(self, body: List[ast.stmt], tree: ast.Module) -> None:
        self.module = Scope("module", tree, None)
        self.of: Dict[ast.AST, Scope] = {tree: self.module}
        """The scope that a function, class, lambda or comprehension opens."""
        self.bound: Dict[ast.AST, Binding] = {}
        """What a node binds that is not a Name: definitions, parameters, handlers, captures."""
        self._uses: List[Tuple[ast.Name, Scope]] = []
        self._scope = self.module
        for statement in body:
            self.visit(statement)
        self.binding_of: Dict[ast.Name, Optional[Binding]] = {name: scope.find(name.id) for name, scope in self._uses}

    def visit_Name(self, node: ast.Name) -> None:
        self._uses.append((node, self._scope))
        if not isinstance(node.ctx, ast.Load):
            self._scope.bind(node.id, Definition("other", node))

    def visit_Assign(self, node: ast.Assign) -> None:
        self.visit(node.value)
        for target in node.targets:
            self._bind_target(target, node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self.visit(node.annotation)
        if node.value is not None:
            self.visit(node.value)
        self._bind_target(node.target, node)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self.visit(node.value)
        self._bind_target(node.target, node)

    def _bind_target(self, target: ast.expr, statement: ast.stmt) -> None:
        if isinstance(target, ast.Name):
            self._uses.append((target, self._scope))
            self._scope.bind(target.id, Definition("assign", statement))
        elif isinstance(target, (ast.Tuple, ast.List)):
            for element in target.elts:
                self._bind_target(element, statement)
        elif isinstance(target, ast.Starred):
            self._bind_target(target.value, statement)
        else:
            self.visit(target)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self.visit(node.value)
        scope = self._scope
        while scope.kind == "comprehension" and scope.parent is not None:
            scope = scope.parent
        self._uses.append((node.target, scope))
        scope.bind(node.target.id, Definition("other", node.target))

    def visit_Import(self, node: Union[ast.Import, ast.ImportFrom]) -> None:
        for alias in node.names:
            name = alias.asname or (alias.name.split(".")[0] if isinstance(node, ast.Import) else alias.name)
            if name != "*":
                self.bound[alias] = self._scope.bind(name, Definition("import", node, alias))

    visit_ImportFrom = visit_Import

    def visit_Global(self, node: ast.Global) -> None:
        if self._scope is not self.module:
            self._scope.elsewhere.update((name, self.module) for name in node.names)

    def visit_Nonlocal(self, node: ast.Nonlocal) -> None:
        for name in node.names:
            outer: List[Scope] = []
            scope = self._scope.parent
            while scope is not None:
                if scope.kind == "function":
                    outer.append(scope)
                scope = scope.parent
            # Where no outer function binds it yet, a later statement of the nearest one does.
            having = [one for one in outer if name in one.bindings] or outer[:1]
            if having:
                self._scope.elsewhere[name] = having[0]

    def visit_FunctionDef(self, node: Union[ast.FunctionDef, ast.AsyncFunctionDef]) -> None:
        self.bound[node] = self._scope.bind(node.name, Definition("function", node))
        for expression in [*node.decorator_list, *([node.returns] if node.returns else [])]:
            self.visit(expression)
        self._function(node)

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._function(node)

    def _function(self, node: FunctionNode) -> None:
        arguments = parameters(node)
        for value in [*node.args.defaults, *node.args.kw_defaults, *(one.annotation for one in arguments)]:
            if value is not None:
                self.visit(value)
        outer, self._scope = self._scope, Scope("function", node, self._scope)
        self.of[node] = self._scope
        for argument in arguments:
            self.bound[argument] = self._scope.bind(argument.arg, Definition("other", argument))
        body = node.body if isinstance(node.body, list) else [node.body]
        for part in _declarations_first(body):
            self.visit(part)
        self._scope = outer

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self.bound[node] = self._scope.bind(node.name, Definition("class", node))
        for expression in [*node.decorator_list, *node.bases, *(keyword.value for keyword in node.keywords)]:
            self.visit(expression)
        outer, self._scope = self._scope, Scope("class", node, self._scope)
        self.of[node] = self._scope
        for part in _declarations_first(node.body):
            self.visit(part)
        self._scope = outer

    def _comprehension(self, node: ast.AST) -> None:
        first, *others = node.generators
        self.visit(first.iter)
        outer, self._scope = self._scope, Scope("comprehension", node, self._scope)
        self.of[node] = self._scope
        self.visit(first.target)
        for part in [*first.ifs, *others]:
            self.visit(part)
        for field in ("key", "value", "elt"):
            if hasattr(node, field):
                self.visit(getattr(node, field))
        self._scope = outer

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = _comprehension

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        self._capture(node, node.name)

    def visit_MatchAs(self, node: ast.AST) -> None:
        self._capture(node, node.name)

    visit_MatchStar = visit_MatchAs

    def visit_MatchMapping(self, node: ast.AST) -> None:
        self._capture(node, node.rest)

    def _capture(self, node: ast.AST, name: Optional[str]) -> None:
        if name is not None:
            self.bound[node] = self._scope.bind(name, Definition("other", node))
        self.generic_visit(node)


def parameters(node: FunctionNode) -> List[ast.arg]:
    """In the order of a call's positions, keyword-only ones after, `*args` and `**kwargs` last."""
    arguments = node.args
    plain = [*getattr(arguments, "posonlyargs", []), *arguments.args, *arguments.kwonlyargs]
    return plain + [one for one in (arguments.vararg, arguments.kwarg) if one is not None]


def _declarations_first(body: List[ast.AST]) -> List[ast.AST]:
    """`global` and `nonlocal` hold for the whole function wherever they stand."""
    declared: Set[ast.AST] = set()
    todo = [part for part in body if isinstance(part, ast.stmt)]
    while todo:
        statement = todo.pop()
        if isinstance(statement, (ast.Global, ast.Nonlocal)):
            declared.add(statement)
        elif not isinstance(statement, (*FUNCTIONS, ast.ClassDef)):
            todo += [child for child in _inner(statement) if isinstance(child, ast.stmt)]
    order = sorted(declared, key=lambda statement: (statement.lineno, statement.col_offset))
    return [*order, *body]


def _inner(statement: ast.AST) -> List[ast.AST]:
    """Statements below this one, through handlers and match cases."""
    found: List[ast.AST] = []
    for child in ast.iter_child_nodes(statement):
        if isinstance(child, ast.stmt):
            found.append(child)
        elif type(child).__name__ in ("ExceptHandler", "match_case"):
            found += _inner(child)
    return found
