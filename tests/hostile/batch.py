"""Two hundred submissions as a class folder, forty of them hostile: ``python -m tests.hostile.batch [JOBS...]``.

The honest ones are graded once more without anybody beside them, and must have the same reports. Forty hostile ones: every
kind of attack on what happens around student code (:data:`KINDS`), and rows of the table of what happens in it.
"""

from __future__ import annotations

import contextlib
import dataclasses
import gzip
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from multiprocessing import resource_tracker
from pathlib import Path

import pytest

from grader.cli.grade import GradeOptions, grade_paths
from grader.cli.main import main as command
from grader.grading.rundir import read_run
from grader.model import Report
from tests import tiny
from tests.hostile.row import TOOLS, VICTIM, Hostile, victim
from tests.hostile.table import all_rows
from tests.hostile.test_hostile import left_behind
from tests.hostile.whole import Files, lay_out, link, tarred, zipped
from tests.leftovers import descendants
from tests.platforms import notebook

HEAD = "import numpy as np\nfrom tiny_utils import half\n\n"
RIGHT = HEAD + "\n".join(tiny.right().values())
HONEST = {
    "right": "",
    "no mean": "def center(X):\n    return X, np.mean(X, axis=1, keepdims=True)\n",
    "wrong helper": "def affine(X, W, b):\n    return W @ X, (X, W, b)\n",
    "raises": "def mean_square(X, weight):\n    return undefined_name\n",
    "changes its argument": "def above(X, threshold):\n    X -= threshold\n    return X > 0\n",
}
_MIB = 1 << 20
_LONG = b"\x1f\x8b\x08\x08" + bytes(6) + b"n" * (20 * _MIB) + b"\0"  # the header of a gzip


def with_center(body: str) -> Files:
    """A right submission but for one function."""
    return {"hw.py": f"{RIGHT}\n\ndef center(X):\n    {body}\n"}


WORST = "\x1b]0;t\x07\x1b[2J\u202e\n::error::x\r\u2003::add-mask::y ##vso[x];=1+1;@SUM(1)|cmd"
WRONG = RIGHT.replace("return", "return 0 *")
METADATA = "submission_1:\n  :submitters:\n  - :sid: s000\n    :name: s000\n"
STOLEN = "import sys\nsys.path[:0] = ['../s000', 'class/s000']\nfrom s000.hw import *\nfrom ..s000.hw import *\n"
#: What hostile students hand in: the files of a folder by name.
KINDS: Mapping[str, Files] = {
    "arrays without numbers": with_center("return np.zeros((300_000_000, 0)), np.zeros((0, 2**58))"),
    "a reply of 60 MB": with_center("return np.zeros(7_000_000), X"),
    "replies of a megabyte, in words": with_center("return {str(n): 'x' * 900 for n in range(900)}"),
    "a list of two hundred thousand": with_center("return [X] * 200_000"),
    "a link to a neighbour's file": {"hw.py": link("../s000/hw.py")},
    "a link to a neighbour's folder": {"lib": link("../s000"), "hw.py": "from lib.hw import *\n"},
    "a link without end": {"hw.py": link("/dev/zero")},
    "a pipe": {"hw.py": os.mkfifo},
    "a platform's metadata": {"submission_metadata.yml": METADATA, "submission_1/hw.py": WRONG},
    "a platform's folders": {f"S {n}_{n}_assignsubmission_file_/hw.py": WRONG for n in range(3)},
    "a course of nbgrader": {"submitted/s000/tiny/hw.py": WRONG, "submitted/s001/tiny/hw.py": WRONG},
    "a class in a zip": {"hw.zip": zipped({"s000_501_90001_hw.py": WRONG, "s001_502_90002_hw.py": WRONG})},
    "names that take long to read": {"hw.zip": zipped({"1_" * 8_000 + f"{n}_.py": "x = 1" for n in range(9)})},
    "a neighbour's module": {"hw.py": STOLEN},
    "a codec": {"hw.py": b"# coding: idna\n" + b"a." * 400_000 + b"\xff"},
    "spreadsheets, logs and terminals": {
        f"{WORST[:60]}.py": f"{RIGHT}\nE = type({WORST!r}, (Exception,), {{}})\ndef center(X):\n    print({WORST!r})\n"
        f"    raise E({WORST!r})\n"
    },
    "a report of its own": {"reports.jsonl": "{}\n"},
    "a tool's folder": {"venv/hw.py": RIGHT, "node_modules/hw.py": RIGHT},
    "nothing": {"empty/in": Path.mkdir},
    "blank lines": {"hw.py": "\n" * 390_000 + WRONG},
    "an import of very many parts": {"hw.py": f"import {'.'.join('a' * 50_000)}\n{WRONG}"},
    "a name of megabytes in a gzip": {
        "hw.tar.gz": _LONG + gzip.compress(tarred({"hw.py": WRONG}, packed=False))[10:],
    },
    "a bomb": {"hw.zip": zipped({"hw.py": "#" + " " * (40 * _MIB), "a.py": WRONG})},
    "a path out of an archive": {"hw.tar": tarred({"../s000/hw.py": WRONG, "/tmp/grader-hostile-file.py": WRONG})},
    "a cell that writes elsewhere": {"hw.ipynb": notebook(f"%%writefile ../s000/hw.py\n{WRONG}", "%run ../s000/hw.py")},
    "notebooks that run each other": {
        f"n{n}.ipynb": notebook(*(f"%run n{m}.ipynb" for m in range(30)), f"x{n} = 1", WRONG) for n in range(30)
    },
    "packages that import each other": {
        **{f"p{n}/__init__.py": "".join(f"from p{m} import *\n" for m in range(40)) + f"v{n} = 1\n" for n in range(40)},
        "hw.py": f"from p0 import *\n{WRONG}\ndef center(X):\n    return v39\n",
    },
    "JSON without end": {"hw.ipynb": '{"cells": ' + "[" * _MIB},
    "a page": {"hw.html": "<html>" + '<div class="input_area"><pre>&#x9' * 100_000},
    "modules of the grader": {f"{name}.py": "raise SystemExit(0)\n" for name in ("numpy", "grader", "conftest", "argparse")},
    "helpers asked without end": {
        "hw.py": f"{RIGHT}\ndef affine(X, W, b):\n    return W @ X, (X, W, b)\n\n"
        "def layer(X, W, b):\n    while True:\n        affine(X, W, b)\n"
    },
    "answers of helpers handed on": {
        "hw.py": f"{RIGHT}\nK = {{}}\ndef affine(X, W, b):\n    return K.get(X.tobytes(), (X, (X, W, b)))\n\n"
        "def layer(X, W, b):\n    K[X.tobytes()] = affine(X, W, b)\n    return half(K[X.tobytes()][0])\n"
    },
}  # fmt: skip


def rows_in_it() -> list[Hostile]:
    """Rows of all parts of the table, without those that wait for a wall clock or ask a helper."""
    waits = ("sleep", "at import", "without end", "helper", "memory, whatever", "closed channel", "progress")
    rows = [row for row in all_rows() if len(row.only) > 2 and not any(word in row.name for word in waits)]
    wanted = 40 - len(KINDS)
    return rows[:: len(rows) // wanted][:wanted]


def row_files(row: Hostile) -> Files:
    source = row.source.replace("VICTIM", str(VICTIM))
    return {"hw.py": f"{RIGHT}\n\n{source}\n\ndef center(X):\n    return target(X)\n", "tools.py": TOOLS, **row.files}


def honest(number: int) -> Files:
    return {"hw.py": f"{RIGHT}\n\n{[*HONEST.values()][number % len(HONEST)]}"}


def facts(report: Report) -> Report:
    """A report without what depends on its name and the clock."""
    return dataclasses.replace(report, duration_s=0.0, submission="", student=None, name="")


def graded(folder: Path, run: Path, jobs: int) -> dict[str, list[Report]]:
    """The reports of everybody in a class folder, as ``grader grade`` makes them."""
    options = GradeOptions(output=run, jobs=jobs, json_to=str(run.with_suffix(".json")))
    grade_paths(tiny.assignment(), [folder], options)
    found: dict[str, list[Report]] = {}
    for entry in read_run(run):
        found.setdefault(entry.report.student or "", []).append(entry.report)
    return found


@contextlib.contextmanager
def nothing_left(scratch: Path) -> Iterator[None]:
    """What is in the class folder and what runs is the same afterwards, and nothing lies where temporary files do."""

    def state() -> tuple[object, ...]:
        return {str(p): p.lstat().st_mtime_ns for p in (scratch / "class").rglob("*")}, descendants(), left_behind()

    temporary = scratch / "temporary"
    temporary.mkdir()
    before = state()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(temporary))
        patch.setattr(tempfile, "tempdir", None)
        yield
    for was, now in zip(before, state(), strict=True):
        assert now == was
    assert list(temporary.iterdir()) == []


def hostile_files() -> dict[str, Files]:
    """Forty hostile students by the names of their folders."""
    students = [*KINDS.values(), *map(row_files, rows_in_it())]
    return {f"s{5 * n + 4:03d}": files for n, files in enumerate(students)}


def check(scratch: Path, jobs: int) -> tuple[Counter[str], float]:
    """Grade the two hundred, and hold what must hold; how the hostile ones ended, and the seconds."""
    resource_tracker.ensure_running()  # the pool's own helper, which stays until Python ends
    hostile = hostile_files()
    everybody = {f"s{n:03d}": hostile.get(f"s{n:03d}") or honest(n) for n in range(200)}
    for name, files in everybody.items():
        lay_out(scratch / "class" / name, files)
    for number in range(len(HONEST)):
        lay_out(scratch / "alone" / f"s{number:03d}", honest(number))
    alone = [facts(one) for (one,) in graded(scratch / "alone", scratch / "alone-run", 1).values()]
    assert [report.points == 100 for report in alone] == [True, False, False, False, False]
    began = time.perf_counter()
    with victim(), nothing_left(scratch):
        reports = graded(scratch / "class", scratch / "run", jobs)
    seconds = time.perf_counter() - began
    assert sorted(reports) == sorted(everybody)
    assert all(len(own) == 1 for own in reports.values())
    ended: Counter[str] = Counter()
    for number, name in enumerate(everybody):
        report = reports[name][0]
        if name in hostile:
            assert report.status in ("graded", "unreadable"), (name, report.messages)
            assert (report.points or 0) < 100, (name, [*everybody[name]])
            ended[report.status] += 1
        else:
            assert facts(report) == alone[number % len(HONEST)], name
    with contextlib.suppress(SystemExit):
        command(["report", str(scratch / "run")])
    assert all(page.stat().st_size < 2 * _MIB for page in (scratch / "run" / "site").rglob("*.html"))
    return ended, seconds


def main(jobs: Sequence[str]) -> None:
    """Run it for each number of jobs, and print what became of it."""
    for number in map(int, jobs or ("1", "2")):
        with tempfile.TemporaryDirectory(prefix="hostile-batch-") as scratch:
            ended, seconds = check(Path(scratch), number)
        how = ", ".join(f"{count} {status}" for status, count in sorted(ended.items()))
        print(f"jobs {number}: 160 honest reports as alone, 40 hostile ones ({how}), nothing left behind, {seconds:.0f} s")


if __name__ == "__main__":
    main(sys.argv[1:])
