"""The same submission, cases and version give the same report: whatever was graded before, beside it, or elsewhere."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from grader.course import find_course
from grader.freezing.freeze import freeze
from grader.freezing.store import frozen_cases
from grader.freezing.submissions import reference_files
from grader.grading.batch import Job, Setup, grade_all
from grader.grading.pipeline import grade, grade_submission
from grader.judging.cases import save_cases
from grader.judging.judge import judges_of
from grader.model import Report, report_to_json
from grader.sandbox.parent import Sandbox
from grader.submission.reading import parse_submission
from tests import tiny
from tests.gradable import parametrized
from tests.tiny import HEADER, right

COURSE = find_course()
SAMPLES = COURSE.root / "samples" / "dnn_step_by_step"

# What differs from run to run where nobody takes care: entropy, addresses, hashes, leftovers of other calls.
RESTLESS = {
    "entropy": "import random\n\ndef noise(n, m):\n"
    "    W = np.random.default_rng().normal(size=(n, m)) * random.random()\n"
    "    return {'W1': W + np.random.rand(), 'b1': np.zeros((n, 1))}\n",
    "addresses": "def affine(X, W, b):\n    print(object(), np.random.rand)\n    raise ValueError(f'{object()}')\n",
    "hashes": "def kinds(X):\n    return {'a', 'b', 'c', f'{hash(str(X.shape)) % 1000}'}\n\n"
    "def fit(X):\n    return X, {w: hash(w) for w in ('x', 'y', 'z')}\n",
    "leftovers": "SEEN = []\n\ndef center(X):\n    SEEN.append(X)\n"
    "    return X + len(SEEN), X.mean(axis=1, keepdims=True)\n\n"
    "def mean_square(X, weight, known={}):\n    known[X.size] = weight\n    return float(sum(known.values()))\n",
    "helpers": "def affine(X, W, b):\n    return W @ X, (X, W, b)\n",
    "missing": "del affine\n",
    "right": "",
}
REPEATS = 50


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    where = tmp_path_factory.mktemp("determinism")
    for name, change in RESTLESS.items():
        (where / f"{name}.py").write_text("\n".join([HEADER, *right().values(), change]))
    save_cases(tiny.cases(), where / "tiny.cases")
    return where


def setup_of(folder: Path) -> Setup:
    return Setup(str(tiny.COURSE), "tiny", str(folder / "tiny.cases"))


def shuffled(folder: Path, count: int, seed: int) -> list[Job]:
    jobs = [Job(name, ((name, str(folder / name)),), frozenset({name})) for name in (f"{stem}.py" for stem in RESTLESS)]
    return random.Random(seed).sample(jobs * (count // len(jobs) + 1), count)


def timeless(report: Report) -> str:
    return json.dumps(report_to_json(replace(report, duration_s=0.0)), sort_keys=True)


def reports_by_name(setup: Setup, jobs: Sequence[Job], processes: int) -> Iterator[tuple[str, str]]:
    for result in grade_all(setup, jobs, processes):
        assert result.report.status == "graded", result.report.messages
        yield result.job.name, timeless(result.report)


def test_fifty_gradings_in_any_order_and_by_any_number_of_processes_give_the_same_reports(folder: Path) -> None:
    found: dict[str, set[str]] = {}
    for processes, count in ((1, 24), (2, 16), (3, 10)):
        for name, report in reports_by_name(setup_of(folder), shuffled(folder, count, seed=processes), processes):
            found.setdefault(name, set()).add(report)
    assert sum((24, 16, 10)) == REPEATS
    assert {name: len(reports) for name, reports in found.items()} == {f"{name}.py": 1 for name in RESTLESS}
    assert len({report for reports in found.values() for report in reports}) == len(RESTLESS)


def test_a_smaller_example_is_the_same_each_time(folder: Path) -> None:
    with Sandbox() as sandbox:
        for name in ("helpers", "leftovers", "addresses"):
            text = (folder / f"{name}.py").read_bytes()
            submission = parse_submission(f"{name}.py", ".py", text, tiny.cases().arities)
            found = {timeless(grade_submission(tiny.assignment(), tiny.judges(), submission, sandbox)) for _ in range(3)}
            assert len(found) == 1


def test_the_samples_of_the_course_have_the_same_reports_again_and_in_another_order() -> None:
    assignment = COURSE.load("dnn_step_by_step")
    cases = frozen_cases(assignment)
    files = sorted(p for p in SAMPLES.iterdir() if p.suffix in (".py", ".ipynb"))
    found: dict[str, set[str]] = {}
    for seed in (1, 2):
        with Sandbox(assignment.spec.packages) as sandbox:
            for path in random.Random(seed).sample(files, len(files)):
                report = grade(assignment, path, cases=cases, runner=sandbox, name=path.name)
                found.setdefault(path.name, set()).add(timeless(report))
    assert {name for name, reports in found.items() if len(reports) > 1} == set()


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_right_solutions_are_right_whatever_the_seed(seed: int) -> None:
    cases = tiny.cases() if seed == 0 else freeze(tiny.assignment(), seed)
    text = "\n".join([HEADER, *right().values()])
    with Sandbox() as sandbox:
        submission = parse_submission("right.py", ".py", text.encode(), cases.arities)
        assert grade_submission(tiny.assignment(), judges_of(tiny.assignment().spec, cases), submission, sandbox).full_marks


@pytest.mark.parametrize("seed", [0, 1])
def test_the_right_samples_of_the_course_are_right_whatever_the_seed(seed: int) -> None:
    assignment = COURSE.load("dnn_step_by_step")
    cases = frozen_cases(assignment, seed)
    right_ones = sorted(SAMPLES.glob("right*"))
    assert len(right_ones) >= 3
    with Sandbox(assignment.spec.packages) as sandbox:
        for path in right_ones:
            assert grade(assignment, path, cases=cases, runner=sandbox).full_marks, path.name


@pytest.mark.slow
@pytest.mark.parametrize("name", parametrized())
def test_the_reference_is_right_under_a_further_seed(name: str) -> None:
    assignment = COURSE.load(name)
    cases = freeze(assignment, 7)
    text, siblings = reference_files(assignment)
    neighbours = {stem: source.encode() for stem, source in siblings.items()}
    submission = parse_submission("reference.py", ".py", text.encode(), cases.arities, siblings=neighbours)
    with Sandbox(assignment.spec.packages, warm_up=assignment.warm_up) as sandbox:
        assert grade_submission(assignment, judges_of(assignment.spec, cases), submission, sandbox).full_marks
