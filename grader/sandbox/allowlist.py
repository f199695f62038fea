"""What the walls let through: the files that student code may read, and the system calls it may make.

Everything here is an explicit list; what is not on it is refused. The parent makes both lists and hands them
to the zygote as data (`grader.confined.walls` puts them up). `docs/design/sandbox.md` says how the lists were found.
"""

from __future__ import annotations

import errno
import glob
import importlib.machinery
import os
import platform
import struct
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from grader.confined.walls import NO_PID, same_value

# ------------------------------------------------------------------------------------------------------ files

_NEVER = {"site-packages", "dist-packages"}
# Folders of shared libraries of one machine type hold nothing else and are listed whole; the others may hold
# a site-packages (Fedora's /usr/lib64/python3.12), so only the libraries in them are.
_WHOLE_LIBRARIES = ("/lib/*-linux-*", "/usr/lib/*-linux-*")
_LIBRARIES = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", f"{sys.base_prefix}/lib")


def readable_paths(packages: Sequence[str], search: Sequence[str] | None = None) -> tuple[str, ...]:
    """The explicit list of what student code may read: Python, shared libraries, and the named packages.

    Parameters
    ----------
    packages : sequence of str
        Top-level names; each brings its own folder and its ``.libs`` beside it. Modules of the standard
        library and packages that are not installed bring nothing.
    search : sequence of str, optional
        Folders to look for packages in; ``sys.path`` if not given.

    Returns
    -------
    tuple of str
        Existing paths, sorted. Never a site-packages folder itself: an installed answer would lie there.

    Raises
    ------
    ValueError
        A name is no top-level name.

    Examples
    --------
    >>> any(path.endswith("site-packages") for path in readable_paths(["numpy"]))
    False
    """
    paths = {"/etc/ld.so.cache", *_standard_library()}
    for pattern in _WHOLE_LIBRARIES:
        paths.update(os.path.realpath(folder) for folder in glob.glob(pattern))
    for folder in {os.path.realpath(folder) for folder in _LIBRARIES}:
        paths.update(glob.glob(f"{glob.escape(folder)}/*.so*"))
    for name in (*packages, *loosened(packages).packages):
        paths.update(_package(name, search))
    paths.update(loosened(packages).files)
    return tuple(sorted(path for path in paths if os.path.exists(path)))


def _standard_library() -> set[str]:
    """Entries of the standard library's folders, but for a site-packages among them, and its zip."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    archive = f"{version.replace('.', '')}.zip"
    entries = {path for path in sys.path if os.path.basename(path) in {"lib-dynload", archive}}
    for folder in {os.path.dirname(os.__file__), os.path.join(sys.base_exec_prefix, sys.platlibdir, version)}:
        if os.path.isdir(folder):
            entries.update(os.path.join(folder, name) for name in os.listdir(folder) if name not in _NEVER)
    return entries


def _package(name: str, search: Sequence[str] | None) -> set[str]:
    """Folders (or the file) of one installed package, found without importing it."""
    if not name.isidentifier():
        raise ValueError(f"{name!r} is not the name of a package, expected a top-level name such as 'numpy'")
    if name in sys.stdlib_module_names:
        return set()
    spec = importlib.machinery.PathFinder.find_spec(name, search)
    if spec is None:
        return set()
    own = list(spec.submodule_search_locations or ()) or ([spec.origin] if spec.origin else [])
    return {*own, *(os.path.join(os.path.dirname(path), f"{name}.libs") for path in own)}


# ------------------------------------------------------------------------------------------------- frameworks


@dataclass(frozen=True, slots=True)
class Loosened:
    """What the walls let through besides for one framework, because it does nothing without.

    Attributes
    ----------
    packages, files
        Further packages, which it imports late, and files that may be read.
    threads
        Whether a process may start threads of its own; never another process.
    """

    packages: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    threads: bool = False


# PyTorch needs nothing: with one thread it computes in the thread that asks. docs/design/frameworks.md has what was tried.
_LOOSENED: Mapping[str, Loosened] = {
    "tensorflow": Loosened(packages=("keras", "google"), files=("/dev/urandom",), threads=True)
}


def loosened(packages: Sequence[str]) -> Loosened:
    """What is let through besides for a framework among these packages.

    Examples
    --------
    >>> loosened(["scipy"]).threads, loosened(["tensorflow"]).threads
    (False, True)
    """
    return next((_LOOSENED[name] for name in packages if name in _LOOSENED), Loosened())


# ----------------------------------------------------------------------------------------------- system calls

# By machine: AUDIT_ARCH_* of linux/audit.h, and the column of the tables below. Both are little-endian, as
# the offset of an argument's low half assumes.
_MACHINES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}

# What CPython and NumPy call once they are loaded, late imports included: name, number on x86_64, on aarch64.
_ALLOWED = """
    read 0 63           write 1 64          readv 19 65         writev 20 66        pread64 17 67
    lseek 8 62          close 3 57          poll 7 -            ppoll 271 73        select 23 -
    pselect6 270 72     getdents64 217 61   getcwd 79 17        readlink 89 -       readlinkat 267 78
    fstat 5 80          stat 4 -            lstat 6 -           newfstatat 262 79   statx 332 291
    access 21 -         faccessat 269 48    faccessat2 439 439

    mmap 9 222          munmap 11 215       mremap 25 216       mprotect 10 226     madvise 28 233
    brk 12 214          futex 202 98

    clock_gettime 228 113                   clock_getres 229 114                    clock_nanosleep 230 115
    nanosleep 35 101    gettimeofday 96 169 time 201 -          times 100 153       getrandom 318 278

    rt_sigaction 13 134                     rt_sigprocmask 14 135                   rt_sigreturn 15 139
    sigaltstack 131 132                     restart_syscall 219 128

    getpid 39 172       gettid 186 178      getppid 110 173     getuid 102 174      geteuid 107 175
    getgid 104 176      getegid 108 177     uname 63 160        sysinfo 99 179      getrusage 98 165
    getcpu 309 168      sched_yield 24 124  sched_getaffinity 204 123

    exit 60 93          exit_group 231 94
"""
# Allowed only if argument number `index` is one of the values.
_ONE_OF = (
    ("ioctl 16 29", 1, (0x5401, 0x5451)),  # TCGETS (which is isatty) and FIOCLEX
    ("fcntl 72 25", 1, (1, 2, 3, 1030)),  # F_GETFD, F_SETFD, F_GETFL, F_DUPFD_CLOEXEC; not F_SETOWN
    ("tgkill 234 131", 0, (NO_PID,)),  # to this process itself, which `install_seccomp` fills in
)
# Allowed only if argument number `index` has none of the bits: opened to read, a second wall against writing.
_TO_WRITE = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_NONE_OF = (("openat 257 56", 2, _TO_WRITE), ("open 2 -", 1, _TO_WRITE))
# For a framework with threads: what the C library calls to start one. The flags are those of a thread and no others.
_TO_THREAD = "set_robust_list 273 99  rseq 334 293"
_A_THREAD = ("clone 56 220", 0, (0x3D0F00,))
# The C library turns to `clone`, which is refused, only where there is no `clone3`.
_ABSENT = "clone3 435 435"

_LOAD, _IF_EQUAL, _IF_ANY_BIT, _ANSWER = 0x20, 0x15, 0x45, 0x06  # BPF: ld abs, jeq, jset, ret
_NUMBER, _ARCH, _ARGUMENTS = 0, 4, 16  # offsets in struct seccomp_data


def _step(code: int, value: int, then: int = 0, otherwise: int = 0) -> bytes:
    return struct.pack("=HBBI", code, then, otherwise, value)


_ALLOW, _REFUSE = _step(_ANSWER, 0x7FFF0000), _step(_ANSWER, 0x00050000 | errno.EPERM)
_MISSING, _KILL = _step(_ANSWER, 0x00050000 | errno.ENOSYS), _step(_ANSWER, 0x80000000)


def system_calls(table: str) -> dict[str, tuple[int, int | None]]:
    """Read a table of system calls: name to (number on x86_64, number on aarch64 or None).

    Examples
    --------
    >>> system_calls("read 0 63  poll 7 -")
    {'read': (0, 63), 'poll': (7, None)}
    """
    words = table.split()
    rows = zip(words[::3], words[1::3], words[2::3], strict=True)
    return {name: (int(first), None if second == "-" else int(second)) for name, first, second in rows}


def _on(calls: str, column: int, body: bytes) -> Iterable[bytes]:
    """For each of the calls: `body`, which ends in an answer, skipped for every other call."""
    for numbers in system_calls(calls).values():
        number = numbers[column]
        if number is not None:
            yield _step(_IF_EQUAL, number, 0, len(body) // 8) + body


def _argument(index: int) -> bytes:
    """Load the low half of an argument, which is all that the kernel reads of those that are tested here."""
    return _step(_LOAD, _ARGUMENTS + 8 * index)


def seccomp_filter(machine: str | None = None, *, threads: bool = False) -> bytes | None:
    """The allow-list as a BPF program, to be made once; None on a machine whose numbers are not known here.

    A call that is not listed answers EPERM, so that Python sees a PermissionError; a call of another
    architecture (32-bit code on x86_64) kills the process. The numbers of x86_64's x32 variant are unlisted.

    Parameters
    ----------
    machine : str, optional
        ``x86_64`` or ``aarch64``; this one if not given.
    threads : bool
        Whether threads may be started.
    """
    known = _MACHINES.get(machine or platform.machine())
    if known is None or sys.platform != "linux" or sys.maxsize < 2**32:
        return None
    arch, column = known
    parts = [_step(_LOAD, _ARCH), _step(_IF_EQUAL, arch, 1, 0), _KILL, _step(_LOAD, _NUMBER)]
    parts += _on(_ABSENT, column, _MISSING)
    for call, index, values in (*_ONE_OF, *([_A_THREAD] if threads else [])):
        tests = b"".join(same_value(value) + _ALLOW for value in values)
        parts += _on(call, column, _argument(index) + tests + _REFUSE)
    for call, index, bits in _NONE_OF:
        parts += _on(call, column, _argument(index) + _step(_IF_ANY_BIT, bits, 0, 1) + _REFUSE + _ALLOW)
    parts += _on(_ALLOWED + (_TO_THREAD if threads else ""), column, _ALLOW)
    return b"".join([*parts, _REFUSE])
