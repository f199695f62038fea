"""What is alive below this process."""

from __future__ import annotations

import os
from pathlib import Path


def descendants() -> set[int]:
    """Processes below this one, by what /proc says of their parents."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            parents[int(entry.name)] = int(fields[1])
    found = {os.getpid()}
    while True:
        more = {pid for pid, parent in parents.items() if parent in found} - found
        if not more:
            return {pid for pid in found - {os.getpid()} if not _of_the_pool(pid)}
        found |= more


def _of_the_pool(pid: int) -> bool:
    """multiprocessing's own helper, which stays until Python ends."""
    try:
        return b"multiprocessing.resource_tracker" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
