"""Learning rate decay: the stairs are looked at between their edges too."""

import doctest
from functools import cache
from pathlib import Path
from textwrap import dedent

import pytest

from grader import load_assignment
from grader.freezing.store import frozen_cases
from grader.grading.pipeline import grade_submission
from grader.judging.cases import CaseFile
from grader.judging.judge import judges_of
from grader.model import FunctionReport
from grader.sandbox.here import InProcess
from grader.submission.reading import parse_submission
from reference import learning_rate_decay as reference

ASSIGNMENT = load_assignment("learning_rate_decay", course=Path(__file__).parents[2])


@cache
def cases() -> CaseFile:
    return frozen_cases(ASSIGNMENT)


def stairs(body: str) -> FunctionReport:
    """What a ``schedule_lr_decay`` with this body gets, run in this process."""
    head = "import math\nimport numpy as np\ndef schedule_lr_decay(lr0, epoch, decay, interval=1000):\n"
    text = head + "\n".join("    " + line for line in dedent(body).strip().splitlines())
    submission = parse_submission("solution.py", ".py", text.encode(), cases().arities)
    graded = grade_submission(ASSIGNMENT, judges_of(ASSIGNMENT.spec, cases()), submission, InProcess())
    return {function.name: function for function in graded.functions}["schedule_lr_decay"]


RIGHT = {
    "zero-dimensional array": "return np.array(lr0 / (1 + decay * (epoch // interval)))",
    "NumPy scalar": "return np.divide(lr0, 1 + decay * np.floor_divide(epoch, interval))",
    "divmod": "return lr0 * (1 / (1 + divmod(epoch, interval)[0] * decay))",
    "first interval apart": "return lr0 if epoch < interval else lr0 / (1 + decay * math.trunc(epoch / interval))",
}


@pytest.mark.parametrize("body", RIGHT.values(), ids=RIGHT.keys())
def test_a_right_schedule_passes_in_any_style(body: str) -> None:
    assert stairs(body).status == "passed"


FAR = {
    "a hundred stairs": "return lr0 / (1 + decay * min(epoch // interval, 100))",
    "intervals of 500 at most": "return lr0 / (1 + decay * (epoch // min(interval, 500)))",
    "rates of 1 at most": "return min(lr0, 1) / (1 + decay * (epoch // interval))",
}


@pytest.mark.parametrize("body", FAR.values(), ids=FAR.keys())
def test_long_intervals_many_stairs_and_large_rates_are_asked(body: str) -> None:
    graded = stairs(body)
    assert graded.status == "partial" and graded.points < graded.max_points


# By the severity of its mistake, a schedule keeps at most half of its points or three quarters.
GRAVE = {
    "only-at-multiples": "return lr0 / (1 + decay * np.floor(epoch / interval)) if epoch % interval == 0 else lr0",
    "unbound-between-multiples": """
        if epoch % interval == 0:
            lr = lr0 / (1 + decay * (epoch / interval))
        return lr
        """,
    "interval-literal": "return lr0 / (1 + decay * (epoch // 1000))",
}
FAULTS = {
    "not-floored": "return lr0 / (1 + decay * (epoch / interval)) if epoch >= interval else lr0",
    "floor-of-product": "return lr0 / (1 + np.floor(decay * epoch / interval))",
    "rounded-to-nearest": "return lr0 / (1 + decay * np.round(epoch / interval))",
}


@pytest.mark.parametrize(("code", "body"), [*GRAVE.items(), *FAULTS.items()], ids=[*GRAVE, *FAULTS])
def test_a_schedule_that_is_right_only_at_some_epochs_does_not_pass_and_is_named(code: str, body: str) -> None:
    graded = stairs(body)
    assert graded.status in ("failed", "partial")
    assert [finding.code for finding in graded.findings] == [code]
    assert graded.points <= (0.5 if code in GRAVE else 0.75) * graded.max_points


@pytest.mark.parametrize("condition", ["interval == 1", "decay == 0"])
def test_a_kind_of_schedule_that_is_named_costs_something_to_be_seen(condition: str) -> None:
    found = stairs(f"return lr0 / (1 + decay * (epoch // interval)) + ({condition})")
    assert 0.8 * found.max_points < found.points < 0.97 * found.max_points


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("return lr0 / (1 + decay * (epoch // interval // 2 * 2 if isinstance(decay, int) else epoch // interval))", None),
        (
            "d = 1 + decay * (epoch // interval); return lr0 // d if isinstance(lr0 * d, int) else lr0 / d",
            "whole-number-division",
        ),
        ("return lr0 / (1 + decay * (1 if (epoch, interval) == (0, 1) else epoch // interval))", None),
    ],
)
def test_whole_numbers_and_the_first_epoch_of_short_stairs_are_asked(body: str, code: str | None) -> None:
    found = stairs(body)
    assert 0.75 * found.max_points < found.points < found.max_points
    assert code is None or code in [finding.code for finding in found.findings]


def test_a_number_in_an_array_is_a_wrong_shape_and_not_a_wrong_value() -> None:
    graded = stairs("return np.array([[lr0 / (1 + decay * (epoch // interval))]])")
    assert next(check.kind for check in graded.checks if check.status == "failed") == "shape"
    assert [finding.code for finding in graded.findings] == ["extra-axis"]


def test_the_example_of_the_hand_out_is_what_the_reference_gives() -> None:
    text = (ASSIGNMENT.folder / "README.md").read_text("utf-8")
    example = doctest.DocTestParser().get_doctest(text, vars(reference).copy(), "README.md", None, 0)
    result = doctest.DocTestRunner(verbose=False).run(example)
    assert (result.failed, result.attempted) == (0, 2)


def test_who_counts_whole_intervals_at_their_first_epochs_alone_does_not_ignore_the_interval() -> None:
    at_multiples = stairs("return lr0 / (1 + decay * (epoch if epoch % interval else epoch // interval))")
    assert [finding.code for finding in at_multiples.findings] == ["interval-counts-at-multiples"]
    for fine in ("epoch % interval == 0 or epoch > 60", "epoch % interval in (0, interval - 1)"):  # nothing that has a name
        other = stairs(f"return lr0 / (1 + decay * (epoch // interval if {fine} else epoch))")
        assert "interval-ignored" not in [finding.code for finding in other.findings]


def test_who_keeps_the_rate_in_the_first_interval_does_not_ignore_the_interval() -> None:
    later = stairs("return lr0 if epoch < interval else lr0 / (1 + decay * epoch)")
    assert [finding.code for finding in later.findings] == ["epochs-after-first-interval"]
    throughout = stairs("return lr0 / (1 + decay * epoch)")
    assert [finding.code for finding in throughout.findings] == ["interval-ignored"]


ORDINARY = {
    "return lr0 / (1 - decay * (epoch // interval))": "minus-for-plus",
    "return lr0 / (1 + decay + epoch // interval)": "sum-for-product",
    "return 1 / ((1 + decay * (epoch // interval)) * lr0)": "initial-rate-below",
    "return lr0 * 0.5 ** (epoch // interval)": "decay-rate-ignored",
    "return np.floor(1 / (1 + decay * (epoch // interval))) * lr0": "rate-cut-off",
    "return lr0 / (1 + decay * np.floor(interval / max(epoch, 1)))": "quotient-upside-down",
}


@pytest.mark.parametrize(("body", "code"), ORDINARY.items(), ids=ORDINARY.values())
def test_an_ordinary_mistake_has_its_name(body: str, code: str) -> None:
    assert [finding.code for finding in stairs(body).findings] == [code]
