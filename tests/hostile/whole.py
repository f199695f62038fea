"""Hostile hand-ins as whole folders: what they hold, and the most that they may earn of a hundred.

Attacks on what happens around student code: which files are read, who may import what, which statements run, how functions
are graded again with right helpers, what counts as a value. The course is that of :mod:`tests.platforms`: ``half`` (40
points), and ``quarter`` (60), which is ``half(half(X))``. In the class folder lies a right submission as ``bob``.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.platforms import RIGHT, WRONG, notebook

__all__ = ["WHOLE", "Files", "Whole", "lay_out", "link", "tarred", "zipped"]

Files = Mapping[str, str | bytes | Callable[[Path], object]]
_MIB = 1 << 20


@dataclass(frozen=True)
class Whole:
    """A hand-in that does not mean well: its name, the files of its folder, and the most that it may earn."""

    name: str
    files: Files
    most: float = 0.0


def lay_out(folder: Path, files: Files) -> None:
    """Write the files of a hand-in."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if callable(data):
            data(path)
        else:
            path.write_bytes(data if isinstance(data, bytes) else data.encode("utf-8", "surrogatepass"))


def zipped(files: Mapping[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return out.getvalue()


def tarred(files: Mapping[str, str | bytes], packed: bool = True, **facts: object) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz" if packed else "w", format=tarfile.GNU_FORMAT) as archive:
        for name, text in files.items():
            data = text if isinstance(text, bytes) else text.encode()
            info = tarfile.TarInfo(name)
            info.size = len(data)
            for fact, value in facts.items():
                setattr(info, fact, value)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def link(target: str) -> Callable[[Path], object]:
    return lambda path: path.symlink_to(target)


def _made(make: Callable[[], bytes]) -> Callable[[Path], object]:
    """A large file that is made where it is laid out: whoever only collects the tests does not wait for it."""
    return lambda path: path.write_bytes(make())


@cache
def _zeros(size: int) -> bytes:
    packing = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(packing.compress(bytes(_MIB)) for _ in range(size // _MIB)) + packing.flush()


def _both(body: str, head: str = "") -> Files:
    return {"hw.py": f"import numpy as np\n{head}\ndef half(X):\n    return {body}\n\ndef quarter(X):\n    return {body}\n"}


def _lines(count: int, line: str, *after: str) -> Files:
    """A file of many lines that are alike, ``n`` and ``m`` being their number and the one before."""
    lines = (line.replace("{n}", str(n)).replace("{m}", str(max(n - 1, 0))) for n in range(count))
    return {"hw.py": "\n".join([*lines, *after, "def quarter(X): return X * 0\n"])}


QUARTER = "def quarter(X):\n    return half(half(X))\n"
# -- carried runs: the right helpers are answered for ``quarter``, never for ``half`` ------------------------------
CARRIED: Mapping[str, tuple[str, float]] = {
    "half keeps what quarter was answered": (
        "KEPT = {}\ndef half(X):\n    return KEPT.get(X.tobytes(), X * 0)\n"
        "def quarter(X):\n    KEPT[X.tobytes()] = half(X)\n    return half(KEPT[X.tobytes()])\n",
        60,
    ),
    "half keeps answers in NumPy": (
        "import numpy as np\ndef half(X):\n    return np.__dict__.setdefault('_memo', {}).get(X.tobytes(), X)\n"
        "def quarter(X):\n    r = half(X)\n    np.__dict__.setdefault('_memo', {})[X.tobytes()] = r\n    return half(r)\n",
        60,
    ),
    "half asks quarter": (
        "def half(X):\n    try:\n        return quarter(X)\n    except RecursionError:\n        return X\n"
        "def quarter(X):\n    return half(X)\n",
        20,
    ),
    "half is quarter": (f"{QUARTER}half = quarter\n", 60),
    "half looks for its own right version": (
        "import gc\ndef half(X):\n    for f in gc.get_objects():\n"
        "        if callable(f) and getattr(f, '__name__', '') == 'half' and f is not half:\n"
        "            try:\n                return f(X)\n            except Exception:\n                pass\n    return X\n"
        + QUARTER,
        60,
    ),
    "half asks the session": (
        "import gc\ndef half(X):\n    s = next(t for t in gc.get_objects() if type(t).__name__ == 'Session')\n"
        "    for f in (getattr(s, n) for n in dir(s) if n.startswith(('ask', 'help', 'answer', 'call'))):\n"
        "        for args in (('half', (X,), {}), ('half', X), (X,), (0, 'half', (X,), {})):\n"
        "            try:\n                return f(*args)\n            except Exception:\n                pass\n"
        "    return X\n" + QUARTER,
        60,
    ),
    "code called by another name": (
        "def half(X):\n    return X\nhalf.__name__ = half.__qualname__ = 'quarter'\n"
        f"half.__code__ = half.__code__.replace(co_name='quarter')\n{QUARTER}",
        60,
    ),
    "a function that equals everything": (
        "class H:\n    __name__ = 'half'\n    def __call__(self, X): return X\n    def __eq__(self, other): return True\n"
        f"    def __hash__(self): return hash('half')\nhalf = H()\n{QUARTER}",
        60,
    ),
    "a name that equals everything": (
        "class S(str):\n    def __eq__(self, other): return True\n    def __hash__(self): return hash('half')\n"
        f"globals()[S('half')] = lambda X: X\n{QUARTER}",
        60,
    ),
    "an object that asks when it goes": (
        "KEPT = {}\nclass D:\n    def __init__(self, X): self.X = X\n"
        "    def __del__(self): KEPT[self.X.tobytes()] = half(self.X)\n"
        "def half(X):\n    D(X)\n    return KEPT.get(X.tobytes(), X)\n" + QUARTER,
        60,
    ),
    "a generator that asks when it is closed": (
        "KEPT = []\ndef ask(X):\n    try:\n        yield\n    finally:\n        KEPT.append(half(X))\n"
        "def half(X):\n    next(ask(X))\n    return X\ndef quarter(X):\n    return KEPT[-1] if KEPT else X\n",
        0,
    ),
    "quarter hands its answer on in an object": (
        "class Q:\n    def __init__(self, v): self.v = v\n    def __array__(self, *a, **k): return self.v\n"
        "    def __eq__(self, o): return True\ndef half(X):\n    return X\ndef quarter(X):\n    return Q(half(half(X)))\n",
        0,
    ),
    "quarter is half of an answer": ("def half(X):\n    raise ValueError\ndef quarter(X):\n    return half(X)\n", 20),
    "the first run is told from the second": (
        "def half(X):\n    return X\ndef quarter(X):\n    return X if half.__code__.co_name != 'half' else X * 0\n",
        0,
    ),
}
# -- values and what they share ---------------------------------------------------------------------------------
LIAR = """
class L:
    def __init__(self, X): self.X = X
    shape = property(lambda s: s.X.shape)
    dtype = np.dtype('f8')
    __array_priority__ = 1e9
    def __array__(self, *a, **k): return self.X / 2
    def __eq__(self, o): return True
    def __sub__(self, o): return np.zeros(self.X.shape)
    __rsub__ = __sub__
    def __array_ufunc__(self, *a, **k): return np.ones(self.X.shape, bool)
    def __array_function__(self, *a, **k): return True
    def __reduce__(self): return (exec, ('import os; os.abort()',))
class F(float):
    def __eq__(self, o): return True
    def __sub__(self, o): return 0.0
"""
MATRIX = 54  # of 60: right numbers, in a type that the contract does not name
VALUES = (
    "np.matrix(X) / 2",
    "np.ma.array(X / 2, mask=True)",
    "np.array(X / 2, dtype=object)",
    "np.rec.array(X / 2)",
    "np.memmap('/dev/zero', shape=X.shape, mode='r')",
    "np.broadcast_to(np.float64(1), (1 << 40,))",
    "X * 0 + 5e-324",
    "np.asarray(X, '>f8') * 0",
    "np.lib.stride_tricks.as_strided(X, (1 << 20, 1 << 20), (0, 0))",
    "np.array(None)",
    "np.zeros(X.shape, np.dtype('f8', metadata={'a': X}))",
    "X * np.nan",
    "X * np.inf",
    "(X * 0).astype(np.longdouble)",
    "np.zeros(X.shape, 'M8[s]')",
    "X > 1e9",
    "np.full(X.shape, 'a' * 10)",
    "np.zeros(X.shape, 'V8')",
    "L(X)",
    "[L(X)]",
    "F(0)",
    "np.array(L(X), dtype=object)",
    "[X] * 100_000",
    "{n: X for n in range(100_000)}",
    "np.zeros((3 * 10**8, 0))",
    "np.zeros((0, 2**58))",
    "np.zeros(7_000_000)",
)
SHARED = {
    "one buffer for every answer": (
        "import numpy as np\nB = np.zeros(10_000)\ndef half(X):\n    v = B[: X.size].reshape(X.shape)\n    v[...] = X / 2\n"
        f"    return v\n{QUARTER}",
        100,
    ),
    "an answer that is changed afterwards": (
        "K = []\ndef half(X):\n    for k in K:\n        k[...] /= 2\n    K.append(X)\n    return X\n"
        "def quarter(X):\n    return X\n",
        0,
    ),
    "the argument itself, halved": (f"def half(X):\n    X /= 2\n    return X\n{QUARTER}", 99),
    "a list in itself": (
        "def half(X):\n    a = [X]\n    a.append(a)\n    return a\ndef quarter(X):\n    return half(X)\n",
        20,
    ),
}
# -- whose files, and which statements ------------------------------------------------------------------------------
NEIGHBOURS = {
    "by sys.path": "import sys\nsys.path.insert(0, '../bob')\nfrom hw import half, quarter\n",
    "by its own place": "import sys\nsys.path.append(__file__.rpartition('/')[0] + '/../bob')\nfrom hw import *\n",
    "by the name of the folder": "from bob.hw import half, quarter\n",
    "from above": "from ..bob.hw import half, quarter\n",
    "from far above": f"from {'.' * 1000}bob.hw import half, quarter\n",
    "by importlib": "import importlib\nm = importlib.import_module('bob.hw')\nhalf = m.half\nquarter = m.quarter\n",
    "by its text": "exec(open('../bob/hw.py').read())\n",
    "the reference": "from reference.halves import half, quarter\n",
    "the reference by its folder": "import sys\nsys.path.insert(0, '../../reference')\nfrom halves import half, quarter\n",
}
_MANY = [f"g{n}" for n in range(200)]
RUNS = ("%run ../bob/hw.py\n", "%run /etc/passwd", "%load ../bob/hw.py", "!cat ../bob/hw.py")
LOADER: Mapping[str, tuple[Files, float]] = {
    "%run of a neighbour's file": ({"hw.ipynb": notebook(*RUNS)}, 0),
    "%%writefile elsewhere": (
        {"hw.ipynb": notebook(*(f"%%writefile {p}\n{RIGHT}" for p in ("../bob/hw.py", "/tmp/x.py", "~/x.py")))},
        0,
    ),
    "%%writefile over NumPy": (
        {
            "hw.ipynb": notebook(
                "%%writefile numpy.py\ndef allclose(*a): return True\n", "import numpy as np\ndef half(X): return X\n"
            )
        },
        0,
    ),
    "%%writefile three thousand times": (
        {"hw.ipynb": notebook(*["%%writefile -a a.py\nx = 1\n"] * 3000, "from a import x")},
        0,
    ),
    "files written, each importing the next": (
        {
            "hw.ipynb": notebook(
                *(f"%%writefile m{n}.py\nfrom m{n + 1} import *\n" for n in range(1500)), "from m0 import *\n" + WRONG
            )
        },
        80,
    ),
    "notebooks that run each other": (
        {f"n{n}.ipynb": notebook(*(f"%run n{m}.ipynb" for m in range(30)), f"z{n} = 1") for n in range(30)},
        0,
    ),
    "a notebook that runs itself": ({"hw.ipynb": notebook("%run hw.ipynb\n%run hw\ndef half(X): return X\n")}, 0),
    "a hundred thousand magics": ({"hw.ipynb": notebook("%run a.py\n" * 100_000)}, 0),
    "packages that import each other": (
        {
            **{f"p{n}/__init__.py": "".join(f"from p{m} import *\n" for m in range(60)) + f"v{n} = 1\n" for n in range(60)},
            "hw.py": "from p0 import *\ndef half(X): return v1\ndef quarter(X): return X * 0\n",
        },
        0,
    ),
    "an import of very many parts": ({"hw.py": f"import {'.'.join('a' * 100_000)}\ndef half(X): return a\n"}, 0),
    "names that are looked up by a text": (
        _lines(3000, "def f{n}(): return globals()['f{m}']()", "def half(X): return f2999()"),
        0,
    ),
    "functions that set every name": (
        _lines(
            200,
            f"def f{{n}}():\n  global {','.join(_MANY)}\n  {'='.join(_MANY)}=f{{m}}",
            "f199()",
            "def half(X): return g0",
        ),
        0,
    ),
    "functions in defaults of functions": (
        _lines(8000, "f{n} = lambda x, g=(f{m} if {n} else None): g and g(x)", "def half(X): return f7999(X)"),
        0,
    ),
    "a graded name that is given again and again": (_lines(8000, "half = make({n})", "def make(n): return lambda X: X"), 0),
    "a hundred thousand global names": (
        {"hw.py": f"def s():\n  global g0{',g' * 99_999}\n  g0 = half\ns()\ndef half(X): return g0\n"},
        0,
    ),
    "five thousand decorators": ({"hw.py": "def d(f): return f\n" + "@d\n" * 5000 + "def half(X): return X\n"}, 0),
    "a name in two spellings": (
        {"hw.py": "def half(X): return X / 2\ndef \uff48alf(X): return X\ndef quarter(X): return X\n"},
        0,
    ),
    "zeros in the text": ({"hw.py": f"{RIGHT}\0\n\x1a"}, 0),
    "modules of the grader": (
        {f"{n}.py": "raise SystemExit(0)\n" for n in ("numpy", "grader", "conftest", "argparse", "sitecustomize")},
        0,
    ),
    "a codec that is interpreted": ({"hw.py": b"# coding: idna\n" + b"a." * 200_000 + b"\xff"}, 0),
    "half a million blank lines": ({"hw.py": "\n" * 500_000 + WRONG}, 80),
    "an export with tags without end": ({"hw.html": '<html><div class="input_area"><pre>' + "<" * (8 * _MIB)}, 0),
    "an export of areas without end": ({"hw.html": "<html>" + '<div class="input_area"><pre>' * 200_000}, 0),
    "an export of letters by number": (
        {"hw.html": f'<html><div class="input_area"><pre>&#x{"9" * 4_000_000};{"&amp" * 10**6}</pre>'},
        0,
    ),
    "twenty thousand cells of marimo": (
        {"hw.py": "import marimo\napp = marimo.App()\n" + "@app.cell\ndef _():\n    x = 1\n    return x,\n" * 20_000},
        0,
    ),
    "a cell of marimo without end": (
        {"hw.py": "import marimo\napp = marimo.App()\n@app.cell\ndef _(" + "a,\n" * 100_000},
        0,
    ),
    "JSON in a million brackets": ({"hw.ipynb": '{"cells":' + "[" * _MIB}, 0),
    "a number of sixteen megabytes": ({"hw.ipynb": '{"cells": ' + "9" * (16 * _MIB) + "}"}, 0),
    "JSON of half a million cells, broken": ({"hw.ipynb": '{"cells": [' + '{"a":1},' * 500_000 + "{"}, 0),
    "four million empty lines of a cell": (
        {"hw.ipynb": '{"cells": [{"cell_type":"code","source":[' + '"",' * 4_000_000 + '""]}]}'},
        0,
    ),
}
# -- archives, links, names and folders -------------------------------------------------------------------------------
_HEADER = b"\x1f\x8b\x08\x08" + bytes(6) + b"n" * (30 * _MIB)
_LINES = b"".join(b"#" + hashlib.sha256(bytes([n])).hexdigest().encode() * 30 + b"\n" for n in range(256))


@cache
def _packed() -> bytes:
    dense = _LINES * (24 * _MIB // len(_LINES))  # packs to a fortieth: no bomb by itself
    return zipped({f"m{n}.py": dense for n in range(3)})


FILES: Mapping[str, tuple[Files, float]] = {
    "a gzip of a gigabyte of zeros": ({"hw.tar.gz": _made(lambda: _zeros(1 << 30))}, 0),
    "a tar before a gigabyte of zeros": (
        {"hw.tar.gz": _made(lambda: gzip.compress(tarred({"hw.py": WRONG}, packed=False)) + _zeros(1 << 30))},
        80,
    ),
    "a name in a gzip without end": ({"hw.tar.gz": _HEADER}, 0),
    "a name of megabytes in a gzip": ({"hw.tar.gz": _HEADER + b"\0" + tarred({"hw.py": WRONG})[10:]}, 80),
    "two hundred thousand gzips": ({"hw.tar.gz": gzip.compress(b"") * 200_000}, 0),
    "a hard link in a tar": ({"hw.tar.gz": tarred({"hw.py": ""}, type=tarfile.LNKTYPE, linkname="../bob/hw.py")}, 0),
    "a link in a tar": (
        {"hw.tar.gz": tarred({"lib": ""}, type=tarfile.SYMTYPE, linkname="../../bob"), "a.py": "from lib.hw import *\n"},
        0,
    ),
    "a pipe in a tar": ({"hw.tar.gz": tarred({"hw.py": ""}, type=tarfile.FIFOTYPE)}, 0),
    "paths out of a tar": (
        {"hw.tar.gz": tarred(dict.fromkeys(("/tmp/x.py", "../bob/hw.py", "..\\bob\\hw.py", "C:/x.py"), RIGHT))},
        0,
    ),
    "a path out of a tar in its header": ({"hw.tar.gz": tarred({"x": "22 path=../bob/hw.py\n"}, type=b"x")}, 0),
    "thirty thousand files in a tar": ({"hw.tar.gz": _made(lambda: tarred({f"h{n}.txt": "" for n in range(30_000)}))}, 0),
    "archives in archives": (
        {"hw.tar.gz": tarred({"a.zip": zipped({"b.zip": zipped({"c.zip": zipped({"hw.py": RIGHT})})})})},
        0,
    ),
    "many archives in an archive": (
        {"hw.tar.gz": _made(lambda: tarred({f"a{n}.zip": zipped({"h.py": "#" + " " * _MIB}) for n in range(100)}))},
        0,
    ),
    "archives beside each other": (
        {f"a{n}.zip": _made(_packed) for n in range(4)},
        0,
    ),
    "settings of pytest": (
        {"pytest.ini": "[pytest]\naddopts = -p evil\npythonpath = .\n", "evil.py": "raise SystemExit\n", "hw.py": WRONG},
        80,
    ),
    "a class in a zip": ({"hw.zip": zipped({"bob_4711_90001_hw.py": WRONG, "carl_4712_90002_hw.py": WRONG})}, 80),
    "a course of nbgrader": ({"submitted/bob/halves/hw.py": WRONG, "submitted/carl/halves/hw.py": WRONG}, 80),
    "an export of Gradescope": (
        {"submission_metadata.yml": "submission_5:\n  :submitters:\n  - :sid: bob\n", "submission_5/hw.py": WRONG},
        80,
    ),
    "folders of Moodle": ({f"Bob_{n}_assignsubmission_file_/hw.py": WRONG for n in (501, 502)}, 80),
    "a bomb of YAML": (
        {
            "submission_metadata.yml": "a: &a [x]\n"
            + "".join(
                f"{b}: &{b} [{','.join([f'*{a}'] * 9)}]\n"
                for a, b in zip("abcdefghijklmnop", "bcdefghijklmnopq", strict=True)
            ),
            "hw.py": WRONG,
        },
        80,
    ),
    "reports of its own": ({"reports.jsonl": "{}\n", "run.json": "{}", "hw.py": WRONG}, 80),
    "an environment of its own": ({"pyvenv.cfg": "home = /usr\n", "hw.py": WRONG}, 80),
    "nothing but a tool's folder": ({"venv/hw.py": RIGHT, "node_modules/hw.py": RIGHT, ".git/hw.py": RIGHT}, 0),
    "nothing but empty folders": ({"a/b/c": Path.mkdir}, 0),
    "nothing": ({}, 0),
    "a folder called like a file": ({"hw.py/hw.py": WRONG}, 80),
    "a link to a neighbour's file": ({"hw.py": link("../bob/hw.py")}, 0),
    "a link to a neighbour's folder": ({"lib": link("../bob"), "hw.py": "from lib.hw import half, quarter\n"}, 0),
    "a link to nowhere": ({"hw.py": link("nowhere")}, 0),
    "a link without end": ({"hw.py": link("/dev/zero")}, 0),
    "a name that steers": ({"\x1b[2J\u202e\n::error::=1+1.py": WRONG, "\x07.ipynb": "x"}, 80),
    "a name of no letters": ({"\udcff\udcfe.py": WRONG}, 80),
    "two hundred folders": ({"/".join(["d" * 10] * 200) + "/hw.py": WRONG}, 80),
}


def _rows() -> Sequence[Whole]:
    rows = [Whole(f"carried: {name}", {"hw.py": text}, most) for name, (text, most) in CARRIED.items()]
    rows += [Whole(f"value: {body}", _both(body, LIAR), MATRIX if body.startswith("np.matrix") else 0) for body in VALUES]
    rows += [Whole(f"shared: {name}", {"hw.py": text}, most) for name, (text, most) in SHARED.items()]
    for name, text in NEIGHBOURS.items():
        rows += [Whole(f"neighbour: {name}", {"work.py": text})]
        rows += [Whole(f"neighbour, in a notebook: {name}", {"work.ipynb": notebook(text)})]
    return [*rows, *(Whole(name, files, most) for name, (files, most) in {**LOADER, **FILES}.items())]


WHOLE = _rows()
