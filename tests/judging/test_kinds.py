"""What a result may be: every kind of value is compared as one, from drawing the cases to the points, or refused."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

from grader.course import LoadedAssignment
from grader.errors import GraderError, SpecError
from grader.freezing import freeze as freezing
from grader.freezing.freeze import freeze
from grader.grading.pipeline import grade_submission
from grader.judging.judge import Judges, judges_of
from grader.model import FunctionReport, Report, report_to_json
from grader.report.terminal import render_report
from grader.sandbox.here import InProcess
from grader.submission.reading import parse_submission
from tests.authored import sample

ASSIGNMENT = """
from grader.spec import *
import numpy as np

def inputs(d):
    m, n = d.sizes("m", "n")
    return d.array(m, n), d.integer(2, m + 2)

CLASSES = cases(small=2, general=6)
ASSIGNMENT = Assignment("sample", title="Sample", source="none", functions=(
    Function("g", points=10, inputs=inputs, classes=CLASSES{options}),
))
"""
IMPORTS = "import datetime, decimal, enum, fractions, itertools\nfrom collections import *\nimport numpy as np\n"
SOURCE = IMPORTS + "\n{before}\n\ndef g(X, size):\n    {body}\n"
PIECES = "X[i : i + size] for i in range(0, len(X), size)"


def loaded(folder: Path, body: str, options: str = "", before: str = "", **files: str) -> LoadedAssignment:
    text = ASSIGNMENT.format(options=options and f", {options}")
    return sample(folder, assignment=text, reference=SOURCE.format(before=before, body=body), **files)


def report_on(assignment: LoadedAssignment, judges: Judges, source: str) -> Report:
    submission = parse_submission("student.py", ".py", source.encode(), dict.fromkeys(judges.functions, 2))
    return grade_submission(assignment, judges, submission, InProcess())


@cache
def drawn(body: str, options: str = "", before: str = "") -> tuple[LoadedAssignment, Judges]:
    assignment = loaded(Path(tempfile.mkdtemp()), body, options, before)
    return assignment, judges_of(assignment.spec, freeze(assignment))


def graded(right: str, student: str, options: str = "", before: str = "") -> FunctionReport:
    """What a student's body of the function earns beside the reference's; every face of the report has to stand it."""
    assignment, judges = drawn(right, options, before)
    source = SOURCE.format(before=before, body=student)
    report = report_on(assignment, judges, source)
    assert json.dumps(report_to_json(report))
    assert render_report(report, verbose=True)
    return report.functions[0]


POINT = "Point = namedtuple('Point', 'x y')"
SAME: Mapping[str, tuple[str, str, str]] = {  # what the reference gives, what is as right, what is wrong
    "texts": ("return np.array(['a', 'b'] * size)", "return ['a', 'b'] * size", "return np.array(['a', 'c'] * size)"),
    "one text": ("return np.array(['a', 'b'])[size % 2]", "return 'ab'[size % 2]", "return 'a'"),
    "a table of texts": ("return X.astype(str)", "return X.astype(str).tolist()", "return X.T.astype(str)"),
    "a range": ("return range(size)", "return list(range(size))", "return range(size + 1)"),
    "an iterator": (f"return ({PIECES})", f"yield from [{PIECES}]", "yield X[:size]"),
    "a zip": ("return zip(X, X[::-1])", "return iter([*zip(X, X[::-1])])", "return zip(X, X)"),
    "views": ("return dict(a=size, b=2).values()", "return [size, 2]", "return [2, size]"),
    "a deque": ("return deque([size, 1])", "return [size, 1]", "return deque([1])"),
    "a truth value": ("return X.max() > 2", "return bool(X.max() > 2)", "return X.max() < 2"),
    "a truth value of shape ()": ("return np.array(X.max() > 2)", "return X.max() > 2", "return True"),
    "keys of any kind": ("return {(0, size): 1.0, 3: X}", "return {3: X, (0, size): 1}", "return {3: X, (0, size): 2.0}"),
    "numbers as keys": ("return {k: 2.0 * size for k in range(3)}",) * 2 + ("return {k: 1.0 * size for k in range(2)}",),
    "negative keys": ("return {-1: X, 2.5: X, True: X}",) * 2 + ("return {-1: X, 2.5: X, True: -X}",),
    "sets in sets": ("return {frozenset({size})}", "return {frozenset([size])}", "return {frozenset({1, size})}"),
    "sets as keys": ("return {frozenset({1}): size}",) * 2 + ("return {frozenset({1}): 7}",),
    "nothing inside": ("return [None, [], [[]], size]",) * 2 + ("return [None, [], [], size]",),
    "a named tuple": ("return [Point(size, 2)]", "return [(size, 2)]", "return [Point(2, size)]"),
    "an array of shape ()": ("return np.array(size)", "return np.int64(size)", "return np.array(7)"),
    "lists in a dictionary": ("return {'a': {'b': [size, [X]]}}",) * 2 + ("return {'a': {'b': [size, [X.T]]}}",),
}


@pytest.mark.parametrize(("right", "odd", "wrong"), SAME.values(), ids=SAME)
def test_a_value_of_any_kind_is_compared(right: str, odd: str, wrong: str) -> None:
    found = [graded(right, body, before=POINT) for body in (right, odd, wrong)]
    assert [one.status for one in found[:2]] == ["passed", "passed"]
    assert found[2].status in ("failed", "partial")
    assert found[2].points < 9


def test_who_calls_a_wrong_generator_is_judged_beside_a_right_one(tmp_path: Path) -> None:
    total = "\n\ndef total(X, size):\n    return sum(float(np.sum(part)) for part in g(X, size))\n"
    more = 'Function("total", points=10, inputs=inputs, classes=CLASSES, helpers="g")'
    text = ASSIGNMENT.format(options="").replace("CLASSES),\n", f"CLASSES), {more},\n")
    right, wrong = (SOURCE.format(before="", body=body) + total for body in (f"return ({PIECES})", "yield X[:1]"))
    assignment = sample(tmp_path, assignment=text, reference=right)
    functions = report_on(assignment, judges_of(assignment.spec, freeze(assignment)), wrong).functions
    assert [(f.status == "passed", f.carried) for f in functions] == [(False, False), (True, True)]


def test_an_iterator_may_be_an_item() -> None:
    options = "returns=('sizes', 'size')"
    bodies = ("return map(abs, X), size", "return (abs(row) for row in X), size", "return map(abs, -X[:1]), size")
    assert [graded(bodies[0], body, options).status for body in bodies] == ["passed", "passed", "partial"]


@pytest.mark.parametrize(
    ("right", "student"),
    [
        (f"return ({PIECES})", f"return [{PIECES}]"),
        (f"return [{PIECES}]", f"return ({PIECES})"),
        (f"return [{PIECES}]", f"yield from [{PIECES}]"),
        ("return [1.5 * size, 2.0]", "return np.array([1.5 * size, 2.0])"),
        ("return [([size, 1], X)]", "return [(np.array([size, 1]), X)]"),
        ("return [[size, 1], [2, 3]]", "return np.array([[size, 1], [2, 3]])"),
    ],
    ids=["a list for an iterator", "an iterator for a list", "yield", "an array for a list", "inside", "two axes"],
)
def test_right_values_in_another_kind_of_sequence_are_a_form(right: str, student: str) -> None:
    found = graded(right, student)
    assert (found.status, found.points) == ("partial", 8.5)


REFUSED = {
    "a function": ("return len", "value of the reference is of type builtin_function_or_method"),
    "inside": ("return {'a': [1, len]}", r"a\[1\] of the reference is of type builtin_function_or_method"),
    "a masked array": ("return np.ma.masked_less(X, 0)", "of type numpy.ma.MaskedArray"),
    "an array of objects": ("return np.array([None, X], object)", "an array of objects, dates or records"),
    "dates": ("return np.array(['2020-01-01'], 'M8[D]')", "an array of objects, dates or records"),
    "records": ("return np.zeros(2, 'f8,i4')", "an array of objects, dates or records"),
    "a date": ("return datetime.date(2020, 1, 1)", "of type datetime.date"),
    "a polynomial": ("return np.poly1d([1, size])", "of type numpy.poly1d"),
    "a matrix": ("return np.matrix(X)", "of type numpy.matrix"),
    "bytes": ("return b'ab'", "of type bytes"),
    "a fraction": ("return fractions.Fraction(1, size)", "of type fractions.Fraction"),
    "a decimal": ("return decimal.Decimal(1)", "of type decimal.Decimal"),
    "an object as a key": ("return {len: 1}", "of type builtin_function_or_method"),
    "an object in a set": ("return {(1, len)}", "of type builtin_function_or_method"),
    "a member of an enumeration": (
        "return enum.Enum('E', 'a b').a",
        "cannot be compared; return numbers, texts",
    ),
    "an iterator deep inside": ("return [[iter(X)]]", r"value\[0\]\[0\] of the reference is of type "),
    "an iterator without an end": ("return itertools.count()", "the value has more than 200000 parts"),
    "a large number": ("return 10**30", "does not fit into 64 bits"),
}


@pytest.mark.parametrize(("body", "words"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_compared_is_refused_in_words(tmp_path: Path, body: str, words: str) -> None:
    with pytest.raises(SpecError, match=f"g: .*{words}"):
        freeze(loaded(tmp_path, body))


def test_what_is_nobodys_business_may_be_anything(tmp_path: Path) -> None:
    freeze(loaded(tmp_path, "return 2 * X, len", "returns=('value', 'cache'), opaque='cache'"))


def test_a_students_iterator_without_an_end_is_no_value() -> None:
    assert graded("return [1.0 * size]", "return itertools.count()").points == 0


def test_an_error_of_the_grader_says_at_which_function(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(freezing, "_trivial", lambda *_: 1 / 0)
    with pytest.raises(GraderError, match="the cases of g could not be drawn: ZeroDivisionError: division by zero"):
        freeze(loaded(tmp_path, "return X"))


# -- complex numbers, nan and infinity -----------------------------------------------------------------

FFT = "return np.fft.fft(X)"
SUM = """
    n = np.arange(X.shape[1])
    return X @ np.exp(-2j * np.pi * np.outer(n, n) / X.shape[1])
""".strip()
NUMBERS: Mapping[str, tuple[str, str, str]] = {
    "a transform": (FFT, SUM, "return np.fft.fft(X).conj()"),
    "the real part": (FFT, FFT, "return np.fft.fft(X).real + 0j"),
    "roots": ("return np.roots([1, 0, size])", "return np.roots([2, 0, 2 * size])", "return np.roots([1, 0, 4 * size])"),
    "a complex number": ("return complex(size, 1)", "return np.complex128(size + 1j)", "return complex(size, 2)"),
    "whole numbers for complex ones": ("return complex(size, 0)", "return size", "return size + 1"),
    "in a list": ("return [1j * size, 2.0]", "return [size * 1j, 2]", "return [-1j * size, 2.0]"),
    "nan": ("return np.where(X > 0, X, np.nan)",) * 2 + ("return np.where(X > 0, X, 0)",),
    "nan of another way": (
        "return np.where(X > 0, np.log(X), np.nan)",
        "Y = np.full(X.shape, np.nan)\n    Y[X > 0] = np.log2(X[X > 0]) * np.log(2)\n    return Y",
        "return np.where(X > 0, 2 * np.log(X), np.nan)",
    ),
    "infinity": ("return X / (X > 0)", "return np.where(X > 0, X, -np.inf)", "return np.where(X > 0, X, np.inf)"),
    "a single nan": (
        "return np.nan if size % 2 else 1.5 * size",
        "return np.float64('nan') if size % 2 else size + size / 2",
        "return 1.5",
    ),
    "nan in complex ones": ("return np.where(X > 0, X * 1j, np.nan)",) * 2 + ("return np.where(X > 0, -X * 1j, np.nan)",),
}


@pytest.mark.parametrize(("right", "odd", "wrong"), NUMBERS.values(), ids=NUMBERS)
def test_complex_numbers_and_what_is_no_number_are_compared(right: str, odd: str, wrong: str) -> None:
    found = [graded(right, body) for body in (right, odd, wrong)]
    assert [one.status for one in found[:2]] == ["passed", "passed"]
    assert found[2].status in ("failed", "partial")
    assert found[2].points < 9


def test_complex_arguments_are_compared_too() -> None:
    before = "def half(X):\n    return X / 2 + 1j * X[::-1]"
    both = [graded("return half(X)", body, before=before) for body in ("return half(X) + 0", "return half(X).conj()")]
    assert [one.status for one in both] == ["passed", "failed"]


@pytest.mark.parametrize(
    ("student", "points"),
    [
        ("return np.fft.fft(X).tolist()", 8.5),  # a form
        ("return np.fft.fft(X).astype(np.complex64)", 8.5),
        ("return np.round(np.fft.fft(X), 3)", 7.14),  # rounded
        ("return np.fft.fft(X) * (1 + 1e-5)", 8.5),  # near
        ("return 2 * np.fft.fft(X)", 2.86),  # goes with the right ones
        ("return 0 * np.fft.fft(X)", 0),
        ("return X", 0),
        ("return -np.fft.fft(X)", 2.86),
    ],
)
def test_complex_numbers_are_as_near_as_real_ones(student: str, points: float) -> None:
    assert graded(FFT, student).points == pytest.approx(points, abs=0.6)


@pytest.mark.parametrize(
    ("student", "points"), [("return X", 0), ("return np.where(X > 0, 3.00003 * X, np.nan)", 8.4)], ids=["X", "near"]
)
def test_wrong_numbers_beside_nan_are_paid_as_ever(student: str, points: float) -> None:
    found = graded("return np.where(X > 0, 3 * X, np.nan)", student)
    assert found.points == pytest.approx(points, abs=0.6)


def test_a_function_of_which_most_cases_have_no_right_value_is_refused(tmp_path: Path) -> None:
    body = "return X * (np.nan if X.shape[0] != 3 and (np.sum(X) * 1e15) % 2 < 1 else 1)"
    with pytest.raises(
        SpecError, match=r"g: of \d+ drawn cases \d+ have no right value to ask for: value changes between a number"
    ):
        freeze(loaded(tmp_path, body))


# -- a tolerance of the contract -----------------------------------------------------------------------

ROOT = """
    a, b = -1.0 * size, 1.0 + size * (size % 3 > 0)
    shift = X[0, 0] if size % 3 else (b + a) / 2
    while b - a > 1e-10:
        middle = {middle}
        a, b = (middle, b) if middle < shift else (a, middle)
    return (a + b) / 2
""".strip()
HALVING, THIRDS = ROOT.format(middle="(a + b) / 2"), ROOT.format(middle="a + (b - a) / 3")
OFF = """
from grader.spec import mistake

@mistake("shifted", "g", message="the end is off", hint="Where does it end?")
def shifted(X, size):
    return float(X.sum()) + 3e-9
"""


def test_an_absolute_tolerance_is_the_contracts_own() -> None:
    assert graded(HALVING, THIRDS, "absolute=2e-10").status == "passed"
    assert graded(HALVING, THIRDS, "relative=1e-12").status != "passed"
    assert graded(HALVING, THIRDS.replace("1e-10", "1e-6"), "absolute=2e-10").status != "passed"


def test_a_style_may_lie_within_the_absolute_tolerance_and_not_beyond(tmp_path: Path) -> None:
    style = SOURCE.format(before="", body=THIRDS) + "\nSTYLES = {'g': [g]}\n"
    freeze(loaded(tmp_path / "one", HALVING, "absolute=2e-10", styles=style))
    with pytest.raises(
        SpecError, match=r"g: of \d+ drawn cases \d+ have no right value to ask for: value differs by .* style 'g'"
    ):
        freeze(loaded(tmp_path / "other", HALVING, "absolute=1e-13", styles=style))


@pytest.mark.parametrize(("off", "named"), [("2.9e-9", True), ("2e-9", True), ("1.2e-9", False), ("-3e-9", False)])
def test_a_mistake_is_named_where_the_number_is_nearer_to_it_than_to_the_right_one(
    tmp_path: Path, off: str, named: bool
) -> None:

    assignment = loaded(tmp_path, "return float(X.sum())", "absolute=1e-9", mistakes=OFF)
    judges = judges_of(assignment.spec, freeze(assignment))
    source = SOURCE.format(before="", body=f"return X.sum() + {off}")
    report = grade_submission(
        assignment, judges, parse_submission("student.py", ".py", source.encode(), {"g": 2}), InProcess()
    )
    assert report.functions[0].status != "passed"
    assert any(finding.code == "shifted" for finding in report.functions[0].findings) == named


def test_what_is_right_where_there_are_values_is_said_so() -> None:
    values = next(c for c in graded("return 2 * X", "return 2 * X if size == 2 else 1 / 0").checks if c.kind == "values")
    assert re.fullmatch(r"correct for [1-7] of 8 inputs, for the others there is no value", values.message)


def test_a_mistake_that_draws_needs_a_property_that_recognises_it(tmp_path: Path) -> None:
    noisy = OFF.replace("float(X.sum()) + 3e-9", "X + np.random.randn()").replace(
        "from grader", "import numpy as np\nfrom grader"
    )
    with pytest.raises(SpecError, match=r"g: the mistake 'shifted' .* is not recognised .* has to recognise it: fits="):
        freeze(loaded(tmp_path, "return 2 * X", mistakes=noisy))
