"""What a file is: every odd form of it that real students hand in, and what is taken from it."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from grader.errors import SubmissionError
from grader.submission import cells
from grader.submission.program import Submission, parse_submission, read_submission

F = "def f(x):\n    return x\n"


def script(text: str, arities: Mapping[str, int] | None = None) -> Submission:
    return parse_submission("student.py", ".py", text.encode(), arities or {"f": 1})


def notebook(*cells: Any, arities: Mapping[str, int] | None = None, **top: Any) -> Submission:
    """A notebook whose code cells have these sources (or are these dictionaries)."""
    found = [c if isinstance(c, dict) else {"cell_type": "code", "source": c} for c in cells]
    data = json.dumps({"nbformat": 4, "cells": found, **top}).encode()
    return parse_submission("student.ipynb", ".ipynb", data, arities or {"f": 1})


def names(found: Submission) -> list[str]:
    return [name for unit in found.units for name in unit.binds]


def run(found: Submission) -> dict[str, Any]:
    """What the units define when they are executed one after the other."""
    space: dict[str, Any] = {}
    for unit in found.units:
        exec(compile(unit.source, unit.label, "exec"), space)
    return space


def refused(suffix: str, data: bytes) -> str:
    with pytest.raises(SubmissionError) as caught:
        parse_submission("student" + suffix, suffix, data, {})
    return str(caught.value)


# -- files ---------------------------------------------------------------------------------


def test_a_file_is_read_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "Übung 3 (1).py"
    path.write_text(F, "utf-8")
    found = read_submission(path, {"f": 1})
    assert (found.name, names(found)) == (str(path), ["f"])
    assert found.units[0].origin == "Übung 3 (1).py, line 1"
    assert read_submission(path, {"f": 1}, name="shown").name == "shown"


def test_the_suffix_may_be_written_in_capitals(tmp_path: Path) -> None:
    path = tmp_path / "HOMEWORK.PY"
    path.write_text(F, "utf-8")
    assert names(read_submission(path, {"f": 1})) == ["f"]


def test_neighbours_are_read_along_and_a_broken_one_is_told(tmp_path: Path) -> None:
    for stem, text in (("student", "import tools\n" + F), ("tools", "def g(x):\n    return x\n")):
        (tmp_path / f"{stem}.py").write_text(text, "utf-8")
    (tmp_path / "odd.py").write_bytes(b"\xff\xff\xff")
    siblings = {stem: tmp_path / f"{stem}.py" for stem in ("tools", "odd", "absent")}
    found = read_submission(tmp_path / "student.py", {"f": 1}, siblings=siblings)
    assert [unit.binds for unit in found.siblings["tools"]] == [("g",)]
    assert set(found.siblings) == {"tools"}
    assert found.messages == ("odd.py was left out: the file is not text in UTF-8; save it again with that encoding",)


def test_a_missing_path_a_folder_and_an_unreadable_file_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(SubmissionError, match=r"there is no readable file at .*; check the path"):
        read_submission(tmp_path / "absent.py", {})
    with pytest.raises(SubmissionError, match=r"expected a \.py or \.ipynb file, found a folder: "):
        read_submission(tmp_path, {})
    endless = tmp_path / "endless.py"
    os.mkfifo(endless)
    with pytest.raises(SubmissionError, match="there is no readable file at"):
        read_submission(endless, {})
    with pytest.raises(SubmissionError, match=r"cannot read .*: File name too long"):
        read_submission(tmp_path / ("x" * 300 + ".py"), {})


@pytest.mark.skipif(os.geteuid() == 0, reason="the administrator may read every file")
def test_a_file_without_permission_is_told(tmp_path: Path) -> None:
    path = tmp_path / "secret.py"
    path.write_text(F, "utf-8")
    path.chmod(0)
    with pytest.raises(SubmissionError, match=r"cannot read .*: Permission denied"):
        read_submission(path, {})


def test_a_file_of_gigantic_size_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.ipynb"
    with path.open("wb") as file:
        file.truncate(cells.MAX_FILE + 2**20)  # a file with a hole: it takes no space on the disk
    with pytest.raises(SubmissionError, match="the file has 33 MB, at most 32 MB are read; clear the outputs"):
        read_submission(path, {})


@pytest.mark.parametrize(
    ("suffix", "data", "words"),
    [
        (".txt", b"x", "expected a .py or .ipynb file, found .txt"),
        (".zip", b"PK", "expected a .py or .ipynb file, found .zip; unpack it"),
        (".ipynb", b"\n<!DOCTYPE html><html>", "not a notebook but a web page; download the notebook itself"),
        ("", b"x", "expected a .py or .ipynb file, found a file without suffix"),
        (".py", b"", "the file is empty; submit the file with your solution"),
        (".ipynb", b" \n\t ", "the file is empty; submit the file with your solution"),
        (".py", b"\xff\xff", "the file is not text in UTF-8; save it again with that encoding"),
        (".py", b"#" * (2**20 + 1), "the code is longer than 1 MB; that is not a solution"),
        (".py", b"x=1;" * 20_001, "student.py has more than 20000 statements; that is not a solution"),
        (".ipynb", b'{"cells": [{"source": "x = "1""}]}', "not a notebook: broken JSON at line 1, column 29"),
        (".ipynb", b'{"cells": [', "not a notebook: broken JSON at line 1, column 12"),
        (".ipynb", b"def f(x): pass", "not a notebook: broken JSON at line 1, column 1 (Expecting value)"),
        (".ipynb", b"[" * 100_000, "not a notebook: the JSON is nested too deeply or holds an absurd number"),
        (".ipynb", b'{"n": ' + b"9" * 5000 + b"}", "not a notebook: the JSON is nested too deeply or holds an absurd"),
        (".ipynb", b"[1, 2]", "not a notebook: the JSON has no list of cells; submit the .ipynb that Jupyter saved"),
        (".ipynb", b'{"cells": 3}', "not a notebook: the JSON has no list of cells"),
        (".ipynb", b'{"worksheets": 3}', "not a notebook: the JSON has no list of cells"),
        (".ipynb", b'{"cells": [' + b"0," * 20_000 + b"0]}", "the notebook has 20001 cells, at most 20000 are read"),
    ],
)
def test_what_cannot_be_read_says_what_was_found(suffix: str, data: bytes, words: str) -> None:
    assert refused(suffix, data)[: len(words)] == words


# -- encodings and ends of lines -------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        F.encode("utf-8-sig"),
        F.encode("utf-16"),
        F.replace("\n", "\r\n").encode(),
        F.replace("\n", "\r").encode(),
        F.rstrip().encode(),
        ("# 权重\n" + F).encode("gb18030"),
        ("# -*- coding: latin-1 -*-\n# café à la carte\n" + F).encode("latin-1"),
        ("#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\n# – café\n" + F).encode("cp1252"),
        ("# -*- coding: no-such-thing -*-\n# π\n" + F).encode(),
    ],
    ids=["BOM", "UTF-16", "CRLF", "CR", "no last newline", "GB", "latin-1", "cp1252", "unknown name"],
)
def test_a_module_in_any_usual_encoding_is_read(data: bytes) -> None:
    found = parse_submission("student.py", ".py", data, {"f": 1})
    assert (names(found), found.messages) == (["f"], ())
    assert run(found)["f"](3) == 3


def test_a_notebook_with_a_byte_order_mark_and_other_ends_of_lines_is_read() -> None:
    data = json.dumps({"cells": [{"cell_type": "code", "source": [F.replace("\n", "\r\n")]}]}, indent=1)
    found = parse_submission("a.ipynb", ".ipynb", data.replace("\n", "\r\n").encode("utf-8-sig"), {})
    assert run(found)["f"](3) == 3


def test_a_formula_in_a_text_is_no_error() -> None:
    found = script('def f(x):\n    """The function $\\sigma$ of \\d."""\n    return x\n')
    assert (names(found), found.messages) == (["f"], ())


# -- notebooks -------------------------------------------------------------------------------


def test_a_source_may_be_a_list_or_a_text() -> None:
    assert names(notebook(F, ["def g(x):\n", "    return x"])) == ["f", "g"]


def test_only_code_cells_count_and_places_count_all_cells() -> None:
    markdown = {"cell_type": "markdown", "source": "def g(x): pass"}
    found = notebook(markdown, {"cell_type": "raw", "source": "h = 1"}, "\n\n" + F)
    assert [(u.binds, u.origin) for u in found.units] == [(("f",), "cell 3, line 3")]
    assert found.origin("f") == "cell 3, line 3"
    assert found.origin("g") is None


def test_notebooks_of_format_3_keep_their_cells_in_worksheets() -> None:
    sheets = [{"cells": [{"cell_type": "code", "input": [F]}]}, 7, {"cells": 5}, {}]
    data = json.dumps({"nbformat": 3, "worksheets": sheets}).encode()
    assert names(parse_submission("a.ipynb", ".ipynb", data, {})) == ["f"]


@pytest.mark.parametrize("cell", [None, 3, [], {}, {"cell_type": "code"}, {"cell_type": "code", "source": 5}])
def test_cells_that_are_no_cells_are_passed_over(cell: Any) -> None:
    data = json.dumps({"cells": [cell, {"cell_type": "code", "source": [F, 7, None]}]}).encode()
    assert names(parse_submission("a.ipynb", ".ipynb", data, {})) == ["f"]


@pytest.mark.parametrize(
    "cell",
    [
        "%matplotlib inline\n" + F,
        F + "%load_ext autoreload\n%autoreload 2\n",
        F + "!pip install numpy\n",
        F + "np.dot?\n?np.dot\nnp.dot??\n",
        F + "files = !ls\na, b = %timeit -o f(1)\n",
        "%%time\n" + F,
        "%%capture out\n" + F,
        F + "if True:\n    %matplotlib inline\n",
    ],
    ids=["line", "after", "shell", "help", "assigned", "cell", "cell with argument", "indented"],
)
def test_magics_do_not_disturb(cell: str) -> None:
    found = notebook(cell)
    assert "f" in names(found)
    assert found.messages == ()
    assert run(found)["f"](3) == 3


def test_a_line_that_goes_on_with_a_percent_sign_is_no_magic() -> None:
    body = '    """\n    % of all\n    """\n    print("%d"\n          % x)\n    return x % 2\n'
    cell = "%matplotlib inline\ndef f(x):\n" + body
    found = notebook(cell)
    assert (names(found), found.messages) == (["f"], ())
    space = run(found)
    assert space["f"](3) == 1
    assert "% of all" in space["f"].__doc__


@pytest.mark.parametrize("magic", ["%%bash", "%%html", "%%writefile f.py", "%%javascript", "%%latex"])
def test_a_cell_in_another_language_is_no_python(magic: str) -> None:
    found = notebook(f"{magic}\ndef f(x): nonsense", F)
    assert [u.label for u in found.units] == ["cell 2"]
    assert found.messages == ()


def test_half_an_emoji_in_a_comment_costs_nothing() -> None:
    data = b'{"cells": [{"cell_type": "code", "source": "def f(x):\\n    return x  # \\ud83d"}]}'
    found = parse_submission("a.ipynb", ".ipynb", data, {})
    assert (names(found), found.messages) == (["f"], ())


# -- broken cells ----------------------------------------------------------------------------


def test_a_broken_cell_loses_only_itself() -> None:
    found = notebook("This is prose, not code.", F)
    assert names(found) == ["f"]
    assert found.messages == ("cell 1 was left out: SyntaxError: invalid syntax (line 1)",)


def test_the_places_of_definitions_that_do_not_parse_are_kept() -> None:
    found = notebook("C = 1\n\ndef f(x):\n    return (\n\ndef g(x):\n    return x\n", "def h(x):\nreturn x\n")
    assert found.lost == {"f": "cell 1, line 3", "h": "cell 2, line 1"}
    assert names(found) == ["C", "g"]


def test_a_definition_that_does_not_parse_counts_in_the_digest() -> None:
    assert notebook(F, "def g(x):\n    return (\n").digest != notebook(F, "This is prose.").digest


def test_arguments_are_those_of_the_definition_that_counts() -> None:
    found = notebook("def f(a, b=1, /, *, c=2):\n    return a\n\ng = len\n")
    assert (found.arguments("f"), found.arguments("g"), found.arguments("h")) == (("a", "b"), (), ())


@pytest.mark.parametrize(
    "broken",
    [
        "def broken(x):\n    # START CODE HERE\n    # END CODE HERE\n",
        "def broken(x):\n    D1 =\n    return D1\n",
        "def broken(x)\n    return x\n",
        "D1 =\n",
        "And now the next step:\n",
        "x = (1 +\n",
    ],
    ids=["empty body", "nothing after =", "missing colon", "assignment", "prose", "bracket"],
)
def test_definitions_that_stand_on_their_own_are_recovered(broken: str) -> None:
    found = notebook(F + broken + "@staticmethod\ndef g(x):\n    return (x,\n)\n\nC = 3\n")
    assert names(found) == ["f", "g", "C"]
    (message,) = found.messages
    assert message.startswith("broken in cell 1" if "broken" in broken else "a part of cell 1")
    assert " was left out: " in message
    assert [u.line for u in found.units] == [1, *(2 + (F + broken).count("\n") + n - 1 for n in (0, 5))]


def test_a_text_over_several_lines_may_stand_at_the_margin_of_a_broken_cell() -> None:
    good = 'def f(x):\n    """First line.\n\nSecond line at the margin\ndef not_this(): pass\n"""\n    return x\n'
    found = notebook("D1 =\n" + good + "def g(x):\n    return x\n")
    assert names(found) == ["f", "g"]
    assert found.units[0].line == 2


def test_a_cell_that_is_indented_as_a_whole_is_read() -> None:
    found = notebook("    def f(x):\n        return x\n    C = 1\n")
    assert (names(found), found.messages) == (["f", "C"], ())


def test_tabs_and_spaces_may_be_mixed() -> None:
    found = notebook("def f(x):\n\tif x:\n\t    return x\n        return 0\n".replace("        return 0", "    return 0"))
    assert (names(found), found.messages) == (["f"], ())
    assert run(found)["f"](3) == 3


def test_endless_broken_lines_are_given_up_soon() -> None:
    found = script("x y\n" * 200_000 + F)
    assert names(found) == []
    assert len(found.messages) == 1


def test_at_most_fifty_messages_are_kept() -> None:
    found = notebook(*["x y"] * 80)
    assert len(found.messages) == 51
    assert found.messages[-1] == "... and 30 more messages of this kind"


@pytest.mark.parametrize(
    "deep",
    [
        "x = " + "+".join(["1"] * 900),
        "x = " + "+".join(["1"] * 2500),
        "x = np" + ".a" * 900,
        "y = 0; x = " + "+".join(["1"] * 900),
    ],
)
def test_what_is_nested_too_deeply_is_left_out_and_told(deep: str) -> None:
    found = script(deep + "\n" + F)
    assert names(found)[-1] == "f"
    assert "x" not in names(found)
    assert found.messages == ("student.py, line 1 was left out: it is nested too deeply",)


@pytest.mark.parametrize("broken", ["(" * 5000, "-" * 50_000 + "1", "x = '\0'"])
def test_what_no_parser_takes_is_told(broken: str) -> None:
    found = notebook(F + broken)
    assert names(found) == ["f"]
    assert len(found.messages) == 1
    assert " was left out: " in found.messages[0]


# -- what is a definition ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "import numpy as np",
        "from dnn_utils import *",
        "from testCases import *",
        "async def g():\n    pass",
        "class Layer:\n    pass",
        "@decorator\n@another(1)\ndef g(x):\n    return x",
        "C = 3",
        "C: float = 0.01",
        "a, b = 1, [2, 3]",
        "layers = [20, 7, 5, 1]",
        "act = {'relu': relu, 'n': -1}",
        "square = lambda x: x**2",
        "scale = np.sqrt(2 / layers[0]) if layers else 1",
        "half = partial(f, 2)",
        "rows = [n * 2 for n in range(3) if n]",
        "rng = np.random.default_rng(1)",
        "name = f'{C}!'",
        "try:\n    import h5py\nexcept ImportError:\n    h5py = None",
        "try:\n    from a import b\nexcept ImportError:\n    print('no a')\n    pass",
        "if True:\n    D = 1\nelse:\n    D = 2",
    ],
)
def test_definitions_are_taken(statement: str) -> None:
    found = script(statement + "\n")
    assert [u.source for u in found.units] == [statement]
    assert found.messages == ()


@pytest.mark.parametrize(
    "statement",
    [
        "print('hello')",
        "parameters = model(train_x, train_y, num_iterations=30000)",
        "train_x, train_y = load_dataset()",
        "data = open('data.mat').read()",
        "plt.show()",
        "for i in range(3):\n    C = i",
        "while True:\n    pass",
        "with open('x') as f:\n    C = f",
        "assert False",
        "del C",
        "C += 1",
        "'a text'",
        "x: float",
        "if __name__ == '__main__':\n    C = 3",
        "if train():\n    C = 3",
        "if True:\n    train()",
        "try:\n    train()\nexcept Exception:\n    pass",
        "rows = [train(n) for n in range(3)]",
        "rows = [n for n in train()]",
        "C = (yield_ := 3)",
        "C = np.sqrt(train())",
        "C = train(*[1])",
        "C = np.sqrt(x)(3)",
    ],
)
def test_work_at_top_level_stays_out(statement: str) -> None:
    found = script(statement + "\n" + F)
    assert (names(found), found.messages) == (["f"], ())


def test_names_bound_in_branches_and_handlers_are_known() -> None:
    found = script("try:\n    from a import b as c\nexcept ImportError:\n    d = None\nif True:\n    import x.y\n")
    assert [u.binds for u in found.units] == [("c", "d"), ("x",)]


def test_a_failed_assignment_is_no_news_but_a_failed_import_is() -> None:
    found = script("C = missing\nimport missing\n" + F)
    assert [u.essential for u in found.units] == [False, True, True]


def test_statements_that_share_a_line_are_cut_apart() -> None:
    found = script("a = 1; print(a); b = 'x;y'  # c; d\nc = 2;\nd = 3 # e\n")
    assert [u.source for u in found.units] == ["a = 1", "b = 'x;y'", "c = 2;", "d = 3 # e"]
    assert [u.line for u in found.units] == [1, 1, 2, 3]


# -- several definitions of one function --------------------------------------------------------


def test_the_last_definition_counts() -> None:
    found = notebook(F, "def f(x):\n    return 2 * x\n")
    assert run(found)["f"](3) == 6
    assert found.messages == ("f is defined 2 times; the last one, in cell 2, line 1, is graded",)
    assert found.origin("f") == "cell 2, line 1"


def test_the_last_definition_that_takes_the_arguments_of_the_exercise_counts() -> None:
    found = notebook(F, "def f(x, y):\n    return y\n", "def f(x, *, key):\n    return key\n")
    assert run(found)["f"](3) == 3
    assert found.origin("f") == "cell 1, line 1"
    (message,) = found.messages
    assert message == (
        "f is defined 3 times; the one in cell 1, line 1 is graded, because the one in cell 3, line 1 is not "
        "made for the 1 arguments of the exercise"
    )


@pytest.mark.parametrize(
    "later",
    [
        "def f(a, print_msg=False):\n    return 7",
        "def f(*args):\n    return 7",
        "def f(x, /, **options):\n    return 7",
        "def f(x, *, print_msg=False):\n    return 7",
        "f = lambda x: 7",
        "class f:\n    pass",
    ],
)
def test_a_later_definition_that_can_take_them_counts(later: str) -> None:
    assert notebook(F, later).origin("f") == "cell 2, line 1"


@pytest.mark.parametrize(
    "later",
    [
        "def f():\n    return 7",
        "def f(a, b):\n    return 7",
        "def f(a, b, c=1):\n    return 7",
        "def f(a, keep_prob=1):\n    return 7",  # another exercise's function of the same name
    ],
)
def test_a_later_definition_that_cannot_is_dropped(later: str) -> None:
    assert notebook(F, later).origin("f") == "cell 1, line 1"


def test_where_none_fits_the_last_one_counts() -> None:
    assert notebook("def f():\n    pass", "def f(a, b):\n    pass").origin("f") == "cell 2, line 1"


# -- the digest by which verdicts are kept -----------------------------------------------------


def test_equal_definitions_at_equal_places_have_equal_digests() -> None:
    one = parse_submission(
        "a/student.ipynb", ".ipynb", json.dumps({"cells": [{"cell_type": "code", "source": F}]}).encode(), {}
    )
    two = notebook(F, {"cell_type": "markdown", "source": "text"}, metadata={"a": 1})
    assert one.digest == two.digest


@pytest.mark.parametrize(
    "other",
    [notebook("\n" + F), notebook(F + "C = 1"), notebook("", F), notebook("def f(x):\n    return  x\n")],
    ids=["line", "more", "cell", "space"],
)
def test_other_text_or_places_give_another_digest(other: Submission) -> None:
    assert other.digest != notebook(F).digest


def test_a_neighbour_counts_in_the_digest() -> None:
    plain = parse_submission("s.py", ".py", F.encode(), {})
    beside = parse_submission("s.py", ".py", F.encode(), {}, siblings={"tools": b"C = 1\n"})
    assert plain.digest != beside.digest
