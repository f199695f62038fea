"""The table of hostile submissions: what each tries, and what must happen.

Each row defines ``target``, which is asked two times for ``3 * A.sum(axis=1)``; an honest ``other`` is asked next.
Whatever the row does, the run ends, ``other`` is right, and nothing is left behind. ``python -m tests.hostile.table``
prints what became of every row at every runner; with ``--save`` it also puts the numbers into SECURITY.md.

Outcomes: ``right``, ``wrong``, ``opaque <type>``, ``raised <exception>``, ``timeout``, ``crashed <how>``,
``out-of-memory``, ``too-much-output``, ``missing``.
"""

from __future__ import annotations

import platform
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from importlib import import_module
from pathlib import Path

from tests.hostile.row import RUNNERS, Hostile, run, sandbox, victim

#: The modules that hold the rows; they are imported where rows are wanted, so that collecting tests stays quick.
PARTS = {
    "loads": "time, memory, output",
    "values": "values that lie",
    "forms": "forms of functions and numbers",
    "channel": "forged messages",
    "state": "the worker's inside",
    "answers": "answers and files read",
    "walls": "threads, network, user",
    "reach": "libraries, system calls",
    "files": "files written",
    "loader": "files, imports, loading",
}


def rows_of(part: str) -> tuple[Hostile, ...]:
    """The rows of one part of the table."""
    rows: tuple[Hostile, ...] = import_module(f"tests.hostile.{part}").ROWS
    return rows


def all_rows() -> list[Hostile]:
    """The whole table."""
    return [row for part in PARTS for row in rows_of(part)]


#: What is tried through a framework, at the full level and as tests of their own: their worker has other walls.
FRAMEWORKS = ("tests/hostile/test_frameworks.py", "tests/sandbox/test_tensorflow.py")


def of_frameworks() -> dict[str, int]:
    """The rows of frameworks, run: how many passed, failed and were skipped."""
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *FRAMEWORKS]
    done = subprocess.run(words, cwd=_PAGE.parent, capture_output=True, text=True)
    return {how: int(number) for number, how in re.findall(r"(\d+) (passed|failed|skipped)", done.stdout.splitlines()[-1])}


_PAGE = Path(__file__).parents[2] / "SECURITY.md"
_SAVED = re.compile(r"(<!-- python -m tests.hostile.table --save -->).*?(<!-- end -->)", re.DOTALL)


def main(names: Sequence[str]) -> None:
    """Print the outcomes of all rows (or of those whose name contains a word) at all runners."""
    save, names = "--save" in names, [name for name in names if name != "--save"]
    counts: Counter[tuple[str, str, str]] = Counter()
    part_of = {row.name: part for part in PARTS for row in rows_of(part)}
    chosen = [row for row in all_rows() if not names or any(word in row.name for word in names)]
    failures = 0
    for runner in RUNNERS:
        print(f"\n== {runner}: {', '.join(RUNNERS[runner])}")
        with victim(), sandbox(runner) as at:
            print(f"   level: {at.level}")
            for row in chosen:
                if not row.runs_at(runner):
                    counts[part_of[row.name], runner, "-   "] += 1
                    print(f"   -    {row.name}: {row.gaps.get(runner, 'not tried here, it takes seconds')}")
                    continue
                began = time.perf_counter()
                result = run(row, at)
                held = result.target in row.must
                gap = row.gaps.get(runner)
                mark = "ok  " if held else "gap " if gap else "FAIL"
                if result.other not in row.other:
                    mark = "FAIL"
                failures += mark == "FAIL"
                counts[part_of[row.name], runner, mark] += 1
                told = f"   {mark} {row.name}: {result.target[:90]!r}"
                told += f" ({gap})" if gap and not held else ""
                told += f"; other: {result.other}" if result.other != "right" else ""
                print(f"{told}  [{time.perf_counter() - began:.2f} s]", flush=True)
    when = f"{date.today():%-d %B %Y}, Linux {platform.release().partition('-')[0]}, Python {platform.python_version()}"
    text = f"{when}: {len(chosen)} rows, {failures} failures.\n\n{summary(counts)}"
    if not names:
        ended = of_frameworks()
        cells = f"{ended.get('passed', 0)} / 0 / {ended.get('skipped', 0)} / {ended.get('failed', 0)}"
        text += f"\n| frameworks: through PyTorch and TensorFlow | {cells} |{' - |' * (len(RUNNERS) - 1)}"
    print(f"\n{text}")
    if save:
        page = _PAGE.read_text("utf-8")
        _PAGE.write_text(_SAVED.sub(lambda found: f"{found[1]}\n{text}\n\n{found[2]}", page), "utf-8")


def summary(counts: Mapping[tuple[str, str, str], int]) -> str:
    """The table of SECURITY.md: by part and level how many rows hold, are gaps, are not tried, and fail."""
    lines = [f"| part | {' | '.join(RUNNERS)} |", f"|{'---|' * (1 + len(RUNNERS))}"]
    for part in PARTS:
        numbers = ([counts[part, runner, mark] for mark in ("ok  ", "gap ", "-   ", "FAIL")] for runner in RUNNERS)
        lines.append(f"| {part}: {PARTS[part]} | {' | '.join(' / '.join(map(str, row)) for row in numbers)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main(sys.argv[1:])
