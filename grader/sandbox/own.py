"""Where the work of this machine's own user runs: as well confined as the machine lets it be."""

from __future__ import annotations

from collections.abc import Sequence

from grader.errors import GraderError
from grader.sandbox.child import package_folders
from grader.sandbox.doctor import probe
from grader.sandbox.here import InProcess
from grader.sandbox.limits import can_confine, is_browser
from grader.sandbox.parent import ALL_WALLS, Sandbox
from grader.sandbox.portable import Interpreters

__all__ = ["strongest_sandbox"]


def strongest_sandbox(packages: Sequence[str] = (), warm_up: str = "") -> Sandbox:
    """A started sandbox with as many walls as this machine lets stand; on Windows, on macOS and in a browser that is none.

    For code that its own author runs anyway (a student's self-check, a platform's container).
    """
    if is_browser():
        return InProcess()
    package_folders(packages)  # what is not installed is told before anything is tried
    if not can_confine():
        return Sandbox(packages, (), children=Interpreters(packages, warm_up))
    sandbox = Sandbox(packages, warm_up=warm_up)
    try:
        return sandbox.__enter__()
    except GraderError:
        found = probe()
        return Sandbox(packages, [name for name in ALL_WALLS if getattr(found, name)], warm_up=warm_up)
