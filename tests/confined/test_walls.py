"""Every wall is tried from inside: a confined child attempts what must be refused, and what must work.

A driver like the zygote runs a table of attempts, each in a child of its own, and reports what became of
them. It is run as this user and, where this user is root, as a normal user too.
"""

from __future__ import annotations

import json
import os
import platform
import select
import signal
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from grader.confined import walls
from grader.sandbox import doctor

ROOT = Path(__file__).resolve().parents[2]
SITE = next(Path(entry) for entry in sys.path if entry.endswith("site-packages"))
BUDGET = 256 << 20
NORMAL_USER = 65532

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the walls are Linux's")

LOAD = """
import importlib.util

def load(path):
    spec = importlib.util.spec_from_file_location("walls", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module

"""

DRIVER = (
    LOAD
    + r"""
import json, os, sys

task = json.load(sys.stdin)
walls = load(task["walls"])
stands = walls.enter_namespaces()
if not task["alone"]:  # it would stand in for the others
    stands = walls.make_read_only(stands)
ids = walls.spare_ids()
ruleset = walls.landlock_fd(task["paths"])
keep_read = ruleset is not None and walls.hidden_from_others(task["paths"])
program = bytes.fromhex(task["program"]) or None
sys.path.append(task["site"])
import numpy as np
sys.path.pop()
zygote = os.getpid()

def confine(out, which):
    global ruleset
    every = which is None
    if every:
        walls.close_descriptors({2, out, ruleset})
    if every or "limits" in which:
        walls.set_limits(task["budget"], 1)
    if every or "user" in which:
        walls.drop_user(ids, keep_read=keep_read and every)
    if every or "apart" in which:
        walls.die_with_parent(zygote)
        walls.stand_apart()
    if every or "landlock" in which:
        walls.landlock_restrict(ruleset)
    if every or "seccomp" in which:
        walls.install_seccomp(program)

def tell(out, answer):
    os.write(out, json.dumps(answer).encode())

def attempt(code, which):
    into, out = os.pipe()
    child = os.fork()
    if not child:
        names = {"os": os, "np": np, "task": task, "answer": None}
        try:
            os.close(into)
            confine(out, which)
            exec(code, names)
            tell(out, ["done", repr(names["answer"])])
        except BaseException as error:
            tell(out, [type(error).__name__, str(error)])
        finally:
            os._exit(0)
    os.close(out)
    with open(into, "rb") as pipe:
        told = pipe.read()
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return json.loads(told) if told else ["exit", code]

outcomes = {name: attempt(code, which) for name, (code, which) in task["attempts"].items()}
try:
    leftover = os.waitpid(-1, os.WNOHANG)
except ChildProcessError:
    leftover = None
report = {"stands": stands, "leftover": leftover, "pid": zygote, "uid": task["uid"], "outcomes": outcomes}
json.dump(report, sys.stdout)
"""
)


@dataclass(frozen=True)
class Who:
    """A user to run the driver as, and an interpreter that this user can run."""

    name: str
    python: str
    uid: int | None


@cache
def probe() -> doctor.Walls:
    return doctor.probe()


@cache
def who_is_there() -> tuple[Who, ...]:
    """This user, and for root a normal user too, with an interpreter that is outside root's folders."""
    me = Who("root" if os.geteuid() == 0 else "normal user", sys.executable, None)
    if os.geteuid() != 0:
        return (me,)
    version = "import sys; print(sys.version_info[:2])"
    for python in (sys.executable, f"/usr/bin/python3.{sys.version_info[1]}", "/usr/bin/python3"):
        try:
            command = [python, "-c", version]
            told = subprocess.run(command, user=NORMAL_USER, capture_output=True, text=True, check=False)
        except OSError:
            continue
        if told.stdout.strip() == str(sys.version_info[:2]):
            return (me, Who("normal user", python, NORMAL_USER))
    return (me,)


def run(who: Who, code: list[str], standard_input: str) -> str:
    """Run an interpreter as the zygote is run, as the user asked for."""
    identity: dict[str, Any] = {} if who.uid is None else {"user": who.uid, "group": who.uid, "extra_groups": []}
    threads = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
    done = subprocess.run(
        [who.python, "-I", "-S", "-B", *code],
        input=standard_input,
        capture_output=True,
        text=True,
        env={"PATH": "/usr/bin:/bin", **dict.fromkeys(threads, "1")},
        cwd="/",
        timeout=120,
        check=False,
        **identity,
    )
    assert done.returncode == 0, done.stderr
    return str(done.stdout)


LISTS = """
import json, sys
root, site = sys.argv[1:]
sys.path.append(root)
from grader.sandbox.allowlist import readable_paths, seccomp_filter
print(json.dumps({"paths": readable_paths(["numpy"], [site]), "program": (seccomp_filter() or b"").hex()}))
"""


def drive(who: Who, attempts: Mapping[str, tuple[str, tuple[str, ...] | None]], *, alone: bool = False) -> dict[str, Any]:
    """What became of each attempt (code, and the walls to put up: None for all of them)."""
    lists = json.loads(run(who, ["-c", LISTS, str(ROOT), str(SITE)], ""))
    task = {
        **lists,
        "walls": walls.__file__,
        "site": str(SITE),
        "budget": BUDGET,
        "alone": alone,
        "uid": os.geteuid() if who.uid is None else who.uid,
        "attempts": {name: (textwrap.dedent(code), which) for name, (code, which) in attempts.items()},
    }
    report: dict[str, Any] = json.loads(run(who, ["-c", DRIVER], json.dumps(task)))
    return report


# --------------------------------------------------------------------------------------- behind all the walls

LIBC = "import ctypes; libc = ctypes.CDLL(None, use_errno=True)\n"


def c_call(call: str) -> str:
    """Code that makes a call of the C library and answers with the name of its errno."""
    outcome = f"'allowed' if libc.{call} != -1 else errno.errorcode[ctypes.get_errno()]"
    return f"{LIBC}import errno\nanswer = {outcome}"


TARGET = "/tmp/left-behind-by-test_walls"

# Name of the attempt: the code, and what must come of it (an exception's name, or the answer's repr).
FORBIDDEN: Mapping[str, tuple[str, str]] = {
    # files
    "write a file": (f"open({TARGET!r}, 'w')", "PermissionError"),
    "append to a file": ("open('/dev/null', 'a')", "PermissionError"),
    "create a file by its descriptor": (f"os.open({TARGET!r}, os.O_CREAT | os.O_RDONLY)", "PermissionError"),
    "make a file without a name": ("os.open('/tmp', os.O_TMPFILE | os.O_RDWR)", "PermissionError"),
    "make a folder": (f"os.mkdir({TARGET!r})", "PermissionError"),
    "make a link": (f"os.symlink('/etc', {TARGET!r})", "PermissionError"),
    "make a pipe in a folder": (f"os.mkfifo({TARGET!r})", "PermissionError"),
    "rename a file": (f"os.rename('/tmp', {TARGET!r})", "PermissionError"),
    "remove a file": ("os.unlink(np.__file__)", "PermissionError"),
    "cut a file short": ("os.truncate(np.__file__, 0)", "PermissionError"),
    "change the mode of a file": ("os.chmod(np.__file__, 0)", "PermissionError"),
    "change the times of a file": ("os.utime(np.__file__)", "PermissionError"),
    "change the folder": ("os.chdir('/')", "PermissionError"),
    "read the users": ("open('/etc/passwd')", "PermissionError"),
    "read the host name": ("open('/etc/hostname')", "PermissionError"),
    "read a package that is not allowed": ("open(task['site'] + '/pytest/__init__.py')", "PermissionError"),
    "read it by way of an allowed one": (
        "open(os.path.dirname(np.__file__) + '/../pytest/__init__.py')",
        "PermissionError",
    ),
    "list site-packages": ("os.listdir(task['site'])", "PermissionError"),
    "read the harness": ("open(task['walls'])", "PermissionError"),
    "list the temporary files": ("os.listdir('/tmp')", "PermissionError"),
    "read the own environment": ("open('/proc/self/environ')", "PermissionError"),
    "read the memory of the parent": ("open(f'/proc/{os.getppid()}/mem', 'rb')", "PermissionError"),
    "read the memory of pid 1": ("open('/proc/1/mem', 'rb')", "PermissionError"),
    "list the processes": ("os.listdir('/proc')", "PermissionError"),
    "read a device": ("open('/dev/urandom', 'rb')", "PermissionError"),
    "make a memory file": ("os.memfd_create('x')", "PermissionError"),
    "make shared memory": (
        "from multiprocessing.shared_memory import SharedMemory; SharedMemory(create=True, size=8)",
        "PermissionError",
    ),
    "make System V shared memory": (c_call("shmget(0, 4096, 0o1600)"), "'EPERM'"),
    "make a System V queue": (c_call("msgget(0, 0o1600)"), "'EPERM'"),
    "make a System V semaphore": (c_call("semget(0, 1, 0o1600)"), "'EPERM'"),
    # network
    "make a TCP socket": ("import socket; socket.socket()", "PermissionError"),
    "make a UDP socket": ("import socket; socket.socket(type=socket.SOCK_DGRAM)", "PermissionError"),
    "make a unix socket": ("import socket; socket.socket(socket.AF_UNIX)", "PermissionError"),
    "make a pair of sockets": ("import socket; socket.socketpair()", "PermissionError"),
    "connect what is open": (c_call("connect(2, None, 0)"), "'EPERM'"),
    "send on what is open": (c_call("sendto(2, b'x', 1, 0, None, 0)"), "'EPERM'"),
    "send a descriptor": (c_call("sendmsg(2, None, 0)"), "'EPERM'"),
    # processes
    "fork": ("os.fork()", "PermissionError"),
    "fork by C": (c_call("fork()"), "'EPERM'"),
    "start a thread": ("import threading; threading.Thread(target=print).start()", "RuntimeError"),
    "start a program": ("import subprocess; subprocess.run(['/bin/true'])", "PermissionError"),
    "spawn a program": ("os.posix_spawn('/bin/true', ['true'], {})", "PermissionError"),
    "become a program": ("os.execv('/bin/true', ['true'])", "PermissionError"),
    "kill the parent": ("os.kill(os.getppid(), 9)", "PermissionError"),
    "kill everybody": ("os.kill(-1, 9)", "PermissionError"),
    "stop the parent's thread": (
        "import signal; " + c_call("tgkill(os.getppid(), os.getppid(), 19)"),
        "'EPERM'",
    ),
    "aim a descriptor's signals": ("import fcntl; fcntl.fcntl(2, 8, os.getppid())", "PermissionError"),
    "get a handle on the parent": ("os.pidfd_open(os.getppid())", "PermissionError"),
    "trace the parent": (c_call("ptrace(16, os.getppid(), None, None)"), "'EPERM'"),
    "read across processes": (c_call("process_vm_readv(os.getppid(), None, 0, None, 0, 0)"), "'EPERM'"),
    "get a new group": ("os.setpgid(0, 0)", "PermissionError"),
    # rights
    "become root": ("os.setuid(0)", "PermissionError"),
    "become root's group": ("os.setgid(0)", "PermissionError"),
    "raise the limits": (
        "import resource; resource.setrlimit(resource.RLIMIT_CPU, (60, 60))",
        "ValueError",  # which is how Python reports EPERM here
    ),
    "outlive the parent": (c_call("prctl(1, 0, 0, 0, 0)"), "'EPERM'"),
    "get a namespace": (c_call("unshare(0x10000000)"), "'EPERM'"),
    "mount": (c_call("mount(None, b'/tmp', b'tmpfs', 0, None)"), "'EPERM'"),
    "change the root": ("os.chroot('/tmp')", "PermissionError"),
    "push into the terminal": ("import fcntl; fcntl.ioctl(2, 0x5412, b'x')", "PermissionError"),
    # system calls without a name in the C library; these numbers are the same on every machine
    "start an io_uring": (c_call("syscall(425, 8, None)"), "'EPERM'"),
    "start a thread by clone3": (c_call("syscall(435, None, 0)"), "'ENOSYS'"),
    "open by openat2": (c_call("syscall(437, -100, b'/etc/passwd', None, 0)"), "'EPERM'"),
    "take a descriptor": (c_call("syscall(438, 3, 0, 0)"), "'EPERM'"),
    "make another ruleset": (c_call("syscall(444, None, 0, 1)"), "'EPERM'"),
    "make secret memory": (c_call("syscall(447, 0)"), "'EPERM'"),
    # memory
    "allocate beyond the budget": ("bytearray(task['budget'] + (1 << 20))", "MemoryError"),
    "make an array beyond the budget": (
        "answer = None\ntry: np.ones(40 << 27)\nexcept MemoryError: answer = 'refused'",
        "'refused'",
    ),
    "grow in steps": ("kept = []\nwhile True: kept.append(bytearray(8 << 20))", "MemoryError"),
}
if platform.machine() == "x86_64":
    FORBIDDEN = {**FORBIDDEN, "fork by an x32 number": (c_call("syscall(0x40000000 + 57)"), "'EPERM'")}

ALLOWED: Mapping[str, tuple[str, str]] = {
    "import a module late": ("import statistics; answer = statistics.mean([1, 2, 3])", "2"),
    "import an extension late": (
        "import sys; assert '_lsprof' not in sys.modules\nimport _lsprof; answer = _lsprof.__name__",
        "'_lsprof'",
    ),
    "import NumPy's parts late": (
        "import numpy.ma, numpy.testing; answer = numpy.ma.masked.dtype.kind",
        "'f'",
    ),
    "transform": ("import numpy.fft; answer = float(abs(numpy.fft.fft(np.ones(8)))[0])", "8.0"),
    "multiply matrices": ("a = np.ones((300, 300)); answer = float((a @ a)[0, 0])", "300.0"),
    "solve equations": ("answer = float(np.linalg.solve(2 * np.eye(64), np.ones(64)).sum())", "32.0"),
    "decompose": ("answer = np.linalg.svd(np.eye(50))[1].shape", "(50,)"),
    "draw numbers": ("answer = np.random.default_rng(1).standard_normal(3).shape", "(3,)"),
    "draw from the system": ("answer = np.random.default_rng().random(3).shape", "(3,)"),
    "draw from the old state": ("np.random.seed(1); answer = np.random.randn(2, 3).shape", "(2, 3)"),
    "hash": ("import hashlib; answer = hashlib.sha256(b'x').hexdigest()[:4]", "'2d71'"),
    "tell the time": (
        "import time, datetime; time.sleep(0.001); answer = datetime.datetime.now().year > 2000",
        "True",
    ),
    "count the processors": ("answer = os.cpu_count() > 0", "True"),
    "format a traceback": (
        "import traceback\ntry: 1 / 0\nexcept ZeroDivisionError: answer = traceback.format_exc().split()[-1]",
        "'zero'",
    ),
    "read the own package": ("answer = open(np.__file__).readline() != ''", "True"),
    "use most of the budget": ("answer = len(bytearray(task['budget'] // 2))", str(BUDGET // 2)),
    "have no descriptor but two": (
        """
        def is_open(number):
            try:
                os.fstat(number)
            except OSError:
                return False
            return True
        answer = sum(map(is_open, range(1000)))
        """,
        "2",
    ),
}

ENDINGS: Mapping[str, tuple[str, int]] = {
    "compute for ever": ("import signal; signal.signal(signal.SIGXCPU, print)\nwhile True: pass", -9),
    "abort": ("os.abort()", -signal.SIGABRT),
    "crash": (f"{LIBC}ctypes.string_at(0)", -signal.SIGSEGV),
}
if platform.machine() == "x86_64":
    # mov eax, 20; int 0x80; ret: getpid by the 32-bit entrance, whose numbers mean other calls
    ENTRANCE = """
        import ctypes, mmap
        page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
        page.write(bytes.fromhex('b814000000cd80c3'))
        ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))()
    """
    ENDINGS = {**ENDINGS, "use the 32-bit entrance": (ENTRANCE, -signal.SIGSYS)}


# ---------------------------------------------------------------------------------------- each wall by itself

# Name: the walls put up, the code, what must come of it. So that no wall is proven by another one that was in
# front.
ALONE: Mapping[str, tuple[tuple[str, ...], str, str]] = {
    "without walls": ((), "answer = open('/etc/passwd').read() != ''", "True"),
    "Landlock against reading": (("landlock",), "open('/etc/passwd')", "PermissionError"),
    "Landlock against listing": (("landlock",), "os.listdir('/')", "PermissionError"),
    "Landlock against writing": (("landlock",), f"open({TARGET!r}, 'w')", "PermissionError"),
    "Landlock against writing where one may read": (
        ("landlock",),
        "open(os.path.dirname(np.__file__) + '/left-behind', 'w')",
        "PermissionError",
    ),
    "the filter against writing": (("seccomp",), "open('/dev/null', 'w')", "PermissionError"),
    "the filter lets read": (("seccomp",), "answer = open('/etc/passwd').read() != ''", "True"),
    "limits against writing": (("limits",), "os.write(os.memfd_create('x'), b'x')", "OSError"),
    "limits against memory": (("limits",), "bytearray(task['budget'] + (1 << 20))", "MemoryError"),
    "limits against lifting them": (
        ("limits", "user"),
        "import resource; resource.setrlimit(resource.RLIMIT_CORE, (1, 1))",
        "ValueError",
    ),
    "limits against forking": (("limits", "user"), "os.fork()", "BlockingIOError"),
    "the user against secrets": (("user",), "open('/etc/shadow')", "PermissionError"),
    "the user has no capability": (
        ("user",),
        """
        lines = [line.split() for line in open('/proc/self/status') if line.startswith('Cap')]
        answer = {value for name, value in lines if name != 'CapBnd:'}
        """,
        "{'0000000000000000'}",
    ),
    "an own session": (("apart",), "answer = os.getsid(0) == os.getpgid(0) == os.getpid()", "True"),
}
ROOT_ONLY: Mapping[str, tuple[tuple[str, ...], str, str]] = {
    "the user against becoming root again": (("user",), "os.setuid(0)", "PermissionError"),
    "the user against signals to the parent": (("user",), "os.kill(os.getppid(), 0)", "PermissionError"),
    "the user has no group": (("user",), "answer = (os.getgroups(), os.getuid() == 0)", "([], False)"),
}


@pytest.fixture(scope="module", params=["root", "normal user"])
def report(request: pytest.FixtureRequest) -> dict[str, Any]:
    """The driver's report on every attempt of the tables above, by user."""
    found = [who for who in who_is_there() if who.name == request.param]
    if not found:
        pytest.skip(f"cannot run as {request.param} here: needs root, and a Python for everybody")
    together = drive(found[0], {name: (code, None) for name, (code, _) in {**FORBIDDEN, **ALLOWED, **ENDINGS}.items()})
    each = {name: (code, which) for name, (which, code, _) in {**ALONE, **ROOT_ONLY}.items()}
    alone = drive(found[0], each, alone=True)
    return {**together, "outcomes": {**together["outcomes"], **alone["outcomes"]}}


def need(*names: str) -> None:
    """Skip where this kernel lacks a wall."""
    found = probe()
    missing = [name for name in names if not getattr(found, name)]
    if missing:
        pytest.skip(f"this machine has no {' and no '.join(missing)}")


def check(report: Mapping[str, Any], name: str, expected: str) -> None:
    kind, detail = report["outcomes"][name]
    assert expected == (detail if kind == "done" else kind), f"{name}: {kind}, {detail}"


@pytest.mark.parametrize("name", FORBIDDEN)
def test_a_confined_child_cannot(report: Mapping[str, Any], name: str) -> None:
    need("limits", "landlock", "seccomp")
    check(report, name, FORBIDDEN[name][1])


@pytest.mark.parametrize("name", ALLOWED)
def test_a_confined_child_can(report: Mapping[str, Any], name: str) -> None:
    check(report, name, ALLOWED[name][1])


@pytest.mark.parametrize("name", ENDINGS)
def test_a_confined_child_ends_by_the_right_signal(report: Mapping[str, Any], name: str) -> None:
    need("limits", "seccomp")
    assert report["outcomes"][name] == ["exit", ENDINGS[name][1]]


@pytest.mark.parametrize("name", ALONE)
def test_each_wall_holds_by_itself(report: Mapping[str, Any], name: str) -> None:
    need(*{"user", *ALONE[name][0]} - {"apart"})
    check(report, name, ALONE[name][2])


@pytest.mark.parametrize("name", ROOT_ONLY)
def test_root_gives_its_rights_up_for_good(report: Mapping[str, Any], name: str) -> None:
    if report["uid"] != 0:
        pytest.skip("this user has no root rights to give up")
    need("user")
    check(report, name, ROOT_ONLY[name][2])


def test_no_attempt_leaves_a_process_or_a_file(report: Mapping[str, Any]) -> None:
    assert report["leftover"] is None
    assert not Path(TARGET).exists()


def test_the_namespaces_that_the_probe_finds_are_entered(report: Mapping[str, Any]) -> None:
    if report["uid"] != os.geteuid():
        pytest.skip("the probe ran as another user")
    assert tuple(report["stands"]) == probe().namespaces
    assert (report["pid"] == 1) == ("pid" in report["stands"])


# --------------------------------------------------------------------------------------------- life and death

# Stays until it is killed, as does a child of it; both hold the write end of the pipe that is standard
# output.
SLEEPERS = (
    LOAD
    + r"""
import os, sys, time
walls = load(sys.argv[1])
walls.enter_namespaces()
zygote = os.getpid()
if not os.fork():
    walls.drop_user(walls.spare_ids())
    walls.die_with_parent(zygote)
os.write(1, b".")
time.sleep(600)
"""
)


@pytest.mark.parametrize("between", [False, True], ids=["the bootstrap", "the process that started it"])
def test_everything_ends_with(between: bool) -> None:
    command = [sys.executable, "-I", "-S", "-B", "-c", SLEEPERS, walls.__file__]
    if between:
        starter = "import subprocess, sys; subprocess.run(sys.argv[1:])"
        command = [sys.executable, "-c", starter, *command]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert [os.read(process.stdout.fileno(), 1) for _ in range(2)] == [b".", b"."]
        process.kill()
        assert select.select([process.stdout], [], [], 60)[0], "a process still holds the pipe"
        assert process.stdout.read() == b""


# pid 1 is deaf to signals of its own world, so the one that kills it here is the kernel's, for a limit.
USE_UP_A_SECOND = "import resource; resource.setrlimit(resource.RLIMIT_CPU, (1, 1))\nwhile True: pass"


@pytest.mark.parametrize(("ending", "code"), [("import os; os._exit(7)", 7), (USE_UP_A_SECOND, 128 + signal.SIGKILL)])
def test_the_bootstrap_exits_as_its_child_does(ending: str, code: int) -> None:
    if "pid" not in probe().namespaces:
        pytest.skip("this machine gives no process namespace, so there is no bootstrap")
    script = f"{LOAD}\nimport sys; load(sys.argv[1]).enter_namespaces()\n{ending}"
    done = subprocess.run([sys.executable, "-I", "-S", "-c", script, walls.__file__], timeout=60, check=False)
    assert done.returncode == code


def test_reading_a_file_leaves_no_trace_that_another_worker_could_read(tmp_path: Path) -> None:
    if "mount" not in probe().namespaces:
        pytest.skip("this machine gives no mount namespace, so reading sets the time of the last access")
    file = tmp_path / "read.txt"
    file.write_text("text")
    os.utime(file, (1e9, 1e9))  # a time that reading changes, whatever the file system is mounted with but "noatime"
    script = f"{LOAD}\nimport sys; walls = load(sys.argv[1])\n"
    script += "walls.make_read_only(walls.enter_namespaces())\nprint(open(sys.argv[2]).read())"
    command = [sys.executable, "-I", "-S", "-c", script, walls.__file__, str(file)]
    done = subprocess.run(command, timeout=60, check=False, capture_output=True, text=True)
    assert (done.stdout, file.stat().st_atime) == ("text\n", 1e9)


# -------------------------------------------------------------------------------------------- in this process


@pytest.mark.parametrize(("extra", "seconds"), [(-1, 1), (0, 0)])
def test_limits_that_make_no_sense_are_refused_with_what_was_expected(extra: int, seconds: int) -> None:
    with pytest.raises(ValueError, match="expected at least 0 and at least 1"):
        walls.set_limits(extra, seconds)


def test_no_wall_is_put_up_for_none() -> None:
    walls.landlock_restrict(None)
    walls.install_seccomp(None)
    assert Path("/etc/passwd").read_text(encoding="utf-8")


def test_a_call_that_fails_names_itself_and_the_reason() -> None:
    with pytest.raises(walls.WallError, match=r"syscall: .*descriptor") as caught:
        walls.landlock_restrict(-1) if walls.landlock_abi() else walls._libc("syscall", walls._SYS_CLOSE_RANGE, 2, 1, 0)
    assert caught.value.errno


def test_the_rights_of_every_landlock_version_are_those_that_another_library_knows() -> None:
    flags = pytest.importorskip("landlockpy.flags", reason="landlockpy is not installed")
    for abi in range(1, flags.LATEST_ABI + 1):
        theirs = (flags.fs_for_abi(abi), flags.net_for_abi(abi), flags.scope_for_abi(abi))
        assert walls.handled_rights(abi) == tuple(int(bits) for bits in theirs), abi


def test_a_ruleset_passes_over_what_does_not_exist() -> None:
    need("landlock")
    ruleset = walls.landlock_fd(["/no/such/path"])
    assert ruleset is not None
    assert not os.get_inheritable(ruleset)
    os.close(ruleset)


@pytest.mark.parametrize(("mode", "hidden"), [(0o755, False), (0o700, True), (0o754, True), (0o711, True)])
def test_what_a_stranger_cannot_read_is_found(mode: int, hidden: bool) -> None:
    with tempfile.TemporaryDirectory() as base:
        Path(base).chmod(0o755)
        folder = Path(base, "package")
        folder.mkdir()
        folder.chmod(mode)
        assert walls.hidden_from_others([str(folder)]) is hidden


def test_a_closed_folder_above_hides_what_is_open() -> None:
    with tempfile.TemporaryDirectory() as base:
        folder = Path(base, "package")
        folder.mkdir()
        folder.chmod(0o755)
        assert walls.hidden_from_others(["/", str(folder)])
