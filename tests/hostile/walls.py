"""Rows that reach out: processes, signals, sockets, kernel interfaces. Refused twice at the full level."""

# ruff: noqa: E501  (a short program is easier to read on one line)
from __future__ import annotations

from collections.abc import Mapping

from tests.hostile.row import NO_LATE_IMPORT, Hostile

_NOT_RUN = "not run: nothing would stop it at this level"
_NET = "a socket can be made; without a network namespace it would also reach somebody"
_REFUSED = ("raised PermissionError",)


def reaches(name: str, tries: str, statement: str, gaps: Mapping[str, str], also: tuple[str, ...] = ()) -> Hostile:
    """A row whose statement must be refused; it tells when it was not."""
    source = (
        "import ctypes\nimport os\nimport signal\nimport socket\nimport subprocess\nimport sys\nimport threading\nimport tools\n\n"
        f"def target(A):\n    {statement}\n    tools.found('a way')\n"
    )
    return Hostile(name, tries, source, (*_REFUSED, *also), gaps)


_ALONE = {"fork only": _NOT_RUN}
_FILTERED = {"no seccomp": "only the list of system calls refuses it", "fork only": _NOT_RUN}
_SOCKETS = {"no seccomp": _NET, "fork only": _NET, "no landlock": NO_LATE_IMPORT}

ROWS = (
    reaches("fork", "a second life", "os.fork()", _ALONE, ("raised BlockingIOError",)),
    reaches("fork bomb", "stop the machine", "\n    while True: os.fork()", _ALONE, ("raised BlockingIOError",)),
    reaches(
        "threads",
        "answer late",
        "threading.Thread(target=print).start()",
        {"fork only": "threads can be started"},
        ("raised RuntimeError",),
    ),
    reaches(
        "subprocess",
        "run a program",
        "subprocess.run(['/bin/true'])",
        {**_ALONE, "no landlock": NO_LATE_IMPORT},
        ("raised BlockingIOError",),
    ),
    reaches("exec", "become another program", "os.execv('/bin/true', ['true'])", _ALONE, ("raised BlockingIOError",)),
    reaches(
        "posix_spawn", "run a program", "os.posix_spawn('/bin/true', ['true'], {})", _ALONE, ("raised BlockingIOError",)
    ),
    reaches(
        "kill the parent",
        "end the sandbox",
        "os.kill(os.getppid(), signal.SIGKILL)",
        _ALONE,
        ("raised ProcessLookupError",),
    ),
    reaches("kill everybody", "end the machine", "os.kill(-1, signal.SIGTERM)", _ALONE, ("raised ProcessLookupError",)),
    reaches("signal 0 to pid 1", "learn who lives", "os.kill(1, 0)", _ALONE, ("raised ProcessLookupError",)),
    reaches("TCP", "call home", "socket.create_connection(('127.0.0.1', 1), 1)", _SOCKETS),
    reaches("UDP", "call home", "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', 9))", _SOCKETS),
    reaches("IPv6", "call home", "socket.socket(socket.AF_INET6)", _SOCKETS),
    reaches("unix socket", "reach a service", "socket.socket(socket.AF_UNIX).connect('/run/docker.sock')", _SOCKETS, ()),
    reaches("abstract socket", "meet another worker", "socket.socket(socket.AF_UNIX).bind('\\0grader-hostile')", _SOCKETS),
    reaches("netlink", "read the network", "socket.socket(16, socket.SOCK_RAW, 0)", _SOCKETS),
    reaches("set user", "become root", "os.setresuid(0, 0, 0)", {"fork only": "is root already where the grader is"}),
    reaches("unshare", "a world of its own", "tools.syscall(272, 0x10000000)", _FILTERED),
    reaches("mount", "other files", "tools.syscall(165, b'none', b'/tmp', b'tmpfs', 0, 0)", _ALONE),
    reaches("chroot", "other files", "os.chroot('/')", _ALONE),
    reaches("lift the end with the parent", "outlive the batch", "tools.syscall(157, 1, 0, 0, 0, 0)", _FILTERED),
    reaches("io_uring", "system calls past the list", "tools.syscall(425, 4, b'\\0' * 120)", _FILTERED),
    reaches("bpf", "run code in the kernel", "tools.syscall(321, 0, b'\\0' * 64, 64)", _FILTERED),
    reaches("perf", "watch others", "tools.syscall(298, b'\\0' * 112, 0, -1, -1, 0)", _FILTERED),
    reaches("userfaultfd", "help for kernel exploits", "tools.syscall(323, 0)", _FILTERED),
    reaches("keyring", "keep something for the next run", "tools.syscall(248, b'user', b'x', b'y', 1, -4)", _FILTERED),
    reaches("memory file", "keep something for the next run", "os.memfd_create('x')", _FILTERED),
    reaches("shared memory", "leave something behind", "open('/dev/shm/grader-hostile-shm', 'w')", _ALONE),
    reaches("System V shared memory", "leave something behind", "tools.syscall(29, 0x6772, 4096, 0o1666)", _FILTERED),
    reaches("message queue", "leave something behind", "tools.syscall(240, b'grader-hostile', 0o102, 0o666, 0)", _FILTERED),
    reaches("more descriptors of the list", "a timer that sends signals", "tools.syscall(38, 0, b'\\0' * 32, 0)", _FILTERED),
    reaches("32-bit system calls", "pass the list by", "tools.syscall(0x40000000 + 57)", _ALONE, ("raised OSError",)),
)
