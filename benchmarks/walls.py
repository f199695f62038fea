"""What each wall costs, in microseconds per child: ``python benchmarks/walls.py [CHILDREN]``.

A process like the zygote (isolated, NumPy loaded) forks children; each puts up the walls one by one and tells how
long each took. The last rows compare whole lives: fork, walls, a first matrix product, exit, reap.
"""

from __future__ import annotations

import importlib
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


def outside(children: int) -> None:
    """Make the lists, run the inside in an isolated interpreter, print the table."""
    sys.path.insert(0, str(ROOT))
    import numpy as np

    from grader.sandbox.allowlist import readable_paths, seccomp_filter

    started = time.perf_counter()
    paths = readable_paths(["numpy"])
    listed = time.perf_counter()
    program = seccomp_filter() or b""
    made = time.perf_counter()
    task = {
        "paths": paths,
        "program": program.hex(),
        "site": str(Path(np.__file__).parents[1]),
        "walls": str(ROOT / "grader" / "walls.py"),
        "children": children,
    }
    threads = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
    environment = {"PATH": os.defpath, **dict.fromkeys(threads, "1")}
    command = [sys.executable, "-I", "-S", "-B", __file__, "inside"]
    answer = subprocess.run(command, input=json.dumps(task), env=environment, capture_output=True, text=True, check=True)
    report = json.loads(answer.stdout)
    print(f"once, in the parent: list of {len(paths)} paths {1e3 * (listed - started):.1f} ms,", end=" ")
    print(f"allow-list of {len(program) // 8} steps {1e3 * (made - listed):.2f} ms")
    print(f"once, in the zygote: {', '.join(f'{name} {1e3 * value:.1f} ms' for name, value in report['once'].items())}")
    print(f"\neach of {children} children, median          us")
    for name, values in report["children"].items():
        print(f"{name:<32} {1e6 * statistics.median(values):8.0f}")


def inside() -> None:
    """The zygote's side: everything once, then children."""
    task = json.load(sys.stdin)
    sys.path.append(os.path.dirname(task["walls"]))
    walls = importlib.import_module("walls")

    once: dict[str, float] = {}

    def timed(name: str, action: Callable[[], Any], into: dict[str, float] = once) -> Any:
        started = time.perf_counter()
        result = action()
        into[name] = time.perf_counter() - started
        return result

    timed("namespaces", walls.enter_namespaces)
    ids = timed("spare user", walls.spare_ids)
    ruleset = timed("ruleset", lambda: walls.landlock_fd(task["paths"]))
    hidden = timed("hidden from others", lambda: walls.hidden_from_others(task["paths"]))
    sys.path.append(task["site"])
    np = timed("NumPy", lambda: __import__("numpy"))
    keep_read, program, zygote = (
        hidden and ruleset is not None,
        bytes.fromhex(task["program"]) or None,
        os.getpid(),
    )

    def put_up(out: int, times: dict[str, float]) -> None:
        timed("close_descriptors", lambda: walls.close_descriptors({2, out, ruleset}), times)
        timed("set_limits", lambda: walls.set_limits(256 << 20, 10), times)
        timed("drop_user", lambda: walls.drop_user(ids, keep_read=keep_read), times)
        timed("die_with_parent", lambda: walls.die_with_parent(zygote), times)
        timed("stand_apart", walls.stand_apart, times)
        timed("landlock_restrict", lambda: walls.landlock_restrict(ruleset), times)
        timed("install_seccomp", lambda: walls.install_seccomp(program), times)

    def live(confined: bool) -> dict[str, float]:
        started = time.perf_counter()
        into, out = os.pipe()
        child = os.fork()
        if not child:
            times: dict[str, float] = {}
            if confined:
                put_up(out, times)
                times["all walls"] = sum(times.values())
            np.ones((50, 50)) @ np.ones((50, 50))
            os.write(out, json.dumps(times).encode())
            os._exit(0)
        os.close(out)
        with open(into, "rb") as pipe:
            times = json.loads(pipe.read())
        os.waitpid(child, 0)
        times["a whole life with walls" if confined else "a whole life without"] = time.perf_counter() - started
        return times

    children: dict[str, list[float]] = {}
    for _ in range(task["children"]):
        for confined in (True, False):
            for name, value in live(confined).items():
                children.setdefault(name, []).append(value)
    json.dump({"once": once, "children": children}, sys.stdout)


if __name__ == "__main__":
    if sys.argv[1:] == ["inside"]:
        inside()
    else:
        outside(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
