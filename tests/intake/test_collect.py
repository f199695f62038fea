"""From platforms' downloads to the files of each student, with nothing lost on the way."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.intake import tree
from grader.intake.archive import JUNK, STUDENT
from grader.intake.collect import Collected, HandIn, collect, collect_one, fingerprint
from grader.intake.roster import Person, Roster, roster_of

GRADED = frozenset({"relu", "sigmoid", "tanh"})
FULL = "def relu(Z): ...\ndef sigmoid(Z): ...\ndef tanh(Z): ...\n"
PART = "def relu(Z): ...\n"


def notebook(source: str = FULL) -> str:
    return json.dumps({"nbformat": 4, "cells": [{"cell_type": "code", "source": source.splitlines(True)}]})


def zipped(files: Mapping[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def lay_out(root: Path, files: Mapping[str, str | bytes]) -> Path:
    for name, data in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data.encode() if isinstance(data, str) else data)
    return root


@pytest.fixture
def class_dir(tmp_path: Path) -> Path:
    path = tmp_path / "class"
    path.mkdir()
    return path


def run(*paths: Path, roster: Roster | None = None, graded: frozenset[str] = GRADED) -> Collected:
    # Zips are unpacked far from the folders that are read.
    unpack_to = Path(os.path.commonpath([str(p.parent) for p in paths])).parent / "unpacked"
    return collect(list(paths), roster=roster, graded_names=graded, unpack_to=unpack_to)


def students(found: Collected) -> list[tuple[str, str]]:
    """Who, and the graded file below the class folder (or the problem)."""
    return [(item.student, item.problem or item.path.partition("class/")[2] or item.path) for item in found.hand_ins]


def only(found: Collected) -> HandIn:
    (item,) = found.hand_ins
    return item


# ---- what may be named --------------------------------------------------------------------------------


def test_files_named_one_by_one_and_their_folder_give_the_same(class_dir: Path) -> None:
    lay_out(class_dir, {"ann.ipynb": notebook(), "bob.py": FULL})
    one, other = run(class_dir), run(class_dir / "bob.py", class_dir / "ann.ipynb")
    assert one == other
    assert students(one) == [("ann", "ann.ipynb"), ("bob", "bob.py")]
    assert [[*item.files.values()] for item in one.hand_ins] == [[str(class_dir / "ann.ipynb")], [str(class_dir / "bob.py")]]


@pytest.mark.parametrize(
    ("name", "data", "problem"),
    [
        ("gone.py", None, "there is no such file or folder"),
        ("hw.docx", "text", "expected a .py, .ipynb or .zip file or a folder"),
        ("hw.zip", "Rar!\x1a\x07", "RAR, 7z and other archives cannot be read"),
        ("hw.zip", zipped({"report.pdf": "x"}), "the submission holds no .py or .ipynb file, only report.pdf"),
        ("hw.zip", zipped({"hw.rar": "x"}), "only hw.rar; unpack it and submit the .py or .ipynb file"),
        ("hw.zip", zipped({}), "the submission holds no .py or .ipynb file"),
        (
            "hw.zip",
            zipped({"in.zip": zipped({"deep.zip": zipped({"hw.py": FULL})})}),
            "deep.zip: is a zip inside a zip and was not opened",
        ),
        ("hw.zip", zipped({"../hw.py": FULL}), "leads out of the archive"),
        ("hw", {"notes.txt": "x"}, "the submission holds no .py or .ipynb file, only notes.txt"),
    ],
)
def test_what_cannot_be_graded_is_an_item_with_its_problem(
    class_dir: Path, name: str, data: str | bytes | Mapping[str, str] | None, problem: str
) -> None:
    files = {f"{name}/{n}": d for n, d in data.items()} if isinstance(data, Mapping) else {name: data}
    lay_out(class_dir, {n: d for n, d in files.items() if d is not None} | {"fine.py": FULL})
    found = run(class_dir / name, class_dir / "fine.py")
    item = next(item for item in found.hand_ins if "fine" not in item.path)
    assert not item.files
    assert problem in item.problem
    assert len(found.hand_ins) == 2


@pytest.mark.parametrize("name", ["hw.md", "hw.qmd", "hw.tex", "hw.ipy", "hw.pyw", "hw.py3", "hw.PYW", "hw.py.bak"])
def test_code_under_another_suffix_is_read_everywhere_where_there_is_no_other_file(class_dir: Path, name: str) -> None:
    text = f"# Homework\n\n{FULL}"
    lay_out(class_dir, {f"ann/sub/{name}": text, f"bob/{name}": "A plan.\n", "eve/hw.py": FULL, f"eve/{name}": text})
    lay_out(class_dir, {"zoe/hw.zip": zipped({name: text})})
    assert students(run(class_dir)) == [
        ("ann", f"ann/sub/{name}"),
        (
            "bob",
            f"the submission holds no .py or .ipynb file, only {name}; submit the .py or .ipynb file with your solution",
        ),
        ("eve", "eve/hw.py"),
        ("zoe", f"zoe/hw.zip/{name}"),
    ]
    assert [*collect_one([class_dir / "ann"], unpack_to=class_dir / "u").files] == [f"sub/{name}"]


def test_a_notebook_called_json_is_read_and_data_are_not(class_dir: Path) -> None:
    lay_out(class_dir, {"ann/hw.json": notebook(), "bob/data.json": '{"cells_per_row": 3}'})
    assert students(run(class_dir)) == [
        ("ann", "ann/hw.json"),
        (
            "bob",
            "the submission holds no .py or .ipynb file, only data.json; submit the .py or .ipynb file with your solution",
        ),
    ]


def test_the_readme_beside_submissions_is_nobody(class_dir: Path) -> None:
    lay_out(class_dir, {"ann.py": FULL, "carl.md": f"```\n{FULL}```\n", "README.md": FULL})
    lay_out(class_dir, {"dora/hw.md": FULL, "data/notes.md": "def f(): ...\n"})
    assert [who for who, _ in students(run(class_dir))] == ["ann", "carl", "dora"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("link.txt", "https://colab.research.google.com/drive/1\n"),
        ("hw.url", "[InternetShortcut]\nURL=https://x\n"),
        ("hw.gdoc", '{"url": "https://docs.google.com/x", "doc_id": "1"}'),
    ],
)
def test_nothing_but_a_link_is_named_for_what_it_is(class_dir: Path, name: str, text: str) -> None:
    lay_out(class_dir / "canvas", {"bob_101_20011_hw.py": FULL, f"eve_102_20012_{name}": text})
    lay_out(class_dir / "x", {f"ann/{name}": text, "bob/hw.py": FULL})
    ann = class_dir / "x" / "ann"
    canvas = next(found for found in run(class_dir / "canvas").hand_ins if found.student == "102")
    in_class, alone = run(class_dir / "x").hand_ins[0], only(run(ann / name))
    for found in (canvas, in_class, alone, collect_one([ann], unpack_to=class_dir / "u")):
        assert found.problem.startswith(f"{name}: the file holds nothing but a link; download the notebook itself")


def test_a_zip_that_finds_no_room_is_a_problem_that_names_the_place(class_dir: Path) -> None:
    lay_out(class_dir, {"hw.zip": zipped({"hw.py": FULL}), "taken": "a file"})
    found = collect([class_dir / "hw.zip"], graded_names=GRADED, unpack_to=class_dir / "taken")
    assert f"cannot be unpacked to {class_dir}/taken" in only(found).problem


def test_an_empty_class_folder_is_a_problem_and_so_is_an_empty_student_folder(class_dir: Path) -> None:
    assert only(run(class_dir)).problem == "there is no .py, .ipynb or .zip file here"
    lay_out(class_dir, {"ann/hw.py": FULL})
    (class_dir / "bob").mkdir()
    found = run(class_dir)
    assert students(found) == [("ann", "ann/hw.py"), ("bob", "the submission holds no .py or .ipynb file")]
    assert f"{class_dir}/bob: the folder is empty" in found.messages


def test_a_path_named_twice_is_read_once(class_dir: Path) -> None:
    lay_out(class_dir, {"ann.py": FULL})
    found = run(class_dir, class_dir / ".." / "class")
    assert len(found.hand_ins) == 1
    assert any("named twice" in message for message in found.messages)


@pytest.mark.parametrize("named", [["ann", "aaa"], ["ann/hw.py", "aaa/hw.py"], ["ann/hw.py", "aaa.py"]])
def test_a_link_to_a_fellow_students_work_is_refused_and_the_owner_keeps_it(class_dir: Path, named: list[str]) -> None:
    lay_out(class_dir, {"ann/hw.py": FULL, "bob/hw.py": FULL})
    (class_dir / "aaa").symlink_to(class_dir / "ann")
    (class_dir / "aaa.py").symlink_to(class_dir / "ann" / "hw.py")
    found = run(*(class_dir / name for name in named))
    owner, thief = sorted(found.hand_ins, key=lambda item: item.problem)
    assert [*owner.files.values()] == [str(class_dir / "ann" / "hw.py")]
    assert "a link, and links are not followed; name the file or folder that it leads to" in thief.problem
    assert not thief.files


def test_a_path_that_is_a_link_is_refused_with_a_sentence(class_dir: Path) -> None:
    lay_out(class_dir, {"ann/hw.py": FULL})
    for name, target in (("zero.py", "/dev/zero"), ("key.py", "ann/hw.py"), ("dir", "ann"), ("all.zip", "ann")):
        (class_dir / name).symlink_to(target)
        for item in (only(run(class_dir / name)), collect_one([class_dir / name], unpack_to=class_dir / "x")):
            assert item.problem.startswith("it is a link, and links are not followed"), name
            assert not item.files


@pytest.mark.parametrize(
    "planted",
    [
        {"submission_metadata.yml": "s:\n  :submitters:\n  - :sid: ann\n", "s/hw.py": FULL},
        {"Ann_501_assignsubmission_file_/hw.py": FULL, "Bob_502_assignsubmission_file_/hw.py": FULL},
        {"ann/hw.py": FULL, "bob/hw.py": FULL},
        {"ann.py": FULL, "bob.py": FULL},
        {"submitted/ann/hw/hw.py": FULL},
        {"ann_501_90001_hw.py": FULL},
    ],
)
def test_nobody_hands_in_for_others_from_a_folder_that_is_named_with_theirs(
    class_dir: Path, planted: dict[str, str]
) -> None:
    lay_out(class_dir, {"ann/hw.py": PART, "bob.py": PART, **{f"eve/{name}": text for name, text in planted.items()}})
    found = run(class_dir / "ann", class_dir / "bob.py", class_dir / "eve")
    assert [item.student for item in found.hand_ins] == ["ann", "bob", "eve"]
    assert all("eve" in str(path) for item in found.hand_ins if item.student == "eve" for path in item.files.values())


# ---- platforms ----------------------------------------------------------------------------------------

CANVAS = {
    "doejane_LATE_4711_90001_hw.ipynb": notebook(PART),
    "doejane_LATE_4711_90002_hw-1.ipynb": notebook(PART),
    "doejane_LATE_4711_90003_my_utils.py": "def helper(): ...",
    "doejane_LATE_4711_90004_my_utils-1.py": "def helper(): ...  # newer",
    "roejim_4712_90005_hw.zip": zipped({"hw/main.py": FULL, "hw/extra.py": "x = 1", "plot.png": "x"}),
    "leekim_4713_90006_report.pdf": "pdf",
    "poeeve_4714_text.html": "<p>I could not</p>",
    "anon_x1Y2z_90007_hw.py": FULL,
    "作业明_4715_90008_hw.py": FULL,
}


@pytest.mark.parametrize("form", ["folder", "zip", "wrapped zip"])
def test_a_canvas_download_is_sorted_by_user(class_dir: Path, form: str) -> None:
    if form == "folder":
        found = run(lay_out(class_dir, CANVAS))
    else:
        wrap = "submissions/" if form == "wrapped zip" else ""
        (class_dir / "download.zip").write_bytes(zipped({wrap + name: data for name, data in CANVAS.items()}))
        found = run(class_dir / "download.zip")
    by_student = {item.student: item for item in found.hand_ins}
    assert sorted(by_student) == ["4711", "4712", "4713", "4714", "4715", "anon_x1Y2z"]
    jane = by_student["4711"]
    assert (jane.name, jane.late) == ("doejane", True)
    assert sorted(jane.files) == sorted(jane.main)
    assert {name.rpartition("_")[2] for name in jane.files} == {"hw-1.ipynb", "utils.py"}
    assert any(b"newer" in Path(path).read_bytes() for path in jane.files.values())
    assert jane.note == "hw.ipynb, my_utils.py was uploaded again later and is not graded"
    jim = by_student["4712"]
    assert (jim.path.endswith("roejim_4712_90005_hw.zip"), jim.late) == (True, False)
    assert sorted(jim.files) == ["hw/extra.py", "hw/main.py"]
    assert by_student["4713"].problem.startswith("the submission holds no .py or .ipynb file, only report.pdf; submit")
    assert by_student["4714"].problem.startswith("the submission holds no .py or .ipynb file")
    assert by_student["4715"].name == "作业明"


def test_names_that_only_look_like_canvas_do_not_merge_students(class_dir: Path) -> None:
    lay_out(class_dir, {"week_3_2_ann.ipynb": notebook(), "week_3_2_bob.ipynb": notebook()})
    assert [who for who, _ in students(run(class_dir))] == ["week_3_2_ann", "week_3_2_bob"]
    assert only(run(class_dir / "week_3_2_ann.ipynb")).student == "week_3_2_ann"


@pytest.mark.parametrize("form", ["folder", "zip"])
@pytest.mark.parametrize(
    "files",
    [
        {
            "Jane Doe_501_assignsubmission_file_/sub/hw.ipynb": notebook(),
            "Jane Doe_501_assignsubmission_file_/sub/util.py": "x = 1",
            "Jim Roe_502_assignsubmission_file/hw.zip": zipped({"hw.py": FULL}),
            "Kim Lee_503_assignsubmission_onlinetext/onlinetext.html": "<p>done",
            "Participant_504_assignsubmission_file_/hw.py": FULL,
        },
        {
            "Jane Doe_501_assignsubmission_file_hw.ipynb": notebook(),
            "Jane Doe_501_assignsubmission_file_util.py": "x = 1",
            "Jim Roe_502_assignsubmission_file_hw.zip": zipped({"hw.py": FULL}),
            "Kim Lee_503_assignsubmission_onlinetext_onlinetext.html": "<p>done",
            "Participant_504_assignsubmission_file_hw.py": FULL,
        },
    ],
    ids=["folders", "flat"],
)
def test_both_moodle_layouts_are_sorted_by_participant(class_dir: Path, files: dict[str, str | bytes], form: str) -> None:
    if form == "zip":
        (class_dir / "hw-501.zip").write_bytes(zipped(files))
        found = run(class_dir / "hw-501.zip")
    else:
        found = run(lay_out(class_dir, files))
    facts = [(i.student, i.name, len(i.files)) for i in found.hand_ins]
    assert sorted(facts) == [("501", "Jane Doe", 2), ("502", "Jim Roe", 1), ("503", "Kim Lee", 0), ("504", "", 1)]


def gradescope(people: Mapping[str, Sequence[Mapping[str, str]]]) -> str:
    facts = {
        folder: {
            ":submitters": [{f":{key}": value for key, value in who.items()} for who in listed],
            ":created_at": "2026-11-02",
            ":results": {"output": "submission_1:\n  :submitters:\n  - :name: Spoofed"},
        }
        for folder, listed in people.items()
    }
    return yaml.safe_dump(facts, allow_unicode=False)


GRADESCOPE = {
    "submission_metadata.yml": gradescope(
        {
            "submission_1": [{"name": "Zoë Doe", "sid": "0042", "email": "z@u.edu"}],
            "submission_2": [
                {"name": "A", "sid": "s2", "email": "a@u.edu"},
                {"name": "B", "sid": "", "email": "b@u.edu"},
            ],
            "submission_3": [{"name": "Gone", "sid": "s3", "email": ""}],
        }
    ),
    "submission_1/hw.ipynb": notebook(),
    "submission_2/hw.py": FULL,
    "submission_9/hw.py": FULL,
}


@pytest.mark.parametrize("form", ["folder", "zip"])
def test_a_gradescope_export_names_its_submitters(class_dir: Path, form: str) -> None:
    files = {f"assignment_77_export/{name}": data for name, data in GRADESCOPE.items()}
    if form == "zip":
        (class_dir / "export.zip").write_bytes(zipped(files))
        found = run(class_dir / "export.zip")
    else:
        found = run(lay_out(class_dir, files))
    facts = [(i.student, i.name, i.email, i.problem, i.about) for i in found.hand_ins]
    assert facts == [
        ("0042", "Zoë Doe", "z@u.edu", "", ""),
        ("b@u.edu", "B", "b@u.edu", "", "handed in by A, B"),
        ("s2", "A", "a@u.edu", "", "handed in by A, B"),
        ("s3", "Gone", "", "the submission holds no .py or .ipynb file", ""),
        ("submission_9", "", "", "", "not in submission_metadata.yml"),
    ]


@pytest.mark.parametrize("text", ["{", "- a\n- b", "", "a: b", "submission_1: {':submitters': text}", "\xff", "[" * 5000])
def test_broken_gradescope_metadata_costs_only_the_names(class_dir: Path, text: str) -> None:
    lay_out(class_dir, {"submission_metadata.yml": text.encode("latin-1"), "submission_1/hw.py": FULL})
    found = run(class_dir)
    assert only(found).student == "submission_1"
    assert only(found).files
    assert any("submission_metadata.yml" in message for message in found.messages)


def test_without_pyyaml_the_names_are_missing_and_the_message_says_why(class_dir: Path) -> None:
    lay_out(class_dir, GRADESCOPE)
    program = (
        "import sys; sys.modules['yaml'] = None\n"
        "from pathlib import Path\n"
        "from grader.intake.collect import collect\n"
        f"found = collect([Path({str(class_dir)!r})], unpack_to=Path('unused'))\n"
        "print([item.student for item in found.hand_ins], found.messages)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("['submission_1', 'submission_2', 'submission_9']")
    assert "reading submission_metadata.yml needs PyYAML" in done.stdout


def test_metadata_that_wants_to_build_objects_is_only_text(class_dir: Path) -> None:
    who = "- :name: !!python/object/apply:os.getcwd []\n    :sid: !ruby/object s1\n"
    text = f"submission_1:\n  :submitters:\n  {who}"
    lay_out(class_dir, {"submission_metadata.yml": text, "submission_1/hw.py": FULL})
    assert only(run(class_dir)).student == "s1"


def test_an_nbgrader_course_is_read_at_its_submitted_folder(class_dir: Path) -> None:
    lay_out(
        class_dir,
        {
            "source/ps1/hw.ipynb": notebook(),
            "release/ps1/hw.ipynb": notebook(),
            "submitted/ann/ps1/hw.ipynb": notebook(),
            "submitted/ann/ps0/hw.ipynb": notebook("x = 1"),
            "submitted/bob/ps1/hw.ipynb": notebook(),
            "submitted/bob/ps1/timestamp.txt": "2026-11-02",
        },
    )
    for path in (class_dir, class_dir / "submitted"):
        assert students(run(path)) == [
            ("ann", "submitted/ann"),
            ("bob", "submitted/bob/ps1/hw.ipynb"),
        ]


@pytest.mark.parametrize("root", ["hw-1-submissions", "repos"])
def test_classroom_repositories_are_named_by_their_users(class_dir: Path, root: str) -> None:
    for user in ("ann-lee", "bob"):
        lay_out(class_dir / root, {f"hw-1-{user}/.git/HEAD": "ref", f"hw-1-{user}/src/hw.py": FULL})
    assert [who for who, _ in students(run(class_dir / root))] == ["ann-lee", "bob"]
    people = roster_of([Person("s1", "Ann", "", ("ann-lee",)), Person("s2", "Bob", "", ("bob",))])
    assert [who for who, _ in students(run(class_dir / root, roster=people))] == ["s1", "s2"]


def test_one_repository_is_one_submission(class_dir: Path) -> None:
    lay_out(class_dir, {".git/HEAD": "ref", "a/notes.py": "x = 1", "b/hw.py": FULL, "b/util.py": "y = 1"})
    item = only(run(class_dir))
    assert (item.student, item.path, sorted(item.files)) == ("class", str(class_dir), ["a/notes.py", "b/hw.py", "b/util.py"])


# ---- class folders of one's own -----------------------------------------------------------------------


def test_a_repository_that_looks_like_a_class_is_told(class_dir: Path) -> None:
    found = run(lay_out(class_dir, {".git/HEAD": "ref", "ann/hw.py": FULL, "bob/hw.py": FULL}))
    assert only(found).student == "class"
    assert found.messages == (
        f"{class_dir}: read as the repository of one student; it has a folder .git, so that ann, bob are not students",
    )


def test_a_class_folder_holds_folders_zips_and_files_of_students(class_dir: Path) -> None:
    lay_out(
        class_dir,
        {
            "ann/deep/hw.py": FULL,
            "bob.zip": zipped({"hw/hw.ipynb": notebook()}),
            "cem.ipynb": notebook(),
            "data/train.csv": "1,2",
            "README.md": "hello",
        },
    )
    found = run(class_dir)
    assert students(found) == [
        ("ann", "ann/deep/hw.py"),
        ("bob", "bob.zip/hw/hw.ipynb"),
        ("cem", "cem.ipynb"),
    ]
    assert f"{class_dir}: these are no submissions and were not read: README.md, data/" in found.messages


def test_a_file_that_others_import_is_a_helper_and_no_submission(class_dir: Path) -> None:
    lay_out(class_dir, {"hw.ipynb": notebook("from my_utils import *\n" + FULL), "my_utils.py": "def help(): ..."})
    found = run(class_dir)
    assert students(found) == [("hw", "hw.ipynb")]
    files = {name: str(class_dir / name) for name in ("hw.ipynb", "my_utils.py")}
    assert only(found).files == files
    assert only(found).main == {"hw.ipynb"}
    assert found.messages == (f"{class_dir}: these are modules that submissions import, and are not graded: my_utils.py",)


def test_a_student_whose_file_is_imported_by_another_stays_a_student(class_dir: Path) -> None:
    for bound in (PART, "class relu: ...", "relu = lambda Z: Z", "relu, tanh = f, g", "from f import g as relu"):
        lay_out(class_dir, {"ann.py": "import bob\n" + FULL, "bob.py": bound})
        found = run(class_dir)
        assert [who for who, _ in students(found)] == ["ann", "bob"]
        assert all(len(item.files) == 1 for item in found.hand_ins), "nobody can import a fellow student's work"
        alone = collect_one([class_dir / "ann.py"], unpack_to=class_dir / "unused")
        assert list(alone.files) == ["ann.py"]


def test_only_what_is_named_belongs_to_the_submission(class_dir: Path) -> None:
    """The helper of a fellow student defines no graded function, and looks like a helper of one's own."""
    lay_out(class_dir, {"hw.py": "import a, utils\n" + FULL, "a.py": "x = 1", "utils.py": "", "c.py": "y = 1"})
    found = collect_one([class_dir / "hw.py"], unpack_to=class_dir / "unused", provided=["utils"])
    assert (sorted(found.files), found.main) == (["hw.py"], {"hw.py"})
    assert found.note == "a.py lies beside it and was not named: name it, too, or the whole folder, if it is yours"
    both = collect_one([class_dir / "hw.py", class_dir / "a.py"], unpack_to=class_dir / "unused")
    assert (sorted(both.files), both.note) == (["a.py", "hw.py"], "")


def test_folders_of_several_students_are_not_one_submission(class_dir: Path) -> None:
    lay_out(class_dir, {"ann/hw.py": FULL, "bob/hw.py": FULL, "hw.py": FULL})
    for second in ("bob", "hw.py"):
        found = collect_one([class_dir / "ann", class_dir / second], unpack_to=class_dir / "unused")
        assert not found.files
        assert "a folder is all files of one student: name it alone ('grader grade' takes several" in found.problem


def test_in_a_folder_of_ones_own_a_file_imports_what_lies_beside_it_and_is_no_link(class_dir: Path) -> None:
    lay_out(class_dir, {"hw.py": "import a, b\n" + FULL, "a.py": "x = 1", "c.py": "y = 1", "other/b.py": PART})
    (class_dir / "b.py").symlink_to(class_dir / "other" / "b.py")
    found = collect_one([class_dir / "hw.py"], unpack_to=class_dir / "unused", own_folder=True)
    assert (sorted(found.files), found.main, found.note) == (["a.py", "hw.py"], {"hw.py"}, "")


def test_several_zips_are_one_student_each_and_a_single_flat_one_is_a_class(class_dir: Path) -> None:
    lay_out(
        class_dir,
        {"ann.zip": zipped({"draft.py": PART, "final.py": FULL}), "bob.zip": zipped({"hw.py": FULL})},
    )
    found = run(class_dir / "ann.zip", class_dir / "bob.zip")
    assert students(found) == [("ann", "ann.zip"), ("bob", "bob.zip/hw.py")]
    assert students(found) == students(run(class_dir))
    assert sorted(found.hand_ins[0].files) == ["draft.py", "final.py"]
    alone = run(class_dir / "ann.zip")
    assert alone.messages == (f"{class_dir}/ann.zip: the zip was read as a whole class, not as one student's",)
    assert students(alone) == [("draft", "ann.zip/draft.py"), ("final", "ann.zip/final.py")]


def test_a_zip_of_folders_and_a_file_is_one_students_and_told(class_dir: Path) -> None:
    """A class may have one student who hands in no folder; so may a student a module beside two packages."""
    (class_dir / "c.zip").write_bytes(zipped({"ann/hw.py": FULL, "bob/hw.py": FULL, "eve.py": FULL}))
    found = run(class_dir / "c.zip")
    assert only(found).student == "c"
    assert found.messages == (
        f"{class_dir}/c.zip: the zip was read as one student's, because eve.py lies beside the folders ann, bob; "
        "unpack it and name its folder if it is a class",
    )


@pytest.mark.parametrize(
    "planted",
    [
        {"submission_metadata.yml": "submission_1:\n  :submitters:\n  - :sid: ann\n", "submission_1/hw.py": PART},
        {"Ann_501_assignsubmission_file_/hw.py": PART},
        {"ann_501_90001_hw.py": PART},
        {"x/submitted/ann/hw.py": PART, "x/submitted/bob/hw.py": PART},
    ],
)
def test_nobody_hands_in_for_others_by_a_zip_that_looks_like_a_download(class_dir: Path, planted: dict[str, str]) -> None:
    lay_out(class_dir, {"ann.zip": zipped({"hw.py": FULL}), "eve.zip": zipped(planted), "bob.py": FULL})
    by_name = run(class_dir / "ann.zip", class_dir / "eve.zip", class_dir / "bob.py")
    for found in (by_name, run(class_dir)):
        assert sorted(item.student for item in found.hand_ins) == ["ann", "bob", "eve"]
    assert "eve.zip: the zip looks like a platform's download, but was read as one student's" in by_name.messages[0]


@pytest.mark.parametrize("others", [{}, {"bob.py": FULL}])
def test_a_zip_of_thousands_of_folders_in_each_other_stops_nothing(class_dir: Path, others: dict[str, str]) -> None:
    lay_out(class_dir, {"eve.zip": zipped({"x/" * 20_000 + "hw.py": FULL}), **others})
    found = run(*(class_dir / name for name in ("eve.zip", *others)))
    assert all(item.files for item in found.hand_ins)
    assert len(found.hand_ins) == 1 + len(others)


@pytest.mark.parametrize("wrappers", [0, 1, 5])
def test_folders_around_a_class_are_looked_through(class_dir: Path, wrappers: int) -> None:
    (class_dir / "c.zip").write_bytes(zipped({"w/" * wrappers + f"{name}/hw.py": FULL for name in ("ann", "bob")}))
    assert [who for who, _ in students(run(class_dir / "c.zip"))] == ["ann", "bob"]


@pytest.mark.parametrize("empty", ["ann/", "ann/venv/hw.py", "ann/__MACOSX/hw.py", "ann/._hw.py", "ann/.git/x", "ann/a/b/"])
@pytest.mark.parametrize("wrapper", ["", "class/"])
def test_everybody_whose_folder_lies_in_a_zip_has_a_row(class_dir: Path, empty: str, wrapper: str) -> None:
    (class_dir / "c.zip").write_bytes(zipped({f"{wrapper}{name}": FULL for name in (empty, "bob/hw.py", "carl/hw.py")}))
    found = run(class_dir / "c.zip")
    assert [item.student for item in found.hand_ins] == ["ann", "bob", "carl"]
    assert found.hand_ins[0].problem.startswith("the submission holds no .py or .ipynb file")


@pytest.mark.parametrize(
    "planted",
    [
        {"submission_metadata.yml": "s:\n  :submitters:\n  - :sid: bob\n", "s/hw.py": FULL},
        {"Bob_501_assignsubmission_file_/hw.py": FULL, "Carl_502_assignsubmission_file_/hw.py": FULL},
        {"bob_501_90001_hw.py": FULL},
        {"bob/hw.py": FULL, "carl/hw.py": FULL},
        {"x/submitted/bob/hw/hw.py": FULL},
    ],
)
def test_the_only_student_of_a_folder_hands_in_for_nobody_else(class_dir: Path, planted: dict[str, str]) -> None:
    lay_out(class_dir, {f"ann/{name}": text for name, text in planted.items()})
    assert only(run(class_dir)).student == "ann"


@pytest.mark.parametrize("name", ["assignment_42_export", "submissions", "hw1-submissions"])
def test_a_platforms_folder_is_looked_into(class_dir: Path, name: str) -> None:
    lay_out(class_dir, {f"{name}/{who}/hw.py": FULL for who in ("ann", "bob")})
    assert [item.student for item in run(class_dir).hand_ins] == ["ann", "bob"]


def test_several_folders_of_the_only_moodle_student_are_not_several_students(class_dir: Path) -> None:
    lay_out(class_dir, {f"Ann_501_assignsubmission_file_/{name}/hw.py": FULL for name in ("a", "b")})
    assert only(run(class_dir)).student == "501"


def test_several_downloads_are_read_together(class_dir: Path) -> None:
    one = {"a_501_90001_hw.py": FULL, "b_502_90002_hw.py": FULL}
    lay_out(class_dir, {"one.zip": zipped(one), "two.zip": zipped({"c_503_90003_hw.py": FULL})})
    found = run(class_dir / "one.zip", class_dir / "two.zip")
    assert [item.student for item in found.hand_ins] == ["501", "502", "503"]


def test_links_are_not_followed(class_dir: Path) -> None:
    secret = lay_out(class_dir.parent / "secret", {"hw.py": FULL})
    lay_out(class_dir, {"bob/hw.py": FULL, "ann/notes.txt": ""})
    (class_dir / "ann" / "hw.py").symlink_to(secret / "hw.py")
    (class_dir / "eve").symlink_to(secret)
    found = run(class_dir)
    assert students(found) == [
        ("ann", "ann/hw.py: is a link, not a file"),
        ("bob", "bob/hw.py"),
        ("eve", "eve: the folder is a link and was not followed"),
    ]
    assert f"{class_dir}/eve: the folder is a link and was not followed" in found.messages


def test_the_output_of_a_run_is_not_graded(class_dir: Path) -> None:
    lay_out(class_dir, {"bob/hw.py": FULL, "run/reports.jsonl": "", "run/unpacked/zip-1/00000.py": FULL})
    problem = "the folder holds the output of a grading run and was not read"
    assert students(run(class_dir)) == [("bob", "bob/hw.py"), ("run", f"run: {problem}")]
    into_it = collect([class_dir], graded_names=GRADED, unpack_to=class_dir / "run" / "unpacked")
    assert students(into_it) == [("bob", "bob/hw.py")]
    assert f"{class_dir}/run: the folder holds the output of this grading run and was not read" in into_it.messages


@pytest.mark.parametrize("name", ["reports.jsonl", "submission_metadata.yml", "pyvenv.cfg", ".git/HEAD", "unpacked/x.py"])
def test_no_file_of_a_student_takes_the_row_away(class_dir: Path, name: str) -> None:
    lay_out(class_dir, {f"eve/{name}": "", "eve/reports.jsonl": "", "eve/hw.py": FULL, "bob/hw.py": FULL})
    assert [item.student for item in run(class_dir).hand_ins] == ["bob", "eve"]


def test_everybody_whose_folder_is_there_has_a_row(class_dir: Path) -> None:
    lay_out(class_dir, {"bob/hw.py": FULL, "gus/.gitmodules": "", "hal/.venv/a.py": FULL, "ivy/a/b/plot.png": ""})
    (class_dir / "eve" / "deep" / "deeper").mkdir(parents=True)
    found = run(class_dir)
    assert [(item.student, bool(item.problem)) for item in found.hand_ins] == [
        ("bob", False), ("eve", True), ("gus", True), ("hal", True), ("ivy", True),
    ]  # fmt: skip


@contextlib.contextmanager
def nested(top: Path, name: str, count: int) -> Iterator[None]:
    """Folders in each other, however long their path is; they are taken away again."""
    with contextlib.chdir(top):
        for _ in range(count):
            os.mkdir(name)
            os.chdir(name)
        try:
            yield
        finally:
            for _ in range(count):
                os.chdir("..")
                os.rmdir(name)


@pytest.mark.parametrize(
    ("name", "count", "why"),
    [("a", 1_200, "the folder lies in 100 others and was not read"), ("a" * 250, 18, "the folder cannot be read")],
    ids=["deep", "long"],
)
def test_folders_in_folders_stop_nothing(class_dir: Path, name: str, count: int, why: str) -> None:
    lay_out(class_dir, {"ann/hw.py": FULL, "bob/hw.py": FULL})
    (class_dir / "abe").mkdir()
    with nested(class_dir / "abe", name, count):
        found = run(class_dir)
        assert [item.student for item in found.hand_ins] == ["abe", "ann", "bob"]
        assert why in found.hand_ins[0].problem
        assert len(found.hand_ins[0].problem) < 1_000
        assert [item.problem for item in found.hand_ins[1:]] == ["", ""]
        assert why in collect_one([class_dir / "abe"], unpack_to=class_dir.parent / "unpacked").problem


@pytest.mark.parametrize("around", ["", "submissions/", "assignment_7_export/submissions/", "submitted/"])
def test_however_many_files_one_student_has_the_others_are_read(
    class_dir: Path, monkeypatch: pytest.MonkeyPatch, around: str
) -> None:
    monkeypatch.setattr(tree, "STUDENT", replace(STUDENT, listed=30))
    monkeypatch.setattr(tree, "_MOST_FILES", 80)
    monkeypatch.setattr(tree, "_FEW_FILES", 5)
    many = {f"{around}{who}/{n % 9}/{n}.txt": "" for who in ("abe", "abo", "abu") for n in range(200)}
    few = {f"{around}{who}/{name}": FULL for who in ("ann", "zoe") for name in ("hw.py", "x/a.py")}
    lay_out(class_dir, {**many, **few, f"{around}abe/hw.py": FULL})
    found = run(class_dir)
    assert {item.student: len(item.files) for item in found.hand_ins} == {"abe": 1, "abo": 0, "abu": 0, "ann": 2, "zoe": 2}
    assert "the folder has more than 30 files; the others were not read" in found.hand_ins[0].note
    assert "the others were not read" in found.hand_ins[1].problem
    assert sum("the others were not read" in message for message in found.messages) == 3


def test_what_is_said_of_one_students_files_is_no_longer_however_many_are_refused(class_dir: Path) -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for number in range(3_000):
            info = tarfile.TarInfo(f"{number}{'x' * 900}")
            info.type = tarfile.SYMTYPE
            archive.addfile(info)
    outside = zipped({f"../{number}": "" for number in range(3_000)} | {"hw.py": FULL})
    (class_dir / "bob" / "empty").mkdir(parents=True)
    for number in range(300):
        (class_dir / "bob" / "empty" / str(number)).mkdir()
    lay_out(class_dir, {"ann/links.tar.gz": out.getvalue(), "ann/outside.zip": outside, "eve/links.tar.gz": out.getvalue()})
    found = run(class_dir)
    assert [(bool(item.files), bool(item.problem)) for item in found.hand_ins] == [
        (True, False),
        (False, True),
        (False, True),
    ]
    assert all(len(item.note + item.problem) < 4_000 for item in found.hand_ins)
    assert len(found.messages) < 20
    assert any(message.endswith("and 290 more of this kind") for message in found.messages)


def test_folders_of_tools_are_not_read(class_dir: Path) -> None:
    junk = {
        ".venv/hw.py": FULL,
        "env/pyvenv.cfg": "",
        "env/lib/hw.py": FULL,
        "__pycache__/hw.py": FULL,
        ".x/hw.py": FULL,
    }
    lay_out(class_dir / "ann", {"hw.py": PART} | junk)
    lay_out(class_dir / "bob", {"hw.py": PART})
    assert students(run(class_dir)) == [("ann", "ann/hw.py"), ("bob", "bob/hw.py")]


@pytest.mark.parametrize(
    "planted",
    [
        {"submitted/ann/hw1/hw.py": PART, "submitted/bob/hw1/hw.py": PART, "submitted/hw.py": PART},
        {"submission_metadata.yml": "ann:\n  :submitters:\n  - :sid: bob\n"},
        {"submission_metadata.yml": "eve:\n  :submitters:\n  - :sid: ann\n", "eve/hw.py": PART},
    ],
    ids=["a user called submitted", "metadata", "metadata and a folder"],
)
@pytest.mark.parametrize("form", ["folders", "files", "zip"])
def test_no_name_that_a_student_chose_makes_a_class_a_platforms(class_dir: Path, planted: dict[str, str], form: str) -> None:
    own = {f"{who}.py" if form == "files" else f"{who}/hw.py": FULL for who in ("ann", "bob")}
    if form == "zip":
        (class_dir / "c.zip").write_bytes(zipped({**own, **planted}))
    found = run(class_dir / "c.zip") if form == "zip" else run(lay_out(class_dir, {**own, **planted}))
    texts = {i.student: [Path(file).read_text("utf-8") for file in i.files.values()] for i in found.hand_ins}
    assert (texts["ann"], texts["bob"]) == ([FULL], [FULL])


def test_no_file_of_one_student_makes_one_repository_of_a_class(class_dir: Path) -> None:
    lay_out(class_dir, {".git": "gitdir: x", "ann.py": FULL, "bob.py": FULL})
    assert [item.student for item in run(class_dir).hand_ins] == ["ann", "bob"]


@pytest.mark.parametrize("form", ["folder", "zip"])
@pytest.mark.parametrize("name", ["roeeve_4719_90009_x\\y.py", "roeeve_4719_90009_\\y.py", "roeeve_4719_90009_hw/y.py"])
def test_an_upload_to_canvas_that_became_a_folder_is_one_upload(class_dir: Path, form: str, name: str) -> None:
    if form == "zip":
        (class_dir / "c.zip").write_bytes(zipped({**CANVAS, name: PART}))
    found = run(class_dir / "c.zip") if form == "zip" else run(lay_out(class_dir, {**CANVAS, name: PART}))
    by_student = {item.student: item for item in found.hand_ins}
    assert sorted(by_student) == ["4711", "4712", "4713", "4714", "4715", "4719", "anon_x1Y2z"]
    assert (by_student["4719"].name, len(by_student["4719"].files)) == ("roeeve", 1)


# ---- which file is graded -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("files", "taken"),
    [
        ({"a.py": PART, "z.py": FULL}, {"a.py", "z.py"}),
        ({"hw.py": PART, "hw-2.py": PART, "hw-10.py": PART}, {"hw.py"}),
        ({"hw.ipynb": notebook(PART), "hw (3).ipynb": notebook(PART)}, {"hw (3).ipynb"}),
        ({"b.py": PART, "a.ipynb": notebook(PART)}, {"a.ipynb", "b.py"}),
        ({".ipynb_checkpoints/hw-checkpoint.ipynb": notebook(), "hw.ipynb": notebook(PART)}, {"hw.ipynb"}),
        ({"x/y/hw.py": FULL, "hw.py": PART}, {"x/y/hw.py", "hw.py"}),
        ({"hw.ipynb.txt": notebook(), "notes.txt": FULL, "README.txt": "run it"}, {"hw.ipynb.txt"}),
        ({"notes.txt": FULL, "README.txt": "import this file"}, {"notes.txt"}),
        ({"hw": notebook(), "Makefile": "all:"}, {"hw"}),
        ({"hw.html": '<html><div class="highlight hl-ipython3"><pre>x</pre>', "a.html": "<html>"}, {"hw.html"}),
    ],
)
def test_all_files_of_a_student_are_one_program(class_dir: Path, files: dict[str, str], taken: set[str]) -> None:
    lay_out(class_dir / "ann", files)
    lay_out(class_dir / "bob", {"hw.py": FULL})
    item = run(class_dir).hand_ins[0]
    assert (set(item.files), item.main) == (taken, taken)
    earlier = [name for name in files if name not in taken and ("-2" in name or name == "hw.ipynb")]
    assert all(name in item.note for name in earlier)


def test_a_checkpoint_is_graded_where_there_is_nothing_else(class_dir: Path) -> None:
    lay_out(class_dir, {"ann/.ipynb_checkpoints/hw-checkpoint.ipynb": notebook(), "bob/hw.py": FULL})
    item = run(class_dir).hand_ins[0]
    assert item.path.endswith("hw-checkpoint.ipynb")
    assert item.note == "only a copy in .ipynb_checkpoints was found"


def test_refused_files_beside_a_graded_one_are_in_its_note(class_dir: Path) -> None:
    lay_out(class_dir, {"ann.zip": zipped({"hw.py": FULL, "../x.py": FULL}), "bob.py": FULL})
    assert run(class_dir).hand_ins[0].note == "ann.zip: ../x.py has a path that leads out of the archive"


def test_a_path_out_of_a_class_zip_is_nobodys_and_told(class_dir: Path) -> None:
    (class_dir / "c.zip").write_bytes(zipped({"ann/hw.py": FULL, "bob/hw.py": FULL, "../eve/hw.py": FULL, "/x.py": ""}))
    found = run(class_dir / "c.zip")
    assert [item.student for item in found.hand_ins] == ["ann", "bob"]
    assert found.messages[1:] == (
        f"{class_dir}/c.zip: ../eve/hw.py has a path that leads out of the archive",
        f"{class_dir}/c.zip: /x.py has a path that leads out of the archive",
    )


# ---- roster -------------------------------------------------------------------------------------------


def test_a_roster_gives_identifiers_and_lists_who_is_missing(class_dir: Path) -> None:
    people = roster_of(
        [
            Person("s1", "Jane Doe", "jane@u.edu"),
            Person("s2", "Jim Roe", "jim@u.edu"),
            Person("s3", "Kim Lee"),
        ]
    )
    lay_out(
        class_dir,
        {"doejane_4711_90001_hw.py": FULL, "xkim_4713_90003_hw.py": FULL, "roejim_4712_90002_a.py": FULL},
    )
    found = run(class_dir, roster=people)
    facts = [(item.student, item.name, item.email) for item in found.hand_ins]
    assert facts == [("s1", "Jane Doe", "jane@u.edu"), ("s2", "Jim Roe", "jim@u.edu"), ("4713", "xkim", "")]
    assert found.missing == (people.people[2],)
    assert found.hand_ins[2].about == "not identified by the roster: not on the list"
    assert found.messages == ()  # a note is told with its submission, once


def test_whoever_is_called_like_a_fellow_students_number_does_not_hand_in_for_that_one(class_dir: Path) -> None:
    """The list has a column of users, who choose their names."""
    for user in ("jane", "s1"):
        lay_out(class_dir / "repos", {f"hw-1-{user}/.git/HEAD": "ref", f"hw-1-{user}/hw.py": FULL})
    people = roster_of([Person("s1", "Jane Doe", "", ("jane",)), Person("s2", "Eve", "", ("s1",))])
    found = run(class_dir / "repos", roster=people)
    assert [who for who, _ in students(found)] == ["s1", "s1 (not identified)"]
    assert found.hand_ins[1].about == "not identified by the roster: 2 people on the list go by 's1': s1, s2"
    assert [person.id for person in found.missing] == ["s2"]


def test_a_number_that_says_another_one_than_the_name_is_nobodys(class_dir: Path) -> None:
    people = roster_of([Person("4711", "Jane Doe"), Person("s2", "Jim Roe")])
    found = run(lay_out(class_dir, {"roejim_4711_90001_hw.py": FULL}), roster=people)
    assert [(item.student, item.name) for item in found.hand_ins] == [("4711 (not identified)", "")]
    assert found.hand_ins[0].about.endswith("'4711' is Jane Doe, but 'roejim' is Jim Roe")
    assert [person.id for person in found.missing] == ["4711", "s2"]


def test_whose_number_a_fellow_student_chose_for_a_name_keeps_it(class_dir: Path) -> None:
    people = roster_of([Person("12", "Jane Doe"), Person("s2", "Eve", "", ("12",))])
    found = run(lay_out(class_dir, {"Participant_12_assignsubmission_file_/hw.py": FULL}), roster=people)
    assert [item.student for item in found.hand_ins] == ["12"]
    assert [person.id for person in found.missing] == ["s2"]


def test_identifiers_that_differ_in_case_alone_are_those_of_two_students(class_dir: Path) -> None:
    people = roster_of([Person("ab1", "Ann"), Person("AB1", "Bob")])
    found = run(lay_out(class_dir, {"ab1/hw.py": FULL, "AB1/hw.py": FULL}), roster=people)
    assert [(item.student, item.name) for item in found.hand_ins] == [("AB1", "Bob"), ("ab1", "Ann")]


def test_two_submissions_of_one_student_are_both_kept_and_told(class_dir: Path) -> None:
    both = {f"{place}/{who}/hw.py": FULL for place in ("first", "second") for who in ("ann", "bob")}
    lay_out(
        class_dir, {name: text for name, text in both.items() if name != "second/bob/hw.py"} | {"second/cem/hw.py": FULL}
    )
    found = run(class_dir / "first", class_dir / "second")
    assert [item.student for item in found.hand_ins] == ["ann", "bob", "ann", "cem"]
    assert found.messages == ("ann has several submissions; all are graded",)


# ---- hostile and odd names, order, fingerprints -------------------------------------------------------

_HOSTILE = [
    "=cmd()|calc",
    "a\nb\x1b[31m",
    "作业",
    "..",
    "x" * 200,
    "-rf",
    "a,b;c",
    "'\"",
    "e\u202ecod",
    "%00",
    "~root",
]


@pytest.mark.parametrize("name", [name for name in _HOSTILE if name != ".."])
def test_hostile_names_are_labels_like_any_other(class_dir: Path, name: str) -> None:
    lay_out(class_dir, {f"{name}/{name}.py": FULL, "bob/hw.py": FULL})
    found = run(class_dir)
    assert sorted(item.student for item in found.hand_ins) == sorted([name, "bob"])
    assert all(item.files for item in found.hand_ins)


def test_a_file_name_that_is_not_utf8_can_be_written_and_printed(class_dir: Path) -> None:
    lay_out(class_dir, {"bob.py": FULL})
    (class_dir / os.fsdecode(b"\xff\xfe.py")).write_text(FULL)
    found = run(class_dir)
    assert sorted(item.student for item in found.hand_ins) == ["\\xff\\xfe", "bob"]
    assert json.dumps([item.path for item in found.hand_ins]).encode("utf-8")


@pytest.mark.parametrize("inside", ["", "/hw.py"])
def test_two_names_that_are_not_utf8_are_two_students(class_dir: Path, inside: str) -> None:
    """As an archive unpacks them whose names are in an old code page: Müller and Möller."""
    for name in (b"M\xfcller", b"M\xf6ller"):
        place = class_dir / (os.fsdecode(name) + (inside or ".py"))
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(FULL)
    assert [item.student for item in run(class_dir).hand_ins] == ["M\\xf6ller", "M\\xfcller"]


@pytest.mark.parametrize("root", ["hw-1-submissions", "repos"])
def test_a_user_who_is_called_like_a_fellow_student_at_the_end_is_not_that_one(class_dir: Path, root: str) -> None:
    for user in ("eve-bob", "bob", "ann"):
        lay_out(class_dir / root, {f"hw-1-{user}/.git/HEAD": "ref", f"hw-1-{user}/hw.py": FULL})
    people = roster_of([Person("s1", "Ann", "", ("ann",)), Person("s2", "Bob", "", ("bob",))])
    found = students(run(class_dir / root, roster=people))
    assert sorted(who for who, _ in found) == ["eve-bob", "s1", "s2"]


def test_in_repositories_that_begin_differently_nobody_is_taken_for_the_end_of_a_name(class_dir: Path) -> None:
    """What of ``hw1-eve-bob`` is the user cannot be known there, and users choose their names."""
    for name in ("hw1-eve-bob", "lab2-carl"):
        lay_out(class_dir / "repos", {f"{name}/.git/HEAD": "ref", f"{name}/hw.py": FULL})
    people = roster_of([Person("s2", "Bob", "", ("bob",)), Person("s3", "Carl", "", ("carl",))])
    found = run(class_dir / "repos", roster=people)
    assert [who for who, _ in students(found)] == ["hw1-eve-bob", "lab2-carl"]
    assert {item.about for item in found.hand_ins} == {"not identified by the roster: not on the list"}


def test_what_users_have_in_common_may_be_part_of_their_names(class_dir: Path) -> None:
    for user in ("ann-lee", "ann-roe"):
        lay_out(class_dir / "repos", {f"hw-1-{user}/.git/HEAD": "ref", f"hw-1-{user}/hw.py": FULL})
    people = roster_of([Person("s1", "Ann", "", ("ann-lee",)), Person("s2", "Anne", "", ("ann-roe",))])
    assert [who for who, _ in students(run(class_dir / "repos", roster=people))] == ["s1", "s2"]


@pytest.mark.parametrize(
    ("bobs", "eves", "expected"),
    [
        ("Bob_501_assignsubmission_file_/hw.py", "Bob_501_assignsubmission_file__777_assignsubmission_file_/hw.py", "777"),
        ("Bob_501_assignsubmission_file_hw.py", "Bob_501_assignsubmission_file_x_777_assignsubmission_file_h.py", ""),
        ("leebob_501_9001_hw.py", "501_77_777_9002_hw.py", ""),
    ],
)
def test_whoever_is_called_like_a_fellow_students_upload_is_not_that_one(
    class_dir: Path, bobs: str, eves: str, expected: str
) -> None:
    """Participants may change their names: a name with two numbers is not read as that of the first."""
    lay_out(class_dir, {bobs: FULL, eves: FULL})
    found = {item.path.removeprefix(f"{class_dir}/"): item.student for item in run(class_dir).hand_ins}
    assert found[bobs] == "501"
    assert found[eves] == (expected or Path(eves).stem)


def test_aliases_in_metadata_are_no_names(class_dir: Path) -> None:
    pairs = zip("abcdefghijklmno", "bcdefghijklmnop", strict=True)
    bomb = "".join(f"{new}: &{new} [{','.join([f'*{old}'] * 9)}]\n" for old, new in pairs)
    people = "submission_1:\n  :created_at: *p\n  :submitters:\n  - :name: *p\n    :sid: s1\n"
    lay_out(class_dir, {"submission_metadata.yml": f"a: &a [x]\n{bomb}{people}", "submission_1/hw.py": FULL})
    assert [(item.student, item.name) for item in run(class_dir).hand_ins] == [("s1", "")]


def test_no_name_of_a_file_stands_for_another_file(tmp_path: Path) -> None:
    lay_out(tmp_path / "one", {"a.py": "0123456789", "b.py": "x = 1", "c.py": "y = 1"})
    lay_out(tmp_path / "other", {"a.py:10:0123456789b.py": "x = 1", "c.py": "y = 1"})
    one, other = (fingerprint({p.name: p for p in (tmp_path / name).iterdir()}) for name in ("one", "other"))
    assert one != other


def test_what_is_unpacked_again_takes_no_more_room(class_dir: Path) -> None:
    """Whoever is graded again in the same folder has the same files there; reports that are kept lead to them."""
    lay_out(class_dir, {f"{who}.zip": zipped({"hw.py": FULL, "in.zip": zipped({"a.py": PART})}) for who in ("ann", "bob")})
    unpacked = class_dir.parent / "unpacked"
    first, second = (collect([class_dir], graded_names=GRADED, unpack_to=unpacked) for _ in range(2))
    assert first == second
    assert len({place for item in second.hand_ins for place in item.files.values()}) == 4
    assert len(list(unpacked.iterdir())) == 4
    lay_out(class_dir, {"bob.zip": zipped({"hw.py": PART})})
    again = collect([class_dir], graded_names=GRADED, unpack_to=unpacked)
    assert [Path(file).read_text("utf-8") for file in again.hand_ins[1].files.values()] == [PART]


def test_what_archives_beside_each_other_unpack_to_is_bounded_together(
    class_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grader.intake.collect.STUDENT", replace(STUDENT, total_bytes=1 << 20))
    data = zipped({f"m{n}.py": "#" + "x" * 30_000 for n in range(20)})
    lay_out(class_dir, {"eve/hw.py": FULL, **{f"eve/z{n}.zip": data for n in range(9)}, "bob/hw.py": FULL})
    found = collect([class_dir], graded_names=GRADED, unpack_to=tmp_path / "unpacked")
    assert sum(path.stat().st_size for path in (tmp_path / "unpacked").rglob("*.py")) < 2 << 20
    eve = next(item for item in found.hand_ins if item.student == "eve")
    assert "hw.py" in eve.files
    assert "z8.zip: was not opened: the others unpack to more than 1 MiB already" in eve.note


def test_the_order_of_paths_changes_nothing(class_dir: Path) -> None:
    lay_out(class_dir, {"a/ann/hw.py": FULL, "a/eve/hw.py": FULL, "b.zip": zipped({"hw.py": FULL}), "c.py": FULL})
    paths = [class_dir / "a", class_dir / "b.zip", class_dir / "c.py"]
    one, other = run(*paths), run(*reversed(paths))
    assert [(i.path, i.student, i.note) for i in one.hand_ins] == [(i.path, i.student, i.note) for i in other.hand_ins]
    assert one.messages == other.messages


def test_a_fingerprint_follows_the_bytes_and_not_the_name(class_dir: Path) -> None:
    for who, text in (("ann", "x = 1"), ("bob", "x = 1"), ("cem", "x = 2")):
        lay_out(class_dir, {f"{who}/hw.py": FULL, f"{who}/util.py": text})
    ann, bob, cem = (fingerprint(item.files) for item in run(class_dir).hand_ins)
    assert ann == bob != cem
    assert len(ann) == 64
    (class_dir / "ann" / "hw.py").unlink()
    assert fingerprint({"hw.py": class_dir / "ann" / "hw.py"}) == fingerprint({}) == ""


_PARTS = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="/\\\0"), min_size=1, max_size=12)


@settings(max_examples=50)
@given(
    names=st.sets(
        _PARTS.filter(lambda name: name[0] != "." and name[1:2] != ":" and name not in JUNK), min_size=2, max_size=6
    )
)
def test_every_student_of_a_class_zip_is_collected_once(tmp_path_factory: pytest.TempPathFactory, names: set[str]) -> None:
    root = tmp_path_factory.mktemp("zip")
    (root / "class.zip").write_bytes(zipped({f"{name}/hw.py": FULL for name in sorted(names)}))
    found = collect([root / "class.zip"], graded_names=GRADED, unpack_to=root / "unpacked")
    assert sorted(item.student for item in found.hand_ins) == sorted(names)
    assert all([Path(file).read_text() for file in item.files.values()] == [FULL] for item in found.hand_ins)


_SUBMITTERS = st.fixed_dictionaries({"name": _PARTS, "sid": _PARTS, "email": _PARTS})


@settings(max_examples=50)
@given(people=st.lists(st.lists(_SUBMITTERS, min_size=1, max_size=3), min_size=1, max_size=4))
def test_every_submitter_that_gradescope_names_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, people: list[list[dict[str, str]]]
) -> None:
    root = tmp_path_factory.mktemp("export")
    listed = {f"submission_{i}": who for i, who in enumerate(people)}
    lay_out(root, {"submission_metadata.yml": gradescope(listed)} | {f"{name}/hw.py": FULL for name in listed})
    found = collect([root], graded_names=GRADED, unpack_to=root / "unpacked")
    expected = {(f"{root}/submission_{i}/hw.py", w["sid"].strip() or w["email"].strip() or w["name"].strip())
                for i, group in enumerate(people) for w in group}  # fmt: skip
    assert {(item.path, item.student) for item in found.hand_ins if item.student != "unnamed submitter"} == {
        pair for pair in expected if pair[1]
    }


def test_a_file_that_nobody_can_import_keeps_the_name_that_it_has(class_dir: Path) -> None:
    lay_out(class_dir, {"ann/my homework (1).py": FULL, "bob/helpers (1).py": FULL, "bob/hw.ipynb": notebook()})
    ann, bob = run(class_dir).hand_ins
    assert [*ann.files] == ["my homework (1).py"]
    assert sorted(bob.files) == ["helpers.py", "hw.ipynb"]
