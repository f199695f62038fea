"""From the files of one student to their program: read, parsed, and of each what the graded functions need.

Nothing is executed here.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from grader import sentences
from grader.errors import SubmissionError
from grader.submission.editions import UNKNOWN, Exercise, edition_of, renamed
from grader.submission.files import read_bytes
from grader.submission.homes import fit_of, homes_of, not_graded
from grader.submission.links import Links, imported_names, is_imported, links_of
from grader.submission.need import Statement, needed
from grader.submission.program import Redefined, SourceFile, Submission, Unit
from grader.submission.sources import MAX_FILES, ReadFile, depth_of, include, read_all, unrun
from grader.submission.statements import MAX_MESSAGES, is_definition
from grader.submission.templates import is_blank

__all__ = ["file_bytes", "parse_files", "parse_submission", "read_submission"]


def read_submission(
    files: Mapping[str, str | Path],
    arities: Mapping[str, int],
    *,
    main: Collection[str] | None = None,
    name: str = "",
    exercise: Exercise = UNKNOWN,
) -> Submission:
    """Read the files of one student.

    Parameters
    ----------
    files
        Where they lie, by their names below the student's folder.
    arities
        Graded functions and how many arguments they are called with: of several definitions the
        last one that can take them counts.
    main
        Files from which functions may be graded, all if not given; the others may be imported.
    name
        How the report calls the submission.
    exercise
        What is known of it.

    Raises
    ------
    SubmissionError
        When there is nothing that can be read; says what was found and what to do.
    """
    graded = set(files) if main is None else set(main)
    data, ages, unread = file_bytes(files, graded)
    main = graded & set(data)
    return parse_files(name, data, arities, main=main, ages=ages, unread=unread, exercise=exercise)


def file_bytes(
    files: Mapping[str, str | Path], main: Collection[str]
) -> tuple[dict[str, bytes], dict[str, float], tuple[tuple[str, str], ...]]:
    """Bytes and date of each file that can be read, and those of ``main`` that cannot, with the reason.

    Of very many files those that lie least deep are read, and the first one that is not is told with the number of others.

    Raises
    ------
    SubmissionError
        When none of ``main`` can be read.
    """
    data: dict[str, bytes] = {}
    ages: dict[str, float] = {}
    unread: list[tuple[str, str]] = []
    order = sorted(files, key=depth_of) if len(files) > MAX_FILES else [*files]
    if behind := [inner for inner in order[MAX_FILES:] if inner in main]:
        unread.append((behind[0], sentences.read_behind(len(behind), MAX_FILES)))
    for inner, place in ((inner, files[inner]) for inner in order[:MAX_FILES]):
        try:
            data[inner] = read_bytes(Path(place), inner)
            ages[inner] = Path(place).stat().st_mtime
        except SubmissionError as error:
            if inner in main:  # another file that cannot be read is missing when it is imported
                unread.append((inner, str(error)))
    if not set(main) & set(data):
        raise SubmissionError(unread[0][1] if unread else sentences.READ_EMPTY)
    return data, ages, tuple(unread)


def parse_submission(
    name: str,
    suffix: str,
    data: bytes,
    arities: Mapping[str, int],
    *,
    siblings: Mapping[str, bytes] | None = None,
    exercise: Exercise = UNKNOWN,
) -> Submission:
    """The program of one file whose bytes are at hand, with the modules that lie beside it (see :func:`read_submission`)."""
    own = Path(name).name or f"submission{suffix}"
    files = {own: data, **{f"{stem}.py": text for stem, text in (siblings or {}).items() if f"{stem}.py" != own}}
    return parse_files(name, files, arities, main={own}, exercise=exercise)


def parse_files(
    name: str,
    files: Mapping[str, bytes],
    arities: Mapping[str, int],
    *,
    main: Collection[str] | None = None,
    ages: Mapping[str, float] | None = None,
    unread: Sequence[tuple[str, str]] = (),
    exercise: Exercise = UNKNOWN,
) -> Submission:
    """The program of files whose bytes are at hand.

    Parameters
    ----------
    files
        Bytes by the file's name below the student's folder.
    main
        Files from which functions may be graded, all if not given; the others may be imported.
    ages
        When the files were last changed, which decides last between two that have the same function.
    unread
        Files that could not be read, with the reason.
    exercise
        What is known of it.

    Raises
    ------
    SubmissionError
        When no file can be read.
    """
    graded_from = set(files) if main is None else set(main)
    messages: list[str] = []
    passed = list(unread)
    read = read_all(files, graded_from, messages, passed)
    if not any(path in read for path in graded_from):
        raise SubmissionError(passed[0][1] if passed else sentences.READ_EMPTY)
    include(read)
    own = [file for path, file in read.items() if path in graded_from]
    edition = edition_of([file.cells for file in own], [s for file in own for s in file.statements], exercise.editions)
    if edition is not None and edition.names:
        for file in own:
            file.statements = [renamed(statement, edition) for statement in file.statements]
    homes = homes_of(read, [path for path in read if path in graded_from], arities, ages or {}, exercise)
    for path, reason in not_graded(read, homes, graded_from, arities):
        passed.append((path, reason))
    links = links_of(read)
    redefined: list[Redefined] = []
    built = [_built(file, homes, arities, links, redefined) for file in read.values()]
    built.sort(key=lambda file: not file.graded)
    lost = {name: place for file in own for name, place in file.reading.lost.items()}
    messages += _about_files(own, built, passed)
    if len(messages) > MAX_MESSAGES:
        messages[MAX_MESSAGES:] = [sentences.more_messages(len(messages) - MAX_MESSAGES)]
    kept = tuple(file for file in built if file.units or file.graded or not arities)
    digest = _digest(kept, lost, edition.says if edition else "")
    about = lost, tuple(passed), dict(arities), edition, tuple(redefined), unrun(own, read)
    return Submission(name, kept, tuple(messages), digest, *about)


def _about_files(own: Sequence[ReadFile], built: Sequence[SourceFile], passed: Sequence[tuple[str, str]]) -> Iterator[str]:
    """What is to be said about files that may be graded, at length of those that are executed, and of those passed over."""
    executed = {file.path for file in built if file.units}
    for file in own:
        yield from _in_short(file.reading.messages, short=bool(executed) and file.path not in executed)
    for path, why in passed:
        yield sentences.passed_over(path, why)


def _in_short(texts: Sequence[str], *, short: bool) -> list[str]:
    """What is said about reading a file; of one that nothing is taken from, the first sentence and a number."""
    if len(texts) < 3 or not short:
        return list(texts)
    return [texts[0], sentences.more_messages(len(texts) - 1)]


def _built(
    file: ReadFile, homes: Mapping[str, str], arities: Mapping[str, int], links: Links, redefined: list[Redefined]
) -> SourceFile:
    """The file with the statements that its graded functions, or the files that import it, need."""
    graded = tuple(name for name in arities if homes.get(name) == file.path)
    found = file.statements if graded else [s for s in file.statements if not s.guarded]
    dropped: set[int] = set()
    wanted: dict[str, bool] = {}
    for name in (name for name in graded if "." not in name):  # a method comes with its class
        wanted[name] = _drop_unfit(found, name, arities[name], dropped, redefined)
    own = [statement for number, statement in enumerate(found) if number not in dropped]
    for name in imported_names(file, links):
        wanted.setdefault(name, False)
    if not arities or is_imported(file, links):  # without graded functions everything that is defined counts
        wanted |= {n: False for s in own if is_definition(s.tree) for n in s.uses.binds if n not in wanted}
    units = [_unit(own[number]) for number in needed(own, wanted, arities)] if wanted else []
    return SourceFile(file.path, tuple(units), graded, file.cells)


def _unit(statement: Statement) -> Unit:
    binds = (*statement.uses.binds, *["*"] * statement.uses.binder)
    return Unit(statement.text, statement.label, statement.line, binds, statement.tree, statement.uses)


def _drop_unfit(found: Sequence[Statement], name: str, arity: int, dropped: set[int], redefined: list[Redefined]) -> bool:
    """Drop a later definition that fits the contract's arguments worse than an earlier one; whether one fits."""
    definitions = {i: s.uses.definitions[name] for i, s in enumerate(found) if name in s.uses.definitions}
    fits = {i: 3 * fit_of(d, arity) + (not is_blank(d, found[i].text)) for i, d in definitions.items()}
    best = max(fits.values(), default=0)
    if len(fits) >= 2:
        chosen = max(i for i in fits if fits[i] == best)
        later = [i for i in fits if i > chosen]
        dropped.update(i for i in later if isinstance(found[i].tree, ast.FunctionDef))
        other = later[-1] if later else chosen
        why = _why_not(fit_of(definitions[other], arity), fits[other] % 3 == 0, arity) if later else ""
        places = _unit(found[chosen]).place, _unit(found[other]).place if later else ""
        redefined.append(Redefined(name, len(definitions), *places, why))
    return best > 1  # 1 is a filled one with other arguments


def _why_not(fit: int, blank: bool, arity: int) -> str:
    """Why a definition that stands last is not the chosen one."""
    if fit == 0:
        return sentences.other_arguments(arity)
    return sentences.NOT_FILLED_IN if blank else sentences.MORE_ARGUMENTS


def _digest(files: Sequence[SourceFile], lost: Mapping[str, str], edition: str) -> str:
    """Exact text and place of everything that is executed, and the edition: equal digests are graded once.

    The name of a single file means nothing; where there are several, they import one another by it.
    """
    state = hashlib.sha256(repr((sorted(lost.items()), edition)).encode("utf-8", "surrogatepass"))
    for file in files:
        state.update(repr((file.path if len(files) > 1 else "", file.graded)).encode("utf-8", "surrogatepass"))
        for unit in file.units:
            state.update(repr((unit.label, unit.line, unit.source)).encode("utf-8", "surrogatepass"))
    return state.hexdigest()
