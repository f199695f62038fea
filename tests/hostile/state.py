"""Rows on what code can know and change inside its own worker: questions, frames, interpreter, NumPy."""

# ruff: noqa: E501  (a short program is easier to read on one line)
from __future__ import annotations

from tests.hostile.row import NO_LATE_IMPORT, Hostile

_NOT_A_REPLY = "crashed: it sent something that is not a reply"
_BROKEN = "crashed: the code broke the worker that runs it"
_RIGHT = "    return 3 * A.sum(axis=1)\n"
_HEAD = "import gc\nimport os\nimport signal\nimport struct\nimport sys\nimport numpy as np\nimport tools\n\n"


def does(*lines: str, before: str = "") -> str:
    """A target that does something and then answers as it should."""
    return f"{_HEAD}{before}\ndef target(A):\n" + "".join(f"    {line}\n" for line in lines) + _RIGHT


ROWS = (
    # -- what was not asked ----------------------------------------------------------------
    Hostile(
        "questions of another function",
        "look ahead, in the worker's frames, at what it will be asked next",
        does(
            "frame = sys._getframe()",
            "while frame.f_code.co_name != 'run': frame = frame.f_back",
            "body = frame.f_locals['body']",
            "if body.count(b'target') != 2 or b'other' in body: tools.found(body)",
        ),
        ("right",),
    ),
    Hostile(
        "questions that wait in the channel",
        "look ahead at what has been sent and not yet read",
        does(
            "import select",
            "poller = select.poll()",
            "poller.register(tools.descriptor(), select.POLLIN)",
            "if poller.poll(0): tools.found('a question that waits')",
        ),
        ("right",),
        gaps={"no landlock": NO_LATE_IMPORT},
    ),
    Hostile(
        "plans of the batch in hand",
        "answer the second question before it is asked, and again when it is",
        does(
            "if len(A) == 2:",
            "    frame = sys._getframe()",
            "    while frame.f_code.co_name != 'run': frame = frame.f_back",
            "    at = frame.f_locals['body'].rfind(b'target')",
            "    encoded, _ = tools.wire().unpack(frame.f_locals['body'], at + 6)",
            "    (B,) = tools.wire().decode(encoded)",
            "    tools.send(b'V', tools.reply(0, 0, 3 * A.sum(axis=1)))",
            "    tools.send(b'V', tools.reply(1, 0, 3 * B.sum(axis=1)))",
        ),
        ("right then " + _NOT_A_REPLY,),
        other=("right",),
    ),
    Hostile(
        "another number in the worker's frame",
        "have this reply count for another call",
        does(
            "import ctypes",
            "frame = sys._getframe().f_back",
            "frame.f_locals['number'] += 1",
            "getattr(ctypes.pythonapi, 'PyFrame_LocalsToFast', lambda *_: 0)(ctypes.py_object(frame), 0)",
        ),
        ("right", _NOT_A_REPLY),
    ),
    Hostile(
        "another class for the worker's object",
        "take over the loop that asks",
        does(
            "class Mine(type(tools.session())):",
            "    def step(self, number, step, name, encoded, places):",
            "        self.channel.send(b'V', struct.pack('<IHHI', number, step, 0, 0) + tools.packed(0.0))",
            "        return True",
            "tools.session().__class__ = Mine",
        ),
        ("right then wrong",),
        other=("wrong",),
    ),
    Hostile(
        "the arguments of the process",
        "find paths of what judges",
        does(
            "told = ' '.join([*sys.argv, *sys.orig_argv, *sys.path, *os.environ.values()])",
            "for word in ('reference', 'assignments', '.cases', 'cases.bin', 'hostile', 'readable', 'site-packages'):",
            "    if word in told: tools.found(word)",
        ),
        ("right",),
    ),
    Hostile(
        "sockets of the zygote",
        "write to the control socket that the zygote held when it forked",
        does(
            "import socket",
            "frame, last = sys._getframe(), None",
            "while frame is not None: frame, last = frame.f_back, frame",
            "held = [thing for thing in gc.get_objects() if isinstance(thing, socket.socket)]",
            "for one in held:",
            '    try: os.write(one.fileno(), b\'{"do": "end", "pid": 1}\\n\')',
            "    except OSError: continue",
            "    tools.found(one)",
        ),
        ("right",),
        gaps={"no landlock": NO_LATE_IMPORT},
    ),
    Hostile(
        "another descriptor for the channel",
        "hide a copy of the channel for later",
        does("import fcntl", "copy = fcntl.fcntl(tools.descriptor(), 1030, 10)", "os.write(copy, b'')", "os.close(copy)"),
        ("right",),
        gaps={"no landlock": NO_LATE_IMPORT},
    ),
    # -- after the answer ------------------------------------------------------------------
    Hostile(
        "reply from a finalizer",
        "answer once more when the reply is forgotten",
        does(
            "forged = tools.reply(1, 0, np.array([26.25]))",
            "class Last:",
            "    def __del__(self): tools.send(b'V', forged)",
            "return Last()",
        ),
        ("opaque target.<locals>.Last then " + _NOT_A_REPLY,),
    ),
    Hostile(
        "endless unraisable hook",
        "loop where an exception in a finalizer is reported",
        does(
            "class Last:",
            "    def __del__(self): 1 / 0",
            "def endless(*_):",
            "    while True: pass",
            "sys.unraisablehook = endless",
            "Last()",
        ),
        ("timeout",),
        only=("full",),
    ),
    Hostile(
        "callbacks of the garbage collector",
        "run in the worker's own code",
        does("gc.set_threshold(1)", "gc.callbacks.append(lambda *_: 1 / 0)"),
        ("right",),
    ),
    Hostile(
        "no garbage collector",
        "keep everything",
        does("gc.disable()", "gc.freeze()", "x = []", "x.append(x)"),
        ("right",),
    ),
    # -- the interpreter -------------------------------------------------------------------
    Hostile(
        "trace of the worker's frames",
        "raise inside the worker's own code, line by line",
        does(
            "def trace(*_): 1 / 0",
            "sys.settrace(lambda *_: trace)",
            "frame = sys._getframe().f_back",
            "while frame: frame.f_trace, frame = trace, frame.f_back",
        ),
        ("raised ZeroDivisionError", _BROKEN),
    ),
    Hostile(
        "hardly any recursion",
        "leave the worker no depth to answer in",
        does("sys.setrecursionlimit(len(__import__('inspect').stack()) + 4)"),
        ("raised RecursionError", _BROKEN, "right then " + _BROKEN),
        gaps={"no landlock": NO_LATE_IMPORT},
    ),
    Hostile("switch interval", "hold the interpreter", does("sys.setswitchinterval(1e-9)"), ("right",)),
    Hostile(
        "interrupt later",
        "an exception in whatever runs next",
        does("import _thread", "_thread.interrupt_main()"),
        ("raised KeyboardInterrupt", "right", _BROKEN),  # it may come when the reply is sent
    ),
    Hostile(
        "exception for the thread",
        "an exception in whatever runs next, by the C interface",
        does(
            "import ctypes",
            "import threading",
            "ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(threading.get_ident()), ctypes.py_object(SystemExit))",
        ),
        ("raised SystemExit", _BROKEN),
        gaps={"no landlock": NO_LATE_IMPORT},
    ),
    Hostile(
        "an alarm",
        "a signal in the worker's own code, or in the next function",
        does("signal.signal(signal.SIGALRM, lambda *_: 1 / 0)", "signal.setitimer(signal.ITIMER_REAL, 1e-4)"),
        ("raised PermissionError", "raised ItimerError", "raised signal.itimer_error"),
        gaps={
            "no seccomp": "only the list refuses it; it ends one's own worker",
            "fork only": "it ends one's own worker",
        },
        # At what it rings is a race: in a call of the other function, before the first of them, or after the last.
        other=(
            *("right", "raised ZeroDivisionError", "raised ZeroDivisionError and right"),
            *(_BROKEN, f"{_BROKEN} and not-run", f"{_BROKEN} and right"),
        ),
    ),
    Hostile(
        "signals that say something else",
        "look like the limit of CPU seconds",
        does("signal.raise_signal(signal.SIGXCPU)"),
        ("timeout",),  # its own verdict and nothing else
    ),
    Hostile(
        "SIGTERM",
        "look like the grader",
        does("signal.raise_signal(signal.SIGTERM)"),
        ("crashed: the process was ended by signal 15 (SIGTERM)",),
    ),
    Hostile(
        "os.kill of itself",
        "end by a call that is refused",
        does("os.kill(os.getpid(), signal.SIGKILL)"),
        ("raised PermissionError",),
        gaps={
            "no seccomp": "only the list refuses it; it ends one's own worker",
            "fork only": "it ends one's own worker",
        },
    ),
    Hostile(
        "the exit status of too much output",
        "another verdict",
        does("os._exit(3)"),
        ("crashed: the code ended the process with exit status 3",),
    ),
    Hostile(
        "fatal error of the interpreter",
        "crash the process from C",
        does("import ctypes", "ctypes.pythonapi.Py_FatalError(b'hostile')"),
        ("crashed: the process was ended by signal 6 (SIGABRT)",),
        gaps={"no landlock": NO_LATE_IMPORT},
    ),
    Hostile(
        "fault handler with a thread",
        "a thread of C that Python does not count",
        does(
            "import faulthandler",
            "faulthandler.dump_traceback_later(0.01, repeat=True, file=1)",
            "tools.found('a thread')",
        ),
        ("raised RuntimeError",),
        gaps={"no landlock": NO_LATE_IMPORT, "fork only": "threads can be started"},
    ),
    Hostile(
        "memory that is mapped and not used",
        "take address space beyond the budget",
        does("import mmap", "mmap.mmap(-1, 1 << 40)"),
        ("raised OSError",),
        gaps={"fork only": "nothing bounds memory at this level", "no landlock": NO_LATE_IMPORT},
    ),
    # -- what the worker uses --------------------------------------------------------------
    Hostile(
        "output that is taken",
        "hand more text to the parent than is kept",
        does("sys.stdout.take = lambda: b'x' * 10**6"),
        (_NOT_A_REPLY,),
    ),
    Hostile(
        "output that is no text",
        "break the worker where it answers",
        does("sys.stdout.take = lambda: 1.5"),
        (_BROKEN,),
    ),
    Hostile(
        "output that is not counted",
        "print without end, with the count put back",
        does("while True:", "    sys.stdout.total = sys.stdout.kept = -(10**15)", "    print('x' * 10**6)"),
        ("timeout", "out-of-memory"),
        gaps={"fork only": "not run: nothing would stop it at this level"},
    ),
    Hostile(
        "no output",
        "leave the worker nothing to print to",
        does("sys.stdout = sys.stderr = None", "print('x')"),
        ("right",),
    ),
    Hostile("closed output", "break a later print", does("sys.stdout.close()"), ("right",)),
    Hostile(
        "error handlers of codecs",
        "have the worker write something else",
        does(
            "import codecs",
            "for name in ('replace', 'strict', 'surrogatepass'): codecs.register_error(name, lambda e: ('x' * 10**7, e.end))",
            "print('\\ud800')",
        ),
        ("right",),
    ),
    Hostile(
        "import replaced",
        "loop where the worker imports something",
        does("import builtins", "builtins.__import__ = lambda *a, **k: exec('while True: pass')"),
        ("right", "timeout"),  # NumPy imports parts of itself when they are needed
        only=("full",),
    ),
    Hostile(
        "no finders",
        "leave the refusal of imports behind",
        does(
            "sys.meta_path[:] = [f for f in sys.meta_path if f.__class__.__name__ == 'PathFinder'] or sys.meta_path",
            "import reference",
        ),
        ("raised ModuleNotFoundError", "raised TypeError", "raised AttributeError"),
    ),
    Hostile(
        "a module called reference",
        "be imported under a name that is refused",
        does(
            "import types",
            "sys.modules['reference'] = sys.modules['grader'] = types.ModuleType('reference')",
            "import reference",
        ),
        ("right",),
    ),
    Hostile(
        "the memory of the wire's tables",
        "have every header read as another",
        does("wire = tools.wire()", "wire._FLOAT_HEADERS.update({(2,): b'af8 \\1' + bytes(8), (1,): b'Zzz'})"),
        ("crashed: it sent something that is not a reply",),
    ),
    # -- NumPy's own state -----------------------------------------------------------------
    Hostile(
        "errors of NumPy",
        "have the worker's arithmetic raise",
        does("np.seterr(all='raise')", "np.seterrcall(lambda *_: 1 / 0)", "np.setbufsize(16)"),
        ("right",),
    ),
    Hostile(
        "warnings are errors",
        "have the worker's own calls raise",
        does("import warnings", "warnings.simplefilter('error')", "warnings.showwarning = lambda *a, **k: 1 / 0"),
        ("right",),
    ),
    Hostile(
        "print options",
        "have numbers shown otherwise",
        does("np.set_printoptions(formatter={'all': lambda x: 1 / 0})"),
        ("right",),
    ),
    Hostile(
        "another memory handler",
        "have arrays live where nobody looks",
        does("np.random.mtrand._rand._bit_generator.state = np.random.MT19937(1).state", "np.random.seed = None"),
        ("right",),
    ),
    Hostile(
        "the generator's memory",
        "write to what the worker compares",
        does("tools.session().seeder.state[:] = bytes(2500)", "tools.session().seeder.fresh = bytes(2500)"),
        ("right",),
    ),
    Hostile(
        "a seeder that loops",
        "loop before the next call, outside of any function",
        does(
            "def endless(*_):",
            "    while True: pass",
            "tools.session().seeder.reset = endless",
        ),
        ("right",),  # the second question is tried once more, in a fresh worker
        only=("full",),
        lingers=True,
    ),
    Hostile(
        "NumPy's pickles",
        "run a program when an array is loaded",
        does(
            "import io",
            "import pickle",
            "class Evil:",
            "    def __reduce__(self): return os.system, ('touch VICTIM/new',)",
            "np.load(io.BytesIO(pickle.dumps(Evil())), allow_pickle=True)",
        ),
        ("right", "raised ValueError", "raised UnpicklingError", "raised _pickle.UnpicklingError"),
        gaps={"fork only": "not run: nothing would stop it at this level", "no landlock": NO_LATE_IMPORT},
    ),
    Hostile(
        "memory as an array",
        "read the process's memory at an address",
        does(
            "import ctypes",
            "return np.ndarray((1 << 20,), 'u1', (ctypes.c_char * (1 << 20)).from_address(id(sys.modules)))",
        ),
        (
            "wrong",
            "crashed: the process was ended by signal 11 (SIGSEGV)",
            "wrong then crashed: the process was ended by signal 11 (SIGSEGV)",
        ),
    ),
    Hostile(
        "an array that is changed behind its back",
        "other bytes than its shape says",
        does("B = np.zeros(4)", "B.setflags(write=False)", "B.strides = (0,)", "return B"),
        ("wrong",),
    ),
    Hostile(
        "inspection of NumPy",
        "have it start programs or read files",
        does(
            "np.show_runtime()",
            "np.info(np.add)",
        ),
        ("right",),
        gaps={"no landlock": NO_LATE_IMPORT},
    ),
    # -- honest accidents ------------------------------------------------------------------
    Hostile(
        "a breakpoint left in",
        "wait for a person",
        does("breakpoint()"),
        ("raised bdb.BdbQuit",),
        gaps={"no landlock": NO_LATE_IMPORT},
    ),
    Hostile("a question to a person", "wait for a person", does("input('rate? ')"), ("raised EOFError",)),
    Hostile(
        "a wait for nothing",
        "wait without using time",
        does("import select", "select.select([], [], [])"),
        ("timeout",),
        only=("full",),
    ),
    Hostile(
        "an import that opens a browser",
        "start a program",
        does("import antigravity"),
        ("right",),
        gaps={"no landlock": NO_LATE_IMPORT, "fork only": "not run: nothing would stop it at this level"},
    ),
)
