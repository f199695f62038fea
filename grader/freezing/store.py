"""The store of case files: cases are drawn once per assignment and seed, and read by everybody after that."""

from __future__ import annotations

import hashlib
import os
import platform
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

import numpy as np

from grader._version import __version__
from grader.course import LoadedAssignment
from grader.errors import SpecError
from grader.judging.cases import CaseFile, load_cases, save_cases
from grader.sandbox.child import package_folders

try:
    import fcntl
except ImportError:  # Windows: two processes may draw the same cases, which costs time alone
    fcntl = None  # type: ignore[assignment]

__all__ = ["Progress", "cases_path", "fingerprint", "frozen_cases", "redraw"]


Progress = Callable[[int, int], None]
"""Called while cases are drawn: how many functions are done, and of how many."""


def frozen_cases(assignment: LoadedAssignment, seed: int = 0, *, progress: Progress | None = None) -> CaseFile:
    """The frozen cases: read where they are fresh, drawn anew where they are stale or absent.

    Drawing takes some seconds; ``progress`` is called before it begins and after each function. Of two processes that
    want the same cases, one draws them, and the other waits.

    Raises
    ------
    HarnessError
        When a package that the assignment allows is not installed here.
    """
    package_folders(assignment.spec.packages)  # an assignment whose framework is missing needs no cases
    path = cases_path(assignment, seed)
    if path.name == "cases.bin":
        try:
            return load_cases(path)
        except SpecError as error:
            raise assignment.course.explained(error) from error
    current = fingerprint(assignment, seed)
    cases = _fresh(path, current)
    if cases is None:
        with _locked(path):
            cases = _fresh(path, current) or redraw(assignment, seed, path, progress)
    return cases


def _fresh(path: Path, current: str) -> CaseFile | None:
    """The cases of a file that was drawn from what is there now."""
    with suppress(SpecError):
        cases = load_cases(path)
        if cases.fingerprint == current:
            return cases
    return None


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Nobody else on this machine draws this file; the system takes the lock from a process that dies."""
    if fcntl is None:
        yield
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_suffix(".lock").open("w", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def redraw(assignment: LoadedAssignment, seed: int, path: Path, progress: Progress | None = None) -> CaseFile:
    """Draw the cases and write them to a file; where somebody waits and watches, on all CPUs.

    Raises
    ------
    SpecError
        As for :func:`grader.freezing.freeze.freeze`.
    """
    from grader.freezing.freeze import freeze  # Hypothesis takes a second to import, and most runs find their cases here

    processes = len(os.sched_getaffinity(0)) if progress and sys.platform == "linux" else 1
    return save_cases(freeze(assignment, seed, fingerprint(assignment, seed), progress, processes), path)


def cases_path(assignment: LoadedAssignment, seed: int) -> Path:
    """Where frozen cases are kept: beside the course where it can be written, else in the user's cache."""
    kit = assignment.folder / "cases.bin"
    if kit.is_file():
        return kit
    root = assignment.course.root
    store = root / ".grader" / "cases"
    if not os.access(root, os.W_OK):
        store = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "grader" / "cases"
    return store / f"{assignment.name}-{seed}.cases"


# How many points a function has changes no case and no outcome: kept reports are worked out anew with them.
_POINTS = re.compile(rb"""(\b(?:Function|Manual)\(\s*["']\w+["'],\s*points\s*=\s*)[\d.]+""")


def fingerprint(assignment: LoadedAssignment, seed: int) -> str:
    """Changes whenever the assignment, what it imports of its course, the harness, a version or the seed does."""
    state = hashlib.sha256(repr((__version__, np.__version__, platform.python_version(), seed)).encode())
    for path in _author_files(assignment):
        text = _POINTS.sub(rb"\1", path.read_bytes())
        state.update(path.relative_to(assignment.course.root).as_posix().encode() + b"\0" + text)
    state.update(_harness())
    return state.hexdigest()


@cache  # it does not change while the process lives, and a batch asks for many assignments
def _harness() -> bytes:
    """The text of the package: freezing runs most of it, and what it runs may decide what is frozen."""
    state = hashlib.sha256()
    package = Path(__file__).resolve().parents[1]
    for path in sorted(package.rglob("*.py")):
        state.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes())
    return state.digest()


def _author_files(assignment: LoadedAssignment) -> list[Path]:
    """The assignment's own files, its reference, and what these import of the course."""
    root, spec = assignment.course.root, assignment.spec
    queue = [path for path in assignment.folder.rglob("*.py") if "__pycache__" not in path.parts]
    queue += [*assignment.provided_files, *(path for path in assignment.reference_files.values() if path.is_file())]
    named = [spec.reference_module, *(helper.rpartition(".")[0] for helper in spec.provided_helpers.values())]
    queue += [path for name in named for path in _module_files(root, name)]
    here = {path.name.partition(".")[0] for path in root.iterdir()}
    found = set[Path]()
    while queue:
        path = queue.pop()
        if path not in found:
            found.add(path)
            names = {name for name in _imported(path) if name.partition(".")[0] in here}
            queue += [other for name in names for other in _module_files(root, name)]
    return sorted(found)


def _module_files(root: Path, name: str) -> list[Path]:
    """Where a module of the course lies; nothing for a module of somebody else."""
    place = root.joinpath(*name.split("."))
    return [path for path in (place.with_suffix(".py"), place / "__init__.py") if path.is_file()]


# ``import a.b`` or ``from a.b import c, d``, also in brackets: to parse a file takes fifty times as long, and a name
# too many (in a text, say) only draws cases anew that need not be.
_IMPORT = re.compile(r"\b(?:from|import)\s+([\w.]+)(?:\s+import\s+\(?([\w\s,]+))?")


def _imported(path: Path) -> Iterator[str]:
    """Every module that a file may import, also inside of functions."""
    for module, names in _IMPORT.findall(path.read_text("utf-8", "replace")):
        yield module
        yield from (f"{module}.{name}" for name in re.findall(r"\w+", names))
