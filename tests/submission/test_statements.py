"""From code cells to statements: magics do not disturb, and a broken cell loses only what is broken in it."""

from __future__ import annotations

import ast
import sys

import pytest

from grader.submission.statements import MAX_PARSED, Reading, is_definition, statements
from tests.submission.programs import F, notebook, run, script

ARITIES = {"f": 1, "g": 1, "h": 1}


def read(source: str, label: str = "cell 1") -> tuple[list[tuple[str, int]], Reading]:
    reading = Reading()
    return [(text, line) for _, text, line, _ in statements(label, source, reading)], reading


def texts_of(source: str) -> list[str]:
    return [text for text, _ in read(source)[0]]


# -- magics ----------------------------------------------------------------------------------------


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
    submission = notebook(cell)
    assert submission.messages == ()
    assert run(submission)["f"](3) == 3


def test_a_line_that_goes_on_with_a_percent_sign_is_no_magic() -> None:
    body = '    """\n    % of all\n    """\n    print("%d"\n          % x)\n    return x % 2\n'
    submission = notebook("%matplotlib inline\ndef f(x):\n" + body)
    assert submission.messages == ()
    space = run(submission)
    assert space["f"](3) == 1
    assert "% of all" in space["f"].__doc__


@pytest.mark.parametrize("magic", ["%%bash", "%%html", "%%javascript", "%%latex", "%%R"])
def test_a_cell_in_another_language_is_no_python(magic: str) -> None:
    submission = notebook(f"{magic}\ndef f(x): nonsense", F)
    assert [unit.label for unit in submission.units] == ["cell 2"]
    assert submission.messages == ()


def test_a_cell_of_cython_is_named() -> None:
    message = "cell 1 is a %%cython cell, which the grader does not compile; write the functions in plain Python"
    assert notebook("%%cython\ncdef int f(int x): return x", F).messages == (message,)


# -- broken cells ------------------------------------------------------------------------------------


def test_a_broken_cell_loses_only_itself() -> None:
    submission = notebook("This is prose, not code.", F)
    assert run(submission)["f"](3) == 3
    assert submission.messages == ("cell 1 was left out: SyntaxError: invalid syntax (line 1)",)


def test_the_places_of_definitions_that_do_not_parse_are_kept() -> None:
    _, reading = read("C = 1\n\ndef f(x):\n    return (\n\ndef g(x):\n    return x\n")
    assert reading.lost == {"f": "cell 1, line 3"}
    assert notebook("def h(x):\nreturn x\n").lost == {"h": "cell 1, line 1"}


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
    good = "@staticmethod\ndef g(x):\n    return (x,\n)"
    pieces, reading = read(F + broken + good + "\n\nC = 3\n")
    first = 1 + (F + broken).count("\n")
    assert pieces == [(F.strip(), 1), (good, first), ("C = 3", first + 5)]
    (message,) = reading.messages
    assert message.startswith("broken in cell 1" if "broken" in broken else "a part of cell 1")
    assert " was left out: " in message


def test_a_text_over_several_lines_may_stand_at_the_margin_of_a_broken_cell() -> None:
    good = 'def f(x):\n    """First line.\n\nSecond line at the margin\ndef not_this(): pass\n"""\n    return x'
    assert read("D1 =\n" + good + "\ndef g(x):\n    return x\n")[0] == [(good, 2), ("def g(x):\n    return x", 9)]


def test_a_cell_that_is_indented_as_a_whole_is_read() -> None:
    pieces, reading = read("    def f(x):\n        return x\n    C = 1\n")
    assert (pieces, reading.messages) == ([(F.strip(), 1), ("C = 1", 3)], [])


def test_mixed_tabs_are_accepted_with_a_note() -> None:
    submission = notebook("def f(x):\n\tif x:\n\t    return x\n    \n        return 0\n")
    assert run(submission)["f"](3) == 3
    note = "cell 1 mixes tabs and blanks, which Python itself refuses; it was read as if each tab were blanks"
    assert submission.messages == (note,)


@pytest.mark.parametrize("mark", ["\u200b", "\u200e", "\u200f", "\u202a", "\u2060", "\u2069", "\u00ad"])
def test_marks_that_nobody_sees_are_passed_over_with_a_note(mark: str) -> None:
    submission = script(f"def f(x):{mark}\n    return x {mark}+ 1\n")
    assert run(submission)["f"](3) == 4
    (message,) = submission.messages
    assert message.startswith("student.py holds spaces or unseen marks that Python refuses")


def test_a_mark_within_a_text_stays() -> None:
    assert run(script("def f(x):\n    return 'a\u200eb'\n"))["f"](3) == "a\u200eb"


def test_conflict_markers_in_a_body_are_named() -> None:
    source = "def f(x):\n<<<<<<< HEAD\n    return x\n=======\n    return 2 * x\n>>>>>>> main\n\ndef g(x):\n    return x\n"
    pieces, reading = read(source)
    assert pieces == [("def g(x):\n    return x", 8)]
    markers = "git conflict markers at line 2: resolve the conflict and remove the markers"
    assert reading.messages == [f"f in cell 1 was left out: {markers}"]
    assert reading.lost == {"f": "cell 1, line 1"}


@pytest.mark.parametrize(
    ("line", "version"),
    [
        ("x = f'{d['a']}'", (3, 12)),
        ("type Vector = list[float]", (3, 12)),
        ("def first[T](x: T) -> T: return x", (3, 12)),
        ("x = t'{x}'", (3, 14)),
    ],
)
def test_syntax_that_is_newer_than_this_python_is_named_as_that(line: str, version: tuple[int, int]) -> None:
    if sys.version_info[:2] >= version:
        pytest.skip("this Python reads it")
    own = f"{sys.version_info[0]}.{sys.version_info[1]}"
    words = f"line 1 needs Python {version[0]}.{version[1]}; this grader runs Python {own}"
    assert words in "".join(script(f"{line}\n{F}").messages)


def test_at_most_fifty_messages_are_kept() -> None:
    submission = notebook(*["x y"] * 80)
    assert len(submission.messages) == 51
    assert submission.messages[-1] == "... and 30 more messages of this kind"


def test_one_message_names_few_definitions() -> None:
    _, reading = read(F + "def broken(:\n" * 5_000)
    assert len(reading.messages) == 1
    assert len(reading.messages[0]) < 1_000


@pytest.mark.parametrize("broken", ["(" * 5000, "-" * 50_000 + "1", "x = '\0'"])
def test_what_no_parser_takes_is_told(broken: str) -> None:
    submission = notebook(F + broken)
    assert run(submission)["f"](3) == 3
    assert len(submission.messages) == 1
    assert " was left out: " in submission.messages[0]


def test_only_so_much_text_is_parsed_in_search_of_what_is_right() -> None:
    for source in ("x y\n" * 20_000 + F, ("def f(x):\n" + "    x = (\n" * 40) * 100):
        reading = Reading()
        assert sum(1 for _ in statements("s.py", source, reading)) < 3
        assert reading.search.room < MAX_PARSED


# -- places ------------------------------------------------------------------------------------------


def test_statements_that_share_a_line_are_cut_apart() -> None:
    pieces, _ = read("a = 1; print(a); b = 'x;y'  # c; d\nc = 2;\nd = 3 # e\n")
    assert pieces == [("a = 1", 1), ("print(a)", 1), ("b = 'x;y'", 1), ("c = 2;", 2), ("d = 3 # e", 3)]


def test_decorators_belong_to_their_definition() -> None:
    assert texts_of("@decorator\n@another(1)\ndef g(x):\n    return x\nC = 1\n")[0].startswith(
        "@decorator\n@another(1)\ndef g"
    )


def guarded(source: str) -> list[tuple[str, int, bool]]:
    return [(text, line, under) for _, text, line, under in statements("s.py", source, Reading())]


@pytest.mark.parametrize("test", ['__name__ == "__main__"', '"__main__" == __name__'])
def test_statements_under_the_guard_are_apart_and_marked(test: str) -> None:
    pieces = guarded(f"C = 1\nif {test}:\n    K = 2\n\n    def f(x):\n        return K\n")
    assert [(line, under) for _, line, under in pieces] == [(1, False), (2, True), (4, True)]
    for text, _, under in pieces:
        assert text.startswith("if 1:\n    ") is under
        ast.parse(text)


@pytest.mark.parametrize(
    "source",
    [
        'if __name__ == "__main__": K = 2',
        'if __name__ == "__main__":\n    K = 2\nelse:\n    K = 3',
        'if __name__ == "__main__":\n    K = 2; L = 3',
        'if __name__ != "__main__":\n    K = 2',
        'if a.b == "__main__":\n    K = 2',
    ],
)
def test_other_conditions_stay_whole(source: str) -> None:
    assert guarded(source) == [(source, 1, False)]


@pytest.mark.parametrize("test", ["a" + ".b" * 900 + " == 3", "+".join("1" * 900) + " == __name__", "not " * 80 + "x"])
def test_a_condition_that_is_nested_deeply_ends_nothing(test: str) -> None:
    assert run(script(f"if {test}:\n    x = 1\n{F}"))["f"](3) == 3


# -- what is cheap ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "import numpy as np",
        "from dnn_utils import *",
        "async def g():\n    pass",
        "class Layer:\n    pass",
        "C: float = 0.01",
        "a, b = 1, [2, 3]",
        "act = {'relu': relu, 'n': -1}",
        "square = lambda x: x**2",
        "scale = np.sqrt(2 / layers[0]) if layers else 1",
        "half = partial(f, 2)",
        "rows = [n * 2 for n in range(3) if n]",
        "name = f'{C}!'",
        "try:\n    import h5py\nexcept ImportError:\n    h5py = None",
        "if True:\n    D = 1\nelse:\n    D = 2",
    ],
)
def test_definitions_imports_and_plain_assignments_are_no_work(statement: str) -> None:
    assert is_definition(ast.parse(statement).body[0])


@pytest.mark.parametrize(
    "statement",
    [
        "print('hello')",
        "parameters = model(train_x, train_y)",
        "data = open('data.mat').read()",
        "for i in range(3):\n    C = i",
        "C += 1",
        "if train():\n    C = 3",
        "if __name__ == '__main__':\n    C = 3",
        "try:\n    train()\nexcept Exception:\n    pass",
        "rows = [n for n in train()]",
        "C = np.sqrt(train())",
        "C = train(*[1])",
        "C = " + "+".join("1" * 900),
    ],
)
def test_what_trains_or_loads_is_work(statement: str) -> None:
    assert not is_definition(ast.parse(statement).body[0])
