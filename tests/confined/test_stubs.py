"""Stand-ins keep the meaning of what they stand for, where that needs nothing but NumPy; and loosen nothing."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from grader.confined.stubs import Absent, AbsentModule, Progress
from grader.sandbox.parent import Sandbox
from tests.confined.submitted import execute, outcome

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the walls are Linux's")


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as one:
        yield one


# -- missing libraries -----------------------------------------------------------------------------

TWO = "def f(x):\n    return 2 * x\n"


@pytest.mark.parametrize(
    "decorated",
    [
        f"from numba import njit\n@njit\n{TWO}",
        f"from numba import njit\n@njit(cache=True)\n{TWO}",
        f"import numba as nb\n@nb.jit('f8(f8)', nopython=True)\n{TWO}",
        f"import numba\n@numba.vectorize([numba.float64(numba.float64)])\n{TWO}",
        f"import jax\nfrom functools import partial\n@partial(jax.jit, static_argnums=0)\n{TWO}",
        f"from jaxtyping import jaxtyped\nfrom beartype import beartype\n@jaxtyped(typechecker=beartype)\n{TWO}",
        f"import torch\n@torch.no_grad()\n{TWO}",
        f"import joblib\nmemory = joblib.Memory('cache', verbose=0)\n@memory.cache\n{TWO}",
        f"from absl import logging\nfrom decos import register\n@register('f')\n{TWO}",
        "import numba\ndef g(x):\n    return 2 * x\nf = numba.njit(g)\n",
        "import numba\ndef g(x):\n    return 2 * x\nf = numba.njit(cache=True)(g)\n",
        "import jax\nfrom functools import partial\ndef g(a, x):\n    return a * x\nf = jax.jit(partial(g, 2))\n",
        "import numba\nclass A:\n    def g(self, x):\n        return 2 * x\nf = numba.njit(A().g)\n",
        "import attr\n@attr.s\nclass A:\n    def g(self, x):\n        return 2 * x\nf = A().g\n",
    ],
)  # fmt: skip
def test_a_decorator_of_a_missing_library_gives_the_function_back(sandbox: Sandbox, decorated: str) -> None:
    assert outcome(sandbox, decorated, 3) == 6


@pytest.mark.parametrize(
    "source",
    [
        "import torch\ndef f(x):\n    return 7 if isinstance(x, torch.Tensor) else 2 * x\n",
        "import torch\ndef f(x):\n    return 2 * x if isinstance(x, (torch.Tensor, int)) else 7\n",
        "import torch\ndef f(x):\n    return 2 * x if isinstance(x, torch.Tensor | int) else 7\n",
        "import torch\nArray = int | torch.Tensor\ndef f(x: Array):\n    return 2 * x if isinstance(x, Array) else 7\n",
        "import torch\nGPU = torch.cuda.is_available()\ndef f(x):\n    return 7 if GPU else 2 * x\n",
        "import torch\nclass Net(torch.nn.Module):\n    def f(self, x):\n        return 2 * x\nf = Net().f\n",
        "import pandas as pd\ndef f(x: pd.DataFrame | None) -> pd.Series:\n    return 2 * x\n",
        "import torch\ndevice = torch.device('cpu')\ntorch.manual_seed(1)\ndef f(x):\n    return 2 * x\n",
        "from torch.nn.functional import relu as r\ndef f(x):\n    return 2 * x\n",
        "from tensorflow.keras.layers import *\ndef f(x):\n    return 2 * x\n",
        "from pylab import *\ndef f(x):\n    return np.sum([x, mean([x])])\n",
        "from matplotlib.pylab import *\ndef f(x):\n    return np.sum([x, x]) if max(0, x) else norm(randn(2))\n",
        "from matplotlib.pyplot import *\ndef f(x):\n    return np.sum([x, x])\n",
        "from testCases import *\ndef f(x):\n    return np.sum([x, x])\n",  # such files import NumPy as np
        "from utils.test_cases import *\ndef f(x):\n    return np.sum([x, x])\n",
        "import pylab as plt\nfig, ax = plt.subplots()\ndef f(x):\n    ax.plot([x])\n    plt.show()\n    return 2 * x\n",
        "import seaborn as sns\nsns.set_theme()\nsns.x = 1\ndef f(x):\n    return 2 * x\n",
        "try:\n    import cupy as xp\nexcept ImportError:\n    import numpy as xp\ndef f(x):\n    return xp.add(x, x)\n",
        "try:\n    import h5py\nexcept ImportError:\n    h5py = None\ndef f(x):\n    return 7 if h5py else 2 * x\n",
    ],
)  # fmt: skip
def test_a_missing_library_that_is_not_needed_costs_nothing(sandbox: Sandbox, source: str) -> None:
    assert outcome(sandbox, source, 3) == 6


@pytest.mark.parametrize("call", ["torch.relu(x)", "torch.nn.ReLU()(x)", "scipy.special.expit(x)"])
def test_a_graded_function_that_needs_it_is_told_what_is_missing(sandbox: Sandbox, call: str) -> None:
    library = call.partition(".")[0]
    words = outcome(sandbox, f"import torch, scipy.special\ndef f(x):\n    return {call}\n", 3)
    assert words.startswith(f"ImportError: {library}.")
    assert words.endswith("is not available to the grader; use NumPy")


@pytest.mark.parametrize(
    ("first", "data"),
    [
        ("import h5py\nX = len(h5py.File('a/k.h5', 'r'))", "h5py.File('a/k.h5')"),
        ("import h5py, numpy as np\nX = np.array(h5py.File('a/k.h5')['x'][:])", "h5py.File('a/k.h5')"),
        ("import pandas as pd\nX = len(pd.read_csv('k.csv'))", "pandas.read_csv('k.csv')"),
    ],
)
def test_data_that_are_not_there_are_named_with_their_file(sandbox: Sandbox, first: str, data: str) -> None:
    execution = execute(sandbox, f"{first}\ndef f(x):\n    return X\n", (3,))
    assert list(execution.loaded.failed.values()) == [f"ImportError: {data} is not there: the grader reads no data files"]


def test_a_module_that_may_be_the_students_own_is_told_to_be_handed_in(sandbox: Sandbox) -> None:
    words = outcome(sandbox, "from my_stats import mean_of\ndef f(x):\n    return mean_of(x)\n", 3)
    assert words.startswith(
        "ImportError: my_stats.mean_of is not available to the grader; if my_stats is a file of yours, hand"
    )
    execution = execute(
        sandbox, "from my_stats import mean_of\nimport scipy.special\ndef f(x):\n    return mean_of, scipy\n", (3,)
    )
    assert execution.loaded.absent == {"my_stats", "scipy"}


@pytest.mark.parametrize(
    "loop",
    [
        "for i in tqdm(range(3)):\n        s += i",
        "for i in trange(3):\n        s += i",
        "for i in trange(1, 3, desc='epochs'):\n        s += i",
        "for k, i in enumerate(bar := tqdm([1, 2])):\n        s += i\n        bar.set_postfix(loss=1)",
        "with tqdm(total=3) as bar:\n        s = 3\n        bar.update(1)",
        "s = sum(tqdm(i for i in (1, 2)))",
        "s = len(tqdm([1, 2, 3]))",
        "s = 3\n    tqdm.write('text')",
    ],
)  # fmt: skip
@pytest.mark.parametrize("module", ["tqdm", "tqdm.auto", "tqdm.notebook"])
def test_progress_bars_count_and_show_nothing(sandbox: Sandbox, loop: str, module: str) -> None:
    assert outcome(sandbox, f"from {module} import tqdm, trange\ndef f(x):\n    s = 0\n    {loop}\n    return s\n") == 3


def test_the_names_that_a_stand_in_gives_are_its_own() -> None:
    absent = Absent("torch.nn")
    assert repr(absent.Linear) == "<torch.nn.Linear: not available to the grader>"
    assert not absent
    assert list(map(repr, absent)) == [f"<torch.nn[{n}]: not available to the grader>" for n in (0, 1)]
    for name in ("__len__", "__array__", "__index__"):
        assert not hasattr(absent, name)
    assert AbsentModule("torch").__all__ == []
    assert list(Progress([1, 2])) == [1, 2]


# -- libraries that are NumPy under another name ----------------------------------------------------


@pytest.mark.parametrize("library", ["autograd.numpy", "jax.numpy", "cupy"])
@pytest.mark.parametrize(
    "how", ["import {} as np", "from {} import *\nimport {} as np", "from {} import exp\nimport {} as np"]
)
def test_twins_of_numpy_are_numpy(sandbox: Sandbox, library: str, how: str) -> None:
    body = "np.linalg.norm(np.exp(np.zeros((2, 2)))) * x"
    assert outcome(sandbox, f"{how.replace('{}', library)}\ndef f(x):\n    return float({body})\n", 3) == 6


def test_a_twin_gives_plain_arrays(sandbox: Sandbox) -> None:
    source = "import cupy as cp\ndef f(x):\n    return cp.asnumpy(cp.array(x) * 2)\n"
    assert outcome(sandbox, source, np.ones(2)).tolist() == [2, 2]


# -- NumPy 1 ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("np.float(2)", 2.0), ("np.int(2)", 2), ("np.bool8(1)", True), ("np.float_(2)", 2.0),
        ("np.str('a')", "a"),
        ("np.complex_(1)", 1 + 0j), ("np.cfloat(1)", 1 + 0j), ("np.Inf", np.inf), ("np.NINF", -np.inf),
        ("np.infty", np.inf),
        ("np.product([2, 3])", 6), ("np.cumproduct([2, 3])[1]", 6), ("np.alltrue([1, 1])", True),
        ("np.sometrue([0])", False),
        ("np.round_(2.4)", 2.0), ("np.rank(np.ones((2, 2)))", 2), ("np.asscalar(np.array([2]))", 2),
        ("np.trapz([1, 1])", 1.0),
        ("np.in1d([1, 2], [2]).tolist()", [False, True]), ("np.row_stack([[1], [2]]).tolist()", [[1], [2]]),
        ("np.asfarray([1]).dtype.name", "float64"), ("np.asfarray([1], dtype='float32').dtype.name", "float32"),
        ("np.cast['int64']([1.5]).tolist()", [1]), ("np.cast[np.float32](1).dtype.name", "float32"),
        ("np.find_common_type([np.float32], [np.float64]).name", "float64"), ("np.msort(np.array([2, 1])).tolist()", [1, 2]),
        ("np.nbytes[np.float64]", 8), ("np.sctypes['float'][2]([1.0])[0]", 1.0),
        ("np.issubsctype(np.float32, float)", False),
        ("np.fastCopyAndTranspose(np.ones((2, 1))).shape", (1, 2)), ("np.disp('text')", None),
        ("np.safe_eval('[1]')", [1]),
        ("np.array([1, 4]).ptp()", 3), ("np.ones((2, 3)).ptp(axis=0).shape", (3,)),
        ("np.array([1, 2], copy=False).tolist()", [1, 2]), ("np.array(3, dtype=float, copy=False).item()", 3.0),
        ("np.array([1, 2]).newbyteorder().dtype.byteorder in '<>'", True),
    ],
)  # fmt: skip
def test_names_and_methods_of_numpy_1_mean_what_they_meant(sandbox: Sandbox, expression: str, value: Any) -> None:
    assert outcome(sandbox, f"import numpy as np\ndef f(x):\n    return {expression}\n") == value


@pytest.mark.parametrize(("place", "value"), [("1, 7", [[0, 7], [0, 0]]), ("(1, 0), 7", [[0, 0], [7, 0]])])
def test_an_item_may_be_set(sandbox: Sandbox, place: str, value: Any) -> None:
    source = f"import numpy as np\ndef f(x):\n    a = np.zeros((2, 2))\n    a.itemset({place})\n    return a\n"
    assert outcome(sandbox, source).tolist() == value
    scalar = "import numpy as np\ndef f(x):\n    a = np.array(5.0)\n    a.itemset(7)\n    return a\n"
    assert outcome(sandbox, scalar) == 7


# -- what a notebook has, and plain words -----------------------------------------------------------


@pytest.mark.parametrize("line", ["display(x)", "get_ipython().run_line_magic('matplotlib', 'inline')", "get_ipython()"])
def test_what_jupyter_puts_into_every_namespace_is_there(sandbox: Sandbox, line: str) -> None:
    assert outcome(sandbox, f"{line.replace('x', '1')}\ndef f(x):\n    {line}\n    return 2 * x\n", 3) == 6


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("input('n? ')", "EOFError: there is no keyboard in the grader: a function gets its values as arguments"),
        ("open('data.csv')", "FileNotFoundError: there is no file 'data.csv' in the grader"),
        ("open('log.txt', 'w')", "PermissionError: the grader does not let submissions open files (here 'log.txt')"),
        ("open('/etc/passwd')", "PermissionError: the grader does not let submissions open files (here '/etc/passwd')"),
        ("threading.Thread(target=print).start()", "RuntimeError: the grader does not let submissions start threads"),
        ("os.fork()", "PermissionError: the grader does not let submissions start processes"),
        ("subprocess.run(['ls'])", "PermissionError: the grader does not let submissions start processes"),
        ("socket.socket()", "PermissionError: the grader does not let submissions start processes or use the network"),
    ],
)
def test_where_a_wall_stands_one_sentence_says_so(sandbox: Sandbox, line: str, words: str) -> None:
    source = f"import os, socket, subprocess, threading\ndef f(x):\n    {line}\n    return x\n"
    assert str(outcome(sandbox, source, 3))[: len(words)] == words


@pytest.mark.parametrize(
    "body",
    [
        "return open.__closure__[0].cell_contents('/etc/passwd').read()",
        "import io, _io\n    return _io.open('/etc/passwd').read()",
        "import os\n    return os.read(os.open('/etc/passwd', 0), 9)",
        "import grader",
        "import reference.activations",
        "from assignments import activations",
        "import importlib\n    return importlib.import_module('grader.spec')",
    ],
)
def test_a_stand_in_opens_no_door(sandbox: Sandbox, body: str) -> None:
    refused = outcome(sandbox, f"def f(x):\n    {body}\n", 3)
    assert refused.startswith(("PermissionError", "FileNotFoundError", "ModuleNotFoundError")), refused
