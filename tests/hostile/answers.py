"""Rows that look for the answers, or for those who judge."""

# ruff: noqa: E501  (a short program is easier to read on one line)
from __future__ import annotations

from tests.hostile.row import NO_LATE_IMPORT, Hostile

_READABLE = "files that anybody may read can be read"
_GONE = ("raised ModuleNotFoundError",)

ROWS = (
    Hostile(
        "patched NumPy",
        "make every comparison true",
        """
import numpy as np

for name in ("allclose", "isclose", "array_equal", "all", "abs", "testing"):
    pass

class Patch:
    np.allclose = np.isclose = np.array_equal = np.all = np.array_equiv = lambda *a, **k: True
    np.testing.assert_allclose = np.abs = lambda *a, **k: 0.0

def target(A):
    return A
""",
        ("wrong",),
    ),
    Hostile(
        "patched ndarray",
        "pass something else as an array",
        """
import numpy as np

class Fake:
    dtype = np.dtype("f8")
    nbytes = 8
    shape = (2,)
    def tobytes(self): return bytes(10**6)

def target(A):
    np.ndarray = Fake
    return Fake()
""",
        (
            "crashed: it sent something that is not a reply",
            "wrong",
            "raised AttributeError then crashed: the code broke the worker that runs it",
        ),
    ),
    Hostile(
        "patched builtins",
        "change what the worker works with",
        """
import builtins

def target(A):
    for name in ("len", "isinstance", "type", "all", "map", "zip", "sum", "getattr", "issubclass", "str", "dict"):
        setattr(builtins, name, lambda *a, **k: True)
    return A
""",
        ("crashed: the code broke the worker that runs it", "raised TypeError", "wrong", "raised AttributeError"),
    ),
    Hostile(
        "patched modules",
        "have the worker import something else",
        """
import importlib
import sys
import types

def target(A):
    for name in list(sys.modules):
        if name not in ("sys", "builtins"):
            sys.modules[name] = types.ModuleType(name)
    importlib.reload = importlib.import_module = lambda *a: None
    return A
""",
        ("wrong", "crashed: the code broke the worker that runs it"),
    ),
    Hostile(
        "import grader",
        "reach the judges",
        "import grader\n\ndef target(A):\n    return grader\n",
        ("raised NameError",),
    ),
    Hostile("import reference", "reach the answers", "def target(A):\n    import reference.dnn_step_by_step\n", _GONE),
    Hostile("import assignments", "reach the mistakes", "def target(A):\n    import assignments\n", _GONE),
    Hostile(
        "import by path",
        "reach the reference past the import system",
        """
import os
import sys

def target(A):
    del sys.meta_path[0]
    sys.path.insert(0, "PROJECT")
    import reference
    return reference
""",
        (*_GONE, "opaque _grader.stubs.AbsentModule"),
        gaps={"no landlock": _READABLE, "fork only": _READABLE},
    ),
    Hostile(
        "read the project",
        "read reference, tests and cases",
        """
import os
import sys

def target(A):
    return open(os.path.join("PROJECT", "reference", "dnn_step_by_step.py")).read()[:100]
""",
        ("raised PermissionError",),
        gaps={"no landlock": _READABLE, "fork only": _READABLE},
    ),
    Hostile(
        "list the project",
        "find what can be read",
        "import os\nimport sys\n\ndef target(A):\n    return os.listdir('PROJECT')\n",
        ("raised PermissionError",),
        gaps={"no landlock": _READABLE, "fork only": _READABLE},
    ),
    *(
        Hostile(
            f"read {path}",
            "read the system",
            f"def target(A):\n    return open({path!r}, 'rb').read(100)\n",
            ("raised PermissionError", "raised FileNotFoundError"),
            gaps={"no landlock": _READABLE, "fork only": _READABLE},
        )
        for path in ("/etc/passwd", "/proc/self/environ", "/proc/self/maps", "/proc/1/cmdline", "/proc/net/tcp")
    ),
    Hostile(
        "read the parent's memory",
        "find the answers where they are",
        "import os\n\ndef target(A):\n    return open(f'/proc/{os.getppid()}/mem', 'rb').read(1)\n",
        ("raised PermissionError", "raised FileNotFoundError"),
        gaps={"fork only": "as root it can be opened"},
    ),
    Hostile(
        "process_vm_readv",
        "read the parent's memory by a system call",
        "import os\nimport tools\n\ndef target(A):\n    tools.syscall(310, os.getppid(), b'', 0, b'', 0, 0)\n    tools.found('its memory')\n",
        ("raised PermissionError",),
        gaps={
            "no seccomp": "a call for nothing is not refused; for memory, the user and the namespace refuse it",
            "fork only": "as root it is allowed",
        },
    ),
    Hostile(
        "ptrace",
        "take hold of the parent",
        "import os\nimport tools\n\ndef target(A):\n    tools.syscall(101, 16, os.getppid(), 0, 0)\n    tools.found('its parent')\n",
        ("raised PermissionError", "raised ProcessLookupError"),
        gaps={"fork only": "not run: nothing would stop it at this level"},
    ),
    Hostile(
        "environment",
        "find keys in it",
        """
import os
import tools

def target(A):
    known = {"OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "PYTHONHASHSEED", "LANG", "LC_ALL", "PATH", "LC_CTYPE"}
    more = {name for name in set(os.environ) - known if not name.startswith("MALLOC_")}
    if more:
        tools.found(more)
    return 3 * A.sum(axis=1)
""",
        ("right",),
    ),
    Hostile(
        "descriptors",
        "find a file or a socket that was left open",
        """
import fcntl
import os
import tools

def target(A):
    for number in range(3, 64):
        try:
            fcntl.fcntl(number, fcntl.F_GETFD)
        except OSError:
            continue
        if number != tools.descriptor():
            tools.found(f"descriptor {number}")
    return 3 * A.sum(axis=1)
""",
        ("right",),
        gaps={"no landlock": NO_LATE_IMPORT},
    ),
    Hostile(
        "frames above",
        "read the expected value from the callers",
        """
import sys
import tools

def target(A):
    frame = sys._getframe()
    while frame is not None:
        for name in frame.f_locals:
            if "expect" in name or "reference" in name or "mistake" in name:
                tools.found(name)
        frame = frame.f_back
    return 3 * A.sum(axis=1)
""",
        ("right",),
    ),
    Hostile(
        "the dead and the living",
        "find the judges' objects with gc",
        """
import gc
import sys
import tools

def target(A):
    for thing in gc.get_objects():
        module = type(thing).__module__
        if isinstance(module, str) and module.partition(".")[0] in ("grader", "reference", "assignments", "hypothesis"):
            tools.found(type(thing))
    if {"grader", "reference", "assignments", "hypothesis"} & set(sys.modules):
        tools.found("a module")
    return 3 * A.sum(axis=1)
""",
        ("right",),
    ),
)
