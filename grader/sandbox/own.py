"""Where the work of this machine's own user runs: as well confined as the machine lets it be."""

from __future__ import annotations

from collections.abc import Sequence

from grader.errors import GraderError
from grader.sandbox.child import package_folders
from grader.sandbox.limits import can_confine, is_browser
from grader.sandbox.parent import Sandbox
from grader.sandbox.zygote import ALL_WALLS, Zygote

__all__ = ["strongest_sandbox"]


def strongest_sandbox(packages: Sequence[str] = (), warm_up: str = "") -> Sandbox:
    """A sandbox with as many walls as this machine lets stand; on Windows, on macOS and in a browser that is none.

    For code that its own author runs anyway (a student's self-check, a platform's container). Its first process starts
    at once, so that it gets ready while the caller reads what is to be graded.
    """
    if is_browser():
        from grader.sandbox.here import InProcess

        return InProcess()
    package_folders(packages)  # what is not installed is told before anything is tried
    if not can_confine():
        from grader.sandbox.portable import Interpreters

        return Sandbox(packages, (), children=Interpreters(packages, warm_up))
    zygote = _Strongest(packages, ALL_WALLS, warm_up)
    zygote.launch()
    return Sandbox(packages, children=zygote)


class _Strongest(Zygote):
    """A zygote that does without the walls which do not stand here."""

    def start(self) -> None:
        try:
            super().start()
        except GraderError:
            from grader.sandbox.doctor import probe

            self.close()
            found = probe()
            self._wanted = tuple(name for name in ALL_WALLS if getattr(found, name))
            super().start()
