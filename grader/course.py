"""Where assignments come from: a course folder with ``assignments/`` and, for authors, ``reference/``.

The course is, in this order: the folder that was named (``--course``), the one named by
``[tool.grader] course = "..."`` in the working folder's ``pyproject.toml``, the working folder itself
when it has ``assignments/``, the clone that the package lies in, and the installed course (``grader_course``, a
distribution of its own: a student who installs the package does not get the answers).
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import re
import sys
import threading
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

from grader import sentences
from grader._version import __version__
from grader.confined import stubs
from grader.confined.kinds import maker_of
from grader.errors import SpecError, did_you_mean, said_with_place
from grader.spec import Assignment, Code

__all__ = ["Course", "LoadedAssignment", "find_course", "load_assignment", "named_here"]


@dataclass(frozen=True)
class Course:
    """A folder of assignments."""

    root: Path

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the assignments, sorted."""
        return tuple(sorted(p.parent.name for p in (self.root / "assignments").glob("*/assignment.py")))

    def load(self, name: str) -> LoadedAssignment:
        """The assignment of that name.

        Raises
        ------
        SpecError
            When there is none, or when it is described wrongly.
        """
        folder = self.root / "assignments" / name
        if name not in self.names:
            known = ", ".join(self.names) or "none at all"
            raise SpecError(f"there is no assignment {name!r}{did_you_mean(name, self.names)}; this course has: {known}")
        module = self._module(f"assignments.{name}.assignment", folder / "assignment.py")
        assignment = getattr(module, "ASSIGNMENT", None)
        if not isinstance(assignment, Assignment):
            raise SpecError(f"{folder / 'assignment.py'} must define ASSIGNMENT = Assignment(...)")
        if assignment.name != name:
            raise SpecError(f"{folder / 'assignment.py'} calls itself {assignment.name!r}, expected {name!r}")
        return LoadedAssignment(self, assignment, folder)

    def _module(self, name: str, path: Path) -> ModuleType:
        """Load an author's file; a name of its own keeps two courses apart."""
        unique = f"_course_{hashlib.sha256(str(self.root).encode()).hexdigest()[:8]}.{name}"
        if unique in sys.modules:
            return sys.modules[unique]
        spec = importlib.util.spec_from_file_location(unique, path)
        if spec is None or spec.loader is None or not path.is_file():
            raise SpecError(f"cannot read {path}")
        module = importlib.util.module_from_spec(spec)
        sys.modules[unique] = module
        try:
            with self.importable():
                spec.loader.exec_module(module)
        except Exception as error:
            del sys.modules[unique]
            if not isinstance(error, SpecError):
                error = SpecError(f"{path} cannot be loaded: {said_with_place(error, self.root)}")
            raise self.explained(error) from error
        return module

    def explained(self, error: SpecError) -> SpecError:
        """The error, or what to do about it where this course is a kit of another version of the grader."""
        import importlib.metadata  # slow to import, and needed for an error only

        made = [path.name.split("-")[1] for path in self.root.glob(f"{_PROJECT.replace('-', '_')}-*.whl")]
        try:
            running = importlib.metadata.version(_PROJECT)
        except importlib.metadata.PackageNotFoundError:
            running = __version__
        if not made or running in made or made[0].partition("+")[0] == running:
            return error
        return SpecError(sentences.other_version(made[0], running))

    @contextmanager
    def importable(self) -> Iterator[None]:
        """Make ``reference`` and ``assignments`` of this course importable for a while.

        Two courses in one process both call their packages so: the other one's modules step aside.
        """
        with _IMPORTING:
            yield from self._importable()

    def _importable(self) -> Iterator[None]:
        entry = str(self.root)
        others = _taken_out(lambda module: not self._owns(module))
        imported = any(map(self._owns, _shared(sys.modules)))  # by somebody else: then they stay where they are
        for name, module in _ASIDE.get(self.root, {}).items():
            sys.modules.setdefault(name, module)
        self._make_packages()
        sys.path.insert(0, entry)
        try:
            yield
        finally:
            sys.path.remove(entry)
            if not imported:
                _ASIDE[self.root] = _taken_out(self._owns)
            sys.modules.update(others)

    def _make_packages(self) -> None:
        """A folder without ``__init__.py`` would give way to any package of its name on the path."""
        for name in _PACKAGES:
            folder = self.root / name
            if name not in sys.modules and folder.is_dir() and not (folder / "__init__.py").is_file():
                sys.modules[name] = ModuleType(name)
                sys.modules[name].__path__ = [str(folder)]

    def _owns(self, module: ModuleType) -> bool:
        place = getattr(module, "__file__", None) or next(iter(getattr(module, "__path__", ())), "")
        return Path(place).is_relative_to(self.root)


_PROJECT = "numpy-course-grader"
_PACKAGES = ("assignments", "reference")
# ``sys.modules`` belongs to the process, and so does what is taken out of it: the modules of each course, which come back
# when the course imports something again. An audit grades in threads, for which an import is one thing at a time.
_ASIDE: dict[Path, dict[str, ModuleType]] = {}
_IMPORTING = threading.RLock()


@contextmanager
def _standing_in(framework: str) -> Iterator[None]:
    """While an author's file is imported, any module of the framework is one that has every name."""
    finder = _StandIns(framework)
    if not framework or framework in sys.modules:
        yield
        return
    with _IMPORTING:
        sys.meta_path.insert(0, finder)
        try:
            yield
        finally:
            sys.meta_path.remove(finder)
            for name in [name for name in sys.modules if name.partition(".")[0] == framework]:
                del sys.modules[name]


class _StandIns(MetaPathFinder, Loader):
    """Finds a stand-in for the modules of one package."""

    def __init__(self, package: str) -> None:
        self.package = package

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:  # noqa: ARG002
        return ModuleSpec(name, self, is_package=True) if name.partition(".")[0] == self.package else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return stubs.AbsentModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """There is nothing to do."""


def _shared(modules: Mapping[str, ModuleType]) -> list[ModuleType]:
    """The modules of the packages that every course has."""
    return [module for name, module in modules.items() if name.partition(".")[0] in _PACKAGES]


def _taken_out(wanted: Callable[[ModuleType], bool]) -> dict[str, ModuleType]:
    """Take some of these modules out of ``sys.modules``."""
    mine = {id(module) for module in _shared(sys.modules) if wanted(module)}
    found = {name: module for name, module in sys.modules.items() if id(module) in mine}
    for name in found:
        del sys.modules[name]
    return found


@dataclass(frozen=True)
class LoadedAssignment:
    """An assignment with the files that lie around it."""

    course: Course
    spec: Assignment
    folder: Path

    @property
    def name(self) -> str:
        return self.spec.name

    @cached_property
    def provided(self) -> Mapping[str, str]:
        """Source of the helper modules that submissions may import."""
        return {path.stem: path.read_text("utf-8") for path in self.provided_files}

    @property
    def provided_files(self) -> list[Path]:
        """The modules in ``provided/``, and those of other assignments that ``provided/shared.txt`` names, one a line.

        Raises
        ------
        SpecError
            When a line names no file, or a module that is there already.
        """
        folder, assignments = self.folder / "provided", self.course.root / "assignments"
        files = {path.stem: path for path in folder.glob("*.py")}
        shared = folder / "shared.txt"
        for line in shared.read_text("utf-8").split() if shared.is_file() else ():
            path = assignments / line
            if not path.is_file():
                raise SpecError(f"{shared} names {line}, but there is no such file in {assignments}")
            if path.stem in files:
                raise SpecError(f"{shared} names {line}, but the module {path.stem} is there already")
            files[path.stem] = path
        return [files[stem] for stem in sorted(files)]

    @cached_property
    def public(self) -> str:
        """Public code: makes function arguments and planted helpers; runs in the worker."""
        path = self.folder / "public.py"
        return path.read_text("utf-8") if path.is_file() else ""

    @property
    def warm_up(self) -> str:
        """Public code that is made ready before any submission; empty where it has no function ``warm_up``."""
        return self.public if re.search(r"(?m)^def warm_up\(\)", self.public) else ""

    @property
    def solution_files(self) -> Mapping[str, Path]:
        """The right solution as students write it, by file: ``solution.py`` in a framework, else the reference."""
        path = self.folder / "solution.py"
        return {f"{self.name}.py": path} if path.is_file() else self.reference_files

    @property
    def reference_files(self) -> Mapping[str, Path]:
        """The files of the reference by their names in the kit: one, or those of ``Assignment.files``."""
        place = self.course.root / Path(*self.spec.reference_module.split("."))
        return {path: place / path for path in self.spec.files} or {f"{self.name}.py": place.with_suffix(".py")}

    @cached_property
    def public_module(self) -> ModuleType | None:
        """Public code as a module of this process, where right functions use it; None where there is none."""
        return self.author_module("public")

    def make(self, code: Code) -> Any:
        """What a factory of public.py, or a generator of NumPy's, makes."""
        maker = maker_of(code.name, lambda name: getattr(self.public_module, name, None))
        if maker is None:
            raise SpecError(f"{self.name}: public.py has no function {code.name!r}")
        return maker(*code.args)

    @contextmanager
    def planted(self, given: Mapping[str, Code], *functions: Callable[..., Any]) -> Iterator[None]:
        """Bind names to public code in the modules of some functions, and in the reference, for a while."""
        spaces = {id(f.__globals__): f.__globals__ for f in functions if hasattr(f, "__globals__")}
        if self.reference is not None:
            spaces[id(vars(self.reference))] = vars(self.reference)
        saved = [(space, name, space.get(name)) for space in spaces.values() for name in given]
        try:
            for space, name, _ in saved:
                space[name] = self.make(given[name])
            yield
        finally:
            for space, name, value in saved:
                space[name] = value

    def author_module(self, stem: str) -> ModuleType | None:
        """``mistakes.py``, ``styles.py``, ``public.py`` or ``solution.py`` of the assignment, if there is one.

        What they import of a framework is a stand-in here: their functions run in a worker, which has the framework.
        """
        path = self.folder / f"{stem}.py"
        if not path.is_file():
            return None
        with _standing_in(self.spec.framework):
            return self.course._module(f"assignments.{self.name}.{stem}", path)

    def solution_function(self, name: str) -> Any:
        """A right function as students write it."""
        solution = self.author_module("solution")
        return self.reference_function(name) if solution is None else getattr(solution, name)

    @cached_property
    def reference(self) -> ModuleType | None:
        """The reference module; None in a student kit. Of several files, all that they define."""
        name = self.spec.reference_module
        absent = [path for path in self.reference_files.values() if not path.is_file()]
        if len(absent) == len(self.reference_files):
            return None
        if absent:
            raise SpecError(f"{self.name}: 'files' names {absent[0].name}, but there is no {absent[0]}")
        try:
            with self.course.importable():
                if not self.spec.files:
                    return importlib.import_module(name)
                joined = ModuleType(name)
                for path in self.spec.files:
                    module = importlib.import_module(f"{name}.{path.removesuffix('.py').replace('/', '.')}")
                    vars(joined).update({key: value for key, value in vars(module).items() if not key.startswith("__")})
                return joined
        except Exception as error:
            raise SpecError(f"the reference {name} cannot be loaded: {said_with_place(error, self.course.root)}") from error

    @cached_property
    def _helpers(self) -> Mapping[str, Any]:
        """The right functions behind the provided helpers: a draw asks for them thousands of times."""
        found = {}
        with self.course.importable():
            for name, dotted in self.spec.provided_helpers.items():
                module, _, attribute = dotted.rpartition(".")
                found[name] = getattr(importlib.import_module(module), attribute)
        return found

    @cached_property
    def right(self) -> Mapping[str, Any]:
        """The right functions by their names: what is graded, and what is provided."""
        names = [*(function.name for function in self.spec.functions), *self.spec.provided_helpers]
        return {name: self.reference_function(name) for name in names}

    def reference_function(self, name: str) -> Any:
        """A right function: of the reference module, or the one behind a provided helper."""
        if name in self.spec.provided_helpers:
            return self._helpers[name]
        found: Any = self.reference
        for part in name.split("."):  # of a class, the method
            found = getattr(found, part, None)
        if found is None:
            near = did_you_mean(name, vars(self.reference or ModuleType("")))
            raise SpecError(f"{self.spec.reference_module} has no function {name!r}{near}")
        return found


def find_course(folder: Path | None = None) -> Course:
    """The course to use (see the module's text).

    Raises
    ------
    SpecError
        When the named folder has no assignments.
    """
    if folder is not None:
        if not (folder / "assignments").is_dir():
            raise SpecError(f"{folder} is not a course: it has no folder 'assignments'")
        return Course(folder.resolve())
    if (named := named_here()) is not None:
        return find_course(named)
    if any(Path("assignments").glob("*/assignment.py")):
        return Course(Path.cwd())
    installed = importlib.util.find_spec("grader_course")
    for candidate in (Path(__file__).parents[1], *(installed.submodule_search_locations or () if installed else ())):
        if Path(candidate, "assignments").is_dir():
            return Course(Path(candidate).resolve())
    raise SpecError("no course found: work in the folder of your kit, or name a course with --course DIR")


def named_here() -> Path | None:
    """The course that the working folder's ``pyproject.toml`` names; None where it names none."""
    project = Path("pyproject.toml")
    if not project.is_file():
        return None
    try:
        named = tomllib.loads(project.read_text("utf-8")).get("tool", {}).get("grader", {}).get("course")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError, AttributeError):
        return None
    return Path(named) if isinstance(named, str) else None


def load_assignment(name: str, *, course: str | Path | None = None) -> LoadedAssignment:
    """The assignment of that name, ready for :func:`grader.grade`.

    Parameters
    ----------
    name
        As :command:`grader list` shows it.
    course
        Folder of a course of one's own.

    Raises
    ------
    SpecError
        When there is no such assignment; the message lists those there are.
    """
    return find_course(None if course is None else Path(course)).load(name)
