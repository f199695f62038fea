"""The tables of docs/accuracy.md: ``python -m benchmarks.accuracy [--budget N] [--severities] [--runs FOLDER...]``.

Without options it audits every assignment of the course. ``--severities`` counts known mistakes by how grave they are. With
the folders of grading runs (``grader grade NAME PATH -o FOLDER``) it counts statuses per function: counts only, no names.
"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

from grader.audit.audit import audit_assignment
from grader.course import find_course
from grader.freezing.author import read_author
from grader.grading.rundir import read_run


def audits(budget: int) -> None:
    """One row per assignment: what was killed, survived, named and accepted."""
    print("| assignment | mutants | killed | equivalent | survived | mistakes named | right styles accepted |")
    print("|---|---|---|---|---|---|---|")
    course = find_course()
    for name in course.names:
        found = audit_assignment(course.load(name), budget=budget)
        total = Counter(row.kind for row in found.rows)
        print(
            f"| `{name}` | {total['mutant']} | {found.count('killed')} | {found.count('equivalent')} | "
            f"{found.count('survived')} | {found.count('named')} of {total['mistake']} | "
            f"{found.count('accepted')} of {total['style']} |",
            flush=True,
        )


def severities() -> None:
    """One row per assignment: its mistakes by severity, and how many may lie outside of their band."""
    print("| assignment | slips | faults | grave | declared |")
    print("|---|---|---|---|---|")
    course = find_course()
    for name in course.names:
        assignment = course.load(name)
        counts = Counter(mistake.severity for known in read_author(assignment).mistakes.values() for mistake in known)
        declared = len(getattr(assignment.author_module("audit"), "LOSSES", {}))
        print(f"| `{name}` | {counts['slip']} | {counts['fault']} | {counts['grave']} | {declared} |")


def runs(folders: list[Path]) -> None:
    """One row per function of some grading runs."""
    print("| assignment | function | passed | of these carried | failed | missing | other |")
    print("|---|---|---|---|---|---|---|")
    for folder in folders:
        counts: dict[tuple[str, str], Counter[str]] = {}
        unreadable = graded = 0
        for entry in read_run(folder):
            graded += entry.report.status == "graded"
            unreadable += entry.report.status != "graded"
            for function in entry.report.functions:
                row = counts.setdefault((entry.report.assignment, function.name), Counter())
                known = function.status in ("passed", "failed", "missing")
                row[function.status if known else "other"] += 1
                row["carried"] += function.carried
        for (assignment, name), row in counts.items():
            print(
                f"| `{assignment}` | `{name}` | {row['passed']} | {row['carried']} | {row['failed']} | "
                f"{row['missing']} | {row['other']} |"
            )
        print(f"| | *{graded} graded, {unreadable} not readable* | | | | | |")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--budget", type=int, default=200)
    parser.add_argument("--severities", action="store_true")
    parser.add_argument("--runs", type=Path, nargs="+")
    options = parser.parse_args()
    if options.runs:
        runs(options.runs)
    elif options.severities:
        severities()
    else:
        audits(options.budget)


if __name__ == "__main__":
    main()
