"""The confined side: a zygote that forks one child per submission, and the child's loop.

The parent runs this file as a program in an isolated interpreter (``python -P -s -S -B worker.py``). It
imports the files beside it by relative imports alone: ``session.py`` (one submission in one child), ``loading.py`` (its
program), ``imports.py`` (what it may import), ``bindings.py`` (what its names mean), ``questions.py`` (to the parent),
``channel.py``, ``wire.py``, ``walls.py`` and what these need. They need the standard library and NumPy
(``tensors.py`` and a framework where an assignment is about one), and never hold an expected value, the reference, or
another student's work.

The zygote reads one JSON command per line from its control socket:

``{"do": "fork", "memory": bytes, "cpu": seconds}`` with a descriptor
    forks a child that serves that channel; answers ``{"pid": n}``.
``{"do": "cpu", "pid": n}``
    CPU seconds that the child has used.
``{"do": "end", "pid": n}``
    kills and reaps the child and its process group; answers its exit status and CPU.

The child writes one JSON line when its walls stand (or why they do not), before any code is near it.
Then it reads frames ``u32 length, u8 kind, body`` and answers frames of the same form:

=====  ==========  ===============================================================
kind   direction   body
=====  ==========  ===============================================================
P      to child    the program: definitions, modules, names to bind (a value)
B      to child    a batch of plans (see ``Session.run``)
R, X   to child    reply to a callback: a value, or the reason why there is none
U      to parent   the unit that is about to run (progress, only until L)
L      to parent   loaded: what is defined, what failed (a value)
V      to parent   the value of one step: plan, step, mutated, output, value
E      to parent   one step raised: plan, step, output, what (a value)
D      to parent   done: nothing more to say about this batch
C      to parent   callback: a bound name was called (a value)
O      to parent   more output than allowed; the child ends
=====  ==========  ===============================================================

Student code can write anything on the channel. The parent takes nothing from it but values.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import json
import os
import signal
import socket
import sys
import time
import types
import unicodedata  # noqa: F401  # the compiler looks for it where a name is not ASCII
from typing import Any, NoReturn

# A program: the files beside it are its package (PEP 366), and the rest of the grader is not there.
if __name__ == "__main__":
    __package__ = "_grader"
    sys.modules[__package__] = types.ModuleType(__package__)
    sys.modules[__package__].__path__ = [os.path.dirname(os.path.abspath(__file__))]

from . import stubs
from .channel import Channel
from .seeding import Seeder
from .session import Session

OUT_OF_MEMORY, BROKEN = 70, 71  # exit statuses
_exit = os._exit  # student code may patch the module

# -- the child -----------------------------------------------------------------------------


def serve(channel: Channel, wire: Any, np: Any, seeder: Seeder | None = None) -> NoReturn:
    """The child's life: read frames until the parent closes the channel. It ends without clean-up of any kind."""
    try:
        session = Session(channel, wire, np, seeder)
        while True:
            kind, body = channel.receive()
            if kind == b"P":
                session.load(wire.decode(wire.unpack(body)[0]))
            elif kind == b"B":
                session.run(body)
    except MemoryError:
        _exit(OUT_OF_MEMORY)
    finally:  # whatever else student code did to this file's own objects
        _exit(BROKEN)


# -- the zygote ----------------------------------------------------------------------------


def _import_all(settings: dict[str, Any]) -> tuple[Any, Any]:
    """Import what submissions may import, then forget the folders they came from; NumPy and the wire.

    A framework imports more of itself when something is first done with it, which no wall lets through: the public code
    of its assignment says in ``warm_up`` what is done here, once for all children.
    """
    kept = list(sys.path)
    sys.path[:] = kept + settings["folders"]
    import numpy as np
    import numpy.linalg
    import numpy.random

    from . import kinds, wire

    if settings["packages"]:
        from . import tensors

        wire.FRAMEWORK = tensors.imported(settings["packages"], kinds.Tensor)
    for name in settings["packages"]:
        importlib.import_module(name)
    if settings["warm_up"]:
        public: dict[str, Any] = {}
        exec(compile(settings["warm_up"], "public.py", "exec", dont_inherit=True), public)
        public["warm_up"]()
    sys.path[:] = kept
    for name in [name for name in sys.modules if name.partition(".")[0] in stubs.SILENT - {*settings["packages"]}]:
        del sys.modules[name]  # a framework may bring what draws and shows; a submission gets a stand-in all the same
    stubs.restore_numpy_1(np)
    return np, wire


def _child_walls(walls: Any, channel: int, memory: int, cpu: int, shared: dict[str, Any]) -> None:
    devnull = shared["devnull"]
    for target in (0, 1, 2):
        os.dup2(devnull, target)
    walls.close_descriptors({0, 1, 2, channel, shared["ruleset"]})
    stands = shared["level"]
    if "limits" in stands:
        walls.set_limits(memory, cpu, threads=shared["threads"])
    if "user" in stands:
        walls.drop_user(shared["ids"], keep_read=shared["keep_read"])
    walls.die_with_parent(shared["parent"])  # both after the user: a change of user forgets them
    walls.stand_apart()
    if "landlock" in stands:
        walls.landlock_restrict(shared["ruleset"])
    if "seccomp" in stands:
        walls.install_seccomp(shared["program"])


def _live(walls: Any, channel: int, memory: int, cpu: int, shared: dict[str, Any], wire: Any, np: Any) -> NoReturn:
    """Put up the walls, say so, and serve."""
    hello: dict[str, Any] = {"walls": sorted(shared["level"]), "error": "", "unit": shared["unit"]}
    try:
        _child_walls(walls, channel, memory, cpu, shared)
    except BaseException as error:
        hello["error"] = f"{type(error).__name__}: {error}"[:500]
    try:
        os.write(channel, json.dumps(hello).encode() + b"\n")
    finally:
        if hello["error"]:
            _exit(BROKEN)
    serve(Channel(channel), wire, np, shared.get("seeder"))


# -- without walls: somebody's own work, on any system -----------------------------------------


def _over_pipes(settings: dict[str, Any]) -> NoReturn:
    """Serve standard input and output, which student code then finds empty."""
    channel = Channel(os.dup(0), os.dup(1))
    nothing = os.open(os.devnull, os.O_RDWR)
    for target in (0, 1, 2):
        os.dup2(nothing, target)
    hello: dict[str, Any] = {"error": ""}
    try:
        np, wire = _import_all(settings)
        hello["unit"] = _unit(np)
        _bound_memory(settings["memory"])
    except BaseException as error:
        hello["error"] = f"{type(error).__name__}: {error}"[:500]
    channel.write(channel.writable, (json.dumps(hello).encode() + b"\n",))
    if hello["error"]:
        _exit(BROKEN)
    serve(channel, wire, np)


def _bound_memory(more: int) -> None:
    """End this process when it takes so much more memory, as far as the system tells; a limit that every system has.

    A thread looks. One call of C that takes everything at once is over before it does, with a MemoryError of its own.
    """
    import threading  # only here: a thread is no neighbour of a fork

    bound = _memory() + more

    def watch(exit_: Any = _exit, sleep: Any = time.sleep) -> None:
        while _memory() <= bound:
            sleep(0.05)
        exit_(OUT_OF_MEMORY)

    threading.Thread(target=watch, daemon=True).start()


def _memory() -> int:
    """The most bytes that this process has had; 0 where the system does not tell."""
    try:
        import resource
    except ImportError:
        return _memory_on_windows()
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def _memory_on_windows() -> int:
    """``PeakPagefileUsage``, the last part of PROCESS_MEMORY_COUNTERS: two 32-bit numbers, then eight sizes."""
    size = ctypes.sizeof(ctypes.c_size_t)
    counters = ctypes.create_string_buffer(8 + 8 * size)
    try:
        ask = ctypes.windll.kernel32.K32GetProcessMemoryInfo  # type: ignore[attr-defined]
        ask(ctypes.c_void_p(-1), counters, ctypes.c_ulong(len(counters)))  # of this process
    except (AttributeError, OSError):
        return 0
    return ctypes.c_size_t.from_buffer(counters, 8 + 7 * size).value


def main() -> None:
    """Set up the walls that are shared, import NumPy, then fork on command."""
    settings = json.loads(sys.argv.pop())  # where things lie on this machine is nobody's to print
    sys.orig_argv[:] = sys.argv
    if "pipes" in settings:
        _over_pipes(settings["pipes"])
    from . import walls

    wanted = frozenset(settings["walls"])
    started_by = os.getppid()
    gc.disable()  # what is imported stays: to look through it for garbage takes a tenth of the start
    namespaces: tuple[str, ...] = ()
    if "namespaces" in wanted and "fork" in wanted:
        namespaces = walls.enter_namespaces()
    np, wire = _import_all(settings)
    namespaces = walls.make_read_only(namespaces)
    unit = _unit(np)
    shared: dict[str, Any] = {"ruleset": None, "ids": None, "keep_read": False, "threads": settings["threads"]}
    shared["devnull"] = os.open(os.devnull, os.O_RDWR)
    stands = set()
    if "limits" in wanted:
        stands.add("limits")
    if "landlock" in wanted:
        shared["ruleset"] = walls.landlock_fd(settings["readable"])
        if shared["ruleset"] is not None:
            stands.add("landlock")
    if "user" in wanted:
        try:
            shared["ids"] = walls.spare_ids()
            stands.add("user")
        except OSError:
            pass
        hidden = walls.hidden_from_others(settings["readable"])
        shared["keep_read"] = shared["ruleset"] is not None and shared["ids"] is not None and hidden
    if settings["seccomp"]:
        shared["program"] = bytes.fromhex(settings["seccomp"])
        stands.add("seccomp")
    if "fork" not in wanted:
        shared.update(level=frozenset(stands), parent=started_by, unit=unit)
        _live(walls, settings["channel"], settings["memory"], settings["cpu"], shared, wire, np)
    stands.add("fork")
    shared.update(level=frozenset(stands), parent=os.getpid(), unit=unit)
    control = socket.socket(fileno=settings["control"])
    walls_error = _rehearse(walls, shared)
    hello = {"walls": sorted(stands), "namespaces": list(namespaces), "error": walls_error, "unit": unit}
    control.sendall(json.dumps(hello).encode() + b"\n")
    _warm_up(wire, np)
    shared["seeder"] = Seeder(np, wire.FRAMEWORK)  # once for all children: it writes to hundreds of pages
    gc.freeze()
    gc.enable()
    _zygote_loop(control, walls, wire, np, shared)


def _unit(np: Any) -> float:
    """CPU seconds of a fixed piece of work, the kind that slow solutions do: the best of a few tries."""
    W, X = np.linspace(-1, 1, 600).reshape(20, 30), np.linspace(0, 1, 900).reshape(30, 30)

    def work() -> float:
        began, Z = time.process_time(), np.zeros((20, 10))
        for i in range(20):
            for j in range(10):
                for k in range(30):
                    Z[i, j] += W[i, k] * X[k, j]
        return time.process_time() - began

    return min(work() for _ in range(5))


def _warm_up(wire: Any, np: Any) -> None:
    """Do a little of what every child will do: what Python and NumPy look up and specialize stays for all of them.

    Each page that a child writes first costs it two microseconds, and there are hundreds of such pages.
    """
    X = np.linspace(-1, 1, 6).reshape(2, 3)
    for _ in range(20):
        question = wire.encode((X, {"W1": X, "b1": X[:, :1]}, [2, 0.5, "relu", True, None]))
        decoder = wire.Decoder(wire.unpack(wire.pack(question))[0], None, None)
        A, parameters, _ = decoder.get()
        Z = np.dot(parameters["W1"].T, A) + parameters["b1"].sum() - np.random.randn(3, 1) * 0.01
        A = 1 / (1 + np.exp(-Z)) + np.maximum(0, Z) + np.log(np.abs(Z)) + np.sqrt(np.sum(Z**2, axis=1, keepdims=True))
        wire.encode((A, {"W1": Z, "cost": np.mean(A)}), opaque=id)
        decoder.mutated()
        exec(compile("import numpy as np\ndef f(x):\n    return x + 1\nf(2)", "warm-up", "exec"), {})


def _rehearse(walls: Any, shared: dict[str, Any]) -> str:
    """Put the walls up once in a throw-away child: what fails here would fail for every submission."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.dup2(writer, 9)
            _child_walls(walls, 9, 256 << 20, 60, shared)
            os.write(9, b"+")
        except BaseException as error:
            os.write(writer, f"{type(error).__name__}: {error}".encode()[:500])
        finally:
            os._exit(0)
    os.close(writer)
    answer = b""
    while part := os.read(reader, 600):
        answer += part
    os.close(reader)
    os.waitpid(pid, 0)
    return "" if answer == b"+" else answer.decode("utf-8", "replace") or "the child ended"


def _zygote_loop(control: socket.socket, walls: Any, wire: Any, np: Any, shared: dict[str, Any]) -> None:
    while True:
        data, descriptors, _, _ = socket.recv_fds(control, 4096, 1)
        if not data:
            return
        command = json.loads(data)
        answer: dict[str, Any] = {}
        if command["do"] == "fork":
            pid = os.fork()
            if pid == 0:
                _live(walls, descriptors[0], command["memory"], command["cpu"], shared, wire, np)
            answer = {"pid": pid}
        elif command["do"] == "cpu":
            answer = {"cpu": _cpu(command["pid"])}
        elif command["do"] == "end":
            answer = _end(command["pid"])
        for descriptor in descriptors:
            os.close(descriptor)
        control.sendall(json.dumps(answer).encode() + b"\n")


def _cpu(pid: int) -> float:
    """CPU seconds of a child that has not been reaped (its CPU clock, see clock_getcpuclockid)."""
    try:
        return time.clock_gettime((~pid << 3) | 2)
    except OSError:
        return 0.0


def _end(pid: int) -> dict[str, Any]:
    for kill in (os.killpg, os.kill):  # its process group too: where few walls stand it may have children
        with contextlib.suppress(ProcessLookupError):
            kill(pid, signal.SIGKILL)
    _, status, usage = os.wait4(pid, 0)
    code = os.waitstatus_to_exitcode(status)
    return {"code": code, "cpu": usage.ru_utime + usage.ru_stime}


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError, ConnectionResetError, KeyboardInterrupt):  # who started it has gone
        main()
