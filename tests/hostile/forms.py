"""Rows on what a graded name may be bound to, and on replies that are nearly the right number."""

# ruff: noqa: E501  (a short program is easier to read on one line)
from __future__ import annotations

from tests.hostile.row import Hostile

_HEAD = "import functools\nimport numpy as np\nimport tools\n\n"
_WHERE = ("full", "fork only")  # nothing here depends on a wall
_RIGHT = "3 * A.sum(axis=1)"


def bound(name: str, source: str, *must: str, tries: str = "be called in an unusual way") -> Hostile:
    return Hostile(name, tries, _HEAD + source, must, only=_WHERE)


def number(name: str, expression: str, *must: str) -> Hostile:
    source = f"{_HEAD}def target(A):\n    right = {_RIGHT}\n    return {expression}\n"
    return Hostile(name, "be taken for the right number", source, must, only=_WHERE)


ROWS = (
    bound("a lambda", f"target = lambda A: {_RIGHT}\n", "right"),
    bound("a partial", "def rule(k, A):\n    return k * A.sum(axis=1)\n\ntarget = functools.partial(rule, 3)\n", "right"),
    bound("a function of NumPy", "target = np.sum\n", "wrong"),
    bound("a type", "target = np.array\n", "wrong"),
    bound(
        "an object that is called",
        f"class Rule:\n    def __call__(self, A):\n        return {_RIGHT}\n\ndef target(A):\n    return Rule()(A)\n",
        "right",
    ),
    bound(
        "a class that gives something else", f"class target:\n    def __new__(cls, A):\n        return {_RIGHT}\n", "right"
    ),
    bound(
        "a metaclass that is called",
        f"class Meta(type):\n    def __call__(cls, A):\n        return {_RIGHT}\n\nclass target(metaclass=Meta):\n    pass\n",
        "right",
    ),
    bound("a class", "class target:\n    def __init__(self, A):\n        pass\n", "opaque target"),
    bound("a list", "target = [1, 2, 3]\n", "raised missing"),
    bound(
        "a decorated function",
        f"def twice(f):\n    @functools.wraps(f)\n    def inner(*a, **k):\n        return f(*a, **k)\n    return inner\n\n@twice\n@twice\ndef target(A):\n    return {_RIGHT}\n",
        "right",
    ),
    bound("a cache over arrays", f"@functools.lru_cache\ndef target(A):\n    return {_RIGHT}\n", "raised TypeError"),
    bound("any arguments", f"def target(*args, **kwargs):\n    (A,) = args\n    return {_RIGHT}\n", "right"),
    bound("arguments by name only", f"def target(*, A):\n    return {_RIGHT}\n", "raised TypeError"),
    bound("a generator", f"def target(A):\n    yield {_RIGHT}\n", "wrong"),
    bound("a coroutine", f"async def target(A):\n    return {_RIGHT}\n", "opaque coroutine"),
    bound("an endless iterator", "import itertools\n\ndef target(A):\n    return itertools.count()\n", "raised WireError"),
    bound(
        "a vectorized function",
        "target = np.vectorize(lambda a: a)\n\ndef other(A):\n    return A + 1\n",
        "wrong",
    ),
    bound("the helper itself", "target = helped\n", "wrong", "raised missing"),
    bound(
        "a name in full width", f"def ｔａｒｇｅｔ(A):\n    return {_RIGHT}\n", "right", tries="be two names that look alike"
    ),
    bound(
        "the other function's name",
        f"def target(A):\n    global other\n    other = lambda A: A + 1\n    return {_RIGHT}\n",
        "right",
        tries="change what is asked next",
    ),
    bound(
        "a name that is taken away",
        f"def target(A):\n    global target\n    del target\n    return {_RIGHT}\n",
        "right then raised NameError",
        tries="be gone when it is asked",
    ),
    Hostile(
        "a namespace without names",
        "be gone when it is asked",
        "def target(A):\n    globals().clear()\n    return 3 * A.sum(axis=1)\n",
        ("right", "raised KeyError"),  # if NumPy looks for __builtins__ there
    ),
    # -- numbers -----------------------------------------------------------------------------
    number("long double, narrow", "right.astype(np.longdouble)", "wrong"),
    number("complex without an imaginary part", "right + 0j", "wrong"),
    number("complex that hides a difference", "right + 1e-300j", "wrong"),
    number("single precision", "right.astype(np.float32)", "wrong"),
    number("half precision", "right.astype(np.float16)", "wrong"),
    number("a list for an array", "right.tolist()", "wrong"),
    number("a tuple for an array", "tuple(right)", "wrong"),
    number("bytes for numbers", "right.tobytes()", "opaque bytes"),
    number("a memory view", "memoryview(right)", "opaque memoryview"),
    number("an array of one object", "np.array([right, None], dtype=object)", "opaque numpy.ndarray"),
    number("a void array", "right.view('V8')", "opaque numpy.ndarray"),
    number("a record array", "np.rec.array(right)", "opaque numpy.rec.recarray", "opaque numpy.recarray"),
    number("numbers with metadata", "right.astype(np.dtype('f8', metadata={'x': 1}))", "right"),
    number("numbers that may not be written", "np.frombuffer(right.tobytes())", "right"),
    number("numbers off their place", "np.frombuffer(b'x' + right.tobytes(), 'f8', offset=1)", "right"),
    number("numbers in reverse memory", "np.asfortranarray(np.stack([right, right]))[0]", "right"),
    number("truth that is neither", "np.full(len(A), 2, 'u1').view(bool)", "wrong"),
    number("signalling nans", "np.full(len(A), 0x7FF0000000000001, 'u8').view('f8')", "wrong"),
    number("one element more", "np.append(right, np.nan)", "wrong"),
    number("an axis more", "right[:, None]", "wrong"),
    number("an unsigned number below zero", "(right - 100).astype('i8').astype('u8')", "wrong"),
    number("a text of NumPy", "np.str_('1')", "wrong"),
    number(
        "a subclass of int",
        "type('I', (int,), {'__eq__': lambda s, o: True})(1)",
        "wrong",
    ),
    number("a subclass of bool's parent as key", "{type('I', (int,), {'__hash__': lambda s: 0})(1): right}", "wrong"),
    number("keys that are equal", "{1: right, True: right, 1.0: right}", "wrong"),
    number("a named tuple", "__import__('collections').namedtuple('T', 'a b')(right, right)", "wrong"),
    number("a default dictionary that makes its values", "__import__('collections').defaultdict(lambda: right)", "wrong"),
    number("a counter", "__import__('collections').Counter('aab')", "wrong"),
    number("an exception class", "ValueError", "opaque type"),
    number("not implemented", "NotImplemented", "opaque NotImplementedType"),
    number("an ellipsis", "...", "opaque ellipsis"),
    number("a decimal", "__import__('decimal').Decimal('NaN')", "opaque decimal.Decimal"),
    number("a fraction", "__import__('fractions').Fraction(1, 3)", "opaque fractions.Fraction"),
    number("a date", "__import__('datetime').date(2020, 1, 1)", "opaque datetime.date"),
    number("a worker's own marker", "tools.wire().Opaque(7, 'float64')", "opaque float64"),
    number("a forged encoded value", "tools.wire().Encoded(b'f', b'12345678')", "wrong"),
    number("colliding keys", "{(n, -n, 0.0): None for n in range(999)}", "wrong"),
    number("a thousand sets", "[{(n, m) for m in range(99)} for n in range(99)]", "not-run then too-much-output"),
    number("31 levels", "functools.reduce(lambda x, _: [x], range(31), right)", "wrong"),
    number("33 levels", "functools.reduce(lambda x, _: [x], range(33), right)", "raised WireError"),
)
