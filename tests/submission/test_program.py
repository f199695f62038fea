"""The files of one student as one program: what is taken from where, and what is said of it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from grader.errors import SubmissionError
from grader.submission.editions import Exercise
from grader.submission.program import Redefined, Submission
from grader.submission.reading import parse_submission, read_submission
from grader.submission.sources import MAX_FILES
from tests.submission.programs import F, cells_json, files, names, notebook, run, script, texts

BLANK = "def f(x):\n    # YOUR CODE HERE\n    raise NotImplementedError()\n"
UNWRITTEN = "        # TODO: compute it\n        pass\n        # END OF YOUR CODE\n"


def homes(submission: Submission) -> dict[str, list[str]]:
    """By file the graded functions that are taken from it."""
    return {file.path: list(file.graded) for file in submission.files if file.graded}


def origins(submission: Submission) -> list[str]:
    return [unit.origin for unit in submission.units]


# -- one file --------------------------------------------------------------------------------------


def test_a_file_is_read_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "Übung 3 (1).py"
    path.write_text(F, "utf-8")
    submission = read_submission({path.name: path}, {"f": 1}, name="shown")
    assert (submission.name, names(submission)) == ("shown", ["f"])
    assert origins(submission) == ["Übung 3 (1).py, line 1: def f(x):"]


@pytest.mark.parametrize("name", ["HOMEWORK.PY", "hw.ipynb.txt", "hw.txt", "hw"])
def test_the_name_of_a_file_means_nothing(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(F, "utf-8")
    assert names(read_submission({name: tmp_path / name}, {"f": 1})) == ["f"]


def test_code_cells_are_numbered_among_themselves() -> None:
    markdown = {"cell_type": "markdown", "source": "def g(x): pass"}
    submission = notebook("C = 1", markdown, {"cell_type": "raw", "source": "h = 1"}, "\n\n" + F)
    assert origins(submission) == ["cell 2, line 3: def f(x):"]
    assert (submission.origin("f"), submission.origin("g")) == ("cell 2, line 3: def f(x):", None)
    assert submission.sources == {"cell 1": "C = 1", "cell 2": "\n\n" + F}


def test_a_statement_under_the_guard_has_its_own_place() -> None:
    assert origins(script("if __name__ == '__main__':\n    C = 1\n\n    def f(x):\n        return C\n")) == [
        "student.py, line 2: C = 1",
        "student.py, line 4: def f(x):",
    ]


def test_a_formula_in_a_text_is_no_error() -> None:
    submission = script('def f(x):\n    """The function $\\sigma$ of \\d."""\n    return x\n')
    assert (names(submission), submission.messages) == (["f"], ())


def test_arguments_are_those_of_the_definition_that_counts() -> None:
    submission = notebook("def f(a, b=1, /, *, c=2):\n    return a\n\ng = len\n", arities={"f": 2, "g": 1, "h": 1})
    assert [submission.arguments(name) for name in "fgh"] == [("a", "b"), (), ()]


@pytest.mark.parametrize("body", ["return globals()", "return vars()[x]"])
def test_an_expression_that_is_nested_deeply_ends_nothing(body: str) -> None:
    submission = script(f"x = {'+'.join('1' * 900)}\ndef f(x):\n    {body}\n")
    assert names(submission) == ["f"]


# -- several definitions of one function --------------------------------------------------------------


def test_the_last_definition_counts() -> None:
    submission = notebook(F, "def f(x):\n    return 2 * x\n")
    assert run(submission)["f"](3) == 6
    assert submission.redefined == (Redefined("f", 2, "cell 2, line 1"),)
    assert submission.origin("f") == "cell 2, line 1: def f(x):"


def test_the_last_definition_that_takes_the_arguments_of_the_exercise_counts() -> None:
    submission = notebook(F, "def f(x, y):\n    return y\n", "def f(x, *, key):\n    return key\n")
    assert run(submission)["f"](3) == 3
    assert submission.origin("f") == "cell 1, line 1: def f(x):"
    why = "does not take the 1 argument of the exercise"
    assert submission.redefined == (Redefined("f", 3, "cell 1, line 1", "cell 3, line 1", why),)


@pytest.mark.parametrize(
    "later",
    [
        "def f(a, print_msg=False):\n    return 7",
        "def f(*args):\n    return 7",
        "def f(x, /, **options):\n    return 7",
        "def f(x, *, print_msg=False):\n    return 7",
        "def f(x, depth=0):\n    return 7",  # a recursion's own
        "f = lambda x: 7",
        "class f:\n    pass",
        "if True:\n    def f(x):\n        return 7",
    ],
)
def test_a_later_definition_that_can_take_them_counts(later: str) -> None:
    assert notebook(F, later).origin("f") == f"cell 2, line 1: {later.splitlines()[0]}"


@pytest.mark.parametrize(
    "later",
    [
        "def f():\n    return 7",
        "def f(a, b):\n    return 7",
        "def f(a, b, c=1):\n    return 7",
        "def f(a=0, keep_prob=1):\n    return 7",  # another exercise's function of the same name
    ],
)
def test_a_later_definition_that_cannot_is_dropped(later: str) -> None:
    assert notebook(F, later).origin("f") == "cell 1, line 1: def f(x):"


def test_where_none_fits_the_last_one_counts() -> None:
    assert notebook("def f():\n    pass", "def f(a, b):\n    pass").origin("f") == "cell 2, line 1: def f(a, b):"


def test_a_method_of_the_same_name_is_no_definition() -> None:
    submission = notebook(F, "if True:\n    class C:\n        def f(self, a, b, c):\n            return a\n    f = f\n")
    assert submission.messages == ()


# -- files that import one another ----------------------------------------------------------------------


def test_of_a_module_what_is_imported_is_taken() -> None:
    submission = files(
        {"hw.py": "from tools import g\n" + F, "tools.py": "C = 2\nD = 3\ndef g(x):\n    return C\ntrain()\n"}
    )
    assert homes(submission) == {"hw.py": ["f"]}
    assert [unit.label for unit in submission.units] == ["hw.py", *["tools.py"] * 3]
    assert submission.has_modules
    assert "train()" not in texts(submission)


@pytest.mark.parametrize("used", ["import tools", "import tools as t", "from . import tools", "import pkg.tools"])
def test_data_of_a_module_are_taken_where_they_are_read_as_an_attribute(used: str) -> None:
    name = used.rpartition(" ")[2]
    texts_of = {
        "hw.py": f"{used}\ndef f(x):\n    return {name}.data[x]\n",
        "pkg/tools.py": "data = load()\nother = load()\n",
    }
    assert ("data" in names(files(texts_of)), "other" in names(files(texts_of))) == (True, False)


def test_what_stands_under_the_guard_of_a_module_stays_out() -> None:
    guarded = "K = 1\nif __name__ == '__main__':\n    K = 2\n"
    submission = files({"hw.py": "from tools import K\ndef f(x):\n    return K\n", "tools.py": guarded})
    assert "K = 1" in texts(submission)
    assert not any("K = 2" in text for text in texts(submission))


def test_a_module_that_nobody_imports_is_not_run() -> None:
    submission = files({"hw.py": F, "other.py": "def h(x):\n    return x\n"})
    assert names(submission) == ["f"]


def test_where_modules_are_imported_by_a_text_their_definitions_are_taken() -> None:
    submission = files(
        {"hw.py": "def f(x):\n    return __import__('to' + 'ols').g(x)\n", "tools.py": "def g(x):\n    return x\n"}
    )
    assert names(submission) == ["f", "g"]


def test_an_empty_init_file_is_no_news() -> None:
    submission = files({"pkg/__init__.py": "", "pkg/core.py": F, "hw.py": "from pkg.core import f\n"})
    assert (submission.messages, submission.passed_over) == ((), ())


def test_names_and_packages_of_files_are_dotted() -> None:
    submission = files({"a/__init__.py": "C = 1\n", "a/b.py": F, "c.py": "from a import C\nfrom a.b import f\n"})
    assert {(file.module, file.package) for file in submission.files} == {("a", True), ("a.b", False)}


def test_files_that_cells_write_can_be_imported_and_graded() -> None:
    submission = notebook("%%writefile act.py\nC = 2\ndef f(x):\n    return C * x\n", "from act import *")
    assert homes(submission) == {"act.py": ["f"]}
    assert origins(submission)[:2] == ["cell 1, line 2: C = 2", "cell 1, line 3: def f(x):"]


@pytest.mark.parametrize("target", ["../act.py", "/tmp/act.py", "act.txt", "a b.py"])
def test_a_cell_writes_only_python_below_the_students_folder(target: str) -> None:
    assert [file.path for file in notebook(f"%%writefile {target}\n{F}", F).files] == ["student.ipynb"]


@pytest.mark.parametrize("line", ["%run other.ipynb", "%run other", "%run -i 'other.ipynb'", "  %run ./other.ipynb"])
def test_a_notebook_that_is_run_stands_where_it_is_run(line: str) -> None:
    other = cells_json("K = 1", "def g(x):\n    return K\n")
    whole = cells_json(line, "K = 5", "def f(x):\n    return g(x)\n")
    submission = files({"hw.ipynb": whole, "other.ipynb": other})
    assert texts(submission) == ["K = 1", "def g(x):\n    return K", "K = 5", "def f(x):\n    return g(x)"]
    assert run(submission)["f"](1) == 5


def test_notebooks_that_run_one_another_end() -> None:
    chain = {f"n{i}.py": f"%run n{i + 1}.py\n%run n{(i + 7) % 60}.py\nK{i} = 1\n" for i in range(60)}
    submission = files({"hw.py": "%run n0.py\n%run hw.py\ndef f(x):\n    return K0 + K1\n", **chain}, main={"hw.py"})
    assert names(submission) == ["K1", "K0", "f"]


# -- which file --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (BLANK, "a blank"),
        ("def f(x):\n    pass\n", "a stub"),
        ("def f(x):\n    y = None\n    return y\n", "a template"),
        ("def f(a, b, c):\n    return a\n", "other arguments"),
        ("from tools import f\n", "an import"),
        ("g = 1\n", "nothing"),
        (f"def f(x):\n    y = x.copy()\n    if x:\n{UNWRITTEN}    return y.astype(x.dtype)\n", "code around its marks"),
        (f"class f:\n    def __init__(self, x):\n        self.x = x.copy()\n{UNWRITTEN}        self.y = 0\n", "a class"),
    ],
)
@pytest.mark.parametrize("name", ["a.py", "z.py"])
def test_a_function_is_taken_from_the_file_in_which_it_is_filled(other: str, why: str, name: str) -> None:
    submission = files({"hw.py": F, name: other}, ages={name: 9.0}, exercise=Exercise(name))
    assert homes(submission) == {"hw.py": ["f"]}, why


def test_of_filled_ones_the_file_whose_name_is_nearest_counts_then_the_newest() -> None:
    both = {"activations_final.py": F, "old.py": F}
    assert homes(files(both, exercise=Exercise("activations"), ages={"old.py": 9.0})) == {"activations_final.py": ["f"]}
    assert homes(files(both, ages={"old.py": 9.0})) == {"old.py": ["f"]}
    assert homes(files({"a/hw.py": F, "hw.py": F})) == {"hw.py": ["f"]}


@pytest.mark.parametrize("line", ["from cases import *", "import cases", "from tools.cases import *"])
def test_what_a_file_defines_itself_counts_before_what_it_imports(line: str) -> None:
    both = {"hw.py": f"{line}\n{F}", "cases.py": "def f(x):\n    return 0\n"}
    for ages in ({}, {"cases.py": 9.0}):
        assert homes(files(both, ages=ages, exercise=Exercise("cases"))) == {"hw.py": ["f"]}


def test_what_a_file_imports_after_it_has_defined_it_counts() -> None:
    both = {"hw.py": f"{F}from cases import *\n", "cases.py": "def f(x):\n    return 0\n"}
    assert homes(files(both, ages={"cases.py": 9.0})) == {"cases.py": ["f"]}


def test_what_a_test_puts_in_the_place_of_what_it_imports_does_not_count() -> None:
    both = {"test_cases.py": "from cases import *\ndef f(x):\n    return 0\n", "cases.py": F}
    assert homes(files(both, exercise=Exercise("cases"))) == {"cases.py": ["f"]}


def test_a_blank_does_not_count_before_what_its_file_imports() -> None:
    both = {"hw.py": f"from cases import *\n{BLANK}", "cases.py": F}
    assert homes(files(both)) == {"cases.py": ["f"]}


def test_who_sets_a_name_to_none_and_then_to_a_value_has_filled_the_blank() -> None:
    template = "def f(x):\n    out = None\n    cache = (x,)\n    return out, cache\n"
    written = template.replace("    cache", "    out = x + 1\n    cache")
    both = {"old/hw.py": written, "new/hw.py": template}
    assert homes(files(both, ages={"new/hw.py": 9.0})) == {"old/hw.py": ["f"]}


def test_of_one_time_the_file_with_more_of_the_exercise_counts_for_all_of_it() -> None:
    one, both = F, F + "def g(x, y):\n    return K\n"
    assert homes(files({"a.py": one, "z.py": both}, {"f": 1, "g": 2})) == {"z.py": ["f", "g"]}
    newer = files({"a.py": one, "z.py": both}, {"f": 1, "g": 2}, ages={"a.py": 9.0})
    assert homes(newer) == {"a.py": ["f"], "z.py": ["g"]}


def test_each_function_is_taken_from_the_file_that_has_it() -> None:
    arities = {"f": 1, "g": 2}
    exercises = {"ex1.ipynb": cells_json(F), "ex2.ipynb": cells_json("K = 1", "def g(x, y):\n    return K\n")}
    submission = files(exercises, arities)
    assert homes(submission) == {"ex1.ipynb": ["f"], "ex2.ipynb": ["g"]}
    assert origins(submission) == [
        "ex1.ipynb, cell 1, line 1: def f(x):",
        "ex2.ipynb, cell 1, line 1: K = 1",
        "ex2.ipynb, cell 2, line 1: def g(x, y):",
    ]
    assert submission.reported_files.graded == ("ex1.ipynb", "ex2.ipynb")
    assert submission.origin("g") == "ex2.ipynb, cell 2, line 1: def g(x, y):"


def test_a_class_counts_like_a_function() -> None:
    submission = files({"a.py": BLANK, "b.py": "class f:\n    def __init__(self, x):\n        self.x = x\n"})
    assert homes(submission) == {"b.py": ["f"]}


def test_what_is_passed_over_is_named_with_the_reason() -> None:
    submission = files(
        {"hw_final.py": F, "hw.py": F, "paper.py": b"%PDF-1.4", "notes.py": "C = 1\n"}, ages={"hw_final.py": 2.0}
    )
    why = "the file is a PDF document, whatever its name says; submit the .py or .ipynb file with your solution"
    assert submission.passed_over == (("paper.py", why), ("hw.py", "f is taken from hw_final.py"))
    assert submission.messages == tuple(f"{path} was not graded: {reason}" for path, reason in submission.passed_over)
    assert [entry.file for entry in submission.reported_files.passed_over] == ["paper.py", "hw.py"]


def test_neighbours_are_read_along_and_one_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    for stem, text in (("student", "import tools\n" + F), ("tools", "def g(x):\n    return x\n")):
        (tmp_path / f"{stem}.py").write_text(text, "utf-8")
    (tmp_path / "odd.py").write_bytes(b"%PDF")
    paths = {f"{stem}.py": tmp_path / f"{stem}.py" for stem in ("student", "tools", "odd", "absent")}
    submission = read_submission(paths, {"f": 1}, main={"student.py"})
    assert [file.path for file in submission.files] == ["student.py", "tools.py"]
    assert [message[:20] for message in submission.messages] == ["odd.py was left out:"]


def test_a_neighbour_is_never_graded() -> None:
    submission = parse_submission("hw.py", ".py", b"C = 1\n", {"f": 1}, siblings={"tools": F.encode()})
    assert homes(submission) == {"hw.py": ["f"]}
    assert names(submission) == []


@pytest.mark.parametrize("broken", ["x y\n" * 200_000, "x = 1\n" * 20_001, "#" * 2**20])
def test_a_file_that_is_too_much_loses_only_itself(broken: str) -> None:
    submission = files({"hw.py": F, "notes.py": broken})
    assert names(submission) == ["f"]
    assert [path for path, _ in submission.passed_over] == ["notes.py"]


def test_several_files_by_their_paths(tmp_path: Path) -> None:
    for name, text in (("a.py", BLANK), ("b.py", F), ("c.py", "")):
        (tmp_path / name).write_text(text, "utf-8")
        os.utime(tmp_path / name, (1, 1))
    paths: Mapping[str, Path] = {name: tmp_path / name for name in ("a.py", "b.py", "c.py", "absent.py")}
    submission = read_submission(paths, {"f": 1}, name="student")
    assert (submission.name, homes(submission)) == ("student", {"b.py": ["f"]})
    assert {path for path, _ in submission.passed_over} == {"a.py", "absent.py"}
    with pytest.raises(SubmissionError, match="there is no readable file at"):
        read_submission({"absent.py": tmp_path / "absent.py"}, {"f": 1})
    with pytest.raises(SubmissionError, match="the file is empty"):
        files({"a.py": "", "b.py": ""})


# -- bounds --------------------------------------------------------------------------------------------------


def test_of_very_many_files_the_first_are_read() -> None:
    submission = files({"hw.py": F, **{f"m{i}.py": F for i in range(MAX_FILES + 9)}}, exercise=Exercise("hw"))
    assert homes(submission) == {"hw.py": ["f"]}
    assert len(submission.passed_over) == MAX_FILES - 1
    written = notebook(*[f"%%writefile m{i}.py\nC = 1\n" for i in range(MAX_FILES + 9)], F)
    assert "f" in names(written)


def test_of_very_many_files_those_are_read_that_lie_least_deep(tmp_path: Path) -> None:
    """A right solution beside a library was told that no graded function is there."""
    many = {f"lib/m{i:03d}.py": "C = 1\n" for i in range(MAX_FILES + 9)}
    places = {name: tmp_path / name for name in ({**many, "z.py": F})}
    (tmp_path / "lib").mkdir()
    for name, place in places.items():
        place.write_text(many.get(name, F))
    submission = read_submission(places, {"f": 1})
    assert homes(submission) == {"z.py": ["f"]}
    assert [path for path, why in submission.passed_over if why.endswith("and so do 9 others")] == [
        f"lib/m{MAX_FILES - 1}.py"
    ]


@pytest.mark.parametrize("text", ["# " + "x" * 9_000, "C = 1\n" * 300])
def test_what_lies_deep_takes_no_room_from_what_does_not(text: str) -> None:
    submission = files({**{f"lib/m{i:03d}.py": text for i in range(200)}, "z.py": F})
    assert homes(submission) == {"z.py": ["f"]}


def test_files_that_name_one_another_take_steps_in_proportion_to_their_text() -> None:
    from tests.submission.test_names import calls_made

    def steps(n: int) -> int:
        big = "import m1 as x\n" + "".join(f"x{i} = x.a{i}\n" for i in range(n)) + F
        many = {f"m{i}.py": f"import hw as x, m{i + 1} as x\nv{i} = x.x{i}\n" for i in range(n // 4)}
        return calls_made(lambda: files({"hw.py": big, **many}))

    assert steps(1600) < 2.4 * steps(800)


# -- the digest by which verdicts are kept ------------------------------------------------------------------


def test_equal_definitions_at_equal_places_have_equal_digests() -> None:
    cells = (F, "print(1)"), (F, {"cell_type": "markdown", "source": "text"}, "train()"), (F, "unused = 1")
    assert len({notebook(*these, metadata={"a": 1}).digest for these in cells}) == 1


@pytest.mark.parametrize(
    "other",
    [
        notebook("\n" + F),
        notebook("", F),
        notebook("def f(x):\n    return  x\n"),
        notebook("C = 1\ndef f(x):\n    return C\n"),
        notebook(F, "f.k = 2"),
        notebook(F, "def g(x):\n    return (\n"),
    ],
    ids=["line", "cell", "space", "needed", "changed", "lost"],
)
def test_other_text_or_places_of_what_is_run_give_another_digest(other: Submission) -> None:
    assert other.digest != notebook(F).digest


def test_a_neighbour_counts_in_the_digest_where_it_is_run() -> None:
    whole = [
        parse_submission("s.py", ".py", ("from tools import C\n" + F).encode(), {"f": 1}, siblings={"tools": text})
        for text in (b"C = 1\n", b"C = 2\n", b"C = 2\nprint(1)\n")
    ]
    assert whole[0].digest != whole[1].digest
    assert whole[1].digest == whole[2].digest


def test_the_lines_of_a_method_are_its_own() -> None:
    text = "class Net:\n    def a(self):\n        x = None\n        # END\n\n    @property\n    def b(self):\n        pass\n"
    submission = parse_submission("s.py", ".py", text.encode(), {"Net": 0})
    assert submission.lines_of("Net.a") == (1, ["    def a(self):", "        x = None", "        # END", ""])
    assert submission.lines_of("Net.b")[0] == 6
    assert submission.lines_of("Net") == (0, text.rstrip("\n").split("\n"))
