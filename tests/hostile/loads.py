"""Rows on time, memory, output and ends: what a thousand honest mistakes and a few dishonest ones do."""

from __future__ import annotations

from tests.hostile.row import FULL, Hostile

_UNBOUND = "nothing bounds memory at this level"
_TRY = "not run: nothing would stop it at this level"

ROWS = (
    Hostile("loop", "never come back", "def target(A):\n    while True:\n        pass\n", ("timeout",)),
    Hostile(
        "loop that catches everything",
        "survive every exception and signal",
        """
import signal

def target(A):
    for number in range(1, 65):
        try:
            signal.signal(number, signal.SIG_IGN)
        except BaseException:
            pass
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass
""",
        ("timeout",),
    ),
    Hostile(
        "loop in C",
        "hold the interpreter inside one operation",
        "def target(A):\n    return 10 ** (10 ** 9)\n",
        ("timeout", "out-of-memory"),
    ),
    Hostile(
        "loop in a regular expression",
        "catastrophic backtracking",
        "import re\n\ndef target(A):\n    return re.match('(a+)+$', 'a' * 60 + 'b')\n",
        ("timeout",),
    ),
    Hostile(
        "loop at import",
        "never finish loading",
        "def stuck(x=max(iter(int, 1))):\n    pass\n\ndef target(A):\n    return 3 * A.sum(axis=1)\n",
        ("right",),
    ),
    Hostile(
        "loop at import that catches everything",
        "never finish loading",
        """
class Stuck:
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass

def target(A):
    return 3 * A.sum(axis=1)
""",
        ("right",),
    ),
    Hostile(
        "loops at import, more than are skipped",
        "cost the grader a limit for each statement",
        "".join(f"def stuck{n}(x=max(iter(int, 1))):\n    pass\n\n" for n in range(9))
        + "def target(A):\n    return 3 * A.sum(axis=1)\n",
        ("timeout",),
        other=("not-run and timeout",),
        only=("full",),
    ),
    Hostile(
        "end at import",
        "take the process away while loading",
        "import os\n\ndef gone(x=os._exit(0)):\n    pass\n\ndef target(A):\n    return 3 * A.sum(axis=1)\n",
        ("right",),
    ),
    Hostile(
        "sleep",
        "wait without using time",
        "import time\n\ndef target(A):\n    time.sleep(10**6)\n",
        ("timeout",),
        only=FULL,
    ),
    Hostile(
        "stop itself",
        "wait as a stopped process",
        "import signal\n\ndef target(A):\n    signal.raise_signal(signal.SIGSTOP)\n",
        ("timeout",),
        only=("full",),
    ),
    Hostile("recursion", "exhaust the stack", "def target(A):\n    return target(A)\n", ("raised RecursionError",)),
    Hostile(
        "recursion in C",
        "overflow the C stack",
        """
import sys

class Deep:
    def __repr__(self):
        return repr(self)

def target(A):
    sys.setrecursionlimit(10**9)
    return repr(Deep())
""",
        (
            "crashed: the process was ended by signal 11 (SIGSEGV)",
            "out-of-memory",
            "timeout",
            "raised RecursionError",
        ),
    ),
    Hostile(
        "40 GB",
        "take all memory at once",
        "import numpy as np\n\ndef target(A):\n    return np.ones(5 * 10**9)\n",
        ("out-of-memory",),
        gaps={"fork only": _TRY},
    ),
    Hostile(
        "memory by the megabyte",
        "take all memory in small parts",
        "def target(A):\n    return [bytearray(1 << 20) for _ in range(10**6)]\n",
        ("out-of-memory", "timeout", "timeout then out-of-memory"),  # on a busy machine time may end first, now and then
        gaps={"fork only": _TRY},
    ),
    Hostile(
        "memory, whatever is raised",
        "keep asking after every refusal",
        """
def target(A):
    hoard = []
    while True:
        try:
            hoard.append(bytearray(1 << 24))
        except MemoryError:
            pass
""",
        ("timeout",),
        gaps={"fork only": _TRY},
    ),
    Hostile(
        "memory for keeps",
        "leave nothing to the worker that has to answer",
        """
hoard = []

def target(A):
    for size in (1 << 24, 1 << 20, 1 << 12, 1 << 6):
        try:
            while True:
                hoard.append(bytearray(size))
        except MemoryError:
            pass
    return 3 * A.sum(axis=1)
""",
        (
            "out-of-memory",
            "right",
            "right then out-of-memory",
            "crashed: the code broke the worker that runs it",
            "timeout",
        ),
        gaps={"fork only": _TRY},
    ),
    Hostile(
        "more memory than allowed by lifting the limit",
        "change its own limits",
        """
import resource

def target(A):
    resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    return 3 * A.sum(axis=1)
""",
        ("raised PermissionError", "raised ValueError"),
        gaps={"fork only": "there is no limit to lift"},
    ),
    Hostile(
        "print without end",
        "fill the parent's memory with output",
        "def target(A):\n    while True:\n        print('x' * 10**6)\n",
        ("too-much-output",),
    ),
    Hostile(
        "gigabytes to the descriptors",
        "pass the captured output by",
        """
import os

def target(A):
    for _ in range(2000):
        os.write(1, b"x" * 10**6)
        os.write(2, b"x" * 10**6)
    return 3 * A.sum(axis=1)
""",
        ("right", "timeout"),
    ),
    Hostile(
        "output that lies about its length",
        "hand more text to the parent than is kept",
        """
import sys

class Text(str):
    def __len__(self):
        return 1

def target(A):
    print(Text("x" * 10**6))
    sys.stdout.parts.append("y" * 10**6)
    sys.stdout.kept = 1
    return 3 * A.sum(axis=1)
""",
        ("right",),
    ),
    Hostile(
        "results that add up",
        "fill the parent's memory with values that are each allowed",
        "import numpy as np\n\ndef target(A):\n    return np.zeros(3 << 20)\n",
        ("not-run then too-much-output",),
    ),
    Hostile(
        "os._exit(0)",
        "end before a verdict",
        "import os\n\ndef target(A):\n    os._exit(0)\n",
        ("crashed: the code ended the process with exit status 0",),
    ),
    Hostile(
        "exit status of another verdict",
        "look as if memory had run out",
        "import os\n\ndef target(A):\n    os._exit(70)\n",
        ("out-of-memory",),  # its own verdict and nothing else
    ),
    Hostile("sys.exit", "end before a verdict", "import sys\n\ndef target(A):\n    sys.exit(0)\n", ("raised SystemExit",)),
    Hostile(
        "KeyboardInterrupt",
        "look like Ctrl-C",
        "def target(A):\n    raise KeyboardInterrupt\n",
        ("raised KeyboardInterrupt",),
    ),
    Hostile(
        "segmentation fault",
        "crash the process",
        "import ctypes\n\ndef target(A):\n    return ctypes.string_at(0)\n",
        ("crashed: the process was ended by signal 11 (SIGSEGV)",),
    ),
    Hostile(
        "abort",
        "crash the process",
        "import os\n\ndef target(A):\n    os.abort()\n",
        ("crashed: the process was ended by signal 6 (SIGABRT)",),
    ),
    Hostile(
        "kill itself",
        "look like a limit",
        "import signal\n\ndef target(A):\n    signal.raise_signal(signal.SIGKILL)\n",
        ("crashed: the process was ended by signal 9 (SIGKILL)",),
    ),
    Hostile(
        "segmentation fault at import",
        "crash the process while loading",
        "import ctypes\n\ndef gone(x=ctypes.string_at(0)):\n    pass\n\ndef target(A):\n    return 3 * A.sum(axis=1)\n",
        ("right",),
    ),
    Hostile(
        "atexit and finalizers",
        "go on after the verdict",
        """
import atexit
import weakref

class Last:
    def __del__(self):
        while True:
            pass

last = Last()
atexit.register(Last.__del__, last)
weakref.finalize(last, Last.__del__, last)

def target(A):
    return 3 * A.sum(axis=1)
""",
        ("right",),
    ),
    Hostile(
        "a result that never goes away",
        "loop when the worker forgets the last reply",
        """
class Last:
    def __del__(self):
        while True:
            pass

def target(A):
    return Last()
""",
        ("opaque Last", "opaque Last then timeout"),
        lingers=True,
    ),
    Hostile(
        "trace function",
        "raise inside the worker's own code",
        """
import sys

def trace(*_):
    1 / 0

def target(A):
    sys.setprofile(trace)
    return 3 * A.sum(axis=1)
""",
        ("raised ZeroDivisionError", "crashed: the code broke the worker that runs it"),
    ),
    Hostile(
        "patched os",
        "keep the worker from ending",
        """
import os
import sys

def target(A):
    os._exit = sys.exit = lambda status: None
    os.read = os.write = lambda *_: 0
    return 3 * A.sum(axis=1)
""",
        ("right",),
    ),
)
