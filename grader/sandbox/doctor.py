"""Which walls stand on this machine, and what that means: for `grader doctor`, and for a report's level."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from grader.confined import walls
from grader.errors import HarnessError
from grader.sandbox.allowlist import seccomp_filter
from grader.sandbox.limits import can_confine, is_browser


@dataclass(frozen=True)
class Walls:
    """Which walls stand.

    Attributes
    ----------
    fork : bool
        Children are forked from a warm interpreter.
    limits : bool
        Address space, CPU time, file size, processes and core dumps are bounded.
    user : bool
        Student code does not run as root: it gives root up, or never had it.
    landlock : int
        Version of Landlock that bounds files, 0 where there is none.
    seccomp : bool
        Only system calls on the allow-list are answered.
    namespaces : tuple of str
        Of ``user``, ``mount``, ``net``, ``ipc`` and ``pid`` those that the zygote can enter.
    """

    fork: bool = False
    limits: bool = False
    user: bool = False
    landlock: int = 0
    seccomp: bool = False
    namespaces: tuple[str, ...] = ()

    @property
    def level(self) -> str:
        """``full``, ``weak`` or ``none``, as `SECURITY.md` defines them.

        Namespaces are a second wall behind the allow-list, and fork is a matter of speed: neither decides.

        Examples
        --------
        >>> Walls(fork=True, limits=True, user=True, landlock=7, seccomp=True).level
        'full'
        >>> Walls(fork=True, limits=True, user=True).level
        'weak'
        >>> Walls(user=True).level
        'none'
        """
        if self.limits and self.user and self.landlock and self.seccomp:
            return "full"
        return "weak" if self.limits or self.landlock or self.seccomp else "none"


# By the name of the attribute: what it means that the wall stands, and that it does not.
MEANING: Mapping[str, tuple[str, str]] = {
    "fork": (
        "each submission gets a fresh child of a warm interpreter",
        "each submission starts an interpreter of its own, which is slower",
    ),
    "limits": (
        "memory, CPU time, files and processes of a submission are bounded",
        "a submission can use up the memory and the processors of this machine",
    ),
    "user": (
        "submissions run without root's rights",
        "submissions run as root: run grader as a normal user",
    ),
    "landlock": (
        "submissions read only Python and the allowed packages, and write no file",
        "submissions can read every file that you can: needs Linux 5.13 or later with Landlock switched on",
    ),
    "seccomp": (
        "submissions cannot write files, start programs, use the network or touch other processes",
        "submissions can start programs and use the network: needs Linux on x86_64 or aarch64",
    ),
    "namespaces": (
        "submissions live in a network, process and IPC world of their own, of which nothing is left behind",
        "no network, process and IPC world of their own: the other walls stand in for it, but two students who work "
        "together can leave each other messages in the times at which files were read",
    ),
}


def explain(found: Walls) -> tuple[tuple[str, bool, str], ...]:
    """One row per wall: its name, whether it stands, and what that means.

    Examples
    --------
    >>> explain(Walls(fork=True))[0]
    ('fork', True, 'each submission gets a fresh child of a warm interpreter')
    """
    rows = []
    for name, (with_it, without_it) in MEANING.items():
        stands = bool(getattr(found, name))
        rows.append((name, stands, with_it if stands else without_it))
    return tuple(rows)


def roles(level: str) -> tuple[tuple[str, str], ...]:
    """What this machine can do, by role: the role, and whether it can, with the reason.

    Examples
    --------
    >>> dict(roles("full"))["grade others' work"]
    'yes'
    """
    own, others = "yes, behind the walls that stand", "yes"
    if not can_confine():
        own = "yes, in this Python without walls or limits" if is_browser() else "yes, in a fresh Python without walls"
        others = "no, needs Linux"
    elif level != "full":
        others = "only with --allow-weak-sandbox, because walls are missing"
    return ("check your own work", own), ("grade others' work", others)


def refuse_elsewhere(command: str) -> None:
    """Raise HarnessError where a command would run others' code and no wall can stand."""
    if not can_confine():
        raise HarnessError(
            f"'grader {command}' runs code that others wrote, behind walls that only Linux has: use a Linux machine "
            "(on Windows, WSL is one); 'grader check' checks your own work here"
        )


def probe(python: str = sys.executable) -> Walls:
    """Find out which walls this machine offers, by putting each up in throw-away processes; none where none can stand.

    A fresh interpreter does the trying, because a process with threads (NumPy's, a notebook's) must not fork.
    Never raises: a wall that cannot be tried does not stand.

    Parameters
    ----------
    python : str
        The interpreter that will run student code.
    """
    if not can_confine():
        return Walls()
    command = [python, "-I", "-S", "-B", walls.__file__]
    program = seccomp_filter() or b""
    try:
        answer = subprocess.run(command, input=program, capture_output=True, timeout=30, check=True)
        found = json.loads(answer.stdout)
        return Walls(**{**found, "namespaces": tuple(found.get("namespaces", ()))})
    except (OSError, subprocess.SubprocessError, ValueError, TypeError, AttributeError):
        return Walls()
