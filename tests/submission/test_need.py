"""Which statements are run: those that the graded names need, in the order of the file, and no work besides."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from grader.submission.reading import parse_submission
from tests.submission.programs import F, names, notebook, run, script, texts
from tests.submission.test_names import calls_made

USES_K = "def f(x):\n    return K\n"


def value(source: str) -> object:
    """What the graded function returns when only what it needs is run."""
    return run(script(source))["f"](1)


# -- what is taken -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "source",
    [
        "K = make()\n",
        "K: int = make()\n",
        "K = 1\nK += 1\n",
        "a = [2]\nK, *_ = a\n",
        "if (K := 2) > 1:\n    pass\n",
        "for K in range(3):\n    pass\n",
        "K = 0\nfor i in range(2):\n    K += 1\n",
        "K = 0\nwhile K < 2:\n    K += 1\n",
        "import contextlib\nwith contextlib.suppress(ValueError):\n    K = 2\n",
        "import contextlib\nwith contextlib.nullcontext(2) as K:\n    pass\n",
        "match make():\n    case K: pass\n",
        "match 3:\n    case 2: K = 1\n    case _: K = 2\n",
        "try:\n    K = absent\nexcept NameError:\n    K = 2\n",
        "try:\n    K = 1 / 0\nexcept ZeroDivisionError as error:\n    pass\nfinally:\n    K = 2\n",
        "if make() == 2:\n    K = 2\nelse:\n    K = 3\n",
        "if __name__ == '__main__':\n    K = 2\n",
        "if __name__ == '__main__':\n    K = make()\n    if K:\n        print(K)\n",
        "class Config:\n    k = 2\nK = Config().k\n",
        "rows = [make() for _ in range(2)]\nK = rows[0]\n",
        "import json\nK = json.loads('2')\n",
        "def start():\n    global K\n    K = 2\nstart()\n",
        "def inner():\n    global K\n    K = 2\ndef outer():\n    inner()\nouter()\n",
        "def start():\n    global K\n    K = 2\n    return 1\ndone = start()\n",
    ],
)  # fmt: skip
def test_whatever_binds_a_needed_name_is_run(source: str) -> None:
    assert value(f"def make():\n    return 2\n{source}{USES_K}") == 2


@pytest.mark.parametrize(
    "source",
    [
        "T = {}\nT['k'] = 2\n",
        "T = {'k': 1}\nT['k'] += 1\n",
        "T = {'k': 2, 'j': 1}\ndel T['j']\n",
        "T = {}\nT.update(k=2)\n",
        "T = {}\nT.setdefault('k', []).append(1)\nT['k'] = 2\n",
        "T = {}\nfor k in 'jk':\n    T[k] = 2\n",
        "T = {}\ndef fill(table):\n    table['k'] = 2\nfill(T)\n",
        "T = {}\ndef fill(n, table):\n    table.update(k=n)\nfill(2, T)\n",
        "T = {}\ndef fill():\n    T['k'] = 2\nfill()\n",
        "T = {}\ndef fill():\n    T.update(k=2)\ndef start():\n    fill()\nstart()\n",
        "T = {}\ndef register(function):\n    T[function.__name__] = function(0)\n    return function\n"
        "@register\ndef k(x):\n    return 2\n",
        "T = {}\ndef register(name):\n    def take(function):\n        T[name] = function\n        return function\n"
        "    return take\n@register('j')\nclass J:\n    pass\nT['k'] = 2\n",
        "T = {}\nsetter = T\nif True:\n    T['k'] = 2\n",
        "T = {'k': 1}\nS = [[T]]\nS[0][0]['k'] = 1\nT['k'] = 2\n",
        "T = {'k': 1}\nif __name__ == '__main__':\n    T['k'] = 2\n",
        "import collections\nT = collections.defaultdict(int)\nT['k'] += 2\n",
        "T = {}\nt = T\nt['k'] = 2\n",
        "T = {}\ns = t = T\ns['k'] = 2\n",
        "T = t = {}\nt['k'] = 2\n",
        "T = {}\nt = T\ns = t\ns.update(k=2)\n",
        "T = {'k': [1]}\nt = T['k']\nt[0] = 2\nT['k'] = T['k'][0]\n",
        "T = {}\n[T.__setitem__(k, 2) for k in 'jk']\n",
        "T = {}\ndef now(function):\n    function()\n@now\ndef fill():\n    T['k'] = 2\n",
        "import os\nos.environ['K'] = '2'\nclass L:\n    def __getitem__(self, k):\n        return int(os.environ['K'])\n"
        "T = L()\n",
    ],
)  # fmt: skip
def test_whatever_changes_a_needed_value_is_run(source: str) -> None:
    assert value(f"{source}def f(x):\n    return T['k']\n") == 2


def test_a_method_that_a_decorator_adds_to_a_class_belongs_to_it() -> None:
    source = (
        "def add_to(Class):\n    def wrapper(method):\n        setattr(Class, method.__name__, method)\n    return wrapper\n"
        "class Net:\n    pass\n@add_to(Net)\ndef k(self):\n    return 2\ndef f(x):\n    return Net().k()\n"
    )
    assert value(source) == 2
    submission = script(source, {"Net": 0})
    assert run(submission)["Net"]().k() == 2


def test_an_attribute_of_an_own_object_and_of_a_module_may_be_set() -> None:
    source = "import math\nclass C: pass\nc = C()\nc.k = 1\nmath.k = 1\ndef f(x):\n    return c.k + math.k\n"
    assert value(source) == 2


def test_a_stack_that_a_condition_empties_is_emptied() -> None:
    assert value("K = [1, 2]\nwhile K.pop() > 1:\n    pass\ndef f(x):\n    return K\n") == []


def test_what_is_needed_runs_in_the_order_of_the_file() -> None:
    source = "def f(x):\n    return a\nb = 1\nprint('no')\na = b\nb = 7\nunused = 1\n"
    assert texts(script(source)) == ["def f(x):\n    return a", "b = 1", "a = b", "b = 7"]


@pytest.mark.parametrize(
    "source",
    [
        "import functools\n@functools.lru_cache\ndef f(x):\n    return K\n",
        "def f(x=K):\n    return x\n",
        "class A:\n    k = K\n    def __call__(self, x):\n        return self.k\nf = A()\n",
        "class A:\n    def g(self, x):\n        return K\nf = A().g\n",
        "def make():\n    def inner(x):\n        return K\n    return inner\nf = make()\n",
        "import functools\ndef g(a, x):\n    return K\nf = functools.partial(g, 1)\n",
        "f = lambda x: K\n",
        "for _ in range(1):\n    def f(x):\n        return K\n",
        "if True:\n    f = lambda x: [K for _ in (1,)][0]\n",
    ],
)
def test_the_walk_goes_through_every_way_to_bind_a_function(source: str) -> None:
    submission = script(f"K = 2\nJ = 3\n{source}")
    assert "J" not in names(submission)
    space = run(submission)
    assert (space["f"]() if "x=K" in source else space["f"](1)) == 2


@pytest.mark.parametrize("body", ["globals()['g' + name]", "eval('g' + name)", "getattr(sys.modules[__name__], 'g' + name)"])
def test_where_names_are_read_by_a_text_all_definitions_are_taken(body: str) -> None:
    source = f"import sys\nC = 2\ntrain()\ndata = load()\ndef ga(x):\n    return C\ndef f(name):\n    return {body}\n"
    submission = script(source)
    assert {"C", "ga", "f"} <= set(names(submission))
    assert "data" not in names(submission)
    assert "train()" not in texts(submission)


# -- what stays out ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "print('hello')",
        "parameters = model(train_x, train_y, num_iterations=30000)",
        "train_x, train_y = load_dataset()",
        "plt.show()",
        "np.random.seed(1)",
        "plt.rcParams.update(size=3)",
        "plt.rcParams['font.size'] = 9",
        "for i in range(3):\n    C = i",
        "while True:\n    pass",
        "with open('x') as file:\n    C = file",
        "assert False",
        "C += 1",
        "'a text'",
        "x: float",
        "f(3)",
        "print(f(3))",
        "y = f(3)",
        "costs.append(f(3))",
        "train()",
        "for epoch in range(1000):\n    f(epoch)\n    train()",
        "if __name__ == '__main__':\n    train()",
        "try:\n    train()\nexcept Exception:\n    pass",
    ],
)
def test_work_at_top_level_stays_out(statement: str) -> None:
    helpers = "def train():\n    np.random.seed(3)\n    plt.figure()\n    while True: pass\n"
    imports = "import numpy as np\nimport matplotlib.pyplot as plt\n"
    source = f"{imports}{helpers}costs = []\n{statement}\ndef f(x):\n    return np.sum(x)\n"
    submission = script(source)
    assert (names(submission), submission.messages) == (["np", "f"], ())


def test_a_graded_function_that_is_called_changes_nothing_that_counts() -> None:
    source = "LOG = []\ndef f(x):\n    LOG.append(x)\n    return x\nf(1)\nfor i in range(10**9):\n    f(i)\n"
    assert names(script(source)) == ["LOG", "f"]


def test_a_memory_that_a_value_fills_may_stay_empty() -> None:
    memo = "MEMO = {}\ndef fib(n):\n    MEMO[n] = n\n    return n\n"
    assert names(script(f"{memo}x = fib(5)\ny = [fib(i) for i in range(10**9)]\ndef f(x):\n    return fib(x)\n")) == [
        "MEMO",
        "fib",
        "f",
    ]


def test_a_star_import_may_bind_anything_and_is_taken() -> None:
    assert texts(script("from tools import *\n" + F)) == ["from tools import *", F.strip()]


# -- later bindings of a graded name -----------------------------------------------------------------


@pytest.mark.parametrize("later", ["f = train(3)", "for f in load():\n    pass", "with load() as f:\n    pass", "f += data"])
def test_later_data_under_a_graded_name_stay_out_where_they_cost_work(later: str) -> None:
    work = "data = train(1)\ndef train(n):\n    return data\ndef load():\n    return data\n"
    assert names(script(f"{work}{F}{later}\n")) == ["f"]


def test_later_data_that_cost_nothing_are_run_and_weighed_by_the_worker() -> None:
    assert names(script(f"{F}f = f(3)\nf = 0.5\n")) == ["f", "f", "f"]


@pytest.mark.parametrize(
    "later", ["f = lambda x: 7", "f = g", "from functools import partial\nf = partial(g, 1)", "f = make(g)"]
)
def test_later_functions_under_a_graded_name_are_run_where_they_cost_nothing(later: str) -> None:
    helpers = "def g(*x):\n    return 7\ndef make(function):\n    return function\n"
    assert value(f"{helpers}{F}{later}\n") == 7


def test_where_no_definition_fits_whatever_binds_the_name_is_run() -> None:
    assert value("def make():\n    return data[0]\ndata = [lambda x: 7]\ndata.append(2)\nf = make()\n") == 7


# -- time in proportion to the text --------------------------------------------------------------------


def steps(source: str) -> int:
    return calls_made(lambda: parse_submission("s.py", ".py", source.encode(), {"f": 1, "g": 1}))


G = "def f(x):\n    return a0\n"


@pytest.mark.parametrize(
    "make",
    [
        lambda n: "".join(f"a{i} = a{i + 1}\n" for i in range(n)) + G,
        lambda n: ";".join(f"a{i}=a{i + 1}" for i in range(n)) + "\n" + G,
        lambda n: "a0 = (" + ",".join(f"b{i}" for i in range(n)) + ")\n" + G,
        lambda n: "def s():\n    global " + ",".join(f"a{i}" for i in range(n)) + "\n" + "s()\n" * n + G,
        lambda n: (
            f"def s({','.join(f'p{i}' for i in range(n))}):\n"
            + "".join(f"    p{i}[0] = 1\n" for i in range(n))
            + "s(a0)\n" * n
            + G
        ),
        lambda n: (
            "".join(f"def h{i}():\n    h{i + 1}()\nh{i}()\n" for i in range(n))
            + f"def h{n}():\n    global a0\n    a0 = 1\n"
            + G
        ),
        lambda n: G + f"def q(x):\n    return {','.join(f'd{i}' for i in range(n))}\n" + "f = q(1)\n" * n,
        lambda n: "def f(x):\n    return x\n" * n,
        lambda n: "if c:\n" + "    def f(x):\n        return x\n    def g(x, y):\n        return y\n" * n,
        lambda n: "x y\n" * n + G,
        lambda n: "def q(:\n" * n + G,
    ],
    ids="chain,one line,tuple,global,parameters,callers,optional,definitions,branches,broken,broken definitions".split(","),
)
def test_a_program_is_put_together_in_steps_in_proportion_to_the_text(make: Callable[[int], str]) -> None:
    once, twice = steps(make(500)), steps(make(1000))
    assert twice < 2.2 * once


def test_a_chain_through_the_largest_file_that_is_read_is_followed_to_its_end() -> None:
    """A million links do not fit into a file; thirty thousand in two thousand statements do."""
    links = 30_000
    lines = (";".join(f"a{i}=a{i + 1}" for i in range(n, n + 9)) for n in range(0, 18_000, 9))
    source = "\n".join([*lines, "def g(x): return [" + ",".join(f"b{i}" for i in range(links)) + "]", "a18000 = g(1)", G])
    assert len(source) < 2**20
    submission = script(source)
    assert len(submission.units) == 18_003


def test_twenty_thousand_statements_are_read_and_no_more() -> None:
    assert names(script("x = 1\n" * 19_998 + F)) == ["f"]
    with pytest.raises(Exception, match="has more than 20000 statements; that is not a solution"):
        script("x = 1\n" * 20_000 + F)
    with pytest.raises(Exception, match="has more than 20000 statements; that is not a solution"):
        notebook(*["x = 1\n" * 20] * 1_001, F)


def test_a_helper_that_a_loop_defines_again_is_no_data() -> None:
    """The loop gives its own target to data, not what its body defines."""
    loop = "for k in (2, 5):\n    def helper(x, k=k):\n        return x * k\n"
    assert value("def helper(x):\n    return x\n" + loop + "def f(x):\n    return helper(x)\n") == 5
