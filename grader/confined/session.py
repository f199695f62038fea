"""One submission in one child: its definitions are loaded, then it is asked plan by plan."""

from __future__ import annotations

import array
import contextlib
import functools
import inspect
import io
import struct
import sys
import types
from collections.abc import Iterator
from typing import Any

from . import stubs, watching
from .channel import REPLY, Channel, Output, without_addresses
from .imports import ROOT, Imports, Missing
from .seeding import Seeder
from .stubs import Absent

__all__ = ["Session"]

_TABLE = 1000  # entries of a table in which functions may be kept
_ANNOTATIONS = 0x1000000  # from __future__ import annotations: they are never evaluated
_BATCH, _PLAN, _SIZE = struct.Struct("<II"), struct.Struct("<IHH??"), struct.Struct("<H")
_MESSAGE_KEPT = 500
_LIBRARIES = frozenset({*sys.stdlib_module_names, "numpy", "torch", "tensorflow", "keras"})


class _NoReplyError(Exception):
    """An argument refers to a part of an earlier reply that is not there."""


class Session:
    """One submission in one child: definitions are loaded, then plans are run."""

    def __init__(self, channel: Channel, wire: Any, np: Any, seeder: Seeder | None = None) -> None:
        self.channel = channel
        self.wire, self.kinds = wire, wire.kinds  # NumPy, which they import, was not there when this file was read
        self.np = np
        self.output = Output(self.too_much)
        self.labels: frozenset[str] = frozenset()
        self.failed: list[tuple[int, str, str]] = []
        self.functions: dict[str, Any] = {}
        self.handles: list[Any] = []
        self.bound: frozenset[str] = frozenset()
        self.trampolines: dict[int, tuple[str, Any]] = {}  # the name and the function of each, by identity
        self.answered: frozenset[str] = frozenset()
        self.given: dict[str, Any] = {}
        self.asked = 0  # how many questions of this call the parent was sent: it draws other numbers for each
        self.public: dict[str, Any] = {}
        self.around: Any = None  # public code that makes each call of a graded function, where there is any
        self.replies: list[Any] = []
        self.seeder = seeder or Seeder(np, wire.FRAMEWORK)
        self.turn = 0
        self.loaded = False
        sys.stdout = sys.stderr = self.output
        sys.stdin = io.StringIO()

    def too_much(self) -> None:
        self.channel.send(b"O")
        self.channel.end(3)

    # -- loading ---------------------------------------------------------------------------

    def load(self, program: Any) -> None:
        number = 0
        for file in program["files"]:
            file["first"], number = number, number + len(file["units"])
        self.imports = imports = Imports(program, self.np, self.run_file, self.bind_known)
        sys.meta_path.insert(0, imports)
        sys.meta_path.append(Missing(imports))
        self.labels = frozenset(unit[1] for file in program["files"] for unit in file["units"])
        self.uses_random = program["uses_random"]
        self.arities = program["arities"]
        self.options = program["options"]
        self.skip = frozenset(program["skip"])
        self.best: dict[str, tuple[int, int, Any]] = {}
        if program["copies"]:
            stubs.allow_copies(self.np)
        if program["public"]:
            self.public["submitted"] = self.functions.__getitem__  # so that it can call what it is about
            self.public["drawn_by"] = functools.partial(watching.drawn_by, self.np)
            exec(compile(program["public"], "public.py", "exec", dont_inherit=True), self.public)
            self.around = self.public.get("around")
        self.bound = frozenset(program["bound"])
        stubs.friendly_builtins()
        self.seeder.reset(0, self.uses_random)
        root = sys.modules[ROOT] = types.ModuleType(ROOT)
        root.__path__ = []
        for file in program["files"]:
            if file["graded"] or len(program["files"]) == 1:
                self.load_graded(file, program["wanted"])
        defined = {}
        for name in program["wanted"]:
            owner, _, method = name.partition(".")
            value = self.functions.get(owner)
            if method:
                with contextlib.suppress(BaseException):  # a class of the student's may do what it likes
                    value = self.functions[name] = getattr(value, method, None)
            absent = value is None or isinstance(value, Absent)
            defined[name] = "missing" if absent else "callable" if callable(value) else "value"
        bound = {name: unit for name, (_, unit, _) in self.best.items() if unit >= 0}
        reply = {"defined": defined, "bound": bound, "failed": self.failed[:100], "output": self.output.take().decode()}
        reply["absent"] = sorted(imports.absent)[:100]
        self.bind_methods()
        self.loaded = True
        self.channel.send(b"L", self.wire.pack(self.wire.encode(reply)))

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
            value = kept[2] if kept else self.behind(namespace.get(wanted_name))
            options = self.options.get(wanted_name, [])
            self.functions[wanted_name] = _by_name(value, self.arities[wanted_name], options) if options else value

    def run_file(self, file: Any, namespace: dict[str, Any]) -> None:
        """Execute the units of a file, and keep of each graded name the last value that fits the contract."""
        namespace.setdefault("__file__", f"{file['module'].replace('.', '/')}.py")
        namespace.update(stubs.names_of_a_notebook())
        self.bind(namespace, self.bound)
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
        self.bind(namespace, self.bound)

    def prefer(self, name: str, index: int, namespace: dict[str, Any], *, imported: bool) -> None:
        """Keep the better of two values of a graded name, the later one where they are equally good.

        What is imported from a library may have a name that is graded by chance; ``dot = np.dot`` says so.
        """
        value = self.behind(namespace.get(name))
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
            kind, message, *_ = self.describe(error, sys.exc_info()[2])
            self.failed.append((index, kind, message))
        finally:
            self.imports.strict = outer

    def bind(self, namespace: dict[str, Any], names: Any) -> None:
        """Put a trampoline in the place of each of these names that does not hold its own yet.

        That of another name stands there where one graded function was written as another one: each is answered by itself.
        Who writes ``from numpy import *`` and calls ``tanh`` means NumPy's, which no helper stands in for.
        """
        for name in names:
            value = namespace.get(name)
            of, _ = self.trampolines.get(id(value), ("", None))
            if "." not in name and of != name and not isinstance(value, self.np.ufunc):
                namespace[name] = made = self.trampoline(name, value)
                if of:
                    continue
                with contextlib.suppress(BaseException):  # a class of the student's may do what it likes
                    self.bind_where_it_was_taken_from(namespace, value, made)
                with contextlib.suppress(BaseException):
                    self.bind_where_it_is_kept(namespace, value, made)

    def bind_where_it_is_kept(self, namespace: dict[str, Any], value: Any, made: Any) -> None:
        """The same under another name of this function, and in a table that its decorator has filled: ``@register``.

        A table may be a variable, or an attribute of an object or of a class.
        """
        if type(value) is not types.FunctionType:
            return
        meant = {id(value), id(getattr(value, "__wrapped__", value))}
        for name, one in [*namespace.items()]:
            if id(one) in meant and name not in self.bound:
                namespace[name] = made
            attributes = [*vars(one).values()] if isinstance(one, type) or "__dict__" in dir(type(one)) else []
            for table in [one, *attributes]:
                if table is namespace or not isinstance(table, dict | list) or len(table) > _TABLE:
                    continue
                places = [*table.items()] if isinstance(table, dict) else [*enumerate(table)]
                for place, kept in places:
                    if id(kept) in meant:
                        table[place] = made

    def bind_where_it_was_taken_from(self, namespace: dict[str, Any], value: Any, made: Any) -> None:
        """The same in the class or the object whose method was given this name: ``forward = Net.forward``.

        The other methods say ``Net.forward`` or ``self.forward`` and mean the same function.
        """
        function, made_for = getattr(value, "__func__", value), getattr(value, "__self__", None)
        if type(function) is not types.FunctionType:
            return
        if made_for is not None and not isinstance(made_for, type):
            made_for.__dict__[function.__name__] = made
            return
        for owner in [one for one in namespace.values() if type(one) is type]:
            for name, attribute in [*vars(owner).items()]:
                if attribute is function:
                    setattr(owner, name, made)
                elif getattr(attribute, "__func__", None) is function:  # a static method, or one of the class
                    setattr(owner, name, staticmethod(made))

    def bind_known(self, namespace: dict[str, Any]) -> None:
        """The same for the names that an imported module has, and no others."""
        self.bind(namespace, self.bound.intersection(namespace))

    def bind_methods(self) -> None:
        """The same in the classes of the submission, for each name such as ``Net.loss`` or ``Net.__init__``."""
        for name in self.bound:
            owner, _, method = name.partition(".")
            made_by = self.functions.get(owner)
            if method and isinstance(made_by, type):
                with contextlib.suppress(BaseException):  # a class of the student's may do what it likes
                    type.__setattr__(made_by, method, self.method(name, getattr(made_by, method, None)))

    def method(self, name: str, own: Any) -> Any:
        """What a bound method means: what the parent answers for the state of the object, else what the submission says.

        Of a constructor the own one runs all the same: what else it sets is the business of the student's other methods.
        """

        def helper(made: Any, *args: Any, **kwargs: Any) -> Any:
            if name in self.answered:
                with contextlib.suppress(Exception):
                    if name.endswith(".__init__"):
                        own(made, *args, **kwargs)
                self.asked += 1
                with contextlib.suppress(RuntimeError, self.kinds.WireError):  # not answered
                    sent, named = self.sendable(args, kwargs)
                    value, changed = self.ask((name, (self.state(made), *sent), named, self.asked))
                    for key, part in changed.items():
                        setattr(made, key, part)
                    return made if isinstance(value, self.kinds.Code) else value
            if own is None:
                raise AttributeError(f"{name} is not defined")
            return own(made, *args, **kwargs)

        helper.__name__ = helper.__qualname__ = name
        helper.__wrapped__ = own  # type: ignore[attr-defined]
        return helper

    def state(self, made: Any) -> dict[str, Any]:
        """The attributes of an object that are no methods, those of its class with them."""
        found = {}
        for name in object.__dir__(made):
            with contextlib.suppress(Exception):  # a property may raise
                value = getattr(made, name)
                if not (name.startswith("__") or callable(value)):
                    found[name] = value
        return found

    def behind(self, value: Any) -> Any:
        """What the submission itself means by a name: the value behind a trampoline."""
        while id(value) in self.trampolines:
            value = getattr(value, "__wrapped__", None)
        return value

    def trampoline(self, name: str, own: Any = None) -> Any:
        """What a bound name means: public code for this case, a callback to the parent, else what the submission says."""

        def helper(*args: Any, **kwargs: Any) -> Any:
            if name in self.given:
                value = self.given[name](*args, **kwargs)
                if value is not NotImplemented:  # called with other arguments, the helper is the student's own
                    return value
            if name not in self.answered:
                if own is None:
                    raise NameError(f"name {name!r} is not defined")
                return own(*args, **kwargs)
            try:
                return self.answer(name, args, kwargs)
            except RuntimeError:  # not answered: the student's own version may take other names, or more arguments
                placed = self.in_their_places(name, own, args, kwargs)
                if placed is None:
                    raise
                return self.answer(name, placed, {})

        helper.__name__ = helper.__qualname__ = name
        if own is not None:
            helper.__wrapped__ = own  # type: ignore[attr-defined]  # so that its signature is that of the submission's
        self.trampolines[id(helper)] = name, helper
        return helper

    def answer(self, name: str, args: Any, kwargs: Any) -> Any:
        """What the parent answers to a call of a bound name."""
        given: list[Any] = []  # what functions among the arguments gave, which the parent has to ask for
        self.asked += 1
        number = self.asked
        sent, named = self.sendable(args, kwargs)
        while True:
            answer = self.ask((name, sent, named, number, *given))
            if not isinstance(answer, self.kinds.Code):
                return self.linked(answer, name, args, kwargs, number)
            given.append(self.handles[answer.args[0]](*answer.args[1:]))

    def in_their_places(self, name: str, own: Any, args: Any, kwargs: Any) -> tuple[Any, ...] | None:
        """The arguments by their places in the student's own version, where some were passed by name; None without one."""
        if own is None or not kwargs:
            return None
        try:
            placed = inspect.signature(own).bind(*args, **kwargs)
            placed.apply_defaults()
        except BaseException:  # a ufunc has no signature, an object of the student's may refuse
            return None
        return placed.args[: self.arities.get(name)]

    def sendable(self, args: Any, kwargs: Any) -> tuple[Any, Any]:
        """The arguments of a question, a generator as another one, whose seed it draws."""

        def one(value: Any) -> Any:
            drawn = type(value) is self.np.random.Generator
            return self.kinds.Code("np.random.default_rng", (int(value.integers(2**62)),)) if drawn else value

        return tuple(map(one, args)), {key: one(value) for key, value in kwargs.items()}

    def ask(self, question: Any) -> Any:
        """What the parent answers to the name, the arguments, the question's number and what belongs to them."""
        self.channel.send(b"C", self.wire.pack(self.wire.encode(question, opaque=self.handle)))
        kind, body = self.channel.receive()
        if kind != b"R":
            raise RuntimeError(f"a correct {question[0]} gives no result for these arguments")
        return self.wire.decode(self.wire.unpack(body)[0], code=lambda wanted: wanted)

    def linked(self, answer: Any, name: str, args: Any, kwargs: Any, number: int) -> Any:
        """An answer that is a tensor, from which gradients come to the arguments: the parent works them out, too."""
        framework = self.wire.FRAMEWORK
        if framework is None or framework.read(answer) is None:
            return answer
        inputs = [part for part in self.parts((*args, kwargs)) if getattr(framework.read(part), "requires_grad", False)]
        if not inputs:
            return answer
        return framework.linked(answer, inputs, lambda upstream: self.ask((name, args, {**kwargs, "": upstream}, number)))

    def parts(self, value: Any) -> Iterator[Any]:
        """What containers hold, in the order in which it crosses the wire."""
        if isinstance(value, dict):
            value = [part for _, part in self.wire.in_order(list(value.items()))]
        if isinstance(value, (list, tuple)):
            for part in value:
                yield from self.parts(part)
        else:
            yield value

    def handle(self, value: Any) -> int:
        self.handles.append(value)
        return len(self.handles) - 1

    # -- running ---------------------------------------------------------------------------

    def run(self, body: bytes) -> None:
        """A batch: u32 count, u32 mark, names that the parent answers, then the plans.

        A plan is u32 number, u16 given, u16 steps, whether calls move on, whether places are read after the last step, and
        the parts of all that.

        A reply carries mark and number, so that a late one never answers a call of a later batch.
        """
        count, mark = _BATCH.unpack_from(body)
        names, at = _text(body, _BATCH.size)
        self.answered = frozenset(names.split(","))
        for _ in range(count):
            number, ngiven, nsteps, moves, looks = _PLAN.unpack_from(body, at)
            at += _PLAN.size
            self.replies, self.handles, self.given = [], [], {}
            for _ in range(ngiven):
                name, at = _text(body, at)
                encoded, at = self.wire.unpack(body, at)
                self.given[name] = function = self.wire.decode(encoded, code=self.code)
                if isinstance(function, types.FunctionType):  # an error names it as the student calls it
                    function.__qualname__ = name
            steps = []
            for _ in range(nsteps):
                name, at = _text(body, at)
                encoded, at = self.wire.unpack(body, at)
                steps.append((name, encoded))
            places = ()
            if looks:
                encoded, at = self.wire.unpack(body, at)
                places = self.wire.decode(encoded)
            for step, (name, encoded) in enumerate(steps):
                self.turn = number + moves * step * 101  # far along the stream: what a draw throws away is no detour
                if not self.step(mark | number, step, name, encoded, places if step == nsteps - 1 else ()):
                    break
        self.channel.send(b"D")

    def step(self, number: int, step: int, name: str, encoded: Any, places: Any) -> bool:
        """One call; whether the plan can go on."""
        try:
            questions = self.wire.Decoder(encoded, self.ref, self.code)
            args = questions.get()
        except _NoReplyError as error:
            self.raised(number, step, ("no-reply", str(error), None, None))
            return False
        bound = name in self.given or ("." not in name and name in self.answered)
        function = self.trampoline(name) if bound else self.named(name) or self.public.get(name)
        if not callable(function) or isinstance(function, Absent):
            self.raised(number, step, ("missing", f"{name} is not defined", None, None))
            return False
        self.seeder.reset(self.turn, self.uses_random)
        self.asked = 0
        Absent.calling = True
        try:
            around = self.around if name in self.functions else None
            value = self.wire.taken(around(name, function, args) if around else function(*args))
            reply = self.wire.encode(self.wire.beside(value, args, places), opaque=self.handle)
        except BaseException as error:
            self.raised(number, step, self.describe(error, sys.exc_info()[2]))
            return False
        self.replies.append(value)
        mutated = questions.mutated()
        output = self.output.take()
        self.channel.send(
            b"V",
            REPLY.pack(number, step, len(mutated), len(output)),
            array.array("H", mutated).tobytes() if mutated else b"",
            output,
            *self.wire.packed(reply),
        )
        return True

    def named(self, name: str) -> Any:
        """What a step calls: a function or a class, or what it does with the object that is its first argument."""
        owner, dot, member = name.partition(".")
        return (lambda made, *args: self.kinds.member(made, member, *args)) if dot else self.functions.get(owner)

    def raised(self, number: int, step: int, what: Any) -> None:
        output = self.output.take()
        reply = self.wire.pack(self.wire.encode(what))
        self.channel.send(b"E", REPLY.pack(number, step, 0, len(output)), output, reply)

    def ref(self, ref: Any) -> Any:
        """A part of an earlier reply, as the very object that the student's code returned."""
        if ref.step >= len(self.replies):
            raise _NoReplyError("an earlier call of this case gave no value")
        value = self.replies[ref.step]
        for key in ref.path:
            try:
                value = self.kinds.reach(value, (key,))
            except BaseException:  # a container of the student's own may raise what it likes
                raise _NoReplyError(f"the earlier value has no part {key!r}") from None
        return value

    def code(self, code: Any) -> Any:
        return self.kinds.maker_of(code.name, self.public.__getitem__)(*code.args)

    def describe(self, error: BaseException, traceback: Any) -> tuple[str, str, str | None, str | None]:
        """Type and message of an exception, its line, and the line of the called function where that is another one's.

        An exception may lie and may refuse to be printed.
        """
        name = self.wire.type_name_of(type(error))
        try:
            message = str(error)
            if type(message) is not str:
                message = ""
            if type(error) is ValueError and "only 0-dimensional" in (cause := str(error.__cause__)):
                message = f"{message} {cause}"  # NumPy 2.4 says there what it refuses
        except BaseException:
            message = "(the message cannot be shown)"
        message = next((plain for part, plain in stubs.PLAIN_REASONS.items() if part in message), message)
        origin = caller = outermost = None
        while traceback is not None:
            code = traceback.tb_frame.f_code
            if code.co_filename in self.labels:
                origin = f"{code.co_filename}, line {traceback.tb_lineno}"
                outermost = outermost or origin
                if origin != outermost and not code.co_name.startswith("<"):  # a comprehension is no call of a helper
                    caller = outermost
            traceback = traceback.tb_next
        return name, without_addresses(message[:_MESSAGE_KEPT]), origin, caller


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


def _text(body: bytes, at: int) -> tuple[str, int]:
    (size,) = _SIZE.unpack_from(body, at)
    return body[at + 2 : at + 2 + size].decode(), at + 2 + size
