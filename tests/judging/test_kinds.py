"""What a result may be: every kind of value is compared as one, from drawing the cases to the points, or refused."""

from __future__ import annotations

import json
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
from grader.model import FunctionReport, report_to_json
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


@cache
def drawn(body: str, options: str = "", before: str = "") -> tuple[LoadedAssignment, Judges]:
    assignment = loaded(Path(tempfile.mkdtemp()), body, options, before)
    return assignment, judges_of(assignment.spec, freeze(assignment))


def graded(right: str, student: str, options: str = "", before: str = "") -> FunctionReport:
    """What a student's body of the function earns beside the reference's; every face of the report has to stand it."""
    assignment, judges = drawn(right, options, before)
    source = SOURCE.format(before=before, body=student)
    submission = parse_submission("student.py", ".py", source.encode(), {"g": 2})
    report = grade_submission(assignment, judges, submission, InProcess())
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
