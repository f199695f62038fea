"""The hostile hand-ins through every door: ``python -m tests.hostile.doors [DOOR...] [RUNNER...]`` prints one table.

A door is a way in which hand-ins come: the class by ``grader grade``, with one job, several, or on a cluster; one student by
``grader check``, the GitHub action, the Gradescope zip, the plugin of pytest. Nothing earns a point more than its row says,
at any level, and a right hand-in among them earns all.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path

from grader.grading.rundir import read_run
from grader.publishing.export import write_export
from tests.cluster import running_cluster
from tests.hostile import driver
from tests.hostile.row import RUNNERS
from tests.hostile.whole import WHOLE, Whole, lay_out
from tests.platforms import NAME, RIGHT, assignment

CLASSES = {"grade": ["--jobs", "1"], "grade, two jobs": ["--jobs", "2"], "grade, on a cluster": []}
DOORS = (*CLASSES, *driver.DOORS)
Verdicts = Mapping[str, tuple[str, float]]

#: Python runs this file of its path when it starts, also in the processes of a pool: fewer walls, and less patience.
_FEWER = """
import os

from grader.sandbox import parent

_made = parent.Sandbox.__init__
_quick = parent.Patience(load_s=0.5, slack_s=0.1, look_s=0.02)


def _with_fewer(self, packages=(), walls=parent.ALL_WALLS, patience=_quick, children=None, warm_up=""):
    stand = os.environ["HOSTILE_WALLS"].split(",")
    _made(self, packages, [name for name in walls if name in stand], patience, children, warm_up)


parent.Sandbox.__init__ = _with_fewer
"""


def students(rows: Sequence[Whole]) -> dict[str, Whole]:
    """Who hands in what: a right one, and a hostile one for each row."""
    return {"bob": Whole("a right one", {"hw.py": RIGHT}, 100.0)} | {f"s{n:03d}": row for n, row in enumerate(rows)}


def lay_out_class(folder: Path, rows: Sequence[Whole]) -> Path:
    for name, row in students(rows).items():
        lay_out(folder / name, row.files)
    return folder


def through(door: str, runner: str, folder: Path, rows: Sequence[Whole], scratch: Path) -> Verdicts:
    """What becomes of everybody in a class folder, by the name of the student."""
    hooks = scratch / "hooks"
    lay_out(hooks, {"sitecustomize.py": _FEWER})
    environment = {**os.environ, "HOSTILE_WALLS": ",".join(RUNNERS[runner]), "TMPDIR": str(scratch)}
    if door in CLASSES:
        return _as_class(door, folder, scratch, {**environment, "PYTHONPATH": str(hooks)})
    place = _exported(door, scratch)
    environment["PYTHONPATH"] = os.pathsep.join([str(hooks), *([str(place)] if place else [])])
    out = scratch / "verdicts.json"
    words = [sys.executable, "-P", driver.__file__, str(out), door, NAME, str(folder), *students(rows)]
    subprocess.run(words, cwd=place or assignment().course.root, env=environment, capture_output=True, check=True)
    return {name: (status, points) for name, (status, points) in json.loads(out.read_text("utf-8")).items()}


def _as_class(door: str, folder: Path, scratch: Path, environment: Mapping[str, str]) -> Verdicts:
    """``grader grade``, which says what it did in its run."""
    words = [sys.executable, "-m", "grader", "grade", NAME, str(folder), "-o", str(scratch / "run"), "-q", "--no-cache"]
    on_cluster = running_cluster(scratch, environment) if door == "grade, on a cluster" else nullcontext()
    with on_cluster as cluster:
        where = ["--scheduler", cluster.address] if cluster else CLASSES[door]
        words += [*where, "--allow-weak-sandbox"]
        subprocess.run(words, cwd=assignment().course.root, env=environment, capture_output=True, check=False)
    reports = [entry.report for entry in read_run(scratch / "run")]
    return {report.student or "": (report.status, report.points or 0.0) for report in reports}


def _exported(door: str, scratch: Path) -> Path | None:
    """The folder with what a platform runs; None for a door of this very grader."""
    if door == "action":
        return write_export("github", assignment(), scratch / "action")
    if door == "gradescope":
        with zipfile.ZipFile(write_export("gradescope", assignment(), scratch / "autograder.zip")) as archive:
            archive.extractall(scratch / "source")
        return scratch / "source"
    return None


def problems(door: str, verdicts: Verdicts, rows: Sequence[Whole]) -> Iterator[str]:
    """What is not as the rows say."""
    everybody = students(rows)
    if verdicts.keys() != everybody.keys():
        yield f"{door}: expected a row for everybody, found too many or too few: {verdicts.keys() ^ everybody.keys()}"
    for name, (status, points) in verdicts.items():
        row = everybody.get(name)
        if status not in ("graded", "unreadable"):
            yield f"{door}: {row.name if row else name}: {status}"
        if row and points > row.most:
            yield f"{door}: {row.name}: {points} points, at most {row.most}"
    if verdicts.get("bob", ("", 0.0))[1] != 100:
        yield f"{door}: a right one has {verdicts.get('bob')}"


def state(folder: Path) -> dict[str, int]:
    """What lies in a class folder, and when it was changed."""
    return {str(path): path.lstat().st_mtime_ns for path in folder.rglob("*")}


def main(words: Sequence[str]) -> None:
    """Take everybody through the doors and at the levels that are named, or all."""
    doors = [door for door in DOORS if door in words] or DOORS
    runners = [runner for runner in RUNNERS if runner in words] or list(RUNNERS)
    print(f"| door | {' | '.join(runners)} |\n|{'---|' * (1 + len(runners))}")
    found: list[str] = []
    with tempfile.TemporaryDirectory(prefix="hostile-doors-") as scratch:
        folder = lay_out_class(Path(scratch) / "class", WHOLE)
        for door in doors:
            cells = []
            for runner in runners:
                place = Path(scratch) / f"{door}-{runner}".replace(" ", "-")
                place.mkdir()
                wrong = list(problems(door, through(door, runner, folder, WHOLE, place), WHOLE))
                found += [f"{runner}: {text}" for text in wrong]
                cells.append(f"{1 + len(WHOLE) - len(wrong)} / {len(wrong)}")
            print(f"| {door} | {' | '.join(cells)} |", flush=True)
    print(*found, sep="\n")


if __name__ == "__main__":
    main(sys.argv[1:])
