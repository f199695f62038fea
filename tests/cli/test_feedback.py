"""``grader feedback``: pages that stand alone, an index, and what Canvas and Moodle take back."""

from __future__ import annotations

import csv
import re
import zipfile
from pathlib import Path

import pytest

from grader.cli.grade import GradeOptions, grade_paths
from grader.cli.main import main
from tests.platforms import NAME, RIGHT, WRONG, assignment

NAMES = {"4711": "张 伟", "4712": "Zoë Müller", "4713": "Zoë Müller"}  # two namesakes
WORKSHEET = "Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,Last modified (submission),"
WORKSHEET += "Last modified (grade),Feedback comments\n"


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A download of Moodle, graded into a folder and a gradebook."""
    folder = tmp_path_factory.mktemp("feedback")
    rows = []
    for number, name in NAMES.items():
        place = folder / "class" / f"{name}_{number}_assignsubmission_file_"
        place.mkdir(parents=True)
        (place / "s.py").write_text(WRONG if number == "4712" else RIGHT, "utf-8")
        rows.append(f"Participant {number},{name},{number}@x.org,Submitted,,100.00,Yes,-,-,\n")
    (folder / "sheet.csv").write_text(WORKSHEET + "".join(rows), "utf-8")
    options = GradeOptions(
        output=folder / "run", gradebook=str(folder / "marks.db"), roster=folder / "sheet.csv", allow_weak=True, quiet=True
    )
    grade_paths(assignment(), [folder / "class"], options)
    return folder


def command(*arguments: object) -> None:
    main([*map(str, arguments)])


def done(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as stopped:
        command(*arguments)
    found = capsys.readouterr()
    return int(stopped.value.code or 0), found.out, found.err


@pytest.mark.parametrize("source", ["run", "marks.db"])
def test_every_student_gets_a_page_that_stands_alone(
    recorded: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], source: str
) -> None:
    status, out, _ = done(capsys, "feedback", recorded / source, NAME, "-o", tmp_path / "out")
    assert (status, out) == (0, f"{tmp_path / 'out' / 'index.csv'}: 3 pages\n")
    with (tmp_path / "out" / "index.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["name"], row["email"]) for row in rows] == [(name, f"{number}@x.org") for number, name in NAMES.items()]
    texts = {row["email"][:4]: (tmp_path / "out" / row["page"]).read_text("utf-8") for row in rows}
    assert len({row["page"] for row in rows}) == 3
    for number, text in texts.items():
        assert NAMES[number] in text
        assert not any(other in text for other in NAMES if other != number)
        assert "index.html" not in text
        assert not re.findall(r'(?:href|src)="(?!#|data:)[^"]*"', text)


def test_what_people_decide_stands_in_the_feedback_and_on_the_pages(
    recorded: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = tmp_path / "marks.db"
    book.write_bytes((recorded / "marks.db").read_bytes())
    common = ("--author", "A. Teacher")
    student = "4712@x.org"
    assert done(capsys, "gradebook", "override", book, NAME, student, "half", "33", *common, "--reason", "oral exam")[0] == 0
    assert done(capsys, "gradebook", "comment", book, NAME, student, "see <me>", *common)[0] == 0
    for way in (["feedback", recorded / "run", NAME, "--gradebook", book], ["feedback", book, NAME]):
        done(capsys, *way, "-o", tmp_path / "out")
        (page,) = (path for path in (tmp_path / "out").glob("*.html") if "4712" in path.read_text("utf-8"))
        text = page.read_text("utf-8")
        assert "A. Teacher gave 33 / 40 points: oral exam" in text
        assert "<b>By hand:</b>" in text
        assert "see &lt;me&gt; (A. Teacher)" in text
    for source in ([recorded / "run", "--gradebook", book], [book]):
        done(capsys, "report", *source, "-o", tmp_path / "site")
        pages = [path.read_text("utf-8") for path in (tmp_path / "site" / "submissions").glob("*.html")]
        assert sum("33 / 40 points: oral exam" in text for text in pages) == 1
        assert "93 / 100" in (tmp_path / "site" / "index.html").read_text("utf-8")


def test_moodle_gets_its_zip_and_its_comments(recorded: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    arguments = ("--to", "moodle", "--template", recorded / "sheet.csv", "-o", out)
    status, said, _ = done(capsys, "feedback", recorded / "run", NAME, *arguments)
    assert (status, said.splitlines()[1:]) == (
        0,
        [f"{out / 'feedback_files.zip'}: 3 pages", f"{out / 'sheet.csv'}: 3 marks and comments"],
    )
    names = zipfile.ZipFile(out / "feedback_files.zip").namelist()
    assert sorted(names) == sorted(f"{name}_{number}_assignsubmission_file_feedback.html" for number, name in NAMES.items())
    with (out / "sheet.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows[0]["Feedback comments"] == "100 of 100 points (100 %)"
    assert "half (12 / 40): H is 0.5 times" in rows[1]["Feedback comments"]


def test_who_is_no_upload_of_canvas_is_told(recorded: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = done(capsys, "feedback", recorded / "run", NAME, "--to", "canvas", "-o", tmp_path / "out")
    assert (status, "canvas_reupload.zip: 0 pages" in out) == (0, True)
    assert "note: not in it: 张 伟" in err
    assert "Canvas tells whose a page is by the name that it gave the submission" in err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("{run}", "hlaves", "-o", "x"), "holds no report on 'hlaves' (did you mean 'halves'?); it has: halves"),
        (("{book}", "hlaves", "-o", "x"), "holds no report on 'hlaves' (did you mean 'halves'?); it has: halves"),
        (("{absent}", "halves", "-o", "x"), "there is no gradebook at"),
        (("{run}", "halves", "-o", "x", "--template", "{sheet}"), "--template is Moodle's worksheet"),
    ],
)
def test_wrong_usage_is_told(
    recorded: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], words: str
) -> None:
    places = {
        "run": recorded / "run",
        "book": recorded / "marks.db",
        "absent": recorded / "no",
        "sheet": recorded / "sheet.csv",
    }
    status, _, err = done(capsys, "feedback", *(text.format(**places) for text in arguments))
    assert (status, words in err) == (2, True)
