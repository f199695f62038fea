"""The walls around student code: small functions over what the Linux kernel offers, standard library only.

The zygote (`grader/worker.py`) is an isolated interpreter without site-packages that loads this file by its path,
so it imports nothing of the package. `docs/design/sandbox.md` says why each wall is there and which libraries were
weighed. Every function either puts its wall up or raises `WallError`; what is not there on this machine is found
out once, by `probe`, or shows as None.

Once, in the zygote, before NumPy is imported::

    stands = enter_namespaces()                         # bootstrap waits; this process is pid 1 of its own world
    stand_apart()
    ids = spare_ids()                                   # None unless root
    paths = readable_paths(packages, search)            # the explicit list
    ruleset = landlock_fd(paths)                        # None where there is no Landlock
    program = seccomp_filter()                          # None on a machine without a table
    keep_read = ruleset is not None and ids is not None and hidden_from_others(paths)

Then, in every child, before a line of student code, in this order::

    close_descriptors({channel, out, err, ruleset})     # first: nothing below opens anything that stays
    set_limits(budget, cpu_seconds)                     # reads /proc, which Landlock will hide
    drop_user(ids, keep_read=keep_read)                 # needs root, which goes here; capabilities go in any case
    die_with_parent(zygote)                             # after the user: a change of user forgets it
    stand_apart()
    landlock_restrict(ruleset)                          # no file but the list, no write anywhere
    install_seccomp(program)                            # last: it denies the calls used above
"""

from __future__ import annotations

import ctypes
import errno
import functools
import glob
import importlib.machinery
import json
import os
import platform
import signal
import stat
import struct
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import NoReturn

try:
    import resource
except ImportError:  # Windows: no limits, and `probe` says so
    resource = None  # type: ignore[assignment]


class WallError(OSError):
    """A wall that was asked for could not be put up; student code must not run behind it."""


# --------------------------------------------------------------------------------------------------- what stands


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
        Of ``user``, ``net``, ``ipc`` and ``pid`` those in which the zygote lives.
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

        Namespaces are a second wall behind the allow-list and do not decide.

        Examples
        --------
        >>> Walls(fork=True, limits=True, user=True, landlock=7, seccomp=True).level
        'full'
        >>> Walls(fork=True, limits=True, user=True).level
        'weak'
        >>> Walls().level
        'none'
        """
        if self.fork and self.limits and self.user and self.landlock and self.seccomp:
            return "full"
        return "weak" if self.limits or self.landlock or self.seccomp else "none"


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
        "submissions can read and write every file that you can: needs Linux 5.13 or later with Landlock enabled",
    ),
    "seccomp": (
        "submissions cannot start programs, use the network, or touch other processes",
        "submissions can start programs and use the network: needs Linux on x86_64 or aarch64",
    ),
    "namespaces": (
        "submissions also live in a network, process and IPC world of their own; nothing is left behind",
        "no private network, process and IPC world; the other walls stand in for it",
    ),
}


def explain(walls: Walls) -> tuple[tuple[str, bool, str], ...]:
    """One row per wall for ``grader doctor``: its name, whether it stands, and what that means.

    Examples
    --------
    >>> explain(Walls(fork=True))[0]
    ('fork', True, 'each submission gets a fresh child of a warm interpreter')
    """
    rows = []
    for name, (with_it, without_it) in MEANING.items():
        stands = bool(getattr(walls, name))
        rows.append((name, stands, with_it if stands else without_it))
    return tuple(rows)


def probe() -> Walls:
    """Find out which walls this machine offers, by putting each up in throw-away processes.

    A fresh interpreter does the trying, because a process with threads (NumPy's, a notebook's) must not fork.
    Never raises: what cannot be tried does not stand.
    """
    command = [sys.executable, "-I", "-S", "-B", os.path.abspath(__file__)]
    try:
        answer = subprocess.run(command, capture_output=True, timeout=30, check=True, stdin=subprocess.DEVNULL)
        found = json.loads(answer.stdout)
        return Walls(**{**found, "namespaces": tuple(found["namespaces"])})
    except (OSError, subprocess.SubprocessError, ValueError, KeyError, TypeError):
        return Walls()


# ------------------------------------------------------------------------------------------------------ the kernel

_LINUX = sys.platform == "linux"
_LIBC = ctypes.CDLL(None, use_errno=True) if _LINUX else None

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_KEEPCAPS, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 1, 4, 8, 22, 38


def _libc(name: str, *arguments: object) -> int:
    """Call a function of the C library; raise `WallError` with errno where it answers -1."""
    if _LIBC is None:
        raise WallError(errno.ENOSYS, f"{name} exists on Linux only, and this is {sys.platform}")
    # Plain ints would be passed as 32-bit values, and the calls below read whole registers.
    whole = [ctypes.c_long(value) if isinstance(value, int) else value for value in arguments]
    function = getattr(_LIBC, name)
    function.restype = ctypes.c_long if name == "syscall" else ctypes.c_int
    answer: int = function(*whole)
    if answer == -1:
        code = ctypes.get_errno()
        raise WallError(code, f"{name}: {os.strerror(code)}")
    return answer


# ------------------------------------------------------------------------------------------------------ namespaces

# CLONE_NEW* of linux/sched.h
_NAMESPACES = {"user": 0x10000000, "net": 0x40000000, "ipc": 0x08000000, "pid": 0x20000000}


def _unshare(names: Sequence[str]) -> tuple[str, ...]:
    """Leave the named namespaces in one step; what came of it: all of them or none."""
    try:
        _libc("unshare", functools.reduce(int.__or__, (_NAMESPACES[name] for name in names), 0))
    except WallError:
        return ()
    return tuple(names)


def enter_namespaces() -> tuple[str, ...]:
    """Move this process into network, IPC and process namespaces of its own, as far as the machine allows.

    Must be called first thing, with one thread. Where a process namespace can be had, the caller goes on in a
    *forked child*, which is pid 1 of the new one: when pid 1 ends, the kernel kills every process in it. The calling
    process stays behind, holds no descriptor, waits, and exits as the child does. Everything dies with the process
    that started the bootstrap (with the *thread* that started it: the kernel counts threads here).

    Returns
    -------
    tuple of str
        The namespaces that stand: all four for a normal user, all but ``user`` for root (root needs no user namespace,
        and could give its rights up to no other user inside one), possibly none.
    """
    parent = os.getppid()
    if os.geteuid() == 0:
        wanted: tuple[str, ...] = ("net", "ipc", "pid")
        stands = _unshare(wanted) or tuple(name for name in wanted if _unshare([name]))
    else:
        stands = _unshare(("user", "net", "ipc", "pid"))
    die_with_parent(parent)
    if "pid" in stands:
        child = os.fork()
        if child:
            _exit_like(child)
        die_with_parent(None)
    return stands


def _exit_like(child: int) -> NoReturn:
    """Wait for `child` without holding anything open, then exit as it did (128 + signal if it was killed)."""
    close_descriptors(())
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    os._exit(code if code >= 0 else 128 - code)


def die_with_parent(parent: int | None) -> None:
    """Have the kernel kill this process when its parent ends.

    Parameters
    ----------
    parent : int or None
        The parent's pid as `os.getppid` gives it. If it has ended already, this process ends here. None skips this
        check: pid 1 of a process namespace sees 0 as its parent, alive or not.
    """
    _libc("prctl", _PR_SET_PDEATHSIG, signal.SIGKILL.value, 0, 0, 0)
    if parent is not None and os.getppid() != parent:
        os._exit(1)


def stand_apart() -> None:
    """Own session and process group (no terminal, no group signals); memory closed to others and to core dumps.

    A core limit of 0 does not stop a crash handler that the kernel pipes to; a process that may not be dumped does.
    """
    try:
        os.setsid()
    except PermissionError:  # leads its session already
        pass
    _libc("prctl", _PR_SET_DUMPABLE, 0, 0, 0, 0)


# -------------------------------------------------------------------------------- descriptors, limits and the user

_SYS_CLOSE_RANGE = 436  # the same on every architecture
_LAST_DESCRIPTOR = 0x7FFFFFFF


def close_descriptors(keep: Iterable[int | None]) -> None:
    """Close every descriptor but those in `keep` (None in `keep` stands for one that does not exist)."""
    low = 0
    for descriptor in sorted({number for number in keep if number is not None}):
        _close_range(low, descriptor - 1)
        low = descriptor + 1
    _close_range(low, _LAST_DESCRIPTOR)


def _close_range(low: int, high: int) -> None:
    if low > high:
        return
    try:
        _libc("syscall", _SYS_CLOSE_RANGE, low, high, 0)
    except WallError:  # Linux before 5.9
        os.closerange(low, min(high, os.sysconf("SC_OPEN_MAX"), 65535) + 1)


def set_limits(address_space_extra: int, cpu_seconds: int) -> None:
    """Bound this process: memory, CPU time, and no files, processes or core dumps of its own.

    Parameters
    ----------
    address_space_extra : int
        Bytes of address space beyond what the process maps now. An allocation beyond is a MemoryError.
    cpu_seconds : int
        CPU seconds for the life of the process, whole, at least 1; then the kernel kills it (SIGKILL, because the
        soft limit is the hard one: there is no signal to catch).
    """
    if resource is None:
        raise WallError(errno.ENOSYS, f"resource limits do not exist on {sys.platform}")
    if address_space_extra < 0 or cpu_seconds < 1:
        raise ValueError(
            f"address_space_extra is {address_space_extra} and cpu_seconds is {cpu_seconds}, "
            "expected at least 0 and at least 1"
        )
    with open("/proc/self/statm", "rb") as pages:
        mapped = int(pages.read().split()[0]) * resource.getpagesize()
    bounds = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_NPROC: 0,  # does not bind root, which seccomp does
        resource.RLIMIT_NOFILE: 64,
        resource.RLIMIT_CPU: cpu_seconds,
        resource.RLIMIT_AS: mapped + address_space_extra,
    }
    for which, bound in bounds.items():
        hard = resource.getrlimit(which)[1]
        value = bound if hard == resource.RLIM_INFINITY else min(bound, hard)
        resource.setrlimit(which, (value, value))


# Numbers that systemd and Debian leave to nobody, just below "nobody" itself.
_SPARE = range(65533, 65519, -1)


def spare_ids() -> tuple[int, int] | None:
    """A user and a group number that nobody has here; None for a normal user, who has nothing to give up.

    Raises
    ------
    WallError
        This is root, and no such number exists (a container that maps a single user, for instance).
    """
    if os.geteuid() != 0:
        return None
    import grp
    import pwd

    user = _first_unused("/proc/self/uid_map", {entry.pw_uid for entry in pwd.getpwall()})
    group = _first_unused("/proc/self/gid_map", {entry.gr_gid for entry in grp.getgrall()})
    return user, group


def _first_unused(map_file: str, used: set[int]) -> int:
    with open(map_file, encoding="ascii") as lines:
        ranges = [(int(first), int(count)) for first, _, count in (line.split() for line in lines)]
    for number in _SPARE:
        if number not in used and any(first <= number < first + count for first, count in ranges):
            return number
    raise WallError(errno.EINVAL, f"no unused number between {_SPARE[-1]} and {_SPARE[0]} is mapped in {map_file}")


_CAPABILITY_VERSION_3 = 0x20080522
_CAP_DAC_READ_SEARCH = 1 << 2


def drop_user(ids: tuple[int, int] | None, *, keep_read: bool = False) -> None:
    """Give up root for the user and group `ids`, and every capability (also those of a user namespace) for good.

    Parameters
    ----------
    ids : (int, int) or None
        From `spare_ids`. None changes no user.
    keep_read : bool
        Keep the one right to read files that file permissions hide. Needed where Python itself lies in a folder that
        only root may enter (``/root/.pyenv``), see `hidden_from_others`; only ever with Landlock, which bounds reading
        to the explicit list whatever the permissions say.
    """
    if ids is not None:
        user, group = ids
        _libc("prctl", _PR_SET_KEEPCAPS, int(keep_read), 0, 0, 0)
        os.setgroups([])
        os.setresgid(group, group, group)
        os.setresuid(user, user, user)
    kept = _CAP_DAC_READ_SEARCH if keep_read and ids is not None else 0
    header = struct.pack("=Ii", _CAPABILITY_VERSION_3, 0)
    _libc("capset", header, struct.pack("=6I", kept, kept, 0, 0, 0, 0))
    if ids is not None:
        _check_dropped(user, group)


def _check_dropped(user: int, group: int) -> None:
    """Prove that nothing leads back to root."""
    if os.getresuid() != (user,) * 3 or os.getresgid() != (group,) * 3 or os.getgroups():
        raise WallError(errno.EPERM, f"user {os.getresuid()}, groups {os.getresgid()} {os.getgroups()} after the drop")
    try:
        os.setresuid(-1, 0, -1)
    except PermissionError:
        return
    raise WallError(errno.EPERM, "root could be had back after it was given up")


# --------------------------------------------------------------------------------------------------------- Landlock

# linux/landlock.h: rights on files by the ABI that brought them, as the number of bits known then.
_FS_BITS = ((1, 13), (2, 14), (3, 15), (5, 16), (9, 17))
_NET_BITS = ((4, 2), (10, 4))
_SCOPE_BITS = ((6, 2),)
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3

# The same on every architecture
_SYS_LANDLOCK_CREATE_RULESET, _SYS_LANDLOCK_ADD_RULE, _SYS_LANDLOCK_RESTRICT_SELF = 444, 445, 446
_LANDLOCK_CREATE_RULESET_VERSION = 1
_LANDLOCK_RULE_PATH_BENEATH = 1


def landlock_abi() -> int:
    """Version of the kernel's Landlock; 0 where there is none or it is switched off."""
    try:
        return _libc("syscall", _SYS_LANDLOCK_CREATE_RULESET, None, 0, _LANDLOCK_CREATE_RULESET_VERSION)
    except WallError:
        return 0


def handled_rights(abi: int) -> tuple[int, int, int]:
    """Every right that Landlock of version `abi` knows: on files, on the network, and scopes, as bit sets.

    Examples
    --------
    >>> [hex(bits) for bits in handled_rights(1)], [hex(bits) for bits in handled_rights(7)]
    (['0x1fff', '0x0', '0x0'], ['0xffff', '0x3', '0x3'])
    """

    def known(table: tuple[tuple[int, int], ...]) -> int:
        return (1 << max((bits for since, bits in table if abi >= since), default=0)) - 1

    return known(_FS_BITS), known(_NET_BITS), known(_SCOPE_BITS)


def landlock_fd(read_paths: Iterable[str]) -> int | None:
    """A ruleset that denies every right the kernel knows, but for reading at and beneath `read_paths`.

    Paths that do not exist are passed over. The rule holds for what lies there now: a link put there later leads
    nowhere. Loading a shared library needs no right beyond reading.

    Returns
    -------
    int or None
        A descriptor, closed on exec, to be given to `landlock_restrict`; None where there is no Landlock.
    """
    abi = landlock_abi()
    if not abi:
        return None
    rights = struct.pack("=3Q", *handled_rights(abi))[: 24 if abi >= 6 else 16 if abi >= 4 else 8]
    ruleset = _libc("syscall", _SYS_LANDLOCK_CREATE_RULESET, rights, len(rights), 0)
    os.set_inheritable(ruleset, False)
    for path in read_paths:
        try:
            target = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except FileNotFoundError:
            continue
        try:
            folder = stat.S_ISDIR(os.fstat(target).st_mode)
            rule = struct.pack("=Qi", _READ_FILE | _READ_DIR if folder else _READ_FILE, target)
            _libc("syscall", _SYS_LANDLOCK_ADD_RULE, ruleset, _LANDLOCK_RULE_PATH_BENEATH, rule, 0)
        finally:
            os.close(target)
    return ruleset


def landlock_restrict(ruleset: int | None) -> None:
    """Put this process behind the ruleset for good, and close the descriptor; None does nothing."""
    if ruleset is None:
        return
    _libc("prctl", _PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    _libc("syscall", _SYS_LANDLOCK_RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)


# ---------------------------------------------------------------------------------------------- what may be read

_NEVER = {"site-packages", "dist-packages"}
# Folders of shared libraries of one machine type hold nothing else and are listed whole; the others may hold a
# site-packages (Fedora's /usr/lib64/python3.12), so that only their libraries are.
_WHOLE_LIBRARIES = ("/lib/*-linux-*", "/usr/lib/*-linux-*")
_LIBRARIES = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", f"{sys.base_prefix}/lib")


def readable_paths(packages: Sequence[str], search: Sequence[str] | None = None) -> tuple[str, ...]:
    """The explicit list of what student code may read: Python, shared libraries, and the named packages.

    Parameters
    ----------
    packages : sequence of str
        Top-level names; each brings its own folder and its ``.libs`` beside it. Modules of the standard library and
        packages that are not installed bring nothing.
    search : sequence of str, optional
        Folders to look for packages in; ``sys.path`` if not given (an isolated interpreter has no site-packages).

    Returns
    -------
    tuple of str
        Existing paths, sorted. Never a site-packages folder itself: an installed answer would lie there.

    Examples
    --------
    >>> any(path.endswith("site-packages") for path in readable_paths(["numpy"]))
    False
    """
    paths = {"/etc/ld.so.cache"}
    paths.update(_standard_library())
    for pattern in _WHOLE_LIBRARIES:
        paths.update(os.path.realpath(folder) for folder in glob.glob(pattern))
    for folder in {os.path.realpath(folder) for folder in _LIBRARIES}:
        paths.update(glob.glob(f"{glob.escape(folder)}/*.so*"))
    for name in packages:
        paths.update(_package(name, search))
    return tuple(sorted(path for path in paths if os.path.exists(path)))


def _standard_library() -> set[str]:
    """Entries of the standard library's folders, but for a site-packages among them, and its zip."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    folders = {os.path.dirname(os.__file__), os.path.join(sys.base_exec_prefix, sys.platlibdir, version)}
    entries = {path for path in sys.path if os.path.basename(path) in {"lib-dynload"} or path.endswith(".zip")}
    for folder in folders:
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


def hidden_from_others(paths: Iterable[str]) -> bool:
    """Whether some of `paths` is closed to a user without any rights, by its own mode or a folder above it."""
    checked: set[str] = set()
    for path in map(os.path.realpath, paths):
        if not os.stat(path).st_mode & stat.S_IROTH:
            return True
        folder = path if os.path.isdir(path) else os.path.dirname(path)
        while folder not in checked:
            if not os.stat(folder).st_mode & stat.S_IXOTH:
                return True
            checked.add(folder)
            folder = os.path.dirname(folder)
    return False


# ---------------------------------------------------------------------------------------------------------- seccomp

# AUDIT_ARCH_*, and the column of the tables below; both machines are little-endian, as the argument offsets assume.
_MACHINES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}

# What CPython and NumPy call once they are loaded, late imports included: (x86_64, aarch64). None: not there.
_ALLOWED: Mapping[str, tuple[int, int | None]] = {
    # input and output on what is open already, and looking at files (Landlock says which can be opened)
    "read": (0, 63),
    "write": (1, 64),
    "readv": (19, 65),
    "writev": (20, 66),
    "pread64": (17, 67),
    "lseek": (8, 62),
    "close": (3, 57),
    "fstat": (5, 80),
    "stat": (4, None),
    "lstat": (6, None),
    "newfstatat": (262, 79),
    "statx": (332, 291),
    "access": (21, None),
    "faccessat": (269, 48),
    "faccessat2": (439, 439),
    "readlink": (89, None),
    "readlinkat": (267, 78),
    "getdents64": (217, 61),
    "getcwd": (79, 17),
    "poll": (7, None),
    "ppoll": (271, 73),
    "select": (23, None),
    "pselect6": (270, 72),
    # memory
    "mmap": (9, 222),
    "munmap": (11, 215),
    "mremap": (25, 216),
    "mprotect": (10, 226),
    "madvise": (28, 233),
    "brk": (12, 214),
    # time and chance
    "clock_gettime": (228, 113),
    "clock_getres": (229, 114),
    "clock_nanosleep": (230, 115),
    "nanosleep": (35, 101),
    "gettimeofday": (96, 169),
    "time": (201, None),
    "times": (100, 153),
    "getrandom": (318, 278),
    # own signals and locks
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "sigaltstack": (131, 132),
    "futex": (202, 98),
    "restart_syscall": (219, 128),
    # who and where am I
    "getpid": (39, 172),
    "gettid": (186, 178),
    "getppid": (110, 173),
    "getuid": (102, 174),
    "geteuid": (107, 175),
    "getgid": (104, 176),
    "getegid": (108, 177),
    "uname": (63, 160),
    "sysinfo": (99, 179),
    "getrusage": (98, 165),
    "getcpu": (309, 168),
    "sched_yield": (24, 124),
    "sched_getaffinity": (204, 123),
    # the end
    "exit": (60, 93),
    "exit_group": (231, 94),
}

# Allowed if argument `index` is one of the values. ioctl: TCGETS (isatty), FIOCLEX. fcntl: F_GETFD, F_SETFD, F_GETFL,
# F_DUPFD_CLOEXEC; F_SETOWN would aim signals at others.
_ALLOWED_IF_ONE_OF: Mapping[str, tuple[tuple[int, int], int, tuple[int, ...]]] = {
    "ioctl": ((16, 29), 1, (0x5401, 0x5451)),
    "fcntl": ((72, 25), 1, (1, 2, 3, 1030)),
}
# Allowed if argument `index` has none of the bits. A second wall against writing: the access mode, O_CREAT, O_TRUNC.
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_ALLOWED_WITHOUT: Mapping[str, tuple[tuple[int, int | None], int, int]] = {
    "openat": ((257, 56), 2, _WRITES),
    "open": ((2, None), 1, _WRITES),
}
# The C library falls back to `clone`, which is refused, only where `clone3` does not exist.
_ABSENT: Mapping[str, tuple[int, int]] = {"clone3": (435, 435)}
_TGKILL = (234, 131)

_LOAD, _IF_EQUAL, _IF_ANY_BIT, _ANSWER = 0x20, 0x15, 0x45, 0x06  # classic BPF: ld abs, jeq, jset, ret
_NUMBER, _ARCH, _ARGUMENTS = 0, 4, 16  # offsets in struct seccomp_data
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050000 | errno.EPERM, 0x80000000
_MISSING = 0x00050000 | errno.ENOSYS


def _step(code: int, value: int, then: int = 0, otherwise: int = 0) -> bytes:
    return struct.pack("=HBBI", code, then, otherwise, value)


def _argument(index: int) -> bytes:
    """Load the low half of an argument: all that the kernel reads of the arguments tested here."""
    return _step(_LOAD, _ARGUMENTS + 8 * index)


def _on(number: int | None, body: bytes) -> bytes:
    """Run `body`, which ends in an answer, for one system call, and skip it for the others."""
    return b"" if number is None else _step(_IF_EQUAL, number, 0, len(body) // 8) + body


def seccomp_filter() -> bytes | None:
    """The allow-list as a BPF program without its end, which `install_seccomp` adds; None on an unknown machine.

    A call that is not listed answers EPERM, so that Python code sees a PermissionError; a call of another
    architecture (32-bit code on x86_64) kills the process.
    """
    machine = _MACHINES.get(platform.machine()) if _LINUX and sys.maxsize > 2**32 else None
    if machine is None:
        return None
    arch, column = machine
    answer_allow, answer_refuse = _step(_ANSWER, _ALLOW), _step(_ANSWER, _REFUSE)
    parts = [_step(_LOAD, _ARCH), _step(_IF_EQUAL, arch, 1, 0), _step(_ANSWER, _KILL), _step(_LOAD, _NUMBER)]
    parts += [_on(numbers[column], _step(_ANSWER, _MISSING)) for numbers in _ABSENT.values()]
    for numbers, index, values in _ALLOWED_IF_ONE_OF.values():
        tests = b"".join(_step(_IF_EQUAL, value, 0, 1) + answer_allow for value in values)
        parts.append(_on(numbers[column], _argument(index) + tests + answer_refuse))
    for numbers_or_none, index, bits in _ALLOWED_WITHOUT.values():
        test = _step(_IF_ANY_BIT, bits, 0, 1) + answer_refuse + answer_allow
        parts.append(_on(numbers_or_none[column], _argument(index) + test))
    parts += [_on(numbers_or_none[column], answer_allow) for numbers_or_none in _ALLOWED.values()]
    return b"".join(parts)


class _Program(ctypes.Structure):
    """struct sock_fprog"""

    _fields_ = [("length", ctypes.c_ushort), ("steps", ctypes.c_char_p)]


def install_seccomp(program: bytes | None) -> None:
    """Put this process behind the allow-list for good; None does nothing.

    The end of the program is made here because it names this process: it may send signals to itself, so that C's
    ``abort`` ends it with SIGABRT and not with a puzzling other signal.
    """
    if program is None:
        return
    to_itself = _argument(0) + _step(_IF_EQUAL, os.getpid(), 0, 1) + _step(_ANSWER, _ALLOW) + _step(_ANSWER, _REFUSE)
    whole = program + _on(_TGKILL[_MACHINES[platform.machine()][1]], to_itself) + _step(_ANSWER, _REFUSE)
    _libc("prctl", _PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    steps = _Program(len(whole) // 8, whole)
    _libc("prctl", _PR_SET_SECCOMP, 2, ctypes.byref(steps), 0, 0)


# ------------------------------------------------------------------------------------------------- trying the walls


def _try_in_child(attempt: Callable[[], bool]) -> bool:
    """Whether `attempt` is True in a forked process that ends with it."""
    child = os.fork()
    if not child:
        try:
            os._exit(0 if attempt() else 1)
        finally:  # whatever else happened, the wall does not stand
            os._exit(1)
    return os.waitpid(child, 0)[1] == 0


def _refused(action: Callable[[], object]) -> bool:
    try:
        action()
    except (PermissionError, MemoryError):
        return True
    return False


def _limits_hold() -> bool:
    set_limits(64 << 20, 10)
    return _refused(lambda: bytearray(128 << 20))


def _user_drops() -> bool:
    drop_user(spare_ids())
    return os.geteuid() != 0


def _landlock_holds() -> bool:
    landlock_restrict(landlock_fd(()))
    return _refused(lambda: os.listdir("/"))


def _seccomp_holds() -> bool:
    install_seccomp(seccomp_filter())
    return _refused(os.fork)


def _leaves(name: str) -> bool:
    return bool(_unshare([name]))


def _probe_here() -> Walls:
    if not hasattr(os, "fork"):
        return Walls()
    names = ("net", "ipc", "pid") if os.geteuid() == 0 else ("user", "net", "ipc", "pid")
    together = _try_in_child(lambda: bool(_unshare(names)))
    alone = [name for name in names if os.geteuid() == 0 and _try_in_child(functools.partial(_leaves, name))]
    return Walls(
        fork=True,
        limits=_try_in_child(_limits_hold),
        user=_try_in_child(_user_drops),
        landlock=landlock_abi() if _try_in_child(_landlock_holds) else 0,
        seccomp=_try_in_child(_seccomp_holds),
        namespaces=names if together else tuple(alone),
    )


if __name__ == "__main__":
    json.dump(asdict(_probe_here()), sys.stdout)
