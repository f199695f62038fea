"""Runs a program as another system would: takes away what Windows, macOS or a browser does not have.

::

    python tests/elsewhere.py windows -m grader check ...
    python tests/elsewhere.py browser script.py

What has been imported before (the standard library, the third-party packages: they know these systems) keeps what it
needs; the grader and the student's code, imported after it, find the poorer modules. A child process is started through
this file, too, so that the worker has no more. Besides names and modules:

windows
    text files and standard streams are cp1252 with ``\\r\\n`` where no encoding is named; no ``pass_fds``,
    ``preexec_fn`` or new session for a process; no ``/proc``
macos
    no ``/proc``; a limit of address space is refused
browser
    no process and no thread can be started

What this does not change: paths are those of Linux, and a process ends with a signal.
"""

from __future__ import annotations

import builtins
import importlib
import io
import os
import runpy
import subprocess
import sys
import threading
import types
from pathlib import Path
from typing import Any

HERE = os.path.abspath(__file__)

# The names of a module that a system does not have, and modules that it does not have at all.
POSIX = {
    "os": "fork forkpty killpg kill_ wait3 wait4 waitid getuid geteuid getgid getegid setuid setgid getgroups setsid getsid "
    "getpgid setpgid setpgrp getpgrp nice uname sysconf sysconf_names statvfs chown fchown lchown mkfifo mknod pread "
    "pwrite readv writev preadv pwritev posix_spawn openpty ttyname tcgetpgrp register_at_fork WNOHANG O_NOFOLLOW "
    "O_NONBLOCK O_CLOEXEC O_DIRECTORY O_SYNC",
    "select": "poll epoll",
    "signal": "SIGKILL SIGXCPU SIGXFSZ SIGHUP SIGALRM SIGUSR1 SIGUSR2 SIGCHLD SIGPIPE SIGQUIT SIGSTOP alarm setitimer "
    "pthread_sigmask pthread_kill sigwait pause",
    "socket": "AF_UNIX send_fds recv_fds",
    "time": "clock_gettime clock_settime pthread_getcpuclockid CLOCK_MONOTONIC CLOCK_PROCESS_CPUTIME_ID tzset",
}
LINUX = {
    "os": "sched_getaffinity sched_setaffinity memfd_create pidfd_open O_TMPFILE O_PATH getrandom eventfd splice setns "
    "unshare copy_file_range posix_fadvise posix_fallocate getresuid setresuid",
    "select": "epoll",
    "signal": "SIGRTMIN SIGRTMAX sigtimedwait sigwaitinfo pidfd_send_signal",
    "socket": "SOCK_CLOEXEC SO_PEERCRED AF_NETLINK",
}
UNIX_MODULES = "resource fcntl pwd grp termios tty pty readline syslog curses crypt spwd nis ossaudiodev".split()
SYSTEMS = {
    "windows": ("win32", [POSIX, LINUX], UNIX_MODULES),
    "macos": ("darwin", [LINUX], ["spwd", "ossaudiodev"]),
    "browser": ("emscripten", [POSIX, LINUX], [*UNIX_MODULES, "_multiprocessing", "_posixshmem"]),
}
# What knows its system by itself and is imported while it still finds it.
KNOWING = (
    "asyncio click concurrent.futures concurrent.futures.thread csv ctypes ctypes.util email.message getpass hashlib "
    "http.client hypothesis jinja2 IPython json locale logging multiprocessing nbformat numpy numpy.linalg "
    "numpy.random pathlib pdb pebble platform pytest rich.console rich.progress rich.table runpy secrets selectors shutil "
    "socket sqlite3 statistics tarfile tempfile urllib.request uuid webbrowser yaml zipfile"
).split()


def become(system: str) -> None:
    """Take away what a system does not have, for good."""
    platform, tables, modules = SYSTEMS[system]
    for name in KNOWING:
        try:
            importlib.import_module(name)
        except ImportError:
            continue
    modules_of = {name for table in tables for name in table}
    names = {name: {word for table in tables for word in table.get(name, "").split()} for name in modules_of}
    if system == "browser":
        names["os"] -= {"getuid", "geteuid", "getgid", "getegid", "uname"}  # Emscripten answers something
        names["time"] = {"thread_time"}
    _give_copies(names)
    for name, gone in names.items():
        for attribute in gone:
            vars(sys.modules[name]).pop(attribute, None)
    for name in modules:
        sys.modules[name] = None  # type: ignore[assignment]
    _replace_processes(system)
    _hide_proc()
    if system == "windows":
        _use_code_page("cp1252")
        _fake_windll()
    elif system == "macos":
        _count_and_limit_memory_as_macos()
    else:
        threading.Thread.start = _no_thread  # type: ignore[method-assign]
    sys.platform = platform


def _give_copies(names: Any) -> None:
    """What is loaded already keeps whole modules."""
    whole = {name: types.SimpleNamespace(**vars(sys.modules[name])) for name in names}
    originals = {id(sys.modules[name]): whole[name] for name in names}
    for module in list(sys.modules.values()):
        if module is None or module.__name__ in (*names, "__main__") or module.__name__.startswith("grader"):
            continue
        for attribute, value in list(getattr(module, "__dict__", {}).items()):
            if id(value) in originals:
                setattr(module, attribute, originals[id(value)])


def _replace_processes(system: str) -> None:
    """A child is of the same system; what only POSIX can give a child is refused."""
    real = subprocess.Popen

    class Popen(real):  # type: ignore[type-arg, misc, valid-type]
        def __init__(self, command: Any, *args: Any, **options: Any) -> None:
            if system == "browser":
                raise OSError(138, "emscripten does not support processes.")
            refused = {"pass_fds", "preexec_fn", "start_new_session", "process_group", "user", "group"} & options.keys()
            if system == "windows" and refused:
                raise ValueError(f"{', '.join(refused)}: not supported on Windows platforms")
            if command[0] == sys.executable:
                flags = next((at for at, word in enumerate(command[1:], 1) if not word.startswith("-") or word in "-m-c"), 1)
                command = [*command[:flags], HERE, system, *command[flags:]]
            super().__init__(command, *args, **options)

    subprocess.Popen = Popen  # type: ignore[misc]


def _hide_proc() -> None:
    real = io.open

    def opened(file: Any, *args: Any, **options: Any) -> Any:
        if isinstance(file, (str, Path)) and str(file).startswith("/proc"):
            raise FileNotFoundError(2, "No such file or directory", str(file))
        return real(file, *args, **options)

    io.open = builtins.open = opened


def _use_code_page(code_page: str) -> None:
    """Text without an encoding is of the code page, and its lines end as on Windows."""
    real, wrapper = io.open, io.TextIOWrapper

    def opened(
        file: Any,
        mode: str = "r",
        buffering: int = -1,
        encoding: Any = None,
        errors: Any = None,
        newline: Any = None,
        *rest: Any,
        **options: Any,
    ) -> Any:
        if "b" not in mode:
            encoding = code_page if encoding in (None, "locale") else encoding
            if newline is None and set(mode) & set("wax+"):
                newline = "\r\n"
        return real(file, mode, buffering, encoding, errors, newline, *rest, **options)

    class TextIOWrapper(wrapper):  # type: ignore[misc, valid-type]
        def __init__(self, buffer: Any, encoding: Any = None, *args: Any, **options: Any) -> None:
            super().__init__(buffer, code_page if encoding in (None, "locale") else encoding, *args, **options)

    io.open = builtins.open = opened  # type: ignore[assignment]
    io.TextIOWrapper = TextIOWrapper  # type: ignore[misc]
    io._WindowsConsoleIO = type("_WindowsConsoleIO", (), {})  # type: ignore[attr-defined]  # pytest looks for it
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding=code_page, newline="\r\n")  # type: ignore[union-attr]


def _fake_windll() -> None:
    """Of the system's functions the one that tells the memory of this process, as far as Linux knows it."""
    import ctypes

    def ask(process: Any, counters: Any, size: Any) -> int:
        assert process.value == ctypes.c_void_p(-1).value
        assert size.value == len(counters) == 72
        with os_open("/proc/self/status", "rb") as status:
            kilobytes = next(int(line.split()[1]) for line in status if line.startswith(b"VmHWM"))
        ctypes.c_size_t.from_buffer(counters, 64).value = kilobytes * 1024
        return 1

    ctypes.windll = types.SimpleNamespace(  # type: ignore[attr-defined]
        kernel32=types.SimpleNamespace(K32GetProcessMemoryInfo=ask)
    )


os_open = open


def _count_and_limit_memory_as_macos() -> None:
    """The most memory is told in bytes and not in kilobytes, and has no limit."""
    import resource

    real, usage = resource.setrlimit, resource.getrusage
    resource.getrusage = lambda who: types.SimpleNamespace(ru_maxrss=usage(who).ru_maxrss * 1024)  # type: ignore[assignment]

    def limit(which: int, values: Any) -> None:
        if which == resource.RLIMIT_AS:
            raise ValueError("current limit exceeds maximum limit")
        real(which, values)

    resource.setrlimit = limit


def _no_thread(self: threading.Thread) -> None:
    raise RuntimeError("can't start new thread")


def main() -> None:
    """Become the system that the command line names, and run what follows as Python would."""
    _, system, *program = sys.argv
    by_name = program[0] == "-m"
    sys.argv = program[by_name:]
    if not sys.flags.safe_path:
        sys.path[0] = os.getcwd() if by_name else os.path.dirname(os.path.abspath(program[0]))
    become(system)
    if by_name:
        runpy.run_module(program[1], run_name="__main__", alter_sys=True)
    else:
        runpy.run_path(program[0], run_name="__main__")


if __name__ == "__main__":
    main()
