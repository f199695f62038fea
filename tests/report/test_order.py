"""What is read first: the mistake, and in a line each what only waits for it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from grader import sentences
from grader.model import Check, Finding, FunctionReport, Report
from grader.report.html import write_site
from grader.report.order import order_of
from grader.report.terminal import render_report

from . import samples

CARRIED = tuple(
    replace(
        samples.passed(name, 10.0, carried=True), findings=(sentences.carried_wrong(name, ["linear_forward"], graded=True),)
    )
    for name in ("linear_activation_forward", "L_model_forward")
)
WRONG = samples.wrong_backward()
BLANKS = tuple(
    FunctionReport(name, "failed", "cell 9, line 1", 0.0, 10.0, False, findings=(sentences.not_started(name),))
    for name in ("compute_cost", "model")
)
WAITING = FunctionReport("L_model_backward", "failed", None, 0.0, 10.0, False, WRONG.checks, waits_for=(WRONG.name,))
EVERYTHING = (*CARRIED, WRONG, *BLANKS, WAITING)


def report_of(*functions: FunctionReport) -> Report:
    return Report("a", "s.ipynb", None, "graded", "full", 1.0, 60.0, functions)


def test_only_what_is_wrong_by_itself_is_explained() -> None:
    order = order_of(EVERYTHING)
    assert [(number, f.name) for number, f in order.first] == [(3, WRONG.name)]
    assert sorted(number for number, _ in order.others) == [1, 2, 4, 5, 6]
    assert order.lines == (
        (
            "Full points",
            "linear_activation_forward, L_model_forward: correct; graded with correct functions in place of wrong or "
            "missing ones. Fix linear_forward first.",
        ),
        ("Not started", "2 functions: compute_cost, model"),
        ("Waiting", "L_model_backward: not judged before linear_backward is right"),
    )


def test_functions_that_are_not_there_take_a_line_together_unless_something_near_is() -> None:
    def missing(name: str, message: str) -> FunctionReport:
        check = Check("runs", "runs", "failed", 0.0, 0.0, message)
        return FunctionReport(name, "missing", None, 0.0, 10.0, False, (check,))

    near = missing("model", "model is not defined in this submission; Model in cell 3, line 1 is near to it")
    absent = [missing(name, sentences.missing_function(name.partition(".")[0])) for name in ("compute_cost", "Net.predict")]
    order = order_of([near, *absent])
    assert [f.name for _, f in order.first] == ["model"]
    assert order.lines == (
        ("Missing", "compute_cost, Net.predict: not defined in this submission; define them under exactly these names"),
    )


def test_a_function_that_has_a_mistake_of_its_own_is_explained_whatever_else_is_said_of_it() -> None:
    also = replace(CARRIED[0], findings=(*CARRIED[0].findings, Finding("other", "something", "")))
    half = replace(WRONG, findings=(sentences.unfilled_blank(3, "cell 7", "dW = None"),))
    assert [f.name for _, f in order_of([also, half]).first] == [also.name, half.name]
    assert not order_of([also, half]).lines


def test_one_mistake_prints_a_screen() -> None:
    text = render_report(report_of(*EVERYTHING), width=80, color=False)
    assert len(text.split("\n")) < 50
    assert "Not started  2 functions: compute_cost, model" in text
    assert text.index("Looks like") < text.index("Waiting")


def test_a_page_shows_every_function_once_with_its_place_in_the_list(tmp_path: Path) -> None:
    write_site([report_of(*EVERYTHING)], tmp_path)
    (page,) = (tmp_path / "submissions").glob("*.html")
    text = page.read_text("utf-8")
    for number, function in enumerate(EVERYTHING, 1):
        assert text.count(f'id="f{number}" aria-label="{function.name}"') == 1
    assert "<b>Not started:</b> 2 functions: compute_cost, model" in text


def test_an_untouched_kit_takes_one_line() -> None:
    begun = [replace(f, status="failed", findings=(Finding("not-started", "", ""),)) for f in EVERYTHING[:2]]
    by_hand = FunctionReport("essay", "not-graded", None, 0.0, 5.0, False)
    text = render_report(report_of(*begun, by_hand), width=80, color=False)
    assert text == "a  s.ipynb  not started: 2\n"
    assert "FAILED" in render_report(report_of(*begun), width=80, color=False, verbose=True)
    assert "not started: " not in render_report(report_of(*begun, WRONG), width=80, color=False)
