"""Which of two files comes first by name and date."""

from __future__ import annotations

import pytest

from grader.submission.choosing import ranked

_OLDER, _NEWER = 100.0, 7_300.0


@pytest.mark.parametrize("assignment", ["batch_norm", "dnn_step_by_step", "optimization", "regularization", "activations"])
@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("hw_old", "hw"),
        ("assignment", "assignment_final"),
        ("notes", "solution"),
        ("draft", "week1"),
        ("test", "final"),
        ("bn_v2", "bn_final"),
        ("normal", "solution"),
        ("relation", "x"),
        ("final", "v1"),
        ("hw", "hw_old"),
    ],
)
def test_of_names_that_have_nothing_to_do_with_the_assignment_the_newer_one_counts(
    older: str, newer: str, assignment: str
) -> None:
    ages = {f"{older}.py": _OLDER, f"{newer}.py": _NEWER}
    assert ranked([*ages], ages, assignment)[-1] == f"{newer}.py"


@pytest.mark.parametrize(
    ("name", "assignment"),
    [
        ("batch_norm.py", "batch_norm"),
        ("BatchNorm.ipynb", "batch_norm"),
        ("batchnorm-ann.ipynb", "batch_norm"),
        ("Batch Normalization.ipynb", "batch_norm"),
        ("batch_norm/hw.py", "batch_norm"),
        ("Building your Deep Neural Network - Step by Step v8.ipynb", "dnn_step_by_step"),
        ("Optimization_methods_v1b.ipynb", "optimization"),
        ("regularisation.py", "regularization"),
        ("Gradient Checking v1.ipynb", "deep_gradient_checking"),
    ],
)
def test_a_name_that_has_to_do_with_the_assignment_comes_before_a_newer_one(name: str, assignment: str) -> None:
    assert ranked([name, "hw.py"], {name: _OLDER, "hw.py": _NEWER}, assignment)[-1] == name


def test_the_name_of_another_assignment_is_less_near() -> None:
    ages = {"dnn_application.py": _OLDER, "dnn_step_by_step.py": _NEWER}
    assert ranked([*ages], ages, "dnn_application")[-1] == "dnn_application.py"


@pytest.mark.parametrize("name", ["backup/batch_norm.py", "batch_norm_old.py", "OLD/batch_norm/hw.py", "test_batch_norm.py"])
def test_what_calls_itself_old_is_not_near(name: str) -> None:
    assert ranked([name, "hw.py"], {name: _OLDER, "hw.py": _NEWER}, "batch_norm")[-1] == "hw.py"


def test_of_two_near_names_the_newer_one_counts() -> None:
    ages = {"batch_norm.py": _OLDER, "batch_norm_final.py": _NEWER}
    assert ranked([*ages], ages, "batch_norm")[-1] == "batch_norm_final.py"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("hw.py", "hw_old.py"),
        ("hw.py", "a_backup.py"),
        ("assignment1/hw.py", "old_assignments/assignment2/hw.py"),
        ("z_final.py", "a.py"),
        ("hw_v2.py", "hw_v1.py"),
        ("hw_v10.py", "hw_v9.py"),
        ("assignment2/cs231n/layers.py", "assignment1/cs231n/layers.py"),
        ("week10/hw.py", "week9/hw.py"),
        ("hw2.py", "hw.py"),
        ("hw.py", "a/hw.py"),
        ("a.py", "b.py"),
    ],
)
@pytest.mark.parametrize("apart", [0.0, 0.5])
def test_of_equally_new_files_names_decide_whatever_the_order(first: str, second: str, apart: float) -> None:
    ages = {first: _OLDER, second: _OLDER + apart}
    assert ranked([first, second], ages, "batch_norm")[-1] == first
    assert ranked([second, first], ages, "batch_norm")[-1] == first
    assert ranked([second, first], {}, "batch_norm")[-1] == first


@pytest.mark.parametrize(("first", "second"), [(4, 1), (10, 4), (1, 0)])
def test_a_file_of_another_exercise_has_less_than_half_of_this_one(first: int, second: int) -> None:
    held = {"week1/main.py": first, "week2/main.py": second}
    assert ranked([*held], {}, "initialization", held)[-1] == "week1/main.py"


@pytest.mark.parametrize(("first", "second"), [(4, 2), (2, 4), (1, 1), (0, 0)])
def test_half_of_an_exercise_is_of_the_exercise(first: int, second: int) -> None:
    held = {"week1/main.py": first, "week2/main.py": second}
    assert ranked([*held], {}, "initialization", held)[-1] == "week2/main.py"


def test_a_chain_of_files_that_were_written_at_once_is_one_time() -> None:
    ages = {f"f{number}.py": number * 0.5 for number in range(9)}
    assert ranked([*ages], ages, "")[-1] == "f8.py"


@pytest.mark.parametrize("assignment", ["", "x", "ab_cd", "!!"])
def test_any_name_of_an_assignment_will_do(assignment: str) -> None:
    assert ranked(["b.py", "a.py", "", "日本.py"], {}, assignment)[-1] in ("", "a.py")
