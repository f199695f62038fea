"""What kits, exports and scaffolds have in common: texts from templates, an assignment's files, a new folder."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from string import Template

from grader.course import LoadedAssignment
from grader.errors import SpecError
from grader.judging.cases import CaseFile, to_bytes

__all__ = ["assignment_files", "filled", "reference_files", "refuse_filled", "refuse_graded_seed", "write_files"]

_TEMPLATES = Path(__file__).parent / "templates"


class _Text(Template):
    """``%%{name}`` marks a place: shells, formulas and GitHub's own templates are full of dollars and braces."""

    delimiter = "%%"


def filled(template: str, **facts: str) -> str:
    """The text of a file below ``templates/``, with the facts in their places."""
    return _Text((_TEMPLATES / f"{template}.in").read_text("utf-8")).substitute(facts)


def assignment_files(assignment: LoadedAssignment, cases: CaseFile) -> Iterator[tuple[str, bytes]]:
    """An assignment as its students may have it: no reference, no mistakes, and the cases already drawn."""
    home = f"assignments/{assignment.name}"
    yield f"{home}/assignment.py", (assignment.folder / "assignment.py").read_bytes()
    if assignment.public:
        yield f"{home}/public.py", assignment.public.encode()
    for stem, source in assignment.provided.items():
        yield f"{home}/provided/{stem}.py", source.encode()
    yield f"{home}/cases.bin", to_bytes(cases)


def reference_files(assignment: LoadedAssignment) -> Iterator[tuple[str, bytes]]:
    """The reference of one assignment: its module, those of its provided helpers, and what they import of ``reference``."""
    spec, root = assignment.spec, assignment.course.root
    modules = (f"{spec.reference_module}.{path.removesuffix('.py').replace('/', '.')}" for path in spec.files)
    waiting = [spec.reference_module, *modules, *(dotted.rpartition(".")[0] for dotted in spec.provided_helpers.values())]
    seen: set[str] = set()
    while waiting:
        module = waiting.pop()
        path = root.joinpath(*module.split("."))
        path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
        if module in seen or not path.is_file():
            continue
        seen.add(module)
        data = path.read_bytes()
        yield path.relative_to(root).as_posix(), data
        waiting += [module.rpartition(".")[0], *_imported(ast.parse(data), module.partition(".")[0])]


def _imported(tree: ast.AST, package: str) -> Iterator[str]:
    """The modules of a package that code imports, and names in it that may be modules."""
    for node in ast.walk(tree):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
        if isinstance(node, ast.ImportFrom):
            names = [node.module or "", *(f"{node.module}.{name}" for name in names)]
        yield from (name for name in names if name.partition(".")[0] == package)


def refuse_graded_seed(seed: int) -> None:
    """A SpecError for seed 0: students can read the answers of the cases that they get."""
    if seed == 0:
        raise SpecError("seed 0 draws the graded cases, whose answers students could read; choose another one")


def refuse_filled(folder: Path, example: str = "") -> None:
    """A SpecError where a new folder cannot be written: a file is there, or a folder that holds something."""
    if folder.is_file() or (folder.is_dir() and any(folder.iterdir())):
        raise SpecError(f"{folder} is not an empty folder; name a new one{example and f', such as {example}'}")


def write_files(folder: Path, files: Mapping[str, bytes]) -> list[Path]:
    """Write files into a folder under their names in it, and return their paths."""
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return sorted(folder / name for name in files)
