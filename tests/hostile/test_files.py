"""Hostile files: what is read, unpacked, named and shown. Nothing of them runs before it is read."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import re
import shutil
import stat
import subprocess
import sys
import time
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from grader.errors import SubmissionError
from grader.grading.batch import Job, Setup, grade_all
from grader.intake.collect import collect
from grader.judging.cases import save_cases
from grader.model import Report, report_to_json
from grader.report.html import write_site
from grader.report.junit import render_junit
from grader.report.markdown import render_annotations, render_summary
from grader.report.terminal import render_report, render_run
from grader.submission.reading import parse_submission, read_submission
from tests import tiny

#: Seconds of this process's own CPU time, some thirty times what is needed: a slow machine passes, quadratic work does not.
BOUND_S = 60
DEEP = Path(__file__).with_name("deep.py")


def interpreters() -> list[Path]:
    """This interpreter and others of this machine: each version's parser has its own depths."""
    versions = [v for v in (11, 12, 13) if v != sys.version_info.minor]
    others = [p for v in versions for p in sorted(Path.home().glob(f".pyenv/versions/3.{v}.*/bin/python"))]
    on_path = [Path(p) for v in versions if "shims" not in (p := shutil.which(f"python3.{v}") or "shims")]
    return [Path(sys.executable), *others, *on_path]


@pytest.mark.parametrize("places", ["some", pytest.param("everywhere", marks=pytest.mark.slow)])
@pytest.mark.parametrize("which", [slice(1), slice(1, None)], ids=["this", "others"])
def test_no_text_makes_the_parser_crash_raise_or_think_for_long(
    which: slice, places: str, subtests: pytest.Subtests
) -> None:
    for python in interpreters()[which]:
        with subtests.test(str(python)):
            command = [python, "-W", "ignore", "-B", DEEP, places]
            ended = subprocess.run(command, capture_output=True, text=True, timeout=1200)
            *problems, slowest = ended.stdout.splitlines() or [ended.stderr]
            assert (ended.returncode, problems) == (0, []), slowest
            assert float(slowest.partition(" ")[0]) < 30  # of CPU, on the slowest of machines


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(b'{"cells":[' + b"{}," * 3_000_000 + b"{}]}", "more than 2000000 parts", id="millions of cells"),
        pytest.param(b'{"cells":[' + b"{}," * 30_000 + b"{}]}", "30001 cells", id="many cells"),
        pytest.param(b"[" * 10**6, "nested too deeply", id="deep"),
        pytest.param(b'{"cells":' * 10**5, "nested too deeply", id="deep objects"),
        pytest.param(b'{"cells":' + b"9" * 10**6 + b"}", "absurd number", id="a number of a million digits"),
        pytest.param(b'{"cells":[' + b"1e9," * 10**6 + b"0]}", "cells, at most", id="numbers for cells"),
        pytest.param(b'{"cells": {"a": 1}}', "no list of cells", id="an object of cells"),
        pytest.param(b"\x00" * 10**6, "the file is empty", id="nulls"),
    ],
)
def test_a_hostile_notebook_is_refused_in_words(data: bytes, message: str) -> None:
    began = time.process_time()
    with pytest.raises(SubmissionError, match=message):
        parse_submission("x.ipynb", ".ipynb", data, {"f": 1})
    assert time.process_time() - began < BOUND_S


def cell(source: object) -> bytes:
    return json.dumps({"cells": [{"cell_type": "code", "source": source}]}).encode()


@pytest.mark.parametrize(
    ("data", "units"),
    [
        pytest.param(b'{"cells":[],' + cell("def f(x): return x")[1:], 1, id="a key twice"),
        pytest.param(cell([1, None, "def f(x): return x", {}]), 1, id="lines that are no texts"),
        pytest.param(cell(None), 0, id="no source"),
        pytest.param(cell({"def f(x)": 1}), 0, id="an object for a source"),
        pytest.param(cell("def f(x): return '\ud800'"), 1, id="half a letter"),
        pytest.param(cell("def f(x): return '\x00'"), 0, id="a null in the code"),
        pytest.param(b"\xef\xbb\xbf" + cell("def f(x): return x"), 1, id="a byte order mark"),
        pytest.param(cell("def f(x): return x").decode().encode("utf-16"), 1, id="UTF-16"),
        pytest.param(cell("def f(x): return x")[:-1] + b',"x":[NaN,Infinity,-Infinity]}', 1, id="numbers that are none"),
        pytest.param(cell([""] * 10**6), 0, id="a million empty lines"),
        pytest.param(b'{"cells":[1,"a",null,[],{"cell_type":["code"],"source":"x=1"}]}', 0, id="cells of other kinds"),
    ],
)
def test_an_odd_notebook_is_read_as_far_as_it_can_be(data: bytes, units: int) -> None:
    assert len(parse_submission("x.ipynb", ".ipynb", data, {"f": 1}).units) == units


@pytest.mark.parametrize("codec", ["idna", "punycode", "rot13", "utf-7", "hex", "undefined", "a" * 10**6, "unicode_escape"])
def test_a_declared_encoding_costs_nothing(codec: str) -> None:
    began = time.process_time()
    with contextlib.suppress(SubmissionError):
        parse_submission("x.py", ".py", f"# coding: {codec}\n".encode() + b"a." * 10**5 + b"\xff", {"f": 1})
    assert time.process_time() - began < BOUND_S


ROW = b"a=[" + b"1," * 500 + b"]\n"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(
            ROW * 270 + b"%x\n" * 150 + b"f(\n", "too much code", id="magics behind a long text", marks=pytest.mark.slow
        ),
        pytest.param((b"f(" + b"1," * 600 + b"\n") * 240, "too much code", id="brackets that are never closed"),
        pytest.param((b"f(" + b"1," * 5_500 + b"\n") * 25, "too much code", id="long brackets", marks=pytest.mark.slow),
        pytest.param(b"x = '''\n" * 24_001, "too much code", id="quotes"),
    ],
)
def test_a_text_that_would_be_parsed_again_and_again_is_refused_in_words(data: bytes, message: str) -> None:
    began = time.process_time()
    with pytest.raises(SubmissionError, match=message):
        parse_submission("x.py", ".py", data, {"f": 1})
    assert time.process_time() - began < 2 * BOUND_S  # without the bound, ten times what is needed now


@pytest.mark.parametrize("dot", [".", " . ", "\t.", ".\\\n", "\\\n.\\\n"])
@pytest.mark.parametrize("start", ["import ", "import b, ", "from ", "if 1: import ", "import b;import "])
def test_a_name_of_very_many_parts_is_not_parsed(dot: str, start: str) -> None:
    """CPython would join the parts one by one, and keep each name on the way: ten gigabytes for a file of 200 KB."""
    text = f"def f(x):\n    return x\n\n\n{start}{dot.join(['a' * 9] * 10_000)}\n"
    tracemalloc.start()
    found = parse_submission("x.py", ".py", text.encode(), {"f": 1})
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [unit.binds for unit in found.units] == [("f",)]
    assert "left out" in found.messages[0]
    assert most < 100 << 20


def test_names_bound_together_ten_thousand_times_cost_little() -> None:
    names = "abcdefghijkl"
    began = time.process_time()
    found = parse_submission("x.py", ".py", ("=".join(names) + "=1\n").encode() * 5_500, dict.fromkeys(names, 1))
    assert len(found.units) == 5_500
    assert time.process_time() - began < BOUND_S


PARTS = ("[a],", "a\n", "def f(a):a\n", "a,", "f(a=a),", "{a:a},")
WHOLE = 2**20 - 100  # as much as is read of a file: more words than are searched, so that all parts end alike


@pytest.mark.parametrize(
    ("part", "size"),
    [
        *((part, 270_000) for part in PARTS),
        (PARTS[0], WHOLE),
        *(pytest.param(part, WHOLE, marks=pytest.mark.slow) for part in PARTS[1:]),
    ],
)
def test_what_is_broken_takes_no_gigabyte(part: str, size: int) -> None:
    """CPython reads a broken text twice, and remembers every word on the way: 1.4 GB for a megabyte of short lists."""
    text = "def f(x):\n    return x\n\ny = " + part * (size // len(part)) + "\n?\n"
    tracemalloc.start()
    with contextlib.suppress(SubmissionError):
        parse_submission("x.py", ".py", text.encode(), {"f": 1})
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 300 << 20


def test_broken_files_share_what_may_be_searched(tmp_path: Path) -> None:
    """Each had four megabytes of its own: a hundred files took minutes."""
    for number in range(6):
        (tmp_path / f"hw{number}.py").write_text("%x\n" * 20 + "[a]," * 5_000 + "\n?\n" * 9 + f"def f(x): return {number}\n")
    (tmp_path / "whole.py").write_text("def f(x):\n    return x\n")
    found = read_submission({path.name: path for path in tmp_path.iterdir()}, {"f": 1})
    assert any("too much code" in text for text in found.messages)


def test_a_table_of_data_is_read_whole() -> None:
    table = ",".join(f"{n / 7:.4f}" for n in range(100_000))
    found = parse_submission("x.py", ".py", f"T = [{table}]\ndef f(x):\n    return T[x]\n".encode(), {"f": 1})
    assert [unit.binds for unit in found.units] == [("T",), ("f",)]


def test_modules_beside_a_file_are_bounded_together(tmp_path: Path) -> None:
    """Twenty megabytes of assignments would take the parser twelve gigabytes."""
    (tmp_path / "main.py").write_text("import big, small\n\ndef f(x):\n    return x\n")
    (tmp_path / "big.py").write_bytes(b"a=1\n" * 5_000_000)
    (tmp_path / "small.py").write_text("b = 1\n")
    found = read_submission({path.name: path for path in tmp_path.iterdir()}, {"f": 1}, main=["main.py"])
    assert {file.path for file in found.files} == {"main.py", "small.py"}
    assert any("big.py was left out" in text for text in found.messages)


# -- zips ----------------------------------------------------------------------------------


def entry(name: str, kind: int = 0) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = kind << 16
    return info


def test_no_zip_writes_outside_of_its_folder_or_fills_the_disk(tmp_path: Path) -> None:
    """Paths that lead out, links, a bomb, a zip in itself, and one honest file among them."""
    outside = tmp_path / "outside"
    outside.mkdir()
    path = tmp_path / "hand-in.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name in (
            "../outside/a.py",
            "/" + str(outside / "b.py"),
            "x/../../outside/c.py",
            "..\\outside\\d.py",
            "C:\\e.py",
        ):
            file.writestr(entry(name), "import os")
        file.writestr(entry("link.py", stat.S_IFLNK | 0o777), str(outside / "secret.py"))
        file.writestr(entry("folder", stat.S_IFLNK | 0o777), str(outside))
        file.writestr("folder/f.py", "x = 1")
        file.writestr("bomb.py", "0" * (40 << 20))
        file.writestr("again.zip", path.read_bytes()[:100])
        file.writestr("\x1b[2J<script>\n.py", "y = 1")
        file.writestr("solution.py", "def center(X):\n    return X\n")
    found = collect([path], graded_names=frozenset({"center"}), unpack_to=tmp_path / "unpacked")
    assert [item.problem for item in found.hand_ins] == [""]
    assert list(outside.iterdir()) == []
    kept = [p for p in (tmp_path / "unpacked").rglob("*") if not p.is_dir()]
    assert all(re.fullmatch(r"\d{5}\.(py|zip)", p.name) and not p.is_symlink() for p in kept)
    assert sum(p.stat().st_size for p in kept) < 1000
    assert Path(found.hand_ins[0].files["solution.py"]).read_text().startswith("def center")


def test_links_in_a_folder_are_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret.py"
    secret.write_text("def center(X):\n    return 'the key'\n")
    folder = tmp_path / "class" / "mallory"
    folder.mkdir(parents=True)
    (folder / "solution.py").symlink_to(secret)
    (folder / "up").symlink_to(tmp_path)
    found = collect([tmp_path / "class"], graded_names=frozenset({"center"}), unpack_to=tmp_path / "unpacked")
    assert all(file.resolve() != secret for item in found.hand_ins for file in item.files.values())
    assert any("link" in text for text in (*found.messages, *(item.problem + item.note for item in found.hand_ins)))


# -- words ---------------------------------------------------------------------------------

EVIL = (
    "\x1b[31mred\x07\u202e<script>alert(1)</script>=cmd|' /C calc'!A0 ](javascript:x) `x` ::error::x "
    "```\n```\n<script>alert(1)</script> \r\n@SUM(1)"
)

SOURCE = """
import numpy as np
EVIL = %r

class Evil(Exception):
    pass

Evil.__qualname__ = EVIL

def center(X):
    print(EVIL)
    raise Evil(EVIL)

def affine(X, W, b):
    print(EVIL)
    return {EVIL: X}

def above(X, threshold):
    return EVIL

def kinds(X):
    return {EVIL, EVIL + "2"}

def fit(X):
    return type(EVIL, (), {})()

def early(x=1 / 0):
    pass
"""


@pytest.fixture(scope="module")
def evil_report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """A report in which every text that a student can choose is hostile."""
    folder = tmp_path_factory.mktemp("evil")
    save_cases(tiny.cases(), folder / "tiny.cases")
    name = EVIL.replace("/", "_")[:120] + ".py"
    (folder / "file.py").write_text(SOURCE % EVIL, "utf-8")
    setup = Setup(str(tiny.COURSE), "tiny", str(folder / "tiny.cases"))
    job = Job(name, (("file.py", str(folder / "file.py")),), frozenset({"file.py"}), f"=1+1{EVIL}")
    (result,) = grade_all(setup, [job], 1)
    assert result.report.status == "graded"
    return result.report


def test_the_report_is_hostile_and_small(evil_report: Report) -> None:
    text = json.dumps(report_to_json(evil_report))
    assert "u001b[31m" in text
    assert len(text) < 200_000


def test_a_terminal_shows_no_escape_of_a_student(evil_report: Report) -> None:
    for text in (render_report(evil_report, verbose=True, color=False), render_run([evil_report], color=False)):
        assert not set(text) & set("\x1b\x07\u202e\r")


def test_a_page_has_no_tag_of_a_student(evil_report: Report, tmp_path: Path) -> None:
    write_site([evil_report], tmp_path / "site")
    pages = [p.read_text("utf-8") for p in (tmp_path / "site").rglob("*.html")]
    assert pages
    for page in pages:
        assert "<script>alert" not in page
        assert "\x1b" not in page
    assert all(re.fullmatch(r"[\w.-]+", p.name) for p in (tmp_path / "site").rglob("*"))


def test_markdown_and_annotations_hold_no_link_tag_or_command_of_a_student(evil_report: Report) -> None:
    text = render_summary([evil_report])
    shown = re.sub(r"^(`{3,})[^\n]*\n.*?\n\1$", "", text, flags=re.M | re.S)  # a code block shows all as it is
    assert "<script>" not in shown
    assert "](javascript" not in shown
    for line in (text + render_annotations(evil_report, path="x.py")).splitlines():
        assert line.startswith("::") == bool(re.match(r"::(error|warning|notice) file=(x|file)\.py", line))


def test_junit_is_well_formed(evil_report: Report) -> None:
    import xml.etree.ElementTree as ET

    assert ET.fromstring(render_junit([evil_report])) is not None


def test_no_cell_of_a_table_of_marks_is_a_formula(evil_report: Report) -> None:
    from grader.report.escape import csv_cell

    told = [evil_report.submission, evil_report.student or "", *evil_report.messages]
    told += [check.message for function in evil_report.functions for check in function.checks]
    out = io.StringIO()
    csv.writer(out).writerows([[csv_cell(text)] for text in told])
    rows = list(csv.reader(io.StringIO(out.getvalue())))
    assert not any(row and row[0][:1] in "=+-@\t\r" and row[0] for row in rows)
