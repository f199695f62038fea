"""What a submission may import: provided modules, files of its own, stand-ins for what is missing."""

from __future__ import annotations

import contextlib
import importlib.util
import itertools
import sys
import types
from collections.abc import Callable, Iterator
from typing import Any

from . import stubs

__all__ = ["FORBIDDEN", "ROOT", "Imports", "Missing"]

FORBIDDEN = frozenset({"grader", "reference", "assignments"})
ROOT = "submission"


class Imports:  # no importlib.abc: it brings tempfile, urllib and lzma, 6 ms of a start, and pages to fork
    """Serves provided modules and the student's other files, refuses the harness, stands in for what is missing.

    A file of the student's is the module ``submission.folder.file``; it is found by that name, from the folder of
    the file that imports it and those above, as a script there would find it, and from the folders of the graded
    files; last by its own name alone, as with a folder that the student puts on ``sys.path``. Two exercises may each
    have a package of the same name: what is found by another name than its full one counts within one folder only.
    """

    def __init__(
        self, program: Any, np: Any, run_file: Callable[[Any, dict[str, Any]], None], bind: Callable[[dict[str, Any]], None]
    ) -> None:
        self.np, self.run_file, self.bind = np, run_file, bind
        self.provided: dict[str, Any] = program["provided"]
        self.files: dict[str, Any] = {}
        self.packages: set[str] = {ROOT}
        self.folders: list[str] = []
        self.short: dict[str, list[str]] = {}
        self.near: tuple[str, ...] = (ROOT,)
        self.aliases: set[str] = set()
        self.strict = False
        self.absent: set[str] = set()
        for file in program["files"]:
            name = f"{ROOT}.{file['module']}".rstrip(".")
            self.files.setdefault(name, file)
            folder = name if file["package"] else name.rpartition(".")[0]
            if file["graded"] and folder not in self.folders:
                self.folders.append(folder)
            while folder and folder not in self.packages:
                self.packages.add(folder)
                folder = folder.rpartition(".")[0]
        self.folders.append(ROOT)
        for name in sorted((*self.files, *self.packages), key=lambda name: name.count(".")):
            rest = name.partition(".")[2]
            while rest:
                self.short.setdefault(rest, []).append(name)
                rest = rest.partition(".")[2]

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        top = name.partition(".")[0]
        if top in FORBIDDEN:
            raise ModuleNotFoundError(f"{top} is not available to submissions", name=name)
        own = self.own(name)
        if name in self.provided or own:
            return self.spec(name, own)
        return None

    def spec(self, name: str, package: str) -> Any:
        """What is found: a module of this name, a package where that one is a folder."""
        loader: Any = self
        return importlib.util.spec_from_loader(name, loader, is_package=package in self.packages)

    def own(self, name: str) -> str:
        """The full name of a module of the student's; empty where there is none."""
        if name.startswith(ROOT):
            return name if name in self.files or name in self.packages else ""
        standard = name.partition(".")[0] in sys.stdlib_module_names
        for folder in self.folders if standard else (*self.near, *self.folders):
            full = f"{folder}.{name}"
            if full in self.files or full in self.packages:
                return full
        return ""

    def elsewhere(self, name: str) -> str:
        """The full name of a module in any folder, the nearest one; empty where there is none."""
        places = self.short.get(name, [])
        for folder in self.near:
            for full in places:
                if full.startswith(f"{folder}."):
                    return full
        return ""

    @contextlib.contextmanager
    def within(self, file: Any) -> Iterator[None]:
        """While a file is executed, look names up from its folder."""
        folder = f"{ROOT}.{file['module']}".rpartition(".")[0]
        before, self.near = self.near, tuple(itertools.accumulate(folder.split("."), "{}.{}".format))[::-1]
        hidden = {}
        if self.near != before:
            hidden = {name: sys.modules.pop(name) for name in self.aliases & sys.modules.keys()}
        yield
        if self.near != before:
            for name in self.aliases & sys.modules.keys():
                del sys.modules[name]
            sys.modules.update(hidden)
        self.near = before

    def missing(self, name: str) -> Any:
        """Asked for last: a file in another folder, NumPy for its twins, or a stand-in; not within ``try``."""
        if name in self.short:
            return self.spec(name, self.elsewhere(name))
        if self.strict or name.partition(".")[0] in sys.stdlib_module_names or name.startswith("numpy."):
            return None
        return self.spec(name, ROOT)

    def create_module(self, spec: Any) -> Any:
        name = spec.name
        if name in self.provided or self.own(name) or name in self.short:
            return types.ModuleType(name)
        self.absent.add(name.removeprefix(f"{ROOT}.").partition(".")[0])
        return stubs.stand_in(name)

    def exec_module(self, module: Any) -> None:
        name = module.__name__
        full = self.own(name) or self.elsewhere(name)
        if name in self.provided:
            exec(compile(self.provided[name], f"{name}.py", "exec", dont_inherit=True), module.__dict__)
            if full:  # what the student has added to the module of the exercise
                module.__dict__.update(dict(vars(importlib.import_module(full)), **module.__dict__))
        elif full and full != name:  # another name of the same module
            self.aliases.add(name)
            sys.modules[name] = importlib.import_module(full)
            return
        elif name in self.files:
            self.run_file(self.files[name], module.__dict__)
        elif name in stubs.TWINS:
            sys.modules[name] = stubs.twin(name, self.np)
            return
        elif twin := next((twin for twin in stubs.TWINS if name.startswith(f"{twin}.")), None):
            sys.modules[name] = importlib.import_module(f"numpy{name.removeprefix(twin)}")
            return
        # A bound name means the same wherever it is looked up: ``utils.relu``, an import inside a function.
        self.bind(module.__dict__)


class Missing:
    """The last finder: files of other folders, and stand-ins."""

    def __init__(self, imports: Imports) -> None:
        self.imports = imports

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        return self.imports.missing(name)
