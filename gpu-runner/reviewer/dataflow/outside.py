"""What is not the project's: Python's containers and torch's, and everything else as an operation by its name."""

from __future__ import annotations

import re
from typing import Dict, List, Optional

from ..terms import Term
from .calls import _ACTIVATIONS, _ITSELF, Calls, operation
from .values import Arguments, Chain, Class, Function, Instance, Method, Partial, Sequence, Super, Table, Value

_LISTS = ("torch.nn.ModuleList", "torch.nn.ParameterList", "builtins.list", "builtins.tuple", "builtins.reversed", "builtins.sorted",
          "builtins.set", "builtins.iter")  # fmt: skip
_TABLES = ("torch.nn.ModuleDict", "torch.nn.ParameterDict", "builtins.dict", "collections.OrderedDict")
_FUNCTIONS = ("torch.", "torch.nn.functional.", "torch.special.", "torch.linalg.", "math.", "builtins.", "torch.nn.init.")
_NUMBERED = re.compile(r"[A-Za-z]")


class OutsideCalls(Calls):
    def call_outside(self, function: Term, arguments: Arguments) -> Value:
        if not function.label.startswith("outside "):
            return self._apply(function, arguments)
        name = function.label[len("outside ") :]
        positional = arguments.positional
        if name == "torch.nn.Sequential":
            return self._sequential(positional)
        if name in _LISTS:
            source = self.elements(positional[0]) if positional else Sequence([])
            return Sequence(list(source.items), source.several)
        if name in _TABLES:
            return self._table(positional, arguments.named)
        if name == "functools.partial" and positional:
            return Partial(positional[0], positional[1:], arguments.named)
        special = getattr(self, f"_builtin_{name[len('builtins.'):]}", None) if name.startswith("builtins.") else None
        made = special(positional, arguments.named) if special is not None and positional else None
        return self._operation_of(name, arguments) if made is None else made

    def _operation_of(self, name: str, arguments: Arguments) -> Term:
        last = name.rpartition(".")[2]
        terms = [self.term(one) for one in arguments.all()]
        if last == "float" and terms and terms[0].constant in (("inf",), ("-inf",)):
            return self.constant(float("inf"))
        if last == "einsum" and arguments.positional and terms[0].constant is not None:
            terms[0] = self.terms.of(f"string {_without_letters(str(terms[0].constant[0]))}")
        plain = last[:1].islower() and any(name == prefix + last for prefix in _FUNCTIONS)
        return self.terms.of(operation(last) if plain else f"call {name}", terms)

    def _apply(self, function: Term, arguments: Arguments) -> Value:
        """What outside code made is called: a layer, mostly."""
        terms = [self.term(one) for one in arguments.all()]
        if function.label == "call torch.nn.Identity" and terms:
            return terms[0]
        activation = _ACTIVATIONS.get(function.label.replace("call ", "outside ", 1))
        if activation is not None:
            return self.terms.of(operation(activation), [*terms, *function.children])
        return self.terms.of("apply", [function, *terms])

    def _sequential(self, positional: List[Value]) -> Value:
        items: List[Value] = []
        several = False
        for one in positional:
            if isinstance(one, Table):
                items += one.entries.values()
            elif isinstance(one, Sequence) and not isinstance(one, Chain) and len(positional) == 1:
                items += [part.items[-1] if isinstance(part, Sequence) and not isinstance(part, Chain) and part.items else part for part in one.items]
                several = one.several
            else:
                items.append(one)
        return Chain(items, several)

    def _table(self, positional: List[Value], named: Dict[str, Value]) -> Value:
        entries: Dict[object, Value] = {}
        for source in positional[:1]:
            if isinstance(source, Table):
                entries.update(source.entries)
            for pair in source.items if isinstance(source, Sequence) else []:
                if isinstance(pair, Sequence) and len(pair.items) == 2:
                    key = self.term(pair.items[0])
                    entries[key.constant[0] if key.constant is not None else (len(entries), key)] = pair.items[1]
        return Table({**entries, **named})

    # Builtins

    def _builtin_range(self, positional: List[Value], named: Dict[str, Value]) -> Value:
        return Sequence([self.terms.of("index")], several=True)

    def _builtin_enumerate(self, positional: List[Value], named: Dict[str, Value]) -> Value:
        source = self.elements(positional[0])
        numbers = [self.terms.of("index") if source.several else self.constant(index) for index in range(len(source.items))]
        return Sequence([Sequence([number, one]) for number, one in zip(numbers, source.items)], source.several)

    def _builtin_zip(self, positional: List[Value], named: Dict[str, Value]) -> Value:
        sources = [self.elements(one) for one in positional]
        return Sequence([Sequence(list(items)) for items in zip(*(one.items for one in sources))], any(one.several for one in sources))

    def _builtin_map(self, positional: List[Value], named: Dict[str, Value]) -> Optional[Value]:
        if len(positional) != 2:
            return None
        source = self.elements(positional[1])
        return Sequence([self.call(positional[0], Arguments([one], {})) for one in source.items], source.several)

    def _builtin_len(self, positional: List[Value], named: Dict[str, Value]) -> Optional[Value]:
        known = isinstance(positional[0], Sequence) and not positional[0].several
        return self.constant(len(positional[0].items)) if known else None

    def _builtin_next(self, positional: List[Value], named: Dict[str, Value]) -> Optional[Value]:
        return positional[0].items[0] if isinstance(positional[0], Sequence) and positional[0].items else None

    def _builtin_getattr(self, positional: List[Value], named: Dict[str, Value]) -> Optional[Value]:
        name = self.term(positional[1]).constant if len(positional) > 1 else None
        return self.attribute(positional[0], name[0]) if name is not None and isinstance(name[0], str) else None

    def _builtin_setattr(self, positional: List[Value], named: Dict[str, Value]) -> Optional[Value]:
        name = self.term(positional[1]).constant if len(positional) == 3 else None
        if name is None or not isinstance(positional[0], Instance):
            return None
        positional[0].fields[str(name[0])] = positional[2]
        return self.constant(None)

    # Methods

    def _call_method(self, method: Method, arguments: Arguments) -> Value:
        receiver, name = method
        if isinstance(receiver, Super):
            return self._inherited(receiver, name, arguments)
        if isinstance(receiver, Instance):
            made = self._of_module(receiver, name, arguments)
            if made is not None:
                return made
        if isinstance(receiver, Table):
            if name == "items":
                return Sequence([Sequence([self._key(key), one]) for key, one in receiver.entries.items()])
            if name == "values":
                return Sequence(list(receiver.entries.values()))
            if name == "keys":
                return self.elements(receiver)
            if name == "get" and arguments.positional:
                return self.item(receiver, arguments.positional[0])
        if name in _ITSELF:
            return receiver
        terms = [self.term(receiver), *(self.term(one) for one in arguments.all())]
        if name == "size":
            shape = self.terms.of("method shape", terms[:1])
            return shape if len(terms) == 1 else self.terms.of("op getitem", [shape, terms[1]])
        return self.terms.of(operation(name), terms)

    def _key(self, key: object) -> Term:
        return self.constant(key) if isinstance(key, (str, int)) else self.terms.of("key")

    def _inherited(self, receiver: Super, name: str, arguments: Arguments) -> Value:
        made = receiver.receiver
        if name == "__init__" and isinstance(made, Instance):
            made.base = self._outside_base(receiver.owner, arguments) or made.base
            return self.constant(None)
        if name in ("forward", "__call__") and isinstance(made, Instance) and made.base is not None:
            return self.call_outside(made.base, arguments)
        return self.terms.of(operation(name), [self.term(one) for one in arguments.all()])

    def _of_module(self, made: Instance, name: str, arguments: Arguments) -> Optional[Value]:
        """What torch.nn.Module does."""
        if name in ("register_buffer", "register_parameter", "add_module", "register_module") and len(arguments.positional) > 1:
            key = self.term(arguments.positional[0]).constant
            if key is not None:
                made.fields[str(key[0])] = arguments.positional[1]
            return self.constant(None)
        if name == "apply" and arguments.positional and isinstance(arguments.positional[0], (Function, Class)):
            self.effects.append(self.terms.of("op apply", [self.term(arguments.positional[0])]))
            return made
        return made if name in _ITSELF else None


def _without_letters(text: str) -> str:
    """An einsum's equation with its letters renamed in the order in which they come."""
    letters: Dict[str, str] = {}
    return _NUMBERED.sub(lambda found: letters.setdefault(found.group(), chr(ord("a") + len(letters))), text.replace(" ", ""))
