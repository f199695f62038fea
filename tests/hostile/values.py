"""Rows on results that are not what they seem."""

from __future__ import annotations

from tests.hostile.row import NO_LATE_IMPORT, Hostile


def returns(expression: str, before: str = "") -> str:
    return f"import numpy as np\n{before}\n\ndef target(A):\n    return {expression}\n"


_BROKEN_TEXT = """
class {name}(Exception):
    def __str__(self):
        {body}
    __repr__ = __reduce__ = __format__ = __str__

def target(A):
    raise {name}
"""
_NOT_A_REPLY = "crashed: it sent something that is not a reply"

ROWS = (
    Hostile(
        "lying subclass of ndarray",
        "equal everything",
        returns(
            "np.zeros(7).view(Liar)",
            """
class Liar(np.ndarray):
    def __eq__(self, other): return np.True_
    def __array_ufunc__(self, *a, **k): return np.True_
    def __array_function__(self, *a, **k): return True
    def tobytes(self): return b""
    shape = (1,)
""",
        ),
        ("opaque Liar",),
    ),
    Hostile(
        "array protocols",
        "become an array when looked at",
        returns(
            "Chameleon()",
            """
class Chameleon:
    def __array__(self, *a, **k):
        while True: pass
    __array_interface__ = __array_struct__ = property(__array__)
    __float__ = __index__ = __len__ = __iter__ = __array__
    __class__ = np.ndarray
""",
        ),
        ("opaque Chameleon",),
    ),
    Hostile(
        "metaclass that lies",
        "be called ndarray",
        returns(
            "Thing()",
            """
class Meta(type):
    __name__ = __module__ = property(lambda c: "ndarray")
    def __eq__(c, other): return True
    def __hash__(c): return hash(np.ndarray)
    def __instancecheck__(c, thing): return True

class Thing(metaclass=Meta):
    def __eq__(self, other): return True
""",
        ),
        ("opaque Thing",),
    ),
    Hostile(
        "type with odd names",
        "run code or put a wall of text where its name is written",
        returns(
            "Thing()",
            """
class Text(str):
    def __format__(self, spec): raise SystemExit
    def encode(self, *a): raise SystemExit

class Odd:
    def __eq__(self, other): raise SystemExit
    def __format__(self, spec): raise SystemExit

class Thing:
    __module__ = Odd()
    __qualname__ = "\\x1b[2J<script>" * 10000

Thing.__qualname__ = Text(Thing.__qualname__)
""",
        ),
        ("opaque " + ("\x1b[2J<script>" * 100)[:200],),
    ),
    Hostile(
        "float that equals everything",
        "equal everything",
        returns("Num(1)", "class Num(float):\n    __eq__ = lambda s, o: True"),
        ("wrong",),
    ),
    Hostile("np.matrix", "nearly right", returns("np.matrix(3 * A.sum(axis=1))"), ("opaque numpy.matrix",)),
    Hostile(
        "masked array",
        "hide differences",
        returns("np.ma.masked_all(2)"),
        ("opaque numpy.ma.MaskedArray", "opaque numpy.ma.core.MaskedArray"),
    ),
    Hostile("object array", "smuggle objects", returns("np.array([object(), A], dtype=object)"), ("opaque numpy.ndarray",)),
    Hostile("structured array", "smuggle a structure", returns("np.zeros(2, 'f8,i4')"), ("opaque numpy.ndarray",)),
    Hostile(
        "dates and texts as arrays", "unusual dtypes", returns("np.array(['2020'], 'M8[D]')"), ("opaque numpy.ndarray",)
    ),
    Hostile(
        "long double", "a dtype that JSON does not know", returns("3 * A.sum(axis=1).astype(np.longdouble)"), ("wrong",)
    ),
    Hostile("complex", "a number that has no order", returns("3j * A.sum(axis=1)"), ("wrong",)),
    Hostile("nan and inf", "compare equal to anything", returns("np.full(len(A), np.nan)"), ("wrong",)),
    Hostile(
        "10**12 elements",
        "make the parent allocate",
        returns("np.broadcast_to(1.0, (10**6, 10**6))"),
        ("raised WireError",),
    ),
    Hostile(
        "an empty array of 2**40 columns", "make the parent multiply", returns("np.zeros((0, 2**40))"), ("raised WireError",)
    ),
    Hostile("64 dimensions", "an unusual shape", returns("np.zeros((1,) * 64)"), ("raised WireError",)),
    Hostile("negative strides", "another memory order", returns("(3 * A.sum(axis=1))[::-1].copy()[::-1]"), ("right",)),
    Hostile("foreign byte order", "another memory order", returns("(3 * A.sum(axis=1)).astype('>f8')"), ("right",)),
    Hostile(
        "view beyond the memory",
        "read what lies behind an array",
        returns("np.lib.stride_tricks.as_strided(A, (10**6,), (8,))"),
        # What lies there differs from call to call, so the first case may answer and a later one crash.
        (
            "wrong",
            "crashed: the process was ended by signal 11 (SIGSEGV)",
            "wrong then crashed: the process was ended by signal 11 (SIGSEGV)",
        ),
    ),
    Hostile(
        "memory-mapped output",
        "an array in a file",
        returns("np.memmap('VICTIM/map', 'f8', 'w+', shape=(2,))"),
        ("raised PermissionError",),
        gaps={"fork only": "not run: nothing would stop it at this level", "no landlock": NO_LATE_IMPORT},
    ),
    Hostile("million digits", "make the parent convert", returns("1 << 3400000"), ("raised WireError",)),
    Hostile("an integer beyond 64 bits", "an array of objects in the parent", returns("1 << 70"), ("raised WireError",)),
    Hostile("10 MB of text", "a message without end", returns("'x' * 10**7"), ("raised WireError",)),
    Hostile("lone surrogates", "text that no file can hold", returns("'\\udcff' * 50"), ("wrong",)),
    Hostile(
        "list that contains itself",
        "endless value",
        returns("x", "x = []\nclass C:\n    x.append(x)"),
        ("raised WireError",),
    ),
    Hostile(
        "dictionary that contains itself",
        "endless value",
        returns("x", "x = {}\nclass C:\n    x[1] = [x, x]"),
        ("raised WireError",),
    ),
    Hostile(
        "sets in sets",
        "exponential value",
        returns("s", "s = frozenset()\nclass C:\n    global s\n    for i in range(40):\n        s = frozenset({s, (s, i)})"),
        ("raised WireError",),
    ),
    Hostile("a million parts", "slow value", returns("[0.0] * 10**6"), ("raised WireError",)),
    Hostile("100,000 keys", "slow dictionary", returns("dict.fromkeys(range(10**5))"), ("raised WireError",)),
    Hostile(
        "hostile hash and eq",
        "run code when compared",
        returns("{Key(): 1}", "class Key:\n    __hash__ = lambda s: 1\n    def __eq__(s, o):\n        while True: pass"),
        ("wrong",),
    ),
    Hostile(
        "key that is a list",
        "a key that the parent cannot hash",
        returns("{Key([[1]]): 1}", "class Key(tuple):\n    __hash__ = lambda s: 1"),
        (_NOT_A_REPLY,),
    ),
    Hostile(
        "dict subclass",
        "other items than it holds",
        returns(
            "D(a=1)",
            "class D(dict):\n    def items(self):\n        while True: yield 1, 1\n    __iter__ = __len__ = keys = items",
        ),
        ("wrong",),
    ),
    Hostile(
        "list subclass",
        "another length than it has",
        returns(
            "L([1])", "class L(list):\n    __len__ = lambda s: 10**9\n    def __iter__(s):\n        while True: yield 1"
        ),
        ("wrong",),
    ),
    *(
        Hostile(
            f"message that {what}",
            "break the worker when an exception is shown",
            _BROKEN_TEXT.format(name=name, body=body),
            must,
        )
        for what, name, body, must in (
            ("raises", "Raising", "raise SystemExit", ("raised Raising",)),
            ("is no text", "Number", "return 1", ("raised Number",)),
            ("never ends", "Endless", "while True: pass", ("timeout",)),
            ("is huge", "Huge", "return 'x' * 10**7", ("raised Huge",)),
            (
                "ends the process",
                "Exits",
                "import os; os._exit(7)",
                ("crashed: the code ended the process with exit status 7",),
            ),
        )
    ),
    Hostile(
        "exception called MemoryError",
        "another verdict",
        "class MemoryError(Exception):\n    pass\n\ndef target(A):\n    raise MemoryError\n",
        ("out-of-memory",),
    ),
    Hostile(
        "a reference as a value",
        "have the parent look something up",
        "import sys\n\ndef target(A):\n    return sys.modules['_grader.wire'].Ref(0, (0,))\n",
        (_NOT_A_REPLY,),
    ),
    Hostile(
        "code as a value",
        "have the parent call something",
        "import sys\n\ndef target(A):\n    return sys.modules['_grader.wire'].Code('exit', (1,))\n",
        (_NOT_A_REPLY,),
    ),
    Hostile("the worker's own function as a value", "hand out an inside", returns("helped"), ("opaque function",)),
    Hostile(
        "one object for all answers",
        "correct the first answer later",
        returns("out", "out = np.zeros(2)\nstate = []").replace(
            "    return out",
            "    state.append(A)\n    if len(A) == 2: out[:] = 3 * A.sum(axis=1)\n    else: out[:] = -1\n    return out",
        ),
        ("right then wrong",),
    ),
    Hostile(
        "the first answer again",
        "memorise across cases",
        returns("seen[0]", "seen = []").replace("    return seen", "    seen.append(3 * A.sum(axis=1))\n    return seen"),
        ("right then wrong",),
    ),
)
