"""Loading in the worker: imports among a student's files, what a graded name means in the end, and what is left out."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping

import pytest

from grader.sandbox.parent import Sandbox
from grader.sandbox.runner import Returned
from grader.sandbox.waiting import Patience
from tests.confined.submitted import execute, outcome

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the walls are Linux's")

G = "def g(x):\n    return 2 * x\n"
F = "def f(x):\n    return g(x)\n"
EXTRA = "def extra(x):\n    return 100\n"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as one:
        yield one


# -- files that import one another -------------------------------------------------------------------


@pytest.mark.parametrize(
    "texts",
    [
        {"hw.py": f"from tools import g\n{F}", "tools.py": G},
        {"hw.py": f"from tools import *\n{F}", "tools.py": G},
        {"hw.py": "import tools\ndef f(x):\n    return tools.g(x)\n", "tools.py": G},
        {"hw.py": "def f(x):\n    from tools import g\n    return g(x)\n", "tools.py": G},
        {"hw.py": "from tools import f\n", "tools.py": "def f(x):\n    return 2 * x\n"},
        {"hw.py": f"from pkg.core import g\n{F}", "pkg/__init__.py": "", "pkg/core.py": G},
        {"hw.py": f"from pkg import g\n{F}", "pkg/__init__.py": "from .core import g\n", "pkg/core.py": G},
        {"hw.py": f"from pkg import core\ng = core.g\n{F}", "pkg/core.py": G},
        {"hw.py": "import pkg.core as c\ndef f(x):\n    return c.g(x)\n", "pkg/core.py": G},
        {"hw.py": "import pkg.core\ndef f(x):\n    return pkg.core.g(x)\n", "pkg/core.py": G},
        {"src/acts/hw.py": f"from .tools import g\n{F}", "src/acts/tools.py": G},
        {"src/acts/hw.py": f"from . import tools\ng = tools.g\n{F}", "src/acts/tools.py": G},
        {"src/acts/hw.py": f"from ..tools import g\n{F}", "src/tools.py": G},
        {"src/acts/hw.py": f"from acts.tools import g\n{F}", "src/acts/tools.py": G},
        {"src/acts/hw.py": f"from src.acts.tools import g\n{F}", "src/acts/tools.py": G},
        {"week1/hw.py": f"from tools import g\n{F}", "week1/tools.py": G},
        {"hw.py": f"import sys\nsys.path.append('utils')\nfrom tools import g\n{F}", "utils/tools.py": G},
        {"hw.py": f"from acts.tools import g\n{F}", "src/acts/tools.py": G},
        {"hw.py": f"from a import g\n{F}", "a.py": "from b import g\n", "b.py": G},
        {"hw.py": f"from a import g\n{F}", "a.py": f"import b\n{G}", "b.py": "from a import g\n"},
        {"hw.py": f"import importlib\ng = importlib.import_module('to' + 'ols').g\n{F}", "tools.py": G},
        {"hw.py": f"from pkg.core import A\ng = A().g\n{F}", "pkg/core.py": f"{G}class A:\n    g = staticmethod(g)\n"},
    ],
)  # fmt: skip
def test_the_files_of_a_student_are_importable_as_they_lie(sandbox: Sandbox, texts: Mapping[str, str]) -> None:
    assert outcome(sandbox, texts, 3) == 6


def test_a_nearer_file_wins_over_one_farther_away(sandbox: Sandbox) -> None:
    texts = {"week1/hw.py": f"from tools import g\n{F}", "week1/tools.py": G, "tools.py": "def g(x):\n    return 7\n"}
    assert outcome(sandbox, texts, 3) == 6


def test_a_provided_module_wins_over_a_file_of_the_same_name(sandbox: Sandbox) -> None:
    texts = {"hw.py": f"from tools import g\n{F}", "tools.py": "def g(x):\n    return 7\n"}
    assert outcome(sandbox, texts, 3, provided={"tools": G}) == 6


@pytest.mark.parametrize(
    "use", ["from tools import g, extra\n", "from tools import *\n", "import tools\ng, extra = tools.g, tools.extra\n"]
)
def test_what_a_student_has_added_to_a_provided_module_is_there(sandbox: Sandbox, use: str) -> None:
    texts = {"hw.py": f"{use}def f(x):\n    return g(x) + extra(x)\n", "tools.py": f"def g(x):\n    return 7\n{EXTRA}"}
    assert outcome(sandbox, texts, 3, provided={"tools": G}) == 6 + 100


def test_a_module_that_is_called_like_a_library_hides_no_library(sandbox: Sandbox) -> None:
    texts = {"hw.py": "import numpy as np\ndef f(x):\n    return float(np.sum([x, x]))\n", "old/numpy.py": "sum = None\n"}
    assert outcome(sandbox, texts, 3) == 6


def test_two_names_of_a_module_are_one_module(sandbox: Sandbox) -> None:
    source = "import pkg.core\nimport core\ndef f(x):\n    return pkg.core is core and pkg.core.T is core.T\n"
    assert outcome(sandbox, {"hw.py": source, "pkg/core.py": "T = {}\n"}, 3) is True


# -- what a graded name means -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "later",
    [
        "f = 0.5",
        "f = f(3)",
        "import numpy as np\nf = np.tanh(1.0)",
        "f = 'text'",
        "f = None",
        "from torch.nn.functional import f",
        "from absent import *",
        "from scipy.special import expit as f",
        "f = lambda: 7",
        "def f(a, b, c):\n    return 7",
        "class f:\n    def __init__(self, a, b):\n        pass",
        "from math import exp as f",
        "from numpy import tanh as f",
        "import numpy as np\nf = np.multiply",
    ],
)
def test_the_last_callable_of_the_student_that_takes_the_arguments_counts(sandbox: Sandbox, later: str) -> None:
    assert outcome(sandbox, f"def f(x):\n    return 2 * x\n{later}\n", 3) == 6


@pytest.mark.parametrize(
    "source",
    [
        "f = lambda x: 2 * x",
        "import functools, operator\nf = functools.partial(operator.mul, 2)",
        "import numpy as np\nf = np.vectorize(lambda x: 2 * x, otypes=[int])",
        "class A:\n    def __call__(self, x):\n        return 2 * x\nf = A()",
        "class A:\n    @staticmethod\n    def g(x):\n        return 2 * x\nf = A.g",
        "def make(k):\n    def g(x):\n        return k * x\n    return g\nf = make(2)",
        "TABLE = {}\nfor k in (1, 2):\n    TABLE[k] = lambda x, k=k: k * x\nf = TABLE[2]",
        "import math\nf = math.exp\ndef f(x):\n    return 2 * x",
        "def f(x):\n    return 7\ndef f(x):\n    return 2 * x",
        "def g(x):\n    return 2 * x\nf, h = g, 3",
        "globals()['f'] = lambda x: 2 * x\nf = f",
        "import numpy as np\ndef f(x):\n    return 7\nf = np.positive\nf = np.frompyfunc(lambda x: 2 * x, 1, 1)",
        "import math\ndef f(x):\n    return 7\nf = math.factorial\nfrom math import exp as f",
        "import math\ndef f(x):\n    return 7\nf = math.factorial",
    ],
)
def test_every_way_to_bind_a_graded_name_counts(sandbox: Sandbox, source: str) -> None:
    assert int(outcome(sandbox, source + "\n", 3)) == 6


def test_the_report_knows_which_statement_bound_it(sandbox: Sandbox) -> None:
    loaded = execute(sandbox, "def f(x):\n    return 2 * x\nf = 0.5\n", (3,)).loaded
    assert (loaded.defined["f"], loaded.bound["f"]) == ("callable", 0)
    assert execute(sandbox, "f = 0.5\n", (3,)).loaded.defined["f"] == "value"
    assert execute(sandbox, "from torch import f\n", (3,)).loaded.defined["f"] == "missing"


# -- what is never evaluated, and what fails ----------------------------------------------------------


@pytest.mark.parametrize(
    "source",
    [
        "def f(x: absent.Type[3]) -> other | None:\n    y: absent = 2\n    return y * x\n",
        "K: absent = 2\ndef f(x):\n    return K * x\n",
        "from typing import NamedTuple\nclass P(NamedTuple):\n    k: absent = 2\ndef f(x):\n    return P().k * x\n",
        "from dataclasses import dataclass\n@dataclass\nclass P:\n    k: absent = 2\n"
        "def f(x):\n    return P(k=2).k * x\n",
        "from typing import TypeVar, Protocol\nT = TypeVar('T')\nclass P(Protocol[T]):\n    k: T\n"
        "def f(x: T) -> P:\n    return 2 * x\n",
        "from __future__ import annotations\nfrom typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from absent import T\n"
        "def f(x: T):\n    return 2 * x\n",
    ],
)  # fmt: skip
def test_annotations_are_never_evaluated(sandbox: Sandbox, source: str) -> None:
    assert outcome(sandbox, source, 3) == 6


def test_a_statement_that_fails_is_left_out_and_told(sandbox: Sandbox) -> None:
    source = "K = open('k.npy').read()\nJ = 2\ndef f(x):\n    return J * x if x else K\n"
    execution = execute(sandbox, source, (3,))
    assert outcome(sandbox, source, 3) == 6
    (why,) = execution.loaded.failed.values()
    assert "there is no file 'k.npy' in the grader" in why


def test_an_endless_statement_is_left_out_and_told() -> None:
    source = "K = 0\nwhile True:\n    K += 1\ndef f(x):\n    return 2 * x if x else K\n"
    with Sandbox(patience=Patience(load_s=0.5, slack_s=60.0)) as sandbox:
        execution = execute(sandbox, source, (3,))
    assert [type(outcome) for (outcome,) in execution.outcomes] == [Returned]
    assert list(execution.loaded.failed) == [1]


def test_a_star_in_a_module_keeps_the_names_of_the_importer(sandbox: Sandbox) -> None:
    texts = {"hw.py": f"from tools import *\n{G}{F}", "tools.py": "def g(x):\n    return 7\n"}
    assert outcome(sandbox, texts, 3) == 6


def test_the_name_of_the_file_and_of_the_module_are_there(sandbox: Sandbox) -> None:
    assert outcome(sandbox, "def f(x):\n    return __file__, __name__\n") == ("hw.py", "__main__")
    texts = {"hw.py": "import pkg.core\ndef f(x):\n    return pkg.core.K\n", "pkg/core.py": "K = (__file__, __name__)\n"}
    assert outcome(sandbox, texts)[0] == "pkg/core.py"


OPTIONS = ("a", "b")  # of f(x, a=1, b=2)


@pytest.mark.parametrize(
    ("signature", "expected"),
    [
        ("x, a=1, b=2", (1, 2, 3)),
        ("x, plot=True, a=1, b=2", (1, 2, 3)),
        ("x, a=1, plot=True, b=2", (1, 2, 3)),
        ("x, b=2, a=1", (1, 2, 3)),
        ("x, *, b=2, a=1", (1, 2, 3)),
        ("x, p=1, q=2, a=7, b=8", (1, 2, 3)),
    ],
)
def test_an_option_that_stands_elsewhere_is_passed_by_name(sandbox: Sandbox, signature: str, expected: object) -> None:
    source = f"def f({signature}):\n    return x, a, b\n"
    assert outcome(sandbox, source, 1, 2, 3, options={"f": OPTIONS}) == expected


@pytest.mark.parametrize(
    ("signature", "result", "expected"),
    [
        ("x, first, second", "x, first, second", (1, 2, 3)),  # renamed: by position
        ("x, plot=True, a=1, c=2", "x, plot, a, c", (1, 2, 3, 2)),  # one of the two is not there: by position
        ("x, *rest", "(x, *rest)", (1, 2, 3)),
        ("b, a=1, x=2", "b, a, x", (1, 2, 3)),  # what would be passed twice is passed by position
    ],
)
def test_otherwise_arguments_are_passed_by_position(sandbox: Sandbox, signature: str, result: str, expected: object) -> None:
    source = f"def f({signature}):\n    return {result}\n"
    assert outcome(sandbox, source, 1, 2, 3, options={"f": OPTIONS}) == expected
