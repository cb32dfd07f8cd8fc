"""
What may be written in another place without another meaning: constants, names for names, variables that are used once and at once, and small
functions. The normaliser writes the value where the name stands.
"""

from __future__ import annotations

import ast
from typing import Dict, Iterable, Iterator, List, NamedTuple, Optional, Set

from .guards import live
from .project import Module
from .reach import children
from .references import References, effective
from .scopes import COMPREHENSIONS, FUNCTIONS, Binding, Definition, parameters

MAX_MOVED = 20
"""Values within each other; a chain of more is written in several statements."""

_ROUNDS = 20
"""Of looking for variables that only unused ones use."""

_UNMOVED = (ast.NamedExpr, ast.Yield, ast.YieldFrom, ast.Await)
_ACTIVE = (*_UNMOVED, *COMPREHENSIONS, ast.Call)
_ANY = "*"


class Small(NamedTuple):
    """A function that is one expression of its parameters."""

    parameters: List[Binding]
    names: List[str]
    body: ast.expr
    module: Module
    once: Set[Binding]
    """Parameters that are used once, and not in an inner function or loop: an argument of any length may stand in their place."""
    first: Set[Binding]
    """Of these, those before which nothing is done that an argument's value might depend on."""


class Simplified:
    def __init__(self, references: References) -> None:
        self.dropped: Set[ast.stmt] = set()
        """Assignments that are not written, since their variable is not used or its value stands in its place."""
        self.value_of: Dict[Binding, ast.expr] = {}
        self._references = references
        self._uses: Dict[Binding, List[ast.Name]] = {}
        self._changing = _changing(references.project.modules.values())
        self._small: Dict[Binding, Optional[Small]] = {}
        for place in sorted(references.project.modules):
            module = references.project.modules[place]
            self._constants(module)
            functions = [node for node in module.scopes.of if isinstance(node, FUNCTIONS)]
            for function in functions:
                self._drop_unused(function, module)
            self._count(module)
            for function in functions:
                self._copies(function, module)
                for block in _blocks(function):
                    self._moved(block, module)

    def body(self, statements: List[ast.stmt]) -> List[ast.stmt]:
        """The statements of a block that are written."""
        return [one for one in live(statements) if one not in self.dropped]

    def small(self, binding: Binding) -> Optional[Small]:
        """The function that a top-level name always stands for, where it is small."""
        if binding not in self._small:
            self._small[binding] = self._find_small(binding)
        return self._small[binding]

    def _find_small(self, binding: Binding) -> Optional[Small]:
        definitions = effective(binding)
        if binding.scope.kind != "module" or len(definitions) != 1:
            return None
        node: ast.AST = definitions[0].node
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Lambda):
            node = node.value
        body = self._only(node)
        module = self._references.module_of[binding.scope.node]
        if body is None or any(isinstance(one, _UNMOVED) for one in ast.walk(body)):
            return None
        bound = [module.scopes.bound[one] for one in parameters(node)]
        order = list(self._in_order(body, module))
        if any(one not in self._uses for one in bound):
            return None  # an argument that is not used is evaluated all the same
        once = {one for one in bound if len(self._uses[one]) == 1 and self._uses[one][0] in order}
        first = {one for one in once if not self._acts(order[: order.index(self._uses[one][0])])}
        return Small(bound, [one.arg for one in parameters(node)], body, module, once, first)

    def _only(self, node: ast.AST) -> Optional[ast.expr]:
        if not isinstance(node, (ast.FunctionDef, ast.Lambda)):
            return None
        syntax = node.args
        if syntax.vararg or syntax.kwarg or syntax.kwonlyargs or syntax.defaults or getattr(syntax, "posonlyargs", []):
            return None
        if isinstance(node, ast.Lambda):
            return node.body
        statements = self.body(node.body)
        if node.decorator_list or len(statements) != 1 or not isinstance(statements[0], ast.Return):
            return None
        return statements[0].value

    def is_active(self, node: ast.expr, module: Module) -> bool:
        """Whether it matters when it is evaluated: it calls something, or reads what a call may change."""
        return self._acts(self._in_order(node, module))

    def _acts(self, nodes: Iterable[ast.AST]) -> bool:
        return any(isinstance(one, _ACTIVE) or (isinstance(one, ast.Attribute) and not self._keeps(one.attr)) for one in nodes)

    def _keeps(self, attribute: str) -> bool:
        """Whether an object's attribute of this name is only set where the object is made."""
        return attribute not in self._changing and _ANY not in self._changing

    def _in_order(self, node: ast.AST, module: Module) -> Iterator[ast.AST]:
        """What is evaluated once, in the order in which it is done; with what stands in a variable's place."""
        binding = module.scopes.binding_of.get(node) if isinstance(node, ast.Name) else None
        value = None if binding is None or binding.scope.kind != "function" else self.value_of.get(binding)
        if value is not None:
            yield from self._in_order(value, module)
        elif isinstance(node, COMPREHENSIONS):
            yield from self._in_order(node.generators[0].iter, module)
        elif not isinstance(node, ast.Lambda):
            for child in ast.iter_child_nodes(node):
                yield from self._in_order(child, module)
        yield node

    # Finding them

    def _count(self, module: Module) -> None:
        for binding, names in _uses(module.body, module, self.dropped).items():
            self._uses.setdefault(binding, []).extend(names)

    def _constants(self, module: Module) -> None:
        for binding in module.scopes.module.bindings.values():
            definitions = effective(binding)
            value = _assigned(definitions[0]) if len(definitions) == 1 and len(binding.definitions) == 1 else None
            if value is not None and _is_constant(value):
                self.value_of[binding] = value

    def _drop_unused(self, function: ast.AST, module: Module) -> None:
        candidates = [(one, _named(one, module)) for block in _blocks(function) for one in block]
        for _ in range(_ROUNDS):
            used = _uses([function], module, self.dropped)
            unused = {one for one, binding in candidates if binding is not None and binding not in used} - self.dropped
            if not unused:
                return
            self.dropped |= unused

    def _copies(self, function: ast.AST, module: Module) -> None:
        """`a = b`, `a = b.c` and `a = 3`, where neither changes."""
        stored = self._changing | {one.attr for one in ast.walk(function) if isinstance(one, ast.Attribute) and not isinstance(one.ctx, ast.Load)}
        for block in _blocks(function):
            for statement in block:
                binding = _variable(statement, module)
                if binding in self._uses and statement not in self.dropped and _is_stable(statement.value, module, stored):
                    behind = module.scopes.binding_of.get(statement.value) if isinstance(statement.value, ast.Name) else None
                    self.value_of[binding] = self.value_of.get(behind, statement.value)
                    self.dropped.add(statement)

    def _moved(self, block: List[ast.stmt], module: Module) -> None:
        """A variable whose one use is in the statement that follows, once what stands between them is moved there itself."""
        following: List[ast.expr] = []
        depth = 0
        for statement in reversed([one for one in block if one not in self.dropped]):
            binding = _variable(statement, module)
            uses = [] if binding is None else self._uses.get(binding, [])
            movable = len(uses) == 1 and not any(isinstance(one, (*_UNMOVED, ast.Lambda)) for one in ast.walk(statement.value))
            if binding is not None and movable and depth < MAX_MOVED and self._may_wait(statement.value, following, uses[0], module):
                self.value_of[binding] = statement.value
                self.dropped.add(statement)
                depth += 1
            else:
                depth = 0
                following = _first(statement)

    def _may_wait(self, value: ast.expr, following: List[ast.expr], use: ast.Name, module: Module) -> bool:
        """Whether the value is the same where it is used, and used there once."""
        order = [inner for one in following for inner in self._in_order(one, module)]
        return use in order and not (self.is_active(value, module) and self._acts(order[: order.index(use)]))


def _variable(statement: ast.stmt, module: Module) -> Optional[Binding]:
    """The local variable that this statement alone gives a value."""
    target = statement.targets[0] if isinstance(statement, ast.Assign) and len(statement.targets) == 1 else getattr(statement, "target", None)
    if not isinstance(statement, (ast.Assign, ast.AnnAssign)) or statement.value is None or not isinstance(target, ast.Name):
        return None
    binding = module.scopes.binding_of.get(target)
    if binding is None or binding.scope.kind != "function":
        return None
    return binding if len([one for one in binding.definitions if not _is_bare(one)]) == 1 else None


def _named(statement: ast.stmt, module: Module) -> Optional[Binding]:
    """The local variable that this statement makes, and nothing else."""
    if isinstance(statement, FUNCTIONS):
        defaults = [*statement.args.defaults, *(one for one in statement.args.kw_defaults if one is not None)]
        plain = not statement.decorator_list and all(_is_pure(one) for one in defaults)
        return module.scopes.bound[statement] if plain else None
    binding = _variable(statement, module)
    return binding if binding is not None and _is_pure(statement.value) else None


def _is_bare(definition: Definition) -> bool:
    return isinstance(definition.node, ast.AnnAssign) and definition.node.value is None


def _assigned(definition: Definition) -> Optional[ast.expr]:
    node = definition.node
    simple = isinstance(node, ast.AnnAssign) or (isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name))
    return node.value if definition.kind == "assign" and simple else None


def _is_constant(node: ast.expr) -> bool:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        node = node.operand
    return isinstance(node, ast.Constant)


def _is_pure(node: ast.expr) -> bool:
    """Runs no code of the project's, as attributes might, which may be properties."""
    kinds = (ast.Constant, ast.Name, ast.Tuple, ast.List, ast.BinOp, ast.UnaryOp, ast.operator, ast.unaryop, ast.expr_context)
    return all(isinstance(one, kinds) for one in ast.walk(node))


def _is_stable(node: ast.expr, module: Module, stored: Set[str]) -> bool:
    if _is_constant(node):
        return True
    while isinstance(node, ast.Attribute):
        if node.attr in stored or _ANY in stored:
            return False
        node = node.value
    if not isinstance(node, ast.Name):
        return False
    binding = module.scopes.binding_of.get(node)
    return binding is None or len([one for one in binding.definitions if not _is_bare(one)]) == 1


def _changing(modules: Iterable[Module]) -> Set[str]:
    """Names of attributes that are set outside of constructors, or that may run code when they are read; _ANY where that may be any."""
    names: Set[str] = set()
    for module in modules:
        for node in ast.walk(module.tree):
            if isinstance(node, (*FUNCTIONS, ast.Lambda)) and getattr(node, "name", "") != "__init__":
                names |= {one.attr for one in ast.walk(node) if isinstance(one, ast.Attribute) and not isinstance(one.ctx, ast.Load)}
            if isinstance(node, FUNCTIONS):
                names |= {node.name} if node.decorator_list else set()
                names |= {_ANY} if node.name in ("__getattr__", "__getattribute__", "__setattr__") else set()
            if isinstance(node, ast.Name) and node.id in ("setattr", "delattr"):
                names.add(_ANY)
            if isinstance(node, ast.ClassDef):
                for statement in [one for one in node.body if isinstance(one, (ast.Assign, ast.AnnAssign)) and isinstance(one.value, ast.Call)]:
                    names |= {one.id for one in ast.walk(statement) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}
    return names


def _blocks(function: ast.AST) -> List[List[ast.stmt]]:
    """Of the function, inner functions apart; each less what never runs."""
    found: List[List[ast.stmt]] = []
    todo: List[List[ast.stmt]] = [function.body]
    while todo:
        block = live(todo.pop())
        found.append(block)
        for statement in block:
            if not isinstance(statement, (*FUNCTIONS, ast.ClassDef)):
                todo += _inner(statement)
    return found


def _inner(node: ast.AST) -> List[List[ast.stmt]]:
    found: List[List[ast.stmt]] = []
    for _, value in ast.iter_fields(node):
        if isinstance(value, list) and value and isinstance(value[0], ast.stmt):
            found.append(value)
        elif isinstance(value, list):
            found += [block for one in value if type(one).__name__ in ("ExceptHandler", "match_case") for block in _inner(one)]
    return found


def _uses(roots: Iterable[ast.AST], module: Module, dropped: Set[ast.stmt]) -> Dict[Binding, List[ast.Name]]:
    found: Dict[Binding, List[ast.Name]] = {}
    todo: List[ast.AST] = list(roots)
    while todo:
        node = todo.pop()
        if node in dropped:
            continue
        binding = module.scopes.binding_of.get(node) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) else None
        if binding is not None:
            found.setdefault(binding, []).append(node)
        todo += children(node)
    return found


def _first(statement: ast.stmt) -> List[ast.expr]:
    """What a statement surely evaluates once."""
    if isinstance(statement, (ast.If,)):
        return [statement.test]
    if isinstance(statement, (ast.For, ast.AsyncFor)):
        return [statement.iter]
    if isinstance(statement, (ast.With, ast.AsyncWith)):
        return [item.context_expr for item in statement.items]
    if isinstance(statement, (ast.Return, ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Expr)):
        return [one for one in ast.iter_child_nodes(statement) if isinstance(one, ast.expr)]
    return []
