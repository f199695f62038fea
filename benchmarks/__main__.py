"""``python -m benchmarks [NAME...]``: run benchmarks and print their tables."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import floor, jobs, memory, peers, profile, startup, throughput
from benchmarks.measure import machine, run, yardstick

_RESULTS = Path(__file__).parent / "results"


def main() -> None:
    """Run what was asked for, all of it when nothing was."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="one of those below; all if none is named")
    parser.add_argument("--large", action="store_true", help="1,000 and 10,000 submissions as well (many minutes)")
    parser.add_argument("--passes", type=int, default=3, help="medians are taken over so many (default 3)")
    parser.add_argument("--save", action="store_true", help="keep the tables in benchmarks/results/")
    options = parser.parse_args()
    known: dict[str, Callable[[], str]] = {
        "profile": lambda: profile.one_submission(options.passes),
        "floor": lambda: floor.distance(options.passes),
        "startup": lambda: startup.start(options.passes),
        "throughput": lambda: throughput.throughput(options.large, options.passes),
        "memory": lambda: memory.curve(options.large),
        "jobs": lambda: jobs.scaling(options.passes),
        "peers": lambda: peers.side_by_side(options.passes),
    }
    unknown = set(options.names) - set(known)
    if unknown:
        parser.error(f"no benchmark is called {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    for name in options.names or known:
        large = " --large" if options.large and name in ("throughput", "memory") else ""
        command = f"python -m benchmarks {name}{large} --passes {options.passes}"
        where = f"{machine()}\na loop of a million additions: {yardstick():.1f} ms of CPU"
        text = f"$ {command}\n{datetime.now(UTC):%Y-%m-%d}, commit {_commit()}\n{where}\n\n{known[name]()}\n"
        print(text, flush=True)
        if options.save:
            (_RESULTS / f"{name}.txt").write_text(text, "utf-8")


def _commit() -> str:
    usage = run(["git", "rev-parse", "--short", "HEAD"])
    return usage.output.strip() if not usage.code else "unknown"


if __name__ == "__main__":
    main()
