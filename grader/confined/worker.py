"""The confined side: a zygote that forks one child per submission, and the child's loop.

The parent runs this file as a program in an isolated interpreter (``python -P -s -S -B worker.py``). It
is made of this file and its two neighbours ``wire.py`` and ``walls.py``, needs the standard library
and NumPy, and never holds an expected value, the reference, or another student's work.

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
B      to child    a batch of plans (see :func:`pack_plan` in ``sandbox.py``)
R, X   to child    reply to a callback: a value, or the reason why there is none
U      to parent   the unit that is about to run (progress while loading)
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

import array
import contextlib
import ctypes
import gc
import importlib.abc
import importlib.util
import io
import json
import os
import random
import re
import signal
import socket
import struct
import sys
import time
import types
import unicodedata  # noqa: F401  # the compiler looks for it where a name is not ASCII
from typing import Any, NoReturn

_HERE = os.path.dirname(os.path.abspath(__file__))


def _neighbour(name: str) -> Any:
    """Load a file that lies beside this one, without making the package importable."""
    spec = importlib.util.spec_from_file_location(f"_grader_{name}", os.path.join(_HERE, f"{name}.py"))
    if spec is None or spec.loader is None:
        raise ImportError(f"{name}.py is missing beside worker.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


FRAME = struct.Struct("<IB")
REPLY = struct.Struct("<IHHI")
BATCH, PLAN, SIZE = struct.Struct("<II"), struct.Struct("<IHH"), struct.Struct("<H")
OUTPUT_KEPT = 2_000
OUTPUT_LIMIT = 16 * 2**20
MESSAGE_KEPT = 500
OUT_OF_MEMORY, BROKEN = 70, 71  # exit statuses
FORBIDDEN = frozenset({"grader", "reference", "assignments"})
_exit = os._exit  # student code may patch the module
_ADDRESS = re.compile(r"0x[0-9A-Fa-f]{5,}")
_CUT_ADDRESS = re.compile(r"0x[0-9A-Fa-f]*\Z")

# Names that NumPy 1 had and that honest notebooks of that time use.
_OLD_NUMPY = {
    "float": float, "int": int, "object": object, "str": str, "complex": complex, "float_": "float64",
    "complex_": "complex128", "int0": "intp", "unicode_": "str_", "Inf": float("inf"), "Infinity": float("inf"),
    "infty": float("inf"), "PINF": float("inf"), "NINF": float("-inf"), "NaN": float("nan"), "NAN": float("nan"),
    "product": "prod", "cumproduct": "cumprod", "sometrue": "any", "alltrue": "all", "round_": "round",
    "mat": "asmatrix", "row_stack": "vstack", "trapz": "trapezoid", "in1d": "isin",
    "asscalar": lambda array: array.item(), "rank": "ndim", "alen": len, "long": int, "unicode": str,
}  # fmt: skip

# Libraries that draw, show or load: calling them does nothing. Any other missing library refuses calls.
_SILENT = frozenset(
    "matplotlib seaborn plotly bokeh PIL cv2 imageio skimage IPython ipywidgets tqdm h5py notebook pylab ipython".split()
)


# -- the child -----------------------------------------------------------------------------


class Channel:
    """Frames over one socket, blocking."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self.read, self.write = os.read, os.writev

    def send(self, kind: bytes, *parts: bytes) -> None:
        """One frame, not joined first: a copy of a large value would go into pages that must come from the kernel."""
        size = sum(map(len, parts))
        frame = (FRAME.pack(size, kind[0]), *parts)
        sent = self.write(self.descriptor, frame)
        while sent < FRAME.size + size:
            sent += self.write(self.descriptor, (b"".join(frame)[sent:],))

    def receive(self) -> tuple[bytes, bytes]:
        size, kind = FRAME.unpack(self.exactly(FRAME.size))
        return bytes([kind]), self.exactly(size)

    def exactly(self, size: int) -> bytes:
        parts = []
        while size:
            part = self.read(self.descriptor, min(size, 1 << 20))
            if not part:
                os._exit(0)
            parts.append(part)
            size -= len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)


class Output(io.TextIOBase):
    """Printed text: the beginning is kept, the rest is counted, too much ends the child."""

    def __init__(self, too_much: Any) -> None:
        self.too_much = too_much
        self.total = 0
        self.parts: list[str] = []
        self.kept = 0

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self.total += len(text)
        if self.total > OUTPUT_LIMIT:
            self.too_much()
        if self.kept < OUTPUT_KEPT:
            part = text[: OUTPUT_KEPT - self.kept]
            self.parts.append(part)
            self.kept += len(part)
        return len(text)

    def take(self) -> bytes:
        """What was printed since the last time."""
        if not self.kept:
            return b""
        text = _ADDRESS.sub("0x...", "".join(self.parts))
        if self.kept >= OUTPUT_KEPT:
            text = _CUT_ADDRESS.sub("", text)
        self.parts, self.kept = [], 0
        return text.encode("utf-8", "replace")[: 4 * OUTPUT_KEPT]


class Absent:
    """What stands for a library that is missing here, so that an import alone costs nothing."""

    def __init__(self, name: str) -> None:
        self.__dict__["_name"] = name

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return Absent(f"{self._name}.{name}")

    def __setattr__(self, name: str, value: Any) -> None:
        pass

    def __setitem__(self, key: Any, value: Any) -> None:
        pass

    def __getitem__(self, key: Any) -> Any:
        return Absent(f"{self._name}[...]")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        root = self._name.split(".")[0].split("[")[0]
        if len(args) == 1 and not kwargs and isinstance(args[0], types.FunctionType):
            return args[0]  # used as a decorator
        if root == "tqdm" and args:
            return args[0]
        if root in _SILENT:
            return Absent(f"{self._name}()")
        raise ImportError(f"{self._name} is not available to the grader; use NumPy")

    def __iter__(self) -> Any:  # fig, ax = plt.subplots()
        return iter((Absent(f"{self._name}[0]"), Absent(f"{self._name}[1]")))

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *exc: Any) -> None:
        return None

    def __mro_entries__(self, bases: Any) -> Any:
        return (object,)

    def __repr__(self) -> str:
        return f"<{self._name}: not available to the grader>"


class AbsentModule(types.ModuleType):
    """A module of a library that is missing here."""

    def __getattr__(self, name: str) -> Any:
        if name == "__all__":
            return []
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return Absent(f"{self.__name__}.{name}")


class Imports(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Serves provided and sibling modules, refuses the harness, stubs what is missing."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.provided: dict[str, Any] = {}
        self.siblings: dict[str, Any] = {}
        self.strict = False

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        top = name.partition(".")[0]
        if top in FORBIDDEN:
            raise ModuleNotFoundError(f"{top} is not available to submissions", name=name)
        if name in self.provided or name in self.siblings:
            return importlib.util.spec_from_loader(name, self)
        return None

    def missing(self, name: str) -> Any:
        """Spec of a stub, asked for last; inside ``try`` a missing library stays missing."""
        if self.strict or name.partition(".")[0] in sys.stdlib_module_names or name.startswith("numpy."):
            return None
        return importlib.util.spec_from_loader(name, self, is_package=True)

    def create_module(self, spec: Any) -> Any:
        served = spec.name in self.provided or spec.name in self.siblings
        return types.ModuleType(spec.name) if served else AbsentModule(spec.name)

    def exec_module(self, module: Any) -> None:
        name = module.__name__
        if name in self.provided:
            exec(compile(self.provided[name], f"{name}.py", "exec", dont_inherit=True), module.__dict__)
        elif name in self.siblings:
            for unit in self.siblings[name]:
                self.session.execute(unit, module.__dict__)
        # A bound name means the same wherever it is looked up: ``utils.relu``, an import inside a function.
        bound = {n: helper for n, helper in self.session.trampolines.items() if n in module.__dict__}
        module.__dict__.update(bound)


class Missing(importlib.abc.MetaPathFinder):
    """The last finder: stubs."""

    def __init__(self, imports: Imports) -> None:
        self.imports = imports

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        return self.imports.missing(name)


class _NoReplyError(Exception):
    """An argument refers to a part of an earlier reply that is not there."""


class Session:
    """One submission in one child: definitions are loaded, then plans are run."""

    def __init__(self, channel: Channel, wire: Any, np: Any) -> None:
        self.channel = channel
        self.wire = wire
        self.np = np
        self.output = Output(self.too_much)
        self.labels: frozenset[str] = frozenset()
        self.failed: list[tuple[str, str, int, str, bool]] = []
        self.handles: list[Any] = []
        self.trampolines: dict[str, Any] = {}
        self.given: dict[str, Any] = {}
        self.public: dict[str, Any] = {}
        self.replies: list[Any] = []
        self.seeder = Seeder(np)
        self.turn = 0
        sys.stdout = sys.stderr = self.output
        sys.stdin = io.StringIO()

    def too_much(self) -> None:
        self.channel.send(b"O")
        os._exit(3)

    # -- loading ---------------------------------------------------------------------------

    def load(self, program: Any) -> None:
        imports = Imports(self)
        imports.provided = program["provided"]
        imports.siblings = program["siblings"]
        sys.meta_path.insert(0, imports)
        sys.meta_path.append(Missing(imports))
        self.imports = imports
        module = types.ModuleType("submission")
        sys.modules["submission"] = module
        self.namespace = module.__dict__
        groups = [program["units"], *program["siblings"].values()]
        self.labels = frozenset(unit[1] for group in groups for unit in group)
        self.uses_random = program["uses_random"]
        if program["public"]:
            exec(compile(program["public"], "public.py", "exec", dont_inherit=True), self.public)
        for name in program["bound"]:
            self.trampolines[name] = self.trampoline(name)
        self.seeder.reset(0, self.uses_random)
        self.namespace.update(self.trampolines)
        skip = frozenset(program["skip"])
        for index, unit in enumerate(program["units"]):
            if index not in skip:
                self.channel.send(b"U", struct.pack("<I", index))
                self.execute(unit, self.namespace)
                self.namespace.update(self.trampolines)
        defined = {}
        for name in program["wanted"]:
            value = self.namespace.get(name)
            absent = value is None or isinstance(value, Absent)
            defined[name] = "missing" if absent else "callable" if callable(value) else "value"
        reply = {"defined": defined, "failed": self.failed[:100], "output": self.output.take().decode()}
        self.channel.send(b"L", self.wire.pack(self.wire.encode(reply)))

    def execute(self, unit: Any, namespace: dict[str, Any]) -> None:
        source, label, line, essential = unit
        self.imports.strict = source.startswith("try")
        try:
            exec(compile("\n" * (line - 1) + source, label, "exec", dont_inherit=True), namespace)
        except BaseException as error:
            kind, message, _ = self.describe(error, sys.exc_info()[2])
            self.failed.append((label, kind, line, message, essential))
        finally:
            self.imports.strict = False

    def trampoline(self, name: str) -> Any:
        """What a bound name means: public code for this case, or a callback to the parent."""

        def helper(*args: Any, **kwargs: Any) -> Any:
            if name in self.given:
                return self.given[name](*args, **kwargs)
            question = self.wire.encode((name, args, kwargs), opaque=self.handle)
            self.channel.send(b"C", self.wire.pack(question))
            kind, body = self.channel.receive()
            if kind != b"R":
                raise RuntimeError("the helper could not be answered")
            return self.wire.decode(self.wire.unpack(body)[0])

        helper.__name__ = helper.__qualname__ = name
        return helper

    def handle(self, value: Any) -> int:
        self.handles.append(value)
        return len(self.handles) - 1

    # -- running ---------------------------------------------------------------------------

    def run(self, body: bytes) -> None:
        """A batch: u32 count, u32 mark, then per plan u32 number, u16 given, u16 steps and their parts.

        A reply carries mark and number, so that a late one never answers a call of a later batch.
        """
        count, mark = BATCH.unpack_from(body)
        at = BATCH.size
        for _ in range(count):
            number, ngiven, nsteps = PLAN.unpack_from(body, at)
            at += PLAN.size
            self.turn = number
            number |= mark
            self.replies, self.handles, self.given = [], [], {}
            for _ in range(ngiven):
                name, at = _text(body, at)
                encoded, at = self.wire.unpack(body, at)
                self.given[name] = function = self.wire.decode(encoded, code=self.code)
                if isinstance(function, types.FunctionType):  # an error names it as the student calls it
                    function.__qualname__ = name
            alive = True
            for step in range(nsteps):
                name, at = _text(body, at)
                encoded, at = self.wire.unpack(body, at)
                alive = alive and self.step(number, step, name, encoded)
        self.channel.send(b"D")

    def step(self, number: int, step: int, name: str, encoded: Any) -> bool:
        """One call; whether the plan can go on."""
        try:
            questions = self.wire._Decoder(encoded, self.ref, self.code)
            args = questions.get()
        except _NoReplyError as error:
            self.raised(number, step, ("no-reply", str(error), None))
            return False
        function = self.namespace.get(name)
        if not callable(function) or isinstance(function, Absent):
            self.raised(number, step, ("missing", f"{name} is not defined", None))
            return False
        self.seeder.reset(self.turn, self.uses_random)
        try:
            value = function(*args)
            reply = self.wire.encode(value, opaque=self.handle)
        except BaseException as error:
            self.raised(number, step, self.describe(error, sys.exc_info()[2]))
            return False
        self.replies.append(value)
        mutated = questions.mutated()
        output = self.output.take()
        self.channel.send(
            b"V",
            REPLY.pack(number, step, len(mutated), len(output)),
            array.array("H", mutated).tobytes() if mutated else b"",
            output,
            *self.wire.packed(reply),
        )
        return True

    def raised(self, number: int, step: int, what: Any) -> None:
        output = self.output.take()
        reply = self.wire.pack(self.wire.encode(what))
        self.channel.send(b"E", REPLY.pack(number, step, 0, len(output)), output, reply)

    def ref(self, ref: Any) -> Any:
        """A part of an earlier reply, as the very object that the student's code returned."""
        if ref.step >= len(self.replies):
            raise _NoReplyError("an earlier call of this case gave no value")
        value = self.replies[ref.step]
        for key in ref.path:
            try:
                value = value[key]
            except BaseException:  # a container of the student's own may raise what it likes
                raise _NoReplyError(f"the earlier value has no part {key!r}") from None
        return value

    def code(self, code: Any) -> Any:
        return self.public[code.name](*code.args)

    def describe(self, error: BaseException, traceback: Any) -> tuple[str, str, str | None]:
        """Type, message and line of an exception; it may lie and may refuse to be printed."""
        name = self.wire._type_name(type(error))
        try:
            message = str(error)
            if type(message) is not str:
                message = ""
        except BaseException:
            message = "(the message cannot be shown)"
        origin = None
        while traceback is not None:
            label = traceback.tb_frame.f_code.co_filename
            if label in self.labels:
                origin = f"{label}, line {traceback.tb_lineno}"
            traceback = traceback.tb_next
        return name, _ADDRESS.sub("0x...", message[:MESSAGE_KEPT]), origin


def _text(body: bytes, at: int) -> tuple[str, int]:
    (size,) = SIZE.unpack_from(body, at)
    return body[at + 2 : at + 2 + size].decode(), at + 2 + size


class Seeder:
    """Puts the global random generators into a state of its own for each case before each call.

    The same case always meets the same numbers, and different cases different ones: what is right with
    probability one half is not right for all of them. Seeding the Mersenne Twister costs as much as a
    small call, and most calls draw nothing: its state in memory tells whether to forget a kept second
    Gaussian, and a case starts a few numbers further along the stream.
    """

    SEED = 20_170_808
    STARTS = 300  # of two words each, which make one float64; the state holds 624 words

    def __init__(self, np: Any) -> None:
        self.seed = np.random.seed
        self.seed(self.SEED)
        np.random.random_sample()  # so that the words in the state are those that are handed out
        address = np.random.mtrand._rand._bit_generator.ctypes.state_address
        self.state = (ctypes.c_char * (625 * 4)).from_address(address)
        self.position = ctypes.c_int.from_address(address + 624 * 4)
        self.fresh = self.left = self.state.raw
        self.entropy = random.Random()
        self.turn = 0
        self.drawn = False
        np.random.bit_generator.randbits = self.randbits

    def randbits(self, bits: int) -> int:
        """Entropy of a generator that was made without a seed."""
        if not self.drawn:
            self.entropy.seed(self.SEED + self.turn)
            self.drawn = True
        return self.entropy.getrandbits(bits)

    def reset(self, turn: int, also_random: bool) -> None:
        """The state of the case with this number."""
        if self.state.raw != self.left:
            self.seed(self.SEED)
            self.state.raw = self.fresh
        self.position.value = 2 * (turn % self.STARTS)
        self.left = self.state.raw
        self.turn, self.drawn = turn, False
        if also_random:
            random.seed(self.SEED + turn)


def serve(descriptor: int, wire: Any, np: Any) -> NoReturn:
    """The child's life: read frames until the parent closes the channel. It ends without clean-up of any kind."""
    try:
        channel = Channel(descriptor)
        session = Session(channel, wire, np)
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


def _import_numpy(folders: list[str], packages: list[str]) -> Any:
    """Import what submissions may import, then forget the folders they came from."""
    kept = list(sys.path)
    sys.path[:] = kept + folders
    import numpy as np
    import numpy.linalg
    import numpy.random

    for name in packages:
        importlib.import_module(name)
    sys.path[:] = kept
    for name, value in _OLD_NUMPY.items():
        if name not in np.__dict__:
            setattr(np, name, getattr(np, value) if isinstance(value, str) else value)
    return np


def _child_walls(walls: Any, channel: int, memory: int, cpu: int, shared: dict[str, Any]) -> None:
    devnull = shared["devnull"]
    for target in (0, 1, 2):
        os.dup2(devnull, target)
    walls.close_descriptors({0, 1, 2, channel, shared["ruleset"]})
    stands = shared["level"]
    if "limits" in stands:
        walls.set_limits(memory, cpu)
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
    hello: dict[str, Any] = {"walls": sorted(shared["level"]), "error": ""}
    try:
        _child_walls(walls, channel, memory, cpu, shared)
    except BaseException as error:
        hello["error"] = f"{type(error).__name__}: {error}"[:500]
    try:
        os.write(channel, json.dumps(hello).encode() + b"\n")
    finally:
        if hello["error"]:
            _exit(BROKEN)
    serve(channel, wire, np)


def main() -> None:
    """Set up the walls that are shared, import NumPy, then fork on command."""
    settings = json.loads(sys.argv.pop())  # where things lie on this machine is nobody's to print
    sys.orig_argv[:] = sys.argv
    walls = _neighbour("walls")
    wanted = frozenset(settings["walls"])
    started_by = os.getppid()
    namespaces: tuple[str, ...] = ()
    if "namespaces" in wanted and "fork" in wanted:
        namespaces = walls.enter_namespaces()
    np = _import_numpy(settings["folders"], settings["packages"])
    wire = _neighbour("wire")
    shared: dict[str, Any] = {"ruleset": None, "ids": None, "keep_read": False}
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
        shared.update(level=frozenset(stands), parent=started_by)
        _live(walls, settings["channel"], settings["memory"], settings["cpu"], shared, wire, np)
    stands.add("fork")
    shared.update(level=frozenset(stands), parent=os.getpid())
    control = socket.socket(fileno=settings["control"])
    walls_error = _rehearse(walls, shared)
    hello = {"walls": sorted(stands), "namespaces": list(namespaces), "error": walls_error}
    control.sendall(json.dumps(hello).encode() + b"\n")
    _warm_up(wire, np)
    gc.collect()
    gc.freeze()
    _zygote_loop(control, walls, wire, np, shared)


def _warm_up(wire: Any, np: Any) -> None:
    """Do a little of what every child will do: what Python and NumPy look up and specialize stays for all of them.

    Each page that a child writes first costs it two microseconds, and there are hundreds of such pages.
    """
    X = np.linspace(-1, 1, 6).reshape(2, 3)
    for _ in range(20):
        question = wire.encode((X, {"W1": X, "b1": X[:, :1]}, [2, 0.5, "relu", True, None]))
        decoder = wire._Decoder(wire.unpack(wire.pack(question))[0], None, None)
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
    main()
