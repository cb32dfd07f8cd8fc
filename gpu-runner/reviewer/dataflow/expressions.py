"""Expressions, as far as they can be told without running anything; what cannot becomes an operation on its parts."""

from __future__ import annotations

import ast
from typing import Dict, List, Optional

from ..project import Module
from ..references import Outside, Place, Variable
from ..scopes import COMPREHENSIONS, Binding
from ..terms import Term
from .calls import Calls
from .values import Arguments, Class, Frame, Function, Instance, Partial, Sequence, Super, Table, Value

_OPERATIONS = {
    "Add": "add", "Sub": "sub", "Mult": "mul", "Div": "div", "Pow": "pow", "MatMult": "matmul", "FloorDiv": "floor_divide", "Mod": "remainder",
    "BitAnd": "logical_and", "BitOr": "logical_or", "BitXor": "logical_xor", "Eq": "eq", "NotEq": "ne", "Lt": "lt", "LtE": "le",
    "And": "and", "Or": "or", "Not": "not", "USub": "neg", "Invert": "not", "UAdd": "pos", "Is": "is", "IsNot": "is not",
}  # fmt: skip
"""By the name of torch's function for the same, where it has one."""
_LARGEST = 1 << 53


class Expressions(Calls):
    def expression(self, node: ast.expr, module: Module, frame: Frame) -> Value:
        self.spend()
        read = getattr(self, f"_{type(node).__name__.lower()}", None)
        if read is not None:
            return read(node, module, frame)
        if isinstance(node, COMPREHENSIONS):
            return self._comprehension(node, module, frame)
        parts = [self.term(self.expression(one, module, frame)) for one in ast.iter_child_nodes(node) if isinstance(one, ast.expr)]
        return self.terms.of(f"syntax {type(node).__name__}", parts)

    # Names

    def _name(self, node: ast.Name, module: Module, frame: Frame) -> Value:
        binding = module.scopes.binding_of.get(node)
        found = None if binding is None else frame.find(binding)
        if found is not None:
            return found
        return self._referenced(self.references.expression(module, node))

    def _referenced(self, reference: object) -> Value:
        if isinstance(reference, Outside):
            return self.outside(reference.dotted)
        if isinstance(reference, Variable):
            binding: Binding = reference.binding
            if binding.scope.kind == "module":
                return self.module_value(binding)
            if binding.scope.kind == "class":
                return self.of_class(binding.scope.node, binding.name, None)
        return self.terms.of("module" if isinstance(reference, Place) else "unset")

    def _attribute(self, node: ast.Attribute, module: Module, frame: Frame) -> Value:
        reference = self.references.expression(module, node)
        if reference is not None:
            return self._referenced(reference)
        return self.attribute(self.expression(node.value, module, frame), node.attr)

    # Literals

    def _constant(self, node: ast.Constant, module: Module, frame: Frame) -> Value:
        if isinstance(node.value, (bool, int, float, str, type(None))):
            return self.constant(node.value)
        return self.terms.of("literal")

    def _joinedstr(self, node: ast.JoinedStr, module: Module, frame: Frame) -> Value:
        return self.terms.of("string")

    def _tuple(self, node: ast.expr, module: Module, frame: Frame) -> Value:
        items: List[Value] = []
        several = False
        for one in node.elts:
            if isinstance(one, ast.Starred):
                source = self.elements(self.expression(one.value, module, frame))
                items += source.items
                several = several or source.several
            else:
                items.append(self.expression(one, module, frame))
        return Sequence(items, several)

    _list = _set = _tuple

    def _dict(self, node: ast.Dict, module: Module, frame: Frame) -> Value:
        entries: Dict[object, Value] = {}
        for key, one in zip(node.keys, node.values):
            value = self.expression(one, module, frame)
            name = None if key is None else self.expression(key, module, frame)
            if isinstance(name, Term) and name.constant is not None:
                entries[name.constant[0]] = value
            elif key is None and isinstance(value, Table):
                entries.update(value.entries)
            else:
                entries[len(entries), name if isinstance(name, Term) else None] = value
        return Table(entries)

    def _lambda(self, node: ast.Lambda, module: Module, frame: Frame) -> Value:
        return Function(node, module, frame)

    # Operators

    def _binop(self, node: ast.BinOp, module: Module, frame: Frame) -> Value:
        return self.operator(node.op, self.expression(node.left, module, frame), self.expression(node.right, module, frame))

    def operator(self, kind: ast.operator, left: Value, right: Value) -> Value:
        if isinstance(left, Sequence) and isinstance(right, Sequence) and isinstance(kind, ast.Add):
            return Sequence([*left.items, *right.items], left.several or right.several)
        if isinstance(left, Sequence) and isinstance(kind, ast.Mult):
            return Sequence(left.items, several=True)
        terms = [self.term(left), self.term(right)]
        folded = _folded(type(kind).__name__, [one.constant[0] for one in terms if one.constant is not None])
        return self.constant(folded) if folded is not None else self._operation(type(kind).__name__, terms)

    def _operation(self, kind: str, terms: List[Term]) -> Term:
        if kind in ("Gt", "GtE"):
            kind, terms = {"Gt": "Lt", "GtE": "LtE"}[kind], terms[::-1]
        return self.terms.of(f"op {_OPERATIONS.get(kind, kind)}", terms)

    def _unaryop(self, node: ast.UnaryOp, module: Module, frame: Frame) -> Value:
        value = self.expression(node.operand, module, frame)
        known = self.truth(value) if isinstance(node.op, ast.Not) else None
        if known is not None:
            return self.constant(not known)
        term = self.term(value)
        if isinstance(node.op, ast.USub) and term.constant is not None and isinstance(term.constant[0], (int, float)):
            return self.constant(-term.constant[0])
        return self._operation(type(node.op).__name__, [term])

    def _boolop(self, node: ast.BoolOp, module: Module, frame: Frame) -> Value:
        terms: List[Term] = []
        for one in node.values:
            value = self.expression(one, module, frame)
            known = self.truth(value)
            if known is isinstance(node.op, ast.Or):
                return self.terms.of(f"op {_OPERATIONS[type(node.op).__name__]}", [*terms, self.term(value)]) if terms else value
            if known is None or one is node.values[-1]:
                terms.append(self.term(value))
        return terms[0] if len(terms) == 1 else self.terms.of(f"op {_OPERATIONS[type(node.op).__name__]}", terms)

    def _compare(self, node: ast.Compare, module: Module, frame: Frame) -> Value:
        sides = [self.expression(one, module, frame) for one in [node.left, *node.comparators]]
        parts: List[Term] = []
        for kind, left, right in zip(node.ops, sides, sides[1:]):
            known = self._compared(kind, left, right)
            parts.append(self._operation(type(kind).__name__, [self.term(left), self.term(right)]) if known is None else self.constant(known))
        return parts[0] if len(parts) == 1 else self.terms.of("op and", parts)

    def _compared(self, kind: ast.cmpop, left: Value, right: Value) -> Optional[bool]:
        if isinstance(kind, (ast.Is, ast.IsNot)) and isinstance(right, Term) and right.constant == (None,):
            if not isinstance(left, Term) or left.constant is not None or left.label.startswith(("op ", "apply", "call ")):
                is_none = isinstance(left, Term) and left.constant == (None,)
                return is_none is isinstance(kind, ast.Is)
        if isinstance(kind, (ast.Eq, ast.NotEq)) and isinstance(left, Term) and isinstance(right, Term):
            if left.constant is not None and right.constant is not None:
                return (left.constant[0] == right.constant[0]) is isinstance(kind, ast.Eq)
        return self._ordered(kind, left, right)

    def _ordered(self, kind: ast.cmpop, left: Value, right: Value) -> Optional[bool]:
        numbers = [one.constant[0] for one in (left, right) if isinstance(one, Term) and one.constant is not None]
        if len(numbers) < 2 or not all(type(one) in (int, float) for one in numbers):
            return None
        less, equal = numbers[0] < numbers[1], numbers[0] == numbers[1]
        known = {"Lt": less, "LtE": less or equal, "Gt": not (less or equal), "GtE": not less}
        return known.get(type(kind).__name__)

    def truth(self, value: Value) -> Optional[bool]:
        """What `if` would make of it, where that is certain."""
        if isinstance(value, Term):
            return None if value.constant is None else bool(value.constant[0])
        if isinstance(value, Sequence):
            return None if value.several else bool(value.items)
        return True if isinstance(value, (Function, Class, Partial, Instance)) else None

    def _ifexp(self, node: ast.IfExp, module: Module, frame: Frame) -> Value:
        test = self.expression(node.test, module, frame)
        known = self.truth(test)
        if known is not None:
            return self.expression(node.body if known else node.orelse, module, frame)
        return self.choice(self.term(test), self.expression(node.body, module, frame), self.expression(node.orelse, module, frame))

    def choice(self, test: Term, first: Value, second: Value) -> Value:
        raise NotImplementedError

    def _namedexpr(self, node: ast.NamedExpr, module: Module, frame: Frame) -> Value:
        value = self.expression(node.value, module, frame)
        self.assign(node.target, value, module, frame)
        return value

    def assign(self, target: ast.expr, value: Value, module: Module, frame: Frame) -> None:
        raise NotImplementedError

    # Parts

    def _subscript(self, node: ast.Subscript, module: Module, frame: Frame) -> Value:
        owner = self.expression(node.value, module, frame)
        if isinstance(owner, Class):
            return owner  # a generic class's parameter
        if isinstance(owner, Sequence) and isinstance(node.slice, ast.Slice):
            return self._sliced(owner, node.slice, module, frame)
        return self.item(owner, self.expression(node.slice, module, frame))

    def _sliced(self, owner: Sequence, node: ast.Slice, module: Module, frame: Frame) -> Value:
        bounds = [None if one is None else self.term(self.expression(one, module, frame)).constant for one in (node.lower, node.upper, node.step)]
        given = [one is not None for one in (node.lower, node.upper, node.step)]
        if owner.several or any(wanted and (bound is None or not isinstance(bound[0], int)) for wanted, bound in zip(given, bounds)):
            return Sequence(owner.items, several=True)
        numbers = [None if bound is None else bound[0] for bound in bounds]
        return Sequence(owner.items if numbers[2] == 0 else owner.items[slice(*numbers)])

    def _slice(self, node: ast.Slice, module: Module, frame: Frame) -> Value:
        bounds = [self.constant(None) if one is None else self.expression(one, module, frame) for one in (node.lower, node.upper, node.step)]
        return self.terms.of("slice", [self.term(one) for one in bounds])

    def _starred(self, node: ast.Starred, module: Module, frame: Frame) -> Value:
        return self.elements(self.expression(node.value, module, frame))

    def _await(self, node: ast.Await, module: Module, frame: Frame) -> Value:
        return self.expression(node.value, module, frame)

    def _yield(self, node: ast.expr, module: Module, frame: Frame) -> Value:
        if node.value is not None:
            frame.yielded.append(self.expression(node.value, module, frame))
        return self.terms.of("sent")

    _yieldfrom = _yield

    def _comprehension(self, node: ast.expr, module: Module, frame: Frame) -> Value:
        found = Sequence([])
        self._generate(node, 0, module, Frame(frame), found)
        if isinstance(node, ast.DictComp):
            return Table(dict(enumerate(found.items)))
        return found

    def _generate(self, node: ast.expr, depth: int, module: Module, frame: Frame, found: Sequence) -> None:
        if depth == len(node.generators):
            found.items.append(self.expression(node.value if isinstance(node, ast.DictComp) else node.elt, module, frame))
            return
        generator = node.generators[depth]
        source = self.elements(self.expression(generator.iter, module, frame))
        found.several = found.several or source.several or bool(generator.ifs)
        for item in source.items:
            self.assign_inside(generator.target, item, module, frame)
            self._generate(node, depth + 1, module, frame, found)

    def assign_inside(self, target: ast.expr, value: Value, module: Module, frame: Frame) -> None:
        """To a comprehension's own variables, which live nowhere else."""
        for name in [one for one in ast.walk(target) if isinstance(one, ast.Name)]:
            binding = module.scopes.binding_of.get(name)
            if binding is not None:
                frame.variables.setdefault(binding, self.constant(None))
        self.assign(target, value, module, frame)

    # Calls

    def _call(self, node: ast.Call, module: Module, frame: Frame) -> Value:
        if isinstance(node.func, ast.Name) and node.func.id == "super" and module.scopes.binding_of.get(node.func) is None:
            return self._super(node, module, frame)
        function = self.expression(node.func, module, frame)
        gathered = self._tuple(ast.Tuple(elts=node.args), module, frame)
        named: Dict[str, Value] = {}
        for keyword in node.keywords:
            value = self.expression(keyword.value, module, frame)
            if keyword.arg is not None:
                named[keyword.arg] = value
            elif isinstance(value, Table):
                named.update({name: one for name, one in value.entries.items() if isinstance(name, str)})
            else:
                gathered.items.append(value)
        return self.call_in(function, Arguments(gathered.items, named), frame)

    def _super(self, node: ast.Call, module: Module, frame: Frame) -> Value:
        """The first parameter of the method that this stands in."""
        found: Optional[Frame] = frame
        while found is not None and found.method is None:
            found = found.parent
        method = None if found is None else found.method
        if method is None or method.receiver is None or method.owner is None:
            return self.terms.of("super")
        return Super(method.receiver, method.owner)


def _folded(kind: str, numbers: List[object]) -> object:
    """Arithmetic on two known numbers; None where it is not certain or too large."""
    if len(numbers) != 2 or not all(type(one) in (int, float) for one in numbers):
        return None
    left, right = numbers
    if kind in ("FloorDiv", "Div", "Mod") and right == 0:
        return None
    if kind not in ("Add", "Sub", "Mult", "FloorDiv", "Div", "Mod") or not (abs(left) < _LARGEST and abs(right) < _LARGEST):
        return None
    if kind == "Add":
        return left + right
    if kind == "Sub":
        return left - right
    if kind == "Mult":
        return left * right
    return left // right if kind == "FloorDiv" else left % right if kind == "Mod" else left / right
