/** What each rule refuses and what it lets through: [what it is, project, layout]. */
import { type Layout, type Sources, withCode } from './reviewer.ts';

export type Case = readonly [title: string, files: Sources, layout?: Layout | undefined];

const code = (title: string, text: string): Case => [title, withCode(text)];
const inFunction = (title: string, text: string): Case =>
  code(title, `def helper(x, F=None):\n    ${text.replaceAll('\n', '\n    ')}\n`);
const beside = (title: string, text: string, files: Sources): Case => [
  title,
  { ...withCode(text), ...files },
];
const whole = (title: string, text: string | Uint8Array, layout?: Layout): Case => [
  title,
  { 'model.py': text },
  layout,
];

const CONTRACT = 'def build_model(ctx):\n    return 1\n\ndef get_recipe(ctx):\n    return {}\n';
const latin1 = (text: string) => Buffer.from(text, 'latin1');

export const hostile: { readonly [rule: string]: readonly Case[] } = {
  'missing-file': [
    ['an entrypoint that is not there', withCode(''), { architecture: 'net.py' }],
    ['a training entrypoint that is not there', withCode(''), { training: 'train.py' }],
  ],
  encoding: [
    whole('Latin-1 in a comment', latin1(`# caf\xe9\n${CONTRACT}`)),
    whole('a coding line that makes the comments code', `# -*- coding: utf-7 -*-\n${CONTRACT}`),
    whole(
      'a coding line in the second line',
      `#!/usr/bin/python3\n# vim: set fileencoding=rot13 :\n${CONTRACT}`,
    ),
    whole('UTF-16 with a byte order mark', Buffer.from(`\ufeff${CONTRACT}`, 'utf16le')),
  ],
  'hidden-characters': [
    whole('NUL', `x = 1\0\n${CONTRACT}`),
    whole('a form feed that resets the column', `\f${CONTRACT}`),
    whole('bidirectional controls in a comment', `# \u202e } if admin\n${CONTRACT}`),
    whole('a lone carriage return ends a comment', `# harmless\rimport os\n${CONTRACT}`),
    whole('an escape sequence for terminals', `# \x1b[2K\n${CONTRACT}`),
  ],
  syntax: [
    whole('not Python', `def build_model(ctx:\n${CONTRACT}`),
    whole('Python 2', `print "x"\n${CONTRACT}`),
    whole('hundreds of brackets', `x = ${'('.repeat(300)}1${')'.repeat(300)}\n${CONTRACT}`),
    whole(
      'deep indentation',
      `${Array.from({ length: 120 }, (_, i) => `${' '.repeat(i)}if a:\n`).join('')}${' '.repeat(120)}b\n`,
    ),
    whole('a number too long to convert', `x = ${'9'.repeat(5_000)}\n${CONTRACT}`),
  ],
  'too-complex': [
    whole('a hundred thousand minus signs', `x = ${'-'.repeat(100_000)}1\n${CONTRACT}`),
    whole('a hundred thousand attributes', `x = a${'.b'.repeat(100_000)}\n${CONTRACT}`),
    whole('a sum of 90,000 terms', `x = 1${'+1'.repeat(90_000)}\n${CONTRACT}`),
    whole('lambdas of lambdas', `x = ${'lambda:'.repeat(20_000)}1\n${CONTRACT}`),
    whole(
      'an elif chain',
      `def f(a):\n    if a:\n        pass\n${'    elif a:\n        pass\n'.repeat(5_000)}${CONTRACT}`,
    ),
    whole('nested a little too deeply', `x = ${'['.repeat(110)}1${']'.repeat(110)}\n${CONTRACT}`),
    whole('too many nodes', `x = [${'1,'.repeat(80_000)}]\n${CONTRACT}`),
    whole('a file too large', `# ${'x'.repeat(300_000)}\n${CONTRACT}`),
    whole(
      'thousands of classes',
      `${Array.from({ length: 2_000 }, (_, i) => `class C${i}: pass\n`).join('')}${CONTRACT}`,
    ),
  ],
  'module-name': [
    beside('a file and a folder of one name', 'import layers', { 'layers.py': '', 'layers/core.py': '' }),
    beside('a name with a dot', '', { 'net.core.py': '' }),
    beside('compiled code', '', { 'fast.so': '\x7fELF' }),
    [
      'an import that depends on the entrypoint',
      {
        ...withCode(''),
        'a/model.py': CONTRACT,
        'b/train.py': CONTRACT,
        'a/util.py': '',
        'b/util.py': '',
        'c/x.py': 'import util',
      },
      { architecture: 'a/model.py', training: 'b/train.py' },
    ],
  ],
  shadowing: [
    beside(
      'os.py and builtins.py widen an allow-list of local names',
      'import os, builtins\ndef f():\n    builtins.exec("1")\n    os.open("x", 0)\n',
      { 'os.py': '', 'builtins.py': '' },
    ),
    beside('a torch package', '', { 'torch/__init__.py': '' }),
    beside('torch.py in a folder that imports it', '', { 'net/torch.py': '', 'net/core.py': 'import torch' }),
    beside('the interface of the challenge', '', { 'prism_challenge/evaluator/interface.py': '' }),
    beside('a module that Python loads by itself', '', { 'sitecustomize.py': '' }),
    beside('the C half of a module', '', { '_collections.py': '' }),
    beside('math.py', '', { 'math.py': 'pi = 4' }),
  ],
  'contract-missing': [
    whole('no build_model', 'def get_recipe(ctx):\n    return {}\n'),
    whole('no get_recipe', 'def build_model(ctx):\n    return 1\n'),
    whole('build_model is a lambda', 'build_model = lambda ctx: 1\ndef get_recipe(ctx):\n    return {}\n'),
    whole('build_model is a class', 'class build_model:\n    pass\ndef get_recipe(ctx):\n    return {}\n'),
    whole('build_model is replaced after its definition', `${CONTRACT}\nbuild_model = get_recipe\n`),
    whole(
      'build_model in a function',
      'def f():\n    def build_model(ctx):\n        return 1\ndef get_recipe(ctx):\n    return {}\n',
    ),
    [
      'a recipe for an architecture without get_recipe',
      { 'training.py': 'def train_step(model, batch, optimizer, ctx):\n    return 1\n' },
      { kind: 'training_for_arch', training: 'training.py' },
    ],
  ],
  'contract-signature': [
    whole('*args', 'def build_model(*args):\n    return 1\ndef get_recipe(ctx):\n    return {}\n'),
    whole('**kwargs', 'def build_model(ctx, **kwargs):\n    return 1\ndef get_recipe(ctx):\n    return {}\n'),
    whole(
      'one parameter too many',
      'def build_model(ctx, depth=2):\n    return 1\ndef get_recipe(ctx):\n    return {}\n',
    ),
    whole('none', 'def build_model():\n    return 1\ndef get_recipe(ctx):\n    return {}\n'),
    code('a hook without ctx', 'def compute_loss(model, batch):\n    return 1\n'),
    code('a coroutine', 'async def infer(model, batch, ctx):\n    return 1\n'),
    code('a generator', 'def train_step(model, batch, optimizer, ctx):\n    yield 1\n'),
  ],
  'top-level-code': [
    code('a call', 'print(torch)'),
    code('a loop', 'for i in range(3):\n    x = i\n'),
    code(
      'a conditional import',
      'try:\n    import torch.nn.functional as F\nexcept ImportError:\n    F = None\n',
    ),
    code('the branch of a guard that runs', 'if __name__ == "__main__":\n    pass\nelse:\n    x = 1\n'),
    code('a TYPE_CHECKING of its own', 'TYPE_CHECKING = True\nif TYPE_CHECKING:\n    x = 1\n'),
    code('a walrus', 'x = (y := 3)'),
    code('an item', 'table = {}\ntable["x"] = 1\n'),
    code('a statement in a class body', 'class A:\n    for i in range(3):\n        pass\n'),
    code('a with', 'with torch.no_grad():\n    x = 1\n'),
    code('del', 'x = 1\ndel x\n'),
    code('assert', 'assert torch'),
  ],
  'import-time-call': [
    code('a function of its own', 'def f():\n    return 1\nx = f()\n'),
    code('a class with a constructor', 'class A:\n    def __init__(self):\n        pass\nx = A()\n'),
    code('a decorator of its own', 'def install(f):\n    return f\n@install\ndef g():\n    pass\n'),
    code('a default', 'def f():\n    return 1\ndef g(x=f()):\n    pass\n'),
    code('handed to a builtin', 'def f(i):\n    return i\nx = list(map(f, [1]))\n'),
    code('a lambda called on the spot', 'x = (lambda: 1)()'),
    code('a method', 'class A:\n    def go(self):\n        pass\na = A()\nx = a.go()\n'),
    code('out of a table', 'def f():\n    return 1\nt = {"f": f}\nx = t["f"]()\n'),
    beside('imported', 'from other import f\nx = f()\n', { 'other.py': 'def f():\n    return 1\n' }),
    code('in a class body', 'def f():\n    return 1\nclass A:\n    x = f()\n'),
    code(
      'a metaclass',
      'class M(type):\n    def __new__(cls, *a):\n        return type.__new__(cls, *a)\nclass A(metaclass=M):\n    pass\n',
    ),
    code(
      'an enumeration with a constructor',
      'import enum\nclass E(enum.Enum):\n    A = 1\n    def __init__(self, v):\n        pass\n',
    ),
    code(
      'a property',
      'from dataclasses import dataclass\n@dataclass\nclass A:\n    @property\n    def x(self):\n        return 1\na = A()\nb = a.x\n',
    ),
    code(
      'an operator',
      'from dataclasses import dataclass\n@dataclass\nclass A:\n    def __add__(self, other):\n        return 1\na = A() + 1\n',
    ),
  ],
  'annotation-code': [
    code('a call', 'def f(x: print("hi")):\n    pass\n'),
    code('a lambda', 'x: (lambda: 1) = 1'),
    code('a comprehension as return type', 'def f() -> [i for i in range(3)]:\n    pass\n'),
    inFunction('of a variable', 'y: print(1) = 2'),
  ],
  'forbidden-import': [
    code('os', 'import os'),
    code('socket', 'import socket as s'),
    code('a submodule', 'import os.path'),
    code('from importlib', 'from importlib import import_module'),
    code('numpy', 'import numpy as np'),
    code('ctypes', 'from ctypes import CDLL'),
    inFunction('in a function', 'import subprocess\nreturn subprocess'),
    code('in dead code', 'def f():\n    if False:\n        import pickle\n'),
    code("the host's capture object", 'import prism_challenge.evaluator.capture'),
    code('an unknown name of the interface', 'from prism_challenge.evaluator.interface import dataclass'),
    code('our own host', 'from prism_host import learner'),
    code('the package that the project is loaded as', 'import prism_architecture'),
    code('random', 'import random'),
    code(
      'under another name of the interface',
      'from prism_challenge.evaluator import interface as i\ndef f():\n    return i.Any\n',
    ),
  ],
  'missing-module': [
    code('a relative module', 'from .layers import Block'),
    code('above the root', 'from ...layers import Block'),
    beside('a name that a module lacks', 'from layers import Block', { 'layers.py': 'x = 1' }),
    beside('a submodule that a package lacks', 'import nets.core', { 'nets/__init__.py': '' }),
  ],
  'star-import': [
    code('from torch', 'from torch import *'),
    beside('from a sibling', 'from layers import *', { 'layers.py': 'x = 1' }),
  ],
  'rebound-import': [
    code('a decoy module', 'torch = None'),
    code('a function of the same name', 'from math import sqrt\ndef sqrt(x):\n    return x\n'),
    code('two modules under one name', 'import math as m\nimport typing as m\n'),
    inFunction('in a function', 'import math\nmath = x\nreturn math'),
    code('by global', 'def f(x):\n    global nn\n    nn = x\n'),
  ],
  'forbidden-name': [
    inFunction('eval', 'return eval(x)'),
    inFunction('exec as a value', 'f = exec\nreturn f(x)'),
    inFunction('open in a table', 'return {"a": open}["a"](x)'),
    inFunction('compile', 'return compile(x, "", "exec")'),
    inFunction('__import__', 'return __import__("os")'),
    inFunction('globals', 'globals()["torch"] = x'),
    inFunction('locals', 'return locals()'),
    inFunction('vars', 'return vars(x)'),
    inFunction('breakpoint', 'breakpoint()'),
    inFunction('input', 'return input()'),
    inFunction('__builtins__', 'return __builtins__'),
    inFunction('exit', 'exit()'),
    code('as a default', 'def f(g=eval):\n    pass\n'),
    code('as a decorator', '@eval\ndef f():\n    pass\n'),
    code('fullwidth letters', 'def f(x):\n    return ｅｖａｌ(x)\n'),
    code('a module-level __getattr__', 'def __getattr__(name):\n    return name\n'),
    code('its own __name__', '__name__ = "__main__"'),
    code('a class that pickles itself', 'class A:\n    def __reduce__(self):\n        return print, ()\n'),
    code('a class that hooks into subclassing', 'class A:\n    def __init_subclass__(cls):\n        pass\n'),
    code('match arguments', 'class A:\n    __match_args__ = ("__class__",)\n'),
    code('an import as a dunder name', 'import math as __name__'),
  ],
  'dynamic-attribute': [
    inFunction('a computed name', 'return getattr(torch, "lo" + "ad")'),
    inFunction('getattr as a value', 'g = getattr\nreturn g(x, "y")'),
    inFunction('setattr', 'setattr(x, x, 1)'),
    inFunction('delattr', 'delattr(x, x)'),
    inFunction('through map', 'return list(map(getattr, [torch], ["load"]))'),
    inFunction('unpacked', 'return getattr(*x)'),
    inFunction('object.__setattr__', 'object.__setattr__(x, x, 1)'),
    inFunction('__setattr__ as a value', 's = object.__setattr__\ns(x, "y", 1)'),
    inFunction('a class pattern', 'match torch:\n    case object(load=found):\n        return found'),
  ],
  'forbidden-attribute': [
    inFunction('__class__', 'return x.__class__'),
    inFunction('the ladder to all classes', 'return ().__class__.__bases__[0].__subclasses__()'),
    inFunction('__globals__', 'return helper.__globals__'),
    inFunction('__dict__', 'torch.__dict__["load"]'),
    inFunction('by getattr', 'return getattr(x, "__code__")'),
    inFunction('a frame', 'g = (i for i in [1])\nreturn g.gi_frame.f_back'),
    inFunction('a traceback', 'try:\n    pass\nexcept Exception as e:\n    return e.__traceback__.tb_frame'),
    inFunction('os through anything', 'return [torch][0].os'),
    inFunction('from_file', 'return x.storage().from_file("/etc/passwd")'),
    inFunction('tofile', 'x.numpy().tofile("/tmp/x")'),
    inFunction('load_library', 'x.load_library("a.so")'),
    inFunction('__getattribute__', 'return object.__getattribute__(x, "y")'),
  ],
  'forbidden-api': [
    inFunction('torch.load', 'return torch.load("x")'),
    inFunction('torch.from_file on what the context names', 'return torch.from_file(x.data_dir)'),
    code('from torch import load', 'from torch import save as s'),
    code('torch.hub', 'import torch.hub'),
    code('cpp_extension', 'from torch.utils.cpp_extension import load_inline'),
    inFunction('a private module', 'return torch._C._get_tracing_state()'),
    inFunction('os through torch', 'return torch.os.system("id")'),
    inFunction('builtins through enum', 'import enum\nreturn enum.bltns.eval("1")'),
    inFunction('sys through typing', 'import typing\nreturn typing.sys.modules'),
    inFunction('through an alias', 't = torch\nreturn t.hub.load("a", "b")'),
    inFunction('through an argument', 'def g(m):\n    return m.load("x")\nreturn g(torch)'),
    code(
      'through an attribute',
      'class A:\n    def __init__(self):\n        self.t = torch\n    def go(self):\n        return self.t.load("x")\n',
    ),
    inFunction('through a list', 'ms = [nn, torch]\nfor m in ms:\n    m.save(x, "x")'),
    inFunction('by getattr', 'return getattr(torch, "load")("x")'),
    inFunction('torch through a module of torch', 'return nn.functional.torch.load("x")'),
    inFunction('evaluated annotations', 'import typing\nreturn typing.get_type_hints(x)'),
    inFunction('strings that are run', 'return torch.utils.benchmark.Timer("import os")'),
    inFunction('code from a graph', 'return torch.fx.GraphModule(x, x)'),
    code('data loaders with workers', 'from torch.utils.data import DataLoader'),
    code('processes', 'import torch.multiprocessing as mp'),
    inFunction('hooks on every module', 'nn.modules.module.register_module_forward_hook(x)'),
    inFunction('a way around assignment', 'from functools import wraps\nwraps(x)(torch.nn.functional)'),
    inFunction('hooks on every optimizer', 'torch.optim.optimizer.register_optimizer_step_pre_hook(x)'),
    inFunction('a compiler', 'return torch.compile(x)'),
    inFunction('JIT files', 'return torch.jit.load("x")'),
  ],
  'global-state': [
    inFunction('default dtype', 'torch.set_default_dtype(torch.float64)'),
    inFunction('threads', 'torch.set_num_threads(64)'),
    code('imported by name', 'from torch import use_deterministic_algorithms'),
    inFunction('through an alias', 't = torch\nt.set_default_device("meta")'),
    inFunction('of a backend', 'torch.backends.cudnn.set_flags(x)'),
  ],
  'format-attribute': [
    inFunction('a private attribute', 'return "{0.__class__}".format(x)'),
    inFunction('an item of one', 'return "{x[__init__]}".format(x=x)'),
    inFunction('a format that is not written out', 'return x.format(torch)'),
    inFunction('put together', 'return ("{0._" + "_class__}").format(x)'),
    inFunction('format_map', 'return x.format_map({})'),
  ],
  'monkey-patch': [
    inFunction('a function of torch', 'torch.nn.functional.cross_entropy = x'),
    inFunction('a method of a class of torch', 'nn.Module.__call__ = x'),
    inFunction('an alias', 'f = torch.nn.functional\nf.cross_entropy = x'),
    code('an imported alias', 'import torch.nn.functional as G\ndef f(x):\n    G.cross_entropy = x\n'),
    code('a top-level alias', 'G = torch.nn.functional\ndef f(x):\n    G.cross_entropy = x\n'),
    inFunction('a loop target', 'for torch.relu in [x]:\n    pass'),
    inFunction('a comprehension target', '[0 for torch.relu in [x]]'),
    inFunction('with as', 'with x as torch.relu:\n    pass'),
    inFunction('tuple unpacking', 'a, (torch.relu, *b) = 1, (x, 2)'),
    inFunction('augmented', 'torch.relu += x'),
    inFunction('annotated', 'torch.relu: int = x'),
    inFunction('del', 'del torch.relu'),
    inFunction('setattr', 'setattr(torch, "relu", x)'),
    inFunction('delattr', 'delattr(nn.Module, "forward")'),
    inFunction('type.__setattr__', 'type.__setattr__(nn.Linear, "forward", x)'),
    inFunction('an item of a table in torch', 'torch.nn.modules.activation.x["a"] = 1'),
    inFunction('a method that changes one', 'torch.serialization_registry.append(x)'),
    inFunction('out of a tuple', 'a, b = torch, nn\nb.functional.relu = x'),
    inFunction('out of a dict', 'd = {"f": torch.nn.functional}\nd["f"].relu = x'),
    inFunction('out of next(iter())', 'm = next(iter([torch.nn.functional]))\nm.relu = x'),
    inFunction('through an argument', 'def patch(m):\n    m.relu = x\npatch(torch)'),
    inFunction('through a keyword', 'def patch(*, m=None):\n    m.relu = x\npatch(m=torch)'),
    inFunction('through *args', 'def patch(*ms):\n    ms[0].relu = x\npatch(torch)'),
    inFunction('through a return', 'def get():\n    return torch\nget().relu = x'),
    inFunction('through a lambda', 'get = lambda: torch\nget().relu = x'),
    inFunction('through a conditional', 'm = x if x else torch\nm.relu = x'),
    inFunction('through a walrus', '(m := torch).relu = x'),
    inFunction('through a closure', 'm = torch\ndef inner():\n    m.relu = x\ninner()'),
    inFunction('through a default', 'def patch(m=torch):\n    m.relu = x\npatch()'),
    inFunction('through match', 'match torch:\n    case m:\n        m.relu = x'),
    inFunction('through an append', 'ms = []\nms.append(torch)\nms[0].relu = x'),
    inFunction('through partial', 'from functools import partial\nm = partial(torch.relu)\nm.x = 1'),
    inFunction('the class of an instance', 'type(x).forward = 1'),
    code(
      'through an attribute',
      'class A:\n    def __init__(self):\n        self.m = torch\n    def go(self, x):\n        self.m.relu = x\n',
    ),
    code(
      'through a method call on an unknown object',
      'class A:\n    def take(self, m):\n        m.relu = 1\ndef f(x):\n    x.take(torch)\n',
    ),
    code('through a global', 'm = None\ndef f():\n    global m\n    m = torch\ndef g(x):\n    m.relu = x\n'),
    beside('through a sibling', 'import other\ndef f(x):\n    other.torch.relu = x\n', {
      'other.py': 'import torch',
    }),
    beside('a module of its own', 'import other\ndef f(x):\n    other.y = x\n', { 'other.py': 'y = 1' }),
    code('a class of its own', 'class A:\n    def go(self):\n        return 1\ndef f(x):\n    A.go = x\n'),
    code('a class of its own by setattr', 'class A:\n    pass\ndef f(x):\n    setattr(A, "go", x)\n'),
    code('a function of its own', 'def f():\n    f.calls = 1\n'),
    inFunction('the backends', 'torch.backends.cudnn.benchmark = True'),
    code(
      'the context class',
      'from prism_challenge.evaluator.interface import PrismContext\ndef f():\n    PrismContext.seed = 1\n',
    ),
    inFunction('a mask over getattr', 'getattr(torch, "nn").functional.relu = x'),
    inFunction(
      'the object of an exception',
      'try:\n    torch.nothing\nexcept AttributeError as e:\n    m = e.obj\n    m.relu = x',
    ),
    inFunction('through map and a lambda', 'list(map(lambda m: setattr(m, "relu", x), [torch]))'),
    inFunction('through reduce', 'import functools\nfunctools.reduce(lambda a, b: b, [x, torch]).relu = x'),
    inFunction('through zip', 'for (m,) in zip([torch]):\n    m.relu = x'),
    inFunction(
      'through nullcontext',
      'import contextlib\nwith contextlib.nullcontext(torch) as m:\n    m.relu = x',
    ),
    inFunction(
      'through an exit stack',
      'import contextlib\nwith contextlib.ExitStack() as s:\n    m = s.enter_context(contextlib.nullcontext(torch))\n    m.relu = x',
    ),
    inFunction(
      'through a callback',
      'import contextlib\nwith contextlib.ExitStack() as s:\n    s.callback(lambda m: setattr(m, "relu", x), torch)',
    ),
    inFunction(
      'through a named tuple',
      'from collections import namedtuple\nP = namedtuple("P", "m")\nP(torch).m.relu = x',
    ),
    inFunction('through a generator', 'def g():\n    yield torch\nnext(g()).relu = x'),
    inFunction(
      'a dataclass made of a class of torch',
      'import dataclasses\ndataclasses.dataclass(nn.Linear)',
    ),
    code(
      'through a property',
      'class A:\n    @property\n    def m(self):\n        return torch\n    def go(self, x):\n        self.m.relu = x\n',
    ),
    code(
      'through iteration of its own',
      'class A:\n    def __iter__(self):\n        yield torch\ndef f(x):\n    for m in A():\n        m.relu = x\n',
    ),
    code(
      'through an item of its own',
      'class A:\n    def __getitem__(self, i):\n        return torch\ndef f(x):\n    A()[0].relu = x\n',
    ),
    code(
      'through a context of its own',
      'class A:\n    def __enter__(self):\n        return torch\n    def __exit__(self, *e):\n        pass\ndef f(x):\n    with A() as m:\n        m.relu = x\n',
    ),
    code(
      'through an operator of its own',
      'class A:\n    def __add__(self, other):\n        return torch\ndef f(x):\n    (A() + 1).relu = x\n',
    ),
    code(
      'through __getattr__ of its own',
      'class A:\n    def __getattr__(self, name):\n        return torch\ndef f(x):\n    A().anything.relu = x\n',
    ),
    code(
      'through an enumeration',
      'import enum\nclass E(enum.Enum):\n    T = torch\ndef f(x):\n    E.T.value.relu = x\n',
    ),
    inFunction('through iteration of a dict', 'for name, m in {"a": torch}.items():\n    m.relu = x'),
  ],
};

export const warned: { readonly [rule: string]: readonly Case[] } = {
  'hook-ignored': [
    ['a recipe in an architecture', withCode(''), { kind: 'architecture_only' }],
    [
      'a hook in an architecture',
      withCode('def compute_loss(model, batch, ctx):\n    return 1\n'),
      { kind: 'architecture_only' },
    ],
  ],
  'payload-constant': [
    code('a long string', `WEIGHTS = "${'QUJD'.repeat(600)}"`),
    code('bytes', `WEIGHTS = b"${'A'.repeat(2_100)}"`),
    code('a table', `WEIGHTS = [${'0.25,'.repeat(300)}]`),
    code('nested', `def f():\n    return {"w": [${'(1, -2),'.repeat(300)}]}\n`),
    code('a long number', `N = 0x${'f'.repeat(4_200)}`),
  ],
};

export const harmless: { readonly [rule: string]: readonly Case[] } = {
  'missing-file': [
    ['entrypoints in folders', { 'src/model.py': CONTRACT }, { architecture: 'src/model.py' }],
  ],
  encoding: [
    whole(
      'UTF-8 with a byte order mark and a coding line',
      `\ufeff# -*- coding: utf-8 -*-\n# Zürich 数\n${CONTRACT}`,
    ),
  ],
  'hidden-characters': [
    whole('Windows line ends and tabs', CONTRACT.replaceAll('\n', '\r\n').replaceAll('    ', '\t')),
  ],
  syntax: [
    code(
      'what Python 3.11 has',
      'def f(x, /, *, y=1):\n    match x:\n        case [1, *rest]:\n            return rest\n        case {"a": a, **others}:\n            return a, others\n        case None | True:\n            pass\n    try:\n        pass\n    except* ValueError:\n        pass\n    return f"{x!r:>{y}}" + (z := "a")\n',
    ),
  ],
  'too-complex': [
    code(
      'deep enough for people',
      `x = ${'['.repeat(60)}1${']'.repeat(60)}\ny = ${Array(80).fill('1').join(' + ')}\n`,
    ),
  ],
  'module-name': [
    beside('folders without __init__', 'from nets.core import x', {
      'nets/core.py': 'from . import deep\nx = deep.y',
      'nets/deep.py': 'y = 1',
      'my-notes.py': '',
    }),
  ],
  shadowing: [
    beside('names that only look like it', 'import layers, torch_utils, data', {
      'layers.py': '',
      'torch_utils.py': '',
      'data/__init__.py': '',
      'model_types.py': '',
    }),
  ],
  'contract-missing': [
    [
      'get_recipe and a hook imported into the entrypoint',
      {
        ...{
          'model.py':
            'from recipe import get_recipe, my_loss as compute_loss\ndef build_model(ctx):\n    return 1\n',
        },
        'recipe.py': 'def get_recipe(ctx):\n    return {}\ndef my_loss(model, batch, ctx):\n    return 1\n',
      },
    ],
    [
      'get_recipe beside the architecture',
      { 'model.py': CONTRACT, 'train.py': 'def train_step(model, batch, optimizer, ctx):\n    return 1\n' },
      { training: 'train.py' },
    ],
    [
      'no recipe for an architecture',
      { 'model.py': 'def build_model(ctx):\n    return 1\n' },
      { kind: 'architecture_only' },
    ],
  ],
  'contract-signature': [
    whole(
      'other names, defaults, positional-only, a decorator',
      'import torch\ndef build_model(context, /):\n    return 1\ndef get_recipe(c=None):\n    return {}\n@torch.no_grad()\ndef infer(m, b, c):\n    return (i for i in [1])\n',
    ),
  ],
  'hook-ignored': [
    [
      'an architecture alone',
      { 'model.py': 'def build_model(ctx):\n    return 1\n' },
      { kind: 'architecture_only' },
    ],
  ],
  'top-level-code': [
    code(
      'constants, classes and guards',
      '"""Doc."""\nfrom typing import TYPE_CHECKING, TypeVar\nif TYPE_CHECKING:\n    import os\nT = TypeVar("T")\nA, B = 1, [2]\nC: int = 3\nC += 1\nD = torch.arange(4).float()\n"a note"\nif __name__ == "__main__":\n    open("x")\n',
    ),
  ],
  'import-time-call': [
    code(
      'calls of outside things and records',
      'from dataclasses import dataclass, field\nfrom functools import lru_cache, partial\n@dataclass\nclass A:\n    x: int = 1\n    y: list = field(default_factory=list)\ndef f(x):\n    return x\nG = partial(f, 1)\nH = {"f": f, "g": lambda x: f(x)}\nDEFAULT = A(x=2)\nNAMES = "a b".split()\n@lru_cache(maxsize=None)\ndef g(x):\n    return x\n',
    ),
  ],
  'annotation-code': [
    code(
      'types',
      'from typing import Literal, Optional, Tuple\nx: "Optional[int]" = 1\ndef f(a: Tuple[int, ...], b: int | None, c: Literal["x", -1], *d: float) -> "list[nn.Module]":\n    y: nn.Module\n    return a\n',
    ),
  ],
  'forbidden-import': [
    code(
      'everything allowed',
      'from __future__ import annotations\nimport abc, collections.abc, contextlib, dataclasses, enum, functools, itertools, math, typing\nimport torch.nn.functional as F, torch.optim.lr_scheduler\nfrom torch.utils.checkpoint import checkpoint\nfrom prism_challenge.evaluator import interface\nfrom prism_challenge.evaluator.interface import PrismBatch, PrismContext, TrainingRecipe\nimport prism_challenge.evaluator.interface as i\ndef f(): return interface.TrainingRecipe(), i.PrismContext\n',
    ),
  ],
  'missing-module': [
    beside(
      'relative and absolute',
      'from .nets import core\nfrom nets.core import x\nimport nets.core as c\n',
      { 'nets/core.py': 'from ..other import y\nx = y', 'other.py': 'y = 1' },
    ),
  ],
  'star-import': [beside('names', 'from layers import a, b', { 'layers.py': 'a = b = 1' })],
  'rebound-import': [
    code(
      'the same twice, and another scope',
      'import torch\nimport torch.nn\ndef f(nn):\n    import math\n    torch = nn\n    return torch, math\n',
    ),
  ],
  'forbidden-name': [
    code(
      'its own things of these names',
      'def compile(x):\n    return x\nclass A(nn.Module):\n    def forward(self, input):\n        vars = compile(input)\n        print(vars, __name__, __debug__)\n        return vars\n    def __repr__(self):\n        return "A"\n    def open(self):\n        return self.eval()\n',
    ),
  ],
  'dynamic-attribute': [
    inFunction(
      'names written out',
      'setattr(x, "step", getattr(x, "step", 0) + 1)\nobject.__setattr__(x, "y", 1)\nreturn hasattr(x, "y") and hasattr(x, str(x))',
    ),
  ],
  'forbidden-attribute': [
    inFunction(
      'ordinary dunders and names',
      'print(type(x).__name__, x.__len__(), x.system_size, x._modules, x.version)\nreturn x.remove(1)',
    ),
  ],
  'forbidden-api': [
    inFunction(
      'what a model needs',
      'from torch.utils.checkpoint import checkpoint\nfrom torch.nn.utils import clip_grad_norm_\ntorch.manual_seed(1)\nwith torch.autocast("cpu"), torch.random.fork_rng():\n    y = checkpoint(x, torch.select(x, 0, 1))\nreturn torch.jit.script(x), torch.cuda.is_available(), x.load(), x.save(), torch.backends.mkldnn.is_available(), y',
    ),
  ],
  'global-state': [
    inFunction(
      'local choices',
      'with torch.set_grad_enabled(False):\n    return torch.zeros(1, dtype=torch.float64)',
    ),
  ],
  'format-attribute': [
    inFunction('fields and f-strings', 'return "{} {0[name]} {x.shape}".format(x) + f"{x.shape}"'),
  ],
  'monkey-patch': [
    inFunction(
      'its own instances',
      'layer = nn.Linear(1, 1)\nlayer.weight.data = x\nlayer.forward = x\nlayer.bias = None\nfor p in layer.parameters():\n    p.requires_grad = False\n    p.grad = None\nopt = torch.optim.SGD([x], lr=1)\nopt.param_groups[0]["lr"] = 2\nx.table["a"] = nn.ReLU\nnames = {"relu": torch.relu}\nnames["gelu"] = nn.functional.gelu\nnames.update(tanh=torch.tanh)\nlist_ = [nn.ReLU]\nlist_.append(nn.GELU)',
    ),
    code(
      'factories',
      'class A(nn.Module):\n    def __init__(self, norm=nn.LayerNorm, act=nn.functional.gelu):\n        super().__init__()\n        self.norm, self.act = norm(4, dtype=torch.float32), act\n        self.norm.eps = 1e-3\n        self.norm.weight.requires_grad = False\n        self.count = 0\n        self.count += 1\n        self.cache = {}\n        self.cache["x"] = self\n',
    ),
  ],
  'payload-constant': [
    code(
      'a docstring and a table of expressions',
      `def f(x):\n    """${'long '.repeat(600)}"""\n    return [${'x + 1, '.repeat(400)}]\n`,
    ),
  ],
};
