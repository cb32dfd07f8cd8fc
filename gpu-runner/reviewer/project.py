"""
The project's files as modules, found the way the runner's host finds them: an absolute import is looked up in the importing file's
folder, then beside the entrypoints, then at the project's root, and only then in Python itself.
"""

from __future__ import annotations

import ast
from typing import Dict, Iterable, List, Mapping, NamedTuple, Optional, Set

from .findings import Findings, quote
from .guards import without_guarded
from .scopes import Scopes
from .sources import MAX_PROJECT_NODES, Source, parse
from .standard_library import is_reserved

COMPILED = (".pyc", ".pyo", ".so", ".pyd", ".dll", ".pth", ".egg", ".whl")


class Module:
    """One parsed file."""

    def __init__(self, source: Source) -> None:
        self.path = source.path
        self.text = source.text
        self.tree = source.tree
        self.place = place_of(source.path)
        self.folder = source.path.rpartition("/")[0]
        self.body: List[ast.stmt] = without_guarded(source.tree)
        """What runs at import."""
        self.scopes = Scopes(self.body, source.tree)


class Imported(NamedTuple):
    """What an import statement binds: exactly one of the three, or none where the name is missing from the project."""

    outside: Optional[str] = None
    """Full dotted name of a module outside the project, or of something in one."""
    place: Optional[str] = None
    """A module or folder of the project."""
    name: Optional[str] = None
    """A name at the top level of the module at `place`."""


MISSING = Imported()


class Project:
    def __init__(self, modules: Iterable[Module], paths: Iterable[str], entrypoints: Iterable[str]) -> None:
        self.modules: Dict[str, Module] = {module.place: module for module in modules}
        """By place: the path without `.py` or `/__init__.py`."""
        self._files = {place_of(path) for path in paths if path.endswith(".py")}
        self._places: Set[str] = {""}
        for place in self._files:
            while place:
                self._places.add(place)
                place = place.rpartition("/")[0]
        self._beside = list(dict.fromkeys(entrypoint.rpartition("/")[0] for entrypoint in entrypoints))

    def module_at(self, path: str) -> Optional[Module]:
        module = self.modules.get(place_of(path))
        return module if module is not None and module.path == path else None

    def has(self, place: str) -> bool:
        return place in self._places

    def candidates(self, importer: Module, name: str) -> List[str]:
        """Places that `import name` may mean, the one it means first."""
        first, _, rest = name.partition(".")
        folders = [importer.folder, *self._beside, ""]
        found = [join(folder, first) for folder in dict.fromkeys(folders) if self.has(join(folder, first))]
        return [join(place, rest.replace(".", "/")) for place in found]

    def imported(self, importer: Module, statement: ast.AST, alias: ast.alias) -> Imported:
        """What `alias` of an import statement of `importer` stands for."""
        if isinstance(statement, ast.Import):
            places = self.candidates(importer, alias.name)
            if not places:
                return Imported(outside=alias.name if alias.asname else alias.name.split(".")[0])
            if not self.has(places[0]):
                return MISSING
            depth = 0 if alias.asname else alias.name.count(".")
            return Imported(place="/".join(places[0].split("/")[: places[0].count("/") + 1 - depth]))
        assert isinstance(statement, ast.ImportFrom)
        return self._imported_from(importer, statement, alias.name)

    def _imported_from(self, importer: Module, statement: ast.ImportFrom, name: str) -> Imported:
        base = self.base_of(importer, statement)
        if base is None:
            return MISSING
        if base.outside is not None:
            return Imported(outside=f"{base.outside}.{name}")
        place = base.place or ""
        module = self.modules.get(place)
        if module is not None and name in module.scopes.module.bindings:
            return Imported(place=place, name=name)
        if module is None and place in self._files:
            return Imported(place=place)  # a file that could not be parsed has its own finding
        return Imported(place=join(place, name)) if self.has(join(place, name)) else MISSING

    def base_of(self, importer: Module, statement: ast.ImportFrom) -> Optional[Imported]:
        """The module that `from ... import` names; None where it is missing from the project."""
        name = statement.module or ""
        if statement.level == 0:
            places = self.candidates(importer, name)
            if not places:
                return Imported(outside=name)
            return Imported(place=places[0]) if self.has(places[0]) else None
        folder: Optional[str] = importer.folder
        for _ in range(statement.level - 1):
            folder = folder.rpartition("/")[0] if folder else None
        if folder is None:
            return None
        place = join(folder, name.replace(".", "/"))
        return Imported(place=place) if self.has(place) else None


def load(files: Mapping[str, bytes], entrypoints: Iterable[str], findings: Findings) -> Project:
    """Parses every Python file; what cannot be parsed is left out, with a finding."""
    _check_names(files, findings)
    modules: List[Module] = []
    nodes = 0
    for path in sorted(files):
        if not path.endswith(".py"):
            continue
        source = parse(path, files[path], findings)
        if source is None:
            continue
        nodes += source.nodes
        if nodes > MAX_PROJECT_NODES:
            findings.add("too-complex", path, 0, f"the project has more than {MAX_PROJECT_NODES:,} syntax nodes up to here")
            break
        modules.append(Module(source))
    return Project(modules, files, entrypoints)


def _check_names(files: Mapping[str, bytes], findings: Findings) -> None:
    places: Dict[str, str] = {}
    for path in sorted(files):
        if path.endswith(COMPILED):
            findings.add("module-name", path, 0, "is a compiled module or package: only sources are reviewed", "send the .py source")
        if not path.endswith(".py"):
            continue
        parts = place_of(path).split("/")
        for part in parts:
            if is_reserved(part):
                findings.add("shadowing", path, 0, f"module {quote(part)} would stand in for the module of that name outside the project")
            if "." in part:
                findings.add("module-name", path, 0, f"{quote(part)} has a dot in it and cannot be imported by its name")
        other = places.setdefault(place_of(path), path)
        if other != path:
            findings.add("module-name", path, 0, f"has the same module name as {quote(other)}")
    for place, path in places.items():
        if path.endswith(f"{place}.py") and any(other.startswith(f"{place}/") for other in places):
            findings.add("module-name", path, 0, f"is a module and {quote(place)} is a folder of modules as well")


def place_of(path: str) -> str:
    """`a/b.py` is at `a/b`, `a/__init__.py` at `a`."""
    place = path[: -len(".py")] if path.endswith(".py") else path
    return place.rpartition("/")[0] if place.rpartition("/")[2] == "__init__" and "/" in place else place


def join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder and name else folder or name
