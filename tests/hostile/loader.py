"""Rows against the loader: files, packages and imports of a student's, and what the worker says of loading.

What a row gets right it may do in its own worker, which knows no answer; none of it may reach the parent, the next
function's questions, or another file.
"""

# ruff: noqa: E501  (a short program is easier to read on one line)
from __future__ import annotations

from collections.abc import Mapping

from tests.hostile.row import NO_LATE_IMPORT, Hostile

_NOT_A_REPLY = "crashed: it sent something that is not a reply"
_RIGHT = "def target(A):\n    return 3 * A.sum(axis=1)\n"
_OTHER = "def other(A):\n    return A + 1\n"
_HEAD = "import sys\nimport numpy as np\nimport tools\n\n"
_GONE = (
    "raised ModuleNotFoundError",
    "raised ImportError",
    "raised AttributeError",
    "raised NameError",
    "missing",
    "raised missing",
)
_LATE = {"no landlock": NO_LATE_IMPORT}


def beside(name: str, files: Mapping[str, str], use: str, *must: str, gaps: Mapping[str, str] = {}) -> Hostile:
    """A submission with further files, whose function does something with them and then answers as it should."""
    source = f"{_HEAD}def target(A):\n    {use}\n    return 3 * A.sum(axis=1)\n"
    return Hostile(name, "be something else than a file of a student's", source, must or ("right",), gaps, files=files)


def first(name: str, tries: str, before: str, *must: str, other: tuple[str, ...] = ("right",)) -> Hostile:
    """Code that runs while definitions are loaded: a default of the function needs it."""
    return Hostile(
        name, tries, f"{_HEAD}{before}\n\n{_RIGHT.replace('(A)', '(A, _=early)')}", must or ("right",), other=other
    )


def says(name: str, tries: str, statement: str, *must: str, other: tuple[str, ...] = ("right",)) -> Hostile:
    """A lie about loading, sent while a statement runs."""
    source = f"{_HEAD}def early(x=tools.{statement}):\n    pass\n\n{_RIGHT}"
    return Hostile(name, tries, source, must or ("right",), other=other)


def loaded(**changes: object) -> str:
    """A report on loading that the worker did not write."""
    report = {"defined": {"target": "callable", "other": "callable"}, "bound": {}, "failed": [], "absent": [], **changes}
    return f"send(b'L', tools.packed({report!r}))"


_FORGED = (_NOT_A_REPLY,)
_LOST = ("right", _NOT_A_REPLY)

ROWS = (
    # -- files with names of others ----------------------------------------------------------------
    beside(
        "a package called numpy",
        {"numpy/__init__.py": "def sum(*a): return 0\n"},
        "tools.found('another') if 'submission' in str(np.__spec__) else 0",
    ),
    beside("a file called numpy", {"numpy.py": "stolen = 1\n"}, "hasattr(np, 'stolen') and tools.found('another')"),
    beside(
        "a sub-module of numpy",
        {"numpy/extra.py": "here = 1\n"},
        "import numpy.extra",
        "raised ModuleNotFoundError",
        "right",
    ),
    beside("a file called sys", {"sys.py": "stolen = 1\n"}, "hasattr(sys, 'stolen') and tools.found('another')"),
    beside(
        "a file called builtins",
        {"builtins.py": "stolen = 1\n"},
        "hasattr(__import__('builtins'), 'stolen') and tools.found('another')",
    ),
    beside("a package called grader", {"grader/__init__.py": "here = 1\n"}, "import grader", *_GONE),
    beside("a package called reference", {"reference/__init__.py": "here = 1\n"}, "import reference", *_GONE),
    beside("a package called submission", {"submission/__init__.py": "here = 1\n"}, "import submission", "right"),
    beside(
        "a file called submission", {"submission.py": "here = 1\n"}, "import submission.submission as s", "right", *_GONE
    ),
    beside("a file called __main__", {"__main__.py": "def target(A): return 0\n"}, "pass"),
    beside("a file called __init__", {"__init__.py": "def target(A): return 0\n"}, "pass"),
    beside(
        "a package called _grader",
        {"_grader/wire.py": "def encode(*a, **k): return 0\n"},
        "import _grader.wire; hasattr(_grader.wire, 'Encoded') or tools.found('another')",
    ),
    beside("a file called _grader", {"_grader.py": "Absent = object\n"}, "import _grader.stubs"),
    beside("a file over a provided module", {"tools.py": "def found(*a): return 1\n"}, "hasattr(tools, 'session') or 1 / 0"),
    beside(
        "a file that writes over a provided module",
        {
            "w.ipynb": '{"cells": [{"cell_type": "code", "source": "%%writefile tools.py\\nsession = 1"}], "metadata": {}, "nbformat": 4}'
        },
        "tools.session == 1 and tools.found('another')",
    ),
    beside(
        "a cell that writes above its folder",
        {
            "w.ipynb": '{"cells": [{"cell_type": "code", "source": "%%writefile ../../above.py\\nmine = 1"}], "metadata": {}, "nbformat": 4}'
        },
        "import above",
        *_GONE,
        "right",
    ),
    beside(
        "a cell that writes to the root",
        {
            "w.ipynb": '{"cells": [{"cell_type": "code", "source": "%%writefile /etc/above.py\\nmine = 1"}], "metadata": {}, "nbformat": 4}'
        },
        "import etc.above",
        *_GONE,
        "right",
    ),
    beside("files that run each other", {"a.py": "%run b.py\n", "b.py": "%run a.py\n"}, "import a", "right", *_GONE),
    beside("a file that runs itself", {"a.py": "%run a.py\nx = 1\n"}, "import a"),
    beside(
        "modules that import each other",
        {"a.py": "import b\nx = 1\n", "b.py": "import a\ny = a.x\n"},
        "import a",
        "right",
        *_GONE,
    ),
    beside(
        "a module that imports itself for ever",
        {"a.py": "import importlib, sys\nsys.modules.pop('a', None)\nimport a\n"},
        "import a",
        "right",
        "raised RecursionError",
        *_GONE,
    ),
    beside(
        "a module with the name of a step up",
        {"a.py": "from .. import other\nfrom ... import x\nfrom ........ import y\n"},
        "import a",
        "right",
        *_GONE,
    ),
    beside(
        "a dotted name of a megabyte",
        {},
        "__import__('a.' * 500_000 + 'a')",
        "right",
        "timeout",
        "raised RecursionError",
        "raised WireError",
        *_GONE,
        gaps=_LATE,
    ),
    beside("a name of a megabyte", {}, "__import__('a' * 1_000_000)", "right"),
    beside("a thousand missing libraries", {}, "[__import__(f'missing_{n}') for n in range(1000)]", "right"),
    beside("a module without a dictionary", {"a.py": "globals().clear()\n"}, "import a", "right", *_GONE),
    beside("a module that is a number", {"a.py": "import sys\nsys.modules[__name__] = 5\n"}, "import a", "right", *_GONE),
    beside(
        "a module that ends the process",
        {"a.py": "import os\nos._exit(0)\n"},
        "import a",
        "right",
        "crashed: the code ended the process with exit status 0",
    ),
    beside(
        "a module that loops when it is imported late",
        {"a.py": "def f(x=max(iter(int, 1))): pass\n"},
        "import a",
        "timeout",
        "right",
    ),
    beside(
        "a module with the other function",
        {"m.py": "def target(A): return tools\ndef other(A): return -A\n"},
        "import m; m.other = None",
    ),
    # -- what finds modules ------------------------------------------------------------------------
    first(
        "a finder before the first",
        "serve the worker's own modules",
        "class Finder:\n    def find_spec(self, name, path=None, target=None):\n        raise SystemExit\n\ndef early(x=sys.meta_path.insert(0, Finder())):\n    pass",
    ),
    first("no finders while loading", "break what is loaded next", "def early(x=sys.meta_path.clear()):\n    pass"),
    first("a path of one's own", "find the harness", "def early(x=sys.path.insert(0, '/')):\n    pass"),
    first("a path that is no list", "break imports", "def early(x=setattr(sys, 'path', 7)):\n    pass"),
    first(
        "modules replaced",
        "be the worker's wire",
        "def early(x=sys.modules.update({'_grader': 5, '_grader.wire': 5, '_grader.session': 5, 'submission': 5, '__main__': 5})):\n    pass",
        "right",
        "crashed: the code broke the worker that runs it",
    ),
    first(
        "no modules",
        "break what looks for modules",
        "def early(x=sys.modules.clear()):\n    pass",
        "right",
        "crashed: the code broke the worker that runs it",
        "raised KeyError",
        "raised ImportError",
        "raised RuntimeError",
        "raised missing",
        other=("right", "raised missing", "crashed: the code broke the worker that runs it"),
    ),
    first(
        "an import that is patched",
        "see what is imported",
        "def early(x=setattr(__import__('builtins'), '__import__', lambda *a, **k: 5)):\n    pass",
        "right",
        "raised AttributeError",
    ),
    first(
        "open that is patched",
        "have the worker read something else",
        "def early(x=setattr(__import__('builtins'), 'open', print)):\n    pass",
    ),
    first(
        "compile and exec that are patched",
        "rewrite what is loaded next",
        "def early(x=[setattr(__import__('builtins'), n, lambda *a, **k: None) for n in ('exec', 'compile')]):\n    pass",
        "right",
        "missing",
        "raised missing",
        other=("right", "raised missing"),
    ),
    first(
        "inspection that is patched",
        "be preferred",
        "import inspect\n\ndef early(x=setattr(inspect, 'signature', lambda f: 5)):\n    pass",
    ),
    first(
        "stand-ins that are patched",
        "have a missing library answer",
        "import sys\n\ndef early(x=setattr(sys.modules['_grader.stubs'].Absent, '__call__', lambda s, *a: 3)):\n    pass",
    ),
    first(
        "the main module imported",
        "read the program of the worker",
        "import __main__\n\ndef early(x=getattr(__main__, 'Session', None)):\n    pass\n\nif hasattr(__main__, 'Session'): tools.found('the worker')",
    ),
    # -- which function counts -----------------------------------------------------------------------
    Hostile("a signature that lies", "be preferred", _HEAD + _RIGHT + "target.__signature__ = 5\n", ("right",)),
    Hostile(
        "a signature that loops",
        "stop the choice",
        _HEAD
        + "class Lies:\n    @property\n    def __signature__(self):\n        while True: pass\n    def __call__(self, A):\n        return 0\n\ntarget = Lies()\n",
        ("missing", "raised missing", "timeout", "wrong"),
    ),
    Hostile(
        "a module name that lies",
        "be taken for a library's function",
        _HEAD + _RIGHT + "target.__module__ = 'numpy'\n",
        ("right",),
    ),
    Hostile(
        "a module name that is an object",
        "break the choice",
        _HEAD
        + "class Rule:\n    class __module__:\n        def partition(self, s): raise SystemExit\n    def __call__(self, A): return 3 * A.sum(axis=1)\n\ntarget = Rule()\n",
        ("right", "raised missing"),
    ),
    Hostile(
        "callable only when it is looked at",
        "pass for a function",
        _HEAD
        + "class Meta(type):\n    def __getattribute__(cls, name):\n        raise KeyboardInterrupt\n\nclass Rule(metaclass=Meta):\n    def __call__(self, A): return 0\n\ntarget = Rule()\n",
        ("wrong", "raised missing"),
    ),
    Hostile(
        "a call that changes after the first",
        "be right once",
        _HEAD
        + "class Rule:\n    def __call__(self, A):\n        type(self).__call__ = lambda s, A: 0\n        return 3 * A.sum(axis=1)\n\ntarget = Rule()\n",
        ("right then wrong",),
    ),
    Hostile(
        "a signature of ten thousand",
        "cost the choice",
        _HEAD + "def target(A, " + ", ".join(f"a{n}=0" for n in range(10_000)) + "):\n    return 3 * A.sum(axis=1)\n",
        ("right",),
    ),
    Hostile(
        "a wrapper of a wrapper without end",
        "loop in the choice",
        _HEAD + _RIGHT + "target.__wrapped__ = target\n",
        ("right",),
    ),
    Hostile(
        "a decorator that never returns",
        "stop what is loaded",
        _HEAD + "def stuck(f):\n    while True: pass\n\n@stuck\n" + _RIGHT,
        ("missing", "raised missing"),
        other=("right",),
    ),
    Hostile(
        "a class body that never ends",
        "stop what is loaded",
        _HEAD + "class Stuck:\n    while True: pass\n\n" + _RIGHT.replace("(A)", "(A, x=Stuck)"),
        ("missing", "raised missing", "raised NameError"),
    ),
    Hostile(
        "an equality that loops",
        "stop a comparison of two definitions",
        _HEAD
        + "class Rule:\n    def __eq__(self, o):\n        while True: pass\n    __ne__ = __eq__\n    __bool__ = __len__ = __eq__\n    def __call__(self, A): return 3 * A.sum(axis=1)\n\ntarget = Rule()\ntarget = Rule()\n",
        ("right", "raised missing"),
    ),
    Hostile(
        "a namespace that answers",
        "give a function that is not there",
        _HEAD + "def __getattr__(name):\n    return lambda A: 3 * A.sum(axis=1)\n\ndef __dir__():\n    return ['target']\n",
        ("missing", "raised missing"),
    ),
    Hostile(
        "a name that a finalizer binds",
        "be another function when it is asked",
        _HEAD
        + _RIGHT
        + "class Last:\n    def __del__(self):\n        global target, other\n        target = other = lambda A: 0\n\nlast = Last()\ndel last\n",
        ("right", "wrong"),
    ),
    Hostile(
        "a name that a trace binds",
        "be another function when it is asked",
        _HEAD
        + _RIGHT
        + "def trace(*a):\n    globals()['other'] = lambda A: A * 0\n\ndef early(x=sys.setprofile(trace)):\n    pass\n",
        ("right",),
        other=("right", "wrong"),
    ),
    Hostile(
        "a dataclass with evaluated annotations",
        "run a text",
        "from __future__ import annotations\nimport dataclasses\nimport tools\n\n@dataclasses.dataclass\nclass D:\n    x: tools.found('evaluated') = 0\n\n"
        + _RIGHT.replace("(A)", "(A, x=D)"),
        ("right",),
    ),
    Hostile(
        "annotations that are asked for",
        "run a text",
        "import typing\nimport tools\n\ndef target(A: \"tools.found('evaluated')\"):\n    return 3 * A.sum(axis=1)\n\ntry:\n    typing.get_type_hints(target)\nexcept Exception:\n    pass\n",
        ("right",),
    ),
    Hostile(
        "a choice that is forged",
        "be the best of all definitions",
        _HEAD
        + "def target(A):\n    return 0\n\ndef early(x=tools.session().definitions.best.update(target=(99, 0, lambda A: 1), other=(99, 0, lambda A: A + 1))):\n    pass\n",
        ("wrong",),
    ),
    Hostile(
        "functions that are put in place",
        "answer for another function",
        _HEAD + _RIGHT + "def early(x=tools.session().functions.update(other=lambda A: A + 1)):\n    pass\n",
        ("right",),
    ),
    # -- what is said of loading ----------------------------------------------------------------------
    says("a unit that is not there", "have others blamed", "send(b'U', (99).to_bytes(4, 'little'))"),
    says("a unit with a negative number", "have others blamed", "send(b'U', b'\\xff' * 4)"),
    says("a unit that is announced twice", "have others blamed", "send(b'U', (0).to_bytes(4, 'little'))"),
    says(
        "a unit of another function announced",
        "have the other's definition left out",
        "send(b'U', (4).to_bytes(4, 'little'))",
        "right",
        "raised missing",
        *_FORGED,
        other=("right", "raised missing", *_LOST),
    ),
    says(
        "units without end",
        "cost the parent",
        "found.__class__ and [tools.send(b'U', (0).to_bytes(4, 'little')) for _ in range(10_000)]",
    ),
    says("a bound number that lies", "show another line", loaded(bound={"target": 0, "other": 0}), *_FORGED, other=_LOST),
    says("a bound number beyond all", "read another submission's lines", loaded(bound={"target": 10**6}), "right"),
    says("a bound number that is no number", "break the parent", loaded(bound={"target": [1.5]}), "right"),
    says(
        "a million failures",
        "cost the parent",
        "send(b'L', tools.packed({'defined': {}, 'bound': {}, 'absent': [], 'failed': [(0, 'a', 'b')] * 60_000}))",
        "right",
        *_FORGED,
        "missing",
        other=("right", *_LOST),
    ),
    says(
        "failures with long texts",
        "fill the report",
        loaded(failed=[(0, "E" * 5000, "x" * 5000)] * 90),
        *_FORGED,
        other=_LOST,
    ),
    says(
        "names that nobody asked for",
        "fill the report",
        "send(b'L', tools.packed({'defined': {str(n): 'callable' for n in range(999)}, 'bound': {}, 'failed': [], 'absent': []}))",
        *_FORGED,
        other=_LOST,
    ),
    says(
        "a kind that nobody knows",
        "have no verdict",
        loaded(defined={"target": "\x1b[31m", "other": "no"}),
        *_FORGED,
        other=_LOST,
    ),
    # -- what is left in memory ------------------------------------------------------------------------
    Hostile(
        "the program in memory",
        "read what others are asked",
        _HEAD
        + "import gc\n\ndef target(A):\n    for thing in gc.get_objects():\n        if type(thing) is dict and 'plans' in thing: tools.found('plans')\n    return 3 * A.sum(axis=1)\n",
        ("right",),
    ),
    Hostile(
        "a helper that is kept",
        "ask it for another function",
        _HEAD
        + "kept = []\n\ndef target(A):\n    kept.append(helped)\n    helped(A)\n    return 3 * A.sum(axis=1)\n\n"
        + "def other(A):\n    try:\n        kept[0](A)\n    except Exception:\n        return A + 1\n    tools.found('an answer')\n",
        ("right",),
    ),
    Hostile(
        "a helper under another name",
        "ask for what is graded",
        _HEAD + "def target(A):\n    return tools.session().bindings.trampoline('target')(A)\n",
        ("raised RuntimeError", "raised NameError"),
    ),
    # -- arrays without numbers -------------------------------------------------------------------------
    *(
        Hostile(
            f"an array without numbers, {shape}",
            "make the parent walk through nothing",
            f"import numpy as np\n\ndef target(A):\n    return np.zeros({shape})\n",
            ("raised WireError",),
        )
        for shape in ("(0, 2**40)", "(300_000_000, 0)", "(2**20, 0, 2**20)", "(1,) * 40")
    ),
    *(
        Hostile(
            f"a forged header of an array, {name}",
            "make the parent walk through nothing",
            _HEAD
            + f"import struct\n\ndef target(A):\n    shape = {shape}\n    header = b'af8 ' + struct.pack('<B%dq' % len(shape), len(shape), *shape)\n    tools.send(b'V', tools.head() + struct.pack('<II', len(header), 0) + header)\n    return 0\n",
            (_NOT_A_REPLY,),
        )
        for name, shape in (
            ("very many columns", "(0, 2**58)"),
            ("very many rows", "(2**62, 0)"),
            ("many dimensions", "(0,) * 60"),
            ("a size below zero", "(0, -5)"),
        )
    ),
)
