"""What authors write (the reference or ``solution.py``, mistakes, right styles) as submissions of students.

The modules of an author travel among the provided ones: those of the reference as ``ref_x``, and ``mistakes.py`` and
``styles.py`` as ``author_mistakes`` and ``author_styles``. A submission imports them by these names only.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from grader.course import LoadedAssignment
from grader.freezing.author import mistakes_of, replaced_part
from grader.spec import Severity

__all__ = [
    "Authored",
    "author_modules",
    "authored_submissions",
    "delegating",
    "reference_files",
    "reference_texts",
    "replaced_texts",
    "with_author_modules",
]

# What stands for ``grader.spec`` in an author's file that a submission imports.
_SPEC = """
def mistake(*names, **texts):
    def register(solution):
        mistake.solutions.append(solution)
        return solution

    return register


mistake.solutions = []
"""


@dataclass(frozen=True, slots=True)
class Authored:
    """A mistake or a right style as a submission: the reference, with one function replaced.

    Attributes
    ----------
    kind
        "mistake" or "style".
    function
        The graded function that it replaces.
    name
        Code of the mistake, or number and name of the style.
    files
        The whole submission, its texts by file; it imports :func:`author_modules`.
    severity
        Of a mistake.
    """

    kind: str
    function: str
    name: str
    files: Mapping[str, str]
    severity: Severity | None = None

    @property
    def source(self) -> str:
        """The text of a submission of one file."""
        (text,) = self.files.values()
        return text


def authored_submissions(assignment: LoadedAssignment) -> Iterator[Authored]:
    """Every mistake and every right style of an assignment."""
    for number, mistake in enumerate(mistakes_of(assignment)):
        part = replaced_part(assignment, mistake.function, mistake.solution)
        files = replaced_texts(assignment, mistake.function, f"author_mistakes.mistake.solutions[{number}]", part)
        yield Authored("mistake", mistake.function, mistake.code, files, mistake.severity)
    module = assignment.author_module("styles")
    for function, styles in getattr(module, "STYLES", {}).items():
        for number, style in enumerate(styles):
            part = replaced_part(assignment, function, style)
            files = replaced_texts(assignment, function, f"author_styles.STYLES[{function!r}][{number}]", part)
            name = f"{number} {getattr(style, '__name__', '')}".strip()
            yield Authored("style", function, name, files)


def replaced_texts(assignment: LoadedAssignment, function: str, place: str, part: str = "") -> dict[str, str]:
    """The reference with one function replaced by another one of the author's; a place without a dot is its own.

    ``part`` is what is replaced, where it is not the whole function.
    """
    files = reference_texts(assignment)
    if "." not in place:
        return {path: f"{text}\n\n{function} = {place or function}\n" for path, text in files.items()}
    home = assignment.spec.places.get(function) or next(iter(files))
    return {**files, home: f"{files[home]}\n\n{delegating(assignment, function, place, part)}"}


def delegating(assignment: LoadedAssignment, function: str, place: str, part: str = "") -> str:
    """A graded function that calls another one, in whose module the planted names mean the same."""
    module = place.partition(".")[0]
    # "import random" makes the worker seed that generator too, which a style may draw from.
    owner, _, method = (part or function).partition(".")
    name = f"_{method}" if method else function
    lines = [f"import random\nimport {module}\n\ndef {name}(*args):"]
    lines += [f"    {module}.{name} = {name}" for name in assignment.spec.function(function).given]
    return "\n".join([*lines, f"    return {place}(*args)", *([f"\n{owner}.{method} = {name}"] if method else [])])


def reference_files(assignment: LoadedAssignment) -> tuple[str, dict[str, str]]:
    """The reference as a student would hand it in, and the modules of the reference that it stands on."""
    folder = assignment.course.root / "reference"
    main, queue = _renamed(next(iter(assignment.solution_files.values())))
    modules: dict[str, str] = {}
    while queue:
        stem = queue.pop()
        if f"ref_{stem}" not in modules:
            modules[f"ref_{stem}"], others = _renamed(folder / f"{stem}.py")
            queue += others
    return main, modules


def reference_texts(assignment: LoadedAssignment) -> dict[str, str]:
    """The reference as a student would hand it in, file by file."""
    return {path: _renamed(place)[0] for path, place in assignment.solution_files.items()}


def author_modules(assignment: LoadedAssignment) -> dict[str, str]:
    """Mistakes and styles as modules that a submission can import, with what they import."""
    modules = {"author_spec": _SPEC}
    reference = assignment.course.root / "reference"
    for path in sorted(reference.rglob("*.py")):
        place = path.relative_to(reference)
        text, _ = _renamed(path)
        for dots, folder in zip(("", ".", ".."), place.parents, strict=False):  # modules of a package lie beside all others
            text = re.sub(rf"(?m)^from \.{re.escape(dots)}(\w+) import", rf"from ref_{_flat(f'{folder}/')}\1 import", text)
        modules[f"ref_{_flat(place.with_suffix('').as_posix())}"] = text
    for stem in ("mistakes", "styles"):
        path = assignment.folder / f"{stem}.py"
        if path.is_file():
            text, _ = _renamed(path)
            modules[f"author_{stem}"] = re.sub(r"(?m)^from grader\.spec import", "from author_spec import", text)
    return modules


def _flat(module: str) -> str:
    """A module of a package among modules of none."""
    return module.replace("/", "_").replace(".", "_")


def with_author_modules(assignment: LoadedAssignment) -> LoadedAssignment:
    """A copy of the assignment that provides these modules, too."""
    copy = replace(assignment)
    vars(copy)["provided"] = {**assignment.provided, **author_modules(assignment)}  # the place of the cached property
    return copy


def _renamed(path: Path) -> tuple[str, list[str]]:
    """A file whose imports of ``reference.x`` name ``ref_x`` instead, and the modules x that it imports."""
    text = path.read_text("utf-8")
    lines, stems = text.split("\n"), list[str]()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.partition(".")[0] == "reference":
            stem = _flat(node.module.partition(".")[2])
            stems += [stem] if stem else [alias.name for alias in node.names]
            names = ", ".join(map(ast.unparse, node.names))
            modules = ", ".join(f"ref_{alias.name} as {alias.asname or alias.name}" for alias in node.names)
            new = f"from ref_{stem} import {names}" if stem else f"import {modules}"
            assert node.end_lineno is not None
            lines[node.lineno - 1] = " " * node.col_offset + new
            lines[node.lineno : node.end_lineno] = [""] * (node.end_lineno - node.lineno)  # every line keeps its number
    return "\n".join(lines), stems
