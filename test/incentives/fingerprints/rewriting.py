"""Parts of a copier's tools: reading and writing Python's syntax, and what a project's own names are."""

import ast
import copy

CONTRACT = {"build_model", "get_recipe", "configure_optimizer", "compute_loss", "inference_logits", "forward"}
PYTHON = {"__init__", "self", "super", "property", "staticmethod", "_"}
FUNCTIONS = (ast.FunctionDef,)
INNER = (ast.ListComp, ast.GeneratorExp, ast.SetComp, ast.DictComp, ast.Lambda)


def parsed(files):
    return {path: ast.parse(text) for path, text in files.items()}


def printed(trees):
    return {path: ast.unparse(ast.fix_missing_locations(tree)) + "\n" for path, tree in trees.items()}


def on_trees(change):
    """A transformation of files from one of each file's tree, which it changes in place."""

    def transformed(files):
        trees = parsed(files)
        for tree in trees.values():
            change(tree)
        return printed(trees)

    transformed.__doc__ = change.__doc__
    return transformed


def on_nodes(kind, change):
    """From one of each node of a kind; None keeps the node."""

    class Visitor(ast.NodeTransformer):
        def visit(self, node):
            node = self.generic_visit(node)
            made = change(node) if isinstance(node, kind) else None
            return node if made is None else made

    return on_trees(lambda tree: Visitor().visit(tree))


def functions(tree):
    return [node for node in ast.walk(tree) if isinstance(node, FUNCTIONS)]


def methods(tree):
    return [one for node in ast.walk(tree) if isinstance(node, ast.ClassDef) for one in node.body if isinstance(one, FUNCTIONS)]


def statements(text):
    return ast.parse(text).body


def expression(text):
    return ast.parse(text, mode="eval").body


def after_docstring(body):
    first = body[0] if body else None
    return 1 if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str) else 0


def after_imports(tree):
    return 1 + max((index for index, node in enumerate(tree.body) if isinstance(node, (ast.Import, ast.ImportFrom))), default=-1)


def blocks(tree):
    """Lists of statements inside functions, which a change may replace in place."""
    found = []
    for function in functions(tree):
        for node in ast.walk(function):
            found += [value for name, value in ast.iter_fields(node) if name in ("body", "orelse") and isinstance(value, list)]
    return [block for block in found if block and isinstance(block[0], ast.stmt)]


def own_names(trees):
    """Names that the project gives, by kind."""
    names = {"variable": set(), "function": set(), "class": set(), "attribute": set()}
    for tree in trees.values():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                names["class"].add(node.name)
                names["attribute"] |= {one.name for one in node.body if isinstance(one, FUNCTIONS)}
            elif isinstance(node, ast.arg) or (isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)):
                names["variable"].add(getattr(node, "arg", None) or node.id)
            elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and ast.unparse(node.value) == "self":
                names["attribute"].add(node.attr)
        names["function"] |= {one.name for one in tree.body if isinstance(one, FUNCTIONS)}
    names["attribute"] -= {"weight"}
    return {kind: {one for one in found if one not in CONTRACT | PYTHON} for kind, found in names.items()}


def renamed(*kinds):
    """A transformation that gives these kinds of names other names, the same in all files."""

    def transformed(files):
        trees = parsed(files)
        names = own_names(trees)
        called = names["class"] | names["function"]
        chosen = sorted(set().union(*(names[kind] for kind in kinds)))
        new = {name: f"{'K' if name in names['class'] else 'w'}{len(chosen) - index}_{name[::-1].strip('_')}" for index, name in enumerate(chosen)}
        plain = set().union(*(names[kind] for kind in kinds if kind != "attribute"))
        for tree in trees.values():
            for node in ast.walk(tree):
                _rename(node, new, plain, names["attribute"] if "attribute" in kinds else set(), names, called, kinds)
        return printed(trees)

    return transformed


def _rename(node, new, plain, attributes, names, called, kinds):
    if isinstance(node, ast.Name) and node.id in plain:
        node.id = new[node.id]
    elif isinstance(node, ast.arg) and node.arg in plain:
        node.arg = new[node.arg]
    elif isinstance(node, ast.alias) and node.name in plain and node.name in names["class"] | names["function"] | names["variable"]:
        node.name = new[node.name]
    elif isinstance(node, ast.ClassDef) and node.name in plain:
        node.name = new[node.name]
    elif isinstance(node, FUNCTIONS) and node.name in plain | attributes:
        node.name = new[node.name]
    elif isinstance(node, ast.Attribute) and node.attr in attributes and ast.unparse(node.value) in ("self", new.get("self")):
        node.attr = new[node.attr]
    elif isinstance(node, ast.Call) and "variable" in kinds and isinstance(node.func, ast.Name):
        if node.func.id in called or node.func.id in {new.get(one) for one in called}:
            for keyword in node.keywords:
                keyword.arg = new.get(keyword.arg, keyword.arg)


def local_names(node):
    """Of the loads in an expression, in the order of the text, less those that it binds itself."""
    bound = {one.id for one in ast.walk(node) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}
    return [one for one in dict.fromkeys(n.id for n in ast.walk(node) if isinstance(n, ast.Name)) if one not in bound]


def replaced(node, mapping):
    """A copy of an expression with other expressions in place of names."""

    class Visitor(ast.NodeTransformer):
        def visit_Name(self, one):
            return copy.deepcopy(mapping.get(one.id, one))

    return Visitor().visit(copy.deepcopy(node))
