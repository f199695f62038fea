"""``grader report``: the site of a run's folder and of a gradebook."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest

from grader.cli.grade import GradeOptions, grade_paths
from grader.cli.report import write_pages
from grader.errors import HarnessError
from grader.gradebook.store import finish_run, open_gradebook, start_run
from tests.platforms import NAME, RIGHT, WRONG, assignment


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """Two students graded into a run's folder and a gradebook."""
    for name, text in (("ada", RIGHT), ("bob", "# bob's own words\n" + WRONG), ("eve", "{{ broken")):
        folder = tmp_path / "class" / name
        folder.mkdir(parents=True)
        (folder / "s.py").write_text(text, "utf-8")
    options = GradeOptions(
        output=tmp_path / "run", gradebook=str(tmp_path / "marks.db"), allow_weak=True, json_to=str(tmp_path / "r.json")
    )
    grade_paths(assignment(), [tmp_path / "class"], options)
    return tmp_path


def page_of(index: Path, student: str) -> str:
    (page,) = (index.parent / "submissions").glob(f"{student}*.html")
    return page.read_text("utf-8")


def test_a_runs_folder_becomes_a_site_with_the_code_beside_the_feedback(run: Path) -> None:
    index = write_pages(str(run / "run"), None)
    assert index == run / "run" / "site" / "index.html"
    text = index.read_text("utf-8")
    assert all(student in text for student in ("ada", "bob", "eve"))
    assert "half" in page_of(index, "bob")
    assert "bob&#39;s own words" in page_of(index, "bob")


def test_the_site_says_what_is_known_of_the_run_and_who_shares_definitions(run: Path) -> None:
    index = write_pages(str(run / "run"), None, course=assignment().course.root)
    text = index.read_text("utf-8")
    assert "Halves: a &#34;small&#34;" in text
    assert "cases of seed 0" in text
    shared = (index.parent / "similarity.html").read_text("utf-8")
    assert "it is not known here" not in shared  # the starter is that of the course
    assert re.search(r'half</code></th><td class="number">2</td><td class="number">2</td>', shared)


def test_where_there_is_no_course_the_starter_is_not_known(run: Path, tmp_path: Path) -> None:
    index = write_pages(str(run / "run"), tmp_path / "site", course=tmp_path / "nowhere")
    assert "it is not known here" in (index.parent / "similarity.html").read_text("utf-8")


def test_a_gradebook_becomes_the_same_site(run: Path) -> None:
    index = write_pages(str(run / "marks.db"), run / "site")
    assert index == run / "site" / "index.html"
    assert "bob&#39;s own words" in page_of(index, "bob")
    assert "eve" in index.read_text("utf-8")


def test_code_that_has_changed_since_is_not_shown_beside_a_recorded_run(run: Path) -> None:
    (run / "class" / "bob" / "s.py").write_text("# other words\n", "utf-8")
    page = page_of(write_pages(str(run / "marks.db"), run / "site"), "bob")
    assert "other words" not in page
    assert "half" in page


def test_a_file_that_is_gone_costs_only_the_code(run: Path) -> None:
    (run / "class" / "bob" / "s.py").unlink()
    page = page_of(write_pages(str(run / "run"), run / "site"), "bob")
    assert "own words" not in page
    assert "half" in page


def test_junit_xml_is_written_beside_it(run: Path) -> None:
    write_pages(str(run / "run"), run / "site", junit=run / "results.xml")
    suites = list(ElementTree.parse(run / "results.xml").iter("testsuite"))
    assert len(suites) == 3


def test_a_run_of_a_gradebook_is_chosen_by_its_number(run: Path) -> None:
    with open_gradebook(str(run / "marks.db")) as book:
        started = datetime(2026, 11, 1, tzinfo=UTC)
        later = start_run(book, assignment=NAME, cases="0" * 64, grader_version="0", started=started)
        finish_run(book, later, finished=started)
    assert "ada" in write_pages(str(run / "marks.db"), run / "site", number=1).read_text("utf-8")
    with pytest.raises(HarnessError, match="holds no report yet"):
        write_pages(str(run / "marks.db"), run / "site")  # the last run is an empty one


@pytest.mark.parametrize("where", ["nowhere", "nowhere.db"])
def test_a_run_that_is_not_there_is_an_error(tmp_path: Path, where: str) -> None:
    with pytest.raises(HarnessError, match=r"there is nothing at .*; name the folder of 'grader grade -o'"):
        write_pages(str(tmp_path / where), None)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_without_a_run_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(HarnessError, match="make one with 'grader grade"):
        write_pages(str(tmp_path), None)


def test_a_gradebook_without_runs_is_an_error(tmp_path: Path) -> None:
    with open_gradebook(str(tmp_path / "marks.db")):
        pass
    with pytest.raises(HarnessError, match="holds no run yet"):
        write_pages(str(tmp_path / "marks.db"), None)


def test_a_number_that_is_no_run_is_an_error(run: Path) -> None:
    with pytest.raises(HarnessError, match="7"):
        write_pages(str(run / "marks.db"), run / "site", number=7)
