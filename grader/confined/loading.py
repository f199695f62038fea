"""The program of a submission is executed, unit by unit; of each graded name the best value is kept."""

from __future__ import annotations

import contextlib
import inspect
import struct
import sys
import types
from typing import Any

from . import stubs
from .bindings import Bindings
from .channel import Channel
from .imports import ROOT, Imports, Missing
from .raised import described
from .stubs import Absent

__all__ = ["Definitions"]

_ANNOTATIONS = 0x1000000  # from __future__ import annotations: they are never evaluated
_LIBRARIES = frozenset({*sys.stdlib_module_names, "numpy", "torch", "tensorflow", "keras"})


class Definitions:
    """What a submission defines.

    Attributes
    ----------
    functions
        The value of each graded name.
    labels
        How the places in the submission are called: in a traceback, what has another one is not the student's.
    """

    def __init__(self, channel: Channel, wire: Any, np: Any, bindings: Bindings) -> None:
        self.channel, self.wire, self.np, self.bindings = channel, wire, np, bindings
        self.functions: dict[str, Any] = {}
        self.labels: frozenset[str] = frozenset()
        self.failed: list[tuple[int, str, str]] = []
        self.best: dict[str, tuple[int, int, Any]] = {}
        self.loaded = False

    def prepare(self, program: Any) -> None:
        """From now on, what is imported is what this program may import."""
        number = 0
        for file in program["files"]:
            file["first"], number = number, number + len(file["units"])
        self.program = program
        self.imports = Imports(program, self.np, self.run_file, self.bindings.bind_known)
        sys.meta_path.insert(0, self.imports)
        sys.meta_path.append(Missing(self.imports))
        self.labels = frozenset(unit[1] for file in program["files"] for unit in file["units"])
        self.arities = self.bindings.arities = program["arities"]

    def load(self) -> dict[str, Any]:
        """Execute the program; what is told of it."""
        program = self.program
        self.options = program["options"]
        self.skip = frozenset(program["skip"])
        self.bindings.bound = frozenset(program["bound"])
        root = sys.modules[ROOT] = types.ModuleType(ROOT)
        root.__path__ = []
        for file in program["files"]:
            if file["graded"] or len(program["files"]) == 1:
                self.load_graded(file, program["wanted"])
        defined = {name: self.kind_of(name) for name in program["wanted"]}
        bound = {name: unit for name, (_, unit, _) in self.best.items() if unit >= 0}
        absent = sorted(self.imports.absent)[:100]
        self.bindings.bind_methods(self.functions)
        self.loaded = True
        return {"defined": defined, "bound": bound, "failed": self.failed[:100], "absent": absent}

    def kind_of(self, name: str) -> str:
        """Whether a wanted name, of a method as well, is there and can be called."""
        owner, _, method = name.partition(".")
        value = self.functions.get(owner)
        if method:
            with contextlib.suppress(BaseException):  # a class of the student's may do what it likes
                value = self.functions[name] = getattr(value, method, None)
        absent = value is None or isinstance(value, Absent)
        return "missing" if absent else "callable" if callable(value) else "value"

    def load_graded(self, file: Any, wanted: Any) -> None:
        """Run a file whose functions are graded, as the program that a notebook or script is.

        The first one is ``__main__``: dataclasses look there, and this file here is nobody's to import.
        """
        name = f"{ROOT}.{file['module']}"
        if name not in sys.modules:
            module = sys.modules[name] = types.ModuleType(name)
            if not self.functions:
                sys.modules["__main__"] = module
            module.__package__ = name if file["package"] else name.rpartition(".")[0]
            module.__name__ = "__main__"
            self.run_file(file, module.__dict__)
        namespace = sys.modules[name].__dict__
        for wanted_name in file["graded"] or wanted:
            kept = self.best.get(wanted_name)
            value = kept[2] if kept else self.bindings.behind(namespace.get(wanted_name))
            options = self.options.get(wanted_name, [])
            self.functions[wanted_name] = _by_name(value, self.arities[wanted_name], options) if options else value

    def run_file(self, file: Any, namespace: dict[str, Any]) -> None:
        """Execute the units of a file, and keep of each graded name the last value that fits the contract."""
        namespace.setdefault("__file__", f"{file['module'].replace('.', '/')}.py")
        namespace.update(stubs.names_of_a_notebook())
        self.bindings.bind(namespace, self.bindings.bound)
        with self.imports.within(file):
            for index, unit in enumerate(file["units"], file["first"]):
                self.run_unit(index, unit, namespace, frozenset(file["graded"]))

    def run_unit(self, index: int, unit: Any, namespace: dict[str, Any], graded: frozenset[str]) -> None:
        binds = unit[3]
        if index in self.skip:  # what it did not bind is not there, whatever an earlier statement bound
            for name in binds:
                namespace.pop(name, None)
            return
        if not self.loaded:  # a module that a call imports runs in the time of the call
            self.channel.send(b"U", struct.pack("<I", index))
        self.execute(index, unit, namespace)
        for name in graded if "*" in binds else graded.intersection(binds):
            self.prefer(name, index, namespace, imported="import" in unit[0])
        self.bindings.bind(namespace, self.bindings.bound)

    def prefer(self, name: str, index: int, namespace: dict[str, Any], *, imported: bool) -> None:
        """Keep the better of two values of a graded name, the later one where they are equally good.

        What is imported from a library may have a name that is graded by chance; ``dot = np.dot`` says so.
        """
        value = self.bindings.behind(namespace.get(name))
        if value is None and name not in self.best:
            return
        fits = self.fit(value, self.arities.get(name, 0), imported=imported)
        if name in self.best and fits < self.best[name][0]:
            namespace[name] = self.best[name][2]
        elif name not in self.best or value is not self.best[name][2]:
            self.best[name] = fits, index, value

    def fit(self, value: Any, arity: int, *, imported: bool) -> int:
        """3: a callable that takes so many arguments; 2: one that is imported from a library; 1: another callable."""
        if isinstance(value, Absent) or not callable(value):
            return 0
        kinds = types.FunctionType, types.BuiltinFunctionType, type
        if type(value) is sys.modules["numpy"].ufunc:  # of which only the newest NumPy gives a signature
            return (2 if imported else 3) if value.nin == arity else 1
        try:
            signature = inspect.signature(value)
        except BaseException:  # an object of the student's may refuse
            return 2
        try:
            signature.bind(*[None] * arity)
        except BaseException:
            return 1
        if type(value).__module__.startswith("unittest"):  # a Mock takes whatever it is given
            return 2
        module = getattr(value, "__module__", None)
        library = type(module) is str and module.partition(".")[0] in _LIBRARIES
        return 2 if imported and library and type(value) in kinds else 3

    def execute(self, index: int, unit: Any, namespace: dict[str, Any]) -> None:
        source, label, line, _ = unit
        outer = self.imports.strict
        self.imports.strict = source.startswith(("try", "if 1:\n    try", "with contextlib.suppress", "with suppress"))
        try:
            code = compile("\n" * (line - 1) + source, label, "exec", _ANNOTATIONS, dont_inherit=True)
            exec(code, namespace)
        except BaseException as error:
            kind, message, *_ = described(error, sys.exc_info()[2], self.labels, self.wire.type_name_of)
            self.failed.append((index, kind, message))
        finally:
            self.imports.strict = outer


def _by_name(function: Any, arity: int, options: Any) -> Any:
    """The function as the exercise calls it: an option that stands elsewhere among its arguments is passed by name.

    ``model(X, Y, is_plot=True, lambd=0)`` is called as ``model(X, Y, lambd=0.5)``. One under another name has its place.
    """
    try:
        own = inspect.signature(function).parameters
        places = [name for name, one in own.items() if one.kind is one.POSITIONAL_OR_KEYWORD]
        first = arity - len(options)
        at = next((n for n, name in enumerate(options, first) if name in own and places[n : n + 1] != [name]), arity)
        named = options[at - first :]
        if not named or not all(name in own and name not in places[:at] for name in named):
            return function
    except BaseException:  # a ufunc has no signature, an object of the student's may refuse
        return function
    return lambda *args: function(*args[:at], **dict(zip(named, args[at:], strict=False)))
