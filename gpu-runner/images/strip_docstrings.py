"""
Takes the prose out of an image's Python: text that a learner could read to know English, or Python, before it was shown any.

    strip_docstrings.py [folder ...]        (default: the folders that Python's own modules and all packages are in)

In place, for each `.py` file: comments go, docstrings and other strings that stand as a statement become '', and what is handed to the
functions that attach documentation becomes blank. A docstring stays a string, not None, since libraries take theirs apart while they are
imported; sources stay sources, since TorchScript compiles from them. Stubs, headers and manuals are deleted, compiled caches are made anew:
they hold the docstrings as they were. A file that this Python cannot parse is left as it is, and named.
"""

import ast
import compileall
import io
import re
import site
import sys
import sysconfig
import tokenize
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

# Torch's and NumPy's functions that take documentation as an argument.
DOCUMENTS = {"add_docstr", "_add_docstr", "add_docstr_all", "add_newdoc", "add_newdoc_for_scalar_type"}
# What they are handed instead. Torch keeps it as a C++ string in a vector that grows, and a pointer into it: the characters of a short string
# lie in the string itself, are moved, and the pointer is left at bytes that are no text. Longer ones lie where they are.
BLANK = repr(" " * 32)
# TorchScript reads types from these.
KEPT_COMMENT = re.compile(r"#\s*type:")
TEXT_SUFFIXES = {".pyi", ".h", ".hpp", ".hxx", ".cuh", ".md", ".rst", ".html"}
METADATA_NAMES = {"METADATA", "PKG-INFO"}


def stripped(source):
    """The bytes of a Python file as UTF-8 without comments and documentation. Raises SyntaxError or ValueError where it is none."""
    text = decoded(source)
    lines = text.split("\n")
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)

    def position(line, utf8_column):
        return starts[line - 1] + len(lines[line - 1].encode()[:utf8_column].decode())

    edits = [
        (position(node.lineno, node.col_offset), position(node.end_lineno, node.end_col_offset), by)
        for node, by in documentation(ast.parse(text))
    ]
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT and not KEPT_COMMENT.match(token.string):
            line, column = token.start
            edits.append((starts[line - 1] + column, starts[line - 1] + column + len(token.string), ""))
    return replaced(text, sorted(edits)).encode()


def decoded(source):
    """As Python reads it: the encoding that the file declares, any line ending. The declaration is a comment, so UTF-8 comes out."""
    encoding, _ = tokenize.detect_encoding(io.BytesIO(source).readline)
    return io.TextIOWrapper(io.BytesIO(source), encoding).read()


def documentation(tree):
    """The expressions that only people read the value of, each with what stands in its place."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and is_text(node.value):
            yield node.value, "''"
        elif isinstance(node, ast.Call) and name_of(node.func) in DOCUMENTS:
            for argument in node.args:
                yield from ((text, BLANK) for text in prose(argument))
        elif isinstance(node, ast.Assign) and any(name_of(target) == "__doc__" for target in node.targets):
            yield from ((text, "''") for text in prose(node.value))


def prose(node):
    """The whole expressions that text is made by: a template would not survive being emptied. A single word may be a name."""
    if isinstance(node, (ast.Tuple, ast.List)):
        for element in node.elts:
            yield from prose(element)
    elif any(isinstance(part, ast.JoinedStr) or (is_text(part) and re.search(r"\s", part.value)) for part in ast.walk(node)):
        yield node


def is_text(node):
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def name_of(node):
    """Of `name` and of `something.name`; empty for what has none."""
    return getattr(node, "attr", getattr(node, "id", ""))


def replaced(text, edits):
    """The text with the ranges replaced, each (start, end, by) and in order; of two that overlap the first holds."""
    pieces, at = [], 0
    for start, end, by in edits:
        if start >= at:
            pieces += [text[at:start], by]
            at = end
    return "".join([*pieces, text[at:]])


def strip(path):
    """Strips or deletes one file. Returns why it was left as it is, or None."""
    if path.suffix in TEXT_SUFFIXES or path.parent.name == "__pycache__":
        path.unlink()
    elif path.name in METADATA_NAMES:
        # The fields stay, the description after the first empty line goes.
        path.write_bytes(path.read_bytes().partition(b"\n\n")[0] + b"\n")
    elif path.suffix == ".py":
        try:
            path.write_bytes(stripped(path.read_bytes()))
        except (SyntaxError, ValueError, RecursionError, tokenize.TokenError) as error:
            return f"{path}: {error}"
    return None


def everywhere():
    """The folders of Python's own modules and of all packages, without those that are inside another."""
    folders = {Path(name) for name in [sysconfig.get_path("stdlib"), *site.getsitepackages()]}
    return sorted(folder for folder in folders if folders.isdisjoint(folder.parents))


def main(folders):
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    with ProcessPoolExecutor() as workers:
        for left in filter(None, workers.map(strip, files, chunksize=100)):
            print(f"left as it is: {left}", file=sys.stderr)
    for folder in folders:
        compileall.compile_dir(folder, quiet=2, workers=0)


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]] or everywhere())
