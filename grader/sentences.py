"""Every sentence that people read about a submission: typed functions, one for each thing that can be said."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

# -- reading a submission ----------------------------------------------------------------------

_MB = 2**20


def read_folder(path: Path) -> str:
    return f"expected a .py or .ipynb file, found a folder: {path}"


def read_absent(path: Path) -> str:
    return f"there is no readable file at {path}; check the path"


def read_large(size: int, most: int) -> str:
    return (
        f"the file has {size / _MB:.0f} MB, at most {most // _MB} are read; "
        "clear the outputs of the notebook, save it and submit it again"
    )


def read_error(path: Path, error: OSError) -> str:
    return f"cannot read {path}: {error.strerror or error}"


def read_encoding() -> str:
    return "the file is not text in UTF-8; save it again with that encoding"


def read_kind(kind: str, *, archive: bool) -> str:
    way = "unpack it and submit the .py or .ipynb file" if archive else "submit the .py or .ipynb file with your solution"
    return f"the file is {kind}, whatever its name says; {way}"


def read_binary() -> str:
    return "the file holds zero bytes: it is no text; submit the .py or .ipynb file with your solution"


def read_link() -> str:
    return "the file holds nothing but a link; download the notebook itself (File, Download .ipynb) and submit that"


def read_empty() -> str:
    return "the file is empty; submit the file with your solution"


def read_long(most: int) -> str:
    return f"the code is longer than {most // _MB} MB; that is not a solution"


def read_parts(most: int) -> str:
    return f"the notebook has more than {most} parts; clear its outputs, save it and submit it again"


def read_json(error: json.JSONDecodeError) -> str:
    if error.pos >= len(error.doc) - 1:
        return "the notebook breaks off: it was not saved or uploaded whole; save it in Jupyter and submit it again"
    return (
        f"the notebook's JSON is damaged at line {error.lineno}, column {error.colno} ({error.msg}); "
        "submit the file as Jupyter saved it, without editing it as text"
    )


def read_conflict(line: int) -> str:
    return f"the file holds git conflict markers (line {line}): resolve the conflict, save the file and submit it again"


def read_page() -> str:
    return "not a notebook but a web page; download the notebook itself and submit that"


def read_absurd() -> str:
    return "not a notebook: the JSON is nested too deeply or holds an absurd number"


def read_cells() -> str:
    return "not a notebook: the JSON has no list of cells; submit the .ipynb that Jupyter saved"


def read_many(cells: int, most: int) -> str:
    return f"the notebook has {cells} cells, at most {most} are read"


def read_language(language: str) -> str:
    return f"the notebook is written in {language}, not in Python; choose a Python kernel"


def read_broken() -> str:
    return "there is too much code here that cannot be parsed; remove what is broken"


def read_modules(most: int) -> str:
    return f"the files beside it are longer than {most // _MB} MB together"


def read_statements(label: str, most: int) -> str:
    return f"{label} has more than {most} statements; that is not a solution"


def nested() -> str:
    return "it is nested too deeply"


def unparsed(error: str) -> str:
    return f"Python cannot parse it ({error})"


def syntax(error: SyntaxError, newer: tuple[int, int] | None) -> str:
    if newer:
        own = f"{sys.version_info[0]}.{sys.version_info[1]}"
        return f"line {error.lineno} needs Python {newer[0]}.{newer[1]}; this grader runs Python {own}"
    return f"{type(error).__name__}: {error.msg} (line {error.lineno})"


def conflict(line: int) -> str:
    return f"git conflict markers at line {line}: resolve the conflict and remove the markers"


def cython(label: str) -> str:
    return f"{label} is a %%cython cell, which the grader does not compile; write the functions in plain Python"


def left_out(what: str, why: object) -> str:
    return f"{what} was left out: {why}"


def more_messages(count: int) -> str:
    return f"... and {count} more messages of this kind"


def note_html() -> str:
    return "this is a web page exported from a notebook; its code was read; submit the .ipynb file itself next time"


def note_trailing() -> str:
    return "something stands behind the end of the notebook; it was ignored"


def note_truncated(cells: int) -> str:
    return f"the notebook breaks off; its first {cells} cells are whole and were read; save it and submit it again"


def note_tabs(label: str) -> str:
    return f"{label} mixes tabs and blanks, which Python itself refuses; it was read as if each tab were blanks"


def defined_often(name: str, count: int, place: str) -> str:
    return f"{name} is defined {count} times; the last one, in {place}, is graded"


def defined_elsewhere(name: str, count: int, place: str, other: str, arity: int) -> str:
    return (
        f"{name} is defined {count} times; the one in {place} is graded, "
        f"because the one in {other} does not take the {arity} arguments of the exercise"
    )


def passed_over(file: str, why: str) -> str:
    return f"{file} was not graded: {why}"


def better_file(names: Sequence[str], file: str) -> str:
    return f"{', '.join(names)} {'is' if len(names) == 1 else 'are'} taken from {file}"


# -- names that are not there ------------------------------------------------------------------


def missing(name: str) -> str:
    return f"{name} is not defined in this submission; define it under exactly this name"


def unread(name: str, place: str) -> str:
    return f"{name} is defined at {place}, but Python cannot read that definition: repair its syntax"


def failed_definition(name: str, place: str, why: str) -> str:
    return f"{name} is defined at {place}, but that definition could not be run ({why})"


def missing_near(name: str, near: str, place: str) -> str:
    return f"{name} is not defined, but {near} is ({place}): if it is meant, rename it to {name}"


def missing_lookalike(name: str, place: str) -> str:
    return (
        f"{name} is not defined: the name at {place} looks like it, but holds a letter of another alphabet; "
        "type the name again"
    )


def missing_commented(name: str, place: str) -> str:
    return f"{name} is not defined: its definition is commented out ({place}); remove the # signs"


def missing_prompt(name: str, place: str) -> str:
    return f"{name} is not defined: its definition stands behind a prompt ({place}); remove the prompts (>>> and ...)"


def missing_inner(name: str, place: str, around: str) -> str:
    return f"{name} is defined inside of {around} ({place}); define it at the left margin, outside of it"


def missing_magic(name: str, label: str) -> str:
    return f"{name} is defined in {label}, which begins with a magic that the grader does not run; remove that line"


def missing_prose(name: str, label: str) -> str:
    return f"{name} is not defined: it stands in {label} (Markdown); change that cell to a code cell"


def name_not_run(name: str, place: str, why: str) -> tuple[str, str]:
    return f"{name} comes from {place}, which could not be run ({why})", f"Repair {place} first."


def name_lost(name: str, place: str) -> tuple[str, str]:
    return f"{name} is defined at {place}, which Python cannot read", f"Repair the syntax at {place}."


def name_python_2(name: str, now: str) -> tuple[str, str]:
    return f"{name} is a name of Python 2", f"In Python 3 it is {now}."


def name_not_imported(name: str, how: str) -> tuple[str, str]:
    return f"{name} is used, but nothing in this submission defines or imports it", f"Is this line missing? {how}"


def name_near(name: str, near: str, *, argument: bool) -> tuple[str, str]:
    kind = "the argument is called" if argument else "there is"
    return f"the name {name} is not defined; {kind} {near}", f"Did you mean {near}?"


def name_unknown(name: str) -> tuple[str, str]:
    return (
        f"the name {name} is not defined anywhere in this submission",
        "Perhaps it existed only in the running notebook: restart the kernel and run all cells.",
    )
