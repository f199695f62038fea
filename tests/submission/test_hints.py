"""What a person would say of a name that is not there."""

from __future__ import annotations

import ast
import json
import sys
import time

import pytest

from grader import sentences
from grader.submission import hints
from grader.submission.hints import built_on, missing_function, missing_name, read_by, read_in_all
from grader.submission.keeping import may_keep, seems_to_keep
from grader.submission.program import Unit
from grader.submission.reading import parse_submission
from tests.submission.programs import F, cells_json, files, notebook, script

ARITIES = {"sigmoid": 1, "relu": 1}
DEF = "def sigmoid(Z):\n    return Z\n"


def why(*cells: object, name: str = "sigmoid") -> str:
    return missing_function(notebook(*cells, arities=ARITIES), name, {})


# -- a graded function that is not there -----------------------------------------------------------


@pytest.mark.parametrize("near", ["Sigmoid", "sigmiod", "sigmoid_", "_sigmoid", "sigmoids", "SIGMOID", "si_gmoid"])
@pytest.mark.parametrize("form", ["def {}(Z):\n    return Z\n", "{} = lambda Z: Z\n"])
def test_a_name_that_is_nearly_the_same_is_named_with_its_place(near: str, form: str) -> None:
    words = f"sigmoid is not defined, but {near} is (cell 2, line 2): if it is meant, rename it to sigmoid"
    assert why("C = 1", "\n" + form.format(near)) == words


@pytest.mark.parametrize("other", ["tanh", "sigmoid_backward", "relu", "s", "f", "softmax"])
def test_another_function_is_no_near_miss(other: str) -> None:
    assert why(f"def {other}(Z):\n    return Z\n") == sentences.missing_function("sigmoid")


@pytest.mark.parametrize(
    ("first", "words"),
    [
        ("from rest import sigmoid", "sigmoid is imported from rest, which was not handed in. Hand in rest.py, too."),
        ("from .rest import a as sigmoid", "sigmoid is imported from rest, which was not handed in. Hand in rest.py, too."),
        (
            "from rest.week1.acts import sigmoid",
            "sigmoid is imported from rest/week1/acts.py, which was not handed in. Hand in rest/week1/acts.py, too.",
        ),
        (
            "from scipy.special import sigmoid",
            "sigmoid is imported from scipy, which the grader does not have. Use NumPy in place of scipy.",
        ),
        (
            "from rest import *",
            "nothing that was handed in defines sigmoid; it may come from rest, which was not handed in. "
            "Hand in rest.py, too.",
        ),
        (
            "%run lib/rest.ipynb",
            "nothing that was handed in defines sigmoid; it may come from rest.ipynb, which was not handed in. "
            "Hand in rest.ipynb, too.",
        ),
        ("from here import sigmoid", sentences.missing_function("sigmoid")),
    ],
)
def test_a_file_that_was_not_handed_in_is_named(first: str, words: str) -> None:
    submission = notebook(first, "def relu(Z):\n    return Z\n", arities=ARITIES)
    assert missing_function(submission, "sigmoid", {}, {"rest", "scipy"}) == words


def test_a_definition_that_needs_a_newer_python_is_not_told_to_be_wrong() -> None:
    words = why("def sigmoid[T](Z: T) -> T:\n    return Z\n")
    newer = sys.version_info >= (3, 12)
    assert newer or words.startswith("the definition of sigmoid at cell 1, line 1 needs a newer Python than 3.11")
    assert "fix its syntax" not in words


def test_the_first_line_that_failed_is_named() -> None:
    submission = notebook("X = load()", "Y = X.T", "m = len(Y)", "def f(x):\n    return x / m\n")
    failed = {0: "ImportError: no file", 1: "NameError: name 'X' is not defined", 2: "NameError: name 'Y' is not defined"}
    assert missing_name(submission, "f", "m", failed) == (
        "m comes from cell 3, line 1, which needs cell 1, line 1, which could not be run (ImportError: no file)",
        "Repair cell 1, line 1 first.",
    )


def test_a_name_that_a_star_import_may_bring_names_the_missing_file() -> None:
    submission = notebook("from my_utils import *", "def f(x):\n    return np.sum(x) + len(x)\n")
    message, hint = missing_name(submission, "f", "np", {}, {"my_utils"})
    assert message == "nothing that was handed in defines np; it may come from my_utils, which was not handed in"
    assert hint == "Hand in my_utils.py, too. Or is this line missing? import numpy as np"
    assert missing_name(submission, "f", "np", {})[0].startswith("np is used, but nothing in this submission")


@pytest.mark.parametrize("letters", ["sigm\u043eid", "\u0455igmoid", "s\u0456gmoid", "sigm\u03bfid"])
def test_a_letter_of_another_alphabet_is_named(letters: str) -> None:
    assert why(f"def {letters}(Z):\n    return Z\n") == (
        "sigmoid is not defined: the name at cell 1, line 1 looks like it, but holds a letter of another alphabet; "
        "type the name again"
    )


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        (["# def sigmoid(Z):\n#     return Z\n"], "its definition is commented out (cell 1, line 1); remove the # signs"),
        (["C = 1\n  ## def sigmoid (Z):"], "its definition is commented out (cell 1, line 2)"),
        ([">>> def sigmoid(Z):\n...     return Z\n"], "its definition stands behind a prompt (cell 1, line 1)"),
        (["In [3]: def sigmoid(Z):\n   ...:     return Z\n"], "its definition stands behind a prompt (cell 1, line 1)"),
        (
            ["class Net:\n    def sigmoid(self, Z):\n        return Z\n"],
            "sigmoid is defined inside of class Net (cell 1, line 2)",
        ),
        (["def make():\n    def sigmoid(Z):\n        return Z\n"], "sigmoid is defined inside of def make (cell 1, line 2)"),
        (["%%script false\n" + DEF], "sigmoid is defined in cell 1, which begins with a magic that the grader does not run"),
        (["%%cython\n" + DEF], "sigmoid is defined in cell 1, which begins with a magic"),
        ([{"cell_type": "markdown", "source": "Text\n" + DEF}], "it stands in the text cell 1 (Markdown); change that cell"),
        ([{"cell_type": "raw", "source": DEF}], "it stands in the text cell 1"),
    ],
)
def test_a_definition_that_does_not_count_is_named_with_its_place(cells: list[object], words: str) -> None:
    assert words in why(*cells)


def test_a_definition_that_does_not_parse_is_named_with_its_place() -> None:
    submission = notebook("C = 1\ndef sigmoid(Z):\n    return (\n", arities=ARITIES)
    assert missing_function(submission, "sigmoid", {}) == sentences.unread_function("sigmoid", "cell 1, line 2")


def test_a_definition_that_could_not_be_run_is_named_with_the_reason() -> None:
    submission = notebook("@decorate\n" + DEF, arities=ARITIES)
    words = "sigmoid is defined at cell 1, line 1, but that definition could not be run (NameError)"
    assert missing_function(submission, "sigmoid", {0: "NameError"}) == words


def test_the_other_files_are_searched_too() -> None:
    submission = files(
        {"hw.ipynb": cells_json("C = 1"), "a.ipynb": cells_json("def relu(Z):\n    return Z\n# " + DEF)}, ARITIES
    )
    assert "its definition is commented out (a.ipynb, cell 1, line 3)" in missing_function(submission, "sigmoid", {})


# -- a name that a body reads ------------------------------------------------------------------------


def advice_on(source: str, name: str, failed: dict[int, str] | None = None) -> tuple[str, str]:
    return missing_name(script(source), "f", name, failed or {})


def test_a_statement_that_could_not_be_run_is_the_reason() -> None:
    source = "K = open('k.npy')\ndef f(x):\n    return K\n"
    message, advice = advice_on(source, "K", {0: "no file k.npy here"})
    assert message == "K comes from student.py, line 1, which could not be run (no file k.npy here)"
    assert advice == "Repair student.py, line 1 first."


def test_what_tries_a_function_out_below_it_is_not_to_be_repaired() -> None:
    source = "def f(x):\n    return Z\nx = f_test_case()\nZ, cache = f(x), 1\n"
    submission = script(source)
    failed = {n: "NameError: name 'x' is not defined" for n, unit in enumerate(submission.units) if "Z" in unit.binds}
    message, advice = missing_name(submission, "f", "Z", failed)
    assert failed
    assert message.startswith("Z gets no value in f; only student.py, line 4, outside of it, binds that name")
    assert advice == "Is a line missing in f that gives Z its value, or is it called otherwise there?"


def test_an_argument_that_is_nearly_called_so_comes_before_a_statement_that_could_not_be_run() -> None:
    source = "layers_dims = open('dims')\ndef f(layer_dims):\n    return layers_dims\n"
    assert advice_on(source, "layers_dims", {0: "no file"})[1] == "Did you mean layer_dims?"


def test_what_tries_an_earlier_function_out_is_not_to_be_repaired_either() -> None:
    source = "def sigmoid(Z):\n    return Z\nA = sigmoid(sigmoid_test_case())\ndef f(x):\n    return A\n"
    message, _ = missing_name(script(source, {"sigmoid": 1, "f": 1}), "f", "A", {1: "NameError"})
    assert message.startswith("A gets no value in f; only student.py, line 3, outside of it, binds that name")


def test_another_case_is_a_misspelling_also_in_one_line() -> None:
    assert advice_on("def f(AL, Y):\n    return Y * AL + (1 - Al)\n", "Al")[1] == "Did you mean AL?"


def test_a_name_is_looked_for_in_the_function_that_reads_it() -> None:
    helper = "def helper(layer_dims):\n    return layers_dims\n"
    source = helper + "layers_dims = open('dims')\ndef f(layers_dims):\n    return helper(layers_dims)\n"
    assert advice_on(source, "layers_dims", {1: "no file"})[1] == "Did you mean layer_dims?"


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("def f(x):\n    for l in range(1, L + 1):\n        x += l\n    return x\n", "L"),
        ("def f(x):\n    cost = x\n    costs.append(cost)\n    return cost\n", "costs"),
        ("def f(x, size):\n    sizes[0] = size\n    return x\n", "sizes"),
    ],
)
def test_a_name_that_stands_beside_another_does_not_mean_that_one(source: str, name: str) -> None:
    message, advice = advice_on(source, name)
    assert message == f"the name {name} is not defined anywhere in this submission"
    assert advice.startswith("Is a line missing that gives it its value?")


def test_a_definition_that_python_cannot_read_is_the_reason() -> None:
    message, _ = advice_on(F + "def helper(x):\n    return (\n", "helper")
    assert message == "helper is defined at student.py, line 3, which Python cannot read"


@pytest.mark.parametrize(("name", "now"), [("xrange", "range"), ("raw_input", "input"), ("unicode", "str")])
def test_names_of_python_2_are_called_that(name: str, now: str) -> None:
    assert advice_on(F, name) == (f"{name} is a name of Python 2", f"In Python 3 it is {now}.")


@pytest.mark.parametrize(("name", "line"), [("np", "import numpy as np"), ("deepcopy", "from copy import deepcopy")])
def test_a_library_that_is_not_imported_has_its_import(name: str, line: str) -> None:
    message, advice = advice_on(F, name)
    assert message == f"{name} is used, but nothing in this submission defines or imports it"
    assert advice == f"Is this line missing? {line}"


def test_a_module_of_python_that_is_not_imported_is_no_near_name() -> None:
    source = "def f(x):\n    time_1 = time.time()\n    return time_1\n"
    assert advice_on(source, "time")[1] == "Is this line missing? import time"
    assert advice_on(source.replace("time.time()", "time"), "time")[1] == "Did you mean time_1?"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("dz", "the name dz is not defined; there is dZ"),
        ("Z_prev", "the name Z_prev is not defined; the argument is called Zprev"),
        ("w", "the name w is not defined; the argument is called W"),
        ("Wl", "the name Wl is not defined; there is W1"),
        ("parameter", "the name parameter is not defined; the argument is called parameters"),
        ("lambd", "the name lambd is not defined; there is lambda_"),
        ("EPSILON_", "the name EPSILON_ is not defined; there is EPSILON"),
    ],
)
def test_the_nearest_name_in_scope_is_asked_for(name: str, words: str) -> None:
    source = "EPSILON = 1\nlambda_ = 2\ndef f(W, Zprev, parameters):\n    dZ = W1 = 1\n    return dZ, EPSILON, lambda_\n"
    message, advice = advice_on(source, name)
    assert message == words
    assert advice == f"Did you mean {words.rpartition(' ')[2]}?"


@pytest.mark.parametrize("name", ["learning_rate", "q", "A1", "m"])
def test_only_else_the_kernel_is_spoken_of(name: str) -> None:
    message, advice = advice_on("def f(W, Zprev):\n    dZ = 1\n    return dZ\n", name)
    assert message == f"the name {name} is not defined anywhere in this submission"
    assert "restart the kernel" in advice


# -- time ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "source",
    [
        "".join(f"def sigmo{i}(x): return\n" for i in range(10_000)),
        "'''" + ("#" * 399 + "\n") * 2_000 + "sigmoid'''",
        "'''" + ("# " * 199 + " sigmoid\n") * 2_000 + "'''",
        "'''" + ("  def  " * 50 + " sigmoid\n") * 2_000 + "'''",
        "'''" + (" " * 390 + " sigmoid\n") * 2_000 + "'''",
        "'''" + "In [" + "1" * 900_000 + " sigmoid'''",
        "x = [" + ",".join(f"foobas{i}" for i in range(60_000)) + "]",
    ],
    ids="near names,hashes,hashes and blanks,defs,blanks,prompt,names".split(","),
)
def test_hostile_texts_are_searched_in_no_time(source: str) -> None:
    submission = script(source, ARITIES)
    started = time.process_time()
    assert missing_function(submission, "sigmoid", {})
    assert missing_name(submission, "relu", "foobar", {})[0]
    assert time.process_time() - started < 2


def test_what_was_read_is_not_parsed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """It was, for each function that failed: thirteen seconds for a chain of functions."""
    links = "".join(f"def relu{i}(Z):\n    return relu{i + 1}(Z) + sigmoi\n" for i in range(400))
    text = f"{links}def relu(Z):\n    return relu0(Z)\n\nclass sigmoid:\n    def relu(self, Z):\n        return Z\n"
    submission = script(text, {**ARITIES, "sigmoid.relu": 2})
    parsed: list[str] = []
    monkeypatch.setattr(ast, "parse", lambda text, *_, **__: parsed.append(text))
    assert missing_function(submission, "tanh", {}) == sentences.missing_function("tanh")
    assert missing_name(submission, "relu", "relu400", {})[0]
    assert missing_name(submission, "relu", "sigmoi", {})[0]
    assert read_in_all(submission, "relu") >= {f"relu{i}" for i in range(401)}
    assert may_keep(submission.units, ())
    assert not seems_to_keep(submission.units)
    for name in submission.arities:
        assert not submission.is_blank(name)
    assert submission.lines_of("sigmoid.relu") == (1, ["    def relu(self, Z):", "        return Z"])
    assert "line 805" in str(submission.origin("sigmoid.relu"))
    assert parsed == []


def test_text_cells_are_searched_once_for_all_names_and_not_without_end() -> None:
    """Twenty-four megabytes of empty lines were walked for each function, and again for the key of its verdict."""
    names = [f"function_{i}" for i in range(12)]
    prose = " ".join(names) + "\n" * 12_000_000 + "".join(f"def {name}(x):\n" for name in names)
    cells = [{"cell_type": "markdown", "source": prose}, {"cell_type": "code", "source": F}]
    submission = parse_submission("a.ipynb", ".ipynb", json.dumps({"cells": cells}).encode(), dict.fromkeys(names, 1))
    started = time.process_time()
    assert [missing_function(submission, name, {}) for name in names] == [*map(sentences.missing_function, names)]
    assert time.process_time() - started < 3


@pytest.mark.parametrize("end", [-14, -4])
def test_a_function_in_the_part_that_is_cut_off_is_not_called_undefined(end: int) -> None:
    text = cells_json("def relu(Z):\n    return Z\n", DEF)
    submission = parse_submission("a.ipynb", ".ipynb", text[:end], ARITIES)
    words = "sigmoid stands in a part of the notebook that is damaged or cut off: save it in Jupyter and submit it again"
    assert missing_function(submission, "sigmoid", {}) == words


@pytest.mark.parametrize("binding", ["{}", "{} = 0"], ids=["one statement", "a statement each"])
def test_what_a_function_reads_is_asked_of_each_statement_once(binding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f"a{number}" for number in range(50)]
    bound = " = ".join([*names, "0"]) if binding == "{}" else "\n".join(map(binding.format, names))
    submission = parse_submission("hw.py", ".py", f"{bound}\ndef f(x):\n    return {', '.join(names)}\n".encode(), {"f": 1})
    asked: list[str] = []

    def counted(unit: Unit) -> set[str]:
        asked.append(unit.source)
        return read_by(unit)

    monkeypatch.setattr(hints, "read_by", counted)
    assert hints.read_in_all(submission, "f") == set(names)
    assert len(asked) == len(submission.units)


def test_what_a_method_is_built_on_is_what_it_names_itself() -> None:
    text = (
        "class Net:\n    def __init__(self):\n        self.w = start()\n"
        "    def scores(self, X):\n        return layer(X)\n"
        "    def loss(me, X):\n        return me.scores(X) + penalty(me.w)\n"
        "    def other(self):\n        return unused()\n"
        "def layer(X):\n    return affine(X)\n"
    )
    submission = script(text, arities={"Net.loss": 2, "Net.scores": 2, "Net": 0})
    names = built_on(submission, "Net.loss")
    assert names >= {"Net", "Net.scores", "layer", "affine", "penalty"}
    assert "unused" not in names and "Net.other" not in names
    assert built_on(submission, "layer") == {"affine"}
    assert built_on(submission, "nowhere") == set()
