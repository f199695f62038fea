"""The case file: questions and answers, drawn once and replayed for everybody.

A file holds, per graded function, the static plans of its cases, the expected outcome under every
accepted alternative with its tolerances, and the outcomes of the catalogued mistakes with their
texts: enough to grade and to diagnose without the reference. It is one value of
:mod:`grader.confined.wire` behind a checksum; there is no pickle. See ``docs/design/case-file.md``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from grader.confined import kinds
from grader.confined.kinds import Value, WireError
from grader.confined.wire import Encoded, decode, encode, pack, unpack
from grader.disk import write_whole
from grader.errors import SpecError
from grader.judging.values import largest, leaves
from grader.sandbox.runner import Plan
from grader.spec import Given, Step

__all__ = [
    "SAID",
    "USUAL",
    "Case",
    "CaseFile",
    "Expected",
    "FunctionCases",
    "MistakeText",
    "forget_cases",
    "function_from_bytes",
    "function_to_bytes",
    "load_cases",
    "save_cases",
]

_AGAIN = "run 'grader freeze' again (students: take the kit again)"
SAID = "said to the reader"  # the name of a fact
USUAL = frozenset({"small", "general"})  # the classes of input that are no special ones
_MAGIC = b"grader cases 4\n"


@dataclass(frozen=True, eq=False)
class Expected:
    """The right value under one alternative, and the absolute tolerance of each of its numeric leaves.

    What follows from the two is worked out when it is first asked for, and kept as long as the cases are.
    """

    value: Encoded
    tolerances: tuple[float, ...]

    @cached_property
    def decoded(self) -> Value:
        """The value; nobody may write to it."""
        return decode(self.value)

    @cached_property
    def tolerance_at(self) -> Mapping[kinds.Path, float]:
        """The tolerance of each number or array, by its path."""
        return dict(zip((path for path, _ in leaves(self.decoded)), self.tolerances, strict=True))

    @cached_property
    def largest_at(self) -> Mapping[kinds.Path, float]:
        """The largest size of a number of each array, by its path."""
        return {path: largest(leaf) for path, leaf in leaves(self.decoded)}

    @cached_property
    def tolerance_per_number(self) -> np.ndarray[Any, Any] | None:
        """The tolerance of each number of the payload; None where the payload holds anything but finite float64."""
        numbers = [np.asarray(leaf) for _, leaf in leaves(self.decoded)]
        if any(leaf.dtype != np.float64 or not np.isfinite(leaf).all() for leaf in numbers):
            return None
        vector = np.repeat(np.array(self.tolerances), [leaf.size for leaf in numbers])
        return vector if 8 * vector.size == len(self.value.payload) else None


@dataclass(frozen=True, eq=False)
class Case:
    """One case: what is asked and what is right.

    Attributes
    ----------
    key : str
        ``function/check/number``, stable for one case file.
    check : str
        "values", or the name of the case set or property to which the case belongs.
    case_class : str
        The class of input, in words ("small", "one example").
    visible : bool
        Whether a report may show the inputs.
    plan : Plan
        The calls.
    own : Plan or None
        The same question on the student's own earlier values.
    expected : tuple of Expected
        One per accepted alternative; empty for a property.
    mistakes : Mapping
        Outcome per catalogued mistake: an encoded value, or the name of an exception's type.
    facts : Encoded
        What the property's plan noted for its judge, and what is said to the reader.
    core : bool
        It is asked first, the others only where a function fails on such ones.
    """

    key: str
    check: str
    case_class: str
    visible: bool
    plan: Plan
    own: Plan | None = None
    expected: tuple[Expected, ...] = ()
    mistakes: Mapping[str, Encoded | str] = field(default_factory=dict)
    facts: Encoded | None = None
    core: bool = True

    @cached_property
    def question(self) -> Given:
        """What a property's judge sees of a case before anything was answered."""
        names = [name for name, _ in self.plan.steps]
        steps = tuple(Step(name, args) for name, args in zip(names, self.plan.questions, strict=True))
        facts = decode(self.facts) if self.facts is not None else {}
        return Given(args=steps[-1].args if steps else (), steps=steps, replies=(), facts=facts)

    @property
    def said(self) -> str:
        """What a reader of the case is told of it; see :meth:`grader.strategies.Draw.say`."""
        return str(self.question.facts.get(SAID, ""))


@dataclass(frozen=True)
class MistakeText:
    """What a catalogued mistake says to the student."""

    code: str
    message: str
    hint: str


@dataclass(frozen=True, eq=False)
class FunctionCases:
    """All cases of one function.

    ``trivial`` names the output items that a stub gets right (all zeros, or arguments handed
    through): they earn points only beside something that is not trivial. ``options`` are the last of
    the ``parameters``: those that have a default.
    """

    name: str
    arity: int
    parameters: tuple[str, ...]
    cases: tuple[Case, ...]
    mistakes: Mapping[str, MistakeText]
    trivial: frozenset[str]
    dropped: int = 0
    options: tuple[str, ...] = ()

    @property
    def classes(self) -> Mapping[str, int]:
        """The class whose method it is, with the number of arguments that make an object."""
        owner, _, method = self.name.partition(".")
        makings = (zip(case.plan.steps, case.plan.questions, strict=True) for case in self.cases if method)
        return {name: len(args) for steps in makings for (name, _), args in steps if name == owner}


@dataclass(frozen=True)
class CaseFile:
    """The frozen cases of one assignment.

    ``fingerprint`` tells whether description, reference, mistakes, versions or seed have changed;
    ``digest`` is the content hash that reports carry.
    """

    assignment: str
    seed: int
    fingerprint: str
    functions: Mapping[str, FunctionCases]
    digest: str = ""

    @property
    def arities(self) -> dict[str, int]:
        """How many arguments each graded function is called with, and each class whose methods are graded."""
        classes = (made for function in self.functions.values() for made in function.classes.items())
        return {**dict(classes), **{name: function.arity for name, function in self.functions.items()}}


# -- to and from bytes -------------------------------------------------------------------


def _blob(encoded: Encoded) -> Any:
    return np.frombuffer(pack(encoded), np.uint8)


def _unblob(value: Any) -> Encoded:
    encoded, _ = unpack(value.tobytes())
    return encoded


@dataclass(frozen=True, eq=False)
class _Unread(Mapping[str, Encoded | str]):
    """Outcomes of mistakes, most of a file, which are read where a function is wrong."""

    encoded: Encoded

    @cached_property
    def _read(self) -> dict[str, Encoded | str]:
        return {code: v if isinstance(v, str) else _unblob(v) for code, v in decode(self.encoded).items()}

    def __getitem__(self, code: str) -> Encoded | str:
        return self._read[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._read)

    def __len__(self) -> int:
        return len(self._read)


def _plan_out(plan: Plan | None) -> Any:
    if plan is None:
        return None
    named = [[(name, _blob(encoded)) for name, encoded in group] for group in (plan.steps, plan.given)]
    return [plan.function, plan.number, *named, plan.cpu_s, plan.after, plan.moves]


def _plan_in(data: Any) -> Plan | None:
    if data is None:
        return None
    function, number, steps, given, cpu_s, after, moves = data
    calls, planted = [tuple((name, _unblob(blob)) for name, blob in group) for group in (steps, given)]
    return Plan(function, number, calls, planted, cpu_s, after=after, moves=moves)


def _case_out(case: Case) -> Any:
    return [
        case.key,
        case.check,
        case.case_class,
        case.visible,
        _plan_out(case.plan),
        _plan_out(case.own),
        [(_blob(e.value), np.array(e.tolerances)) for e in case.expected],
        _blob(encode({code: v if isinstance(v, str) else _blob(v) for code, v in case.mistakes.items()})),
        None if case.facts is None else _blob(case.facts),
        case.core,
    ]


def _case_in(data: Any) -> Case:
    key, check, case_class, visible, plan, own, expected, mistakes, facts, core = data
    whole = _plan_in(plan)
    assert whole is not None
    return Case(
        key,
        check,
        case_class,
        visible,
        whole,
        _plan_in(own),
        tuple(Expected(_unblob(value), tuple(tolerances.tolist())) for value, tolerances in expected),
        _Unread(_unblob(mistakes)),
        None if facts is None else _unblob(facts),
        core,
    )


def _function_out(function: FunctionCases) -> Any:
    return [
        function.name,
        function.arity,
        list(function.parameters),
        [_case_out(case) for case in function.cases],
        [(key, m.code, m.message, m.hint) for key, m in function.mistakes.items()],
        sorted(function.trivial),
        function.dropped,
        list(function.options),
    ]


def _function_in(data: Any) -> FunctionCases:
    name, arity, parameters, cases, mistakes, trivial, dropped, options = data
    texts = {key: MistakeText(code, message, hint) for key, code, message, hint in mistakes}
    read = tuple(map(_case_in, cases))
    return FunctionCases(name, arity, tuple(parameters), read, texts, frozenset(trivial), dropped, tuple(options))


def function_to_bytes(function: FunctionCases) -> bytes:
    """The cases of one function as bytes."""
    return pack(encode(_function_out(function)))


def function_from_bytes(data: bytes) -> FunctionCases:
    """The cases of one function; see :func:`function_to_bytes`."""
    return _function_in(decode(unpack(data)[0]))


def to_bytes(cases: CaseFile) -> bytes:
    """The case file as bytes: magic line, checksum line, one encoded value."""
    content = [
        cases.assignment,
        cases.seed,
        cases.fingerprint,
        [_function_out(function) for function in cases.functions.values()],
    ]
    body = pack(encode(content))
    return _MAGIC + hashlib.sha256(body).hexdigest().encode() + b"\n" + body


def from_bytes(data: bytes, where: str = "the case file") -> CaseFile:
    """Read a case file.

    Raises
    ------
    SpecError
        When the bytes are not a whole case file of this version.
    """
    head = len(_MAGIC) + 65
    if not data.startswith(_MAGIC) or len(data) < head:
        raise SpecError(f"{where} is not a case file of this version; {_AGAIN}")
    body = memoryview(data)[head:]  # of megabytes, which are copied where they are taken apart
    digest = hashlib.sha256(body).hexdigest()
    if data[len(_MAGIC) : head - 1].decode("ascii", "replace") != digest:
        raise SpecError(f"{where} is damaged (its checksum does not match); {_AGAIN}")
    try:
        name, seed, fingerprint, functions = decode(unpack(body)[0])
        loaded = [_function_in(function) for function in functions]
    except (WireError, TypeError, ValueError, KeyError, AttributeError) as error:
        raise SpecError(f"{where} cannot be read ({error}); {_AGAIN}") from error
    return CaseFile(name, seed, fingerprint, {f.name: f for f in loaded}, digest)


def save_cases(cases: CaseFile, path: Path) -> CaseFile:
    """Write a case file in one step (a reader never sees half of it); returns it with its digest."""
    data = to_bytes(cases)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, data)
    return from_bytes(data, str(path))


# Cases keep what was decoded of them, so that equal files should be one value in one process.
_READ: dict[bytes, CaseFile] = {}
_MOST_READ = 4


def load_cases(path: Path) -> CaseFile:
    """Read a case file from disk (see :func:`from_bytes`)."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SpecError(f"cannot read the case file {path}: {error.strerror}") from error
    key = hashlib.sha256(data).digest()
    if key not in _READ:
        cases = from_bytes(data, str(path))
        if len(_READ) >= _MOST_READ:
            del _READ[next(iter(_READ))]
        _READ[key] = cases
    return _READ[key]


def forget_cases() -> None:
    """Keep nothing of the files that were read: who only hands the work out needs no more of them than their digest."""
    _READ.clear()
