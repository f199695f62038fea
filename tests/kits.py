"""Student kits for the tests: released once each, and loaded as a student's folder is."""

from __future__ import annotations

import atexit
import json
import tempfile
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from grader.course import Course, LoadedAssignment
from grader.publishing.kit import write_kit

ROOT = Path(__file__).resolve().parents[1]
COURSE = Course(ROOT)


@cache
def _scratch() -> Path:
    folder = tempfile.TemporaryDirectory(prefix="kits-")
    atexit.register(folder.cleanup)
    return Path(folder.name)


@cache
def kit(name: str) -> Path:
    """The folder of a kit; nobody writes to it."""
    folder = _scratch() / name
    write_kit(COURSE.load(name), folder)
    return folder


@cache
def loaded_kit(name: str) -> LoadedAssignment:
    """The assignment as the kit alone has it."""
    return Course(kit(name)).load(name)


@cache
def installed(name: str) -> Path:
    """A folder for ``PYTHONPATH`` with the grader that the kit brings, and nothing of this repository."""
    folder = _scratch() / f"{name}-installed"
    (package,) = kit(name).glob("*.whl")
    with zipfile.ZipFile(package) as archive:
        archive.extractall(folder)
    return folder


def code_of(folder: Path) -> Iterator[tuple[str, str]]:
    """All Python code under a folder: modules, cells of notebooks, modules in wheels."""
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        inside = path.relative_to(folder).as_posix()
        if path.suffix == ".py":
            yield inside, path.read_text("utf-8")
        elif path.suffix == ".ipynb":
            for number, cell in enumerate(json.loads(path.read_text("utf-8"))["cells"]):
                if cell["cell_type"] == "code":
                    yield f"{inside}:{number}", "".join(cell["source"])
        elif path.suffix == ".whl":
            with zipfile.ZipFile(path) as archive:
                for entry in archive.namelist():
                    if entry.endswith(".py"):
                        yield f"{inside}:{entry}", archive.read(entry).decode()
