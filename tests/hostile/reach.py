"""Rows that reach out by the ways of libraries, and by system calls past all of them."""

# ruff: noqa: E501  (a short program is easier to read on one line)
from __future__ import annotations

from collections.abc import Mapping

from tests.hostile.row import NO_LATE_IMPORT, RUNNERS, Hostile

_NOT_RUN = "not run: nothing would stop it at this level"
_LIBRARY = {"fork only": _NOT_RUN, "no landlock": NO_LATE_IMPORT}


def calls(number: int, name: str, tries: str, arguments: str = "0, 0, 0, 0") -> Hostile:
    """A system call that must be refused, whatever it is given."""
    source = (
        f"import os\nimport tools\n\ndef target(A):\n    tools.syscall({number}, {arguments})\n    tools.found('a way')\n"
    )
    return Hostile(f"system call {name}", tries, source, ("raised PermissionError",), only=("full", "no landlock"))


def ways(name: str, tries: str, statement: str, must: tuple[str, ...], gaps: Mapping[str, str] = _LIBRARY) -> Hostile:
    """A library's way out, which must fail; it tells when it did not."""
    source = f"import os\nimport sys\nimport numpy as np\nimport tools\n\ndef target(A):\n    {statement}\n    tools.found('a way')\n"
    return Hostile(name, tries, source, must, gaps, only=tuple(name for name in RUNNERS if name != "spawned"))


_REFUSED = ("raised PermissionError",)

ROWS = (
    calls(310, "process_vm_readv", "read another process"),
    calls(311, "process_vm_writev", "write to another process"),
    calls(312, "kcmp", "compare the inside of processes"),
    calls(434, "pidfd_open", "take hold of a process", "1, 0"),
    calls(438, "pidfd_getfd", "take a descriptor from a process"),
    calls(303, "name_to_handle_at", "a file by its number"),
    calls(304, "open_by_handle_at", "a file by its number"),
    calls(437, "openat2", "open a file by a newer call"),
    calls(308, "setns", "enter another's world"),
    calls(155, "pivot_root", "other files"),
    calls(442, "mount_setattr", "change a file system"),
    calls(428, "open_tree", "copy a file system"),
    calls(300, "fanotify_init", "watch all files"),
    calls(294, "inotify_init1", "watch files", "0"),
    calls(103, "syslog", "read the kernel's log"),
    calls(175, "init_module", "load into the kernel"),
    calls(246, "kexec_load", "another kernel"),
    calls(169, "reboot", "end the machine", "0, 0, 0, 0"),
    calls(227, "clock_settime", "change the clock"),
    calls(170, "sethostname", "rename the machine"),
    calls(172, "iopl", "reach the hardware", "3"),
    calls(135, "personality", "memory without surprises", "0x0040000"),
    calls(154, "modify_ldt", "other segments"),
    calls(447, "memfd_secret", "memory that nobody sees", "0"),
    calls(290, "eventfd2", "a descriptor that outlives its use"),
    calls(289, "signalfd4", "signals as data"),
    calls(283, "timerfd_create", "time as data"),
    calls(213, "epoll_create", "wait in the kernel", "1"),
    calls(275, "splice", "move data in the kernel"),
    calls(326, "copy_file_range", "write a file without writing"),
    calls(40, "sendfile", "write a file without writing"),
    calls(18, "pwrite64", "write at a place"),
    calls(54, "setsockopt", "change the channel"),
    calls(47, "recvmsg", "take a descriptor from the channel"),
    calls(46, "sendmsg", "send a descriptor"),
    calls(48, "shutdown", "close the channel for others"),
    calls(149, "mlock", "hold the machine's memory"),
    calls(203, "sched_setaffinity", "another processor"),
    calls(141, "setpriority", "go first"),
    calls(302, "prlimit64", "lift a limit"),
    calls(157, "prctl, dumpable", "let others look in", "4, 1, 0, 0, 0"),
    calls(317, "seccomp", "another list", "1, 0, 0"),
    calls(446, "landlock_restrict_self", "another ruleset", "0, 0"),
    calls(37, "alarm", "a signal later", "1"),
    calls(129, "rt_sigqueueinfo", "a signal to another", "1, 9, 0"),
    calls(200, "tkill", "a signal to another", "1, 9"),
    calls(58, "vfork", "a second life", ""),
    calls(56, "clone", "a second life", "17, 0, 0, 0, 0"),
    calls(73, "flock", "block who reads this file"),
    ways(
        "a pool of threads",
        "answer late",
        "__import__('concurrent.futures').futures.ThreadPoolExecutor(2).submit(print).result()",
        ("raised RuntimeError", "raised PermissionError"),
        {"fork only": "threads can be started", "no landlock": NO_LATE_IMPORT},
    ),
    ways(
        "a process of multiprocessing",
        "a second life",
        "__import__('multiprocessing').Process(target=print).start()",
        (*_REFUSED, "raised BlockingIOError", "raised OSError"),
    ),
    ways(
        "shared memory of multiprocessing",
        "leave something behind",
        "from multiprocessing import shared_memory; shared_memory.SharedMemory('grader-hostile-mp', True, 10)",
        (*_REFUSED, "raised OSError"),
    ),
    ways(
        "an event loop",
        "sockets by another name",
        "__import__('asyncio').run(None)",
        (*_REFUSED, "raised ValueError"),
        _LIBRARY,
    ),
    ways(
        "a pseudo terminal",
        "a second life",
        "__import__('pty').fork()",
        (*_REFUSED, "raised BlockingIOError", "raised OSError", "raised FileNotFoundError"),
    ),
    ways("a shell by popen", "run a program", "os.popen('true').read()", (*_REFUSED, "raised BlockingIOError")),
    ways(
        "a page of the web",
        "call home",
        "__import__('urllib.request').request.urlopen('http://127.0.0.1:9/')",
        ("raised urllib.error.URLError", *_REFUSED),
        {**_LIBRARY, "no seccomp": "a socket can be made; without a network namespace it would also reach somebody"},
    ),
    ways(
        "a name of the network",
        "call home by names",
        "__import__('socket').getaddrinfo('example.org', 80)",
        ("raised socket.gaierror", *_REFUSED, "raised OSError"),
        _LIBRARY,
    ),
    ways(
        "a database",
        "leave a file behind",
        "__import__('sqlite3').connect('VICTIM/new').execute('create table a (b)')",
        ("raised sqlite3.OperationalError", "raised ModuleNotFoundError"),
    ),
    ways(
        "a shelf",
        "leave a file behind",
        "__import__('shelve').open('VICTIM/new')['a'] = 1",
        (
            *_REFUSED,
            "raised dbm.error",
            "raised _gdbm.error",
            "raised _dbm.error",
            "raised sqlite3.OperationalError",
            "raised dbm.sqlite3.error",
            "raised FileNotFoundError",
        ),
    ),
    ways(
        "a file for the time being",
        "leave a file behind",
        "__import__('tempfile').NamedTemporaryFile(delete=False)",
        ("raised FileNotFoundError", *_REFUSED),
    ),
    ways("a log", "leave a file behind", "__import__('logging').FileHandler('VICTIM/new')", _REFUSED),
    ways(
        "compiled code",
        "change what the next one imports",
        "__import__('py_compile').compile(__import__('json').__file__, 'VICTIM/new', doraise=True)",
        (*_REFUSED, "raised OSError"),
    ),
    ways("np.save", "leave a file behind", "np.save('VICTIM/new', A)", _REFUSED),
    ways("ndarray.tofile", "overwrite a file", "A.tofile('VICTIM/file')", _REFUSED),
    ways(
        "np.load of another's work",
        "read what lies in a folder",
        "np.load('/root/x.npy')",
        (*_REFUSED, "raised FileNotFoundError"),
        {**_LIBRARY, "no landlock": "files that anybody may read can be read"},
    ),
    ways(
        "np.memmap to read",
        "read a file as memory",
        "return np.memmap('/etc/passwd', 'u1', 'r')",
        _REFUSED,
        {**_LIBRARY, "no landlock": "files that anybody may read can be read"},
    ),
    ways(
        "a compiler of NumPy",
        "run a compiler",
        "__import__('subprocess').check_output(['cc', '--version'])",
        (*_REFUSED, "raised BlockingIOError", "raised FileNotFoundError"),
    ),
    ways(
        "the memory of the process, as a file",
        "write to code that is running",
        "open('/proc/self/mem', 'r+b').write(b'x')",
        (*_REFUSED,),
        {**_LIBRARY, "no landlock": "the list refuses to open to write; permissions differ"},
    ),
    ways(
        "a folder by its descriptor",
        "leave the list of files by ..",
        "os.open('../../../../etc/passwd', os.O_RDONLY, dir_fd=os.open(os.path.dirname(os.__file__), os.O_RDONLY))",
        (*_REFUSED, "raised FileNotFoundError"),
        {**_LIBRARY, "no landlock": "files that anybody may read can be read"},
    ),
    ways(
        "the root of /proc",
        "leave the list of files by a link",
        "open('/proc/self/root/etc/passwd').read()",
        (*_REFUSED,),
        {**_LIBRARY, "no landlock": "files that anybody may read can be read"},
    ),
    ways(
        "the working folder of another process",
        "read through a process",
        "os.listdir('/proc/1/cwd')",
        (*_REFUSED, "raised FileNotFoundError"),
        {**_LIBRARY, "no landlock": "as root it can be listed"},
    ),
    ways(
        "extended attributes",
        "leave something behind",
        "os.setxattr('VICTIM/file', 'user.x', b'y')",
        (*_REFUSED, "raised OSError"),
        {**_LIBRARY, "no seccomp": "not run: Landlock knows no extended attributes"},
    ),
)
