"""Every sentence on a submission, in one place and ready to be translated.

What stands the same in every report is a constant, what holds facts is a function of them, and what recognises a
mistake gives a :class:`~grader.model.Finding`. What is said of one assignment's mistakes stands in its own files.

A sentence names its subject first: what is wrong, what was expected, what to do.
"""

from __future__ import annotations

from collections.abc import Sequence

from grader.model import Finding

# -- files -------------------------------------------------------------------------------

UNKNOWN_ENCODING = "the file is not text in UTF-8; save it again with that encoding"
NO_SUFFIX = "a file without suffix"
EMPTY_FILE = "the file is empty; submit the file with your solution"
WEB_PAGE = "not a notebook but a web page; download the notebook itself and submit that"
ABSURD_JSON = "not a notebook: the JSON is nested too deeply or holds an absurd number"
NO_CELLS = "not a notebook: the JSON has no list of cells; submit the .ipynb that Jupyter saved"
MUCH_BROKEN_CODE = "there is too much code here that cannot be parsed; remove what is broken"
NESTED_CODE = "it is nested too deeply"


def folder_found(path: object) -> str:
    return f"expected a .py or .ipynb file, found a folder: {path}"


def no_file(path: object) -> str:
    return f"there is no readable file at {path}; check the path"


def large_file(megabytes: float, most: int) -> str:
    what = f"the file has {megabytes:.0f} MB, at most {most} MB are read"
    return f"{what}; clear the outputs of the notebook, save it and submit it again"


def unreadable_file(path: object, error: object) -> str:
    return f"cannot read {path}: {error}"


def other_kind(suffix: str) -> str:
    return f"expected a .py or .ipynb file, found {suffix}"


def archive_found(suffix: str) -> str:
    return f"{other_kind(suffix)}; unpack it ('grader grade' takes zips and folders, too)"


def long_code(most: int) -> str:
    return f"the code is longer than {most} MB; that is not a solution"


def many_parts(most: int) -> str:
    return f"the notebook has more than {most} parts; clear its outputs, save it and submit it again"


def broken_json(line: int, column: int, error: str) -> str:
    what = f"not a notebook: broken JSON at line {line}, column {column} ({error})"
    return f"{what}; open it in Jupyter, save it and submit the saved file"


def many_cells(count: int, most: int) -> str:
    return f"the notebook has {count} cells, at most {most} are read"


def long_modules(most: int) -> str:
    return f"the modules beside the file are longer than {most} MB together"


def many_statements(label: str, most: int) -> str:
    return f"{label} has more than {most} statements; that is not a solution"


def left_out(what: str, why: object) -> str:
    return f"{what} was left out: {why}"


def unparsed_code(error: str) -> str:
    return f"it cannot be parsed ({error})"


def more_messages(count: int) -> str:
    return f"... and {count} more messages of this kind"


def defined_often(name: str, count: int, place: str) -> str:
    return f"{name} is defined {count} times; the last one, in {place}, is graded"


def defined_otherwise(name: str, count: int, place: str, other: str, arity: int) -> str:
    return (
        f"{name} is defined {count} times; the one in {place} is graded, because the one in {other} "
        f"is not made for the {arity} arguments of the exercise"
    )


# -- what ended a call -------------------------------------------------------------------

NO_REPLY = "it sent something that is not a reply"
PRINTED_WITHOUT_END = "it printed without end; take the print out of the loop"
NEVER_RETURNED = "it did not come back"
NO_CPU_LEFT = "the submission used up its CPU time"
NO_TIME_LEFT = "the submission used up its total time"
WORKER_WITHOUT_MEMORY = "the worker could not go on"
WORKER_BROKEN = "the code broke the worker that runs it"
LARGE_RESULTS = "its results are too large together, or have too many parts"
HELPERS_WITHOUT_END = "it called its helpers without end"


def needed_seconds(seconds: float) -> str:
    return f"it needed more than {seconds:g} seconds"


def needed_memory(megabytes: int) -> str:
    return f"it asked for more than {megabytes} MB"


def ended_by_signal(number: int, name: str) -> str:
    return f"the process was ended by signal {number} ({name})"


def ended_by_exit(status: int) -> str:
    return f"the code ended the process with exit status {status}"


# -- checks ------------------------------------------------------------------------------

SINGLE_NUMBER = "a single number, shape ()"
SKIPPED_RUNS = "not checked: the function must run first"
SKIPPED_STRUCTURE = "not checked: fix the structure of the result first"
SKIPPED_INPUTS = "not checked: all values must be correct first"
SKIPPED_MISSING = "not checked: the function is missing"
LEFT_OUT_ALLOWED = "this part is optional, and the result does not have it"
TRIVIAL = "correct, but a function that returns zeros would be, too: no points for this part alone"
OWN_EXCEPTION = "an exception of its own"
NOT_RUN = "not run: an earlier call of this function did not return"
HIDDEN_PROPERTY = "not true for inputs that are not shown"
OTHER_FORM = "not checked: the result does not have the form that the exercise asks for"


def shape_problem(where: str, got: object, expected: object) -> str:
    return f"{where} has shape {got}, expected {expected}"


def dtype_problem(where: str, got: object, expected: object) -> str:
    return f"{where} has dtype {got}, expected {expected}"


def kind_problem(where: str, got: str, expected: str) -> str:
    return f"{where} is {got}, expected {expected}"


def type_problem(where: str, got: str, expected: str) -> str:
    return f"{where} is of type {got}, expected {expected}"


def objects_problem(where: str, got: str, expected: str) -> str:
    return f"{where} is of type {got}, but holds no plain numbers, expected {expected}"


def none_problem(where: str) -> str:
    return f"{where} is None; is a 'return' missing, or a blank not filled in?"


def length_problem(where: str, got: int, expected: int) -> str:
    return f"{where} has {got} parts, expected {expected}"


def key_problem(where: str, key: object, keys: Sequence[str]) -> str:
    return f"{where} has no key {key!r}; it has {', '.join(keys) or 'none'}"


def value_problem(where: str, got: str, expected: str) -> str:
    return f"{where} is {got}, expected {expected}"


def measures_of(largest: float, relative: float | None, tolerance: float, *, several: bool) -> str:
    also = "" if relative is None else f", relative {relative:.2g}"
    return f"{'largest ' * several}difference {largest:.3g}{also}; allowed {tolerance:.2g}"


def values_problem(place: str, got: str, expected: str, where: str, count: int, size: int, measures: str) -> str:
    which = f"; {count} of {size} elements of {where} are wrong" if size > 1 else ""
    return f"{place} is {got}, expected {expected}{which} ({measures})"


def no_number(where: str, got: str, place: str, expected: str) -> str:
    return f"{where} holds {got} at {place}, expected {expected}"


def hidden_problem(where: str, stage: str) -> str:
    wrong = "is wrong" if stage == "values" else f"has the wrong {stage}"
    return f"{where} {wrong} for inputs that are not shown"


def hidden_checks(failed: int, total: int) -> str:
    return f"{failed} of {total} checks fail; they are not shown"


def raised(type_name: str, message: str, origin: str) -> str:
    return f"the function raised {type_name}{message and f': {message}'}{origin and f' ({origin})'}"


def unusable_result(message: str) -> str:
    return f"the function returned something that cannot be judged{message and f': {message}'}"


def failing_inputs(failing: int, total: int, case_class: str) -> str:
    return f"; wrong for {failing} of {total} inputs, for example of the kind '{case_class}'"


def changed_arguments(names: Sequence[str]) -> str:
    return f"the function changed its argument {' and '.join(names)} in place; work on a copy"


def passed_cases(count: int) -> str:
    return f"correct for all {count} inputs"


def skipped_stage(stage: str, item: str) -> str:
    return f"not checked: fix the {stage} of {item} first"


def other_form(problem: str) -> str:
    return f"not checked: {problem}"


def incomplete_call(problem: str) -> str:
    return f"a call gave no value: {problem}"


def carried_values(properties: Sequence[str]) -> str:
    return f"graded on the values of your own functions: {' and '.join(properties)}"


# -- functions ---------------------------------------------------------------------------

PUBLIC_CASES = "the cases of a kit are public; your marks come from other cases of the same kind"


def nothing_to_grade(names: Sequence[str]) -> str:
    return f"no graded function was found; expected definitions such as {', '.join(names)}"


def missing_function(name: str) -> str:
    return f"{name} is not defined in this file; define it under exactly this name"


def unread_function(name: str, place: str) -> str:
    return f"Python cannot read the definition of {name} at {place}: fix its syntax"


def no_function(name: str) -> str:
    return f"{name} is not a function"


def stopped(reason: str, name: str, detail: str) -> str:
    """What ended the call of a function, by the reason of :class:`~grader.sandbox.runner.Stopped`."""
    return {
        "timeout": f"{name} did not finish: {detail}. Is there a loop that never ends?",
        "crashed": f"{name} ended the whole process: {detail}",
        "out-of-memory": f"{name} ran out of memory: {detail}",
        "too-much-output": f"{name} was stopped: {detail}",
        "not-run": NOT_RUN,
    }[reason]


def not_carried(names: Sequence[str], helpers: Sequence[str]) -> str:
    return (
        f"{', '.join(names)} may fail only because of {', '.join(helpers)}: fix that first. Your kit has no correct "
        "helpers to grade it with; your instructor's grader has them."
    )


# -- findings ----------------------------------------------------------------------------


def carried_own(name: str, producers: Sequence[str]) -> Finding:
    own = " and ".join(producers)
    return Finding("carried", f"{name} is correct for the values that your own {own} returns: full points.")


def carried_absent(name: str, helpers: Sequence[str]) -> Finding:
    names = ", ".join(helpers)
    text = f"{name} is correct, but it fails with the helpers of this file ({names}): full points."
    return Finding("carried", text, f"Is one of {names} missing, or hidden by a later import of the same name?")


def carried_undefined(name: str, helpers: Sequence[str]) -> Finding:
    names = " and ".join(helpers)
    return _carried(name, names, "which this file does not define", names, f"Define {names} in the same file.")


def carried_wrong(name: str, helpers: Sequence[str]) -> Finding:
    names = " and ".join(helpers)
    if len(helpers) > 1:
        hint = f"Find out which of {names} is missing or wrong, and fix it first."
        return _carried(name, names, "of which at least one is wrong", "version of each", hint)
    return _carried(name, names, "which is wrong", names, f"Fix {names} first.")


def _carried(name: str, names: str, fault: str, instead: str, hint: str) -> Finding:
    text = f"{name} is correct. It calls {names}, {fault}, so it was graded with a correct {instead}: full points."
    return Finding("carried", text, hint)


def unfilled_blank(line: int, label: str, text: str) -> Finding:
    hint = "Fill the blank in: a name that is None cannot be calculated with."
    return Finding("unfilled-blank", f"line {line} of {label} is still '{text}'", hint)


def argument_order(name: str, number: int, expected: str, got: str) -> Finding:
    text = f"{name} has its arguments in another order: number {number} must be {expected}, but it is {got}"
    return Finding("argument-order", text, "Put arguments of your own behind those of the exercise.")


def undefined_name(name: str) -> Finding:
    hint = "Perhaps it existed only in the running notebook: restart the kernel and run all cells."
    return Finding("undefined-name", f"the name {name} is not defined in this file", hint)


def permuted_result(names: Sequence[str]) -> Finding:
    text = f"the parts of the result are correct, but in the wrong order: expected ({', '.join(names)})"
    return Finding("permuted-result", text, "Compare the order in your return statement with the exercise.")


def transposed(item: str) -> Finding:
    hint = "Write down the shapes of all factors, and which one has to be transposed."
    return Finding("transposed", f"{item} is the transpose of the expected value", hint)


def missing_keepdims(item: str, got: object, expected: object) -> Finding:
    hint = "Sums and means drop the axis that they run over, unless told to keep it."
    return Finding("missing-keepdims", f"{item} has lost an axis: its shape is {got}, expected {expected}", hint)


def extra_axis(item: str, got: object, expected: object) -> Finding:
    hint = "np.squeeze or indexing takes an axis of length 1 away."
    return Finding("extra-axis", f"{item} has an axis too many: its shape is {got}, expected {expected}", hint)


def single_precision(item: str, dtype: object) -> Finding:
    text = f"{item} was computed in single precision ({dtype})"
    return Finding("single-precision", text, "Use float64, NumPy's default.")


def truncated(item: str) -> Finding:
    hint = "Does an integer array or an integer division throw the fraction away?"
    return Finding("truncated", f"{item} was cut to whole numbers", hint)


def opposite_sign(item: str) -> Finding:
    return Finding("opposite-sign", f"{item} has the opposite sign", "Which term is subtracted from which?")


def constant_factor(item: str, factor: str, meaning: str) -> Finding:
    hint = "Compare your formula with the one in the exercise, factor by factor."
    return Finding("constant-factor", f"{item} is {factor} times the expected value{meaning}", hint)


def factor_meaning(name: str, *, divided: bool) -> str:
    what = "the number of examples m" if name == "m" else f"the argument {name}"
    if divided:
        return f": it is divided by {what} once too often, or a multiplication is missing"
    return f": a division by {what} is missing, or it is multiplied once too often"


def mutated_input() -> Finding:
    text = "the function overwrites its arguments: after the call, the caller's own values have changed"
    hint = "A -= B writes into the caller's array, d[key] = A into the caller's dictionary; A = A - B does not."
    return Finding("mutated-input", text, hint)


def only_special_inputs(item: str, case_class: str) -> Finding:
    text = f"{item} is wrong only for inputs of the kind '{case_class}'"
    return Finding("only-special-inputs", text, "What is special about these inputs?")
