"""What kits, exports and scaffolds have in common: texts from templates, an assignment's files, a new folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from string import Template

from grader.course import LoadedAssignment
from grader.errors import SpecError
from grader.judging.cases import CaseFile, to_bytes

__all__ = ["assignment_files", "filled", "refuse_graded_seed", "write_files"]

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


def refuse_graded_seed(seed: int) -> None:
    """A SpecError for seed 0: students can read the answers of the cases that they get."""
    if seed == 0:
        raise SpecError("seed 0 draws the graded cases, whose answers students could read; choose another one")


def write_files(folder: Path, files: Mapping[str, bytes]) -> list[Path]:
    """Write files into a folder under their names in it, and return their paths."""
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return sorted(folder / name for name in files)
