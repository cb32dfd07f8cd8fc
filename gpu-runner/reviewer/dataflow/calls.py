"""Calls: of the project's functions, which are read where they are called, and of what is not the project's."""

from __future__ import annotations

import ast
from typing import List, Optional

from ..guards import live
from ..project import Module
from ..scopes import FUNCTIONS
from ..terms import Term
from .machine import Machine
from .values import Arguments, Chain, Choice, Class, Frame, Function, Instance, Method, Partial, Sequence, Super, Table, Value

_ITSELF = frozenset("to cuda cpu double float half bfloat16 train eval requires_grad_ contiguous clone".split())
"""Methods that hand back what they are called on, as far as what is computed is concerned."""
_SAME = {"view": "reshape", "size": "shape", "swapaxes": "transpose", "divide": "div", "multiply": "mul", "subtract": "sub", "true_divide": "div",
         "mm": "matmul", "bmm": "matmul", "concat": "cat", "masked_fill_": "masked_fill", "absolute": "abs"}  # fmt: skip
_ACTIVATIONS = {f"outside torch.nn.{name}": name.lower() for name in "ReLU GELU SiLU Tanh Sigmoid ELU SELU CELU Softplus Hardswish Mish ReLU6 Softmax".split()}


def operation(name: str) -> str:
    """One name for torch's function, a tensor's method and the one that works in place."""
    plain = name if name.endswith("__") else name.rstrip("_")
    return f"op {_SAME.get(plain, plain)}"


class Calls(Machine):
    def call_in(self, function: Value, arguments: Arguments, frame: Frame) -> Value:
        """As `call`, where what a list is appended to depends on the loops around it."""
        if isinstance(function, Method) and isinstance(function.receiver, Sequence) and function.name in ("append", "insert", "add", "extend"):
            for one in arguments.positional[-1:]:
                many = function.name == "extend" and isinstance(one, Sequence)
                for item in one.items if many else [one]:
                    self.append(function.receiver, item, frame)
            return self.constant(None)
        return self.call(function, arguments)

    def append(self, owner: Sequence, value: Value, frame: Frame) -> None:
        owner.items.append(value)
        owner.several = owner.several or frame.loops > 0

    def call(self, function: Value, arguments: Arguments) -> Value:
        self.spend()
        if isinstance(function, Function):
            return self._enter(function, arguments)
        if isinstance(function, Class):
            return self._construct(function, arguments)
        if isinstance(function, Partial):
            return self.call(function.function, Arguments([*function.positional, *arguments.positional], {**function.named, **arguments.named}))
        if isinstance(function, Choice):
            first, second = self.call(function.first, arguments), self.call(function.second, arguments)
            return self.either(function.test, self.term(first), self.term(second))
        if isinstance(function, Chain):
            return self._through(function, arguments)
        if isinstance(function, Instance):
            return self._call_instance(function, arguments)
        if isinstance(function, Method):
            return self._call_method(function, arguments)
        return self.call_outside(self.term(function), arguments)

    def call_outside(self, function: Term, arguments: Arguments) -> Value:
        raise NotImplementedError

    # The project's own

    def _enter(self, function: Function, arguments: Arguments) -> Value:
        if self.is_within_itself(function):
            return self.terms.of("call itself", [self.term(one) for one in arguments.all()])
        frame = Frame(function.frame)
        frame.method = function if function.owner is not None else None
        self._bind(function, arguments, frame)
        self._active.append((function.node, id(function.receiver)))
        if isinstance(function.node, ast.Lambda):
            result = self.expression(function.node.body, function.module, frame)
        else:
            self.block(function.node.body, function.module, frame)
            result = self._result(frame)
        self._active.pop()
        return result

    def _result(self, frame: Frame) -> Value:
        if frame.yielded:
            return Sequence(frame.yielded, several=True)
        if frame.result is not None and len(frame.returned) == 1:
            return frame.result
        return self.terms.of("returns", frame.returned) if frame.returned else self.constant(None)

    def _bind(self, function: Function, arguments: Arguments, frame: Frame) -> None:
        syntax, bound = function.node.args, function.module.scopes.bound
        given = [*([] if function.receiver is None else [function.receiver]), *arguments.positional]
        named = dict(arguments.named)
        positional = [*getattr(syntax, "posonlyargs", []), *syntax.args]
        defaults = [*([None] * (len(positional) - len(syntax.defaults))), *syntax.defaults]
        for index, (argument, default) in enumerate([*zip(positional, defaults), *zip(syntax.kwonlyargs, syntax.kw_defaults)]):
            if index < len(positional) and given:
                value = given.pop(0)
            elif argument.arg in named:
                value = named.pop(argument.arg)
            else:
                value = self.terms.of("argument") if default is None else self.expression(default, function.module, function.frame)
            frame.variables[bound[argument]] = value
        if syntax.vararg is not None:
            frame.variables[bound[syntax.vararg]] = Sequence(given)
        if syntax.kwarg is not None:
            frame.variables[bound[syntax.kwarg]] = Table(dict(named))

    def _construct(self, cls: Class, arguments: Arguments) -> Value:
        made = Instance(cls)
        names = self.classes.fields(cls.node)
        if any(self.classes.is_record(one) for one in self.classes.ancestors(cls.node)):
            for name, value in [*zip(names, arguments.positional), *((one, arguments.named[one]) for one in names if one in arguments.named)]:
                made.fields[name] = value
        constructor = self.of_class(cls.node, "__init__", made)
        if isinstance(constructor, Function):
            self.call(constructor, arguments)
        else:
            made.base = self._outside_base(cls.node, arguments)
        after = self.of_class(cls.node, "__post_init__", made)
        if isinstance(after, Function):
            self.call(after, Arguments([], {}))
        return made

    def _outside_base(self, cls: ast.ClassDef, arguments: Arguments) -> Optional[Term]:
        bases = [one for one in self.classes.outside_bases(cls) if one.startswith("torch.") and one != "torch.nn.Module"]
        return self.term(self.call_outside(self.outside(bases[0]), arguments)) if bases else None

    def _call_instance(self, made: Instance, arguments: Arguments) -> Value:
        for name in ("forward", "__call__"):
            method = self.of_class(made.cls.node, name, made)
            if isinstance(method, Function):
                return self.call(method, arguments)
        if made.base is not None:
            return self.call_outside(made.base, arguments)
        return self.terms.of("apply", [self.term(made), *(self.term(one) for one in arguments.all())])

    def _through(self, chain: Chain, arguments: Arguments) -> Value:
        value: Value = arguments.positional[0] if arguments.positional else self.terms.of("argument")
        if chain.several:
            value = self.terms.of("carried", [self.term(value)])
        for item in chain.items:
            value = self.call(item, Arguments([value], {}))
        return self.terms.of("loop", [self.term(value)]) if chain.several else value

    # Attributes

    def of_class(self, cls: ast.ClassDef, name: str, receiver: Optional[Value], above: Optional[ast.ClassDef] = None) -> Optional[Value]:
        """A class's attribute, bound where it is a method; None where the class and its ancestors have none of that name."""
        for one in self.classes.ancestors(cls)[0 if above is None else 1 :]:
            for statement in reversed(live(one.body)):
                if isinstance(statement, FUNCTIONS) and statement.name == name:
                    return self._method(statement, one, receiver)
                if isinstance(statement, (ast.Assign, ast.AnnAssign)) and statement.value is not None and _assigns(statement, name):
                    return self._class_variable(statement, one, name)
        return None

    def _method(self, node: ast.AST, owner: ast.ClassDef, receiver: Optional[Value]) -> Value:
        module = self.module_of[node]
        decorators = [getattr(one, "attr", getattr(one, "id", "")) for one in node.decorator_list]
        frame = self.module_frame(module)
        if "staticmethod" in decorators:
            return Function(node, module, frame)
        if "classmethod" in decorators:
            return Function(node, module, frame, Class(owner, frame), owner)
        function = Function(node, module, frame, receiver, owner)
        return self.call(function, Arguments([], {})) if "property" in decorators or "cached_property" in decorators else function

    def _class_variable(self, node: ast.stmt, owner: ast.ClassDef, name: str) -> Value:
        module = self.module_of[owner]
        target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
        if (node, 0) in self._active or not isinstance(target, ast.Name):
            return self.terms.of("class variable")
        self._active.append((node, 0))
        value = self.expression(node.value, module, self.module_frame(module))
        self._active.pop()
        return value

    def attribute(self, value: Value, name: str) -> Value:
        if isinstance(value, Instance):
            if name in value.fields:
                return value.fields[name]
            found = self.of_class(value.cls.node, name, value)
            if found is not None:
                return found
            return self.attribute(value.base, name) if value.base is not None and name not in ("forward", "register_buffer") else Method(value, name)
        if isinstance(value, Super):
            found = self.of_class(value.owner, name, value.receiver, above=value.owner)
            return Method(value, name) if found is None else found
        if isinstance(value, Class):
            found = self.of_class(value.node, name, None)
            return self.terms.of("class attribute") if found is None else found
        if isinstance(value, Choice):
            return self.either(value.test, *(self.term(self.attribute(one, name)) for one in (value.first, value.second)))
        return Method(value, name)

    def _call_method(self, method: Method, arguments: Arguments) -> Value:
        raise NotImplementedError

    def expression(self, node: ast.expr, module: Module, frame: Frame) -> Value:
        raise NotImplementedError

    def block(self, body: List[ast.stmt], module: Module, frame: Frame) -> bool:
        raise NotImplementedError

    # Containers

    def elements(self, value: Value) -> Sequence:
        """What a loop over it goes through."""
        if isinstance(value, Sequence):
            return value
        if isinstance(value, Table):
            return Sequence([self.constant(name) if isinstance(name, (str, int)) else self.terms.of("key") for name in value.entries])
        return Sequence([self.terms.of("element", [self.term(value)])], several=True)

    def item(self, owner: Value, index: Value) -> Value:
        known = index.constant[0] if isinstance(index, Term) and index.constant is not None else None
        if isinstance(owner, Sequence) and owner.items:
            if not owner.several and isinstance(known, int) and -len(owner.items) <= known < len(owner.items):
                return owner.items[known]
            return owner.items[0] if len(owner.items) == 1 else self.terms.of("op getitem", [self.term(owner), self.term(index)])
        if isinstance(owner, Table) and known in owner.entries:
            return owner.entries[known]
        return self.terms.of("op getitem", [self.term(owner), self.term(index)])

    def unpacked(self, value: Value, count: int, starred: bool) -> List[Value]:
        if isinstance(value, Sequence) and not value.several and not starred and len(value.items) == count:
            return list(value.items)
        if isinstance(value, Sequence) and len(value.items) == 1:
            return [value.items[0]] * count
        return [self.terms.of("op getitem", [self.term(value), self.constant(index)]) for index in range(count)]


def _assigns(statement: ast.stmt, name: str) -> bool:
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    return any(isinstance(one, ast.Name) and one.id == name for target in targets for one in ast.walk(target))
