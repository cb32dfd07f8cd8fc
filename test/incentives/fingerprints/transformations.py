"""
What somebody does to another's project to make it look new, each under its name: from files to files, the same computation (but for the last
few, which change sizes). Reads one project a line on standard input and answers with all its copies.
"""

import ast
import copy
import io
import json
import re
import sys
import tokenize

from rewriting import (FUNCTIONS, INNER, after_docstring, after_imports, blocks, expression, functions, local_names, methods, on_nodes,
                       on_trees, own_names, parsed, printed, renamed, replaced, statements)  # fmt: skip

ALL = {}


def named(name):
    def keep(function):
        ALL[name] = function
        return function

    return keep


def in_trees(name):
    def keep(change):
        ALL[name] = on_trees(change)
        return change

    return keep


def in_nodes(name, kind):
    def keep(change):
        ALL[name] = on_nodes(kind, change)
        return change

    return keep


# Names

ALL["rename variables and parameters"] = renamed("variable")
ALL["rename functions"] = renamed("function")
ALL["rename classes"] = renamed("class")
ALL["rename attributes and methods"] = renamed("attribute")
ALL["rename everything"] = renamed("variable", "function", "class", "attribute")


@named("move to another path")
def _(files):
    return {f"deep/{path}": text for path, text in files.items()}


@named("everything renamed, reordered and documented")
def _(files):
    for name in ("rename everything", "reorder definitions", "reorder methods", "reorder keyword arguments", "docstrings", "unused helpers"):
        files = ALL[name](files)
    return files


# Order


@in_trees("reorder definitions")
def _(tree):
    moved = [node for node in tree.body if isinstance(node, (*FUNCTIONS, ast.ClassDef))]
    rest = [node for node in tree.body if node not in moved]
    tree.body = rest + moved[::-1]


@in_trees("reorder imports")
def _(tree):
    where = [index for index, node in enumerate(tree.body) if isinstance(node, (ast.Import, ast.ImportFrom))]
    nodes = [tree.body[index] for index in where]
    for index, node in zip(where, nodes[::-1]):
        tree.body[index] = node


@in_nodes("reorder methods", ast.ClassDef)
def _(node):
    own = [one for one in node.body if isinstance(one, FUNCTIONS)]
    node.body = [one for one in node.body if one not in own] + own[::-1]


@in_nodes("reorder keyword arguments", ast.Call)
def _(node):
    node.keywords.reverse()


# Spelling


@in_trees("print anew, without comments")
def _(tree):
    pass


@named("comments, blank lines and wide indents")
def _(files):
    return {path: re.sub(r"(?m)^(\s*)(\S.*)$", r"\1\1\2  # note", text).replace("\n", "\n\n") for path, text in _plain(files).items()}


def _plain(files):
    """One statement a line, and no text over several."""
    trees = parsed(files)
    for tree in trees.values():
        for node in ast.walk(tree):
            if isinstance(node, (ast.Module, *FUNCTIONS, ast.ClassDef)) and after_docstring(node.body) and len(node.body) > 1:
                node.body = node.body[1:]
    return printed(trees)


@named("Windows line ends and tabs")
def _(files):
    return {path: text.replace("    ", "\t").replace("\n", "\r\n") for path, text in files.items()}


@in_trees("docstrings")
def _(tree):
    for node in [tree, *(one for one in ast.walk(tree) if isinstance(one, (*FUNCTIONS, ast.ClassDef)))]:
        node.body[: after_docstring(node.body)] = statements('"""All of this is mine."""')


@in_trees("type annotations")
def _(tree):
    for node in functions(tree):
        node.returns = expression("'object'")
        for argument in [*node.args.args, *node.args.kwonlyargs]:
            argument.annotation = expression("'object'")


@named("annotated assignments")
def _(files):
    def change(node):
        if len(node.targets) == 1 and isinstance(node.targets[0], (ast.Name, ast.Attribute)):
            return ast.AnnAssign(node.targets[0], expression("object"), node.value, int(isinstance(node.targets[0], ast.Name)))
        return None

    return on_nodes(ast.Assign, change)(files)


@named("other quotes")
def _(files):
    return {path: _tokens(text, tokenize.STRING, _other_quotes) for path, text in files.items()}


def _other_quotes(text):
    return f"'''{text[1:-1]}'''" if text[0] == '"' and text[:3] != '"""' and "\\" not in text else text


@named("numbers spelled otherwise")
def _(files):
    return {path: _tokens(text, tokenize.NUMBER, _other_number) for path, text in files.items()}


def _other_number(text):
    if text.isdigit():
        return hex(int(text))
    return f"{float(text):.17e}" if "." in text or "e" in text else text


def _tokens(text, kind, change):
    found = list(tokenize.generate_tokens(io.StringIO(text).readline))
    lines = text.splitlines(keepends=True)
    for token in reversed(found):
        if token.type == kind and token.start[0] == token.end[0]:
            row, line = token.start[0] - 1, lines[token.start[0] - 1]
            lines[row] = line[: token.start[1]] + change(token.string) + line[token.end[1] :]
    return "".join(lines)


@named("brackets around every value")
def _(files):
    return {path: _bracketed(text) for path, text in files.items()}


def _bracketed(text):
    lines = text.splitlines(keepends=True)
    values = [one.value for one in ast.walk(ast.parse(text)) if isinstance(one, (ast.Return, ast.Assign, ast.AugAssign)) and one.value]
    for node in sorted(values, key=lambda one: (one.lineno, one.col_offset), reverse=True):
        if node.lineno == node.end_lineno:
            line = lines[node.lineno - 1]
            lines[node.lineno - 1] = f"{line[:node.col_offset]}(({line[node.col_offset:node.end_col_offset]})){line[node.end_col_offset:]}"
    return "".join(lines)


@in_nodes("x += y as x = x + y", ast.AugAssign)
def _(node):
    read = copy.deepcopy(node.target)
    read.ctx = ast.Load()
    return ast.Assign([node.target], ast.BinOp(read, node.op, node.value), lineno=1)


@in_nodes("x = x + y as x += y", ast.Assign)
def _(node):
    value = node.value
    if isinstance(value, ast.BinOp) and len(node.targets) == 1 and ast.unparse(node.targets[0]) == ast.unparse(value.left):
        return ast.AugAssign(node.targets[0], value.op, value.right)
    return None


@in_nodes("mirrored comparisons", ast.Compare)
def _(node):
    mirror = {ast.Lt: ast.Gt, ast.Gt: ast.Lt, ast.LtE: ast.GtE, ast.GtE: ast.LtE}
    kind = mirror.get(type(node.ops[0]))
    return ast.Compare(node.comparators[0], [kind()], [node.left]) if kind and len(node.ops) == 1 else None


@in_nodes("super() with its arguments", ast.ClassDef)
def _(node):
    for one in ast.walk(node):
        if isinstance(one, ast.Call) and ast.unparse(one) == "super()":
            one.args = [expression(node.name), expression("self")]


@in_nodes("other messages of exceptions", ast.Raise)
def _(node):
    return ast.parse(f"raise {ast.unparse(node.exc.func)}('no: {{}}'.format('wrong'))").body[0] if isinstance(node.exc, ast.Call) else None


# Imports


@named("torch.nn by its full name")
def _(files):
    return {path: _imports(text, {"nn": "torch.nn", "F": "torch.nn.functional"}) for path, text in files.items()}


@named("names imported one by one")
def _(files):
    def direct(text):
        used = sorted(set(re.findall(r"\bnn\.([A-Z]\w+)", text)))
        text = re.sub(r"\bnn\.([A-Z]\w+)", r"Its\1", text)
        return "".join(f"from torch.nn import {one} as Its{one}\n" for one in used) + text

    return {path: direct(text) for path, text in _plain(files).items()}


@named("import ... as")
def _(files):
    return {path: _imports(text, {"nn": "layers_", "F": "functions_"}) for path, text in files.items()}


def _imports(text, names):
    tree = ast.parse(text)
    kept = []
    for node in tree.body:
        bound = [one.asname or one.name for one in node.names] if isinstance(node, (ast.Import, ast.ImportFrom)) else []
        kept += [] if bound in (["nn"], ["F"]) else [node]
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in names:
            node.id = names[node.id]
    dotted = any("." in one for one in names.values())
    head = "import torch.nn\nimport torch.nn.functional\n" if dotted else f"import torch.nn as {names['nn']}\nimport torch.nn.functional as {names['F']}\n"
    tree.body = [*statements(head), *kept[after_docstring(kept) :]]
    return ast.unparse(ast.fix_missing_locations(tree)) + "\n"


@in_trees("an alias of torch's names")
def _(tree):
    if not any(isinstance(one, ast.Attribute) and ast.unparse(one) == "nn.Linear" for one in ast.walk(tree)):
        return
    for node in ast.walk(tree):
        for name, value in ast.iter_fields(node):
            values = value if isinstance(value, list) else [value]
            if any(isinstance(one, ast.Attribute) and ast.unparse(one) == "nn.Linear" for one in values):
                made = [ast.Name("Dense", ast.Load()) if isinstance(one, ast.Attribute) and ast.unparse(one) == "nn.Linear" else one for one in values]
                setattr(node, name, made if isinstance(value, list) else made[0])
    tree.body[after_imports(tree) : after_imports(tree)] = statements("Dense = nn.Linear")


@in_trees("unused imports")
def _(tree):
    tree.body[after_docstring(tree.body) : after_docstring(tree.body)] = statements("import itertools\nfrom collections import deque as queue")


# Code that does nothing


@in_trees("unused helpers")
def _(tree):
    tree.body += statements("def spare(x):\n    return [one * 2 for one in x]\n\nSPARE = 3")


@in_trees("unused classes")
def _(tree):
    tree.body[after_imports(tree) : after_imports(tree)] = statements("class Spare:\n    def forward(self, x):\n        return x * 3")


@in_nodes("unused methods", ast.ClassDef)
def _(node):
    node.body += statements("def spare_method(self, x):\n    return self.spare_method(x * 2)")


@in_trees("dead branches")
def _(tree):
    for node in functions(tree):
        node.body[after_docstring(node.body) :] = [*statements("if False:\n    print(1)\nwhile 0:\n    print(2)"), *node.body[after_docstring(node.body) :]]


@in_trees("code behind a return")
def _(tree):
    for node in functions(tree):
        node.body += statements("print(3)\nspare = 4") if isinstance(node.body[-1], ast.Return) else []


@in_trees("pass and bare constants")
def _(tree):
    for block in blocks(tree):
        block[:] = [one for statement in block for one in [*statements("pass\n7"), statement]]


@in_trees("unused variables")
def _(tree):
    for node in functions(tree):
        node.body[:0] = statements("spare_number = 17\nspare_pair = (spare_number, 'x')")


@in_trees("unused inner functions")
def _(tree):
    for node in functions(tree):
        node.body[:0] = statements("def spare_inner(a, b=2):\n    return a ** b")


@in_trees("assertions")
def _(tree):
    for node in methods(tree):
        node.body[:0] = statements("assert self is not None, 'never'")


@in_trees("return at the end of what returns nothing")
def _(tree):
    for node in functions(tree):
        if not any(isinstance(one, ast.Return) for one in ast.walk(node)):
            node.body += statements("return None")


@in_trees("guards for type checkers and shells")
def _(tree):
    where = after_imports(tree)
    tree.body[where:where] = statements("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import abc")
    tree.body += statements("if __name__ == '__main__':\n    print(build_model)")


@in_nodes("a description for people", ast.ClassDef)
def _(node):
    if any(isinstance(one, FUNCTIONS) and one.name == "forward" for one in node.body):
        node.body += statements("def extra_repr(self):\n    return 'mine'")


@in_trees("printing")
def _(tree):
    for node in methods(tree):
        node.body[after_docstring(node.body) : after_docstring(node.body)] = statements("print('here', 1)")


@in_trees("unused parameters with defaults")
def _(tree):
    for node in [one for one in functions(tree) if one.name not in ("build_model", "get_recipe")]:
        node.args.args += [ast.arg("verbose")]
        node.args.defaults += [expression("False")]


# How it is cut into pieces


@in_trees("name the result before it is returned")
def _(tree):
    for block in blocks(tree):
        block[:] = [one for statement in block for one in _returned_by_name(statement)]


def _returned_by_name(node):
    if isinstance(node, ast.Return) and node.value is not None:
        return [ast.Assign([ast.Name("outcome", ast.Store())], node.value, lineno=1), ast.Return(ast.Name("outcome", ast.Load()))]
    return [node]


@in_trees("name what is passed on")
def _(tree):
    for function in functions(tree):
        count = 0
        for block in blocks(ast.Module([function], [])):
            new = []
            for statement in block:
                value = getattr(statement, "value", None) if isinstance(statement, (ast.Return, ast.Assign)) else None
                if isinstance(value, ast.Call) and value.args and isinstance(value.args[0], ast.Call):
                    name, count = f"part_{count}", count + 1
                    new.append(ast.Assign([ast.Name(name, ast.Store())], value.args[0], lineno=1))
                    value.args[0] = ast.Name(name, ast.Load())
                new.append(statement)
            block[:] = new


@in_trees("fold variables that are used at once")
def _(tree):
    for block in blocks(tree):
        index = 0
        while index + 1 < len(block):
            one, following = block[index], block[index + 1]
            target = one.targets[0] if isinstance(one, ast.Assign) and len(one.targets) == 1 else None
            if isinstance(target, ast.Name) and isinstance(following, (ast.Return, ast.Assign)) and _only_use(tree, block, target.id, following):
                following.value = replaced(following.value, {target.id: one.value})
                del block[index]
                index = max(0, index - 1)
            else:
                index += 1


def _only_use(tree, block, name, following):
    function = next(one for one in functions(tree) if any(each is block for each in blocks(ast.Module([one], []))) or one.body is block)
    uses = [one for one in ast.walk(function) if isinstance(one, ast.Name) and one.id == name]
    inner = [one for part in ast.walk(following.value) if isinstance(part, INNER) for one in ast.walk(part)]
    loads = [one for one in ast.walk(following.value) if isinstance(one, ast.Name) and one.id == name]
    return len(uses) == 2 and len(loads) == 1 and loads[0] not in inner


@in_trees("short names for self's attributes")
def _(tree):
    for node in methods(tree):
        stored = {one.attr for one in ast.walk(node) if isinstance(one, ast.Attribute) and isinstance(one.ctx, ast.Store)}
        used = [one for one in ast.walk(node) if isinstance(one, ast.Attribute) and ast.unparse(one.value) == "self" and one.attr not in stored]
        if node.name == "__init__" or not used:
            continue
        names = {one.attr: f"my_{one.attr}" for one in used}
        for one in ast.walk(node):
            for name, value in ast.iter_fields(one):
                values = value if isinstance(value, list) else [value]
                made = [ast.Name(names[each.attr], ast.Load()) if each in used else each for each in values]
                if made != values:
                    setattr(one, name, made if isinstance(value, list) else made[0])
        node.body[:0] = [statement for old, new in names.items() for statement in statements(f"{new} = self.{old}")]


@in_trees("constants written out")
def _(tree):
    values = {one.targets[0].id: one.value for one in tree.body if isinstance(one, ast.Assign) and isinstance(one.value, ast.Constant)}
    tree.body = [replaced(one, {} if isinstance(one, ast.Assign) else values) for one in tree.body]
    tree.body = [one for one in tree.body if not (isinstance(one, ast.Assign) and isinstance(one.value, ast.Constant))]


@in_trees("constants named")
def _(tree):
    names = {}
    for node in functions(tree):
        for one in ast.walk(node):
            for name, value in ast.iter_fields(one):
                values = value if isinstance(value, list) else [value]
                made = [_constant_name(each, names) for each in values]
                if any(new is not old for new, old in zip(made, values)):
                    setattr(one, name, made if isinstance(value, list) else made[0])
    tree.body[after_imports(tree) : after_imports(tree)] = [one for text, name in names.items() for one in statements(f"{name} = {text}")]


def _constant_name(node, names):
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        return ast.Name(names.setdefault(repr(node.value), f"NUMBER_{len(names)}"), ast.Load())
    return node


@in_trees("functions as lambdas")
def _(tree):
    tree.body = [_as_lambda(one) if _is_small(one) else one for one in tree.body]


def _is_small(node):
    return isinstance(node, FUNCTIONS) and node.name not in ("build_model", "get_recipe") and len(node.body) == 1 and isinstance(node.body[0], ast.Return)


def _as_lambda(node):
    return ast.Assign([ast.Name(node.name, ast.Store())], ast.Lambda(node.args, node.body[0].value), lineno=1)


@in_trees("small functions written out")
def _(tree):
    small = {one.name: one for one in tree.body if _is_small(one) and one.args.args}

    class Visitor(ast.NodeTransformer):
        def visit_Call(self, node):
            self.generic_visit(node)
            function = small.get(node.func.id) if isinstance(node.func, ast.Name) else None
            if function is None or node.keywords or not _can_stand_in(function, node.args):
                return node
            return replaced(function.body[0].value, dict(zip([one.arg for one in function.args.args], node.args)))

    Visitor().visit(tree)


def _can_stand_in(function, given):
    names = [one.id for one in ast.walk(function.body[0].value) if isinstance(one, ast.Name)]
    once = [names.count(one.arg) <= 1 for one in function.args.args]
    return all(few or isinstance(one, (ast.Name, ast.Attribute, ast.Constant)) for few, one in zip(once, given))


@in_trees("what is returned as a function of its own")
def _(tree):
    made = []
    globals_ = {name for one in tree.body for name in _bound(one)}
    for node in methods(tree):
        last = node.body[-1]
        if isinstance(last, ast.Return) and not any(isinstance(one, ast.Name) and one.id == "super" for one in ast.walk(last.value)):
            names = [one for one in local_names(last.value) if one not in globals_]
            made += statements(f"def piece_{len(made)}({', '.join(names)}):\n    return {ast.unparse(last.value)}")
            last.value = expression(f"piece_{len(made) - 1}({', '.join(names)})")
    tree.body += made


def _bound(node):
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return [one.asname or one.name.split(".")[0] for one in node.names]
    if isinstance(node, ast.Assign):
        return [one.id for target in node.targets for one in ast.walk(target) if isinstance(one, ast.Name)]
    return [node.name] if isinstance(node, (*FUNCTIONS, ast.ClassDef)) else []


@in_trees("what is returned as a method of its own")
def _(tree):
    globals_ = {name for one in tree.body for name in _bound(one)}
    for cls in [one for one in tree.body if isinstance(one, ast.ClassDef)]:
        for node in [one for one in cls.body if isinstance(one, FUNCTIONS)]:
            last = node.body[-1]
            if isinstance(last, ast.Return) and node.name == "forward":
                names = [one for one in local_names(last.value) if one not in globals_ and one != "self"]
                cls.body += statements(f"def finish(self, {', '.join(names)}):\n    return {ast.unparse(last.value)}")
                last.value = expression(f"self.finish({', '.join(names)})")


@in_trees("methods as static functions")
def _(tree):
    moved = [one for one in tree.body if _is_small(one)]
    tree.body = [one for one in tree.body if one not in moved]
    for one in moved:
        one.decorator_list = [expression("staticmethod")]
    if moved:
        tree.body[after_imports(tree) : after_imports(tree)] = [ast.ClassDef("Tools", [], [], moved, [])]
        mapping = {one.name: expression(f"Tools.{one.name}") for one in moved}
        tree.body = [replaced(one, mapping) for one in tree.body]


@in_trees("several assignments in one")
def _(tree):
    for block in blocks(tree):
        index = 0
        while index + 1 < len(block):
            one, other = block[index], block[index + 1]
            if all(isinstance(each, ast.Assign) and len(each.targets) == 1 for each in (one, other)) and _apart(one, other):
                targets = ast.Tuple([one.targets[0], other.targets[0]], ast.Store())
                block[index : index + 2] = [ast.Assign([targets], ast.Tuple([one.value, other.value], ast.Load()), lineno=1)]
            index += 1


def _apart(one, other):
    written = ast.unparse(one.targets[0])
    return "(" not in written and "," not in written and written not in ast.unparse(other.value) and "," not in ast.unparse(other.targets[0])


@in_nodes("own arguments by position", ast.Call)
def _(node):
    if isinstance(node.func, ast.Name) and node.func.id[:1].isupper():
        node.args, node.keywords = [*node.args, *(one.value for one in node.keywords)], []


@named("own arguments by keyword")
def _(files):
    trees = parsed(files)
    taken = {}
    for tree in trees.values():
        for node in tree.body:
            if isinstance(node, ast.ClassDef):
                makers = [one for one in node.body if isinstance(one, FUNCTIONS) and one.name == "__init__"]
                taken[node.name] = [one.arg for one in makers[0].args.args[1:]] if makers else []
            elif isinstance(node, FUNCTIONS):
                taken[node.name] = [one.arg for one in node.args.args]
    for tree in trees.values():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and len(taken.get(node.func.id, [])) >= len(node.args) > 0:
                node.keywords = [*(ast.keyword(name, one) for name, one in zip(taken[node.func.id], node.args)), *node.keywords]
                node.args = []
    return printed(trees)


@in_trees("a model around the model")
def _(tree):
    for node in tree.body:
        if isinstance(node, FUNCTIONS) and node.name == "build_model":
            node.body[-1].value = ast.Call(expression("Shell"), [node.body[-1].value], [])
            tree.body += statements(
                "class Shell(nn.Module):\n    def __init__(self, inner):\n        super().__init__()\n        self.inner = inner\n"
                "    def forward(self, tokens):\n        return self.inner(tokens)"
            )
            return


@in_trees("a subclass of the model's classes")
def _(tree):
    own = {node.name for node in tree.body if isinstance(node, ast.ClassDef)}
    mapping = {name: ast.Name(f"My{name}", ast.Load()) for name in own}
    tree.body = [one if isinstance(one, (ast.Import, ast.ImportFrom)) else _made_elsewhere(one, mapping) for one in tree.body]
    tree.body += [one for name in sorted(own) for one in statements(f"class My{name}({name}):\n    pass")]


def _made_elsewhere(node, mapping):
    return node if isinstance(node, ast.ClassDef) and node.bases and ast.unparse(node.bases[0]) in mapping else replaced(node, mapping)


@named("classes in a file of their own")
def _(files):
    return _split(files, lambda node: isinstance(node, ast.ClassDef))


@named("functions in a file of their own")
def _(files):
    return _split(files, lambda node: _is_small(node))


def _split(files, chosen):
    """Those of model.py go to pieces.py, with the constants and whatever else they need."""
    tree = ast.parse(files["model.py"])
    moved = [one for one in tree.body if chosen(one)]
    names = {one.name for one in moved}
    if not moved:
        return files
    imports = [one for one in tree.body if isinstance(one, (ast.Import, ast.ImportFrom))]
    needed, helpers = list(moved), []
    while needed:
        used = {one.id for one in ast.walk(needed.pop()) if isinstance(one, ast.Name)}
        found = [one for one in tree.body if one not in imports and one not in moved and one not in helpers and used & set(_bound(one))]
        helpers += found
        needed += found
    ordered = [one for one in tree.body if one in helpers or one in moved]
    rest = [one for one in tree.body if one not in imports and one not in ordered and not (isinstance(one, ast.Expr))]
    taken = sorted(names | {name for one in helpers for name in _bound(one)})
    head = statements(f"from pieces import {', '.join(taken)}")
    return {
        **files,
        "pieces.py": ast.unparse(ast.fix_missing_locations(ast.Module([*imports, *ordered], []))) + "\n",
        "model.py": ast.unparse(ast.fix_missing_locations(ast.Module([*imports, *head, *rest], []))) + "\n",
    }


@in_trees("code twice")
def _(tree):
    """Each class and small function a second time, under a second name, for its last use."""
    for node in [one for one in tree.body if isinstance(one, ast.ClassDef) or _is_small(one)]:
        uses = [one for one in ast.walk(tree) if isinstance(one, ast.Name) and one.id == node.name]
        if len(uses) > 1:
            twin = copy.deepcopy(node)
            twin.name = uses[-1].id = f"{node.name}Again"
            tree.body.insert(tree.body.index(node) + 1, twin)


@in_trees("methods of tensors as functions of torch")
def _(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _TENSOR:
            if ast.unparse(node.func.value) not in ("torch", "F", "math"):
                node.args, node.func = [node.func.value, *node.args], expression(f"torch.{node.func.attr}")


_TENSOR = {"transpose", "softmax", "sin", "cos", "exp", "abs", "cumsum", "unbind", "flatten", "unsqueeze", "clamp", "tril", "triu",
           "masked_fill", "t", "unflatten", "sum", "scatter", "topk"}  # fmt: skip


@in_trees("a context that does nothing")
def _(tree):
    for node in [one for one in methods(tree) if one.name == "forward"]:
        node.body = [ast.With([ast.withitem(expression("contextlib.nullcontext()"))], node.body, lineno=1)]
    tree.body[after_docstring(tree.body) : after_docstring(tree.body)] = statements("import contextlib")


@in_trees("try around it")
def _(tree):
    for node in [one for one in methods(tree) if one.name == "forward"]:
        node.body = [ast.Try(node.body, [], [], statements("pass"))]


@in_trees("a branch that is always taken")
def _(tree):
    for node in [one for one in methods(tree) if one.name == "forward"]:
        node.body = [ast.If(expression("self is not None"), node.body, statements("return None"))]


@in_trees("values named within expressions")
def _(tree):
    for node in [one for one in methods(tree) if one.name == "forward" and isinstance(one.body[-1], ast.Return)]:
        last = node.body[-1]
        if isinstance(last.value, ast.Call) and last.value.args:
            last.value.args[0] = ast.NamedExpr(ast.Name("walrus", ast.Store()), last.value.args[0])


@in_trees("attributes by string")
def _(tree):
    for node in [one for one in methods(tree) if one.name == "forward"]:
        for one in ast.walk(node):
            for name, value in ast.iter_fields(one):
                if isinstance(value, ast.Attribute) and isinstance(value.ctx, ast.Load) and ast.unparse(value.value) == "self":
                    setattr(one, name, expression(f"getattr(self, {value.attr!r})"))


@in_trees("forward under another name")
def _(tree):
    for node in methods(tree):
        node.name = "__call__" if node.name == "forward" else node.name


# Sizes: not the same computation, and no new idea


@in_trees("other widths")
def _(tree):
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, int) and node.value.value > 2:
            node.value.value *= 2


@in_nodes("another initial scale", ast.Constant)
def _(node):
    if isinstance(node.value, float):
        node.value = node.value * 1.25


@named("renamed, restructured and wider")
def _(files):
    for name in ("what is returned as a function of its own", "other widths", "a model around the model", "rename everything", "several assignments in one"):
        files = ALL[name](files)
    return files


def copies(files):
    """By the transformation's name; those that change nothing but the layout are left out, except where that is the point."""
    plain = printed(parsed(files))
    made = {name: change(files) for name, change in ALL.items()}
    return {name: copy for name, copy in made.items() if copy != files and (copy != plain or name == "print anew, without comments")}


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(copies(json.loads(line))), flush=True)
