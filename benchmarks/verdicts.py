"""Which verdicts does a change move? Keep the reports before it, keep them after it, compare the two.

``python -m benchmarks.verdicts corpus FOLDER`` writes the submissions: every mistake and right style of every
assignment as a file, the reference itself, and the samples. Write it once, before the change.
``python -m benchmarks.verdicts grade FOLDER [NOTEBOOKS] -o REPORTS`` grades them, and what lies in
``NOTEBOOKS/<assignment>/``; ``--only NAME`` takes one assignment, ``--cases FOLDER`` the case files that an earlier
version has drawn (``.grader/cases`` of its checkout), so that both are asked the same.
``python -m benchmarks.verdicts compare BEFORE AFTER`` prints every function whose status, points, carrying or
finding codes differ, and ends with 1 when there is one; ``--sentences`` prints changed messages, too.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.course import ROOT, course_submissions, sandbox_for
from grader import grade, load_assignment
from grader.freezing.store import frozen_cases
from grader.freezing.submissions import author_modules
from grader.judging.cases import load_cases

JUDGED = ("status", "points", "carried", "codes")


# -- the submissions -----------------------------------------------------------------------


def write_corpus(folder: Path) -> None:
    """Every assignment's own material as files of students."""
    for path in sorted((ROOT / "assignments").glob("*/assignment.py")):
        assignment = load_assignment(path.parent.name)
        target = folder / "authored" / assignment.name
        (target / "modules").mkdir(parents=True, exist_ok=True)
        for name, text in author_modules(assignment).items():
            (target / "modules" / f"{name}.py").write_text(text, "utf-8")
        for name, text in course_submissions(assignment).items():
            (target / f"{name}.py").write_text(text, "utf-8")
    shutil.copytree(ROOT / "samples", folder / "samples", dirs_exist_ok=True)


# -- the reports ---------------------------------------------------------------------------


def _submissions(folder: Path, notebooks: Path | None, name: str) -> Iterator[tuple[str, Path]]:
    """All files for one assignment, each with the key under which it is compared."""
    for kind, root in (("authored", folder / "authored"), ("samples", folder / "samples"), ("wild", notebooks)):
        if root is not None and (root / name).is_dir():
            for path in sorted((root / name).iterdir()):
                if path.suffix in (".py", ".ipynb"):
                    yield f"{kind}/{name}/{path.name}", path


def _grade_some(folder: str, notebooks: str | None, drawn: str | None, name: str, part: int, parts: int) -> dict[str, Any]:
    assignment = load_assignment(name)
    modules = Path(folder) / "authored" / name / "modules"
    own = {path.stem: path.read_text("utf-8") for path in modules.glob("*.py")}
    with_modules = replace(assignment)
    vars(with_modules)["provided"] = {**assignment.provided, **own}
    cases = load_cases(Path(drawn) / f"{name}-0.cases") if drawn else frozen_cases(assignment)
    found = {}
    with sandbox_for(assignment) as runner:
        some = list(_submissions(Path(folder), Path(notebooks) if notebooks else None, name))
        for key, path in some[part::parts]:
            course = with_modules if key.startswith("authored") else assignment
            found[key] = _essence(grade(course, path, cases=cases, runner=runner, name=path.name))
    return found


def _essence(report: Any) -> dict[str, Any]:
    """What is compared of a report, and its sentences."""
    return {
        "status": report.status,
        "points": report.points,
        "messages": list(report.messages),
        "functions": {
            f.name: {
                "status": f.status,
                "points": f.points,
                "carried": f.carried,
                "codes": [x.code for x in f.findings],
                "checks": [[c.kind, c.name, c.status, c.points, c.message] for c in f.checks],
                "findings": [[x.message, x.hint] for x in f.findings],
                "example": f.counterexample,
            }
            for f in report.functions
        },
    }


def grade_corpus(folder: Path, notebooks: Path | None, output: Path, only: list[str], drawn: Path | None) -> None:
    """Grade everything, in as many processes as there are CPUs."""
    names = only or sorted(path.name for path in (folder / "authored").iterdir())
    for name in names if drawn is None else ():
        frozen_cases(load_assignment(name))
    processes, wild = os.cpu_count() or 1, notebooks and str(notebooks)
    with ProcessPoolExecutor(processes) as pool:
        arguments = [
            (str(folder), wild, drawn and str(drawn), name, part, processes) for name in names for part in range(processes)
        ]
        found: dict[str, Any] = {}
        for some in pool.map(_grade_some, *zip(*arguments, strict=True)):
            found |= some
    output.write_text("".join(json.dumps([key, found[key]], default=str) + "\n" for key in sorted(found)), "utf-8")
    print(f"{len(found)} reports in {output}")


# -- the comparison ------------------------------------------------------------------------


def _read(path: Path) -> dict[str, Any]:
    return dict(json.loads(line) for line in path.read_text("utf-8").splitlines())


def compare(before: Path, after: Path, *, sentences: bool) -> int:
    """Print what differs; how many functions (or whole reports) do."""
    one, other = _read(before), _read(after)
    moved: Counter[str] = Counter()
    for key in sorted(one.keys() | other.keys()):
        if key not in one or key not in other:
            print(f"{key}: only {'after' if key in other else 'before'}")
            moved["missing"] += 1
            continue
        if one[key]["status"] != other[key]["status"]:
            print(f"{key}: {one[key]['status']} -> {other[key]['status']}  {other[key]['messages']}")
            moved["report"] += 1
        for name in sorted(one[key]["functions"].keys() | other[key]["functions"].keys()):
            was, now = one[key]["functions"].get(name, {}), other[key]["functions"].get(name, {})
            if any(was.get(fact) != now.get(fact) for fact in JUDGED):
                print(f"{key} {name}: {_told(was)} -> {_told(now)}")
                moved["function"] += 1
            elif sentences and (was["checks"], was["findings"]) != (now["checks"], now["findings"]):
                print(f"{key} {name}: other sentences")
                for old, new in zip([*was["checks"], *was["findings"]], [*now["checks"], *now["findings"]], strict=False):
                    if old != new:
                        print(f"    - {old}\n    + {new}")
    print(f"{len(one)} reports before, {len(other)} after; moved: {dict(moved) or 'nothing'}")
    return sum(moved.values())


def _told(function: dict[str, Any]) -> str:
    return " ".join(str(function.get(fact)) for fact in JUDGED)


def main() -> int:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    corpus = commands.add_parser("corpus")
    corpus.add_argument("folder", type=Path)
    grading = commands.add_parser("grade")
    grading.add_argument("folder", type=Path)
    grading.add_argument("notebooks", type=Path, nargs="?")
    grading.add_argument("-o", "--output", type=Path, required=True)
    grading.add_argument("--only", action="append", default=[])
    grading.add_argument("--cases", type=Path)
    comparing = commands.add_parser("compare")
    comparing.add_argument("before", type=Path)
    comparing.add_argument("after", type=Path)
    comparing.add_argument("--sentences", action="store_true")
    options = parser.parse_args()
    if options.command == "corpus":
        write_corpus(options.folder)
    elif options.command == "grade":
        grade_corpus(options.folder, options.notebooks, options.output, options.only, options.cases)
    else:
        return min(1, compare(options.before, options.after, sentences=options.sentences))
    return 0


if __name__ == "__main__":
    sys.exit(main())
