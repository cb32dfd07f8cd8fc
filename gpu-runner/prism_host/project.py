"""
A miner's files as importable modules, from memory: nothing is written to disk.

Each root is a package of its own (`prism_architecture`, `prism_training`), so modules of equal names in two roots do not meet. A file
has one module, named after its path. Relative imports are Python's own. An absolute import (`import layers`) is looked up in the
importing file's folder, then beside the entrypoints, then at the root of the project, and only then in Python itself; this holds
because every module is run with an `__import__` of its root.
"""

from __future__ import annotations

import builtins
import importlib.util
import sys
from importlib.abc import InspectLoader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import CodeType, ModuleType
from typing import Any, Iterable, Mapping


class ProjectError(Exception):
    """The project cannot be used as sent: what is wrong, and where."""


class ProjectRoot(MetaPathFinder):
    """The files of one root (path -> bytes), importable below the package `package`."""

    def __init__(self, package: str, files: Mapping[str, bytes], entrypoints: Iterable[str]) -> None:
        self.package = package
        self.entrypoints = tuple(dict.fromkeys(entrypoints))
        for entrypoint in self.entrypoints:
            if entrypoint not in files:
                raise ProjectError(f"entrypoint {entrypoint!r} is not among the files of the project")
        self._sources: dict[str, tuple[str, bytes]] = {}
        self._folders = {package}
        for path in sorted(files):
            if path.endswith(".py"):
                self._add(path, files[path])

    def install(self) -> None:
        """Makes the root importable in this process."""
        sys.meta_path.insert(0, self)

    def load(self, entrypoint: str) -> ModuleType:
        """Imports the entrypoint (once) and returns its module. Whatever its code raises passes through."""
        return importlib.import_module(self._module_name(entrypoint))

    def find_spec(self, fullname: str, path: Any, target: ModuleType | None = None) -> ModuleSpec | None:
        if fullname not in self._sources and fullname not in self._folders:
            return None
        file, source = self._sources.get(fullname, ("", b""))
        loader = _ProjectLoader(self, file, source)
        return ModuleSpec(fullname, loader, origin=file or None, is_package=fullname in self._folders)

    def qualified(self, name: str, importer: str) -> str | None:
        """The full name of what module `importer` means by `import name`; None where it is not of this project."""
        beside = [importer if importer in self._folders else importer.rpartition(".")[0]]
        beside += [self._module_name(entrypoint).rpartition(".")[0] for entrypoint in self.entrypoints]
        first = name.partition(".")[0]
        for folder in [*beside, self.package]:
            candidate = f"{folder}.{first}"
            if candidate in self._sources or candidate in self._folders:
                return f"{folder}.{name}"
        return None

    def _add(self, path: str, source: bytes) -> None:
        name = self._module_name(path)
        if path.rpartition("/")[2] == "__init__.py":
            name = name.rpartition(".")[0]
            self._folders.add(name)
        self._sources[name] = (path, source)
        while name.startswith(f"{self.package}."):
            name = name.rpartition(".")[0]
            self._folders.add(name)

    def _module_name(self, path: str) -> str:
        parts = path.removesuffix(".py").split("/")
        return ".".join([self.package, *(part.replace(".", "_") for part in parts)])


class _ProjectLoader(InspectLoader):
    """Runs one file's source with the imports of its root; a folder without `__init__.py` is an empty package."""

    def __init__(self, root: ProjectRoot, path: str, source: bytes) -> None:
        self._root = root
        self._path = path
        self._source = source

    def get_source(self, fullname: str) -> str:
        return importlib.util.decode_source(self._source)

    def get_code(self, fullname: str) -> CodeType:
        return compile(self._source, self._path or f"<{fullname}>", "exec", dont_inherit=True)

    def exec_module(self, module: ModuleType) -> None:
        scope = dict(vars(builtins))
        scope["__import__"] = _importer(self._root, module.__name__)
        vars(module)["__builtins__"] = scope
        exec(self.get_code(module.__name__), vars(module))


def _importer(root: ProjectRoot, importer: str) -> Any:
    """`__import__` as the module `importer` sees it."""

    def import_(name: str, globals: Any = None, locals: Any = None, fromlist: Any = (), level: int = 0) -> ModuleType:
        full = root.qualified(name, importer) if level == 0 else None
        if full is None:
            return builtins.__import__(name, globals, locals, fromlist, level)
        if fromlist:
            return builtins.__import__(full, globals, locals, fromlist, 0)
        importlib.import_module(full)
        depth = name.count(".")
        return sys.modules[full.rsplit(".", depth)[0] if depth else full]

    return import_
