"""How much there is to read in the example of each catalogued mistake, frozen and made smaller.

``python -m benchmarks.examples`` (a minute or two; everything runs in this process, without a sandbox).
"""

from __future__ import annotations

import contextlib
import io
import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from grader.author import read_author, run_trusted
from grader.checks import judge
from grader.counterexample import effort, entries, shown_failure
from grader.course import LoadedAssignment, find_course
from grader.diagnose import findings_of
from grader.running import Plan
from grader.shrink import smaller_cases, the_same


def examples(loaded: LoadedAssignment) -> Iterator[tuple[Plan, Plan, float] | None]:
    """Per mistake the plans of the frozen and of the smaller example, and the seconds in between; None for none."""
    author, cases = read_author(loaded), loaded.cases()
    for spec in loaded.spec.functions:
        mine = cases.functions[spec.name]
        for mistake in author.mistakes.get(spec.name, ()):
            wrong = {spec.name: mistake.solution}
            outcomes = {c.key: run_trusted(author, wrong, c.plan) for c in mine.cases}
            verdict = judge(spec, mine, outcomes)
            failure = shown_failure(verdict, outcomes)
            if failure is None:
                yield None
                continue
            started = time.perf_counter()
            codes = {f.code for f in findings_of(spec, mine, outcomes, verdict)} & {mistake.code}
            some = smaller_cases(loaded, spec, failure, codes)
            taken = time.perf_counter() - started
            again = {c.key: run_trusted(author, wrong, c.plan) for c in some}
            found = (c for c in some if the_same(spec, replace(mine, cases=(c,)), again, verdict, failure, codes))
            yield failure.case.plan, next(found, failure.case).plan, taken


def main() -> None:
    """Print the quantiles."""
    course = find_course()
    with contextlib.redirect_stdout(io.StringIO()), np.errstate(all="ignore"):
        all_of_them = [found for name in course.names for found in examples(course.load(name))]
    rows = [row for row in all_of_them if row is not None]
    print(f"{len(all_of_them)} mistakes, {len(rows)} with an example; quantiles 50 %, 90 %, 95 %")
    for name, measure in (("numbers", entries), ("characters", effort)):
        for which, title in enumerate(("frozen", "smaller")):
            print(f"{name:<11} {title:<8}", np.quantile([measure(row[which]) for row in rows], [0.5, 0.9, 0.95]).round())
    print("milliseconds to draw", np.quantile([1e3 * row[2] for row in rows if row[2] > 1e-3], [0.5, 0.9, 0.95]).round())


if __name__ == "__main__":
    main()
