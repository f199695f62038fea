"""``python -m benchmarks [NAME...]``: run benchmarks and print their tables."""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import floor, jobs, lines, memory, peers, profile, scale, startup, throughput
from benchmarks.measure import ROOT, machine, run, yardstick

_RESULTS = Path(__file__).parent / "results"
_PAGES = [ROOT / "docs" / f"{name}.md" for name in ("speed", "scale", "authoring")]


def main() -> None:
    """Run what was asked for, all of it when nothing was."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="one of those below; all if none is named")
    parser.add_argument("--large", action="store_true", help="1,000 and 10,000 submissions as well (many minutes)")
    parser.add_argument("--passes", type=int, default=3, help="medians are taken over so many (default 3)")
    parser.add_argument("--save", action="store_true", help="keep the tables in benchmarks/results/ and on the pages")
    options = parser.parse_args()
    known: dict[str, Callable[[], str]] = {
        "profile": lambda: profile.one_submission(options.passes),
        "floor": lambda: floor.distance(options.passes),
        "startup": lambda: startup.start(options.passes),
        "throughput": lambda: throughput.throughput(options.large, options.passes),
        "memory": lambda: memory.curve(options.large),
        "jobs": lambda: jobs.scaling(options.passes),
        "peers": lambda: peers.side_by_side(options.passes),
        "lines": lines.compared,
        "scale": lambda: scale.project(_RESULTS),
    }
    unknown = set(options.names) - set(known)
    if unknown:
        parser.error(f"no benchmark is called {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    for name in options.names or known:
        started = time.perf_counter()
        large = " --large" if options.large and name in ("throughput", "memory") else ""
        command = f"python -m benchmarks {name}{large} --passes {options.passes}"
        where = f"{machine()}\na loop of a million additions: {yardstick():.1f} ms of CPU"
        text = f"$ {command}\n{datetime.now(UTC):%Y-%m-%d}, commit {_commit()}\n{where}\n\n{known[name]()}\n"
        print(text, flush=True)
        print(f"{name} took {time.perf_counter() - started:.0f} s", file=sys.stderr)
        if options.save:
            (_RESULTS / f"{name}.txt").write_text(text, "utf-8")
            for page in _PAGES:
                page.write_text(with_table(page.read_text("utf-8"), name, text), "utf-8")


def with_table(page: str, name: str, text: str) -> str:
    """A page of the documentation with the table of this name in the place of the one that it shows."""
    block = rf"(?ms)^```text\n\$ python -m benchmarks {name}\b.*?^```$"
    return re.sub(block, lambda _: f"```text\n{text}```", page)


def _commit() -> str:
    usage = run(["git", "rev-parse", "--short", "HEAD"])
    return usage.output.strip() if not usage.code else "unknown"


if __name__ == "__main__":
    main()
