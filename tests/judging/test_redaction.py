"""What is hidden stays hidden: an assignment says how much its reports show, and no face has more than that."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from grader.course import LoadedAssignment
from grader.errors import SpecError
from grader.freezing.store import frozen_cases
from grader.grading.pipeline import grade_submission
from grader.judging.judge import judges_of
from grader.judging.redaction import report_as_shown
from grader.model import Check, Finding, FunctionReport, Report, report_to_json
from grader.notebook import Feedback
from grader.publishing.targets.gradescope import results_of
from grader.report.html import render_card, write_site
from grader.report.junit import render_junit
from grader.report.markdown import render_annotations, render_summary
from grader.report.terminal import render_function, render_report, render_run
from grader.sandbox.here import InProcess
from grader.sandbox.parent import Sandbox
from grader.spec import Shows
from grader.submission.reading import parse_submission
from tests.authored import sample

LEVELS: tuple[Shows, ...] = ("examples", "sentences", "findings")

# Every input holds these digits, and the right result (the sum) does not.
MARKERS = ("73519", "46287")
ASSIGNMENT = """
from grader.spec import *
import numpy as np

def inputs(d):
    n, m = d.sizes("n", "m")
    return (np.array([[73519.25 + d.integer(0, 3), 46287.5], [1.0, 2.0]]), n + m)

def plan(d):
    return [inputs(d)]

def judge(given):
    return None if given.reply["total"] > 0 else f"the total is {given.reply['total']}"

ASSIGNMENT = Assignment("sample", title="Sample", source="none", functions=(
    Function(
        "total", points=8, inputs=inputs, returns="parts",
        properties=(Property("positive", share=0.2, plan=plan, judge=judge),),
    ),
    Function("name", points=2, inputs=lambda d: (np.array([73519.25, 46287.5]), d.integer(1, 5)), returns="text"),
))
"""
REFERENCE = """
import numpy as np

def total(X, n):
    return {"total": float(np.sum(X)), "count": n}

def name(X, n):
    return "n" * n
"""
MISTAKES = """
from grader.spec import mistake

@mistake("only-first", "total", message="only the first row is added up", hint="Which axis?")
def only_first(X, n):
    return {"total": float(X[0].sum()), "count": n}

"""
# How a submission may tell what it was given.
LEAKS = {
    "prints it": "print(X)\n    return {'total': -1.0, 'count': n}",
    "raises it": "raise ValueError(str(X.tolist()))",
    "raises a type of this name": "raise type(f'E{X[0, 0]:.0f}', (Exception,), {})('x')",
    "names the file so": "raise_in = compile('raise ValueError(1)', f'{X.tolist()}, line 3', 'exec'); exec(raise_in)",
    "returns it": "return {'total': -float(X[0, 0]), 'count': n}",
    "returns it as text": "return {'total': str(X.tolist()), 'count': str(X.tolist())}",
    "returns it as keys": "return {str(X.tolist()): 1}",
    "returns it as shape": "return {'total': np.zeros(int(X[0, 0])), 'count': np.zeros((1,) * 30)}",
    "returns a type of this name": "return {'total': type(f'T{X[0, 0]:.0f}', (), {})(), 'count': n}",
    "is not defined": "raise NameError(f\"name 'x{X[0, 0]:.0f}' is not defined\")",
    "changes it": "X[:] = 0\n    return {'total': 1.0, 'count': n}",
    "is a known mistake": "print(X)\n    return {'total': float(X[0].sum()), 'count': n}",
}


@pytest.fixture(scope="module")
def assignment(tmp_path_factory: pytest.TempPathFactory) -> LoadedAssignment:
    folder = tmp_path_factory.mktemp("hiding")
    return sample(folder, assignment=ASSIGNMENT, reference=REFERENCE, mistakes=MISTAKES)


def at_level(assignment: LoadedAssignment, shows: Shows) -> LoadedAssignment:
    return replace(assignment, spec=replace(assignment.spec, shows=shows))


def graded(assignment: LoadedAssignment, shows: Shows, body: str, runner: Sandbox | None = None) -> Report:
    cases = frozen_cases(assignment)
    text = f"import numpy as np\n\ndef total(X, n):\n    {body}\n\ndef name(X, n):\n    return str(X)\n"
    submission = parse_submission("student.py", ".py", text.encode(), cases.arities)
    shown = at_level(assignment, shows)
    return grade_submission(shown, judges_of(shown.spec, cases), submission, runner or InProcess())


def faces(report: Report) -> dict[str, str]:
    """The report as everybody sees it."""
    return {
        "terminal": render_report(report, verbose=True, color=False),
        "class": render_run([report], color=False),
        "functions": "".join(render_function(f, verbose=True, color=False) for f in report.functions),
        "card": "".join(render_card(f) for f in report.functions),
        "notebook": "".join(repr(Feedback(report, f)) + Feedback(report, f)._repr_html_() for f in report.functions),
        "json": json.dumps(report_to_json(report)),
        "junit": render_junit([report]),
        "markdown": render_summary([report]),
        "annotations": render_annotations(report),
        "gradescope": json.dumps(results_of(report)),
    }


def found_in(text: str, markers: Sequence[str] = MARKERS) -> list[str]:
    return [marker for marker in markers if marker in text.replace(",", "").replace(" ", "")]


@pytest.mark.parametrize("shows", ["sentences", "findings"])
@pytest.mark.parametrize("leak", LEAKS)
def test_no_face_has_an_input_that_is_hidden(assignment: LoadedAssignment, leak: str, shows: Shows) -> None:
    report = graded(assignment, shows, LEAKS[leak])
    assert all(f.status in ("failed", "partial") for f in report.functions)
    assert {name: found_in(text) for name, text in faces(report).items() if found_in(text)} == {}
    assert all(f.counterexample is None for f in report.functions)


def test_no_page_has_an_input_that_is_hidden(assignment: LoadedAssignment, tmp_path: Path) -> None:
    reports = [replace(graded(assignment, "sentences", body), submission=f"{n}.py") for n, body in enumerate(LEAKS.values())]
    pages = write_site(reports, tmp_path).parent.rglob("*.html")
    texts = {page.name: page.read_text("utf-8") for page in pages}
    assert len(texts) == len(LEAKS) + 1
    assert {name: found_in(text) for name, text in texts.items() if found_in(text)} == {}


def test_the_real_sandbox_tells_no_more(assignment: LoadedAssignment) -> None:
    with Sandbox() as sandbox:
        for body in LEAKS.values():
            report = graded(assignment, "sentences", body, sandbox)
            assert report.functions[0].status in ("failed", "partial")
            assert found_in(json.dumps(report_to_json(report))) == []


@pytest.mark.parametrize("leak", ["prints it", "returns it", "raises it"])
def test_the_same_inputs_are_found_where_examples_are_shown(assignment: LoadedAssignment, leak: str) -> None:
    report = graded(assignment, "examples", LEAKS[leak])
    assert found_in(faces(report)["json"]) == list(MARKERS)
    assert found_in(faces(report)["terminal"]) == list(MARKERS)


@pytest.mark.parametrize("shows", LEVELS)
@pytest.mark.parametrize("body", [*LEAKS.values(), "return {'total': float(np.sum(X)), 'count': n}"])
def test_points_and_status_are_the_same_whatever_is_shown(assignment: LoadedAssignment, shows: Shows, body: str) -> None:
    everything, less = graded(assignment, "examples", body), graded(assignment, shows, body)
    assert (less.points, less.status) == (everything.points, everything.status)
    for one, other in zip(everything.functions, less.functions, strict=True):
        assert (one.status, one.points, one.carried) == (other.status, other.points, other.carried)
        assert sum(c.max_points for c in one.checks) == pytest.approx(sum(c.max_points for c in other.checks))


@pytest.mark.parametrize("shows", LEVELS)
def test_nothing_says_that_all_passed_where_a_hidden_check_failed(assignment: LoadedAssignment, shows: Shows) -> None:
    """Right for the small inputs, which are the ones that are shown; wrong for hidden ones."""
    cases = frozen_cases(assignment).functions["total"].cases
    assert any(not case.visible for case in cases)
    report = graded(assignment, shows, "return {'total': float(np.sum(X)), 'count': n if n < 6 else 0}")
    (total, _) = report.functions
    assert total.status == "partial"
    assert not report.full_marks
    for name, text in faces(replace(report, functions=(total,))).items():
        assert "Everything passed" not in text, name
    assert f"{report.points:.3g} of 10 points" in faces(report)["terminal"]


@pytest.mark.parametrize("shows", LEVELS)
def test_a_known_mistake_is_named_at_every_level(assignment: LoadedAssignment, shows: Shows) -> None:
    (function, _) = graded(assignment, shows, LEAKS["is a known mistake"]).functions
    assert [f.code for f in function.findings] == ["only-first"]
    assert "only the first row is added up" in render_function(function, color=False)


def test_sentences_say_which_check_fails_without_a_value(assignment: LoadedAssignment) -> None:
    (function, _) = graded(assignment, "sentences", "return {'total': np.zeros(3), 'count': n}").functions
    failed = {c.name: c.message for c in function.checks if c.status == "failed"}
    assert failed["total"].startswith("total has shape (3,), expected a single number, shape ()")


@pytest.mark.parametrize("body", ["pass", "return {'total': None, 'count': n}"])
def test_that_nothing_is_returned_is_said_of_hidden_inputs_too(assignment: LoadedAssignment, body: str) -> None:
    (function, _) = graded(assignment, "sentences", body).functions
    messages = [c.message for c in function.checks if c.kind != "property" and c.status == "failed"]
    assert any("is None; is a 'return' missing" in message for message in messages)


def test_findings_alone_come_with_one_check_that_holds_the_points() -> None:
    checks = (Check("runs", "runs", "passed", 0, 0), Check("values", "Z", "failed", 0, 3, "Z[0] is 7, expected 8"))
    whole = FunctionReport("f", "failed", None, 1.0, 4.0, False, checks, (Finding("c", "m"),), {"case": "f/1"})
    less = report_as_shown(whole, "findings")
    assert less.checks == (Check("checks", "checks", "failed", 1.0, 4.0, "1 of 2 checks fail; they are not shown"),)
    assert (less.findings, less.counterexample) == (whole.findings, None)


def test_why_a_function_did_not_run_is_told_at_every_level() -> None:
    checks = (Check("runs", "runs", "failed", 0, 0, "f is not defined"), Check("values", "Z", "skipped", 0, 4))
    whole = FunctionReport("f", "missing", None, 0.0, 4.0, False, checks)
    for shows in LEVELS:
        assert report_as_shown(whole, shows).checks[0].message == "f is not defined"


def test_a_level_that_there_is_not_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"shows must be one of 'examples', 'sentences', 'findings', found 'nothing'"):
        sample(tmp_path, options='shows="nothing"')


def test_an_assignment_declares_its_level(tmp_path: Path) -> None:
    assert sample(tmp_path, options='shows="findings"').spec.shows == "findings"


def test_no_hidden_input_is_among_the_right_results(assignment: LoadedAssignment) -> None:
    """The markers of this test are no accident of a result."""
    total = assignment.reference_function("total")(np.array([[73519.25, 46287.5], [1.0, 2.0]]), 3)
    assert found_in(json.dumps(total)) == []
