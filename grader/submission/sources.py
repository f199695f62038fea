"""The files of one student, each with its statements: those that cells write, and those that they run, too."""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from grader import sentences
from grader.errors import SubmissionError
from grader.submission.cells import MAX_SOURCE, MAX_WORDS, Cells, read_cells, words_of
from grader.submission.names import uses_of
from grader.submission.need import Statement
from grader.submission.statements import Reading, Search, statements

__all__ = ["MAX_FILES", "ReadFile", "depth_of", "include", "read_all", "stem_of", "unrun"]

MAX_STATEMENTS = 20_000
MAX_FILES = 500
MAX_RUNS = 50  # files that one notebook runs, those that they run included


@dataclass
class ReadFile:
    """A file while the program is put together."""

    path: str
    cells: Cells
    reading: Reading
    statements: list[Statement] = field(default_factory=list)
    included: list[tuple[int, str]] = field(default_factory=list)


def stem_of(path: str) -> str:
    """The name under which other files speak of a file; that of the folder for a package."""
    stem = posixpath.splitext(posixpath.basename(path))[0]
    return posixpath.basename(posixpath.dirname(path)) if stem == "__init__" else stem


def depth_of(path: str) -> int:
    """In how many folders a file lies."""
    return path.count("/")


def read_all(
    files: Mapping[str, bytes], graded_from: set[str], messages: list[str], passed: list[tuple[str, str]]
) -> dict[str, ReadFile]:
    """Every file that can be read, and the files that cells write (``%%writefile``).

    What all of them may have together goes to those first that lie least deep: a library lies in a folder of its own.
    """
    unparsed: dict[str, ReadFile] = {}
    written: dict[str, list[tuple[str, str]]] = {}
    room = {True: MAX_SOURCE, False: MAX_SOURCE}
    # A whole megabyte of usual code has under 300,000 words.
    words = {True: 2 * MAX_WORDS, False: MAX_WORDS}
    search = Search()
    single = len(graded_from) == 1
    empty: list[tuple[str, str]] = []
    for path in sorted([*files][:MAX_FILES], key=depth_of):
        data, graded = files[path], path in graded_from
        base = posixpath.basename(path)
        try:
            cells = read_cells(data, path if not single or not graded else base)
            room[graded] -= sum(len(source) for _, source in cells.code)
            words[graded] -= sum(words_of(source) for _, source in cells.code) if len(files) > 1 else 0
            if min(room[graded], words[graded]) < 0:
                raise SubmissionError(sentences.read_modules(MAX_SOURCE) if not graded else sentences.read_long(MAX_SOURCE))
        except SubmissionError as error:
            if graded and data.strip():  # an empty __init__.py beside others is no news
                passed.append((path, str(error)))
            elif graded:
                empty.append((path, str(error)))
            else:
                messages.append(sentences.left_out(path, error))
            continue
        messages += [note if single else f"{path}: {note}" for note in cells.notes if graded]
        if path.endswith(".ipynb") and (not graded or not single):
            cells = replace(cells, code=tuple((f"{path}, {label}", source) for label, source in cells.code))
        unparsed[path] = ReadFile(path, cells, Reading(search=search))
        for target, source in _writing(path, cells):
            written.setdefault(target, []).append(source)
            if graded:
                graded_from.add(target)
    passed += empty if not unparsed else []
    unparsed = {path: unparsed[path] for path in files if path in unparsed}
    for target, parts in [*written.items()][:MAX_FILES]:
        text = "\n".join(source for _, source in parts)
        unparsed[target] = ReadFile(target, Cells(((parts[0][0], text),)), Reading(search=search))
    return _parsed(unparsed, graded_from, messages, passed)


def _parsed(
    files: Mapping[str, ReadFile], graded_from: Collection[str], messages: list[str], passed: list[tuple[str, str]]
) -> dict[str, ReadFile]:
    """The files with their statements, without those that hold too many, or too much that is broken."""
    read: dict[str, ReadFile] = {}
    room = MAX_STATEMENTS
    for path in sorted(files, key=depth_of):
        file = files[path]
        try:
            _parse(file, room)
        except SubmissionError as error:
            if path in graded_from:
                passed.append((path, str(error)))
            else:
                messages.append(sentences.left_out(path, error))
            continue
        room -= len(file.statements)
        read[path] = file
    return {path: read[path] for path in files if path in read}


_WRITES = re.compile(r"\s{0,20}%%(?:writefile|file)[ \t]+(?:-a[ \t]+)?[\"']?([\w./-]{1,200}\.py)[\"']?[ \t]*\n")
_RUNS = re.compile(
    r"(?m)^[ \t]{0,20}%run[ \t]+(?:-\w+[ \t]+){0,5}(?:\"([^\"\n]{1,200})\"|'([^'\n]{1,200})'|([^\s\"']{1,200}))"
)


def _writing(path: str, cells: Cells) -> Iterator[tuple[str, tuple[str, str]]]:
    """The files that cells write, with the label and text of the cell; the magic's line stays as an empty one."""
    for label, source in cells.code:
        found = _WRITES.match(source)
        if found:
            target = posixpath.normpath(posixpath.join(posixpath.dirname(path), found[1]))
            if not target.startswith(("..", "/")):
                yield target, (label, "\n" + source[found.end() :])


def _parse(file: ReadFile, room: int) -> None:
    """The statements of a file, and the places where it runs another one (``%run other.ipynb``)."""
    for label, source in file.cells.code:
        if "%run" in source:
            file.included += [(len(file.statements), "".join(found)) for found in _RUNS.findall(source)]
        for tree, text, line, guarded in statements(label, source, file.reading):
            if len(file.statements) >= room:
                raise SubmissionError(sentences.read_statements(label, MAX_STATEMENTS))
            try:
                if not _is_our_own(tree):
                    uses = uses_of(tree)
                    uses.dynamic |= "sys.modules" in text
                    file.statements.append(Statement(tree, text, label, line, uses, guarded))
            except RecursionError:
                file.reading.messages.append(sentences.left_out(f"{label}, line {line}", sentences.NESTED))


def _is_our_own(statement: ast.stmt) -> bool:
    """A kit's notebook imports its checker: no news to anybody, and nothing for submissions."""
    return isinstance(statement, ast.ImportFrom) and (statement.module or "").partition(".")[0] == "grader"


def include(read: dict[str, ReadFile]) -> None:
    """Put the statements of a file that ``%run`` names where it is named; each file once."""
    room = MAX_STATEMENTS
    expanded: dict[str, list[Statement]] = {}
    for path, file in read.items():
        if file.included and room > 0:
            expanded[path] = [*islice(_with_runs(file, read, {path}), room)]
            room -= len(expanded[path])
    for path, found in expanded.items():
        read[path].statements = found


def _with_runs(file: ReadFile, read: Mapping[str, ReadFile], visited: set[str]) -> Iterator[Statement]:
    start = 0
    for place, target in file.included:
        yield from file.statements[start:place]
        start = place
        other = _ran(file.path, target, read)
        if other and other not in visited and len(visited) < MAX_RUNS:
            visited.add(other)
            yield from _with_runs(read[other], read, visited)
    yield from file.statements[start:]


def _ran(path: str, target: str, read: Mapping[str, ReadFile]) -> str | None:
    base = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
    return next((name for name in (base, f"{base}.py", f"{base}.ipynb") if name in read), None)


def unrun(own: Sequence[ReadFile], read: Mapping[str, ReadFile]) -> tuple[str, ...]:
    """Files that are run and are not there."""
    named = ((file.path, target) for file in own for _, target in file.included[:MAX_RUNS])
    return tuple(dict.fromkeys(posixpath.basename(target) for path, target in named if not _ran(path, target, read)))
