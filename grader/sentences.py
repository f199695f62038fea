"""Every sentence on a submission, in one place and ready to be translated.

What stands the same in every report is a constant, what holds facts is a function of them, and what recognises a
mistake gives a :class:`~grader.model.Finding`: a function's body is its meaning, and needs a docstring only where it
does more than put a sentence together. What is said of one assignment's mistakes stands in its own files.

A sentence names its subject first: what is wrong, what was expected, what to do.
"""

from __future__ import annotations

import json
import math
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from grader.model import Finding

# -- reading a submission ----------------------------------------------------------------------

_MB = 2**20
READ_ENCODING = "the file is not text in UTF-8; save it again with that encoding"
READ_BINARY = (
    "the file is no text: its bytes are those of a program or of data; submit the .py or .ipynb file with your solution"
)
READ_LINK = "the file holds nothing but a link; download the notebook itself (File, Download .ipynb) and submit that"
READ_EMPTY = "the file is empty; submit the file with your solution"
READ_PAGE = "not a notebook but a web page; download the notebook itself and submit that"
READ_ABSURD = "not a notebook: the JSON is nested too deeply or holds an absurd number"
READ_CELLS = "not a notebook: the JSON has no list of cells; submit the .ipynb that Jupyter saved"
READ_BROKEN = "there is too much code here that cannot be parsed; remove what is broken"
NESTED = "it is nested too deeply"
NOTE_HTML = "this is a web page exported from a notebook; its code was read; submit the .ipynb file itself next time"
NOTE_TRAILING = "something stands behind the end of the notebook; it was ignored"


def read_folder(path: Path) -> str:
    return f"expected a .py or .ipynb file, found a folder: {path}"


def read_absent(path: Path) -> str:
    return f"there is no readable file at {path}; check the path"


def read_linked(path: Path) -> str:
    return f"{path} is a link to another file; links are not followed: submit the file itself"


def read_large(size: int, most: int) -> str:
    return (
        f"the file has {size / _MB:.0f} MB, at most {most // _MB} MB are read; "
        "clear the outputs of the notebook, save it and submit it again"
    )


def read_error(path: Path, error: OSError) -> str:
    return f"cannot read {path}: {error.strerror or error}"


def read_kind(kind: str, *, archive: bool, misnamed: bool) -> str:
    return f"the file is {kind}{', whatever its name says' * misnamed}; {_submit_code(archive)}"


def no_code(files: str, *, archive: bool) -> str:
    return f"the submission holds no .py or .ipynb file{files and f', only {files}; {_submit_code(archive)}'}"


def _submit_code(archive: bool) -> str:
    return "unpack it and submit the .py or .ipynb file" if archive else "submit the .py or .ipynb file with your solution"


def read_long(most: int) -> str:
    return f"the code is longer than {most // _MB} MB; that is not a solution"


def read_wordy(most: int) -> str:
    return f"the code has more than {most:,} words, numbers and marks; that is not a solution"


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


def read_many(cells: int, most: int) -> str:
    return f"the notebook has {cells} cells, at most {most} are read"


def read_language(language: str) -> str:
    return f"the notebook is written in {language}, not in Python; choose a Python kernel"


def read_modules(most: int) -> str:
    return f"the files beside it are longer than {most // _MB} MB together, or have too many words and numbers"


def read_behind(count: int, most: int) -> str:
    also = f", and so do {count - 1} others" if count > 1 else ""
    return f"of more than {most} files those that lie least deep are read, and it lies deeper{also}"


def read_statements(label: str, most: int) -> str:
    return f"{label} has more than {most} statements; that is not a solution"


def unparsed(error: str) -> str:
    return f"Python cannot parse it ({error})"


_PYTHON = f"{sys.version_info[0]}.{sys.version_info[1]}"
_OURS = f"; this grader runs Python {_PYTHON}"


def needs_newer(message: str) -> bool:
    """Whether something was left out because it needs a newer Python."""
    return message.endswith(_OURS)


def syntax(error: SyntaxError, newer: tuple[int, int] | None) -> str:
    if newer:
        return f"line {error.lineno} needs Python {newer[0]}.{newer[1]}{_OURS}"
    return f"{type(error).__name__}: {error.msg} (line {error.lineno})"


def conflict(line: int) -> str:
    return f"git conflict markers at line {line}: resolve the conflict and remove the markers"


def cython(label: str) -> str:
    return f"{label} is a %%cython cell, which the grader does not compile; write the functions in plain Python"


def left_out(what: str, why: object) -> str:
    return f"{what} was left out: {why}"


def more_messages(count: int) -> str:
    return f"... and {count} more messages of this kind"


def note_damaged(error: json.JSONDecodeError, whole: int, damaged: int, *, breaks_off: bool) -> str:
    where = f"the notebook's JSON is damaged at line {error.lineno}, column {error.colno} ({error.msg})"
    again = "open it in Jupyter, save it and submit it again"
    if breaks_off:
        return f"the notebook breaks off; its first {whole} cells are whole and were read; save it and submit it again"
    if not damaged:
        return f"{where}; all {whole} cells are whole and were read: {again}"
    which = "a cell is" if damaged == 1 else f"{damaged} cells are"
    return f"{where}; {which} not whole and left out, the other {whole} were read: {again}"


def note_long(place: str, size: int, most: int) -> str:
    return (
        f"{place} was left out: it has {size:,} letters, and {most // _MB} MB of code are read at most, of densely written "
        "code less; "
        "data belong into a file of their own"
    )


def missing_damaged(name: str) -> str:
    return f"{name} stands in a part of the notebook that is damaged or cut off: save it in Jupyter and submit it again"


def note_spaces(label: str) -> str:
    return (
        f"{label} holds spaces or unseen marks that Python refuses (copied from a web page?); it was read as if they were "
        "plain spaces, or not there"
    )


_REPAIRS = ("its code was read;", "it was ignored", "were read", "it was read as if")


def is_repair(message: str) -> bool:
    """Whether a message says what was repaired in reading a file: one of the sentences above, or of :func:`note_tabs`."""
    return any(words in message for words in _REPAIRS)


def fences(line: int) -> str:
    return f"there is a line of ``` (line {line}), as in a chat or in Markdown: remove such lines"


def note_tabs(label: str) -> str:
    return f"{label} mixes tabs and blanks, which Python itself refuses; it was read as if each tab were blanks"


def defined_often(name: str, count: int, place: str) -> str:
    return f"{name} is defined {count} times; the last one, in {place}, is graded"


def defined_elsewhere(name: str, count: int, place: str, other: str, why: str) -> str:
    return f"{name} is defined {count} times; the one in {place} is graded, because the one in {other} {why}"


def other_arguments(arity: int) -> str:
    return f"does not take the {arity} argument{'s' * (arity != 1)} of the exercise"


MORE_ARGUMENTS = "has more arguments than the exercise gives it"
NOT_FILLED_IN = "is not filled in"
NOT_REACHED = "is never reached when the file is run"


def not_run_there(why: str) -> str:
    return f"could not be run ({why})"


def graded_alone(modules: Sequence[str]) -> str:
    first, others = modules[0], len(modules) - 1
    which = f"{first} and {others} more" if others else first
    return f"graded without {which}, which lies beside the files of several students: with it there were fewer points"


def passed_over(file: str, why: str) -> str:
    return f"{file} was not graded: {why}"


def provided_wins(module: str, names: Sequence[str]) -> str:
    are = "is" if len(names) == 1 else "are"
    return (
        f"{module}.py belongs to the exercise: {', '.join(names)} {are} taken from the version of the exercise, "
        "which may differ from yours; only what that does not have is taken from your file"
    )


NOTHING_FILLED_IN = "nothing is filled in"
_MOST_LISTED = 3


def better_file(names: Sequence[str], file: str) -> str:
    more = f" and {len(names) - _MOST_LISTED} more" if len(names) > _MOST_LISTED + 1 else ""
    listed = names if not more else names[:_MOST_LISTED]
    return f"{', '.join(listed)}{more} {'is' if len(names) == 1 else 'are'} taken from {file}"


ONLY_CODE = f"{NOTHING_FILLED_IN}; not read, because it is no .py or .ipynb file:"


def not_read(files: str) -> str:
    return f"{ONLY_CODE} {files}"


_LONGEST_QUOTE = 60


def quoted_line(label: str, number: int, text: str) -> str:
    """A place with the text of its line: ``cell 7, line 3: dW = ...``."""
    text = text.strip()
    if len(text) > _LONGEST_QUOTE:
        text = text[: _LONGEST_QUOTE - 3] + "..."
    return f"{label}, line {number}{text and f': {text}'}"


_QUOTED_PLACE = re.compile(r"(?:(.*?), )?line (\d{1,9})(?:: .*)?", re.DOTALL)


def place_in(origin: str) -> tuple[str, int | None]:
    """The label and the line of a place, which may quote the line.

    >>> place_in("cell 7, line 3: x = 1"), place_in("line 12"), place_in("")
    (('cell 7', 3), ('', 12), ('', None))
    """
    match = _QUOTED_PLACE.fullmatch(origin)
    return (match[1] or "", int(match[2])) if match else (origin, None)


# -- what ended a call -------------------------------------------------------------------

NO_REPLY = "it sent something that is not a reply"
PRINTED_WITHOUT_END = "it printed without end; take the print out of the loop"
NEVER_RETURNED = "it did not come back"
NO_CPU_LEFT = "the submission used up its CPU time"
NO_TIME_LEFT = "the submission used up its total time"
WORKER_WITHOUT_MEMORY = "the worker could not go on"
WORKER_BROKEN = "the code broke the worker that runs it"
LARGE_RESULTS = "its results are too large together, or have too many parts (as a list that grows from call to call)"
COSTLY_RESULTS = "its results take too long to be read and compared"
HELPERS_WITHOUT_END = "it called its helpers without end"


def more_code(count: int) -> str:
    return f"... and {count} lines more, which are not shown"


def slow_call(name: str, used_s: float, limit_s: float) -> str:
    return (
        f"{name} is slow: a call took {used_s:.1f} s of CPU time, and more than {limit_s:g} s would have stopped it. "
        "Let NumPy do at once what a loop does number by number"
    )


def needed_seconds(seconds: float) -> str:
    return f"it needed more than {seconds:g} seconds"


def needed_memory(megabytes: int) -> str:
    return f"it asked for more than {megabytes} MB"


def ended_by_signal(number: int, name: str) -> str:
    return f"the process was ended by signal {number} ({name})"


def ended_by_exit(status: int) -> str:
    if status >= _OF_WINDOWS:  # no code ends with such a number; Windows tells with it what a signal tells elsewhere
        why = {0xC0000005: ": it used memory that is not its own", 0xC00000FD: ": its calls were nested too deeply"}
        return f"the process was ended by Windows (status 0x{status:X}){why.get(status, '')}"
    return f"the code ended the process with exit status {status}"


_OF_WINDOWS = 0xC0000000


# -- checks ------------------------------------------------------------------------------

SINGLE_NUMBER = "a single number, shape ()"
SKIPPED_RUNS = "not checked: the function must run first"
SKIPPED_STRUCTURE = "not checked: fix the structure of the result first"
COUNTED_ONCE = "this has cost points in an earlier function, and costs none here"
KEEPS = "half of the points that it earns when every input is the first one: it keeps something from call to call"
SKIPPED_INPUTS = "not checked: all values must be correct first"
SKIPPED_MISSING = "not checked: the function is missing"
LEFT_OUT_ALLOWED = "this part is optional, and the result does not have it"
ALONE = "correct, but no points for this part alone"
TRIVIAL = "correct, but a function that returns zeros would be, too: no points for this part alone"
OWN_EXCEPTION = "an exception of its own"
NOT_RUN = "not run: an earlier call of this function did not return"
HIDDEN_PROPERTY = "not true for inputs that are not shown"
COMPLEX_NUMBERS = "the result has complex numbers, expected real ones"
JUDGED_WITHOUT_END = "the result is too large, or so unusual that the check did not end in time"
OTHER_FORM = "the result does not have the form that the exercise asks for"
NO_NUMBERS = "a number of the result is 0, or too large to calculate with"


def shape_problem(where: str, got: object, expected: object) -> str:
    return f"{where} has shape {got}, expected {expected}"


def dtype_problem(where: str, got: object, expected: object) -> str:
    return f"{where} has dtype {got}, expected {expected}"


def type_problem(where: str, got: str, expected: str) -> str:
    return f"{where} is of type {got}, expected {expected}"


def objects_problem(where: str, got: str, expected: str) -> str:
    return f"{where} is of type {got}, but holds no plain numbers, expected {expected}"


THE_RESULT = "the result"


def none_problem(where: str) -> str:
    return f"{where} is None; is a 'return' missing, or a blank not filled in?"


def in_place_of(helpers: Sequence[str]) -> str:
    return f"for this call, in place of your own, {' and '.join(helpers)}"


def returned_none(function: str) -> str:
    return f"{function} returned None, where the exercise asks for a result"


NOT_THERE = "nothing of this name"
LOOKED_AT = "looked at, when there is another one"
BESIDE = "one more call, of which nothing is handed on"
KEPT_BY_THE_CODE = "whatever your own code needs; it is not compared"


def unset_problem(where: str) -> str:
    missing = f"there is no {where}" if "." in where else f"your object has no attribute {where}"
    return f"{missing} after the call; is it set, under exactly this name?"


def left_none_problem(where: str) -> str:
    return f"{where} is None after the call; is a blank not filled in, or never run?"


def length_problem(where: str, got: int, expected: int) -> str:
    return f"{where} has {got} part{'s' * (got != 1)}, expected {expected}"


def key_problem(where: str, key: object, keys: Sequence[str]) -> str:
    if not keys:
        return f"{where} is empty, expected the key {key!r}"
    return f"{where} has no key {key!r}; it has the key{'s' if len(keys) > 1 else ''} {', '.join(keys)}"


def value_problem(where: str, got: str, expected: str) -> str:
    return f"{where} is {got}, expected {expected}"


def spelling_problem(where: str, got: str, expected: str) -> str:
    return f"{value_problem(where, got, expected)}: it is right but for its spelling (capitals, blanks or punctuation)"


_NO_COMPARISON = 1e4  # times a number that is next to 0: tells nothing that the difference does not


def measures_of(largest: float | None, relative: float | None, tolerance: float, *, several: bool) -> str:
    if largest is None:  # where a number that is none is expected, there is no difference
        return f"allowed {tolerance:.2g}"
    also = "" if relative is None or relative > _NO_COMPARISON else f", relative {relative:.2g}"
    return f"{'largest ' * several}difference {largest:.3g}{also}; allowed {tolerance:.2g}"


def values_problem(place: str, got: str, expected: str, where: str, count: int, size: int, measures: str) -> str:
    which = f"; {count} of {size} elements of {where} are wrong" if size > 1 else ""
    return f"{place} is {got}, expected {expected}{which} ({measures})"


def no_number(where: str, got: str, place: str, expected: str) -> str:
    return f"{where} holds {got} at {place}, expected {expected}"


def hidden_problem(where: str, stage: str) -> str:
    wrong = "is wrong" if stage == "values" else f"has the wrong {stage}"
    return f"{where} {wrong}, and these inputs are not shown"


def hidden_checks(failed: int, total: int) -> str:
    return f"{failed} of {total} checks fail; they are not shown"


def not_called(why: str) -> str:
    return f"the function was not called, since an argument of it is missing: {why}"


def part_is_missing(names: Sequence[str]) -> str:
    return f"it is called with a part of what your own {' and '.join(names)} returns, and that part is not there"


def raised(type_name: str, message: str, origin: str, caller: str = "") -> str:
    place = raised_inside(origin, caller) if caller else origin
    return f"the function raised {type_name}{message and f': {message}'}{place and f' ({place})'}"


def raised_inside(origin: str, caller: str) -> str:
    return f"{caller}; raised in this call, at {origin}"


UNUSABLE = "something that cannot be judged"


def unusable_result(message: str) -> str:
    return f"the function returned {UNUSABLE}{message and f': {message}'}"


def failing_inputs(failing: int, total: int, kinds: Sequence[str]) -> str:
    """For how many inputs, and their kind where only inputs that are special in one or two ways are among them.

    >>> failing_inputs(3, 9, ["one example"]), failing_inputs(3, 9, ["one example", "general"])
    ("; wrong for 3 of 9 inputs, all of the kind 'one example'", '; wrong for 3 of 9 inputs')
    """
    which = ""
    if len(kinds) <= _MOST_KINDS and "small" not in kinds and "general" not in kinds:
        which = f", all of the kind{'s' * (len(kinds) > 1)} {' or '.join(map(repr, kinds))}"
    return f"; wrong for {failing} of {total} inputs{which}"


_MOST_KINDS = 2


def changed_arguments(names: Sequence[str]) -> str:
    return f"the function changed its argument{'s' * (len(names) > 1)} {' and '.join(names)} in place; work on a copy"


def many_numbers(kind: str, count: int) -> str:
    return f"{kind} with {count} numbers, too many to be shown"


def passed_cases(count: int, asked: int) -> str:
    if count < asked:
        return f"correct for {count} of {asked} inputs, for the others there is no value"
    return f"correct for all {count} inputs" if count > 1 else "correct for the one input"


def spoken(item: str) -> str:
    """An item as a student calls it: the ``dW`` of all layers, not ``dW{l}``."""
    return item.replace("{l}", "")


def not_checked(reason: str) -> str:
    return f"not checked: {reason}"


def skipped_stage(stage: str, item: str, *, wrong: bool = False) -> str:
    """``wrong`` where the numbers are so in whatever form."""
    return f"not checked: fix the {stage} of {spoken(item)} first" + ("; its numbers are wrong, too" if wrong else "")


def earlier_call(name: str, problem: str) -> str:
    return f"your own {name}, which is called first, gave no value: {problem}"


def earlier_missing(name: str) -> str:
    return f"{name}, which is called first, is not defined in this submission"


def incomplete_call(problem: str) -> str:
    return f"a call gave no value: {problem}"


def nothing_raised(expected: Sequence[str]) -> str:
    return f"the call raised nothing, expected {' or '.join(expected)}"


def raised_instead(problem: str, expected: Sequence[str]) -> str:
    return f"{problem}; expected {' or '.join(expected)}"


OWN_START = "correct for the weights that the function starts from"


def carried_values(properties: Sequence[str]) -> str:
    return f"graded on the values of your own functions: {' and '.join(properties)}"


# -- functions ---------------------------------------------------------------------------

PUBLIC_CASES = "the cases of a kit are public; your marks come from other cases of the same kind"


def nothing_to_grade(names: Sequence[str]) -> str:
    return f"no graded function was found; expected definitions such as {', '.join(names)}"


def missing_function(name: str) -> str:
    return f"{name} is not defined in this submission; define it under exactly this name"


def missing_method(name: str, near: str) -> str:
    """A method that its class lacks, and the name that was probably meant."""
    owner, _, method = name.partition(".")
    meant = f"; it has {near}: if that is meant, rename it" if near else ""
    return f"the class {owner} has no method {method}{meant}"


def unread_function(name: str, place: str) -> str:
    return f"Python cannot read the definition of {name} at {place}: fix its syntax"


def newer_function(name: str, place: str) -> str:
    return (
        f"the definition of {name} at {place} needs a newer Python than {_PYTHON}, which this grader runs: "
        "write it as that version does"
    )


def no_function(name: str) -> str:
    return f"{name} is not a function"


def stopped(reason: str, name: str, detail: str) -> str:
    """What ended the call of a function, by the reason of :class:`~grader.sandbox.runner.Stopped`."""
    return {
        "timeout": f"{name} did not finish: {detail}. Is there a loop that never ends, or that makes too many turns?",
        "crashed": f"{name} ended the whole process: {detail}",
        "out-of-memory": f"{name} ran out of memory: {detail}",
        "too-much-output": f"{name} was stopped: {detail}",
        "not-run": NOT_RUN,
    }[reason]


BY_HAND = "to be graded by hand"


def not_judged(name: str, producers: Sequence[str], *, right: bool) -> str:
    """Why a function could not be asked; ``right`` where the earlier ones pass, since what they hand on is their own."""
    own = " and ".join(producers)
    if right:
        return (
            f"{name} was not judged: it works on a part of what your own {own} returns, and that part is None. "
            f"Return there what {name} needs."
        )
    return f"{name} was not judged: it works on what your own {own} returns, and that is not there. Fix {own} first."


def earlier_first(name: str, producers: Sequence[str], *, replaced: bool) -> Finding:
    """``replaced`` where what is shown was not computed from what these return, but from what correct ones do."""
    own = " and ".join(producers)
    text = f"{name} is asked on what your own {own} returns, which is not right: what differs here may come from there"
    if replaced:
        text = (
            f"your own {own} is not right: here {name} got the result of a correct {own}, and it is shown what {name} made "
            "of that. What yours hands on may be something else"
        )
    return Finding("earlier-first", text, f"Correct {own} first, then look at {name} again.")


def earlier_called(name: str, called: Sequence[str]) -> Finding:
    """The function works on a part of these results that only its author understands: no correct one can stand in."""
    own = " and ".join(called)
    text = f"{name} calls your own {own}, which is not right: what differs here may come from there"
    return Finding("earlier-first", text, f"Correct {own} first, then look at {name} again.")


def unusable_values(name: str, producers: Sequence[str], problem: str) -> Finding:
    own = " and ".join(producers)
    hint = (
        f"Does {own} hand on all that {name} takes, in the same order? The numbers that are shown are those of a correct "
        f"{own}, which hands on other things."
    )
    return Finding("unusable-values", f"{name} cannot use what your own {own} returns: {problem}", hint)


def later_first(name: str, later: Sequence[str]) -> Finding:
    own = " and ".join(later)
    text = f"{name} calls {own}, which is not right; with the grader's own {own} in its place {name} is right"
    it, stands = ("it", "stands") if len(later) == 1 else ("they", "stand")
    hint = (
        f"Correct {own} first. Points are kept beside a wrong function only where that stands earlier in the exercise, "
        f"and {it} {stands} later."
    )
    return Finding("later-first", text, hint)


def helpers_disagree(name: str, helpers: Sequence[str]) -> Finding:
    own = " and ".join(helpers)
    text = f"{name} is right with a correct {own}, and yours passes its own tests: the two do not work together"
    hint = (
        f"What does {own} do when {name} calls it? It may change an array that it is given, keep something from call to "
        "call, or be called with what it is not made for."
    )
    return Finding("helpers-disagree", text, hint)


def not_carried(names: Sequence[str], helpers: Sequence[str]) -> str:
    return (
        f"{', '.join(names)} may fail only because of {', '.join(helpers)}: fix that first. Your kit has no correct "
        "helpers to grade it with; your instructor's grader has them."
    )


# -- findings ----------------------------------------------------------------------------


def carried_own(name: str, producers: Sequence[str]) -> Finding:
    own = " and ".join(producers)
    return Finding("carried", f"{name} is correct for the values that your own {own} returns: full points.")


def carried_on_right_values(name: str, producers: Sequence[str], *, undefined: bool) -> Finding:
    right = " and ".join(producers)
    text = f"{name} is correct for the values that a correct {right} returns, so it has full points."
    return Finding("carried", text, f"Define {right} in the same file." if undefined else f"Fix {right} first.")


def carried_absent(name: str, helpers: Sequence[str]) -> Finding:
    names = ", ".join(helpers)
    text = f"{name} is correct, but it fails with the helpers of this file ({names}): full points."
    return Finding("carried", text, f"Is one of {names} missing, or hidden by a later import of the same name?")


def carried_not_there(name: str, helpers: Sequence[str], where: str, hint: str, *, certain: bool) -> Finding:
    names, several = " and ".join(helpers), len(helpers) > 1
    need = f"need{'s' * (not several)}" if certain else "may come from"
    why = f"That {'is' if certain else 'may be'} because of {where}. {hint}"
    return _carried(name, names, f"which {need} {where}", "version of each" if several else names, why)


def carried_undefined(name: str, helpers: Sequence[str]) -> Finding:
    names = " and ".join(helpers)
    return _carried(name, names, "which this file does not define", names, f"Define {names} in the same file.")


def carried_wrong(name: str, helpers: Sequence[str], *, graded: bool) -> Finding:
    """``graded`` helpers have a verdict each; of the others the grader knows only that not all of them are right."""
    names = " and ".join(helpers)
    if len(helpers) == 1:
        return _carried(name, names, "which is wrong", names, f"Fix {names} first.")
    if graded:
        return _carried(name, names, "which are not right", "version of each", f"Fix {names} first.")
    hint = f"Find out which of {names} is missing or wrong, and fix it first."
    return _carried(name, names, "of which at least one is wrong", "version of each", hint)


def carried_own_helpers(name: str, shown: Mapping[str, str]) -> Finding:
    """``shown`` has, of helpers that the exercise provides and the student has written anew, a call that is wrong."""
    names, are = " and ".join(shown), "is" if len(shown) == 1 else "are"
    return _carried(
        name, names, f"your own version of which {are} wrong", names, f"Fix {names} first: {'; '.join(shown.values())}."
    )


def carried_own_helper_unseen(name: str, helper: str, problem: str, case: str) -> Finding:
    hint = f"Compare your own {helper} with that of the exercise. With yours, {problem} (input {case})."
    return _carried(name, helper, "your own version of which it fails with", helper, hint)


def call_gives(call: str, problem: str) -> str:
    return f"of {call}, {problem}"


def _carried(name: str, names: str, fault: str, instead: str, hint: str) -> Finding:
    text = f"{name} is correct. It calls {names}, {fault}, so it was graded with a correct {instead}: full points."
    return Finding("carried", text, hint)


def unfilled_blank(line: int, label: str, text: str) -> Finding:
    none = "None" in text
    hint = (
        "Fill the blank in: a name that is None cannot be calculated with." if none else "Write this part of the function."
    )
    return Finding("unfilled-blank", f"line {line} of {label} is still '{text}'", hint)


def nothing_between_marks(name: str) -> Finding:
    text = f"the part of {name} that the template marks for your code is empty"
    return Finding("unfilled-blank", text, "Write this part of the function.")


def not_started(name: str) -> Finding:
    return Finding("not-started", f"{name} is not filled in yet", "")


def argument_order(name: str, number: int, expected: str, got: str) -> Finding:
    text = f"{name} has its arguments in another order: number {number} must be {expected}, but it is {got}"
    return Finding("argument-order", text, "Keep the order of the exercise, with arguments of your own behind its own.")


def permuted_result(names: Sequence[str]) -> Finding:
    text = f"the parts of the result are correct, but in the wrong order: expected ({', '.join(names)})"
    return Finding("permuted-result", text, "Compare the order in your return statement with the exercise.")


def transposed(item: str) -> Finding:
    hint = "Write down the shape of every array on the way: which one has to be transposed, or was and should not be?"
    return Finding("transposed", f"{item} is the transpose of the expected value", hint)


def missing_keepdims(item: str, got: tuple[int, ...], expected: tuple[int, ...]) -> Finding:
    hint = (
        "A shape of (n, 1) has two axes, (n,) has one, a single number none. A sum or a mean drops the axis that it runs "
        "over unless told to keep it, and so does an index: a[0] has one axis less than a[0:1]. squeeze, ravel and flatten "
        "take axes away, too."
    )
    lost = "an axis" if len(expected) - len(got) == 1 else f"{len(expected) - len(got)} axes"
    return Finding("missing-keepdims", f"{item} has lost {lost}: its shape is {got}, expected {expected}", hint)


def extra_axis(item: str, got: object, expected: object) -> Finding:
    hint = "np.squeeze or indexing takes an axis of length 1 away."
    return Finding("extra-axis", f"{item} has an axis too many: its shape is {got}, expected {expected}", hint)


def single_precision(item: str, dtype: object) -> Finding:
    text = f"{item} was computed in {'half' if str(dtype) == 'float16' else 'single'} precision ({dtype})"
    return Finding("single-precision", text, "Use float64, NumPy's default.")


def matrix_for_array(item: str, kind: str) -> Finding:
    hint = "Make it with np.array: for a matrix * is another product than for an array, and @ is the same for both."
    return Finding("matrix-for-array", f"{item} is a {kind}, not an array", hint)


def array_for_tensor(item: str, framework: str) -> Finding:
    hint = "Did .numpy(), .item(), float(...) or a function of NumPy make it? No gradient comes through these."
    return Finding("array-for-tensor", f"{item} is not a {framework} tensor", hint)


def edition_told(says: str) -> str:
    return f"graded by the edition of the exercise that the submission shows: {says}"


def edition_untold(possible: Sequence[str]) -> str:
    return (
        "no text cell, docstring or name of a function shows which edition of the exercise the submission follows; "
        f"each is right: {'; or '.join(possible)}"
    )


def other_edition(right_in: str, shown: str) -> Finding:
    hint = "Read the text of your own notebook on this function again: the editions of the exercise differ here."
    return Finding(
        "other-edition", f"right in another edition of the exercise ({right_in}), not in this one ({shown})", hint
    )


def truncated(item: str, *, sometimes: bool = False) -> Finding:
    hint = "Does int(...), an integer array or an integer division throw the fraction away?"
    where = ", for some inputs" * sometimes
    return Finding("truncated", f"{item} was cut to whole numbers{where}", hint)


def rounded(item: str, places: int) -> Finding:
    to = f"{places} decimal{'s' * (places != 1)}" if places else "whole numbers"
    return Finding(
        "rounded",
        f"{item} is rounded to {to}",
        "Return all digits: rounding, or a comparison with a threshold, belongs where the numbers are printed or counted.",
    )


def not_zero(item: str) -> Finding:
    return Finding(
        "not-zero", f"{item} is not zero; it has to be zero everywhere", "Which function of NumPy makes zeros of a shape?"
    )


def clipped(item: str, low: float, high: float) -> Finding:
    """Numbers that are kept between two bounds; one of them may be infinite."""
    above, below = f"numbers of {item} that should be larger are cut to {high:.4g}", f"are raised to {low:.4g}"
    if low == -math.inf:
        text, where = above, "Where are large numbers cut off (np.clip, np.minimum, a limit in a condition)?"
    elif high == math.inf:
        text = f"numbers of {item} that should be smaller {below}"
        where = "Where are small numbers raised (np.clip, np.maximum, a function that is applied before or after)?"
    else:
        text = f"{above}, and those that should be smaller {below}"
        where = "Where are numbers kept between two bounds (np.clip, np.minimum and np.maximum)?"
    return Finding("clipped", f"{text}; the others are right", f"{where} The exercise knows no such bound.")


def opposite_sign(item: str, *, sometimes: bool) -> Finding:
    if sometimes:
        text = f"{item} has the opposite sign for some inputs; for others it is right"
        return Finding("opposite-sign", text, "Is a sign lost, as with an absolute value or a square?")
    hint = "Which term is subtracted from which, and where stands a minus?"
    return Finding("opposite-sign", f"{item} has the opposite sign", hint)


def constant_factor(item: str, factor: str, meaning: str, *, sometimes: bool = False) -> Finding:
    hint = "Compare your formula with the one in the exercise, factor by factor."
    where = ", for some inputs; for others it is right" if sometimes else ""
    return Finding("constant-factor", f"{item} is {factor} times the expected value{where}{meaning}", hint)


def factor_meaning(name: str, *, divided: bool) -> str:
    what = "the number of examples m" if name == "m" else f"the argument {name}"
    if divided:
        return f": it is divided by {what} once too often, or a multiplication is missing"
    return f": a division by {what} is missing, or it is multiplied once too often"


def handed_back(items: Mapping[str, str], *, sometimes: bool, whole: bool) -> Finding:
    """``items`` by the argument that they are; ``whole`` where no part of them is right."""
    where = ", for some inputs" if sometimes else ""
    text = f"{' and '.join(f'{item} is what came in as {name}' for name, item in items.items())}, unchanged{where}"
    hint = "Is it worked out anew for every input, or does a condition, a factor of 1 or a power of 0 leave it as it is?"
    if not whole:
        hint = (
            "Where does this part get its new value, and is it made of the right variables? If a loop makes the parts, look "
            "at its range, and whether a return stands inside of it."
        )
    elif not sometimes:
        hint = (
            "Where does it get a new value, and do you return that? To bind the variable of a loop anew changes nothing "
            "in the dictionary or the list that the loop goes through."
        )
    return Finding("handed-back", text, hint)


def other_part(item: str, found: str, expected: str) -> Finding:
    text = f"{item} is {found}, expected {expected}"
    return Finding("other-part", text, "Compare the order, or the names, of what you return with the exercise.")


RETURNS_NONE_FOR_SOME = Finding(
    "returns-none-for-some",
    "for some inputs the function returns None, for others a result",
    "Is there a return inside an if or a loop, in a place that some inputs never reach? Without a return, None comes back.",
)


MUTATED_INPUT = Finding(
    "mutated-input",
    "the function overwrites its arguments: after the call, what the caller handed in has changed",
    "A -= B, A[i] = B, A.fill(0), A.shape = ... and out=A write into the caller's array, also under another name (B = A "
    "makes no copy); A = A - B makes a new one, also as d[key] = d[key] - B. pop, append, reverse, sort and del change "
    "the caller's list or dictionary; list(a), sorted(a), dict(a) make a new one.",
)


KEPT_BETWEEN_CALLS = Finding(
    "kept-between-calls",
    "something is kept from one call to the next: for the same arguments the function gives another result "
    "when it is called first",
    "Look for a global variable, a list or dictionary as a default argument, or an array that is changed in place, "
    "here or in a function that is called. Make it anew inside of the function.",
)


def only_special_inputs(item: str, case_class: str) -> Finding:
    text = f"{item} is wrong only for inputs of the kind '{case_class}'"
    return Finding("only-special-inputs", text, "What is special about these inputs?")


def scalar_function(origin: str) -> Finding:
    hint = "The functions of math take single numbers; NumPy's (np.exp, np.log, np.sqrt) take arrays."
    return Finding("scalar-function", f"a function of the module math gets an array ({origin})", hint)


def array_for_number(origin: str, version: str) -> Finding:
    text = f"an array stands where one number belongs ({origin})"
    hint = (
        f"NumPy 2.4 and later (here {version}) refuse that even for an array of one element, which NumPy took until 2.3. "
        "Take the number out: x.item(), or x[0, 0]."
    )
    return Finding("array-for-number", text, hint)


_UNPACK = "Does a function that you call return several things, which you have to unpack?"


def container_for_array(kind: str, origin: str, attribute: str = "") -> Finding:
    lack = f": it has no {attribute}" if attribute else ""
    return Finding("container-for-array", f"a {kind} stands where an array belongs{lack} ({origin})", _UNPACK)


def several_for_number(origin: str) -> Finding:
    text = f"something with several parts stands where one number, or an array of numbers, belongs ({origin})"
    return Finding("several-for-number", text, _UNPACK)


def not_unpacked(item: str, count: int) -> Finding:
    text = f"{item} is a tuple of {count} things, and the first of them is what {item} should be"
    return Finding("not-unpacked", text, _UNPACK)


def builtin_of_arrays(name: str, origin: str) -> Finding:
    text = f"{name} of Python compares whole arrays, which have no single truth value ({origin})"
    return Finding("builtin-of-arrays", text, f"NumPy's np.{name}imum goes element by element: it takes arrays and numbers.")


def truth_of_array(origin: str) -> Finding:
    text = f"a whole array is asked whether it is true, and it has an answer for each of its numbers ({origin})"
    hint = (
        "if, while, and, or, not and max decide once, and an array holds many numbers. np.where(condition, a, b) and "
        "np.maximum decide for each number by itself."
    )
    return Finding("truth-of-array", text, hint)


def array_for_axis(name: str, origin: str) -> Finding:
    text = f"np.{name} takes one array; what stands behind it is taken for an axis, and that is an array, too ({origin})"
    return Finding("array-for-axis", text, f"np.{name} and np.{name}imum are two functions.")


def caret_for_power(origin: str) -> Finding:
    return Finding("caret-for-power", f"^ is not a power in Python ({origin})", "How is a power written in Python?")


def unbound_name(name: str, origin: str, *, sometimes: bool) -> Finding:
    where = " for some inputs" if sometimes else ""
    text = f"{name} is used{where} before it has a value ({origin})"
    hint = (
        "Which of your lines give it one, and does Python come to one of them first? Compare how the name is spelled there "
        "and here. Look whether every branch gives it a value, how the texts in the conditions are spelled, and whether the "
        "loop runs at all."
    )
    return Finding("unbound-name", text, hint)


def number_outside(origin: str, *, after: bool) -> Finding:
    text = f"a key is asked for whose number comes {'after the last' if after else 'before the first'} one ({origin})"
    hint = "Which numbers does your loop variable take? "
    hint += (
        "In a dictionary of parameters every layer has two entries."
        if after
        else "range(n) begins with 0, the layers with 1."
    )
    return Finding("layer-outside", text, hint)


def unpacked_otherwise(origin: str) -> Finding:
    text = f"what is taken apart here has another number of parts ({origin})"
    hint = "Is the whole cache handed on where only a part of it is wanted, or a part where the whole one is?"
    return Finding("unpacked-otherwise", text, hint)


def lost_axis(origin: str) -> Finding:
    text = f"an array of shape (n,) meets one of shape (n, m) ({origin}): it has to be a column of shape (n, 1)"
    hint = "np.sum, np.mean and others drop the axis that they go along, unless keepdims=True, and np.zeros(n) has one axis."
    return Finding("missing-keepdims", text, hint)


def shapes_do_not_fit(origin: str, *, sometimes: bool, kind: str | None) -> Finding:
    if kind:
        text = f"for inputs of the kind '{kind}' the shapes do not fit for this calculation ({origin})"
        return Finding("shapes-do-not-fit", text, "What is special about these inputs?")
    if sometimes:
        text = f"for some inputs the shapes do not fit for this calculation ({origin}); for others they do"
        hint = (
            "Print both shapes for the example: which of the arrays is not the one that you mean? A size that is written as "
            "a number, the index of a loop that has ended, or an order of keys is right for some inputs only."
        )
        return Finding("shapes-do-not-fit", text, hint)
    text = f"the shapes do not fit for this calculation ({origin})"
    hint = "Print the shapes of both sides. A * B goes element by element; a product of matrices is A @ B or np.dot(A, B)."
    return Finding("shapes-do-not-fit", text, hint)


# -- names that are not there ------------------------------------------------------------------


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


def name_not_run(name: str, place: str, why: str, first: str) -> tuple[str, str]:
    through = "" if first == place else f", which needs {first}"
    return f"{name} comes from {place}{through}, which could not be run ({why})", f"Repair {first} first."


def name_outside(name: str, function: str, place: str, why: str) -> tuple[str, str]:
    return (
        f"{name} gets no value in {function}; only {place}, outside of it, binds that name, and could not be run ({why})",
        f"Is a line missing in {function} that gives {name} its value, or is it called otherwise there?",
    )


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
        "Is a line missing that gives it its value? Perhaps it existed only in the running notebook: restart the kernel "
        "and run all cells.",
    )


def not_there(files: Sequence[str], libraries: Sequence[str]) -> str:
    """Modules and files with what keeps them away: "tools and acts, which were not handed in"."""
    parts = [f"{' and '.join(files)}, which {'was' if len(files) == 1 else 'were'} not handed in"] if files else []
    parts += [f"{' and '.join(libraries)}, which the grader does not have"] if libraries else []
    return ", and ".join(parts)


def bring(files: Sequence[str], libraries: Sequence[str]) -> str:
    named = " and ".join(name if "." in name else f"{name}.py" for name in files)
    parts = [f"Hand in {named}, too."] if files else []
    return " ".join([*parts, *([f"Use NumPy in place of {' and '.join(libraries)}."] if libraries else [])])


def imported_function(name: str, where: str, hint: str) -> str:
    return f"{name} is imported from {where}. {hint}"


def perhaps_function(name: str, where: str, hint: str) -> str:
    return f"nothing that was handed in defines {name}; it may come from {where}. {hint}"


def name_not_there(name: str, where: str, hint: str, how: str) -> tuple[str, str]:
    other = f" Or is this line missing? {how}" if how else ""
    return f"nothing that was handed in defines {name}; it may come from {where}", f"{hint}{other}"


def other_version(kit: str, running: str) -> str:
    return (
        f"this kit needs version {kit} of the grader, and version {running} runs: python -m pip install -r requirements.txt "
        "in the folder of the kit (in a notebook: %pip install -r requirements.txt, then restart the kernel)"
    )
