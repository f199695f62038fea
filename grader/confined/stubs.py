"""Stand-ins: what student code expects around it and a confined process does not have.

Missing libraries, names of NumPy 1, what a notebook puts into every namespace, and plain words where a wall stands.
Like its neighbours the file needs the standard library and NumPy alone.
"""

from __future__ import annotations

import ast
import builtins
import ctypes
import functools
import gc
import importlib
import io
import itertools
import sys
import types
from typing import Any

__all__ = [
    "LIBRARIES",
    "PLAIN_REASONS",
    "SILENT",
    "TWINS",
    "Absent",
    "AbsentModule",
    "allow_copies",
    "friendly_builtins",
    "names_of_a_notebook",
    "restore_numpy_1",
    "stand_in",
    "twin",
]

# -- missing libraries -----------------------------------------------------------------------------

# Libraries that draw, show or load: calling them does nothing. Any other missing library refuses calls.
SILENT = frozenset(
    "matplotlib seaborn plotly bokeh PIL cv2 imageio skimage IPython ipywidgets tqdm h5py notebook pylab ipython "
    "wandb mlflow tensorboard tensorboardX loguru icecream colorama termcolor tabulate rich".split()
)


# Libraries whose names are known; any other module that is not there may be a file of the student's.
LIBRARIES = SILENT | frozenset(
    "torch torchvision tensorflow keras jax flax autograd cupy numba cython scipy sklearn pandas sympy statsmodels nltk gym "
    "joblib dill cloudpickle psutil requests yaml networkx xgboost lightgbm typeguard beartype pytest google past future "
    "six".split()
)


class Absent:
    """What stands for a library that is missing here, so that an import alone costs nothing.

    While definitions are loaded everything may be called, because what is needed may be a decorator or a setting;
    it is false in a test and an instance of nothing. A graded function that calls it is told what is missing.
    """

    calling = False  # whether a graded function is being called

    def __init__(self, name: str) -> None:
        self.__dict__["_name"] = name

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return Absent(f"{self._name}.{name}")

    def __setattr__(self, name: str, value: Any) -> None:
        pass

    def __setitem__(self, key: Any, value: Any) -> None:
        pass

    def __getitem__(self, key: Any) -> Any:
        return Absent(f"{self._name}[...]")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        root, _, last = self._name.partition("(")[0].partition("[")[0].rpartition(".")
        if self._name == "joblib.delayed":
            return lambda *own, **named: functools.partial(args[0], *own, **named)
        if args and isinstance(args[0], (types.FunctionType, types.MethodType, type, functools.partial)):
            return args[0]  # used as a decorator
        if last in ("trange", "tnrange", "prange"):
            return Progress(range(*args))
        if last in ("tqdm", "tqdm_notebook", "track", "progress_bar"):
            return Progress(args[0] if args else ())
        if self._name.startswith("joblib.Parallel"):  # Parallel(n_jobs=2)(delayed(f)(x) for x in ...)
            return [function() for function in args[0]] if args and "(" in self._name else Absent("joblib.Parallel()")
        if last in _HARMLESS or last.startswith("is_"):
            return Absent(f"{self._name}()")
        if last in _READERS and args and isinstance(args[0], str):
            return AbsentData(f"{self._name}({args[0][:100]!r})")
        if not Absent.calling or (root or last).partition(".")[0] in SILENT:
            return Absent(f"{self._name}()")
        own = (root or last).partition(".")[0]
        bring = "" if own in LIBRARIES else f"if {own} is a file of yours, hand it in, too; else "
        raise ImportError(f"{self._name} is not available to the grader; {bring}use NumPy")

    def __iter__(self) -> Any:  # fig, ax = plt.subplots()
        return iter((Absent(f"{self._name}[0]"), Absent(f"{self._name}[1]")))

    def __bool__(self) -> bool:  # if torch.cuda.is_available():
        return False

    def __instancecheck__(self, instance: Any) -> bool:
        return False

    def __subclasscheck__(self, subclass: Any) -> bool:
        return False

    def __or__(self, other: Any) -> Any:  # isinstance(x, np.ndarray | torch.Tensor)
        return other

    __ror__ = __or__

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *exc: Any) -> None:
        return None

    def __mro_entries__(self, bases: Any) -> Any:
        return (object,)

    def __repr__(self) -> str:
        return f"<{self._name}: not available to the grader>"


class AbsentData(Absent):
    """What a file of data would have given; whoever needs its numbers is told which file that is."""

    def __getattr__(self, name: str) -> Any:
        return AbsentData(super().__getattr__(name)._name)

    def __getitem__(self, key: Any) -> Any:
        return self

    def __array__(self, *args: Any, **kwargs: Any) -> Any:
        raise ImportError(f"{self._name} is not there: the grader reads no data files")

    __len__ = __array__


_READERS = frozenset("File read_csv read_excel read_table read_json read_hdf loadmat imread open load load_dataset".split())

# What a body calls of a library for nothing but a setting, as in ``with torch.no_grad():``.
_HARMLESS = frozenset(
    "no_grad inference_mode enable_grad set_grad_enabled autocast device manual_seed set_seed seed log debug info".split()
)


class Progress:
    """A progress bar that shows nothing: what it counts comes through, its methods do nothing."""

    def __init__(self, over: Any) -> None:
        self.over = over

    def __iter__(self) -> Any:
        return iter(self.over)

    def __len__(self) -> int:
        return len(self.over)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *args, **kwargs: self

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *exc: Any) -> None:
        return None


class AbsentModule(types.ModuleType):
    """A module of a library that is missing here."""

    def __getattr__(self, name: str) -> Any:
        if name == "__all__":
            return []
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        full = f"{self.__name__}.{name}".removeprefix("submission.")
        return importlib.import_module(full) if full in TWINS else Absent(full)


# Libraries with which one text runs on Python 2 and 3: their names are those of Python itself.
_BRIDGES = frozenset({"past.builtins", "future.builtins", "six.moves", "six.moves.builtins", "past.utils", "six"})
_OLDER_PYTHON = {
    "xrange": range, "raw_input": input, "unicode": str, "basestring": str, "long": int, "unichr": chr, "izip": zip,
    "imap": map, "ifilter": filter, "zip_longest": itertools.zip_longest, "reduce": functools.reduce,
    "old_div": lambda a, b: a // b if isinstance(a, int) and isinstance(b, int) else a / b,
    "string_types": (str,), "integer_types": (int,), "text_type": str, "binary_type": bytes, "PY2": False, "PY3": True,
    "iteritems": lambda d: iter(d.items()), "itervalues": lambda d: iter(d.values()), "iterkeys": iter,
}  # fmt: skip


def stand_in(name: str) -> AbsentModule:
    """The module that stands for a missing one."""
    module = AbsentModule(name)
    if name in _BRIDGES:
        plain = {key: value for key, value in vars(builtins).items() if not key.startswith("_")}
        module.__dict__.update(plain, **_OLDER_PYTHON, __all__=["xrange", *plain])
    if name in ("pylab", "matplotlib.pylab"):
        module.__dict__.update(_names_of_pylab(_numpy()))
    # These have no list of their names, so that their own ``np`` is imported with them. A missing file, of test cases
    # or helpers, begins with ``import numpy as np`` as every file of an exercise does.
    if name == "matplotlib.pyplot" or name.removeprefix("submission.").partition(".")[0] not in LIBRARIES:
        module.__dict__.update(np=_numpy(), __all__=["np"])
    return module


def _names_of_pylab(np: Any) -> dict[str, Any]:
    """What ``from pylab import *`` binds beside what draws: NumPy, and its names that hide none of Python."""
    found = {}
    for home in (np, np.fft, np.linalg, np.random):
        found.update({name: getattr(home, name) for name in home.__all__ if not hasattr(builtins, name)})
    found |= {"np": np, "plt": Absent("matplotlib.pyplot"), "mpl": Absent("matplotlib")}
    return {**found, "__all__": list(found)}


TWINS = frozenset({"autograd.numpy", "jax.numpy", "cupy"})  # libraries that have the functions of NumPy


def twin(name: str, np: Any) -> Any:
    """NumPy under another library's name."""
    module = types.ModuleType(name)
    module.__dict__.update({key: value for key, value in vars(np).items() if not key.startswith("__")})
    module.__dict__.update(asnumpy=np.asarray, __path__=[])
    return module


# -- what a notebook has and a confined process has not ------------------------------------------

PLAIN_REASONS = {
    "can't start new thread": "the grader does not let submissions start threads; do without",
    "[Errno 1] Operation not permitted": (
        "the grader does not let submissions start processes or use the network, and asyncio needs a socket; do without"
    ),
    "[Errno 11] Resource temporarily unavailable": "the grader does not let submissions start processes",
    "failure in name resolution": "there is no network in the grader",
    "Network is unreachable": "there is no network in the grader",
}


def _nothing(*args: Any, **kwargs: Any) -> None:
    """``display(Z)`` shows nothing here."""


def _notebook() -> Any:
    """``get_ipython()``: magics do nothing."""
    return Absent("IPython")


def _no_input(prompt: Any = "") -> str:
    raise EOFError("there is no keyboard in the grader: a function gets its values as arguments, not by input()")


def names_of_a_notebook() -> dict[str, Any]:
    """What IPython puts into every namespace."""
    return {"display": _nothing, "get_ipython": _notebook}


def friendly_builtins() -> None:
    """``input`` and ``open`` say in plain words what is not there."""
    real = builtins.open

    def opened(file: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return real(file, *args, **kwargs)
        except FileNotFoundError:
            raise FileNotFoundError(f"there is no file {file!r} in the grader, which reads no data files") from None
        except OSError:
            raise PermissionError(f"the grader does not let submissions open files (here {file!r})") from None

    builtins.open = io.open = opened
    builtins.input = _no_input


def allow_copies(np: Any) -> None:
    """``np.array(x, copy=False)`` as in NumPy 1: no copy where none is needed."""
    array = np.array

    def older(*args: Any, **kwargs: Any) -> Any:
        if kwargs.get("copy", True) is False:
            kwargs["copy"] = None
        return array(*args, **kwargs)

    np.array = older


# -- NumPy 1 ---------------------------------------------------------------------------------------

# Names that NumPy 1 had and that honest notebooks of that time use.
_OLD_NAMES = {
    "float": float, "int": int, "object": object, "str": str, "complex": complex, "long": int, "unicode": str,
    "float_": "float64", "complex_": "complex128", "int0": "intp", "uint0": "uintp", "unicode_": "str_", "string_": "bytes_",
    "cfloat": "complex128", "singlecomplex": "complex64", "longfloat": "longdouble", "longcomplex": "clongdouble",
    "clongfloat": "clongdouble", "bool8": "bool_", "bytes0": "bytes_", "str0": "str_", "object0": "object_",
    "Inf": float("inf"), "Infinity": float("inf"), "infty": float("inf"), "PINF": float("inf"), "NINF": float("-inf"),
    "NaN": float("nan"), "NAN": float("nan"), "PZERO": 0.0, "NZERO": -0.0, "INF": float("inf"), "disp": print,
    "issubsctype": "issubdtype",
    "product": "prod", "cumproduct": "cumprod", "sometrue": "any", "alltrue": "all", "round_": "round",
    "mat": "asmatrix", "row_stack": "vstack", "trapz": "trapezoid", "in1d": "isin", "rank": "ndim", "alen": len,
    "asscalar": lambda array: array.item(), "asfarray": lambda a, dtype=float: _numpy().asarray(a, dtype=dtype),
    "msort": lambda a: _numpy().sort(a, axis=0), "find_common_type": lambda a, s: _numpy().result_type(*a, *s),
    "issubclass_": lambda a, b: isinstance(a, type) and issubclass(a, b),
    "issctype": lambda a: isinstance(a, (type, _numpy().dtype)),
    "obj2sctype": lambda a, default=None: _numpy().dtype(a).type, "sctype2char": lambda a: _numpy().dtype(a).char,
    "maximum_sctype": lambda a: _numpy().dtype(a).type, "source": print, "lookfor": print, "who": print,
    "safe_eval": lambda text: ast.literal_eval(text), "deprecate": lambda *args, **kwargs: args[0],
    "fastCopyAndTranspose": lambda a: a.T.copy(), "set_string_function": lambda *args, **kwargs: None,
    "compat": types.SimpleNamespace(),
}  # fmt: skip


def _numpy() -> Any:
    return sys.modules["numpy"]


class _Casts(dict):  # type: ignore[type-arg]
    """``np.cast["float64"](x)`` of NumPy 1."""

    def __missing__(self, key: Any) -> Any:
        return lambda x: _numpy().asarray(x).astype(key)


class _Sizes(dict):  # type: ignore[type-arg]
    """``np.nbytes[np.float64]`` of NumPy 1."""

    def __missing__(self, key: Any) -> Any:
        return _numpy().dtype(key).itemsize


def _types(np: Any) -> dict[str, list[type]]:
    """``np.sctypes`` of NumPy 1."""
    codes = {"int": "bhiq", "uint": "BHIQ", "float": "efdg", "complex": "FDG"}
    return {kind: [np.dtype(code).type for code in letters] for kind, letters in codes.items()} | {
        "others": [bool, object, bytes, str, np.void]
    }


def _restore_methods(np: Any) -> None:
    """Methods that arrays had in NumPy 1; a type of C has no other door for them than its own dictionary."""
    older: dict[str, Any] = {
        "ptp": lambda a, axis=None, out=None, keepdims=False: np.ptp(a, axis=axis, out=out, keepdims=keepdims),
        "itemset": lambda a, *place: np.ndarray.__setitem__(
            a if len(place) == 1 and a.ndim == 0 else a.reshape(-1) if type(place[0]) is int and a.ndim > 1 else a,
            () if len(place) == 1 else place[0],
            place[-1],
        ),
        "tostring": lambda a, order="C": a.tobytes(order),
        "newbyteorder": lambda a, order="S": a.view(a.dtype.newbyteorder(order)),
    }
    names: dict[str, Any] = gc.get_referents(np.ndarray.__dict__)[0]
    if int(np.__version__.partition(".")[0]) >= 2:  # there they say that they are gone
        names.update(older)
    ctypes.pythonapi.PyType_Modified(ctypes.py_object(np.ndarray))


def restore_numpy_1(np: Any) -> None:
    """The names and methods that honest notebooks of the time of NumPy 1 use."""
    for name, value in _OLD_NAMES.items():
        if name not in np.__dict__:
            setattr(np, name, getattr(np, value) if isinstance(value, str) else value)
    for name, value in {"cast": _Casts(), "nbytes": _Sizes(), "sctypes": _types(np)}.items():
        np.__dict__.setdefault(name, value)
    _restore_methods(np)
