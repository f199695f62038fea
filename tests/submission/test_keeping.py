"""What the text of a submission says of whether its functions could keep something from call to call."""

from __future__ import annotations

import pytest

from grader.submission.keeping import may_keep, seems_to_keep
from grader.submission.reading import parse_submission

PLAIN = "import numpy as np\nfrom utils import relu\nEPS = (1e-8, -1)\n"
KEEPS_NOTHING = {
    "local names": "def f(x):\n    parts = []\n    for k in range(3):\n        parts.append(x * k)\n    return sum(parts)",
    "a table of helpers": "def f(x):\n    return {'relu': relu}['relu'](x)",
    "a helper": "def g(x, axis=-1):\n    return np.sum(x, axis=axis)\ndef f(x):\n    return relu(g(x)) + EPS[0]",
    "an argument that is changed": "def f(x):\n    x['W'] = x['W'] * 2\n    np.random.seed(1)\n    return x",
    "a function inside": "def f(x):\n    def g(y, seen=[]):\n        return y\n    return g(x)",
}
MAY_KEEP = {
    "a list as a default": "def f(x, seen=[]):\n    return x",
    "a dictionary of the module": "KEPT = {}\ndef f(x):\n    return KEPT",
    "a global name": "n = 0\ndef f(x):\n    global n\n    n += 1\n    return x",
    "an attribute": "def f(x):\n    f.n = 1\n    return x",
    "another name of the function": "def f(x):\n    g = f\n    g.n = 1\n    return x",
    "the insides of a function": "def f(x):\n    f.__dict__['n'] = 1\n    return x",
    "setattr": "def f(x):\n    setattr(f, 'n', 1)\n    return x",
    "globals": "def f(x):\n    globals()['n'] = 1\n    return x",
    "a memory": "import functools\n@functools.lru_cache\ndef f(x):\n    return x",
    "a closure": "def make():\n    n = []\n    def g(x):\n        n.append(x)\n        return n\n    return g\nf = make()",
    "a class": "class A:\n    n = []\ndef f(x):\n    return A.n",
    "a list of the exercise's": "from utils import kept\ndef f(x):\n    y = kept.pop()\n    return y",
    "a setting of NumPy": "def f(x):\n    np.seterr(all='raise')\n    return x",
    "a module of the student's": "import mine\ndef f(x):\n    return mine.g(x)",
    "an import in the function": "def f(x):\n    import sys\n    return sys.modules",
    "a loop at top level": "for k in range(3):\n    def f(x):\n        return x",
}


def keeps(text: str) -> bool:
    submission = parse_submission("student.py", ".py", (PLAIN + text).encode(), {"f": 1})
    return may_keep(submission.units, (("utils", "kept = []\ndef relu(Z):\n    return Z\n"),))


@pytest.mark.parametrize("text", KEEPS_NOTHING.values(), ids=KEEPS_NOTHING)
def test_plain_functions_keep_nothing(text: str) -> None:
    assert not keeps(text)


@pytest.mark.parametrize("text", MAY_KEEP.values(), ids=MAY_KEEP)
def test_whatever_has_a_place_of_its_own_may_keep_something(text: str) -> None:
    assert keeps(text)


SEEMS_TO_KEEP = ("a list as a default", "a global name", "an attribute", "a memory")


def test_what_seems_to_keep_something_has_a_place_that_is_seen() -> None:
    """Not so what could keep something only in a way that the text does not show, as a plot above the functions."""
    plain = {
        **KEEPS_NOTHING,
        "a plot": "import matplotlib.pyplot as plt\nplt.ion()\ndef f(x):\n    plt.show()\n    return x",
    }
    for text in plain.values():
        assert not seems_to_keep(parse_submission("student.py", ".py", (PLAIN + text).encode(), {"f": 1}).units)
    for name in SEEMS_TO_KEEP:
        assert seems_to_keep(parse_submission("student.py", ".py", (PLAIN + MAY_KEEP[name]).encode(), {"f": 1}).units)
