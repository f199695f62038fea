"""Parts and formulas of a hand-out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from grader import load_assignment
from grader.course import Course
from grader.freezing.store import frozen_cases
from grader.judging.judge import judges_of
from grader.publishing.handout import formula_of, handout, handout_notes, in_order, introduction, sections
from tests import tiny
from tests.authored import sample
from tests.kits import COURSE

ROOT = Path(__file__).parents[2]
TEXT = """\
# Title

What it is about.

## What you write

### `one(X)` → `Y` — 5 points

First:

    Y = 2 * X
    Z = Y + 1

where `X = 3`.

### `two(X)`

`Y = X / 2`, with `factor = 0.5` and `dims = [1, 2]`.

## An example

No function.
"""


def test_a_part_may_belong_to_several_functions_of_which_the_first_one_shows_it() -> None:
    text = "# Title\n\n### `forward(x)` and `backward(dout)`\n\n`y = 2 * x`\n"
    assert set(sections(text)) == {"forward", "backward"}
    assert set(in_order(text)[0]) == {"forward"}


def test_what_a_hand_out_leaves_out_or_kept_of_another_one_is_told(tmp_path: Path) -> None:
    loaded = sample(tmp_path, options='manual=(Manual("why", points=1),)')
    (loaded.folder / "README.md").write_text("# Sample\n\n## `center(X)`\n\n## `why`\n", "utf-8")
    silent, strange = handout_notes(loaded)
    assert silent == "the hand-out has no heading that names twice, such as: ## `twice`"
    assert strange == "a heading of the hand-out names center, which is not graded"
    (loaded.folder / "README.md").write_text("# Sample\n\n## `twice(X)`, as `np.add` does\n", "utf-8")
    assert handout_notes(loaded) == []


def test_a_part_belongs_to_the_function_that_its_heading_names() -> None:
    assert list(sections(TEXT)) == ["one", "two"]
    assert sections(TEXT)["two"].startswith("### `two(X)`")
    assert "An example" not in sections(TEXT)["two"]


def test_the_introduction_ends_where_the_parts_begin() -> None:
    assert introduction(TEXT) == "# Title\n\nWhat it is about."


def test_a_handout_without_parts_is_its_own_introduction() -> None:
    text = "# Title\n\n## Everything\n\nAll at once.\n"
    assert introduction(text) == text.strip()


def test_indented_lines_are_the_formula() -> None:
    assert formula_of(sections(TEXT)["one"]) == "Y = 2 * X\nZ = Y + 1"


def test_otherwise_code_that_calculates_is() -> None:
    assert formula_of(sections(TEXT)["two"]) == "Y = X / 2"
    assert formula_of("### `three()`\n\nNothing to calculate: `X = 3`.") == ""


def test_an_assignment_without_a_handout_has_its_title() -> None:
    assert handout(tiny.assignment()).startswith("# ")
    bare = Course(tiny.COURSE).load("tiny")
    object.__setattr__(bare, "folder", bare.folder / "nowhere")
    assert handout(bare) == "# A tiny assignment\n"


def test_every_handout_of_the_course_names_its_functions() -> None:
    for name in COURSE.names:
        text = handout(COURSE.load(name))
        assert [f.name for f in COURSE.load(name).spec.functions if f"`{f.name}" not in text] == [], name


@pytest.mark.parametrize("name", [name for name in Course(ROOT).names if not name.startswith("framework")])
def test_the_table_of_a_handout_says_what_the_checks_carry(name: str) -> None:
    assignment = load_assignment(name, course=ROOT)
    text = handout(assignment)
    for judge in judges_of(assignment.spec, frozen_cases(assignment)).functions.values():
        (row,) = (line for line in text.splitlines() if line.startswith(f"| `{judge.spec.name}` |"))
        _, _, values, further, alone, _ = re.split(r"(?<!\\)\|", row)
        told = [sum(map(float, re.findall(r"([\d.]+) %", part))) / 100 for part in (values, further, alone)]
        checks = {**judge.shares.sets, **judge.shares.properties}
        assert told == pytest.approx([sum(judge.shares.items.values()), sum(checks.values()), judge.shares.inputs], abs=2e-3)
        assert all(f"{check}, ".replace("|", "\\|") in further for check in checks)


def test_no_handout_has_shares_that_somebody_must_keep_true() -> None:
    for path in sorted((ROOT / "assignments").glob("*/README.md")):
        lines = path.read_text("utf-8").splitlines()
        assert "<!-- what is graded -->" in lines
        assert not [line for line in lines if line.startswith("|") and " %" in line]


def test_the_table_explains_what_it_means_to_leave_arguments_alone() -> None:
    text = handout(load_assignment("batch_norm", course=ROOT))
    table = text.index("| function | values | further checks | arguments left alone |")
    said = "*Arguments left alone*: the arrays and dictionaries that it is called with are the same afterwards"
    assert text.index(said) > table
