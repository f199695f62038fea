"""Where assignments come from, and that two courses in one process do not mix."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import grader
from grader.course import Course, LoadedAssignment, find_course, load_assignment
from grader.errors import SpecError
from grader.freezing import store
from grader.freezing.store import cases_path, fingerprint, frozen_cases, redraw
from grader.judging.cases import CaseFile, load_cases, save_cases
from tests import tiny
from tests.authored import ASSIGNMENT, REFERENCE, course, sample

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Path]:
    """A working folder of its own."""
    before = Path.cwd()
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    os.chdir(folder)
    yield folder
    os.chdir(before)


# -- which course ------------------------------------------------------------------------------


def test_a_named_course_is_taken() -> None:
    found = find_course(tiny.COURSE)
    assert (found.root, found.names) == (tiny.COURSE, ("tiny",))


def test_a_folder_without_assignments_is_no_course(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"is not a course: it has no folder 'assignments'"):
        find_course(tmp_path)


def test_the_project_of_the_working_folder_may_name_a_course(elsewhere: Path) -> None:
    (elsewhere / "pyproject.toml").write_text(f'[tool.grader]\ncourse = "{tiny.COURSE}"\n', "utf-8")
    assert find_course().root == tiny.COURSE
    (elsewhere / "pyproject.toml").write_text('[tool.grader]\ncourse = "absent"\n', "utf-8")
    with pytest.raises(SpecError, match="absent is not a course"):
        find_course()


@pytest.mark.parametrize("text", ["[tool", "tool = 3", "[tool.grader]\ncourse = 3", "[project]\nname = 'x'", "\xff"])
def test_a_project_file_that_names_no_course_is_passed_over(elsewhere: Path, text: str) -> None:
    (elsewhere / "pyproject.toml").write_bytes(text.encode("latin-1"))
    assert "activations" in find_course().names


def test_the_working_folder_may_be_a_course(elsewhere: Path) -> None:
    sample(elsewhere)
    assert find_course().names == ("sample",)


def test_otherwise_the_course_of_the_package_is_taken(elsewhere: Path) -> None:
    assert find_course().root == ROOT


def test_an_assignment_is_loaded_by_its_name() -> None:
    assert load_assignment("tiny", course=tiny.COURSE).spec.title == "A tiny assignment"
    assert grader.load_assignment("tiny", course=str(tiny.COURSE)).name == "tiny"


def test_an_unknown_name_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"there is no assignment 'tinny' \(did you mean 'tiny'\?\); this course has: tiny"):
        load_assignment("tinny", course=tiny.COURSE)
    (tmp_path / "assignments").mkdir()
    with pytest.raises(SpecError, match="there is no assignment 'a'; this course has: none at all"):
        load_assignment("a", course=tmp_path)


@pytest.mark.parametrize("name", ["../tiny", "tiny/../tiny", "", "."])
def test_a_name_is_no_path(name: str) -> None:
    with pytest.raises(SpecError, match="there is no assignment"):
        load_assignment(name, course=tiny.COURSE)


# -- files that are wrong ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x = (", r"assignment.py cannot be loaded: SyntaxError: "),
        ("1 / 0", r"assignment.py cannot be loaded: ZeroDivisionError: division by zero"),
        ("import no_such_module", r"assignment.py cannot be loaded: ModuleNotFoundError: "),
        ("", r"assignment.py must define ASSIGNMENT = Assignment\(...\)"),
        ("ASSIGNMENT = 3", r"assignment.py must define ASSIGNMENT = Assignment\(...\)"),
        (
            ASSIGNMENT.replace('"sample"', '"other"').format(functions='Function("f", points=1, inputs=inputs)', options=""),
            "calls itself 'other', expected 'sample'",
        ),
        (
            ASSIGNMENT.format(functions='Function("f", points=0, inputs=inputs)', options=""),
            "points must be positive, found 0",
        ),
    ],
    ids=["syntax", "error", "import", "empty", "no assignment", "another name", "contradiction"],
)
def test_an_assignment_that_cannot_be_loaded_says_why(tmp_path: Path, text: str, words: str) -> None:
    for _ in range(2):  # a failed module is not kept
        with pytest.raises(SpecError, match=words):
            sample(tmp_path, assignment=text)


def test_an_authors_module_that_fails_is_told(tmp_path: Path) -> None:
    loaded = sample(tmp_path, mistakes="raise RuntimeError('half written')")
    with pytest.raises(SpecError, match=r"mistakes.py cannot be loaded: RuntimeError: half written"):
        loaded.author_module("mistakes")
    assert loaded.author_module("styles") is None


def test_an_unknown_reference_function_is_told(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"reference\.sample has no function 'thrice'"):
        sample(tmp_path).reference_function("thrice")


# -- what lies around an assignment ----------------------------------------------------------------


def test_the_files_around_an_assignment_are_at_hand() -> None:
    loaded = tiny.assignment()
    assert set(loaded.provided) == {"tiny_utils"}
    assert "def parabola" in loaded.public
    assert loaded.author_module("mistakes") is loaded.author_module("mistakes")
    assert loaded.reference_function("half")(4) == 2


def sharing(tmp_path: Path, lines: str) -> LoadedAssignment:
    """An assignment whose list of shared modules holds these lines, beside one that has modules of its own."""
    loaded = sample(tmp_path)
    course(tmp_path, assignments___other___provided___utils="A = 1\n", assignments___other___provided___tools="A = 2\n")
    (loaded.folder / "provided").mkdir()
    (loaded.folder / "provided" / "own.py").write_text("A = 3\n", "utf-8")
    (loaded.folder / "provided" / "shared.txt").write_text(lines, "utf-8")
    return loaded


def test_an_assignment_may_provide_modules_of_another_one(tmp_path: Path) -> None:
    loaded = sharing(tmp_path, "other/provided/utils.py\n")
    assert loaded.provided == {"own": "A = 3\n", "utils": "A = 1\n"}
    before = fingerprint(loaded, 0)
    (tmp_path / "assignments" / "other" / "provided" / "utils.py").write_text("A = 4\n", "utf-8")
    assert fingerprint(loaded, 0) != before


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("other/provided/util.py\n", r"shared\.txt names other/provided/util\.py, but there is no such file in "),
        ("other/provided/utils.py\nother/provided/utils.py\n", r"but the module utils is there already"),
    ],
    ids=["no file", "twice"],
)
def test_a_shared_module_is_one_file(tmp_path: Path, lines: str, words: str) -> None:
    with pytest.raises(SpecError, match=words):
        _ = sharing(tmp_path, lines).provided


def test_a_student_kit_has_no_reference(tmp_path: Path) -> None:
    course(
        tmp_path,
        assignments___sample___assignment=ASSIGNMENT.format(
            functions='Function("twice", points=1, inputs=inputs)', options=""
        ),
    )
    loaded = find_course(tmp_path).load("sample")
    assert loaded.reference is None
    assert loaded.public == ""
    assert loaded.provided == {}


def test_two_courses_in_one_process_keep_their_references_apart(tmp_path: Path) -> None:
    one = sample(tmp_path / "one")
    two = sample(tmp_path / "two", reference=REFERENCE.replace("2 *", "3 *"))
    built_in = find_course(ROOT).load("activations")
    assert [one.reference_function("twice")(1), two.reference_function("twice")(1)] == [2, 3]
    assert built_in.reference_function("relu")(1)[0] == 1
    again = find_course(tmp_path / "one").load("sample")
    assert again.reference is one.reference


def test_loading_a_course_leaves_the_imports_of_the_process_alone(tmp_path: Path) -> None:
    import reference.activations

    path = list(sys.path)
    loaded = sample(tmp_path)
    assert loaded.reference is not None
    assert sys.path == path
    assert sys.modules["reference.activations"] is reference.activations
    assert sys.modules.get("reference.sample") is None


def test_an_error_while_loading_leaves_the_imports_alone_too(tmp_path: Path) -> None:
    import reference.activations

    path = list(sys.path)
    with pytest.raises(SpecError, match="ZeroDivisionError: division by zero"):
        _ = sample(tmp_path, reference="1 / 0").reference
    assert sys.path == path
    assert sys.modules["reference.activations"] is reference.activations


# -- frozen cases ---------------------------------------------------------------------------------


def test_cases_are_drawn_once_and_then_read(tmp_path: Path) -> None:
    loaded = sample(tmp_path)
    first = frozen_cases(loaded)
    path = cases_path(loaded, 0)
    assert path == tmp_path / ".grader" / "cases" / "sample-0.cases"
    written = path.stat().st_mtime_ns
    assert frozen_cases(loaded).digest == first.digest
    assert path.stat().st_mtime_ns == written
    assert frozen_cases(loaded, 1).digest != first.digest
    assert cases_path(loaded, 1) != path


def test_two_who_want_the_same_cases_draw_them_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded, drawn, both_want_them = sample(tmp_path), [], threading.Barrier(2)

    def counted(*arguments: Any) -> CaseFile:
        drawn.append(arguments)
        return redraw(*arguments)

    def wanted(_: int) -> str:
        both_want_them.wait()
        return frozen_cases(loaded).digest

    monkeypatch.setattr(store, "redraw", counted)
    with ThreadPoolExecutor(2) as pool:
        digests = list(pool.map(wanted, range(2)))
    assert digests[0] == digests[1]
    assert len(drawn) == 1


@pytest.mark.parametrize(
    ("stem", "text"), [("mistakes", "MISTAKES = ()\n"), ("assignment", None), ("provided/utils", "A = 1\n")]
)
def test_cases_are_drawn_anew_when_an_authors_file_changes(tmp_path: Path, stem: str, text: str | None) -> None:
    loaded = sample(tmp_path)
    before = fingerprint(loaded, 0)
    path = loaded.folder / f"{stem}.py"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text or path.read_text("utf-8") + "\n# another word\n", "utf-8")
    assert fingerprint(loaded, 0) != before
    assert fingerprint(loaded, 0) != fingerprint(loaded, 1)


def test_a_change_of_the_reference_is_noticed(tmp_path: Path) -> None:
    loaded = sample(tmp_path)
    before = fingerprint(loaded, 0)
    (tmp_path / "reference" / "sample.py").write_text(REFERENCE.replace("2 *", "3 *"), "utf-8")
    assert fingerprint(loaded, 0) != before


def test_another_assignments_reference_draws_nothing_anew(tmp_path: Path) -> None:
    loaded = sample(tmp_path)
    before = fingerprint(loaded, 0)
    (tmp_path / "reference" / "other.py").write_text("A = 1\n", "utf-8")
    assert fingerprint(loaded, 0) == before
    own = tmp_path / "reference" / "sample.py"
    own.write_text(own.read_text("utf-8") + "\nfrom reference import (\n    other,\n)\n", "utf-8")
    imported = fingerprint(loaded, 0)
    assert imported != before
    (tmp_path / "reference" / "other.py").write_text("A = 2\n", "utf-8")
    assert fingerprint(loaded, 0) != imported


def test_a_change_of_any_module_of_the_harness_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    whole = Path.read_bytes

    def noted(path: Path) -> bytes:
        read.append(path.name)
        return whole(path)

    loaded = sample(tmp_path)
    monkeypatch.setattr(Path, "read_bytes", noted)
    store._harness.cache_clear()
    fingerprint(loaded, 0)
    assert {path.name for path in Path(store.__file__).parent.rglob("*.py")} <= set(read)


@pytest.mark.parametrize("data", [b"", b"grader cases 4\nnonsense", b"grader cases 0\n"])
def test_a_damaged_file_is_drawn_anew(tmp_path: Path, data: bytes) -> None:
    loaded = sample(tmp_path)
    path = cases_path(loaded, 0)
    path.parent.mkdir(parents=True)
    path.write_bytes(data)
    drawn = frozen_cases(loaded)
    assert load_cases(path).digest == drawn.digest


def test_a_kit_uses_the_cases_that_came_with_it(tmp_path: Path) -> None:
    loaded = sample(tmp_path)
    cases = save_cases(frozen_cases(loaded), loaded.folder / "cases.bin")
    (tmp_path / "reference" / "sample.py").unlink()
    kit = find_course(tmp_path).load("sample")
    assert cases_path(kit, 5) == loaded.folder / "cases.bin"
    assert frozen_cases(kit).digest == cases.digest


@pytest.mark.skipif(os.geteuid() == 0, reason="the administrator may write everywhere")
def test_cases_of_a_course_that_cannot_be_written_go_to_the_users_cache(tmp_path: Path) -> None:
    loaded = sample(tmp_path / "course")
    (tmp_path / "course").chmod(0o555)
    try:
        assert tmp_path / "course" not in cases_path(loaded, 0).parents
    finally:
        (tmp_path / "course").chmod(0o755)


def test_names_are_folders_with_an_assignment_in_them(tmp_path: Path) -> None:
    sample(tmp_path)
    (tmp_path / "assignments" / "notes").mkdir()
    assert Course(tmp_path).names == ("sample",)


def test_the_package_offers_two_names_and_no_others() -> None:
    assert grader.__all__ == ["__version__", "grade", "load_assignment"]
    assert callable(grader.grade)
    missing: Any = "nothing"
    with pytest.raises(AttributeError, match="module 'grader' has no attribute 'nothing'"):
        getattr(grader, missing)


def test_threads_may_ask_for_right_functions_at_the_same_time() -> None:
    """An audit grades in threads; what they import is one thing for all of them."""
    loaded = tiny.assignment()
    switch = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as pool:
            found = list(pool.map(lambda _: loaded.reference_function("half"), range(300)))
    finally:
        sys.setswitchinterval(switch)
    assert len({id(function) for function in found}) == 1
