"""What is expected of each input: its kind, what it holds, the points, and words that the report must say.

The inputs are our own wording of what public bug reports of other graders describe; all grade ``activations``, whose
functions are right in each of them, but for the one that the words speak of.
"""

from __future__ import annotations

from typing import NamedTuple


class Field(NamedTuple):
    """An input with what is expected; ``points`` are None where nothing can be graded."""

    file: str
    holds: str
    points: float | None = 100.0
    words: str = ""


KINDS = {
    "a top-level statement that a right function needs": (
        Field("k1-argparse.py", "args, _ = p.parse_known_args()"),
        Field("k1-comprehension-helper.py", "a table built by a comprehension over an own helper"),
        Field("k1-defaultdict-deque.py", "defaultdict(int), deque(maxlen=3), OrderedDict() by bare name"),
        Field("k1-file-dunder.py", "HERE = os.path.dirname(os.path.abspath(__file__))"),
        Field("k1-generator-pcg64.py", "Generator(PCG64(0))"),
        Field("k1-gpu-flag.py", "GPU = torch.cuda.is_available()"),
        Field("k1-init-function.py", "_init() sets a global"),
        Field("k1-logger.py", "logger = logging.getLogger(__name__)"),
        Field("k1-match-walrus.py", "a constant set in a match statement"),
        Field("k1-own-class-instance.py", "cfg = Config() of an own class"),
        Field("k1-own-helper-call.py", "C = _consts(), a helper of the file"),
        Field("k1-random-random.py", "random.Random(0), npr.RandomState(3)"),
        Field("k1-re-json.py", "re.compile, json.loads of a literal"),
        Field("k1-simplenamespace.py", "hp = SimpleNamespace(k=1.0)"),
        Field("k1-try-nameerror.py", "try: xp / except NameError: xp = np"),
        Field("k1-with-suppress.py", "with contextlib.suppress(ImportError): import math"),
    ),
    "a graded name bound by something else than def": (
        Field("k2-assigned-njit.ipynb", "sigmoid = numba.njit(_s)"),
        Field("k2-bound-method.py", "sigmoid = Act(k=1).f"),
        Field("k2-def-in-for.py", "def inside a for"),
        Field("k2-def-in-while.py", "def inside while True ... break"),
        Field("k2-factory.py", "sigmoid = _make(1), a closure"),
    ),
    "annotations that cannot be evaluated": (
        Field("k3-future-annotations.ipynb", "from __future__ import annotations in the cell"),
        Field("k3-stub-union-none.py", "-> pd.DataFrame | None with pandas missing"),
        Field("k3-type-checking.py", "names imported under if TYPE_CHECKING"),
        Field("k3-typevar.py", "T = TypeVar('T'), def f(Z: T)"),
    ),
    "decorators of missing libraries": (
        Field("k4-jaxtyped.py", "@jaxtyped(typechecker=...)"),
        Field("k4-njit-args.py", "@njit(cache=True)"),
        Field("k4-partial-jit.ipynb", "@partial(jax.jit, static_argnums=0)"),
    ),
    "names that Jupyter always has": (Field("k5-display.ipynb", "display(Z) without an import"),),
    "stand-ins that behave like what they stand for": (
        Field("k6-autograd-numpy.py", "import autograd.numpy as np"),
        Field("k6-tqdm-bar.py", "pbar = tqdm(x); pbar.set_description(...)"),
    ),
    "a graded name bound again by no function of the student's": (
        Field("k7-import-from-missing.py", "from torch.nn.functional import relu, tanh"),
        Field("k7-rebound-number.py", "relu = 0.5"),
    ),
    "names and methods of NumPy 1": (
        Field("k8-asfarray.py", "np.asfarray"),
        Field("k8-cast.py", "np.cast['float64']"),
        Field("k8-itemset.py", "t.itemset(0, 1.0)"),
        Field("k8-ptp-method.py", "Z.ptp()"),
    ),
    "magics that write files, other editors": (
        Field("k10-cython.ipynb", "a %%cython cell", 85.0, "cell 2 is a %%cython cell, which the grader does not compile"),
        Field("k10-writefile-star.ipynb", "%%writefile act.py and from act import *"),
        Field("k11-julia-kernel.ipynb", "a notebook with a Julia kernel", None, "written in julia, not in Python"),
        Field("k11-marimo.py", "functions inside @app.cell"),
    ),
    "content that is not what the suffix says": (
        Field("k12-ipynb-named-py.py", "notebook JSON in a .py"),
        Field("k12-py-named-ipynb.ipynb", "Python text in a .ipynb"),
        Field("k12-utf16-nobom.py", "UTF-16 without a mark"),
    ),
    "damaged notebooks and conflict markers": (
        Field("k13-conflict-json.ipynb", "conflict markers in JSON", None, "git conflict markers (line 3)"),
        Field("k13-trailing.ipynb", "a stray } behind the JSON", words="something stands behind the end of the notebook"),
        Field("k13-twice.ipynb", "the JSON twice", words="something stands behind the end of the notebook"),
        Field("k14-conflict-body.py", "conflict markers in a body", 85.0, "git conflict markers at line 11"),
    ),
    "byte order marks and encodings of one byte": (
        Field("k15-bom-inside.py", "a mark in the middle"),
        Field("k15-cp1252.py", "Windows quotes in a comment"),
        Field("k15-latin1.py", "a Western European comment"),
        Field("k15-mojibake-bom.py", "a mark read as Latin-1 and saved again"),
    ),
    "a missing function that a person would find": (
        Field("k16-all-commented.py", "everything commented out", None, "its definition is commented out"),
        Field("k16-case.py", "Sigmoid", 85.0, "sigmoid is not defined, but Sigmoid is (k16-case.py, line 5)"),
        Field("k16-markdown-cell.ipynb", "def in a Markdown cell", 85.0, "it stands in the text cell 2 (Markdown)"),
        Field("k16-repl-paste.py", ">>> prompts", None, "its definition stands behind a prompt"),
    ),
    "what the walls refuse, in plain words": (
        Field("k17-input.py", "input()", 85.0, "there is no keyboard in the grader"),
        Field("k17-open-write.py", "open('log.txt', 'a')", 85.0, "the grader does not let submissions open files"),
        Field("k17-py2-xrange.py", "xrange", 85.0, "xrange is a name of Python 2"),
    ),
    "syntax newer than the Python that grades": (
        Field("k9-fstring-312.py", "f'{d['a']}'", 85.0, "needs Python 3.12; this grader runs Python 3.11"),
    ),
}
"""By kind, the inputs that are one file."""

MISNAMED = {
    "amy": "a Git LFS pointer",
    "bob": "the file is empty",
    "dan": "a gzip archive",
    "eve": "nothing but a link",
    "fay": "nothing but a link",
    "gus": "a PDF document",
    "hal": "a pickle",
    "ivy": "no list of cells",
    "jon": "nothing but a link",
}
"""What a class hands in in place of a notebook, and what it is called (k22); others arrive zipped or in odd encodings."""
