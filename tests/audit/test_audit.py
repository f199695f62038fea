"""An audit: mutants, mistakes and styles sent through the whole grader."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from grader.audit.audit import Audit, Row, audit_assignment, render_audit
from grader.cli.main import cli
from grader.cli.new import write_assignment
from grader.course import Course, LoadedAssignment
from grader.errors import SpecError
from grader.freezing.store import cases_path
from grader.freezing.submissions import reference_files
from grader.judging.cases import load_cases

pytest.importorskip("cosmic_ray", reason="the general operators come from cosmic-ray")


@pytest.fixture
def course(tmp_path: Path) -> Path:
    write_assignment("scaling", tmp_path)
    return tmp_path


def load(course: Path) -> LoadedAssignment:
    return Course(course).load("scaling")


def audited(course: Path, budget: int = 400) -> Audit:
    return audit_assignment(load(course), budget=budget, processes=2)


def edit(path: Path, before: str, after: str) -> None:
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after), "utf-8")


def test_a_scaffolded_assignment_is_clean(course: Path) -> None:
    audit = audited(course)
    assert audit.clean, render_audit(audit)
    assert audit.count("killed") > 5
    assert audit.count("survived") == 0
    assert (audit.count("named"), audit.count("accepted")) == (2, 1)
    assert audit.stale == ()
    assert render_audit(audit).endswith("\nclean\n")


def test_a_mutant_that_no_check_catches_survives_until_it_is_declared(course: Path) -> None:
    edit(course / "reference" / "scaling.py", "X_centered = X - ", "scale = 1.0\n    X_centered = X - ")
    audit = audited(course)
    survivors = [row for row in audit.rows if row.outcome == "survived"]
    assert {row.function for row in survivors} == {"center"}
    assert not audit.clean
    assert "+ pass" in render_audit(audit)
    assert "right all the same? In audit.py: EQUIVALENT = {'without scale = 1.0': 'why'}" in render_audit(audit)
    assert {row.check for row in audit.rows if row.outcome == "killed"} <= {
        f"center: {check}" for check in ("runs", "structure", "shape X_centered", "values X_centered", "inputs")
    }
    keys = {row.key: "nothing reads scale" for row in survivors}
    declared = f"EQUIVALENT = {keys!r}\n"
    (course / "assignments" / "scaling" / "audit.py").write_text(declared, "utf-8")
    again = audit_assignment(_afresh(course), processes=2)
    assert again.clean, render_audit(again)
    assert again.count("equivalent") == len(survivors)
    assert any("nothing reads scale" in row.detail for row in again.rows if row.outcome == "equivalent")


def test_a_line_that_makes_an_opaque_item_is_left_alone(course: Path) -> None:
    edit(course / "reference" / "scaling.py", "return X_centered", "cache = (X, 1)\n    return X_centered, cache")
    edit(
        course / "assignments" / "scaling" / "assignment.py",
        'returns="X_centered"',
        'returns=("X_centered", "cache"), opaque="cache"',
    )
    property_ = 'properties=(Property("shift invariance", share=0.2, plan=_shifted, judge=_same),),'
    edit(course / "assignments" / "scaling" / "assignment.py", property_, "")
    for name in ("mistakes.py", "styles.py"):
        (course / "assignments" / "scaling" / name).write_text("STYLES = {}\n", "utf-8")
    audit = audit_assignment(_afresh(course), processes=2)
    assert audit.clean, render_audit(audit)
    assert any("cache is opaque" in row.detail for row in audit.rows if row.outcome == "equivalent")


def test_a_property_that_nothing_breaks_is_named(course: Path) -> None:
    edit(course / "assignments" / "scaling" / "assignment.py", "judge=_same", "judge=lambda given: None")
    loaded = _afresh(course)
    audit = audit_assignment(loaded, processes=2)
    assert audit.idle == ("center: shift invariance",)
    assert not audit.bad
    assert not audit.clean
    assert "properties that held for every mutant and mistake:\n  center: shift invariance\n" in render_audit(audit)
    assert render_audit(audit).endswith("\n1 to look at\n")
    assert audit_assignment(loaded, budget=3, processes=2).clean, "where not all mutants are tried, nothing is known"


def test_a_property_that_nothing_breaks_may_be_declared(course: Path) -> None:
    edit(course / "assignments" / "scaling" / "assignment.py", "judge=_same", "judge=lambda given: None")
    declared = 'IDLE = {("center", "shift invariance"): "it stands for solutions of another kind"}\n'
    (course / "assignments" / "scaling" / "audit.py").write_text(declared, "utf-8")
    assert audit_assignment(_afresh(course), processes=2).clean


def _afresh(course: Path) -> LoadedAssignment:
    """Authors' files are loaded once a process; this course has another place."""
    moved = course.with_name(course.name + "-moved")
    course.rename(moved)
    return Course(moved).load("scaling")


def test_a_declared_equivalent_that_no_mutant_is_any_more_is_pointed_out(course: Path) -> None:
    declared = 'EQUIVALENT = {"X_centred = X": "an old name", "X_centered = X": "not true, and a mutant"}\n'
    (course / "assignments" / "scaling" / "audit.py").write_text(declared, "utf-8")
    audit = audited(course, budget=5)  # whatever the budget leaves out
    assert audit.stale == ("X_centred = X",)
    assert "stale entries of EQUIVALENT, which no mutant matches:\n  X_centred = X\n" in render_audit(audit)
    assert audit.to_json()["stale"] == ["X_centred = X"]


def test_a_budget_bounds_the_mutants(course: Path) -> None:
    assert sum(row.kind == "mutant" for row in audited(course, budget=5).rows) == 5


def test_the_reference_is_handed_in_as_a_student_would(course: Path) -> None:
    reference = course / "reference" / "scaling.py"
    (course / "reference" / "other.py").write_text("ONE = 1\n", "utf-8")
    edit(reference, "import numpy as np\n", "import numpy as np\n\nfrom reference.other import ONE\n")
    assert "from ref_other import ONE" in reference_files(load(course))[0]
    assert reference_files(load(course))[1] == {"ref_other": "ONE = 1\n"}
    assert audited(course, budget=1).count("killed") == 1


def test_a_kit_cannot_be_audited(course: Path) -> None:
    (course / "reference" / "scaling.py").unlink()
    with pytest.raises(SpecError, match="scaling has no reference here, of which mutants could be made"):
        audited(course)


def test_a_reference_that_the_grader_refuses_is_an_error(course: Path) -> None:
    """It reads a file, which submissions may not."""
    edit(course / "reference" / "scaling.py", "X - np.mean", "X - len(open(__file__).read()[:0]) - np.mean")
    with pytest.raises(SpecError, match="reference itself does not get full marks: center"):
        audited(course)


def test_the_command_prints_the_table_and_fails_where_there_is_something_to_look_at(course: Path) -> None:
    clean = CliRunner().invoke(cli, ["--course", str(course), "audit", "scaling", "--budget", "5", "--json", "-"])
    assert clean.exit_code == 0, clean.output
    assert json.loads(clean.stdout)["clean"] is True


def test_the_cases_of_another_seed_are_audited(course: Path) -> None:
    graded = ["--course", str(course), "audit", "scaling", "--budget", "1", "--seed", "3"]
    assert CliRunner().invoke(cli, graded).exit_code == 0
    assert load_cases(cases_path(load(course), 3)).seed == 3


# -- rendering ---------------------------------------------------------------------------------

AUDIT = Audit(
    "halves",
    (
        Row("mutant", "half", "operands", "killed", "- return X / 2\n+ return 2 / X"),
        Row("mutant", "half", "operands", "survived", "- return X / 2\n+ return X * 0.5"),
        Row("mutant", "half", "names", "equivalent", "- a\n+ b\nthe same"),
        Row("mistake", "half", "doubled", "named", "doubled"),
        Row("mistake", "half", "tripled", "missed"),
        Row("mistake", "half", "quartered", "unnamed", "constant-factor"),
        Row("style", "half", "0 loop", "accepted"),
        Row("style", "half", "1 einsum", "rejected", "H has shape (2,)"),
    ),
)


def test_the_table_counts_and_what_must_not_be_follows_it() -> None:
    text = render_audit(AUDIT)
    (row,) = (line for line in text.splitlines() if line.startswith("half "))
    assert row.split() == ["half", "3", "1", "1", "1", "1", "of", "3", "1", "of", "2"]
    assert "survived: mutant of half (operands)\n- return X / 2\n+ return X * 0.5\n" in text
    assert "missed: mistake of half (tripled)\n" in text
    assert (
        "unnamed: mistake of half (quartered)\nconstant-factor\n  what names it: its own numbers do not name it, so" in text
    )
    assert "rejected: style of half (1 einsum)\nH has shape (2,)\n" in text
    assert text.endswith("\n4 to look at\n")
    assert "equivalent: " not in text


def test_a_class_and_its_constructor_are_one_row_and_a_mistake_of_another_name_is_told() -> None:
    mistakes = [("mistake", "Net", "a", "named"), ("mistake", "Net", "b", "unnamed", "a")]
    rows = [("mutant", "Net.__init__", "operands", "killed"), *mistakes]
    text = render_audit(Audit("nets", tuple(Row(*row) for row in rows)))
    (row,) = (line for line in text.splitlines() if line.startswith("Net "))
    assert row.split()[:7] == ["Net", "1", "1", "0", "0", "1", "of"]
    assert "what names it: it gives what 'a' gives: let it stand before that one, or draw cases that tell them apart" in text


def test_a_loss_that_is_disputed_is_told_with_the_way_to_declare_it() -> None:
    row = Row("mistake", "half", "doubled", "named", severity="slip", loss=0.5, dispute="a slip one costs 50%")
    text = render_audit(Audit("halves", (row,)))
    assert "costs too little or too much: mistake of half (doubled)\na slip one costs 50%\n" in text
    assert "In audit.py: LOSSES = {('half', 'doubled'): 'why'}" in text


@pytest.mark.parametrize("outcome", ["survived", "missed", "unnamed", "rejected"])
def test_what_must_not_be_is_not_clean(outcome: str) -> None:
    (row,) = (row for row in AUDIT.rows if row.outcome == outcome)
    assert not Audit("halves", (row,)).clean
    assert Audit("halves", (replace(row, outcome="killed"),)).clean


def test_an_audit_says_how_much_is_graded(course: Path) -> None:
    told: list[tuple[int, int]] = []
    audit = audit_assignment(load(course), budget=2, processes=1, grading=lambda *counts: told.append(counts))
    everything = len(audit.rows) + 1  # and the reference
    assert told == [(number, everything) for number in range(1, everything + 1)]
