"""Every sentence on a submission, in one place and ready to be translated.

The words around them (headings, statuses) stand in :mod:`grader.sentences`; what is said of one assignment's
mistakes stands in its own files.

A sentence has one form everywhere: what was found, what was expected, what to do.
"""

from __future__ import annotations

__all__ = ["say"]

_TEXTS = {
    # files
    "read-folder": "expected a .py or .ipynb file, found a folder: {path}",
    "read-absent": "there is no readable file at {path}; check the path",
    "read-large": (
        "the file has {size} MB, at most {most} MB are read; clear the outputs of the notebook, save it and submit it again"
    ),
    "read-error": "cannot read {path}: {error}",
    "read-encoding": "the file is not text in UTF-8; save it again with that encoding",
    "read-kind": "expected a .py or .ipynb file, found {found}",
    "read-archive": "expected a .py or .ipynb file, found {found}; unpack it ('grader grade' takes zips and folders, too)",
    "no-suffix": "a file without suffix",
    "read-empty": "the file is empty; submit the file with your solution",
    "read-long": "the code is longer than {most} MB; that is not a solution",
    "read-parts": "the notebook has more than {most} parts; clear its outputs, save it and submit it again",
    "read-json": (
        "not a notebook: broken JSON at line {line}, column {column} ({error}); "
        "open it in Jupyter, save it and submit the saved file"
    ),
    "read-page": "not a notebook but a web page; download the notebook itself and submit that",
    "read-absurd": "not a notebook: the JSON is nested too deeply or holds an absurd number",
    "read-cells": "not a notebook: the JSON has no list of cells; submit the .ipynb that Jupyter saved",
    "read-many": "the notebook has {found} cells, at most {most} are read",
    "read-broken": "there is too much code here that cannot be parsed; remove what is broken",
    "read-modules": "the modules beside the file are longer than {most} MB together",
    "read-statements": "{label} has more than {most} statements; that is not a solution",
    "left-out": "{what} was left out: {why}",
    "unparsed": "it cannot be parsed ({error})",
    "nested": "it is nested too deeply",
    "more-messages": "... and {count} more messages of this kind",
    "defined-often": (
        "{name} is defined {count} times; the one in {place} is graded, because the one in {other} "
        "is not made for the {arity} arguments of the exercise"
    ),
    "defined-often-last": "{name} is defined {count} times; the last one, in {place}, is graded",
    # what ended a call
    "stop-no-reply": "it sent something that is not a reply",
    "stop-printed": "it printed without end; take the print out of the loop",
    "stop-seconds": "it needed more than {seconds} seconds",
    "stop-waited": "it did not come back",
    "stop-cpu": "the submission used up its CPU time",
    "stop-worker-memory": "the worker could not go on",
    "stop-broken": "the code broke the worker that runs it",
    "stop-signal": "the process was ended by signal {number} ({name})",
    "stop-exit": "the code ended the process with exit status {status}",
    "stop-total": "the submission used up its total time",
    "stop-memory": "it asked for more than {most} MB",
    "stop-results": "its results are too large together, or have too many parts",
    "stop-helpers": "it called its helpers without end",
    # kinds of values
    "an-object": "an object of type {name}",
    "a-dictionary": "a dictionary",
    "a-tuple": "a tuple of {count}",
    "a-list": "a list of {count}",
    "an-array": "an array of shape {shape}",
    "a-truth": "True or False",
    "a-number": "a number",
    "a-text": "a text",
    "a-set": "a set",
    "a-value": "a value of type {name}",
    # checks
    "shape": "{where} has shape {got}, expected {expected}",
    "single-number": "a single number, shape ()",
    "dtype": "{where} has dtype {got}, expected {expected}",
    "type": "{where} is {got}, expected {expected}",
    "none": "{where} is None; is a 'return' missing, or a blank not filled in?",
    "length": "{where} has {got} parts, expected {expected}",
    "key": "{where} has no key {key!r}; it has {found}",
    "value": "{where} is {got}, expected {expected}",
    "values": (
        "{place} is {got}, expected {expected}; {count} of {size} elements of {where} are wrong "
        "(largest difference {largest:.3g}{relative}; allowed {tolerance:.2g})"
    ),
    "values-one": "{place} is {got}, expected {expected} (difference {largest:.3g}{relative}; allowed {tolerance:.2g})",
    "nan": "{where} holds {what} at {place}, expected {expected}",
    "opaque": "{where} is of type {got}, expected {expected}",
    "objects": "{where} is of type {got}, but holds no plain numbers, expected {expected}",
    "set": "{where} is {got}, expected {expected}",
    # of inputs that are not shown
    "hidden-structure": "{where} does not have the expected form, for inputs that are not shown",
    "hidden-shape": "{where} does not have the expected shape, for inputs that are not shown",
    "hidden-dtype": "{where} does not have the expected dtype, for inputs that are not shown",
    "hidden-values": "{where} is wrong for inputs that are not shown",
    "hidden-property": "this does not hold for inputs that are not shown",
    "hidden-checks": "{failed} of {total} checks fail; they are not shown",
    "own-exception": "an exception of its own",
    "raised": "it raised {type}{message}{origin}",
    "unusable": "it ran, but its result cannot be judged{message}",
    "for-class": "; {failing} of {total} inputs fail, the first is of the kind '{case_class}'",
    "mutated": "it changed its argument {names} in place; work on a copy",
    "passed-cases": "right on all {count} inputs",
    "skipped-runs": "not looked at, because the function did not run",
    "skipped-structure": "not looked at, because the structure of the result is wrong",
    "skipped-stage": "not looked at, because the {stage} of {item} is wrong",
    "skipped-inputs": "counts only when all values are right",
    "skipped-missing": "not looked at, because the function is missing",
    "property-form": "the result has not the form that this check needs: {problem}",
    "property-incomplete": "a call gave no value: {problem}",
    "optional": "left out, which is allowed",
    "trivial": "right, but earns points only together with the rest of the function",
    # functions
    "nothing-found": "no graded function was found; expected definitions such as {names}",
    "missing": "{name} is not defined in this file; define it under exactly this name",
    "unread": "{name} is defined at {place}, but Python cannot read that definition: repair its syntax",
    "not-callable": "{name} is not a function",
    "timeout": "{name} did not finish: {detail}. Is there a loop that never ends?",
    "crashed": "{name} ended the whole process: {detail}",
    "out-of-memory": "{name} ran out of memory: {detail}",
    "too-much-output": "{name} was stopped: {detail}",
    "not-run": "not run, because an earlier call of this function did not come back",
    # findings
    "carried": "{name} itself is right; it stands on {helpers}, which is not. It gets full points here.",
    "carried-undefined": (
        "{name} itself is right; it stands on {helpers}, which this file does not define. It gets full points here."
    ),
    "carried-undefined-hint": "Define {helpers} in the same file.",
    "carried-some": (
        "{name} itself is right; it stands on {helpers}, of which at least one is not. It gets full points here."
    ),
    "carried-some-hint": "Find out which of {helpers} is missing or wrong, and repair it first.",
    "carried-absent": "{name} itself is right; with this file's own helpers ({helpers}) it fails. It gets full points.",
    "carried-absent-hint": "Is one of {helpers} missing, or hidden by a later import of the same name?",
    "carried-own": "{name} is right on the values that your own {producer} hands over. It gets full points here.",
    "carried-values": "judged on what your own functions hand over: {property}",
    "carried-hint": "Repair {helpers} first.",
    "public-cases": "the cases of a kit are public; your marks come from other cases of the same kind",
    "not-carried": (
        "{names} may fail only because of {helpers}: repair that first. Your kit has no right helpers to judge by; "
        "your instructor's grader has them."
    ),
    "factor": "{item} is {factor} times the expected value{meaning}",
    "factor-examples": "the number of examples m",
    "factor-argument": "the argument {name}",
    "factor-multiplied": ": a division by {what} is missing, or it is multiplied once too often",
    "factor-divided": ": it is divided by {what} once too often, or a multiplication is missing",
    "factor-hint": "Compare your formula with the one in the exercise, factor by factor.",
    "sign": "{item} has the opposite sign",
    "sign-hint": "Which term is subtracted from which?",
    "transposed": "{item} is the transpose of what is expected",
    "transposed-hint": "Write down the shapes of all factors, and which one has to be transposed.",
    "permuted": "the parts of the result are right, but in another order: expected ({expected})",
    "permuted-hint": "Compare the order in your return statement with the exercise.",
    "keepdims": "{item} has lost an axis: its shape is {got}, expected {expected}",
    "keepdims-hint": "Sums and means drop the axis that they run over, unless told to keep it.",
    "extra-axis": "{item} has an axis too many: its shape is {got}, expected {expected}",
    "extra-axis-hint": "np.squeeze or indexing takes an axis of length 1 away.",
    "float32": "{item} was computed in single precision ({got})",
    "float32-hint": "Use float64, NumPy's default.",
    "truncated": "{item} was cut to whole numbers",
    "truncated-hint": "Does an integer array or an integer division throw the fraction away?",
    "only-class": "{item} is wrong only for inputs of the kind '{case_class}'",
    "only-class-hint": "What is special about these inputs?",
    "mutated-finding": "the numbers that were handed in are overwritten: after the call, the caller's own have changed",
    "mutated-hint": "A -= B writes into the array that was handed in, d[key] = A into the dictionary; A = A - B does not.",
    "unfilled-blank": "line {line} of {label} still reads '{text}'",
    "unfilled-blank-hint": "Fill the blank in: a name that is None cannot be calculated with.",
    "argument-order": (
        "the arguments of {name} are in another order: it is called with {expected} in place {number}, where it has {found}"
    ),
    "argument-order-hint": "Put arguments of your own behind those of the exercise.",
    "undefined-name": "the name {missing} is not defined in this file",
    "undefined-name-hint": "Perhaps it existed only in the running notebook: restart the kernel and run all cells.",
}


def say(text: str, /, **facts: object) -> str:
    """The sentence of that name with the facts filled in."""
    return _TEXTS[text].format(**facts)
