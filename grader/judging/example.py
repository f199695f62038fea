"""The smallest failing case that may be shown, as data for every face of a report."""

from __future__ import annotations

import ast
import inspect
import math
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np

from grader import sentences
from grader.confined.kinds import Code, Opaque, Path, Ref, Tensor, Unset, Value, WireError, Yielded
from grader.confined.watching import PUBLIC
from grader.confined.wire import decode
from grader.judging.cases import Case
from grader.judging.compare import element_text, items_of, kind_of
from grader.judging.judge import Failure, FunctionJudge, Verdict
from grader.judging.outcomes import Outcomes, expected_value, last_outcome, plan_of, plan_with, reply_value, steps_behind
from grader.judging.values import count_numbers, part_or_none, parts_of
from grader.sandbox.limits import or_when_late
from grader.sandbox.runner import Outcome, Plan, Raised, Returned, Stopped
from grader.spec import Function
from grader.submission.names import bound_names

__all__ = ["as_json", "counterexample_of", "example_failure", "snippet"]

_MOST_ELEMENTS = 200
_MOST_PARTS = 400
_MOST_TEXT = 2_000
_MOST_OF_EARLIER = 24  # numbers of the result of an earlier call


class _Kept:
    """Stands for an opaque item, of which nothing is shown."""


@or_when_late(default=None)
def counterexample_of(
    judge: FunctionJudge,
    outcomes: Outcomes,
    verdict: Verdict,
    *,
    parameters: Mapping[str, Sequence[str]] = MappingProxyType({}),
    public: str = "",
    helped: bool = False,
) -> Mapping[str, Any] | None:
    """The smallest failing case whose inputs may be shown; None where all failing cases are hidden.

    Parameters
    ----------
    judge, outcomes, verdict
        What the function was judged on.
    parameters
        Names of the parameters of other functions that a case calls.
    public
        The public code of the assignment, from which the snippet takes what it needs.
    helped
        The function was called with right helpers, which the snippet has not.
    """
    failure = example_failure(outcomes, verdict)
    if failure is None:
        return None
    case = failure.case
    plan, replies = _in_question(failure, outcomes.get(case.key, ()))
    last = replies[-1] if replies else Stopped("not-run")
    problem, name = failure.problem, failure.item or failure.check
    path, part = (problem.path, problem.where or sentences.THE_RESULT) if problem else ((), name)
    names = {**parameters, judge.cases.name: judge.cases.parameters}
    right = expected_value(case, min(verdict.alternative, len(case.expected) - 1)) if case.expected else None
    return {
        "case": case.key,
        "class": case.case_class,
        "item": name,
        "part": part,
        "where": element_text(part, problem.place if problem else None),
        "message": failure.message,
        "note": case.said,
        "arguments": _Arguments(plan, names, public, judge.spec.labels).listed(() if case.expected else replies),
        "expected": _labelled(judge.spec, _expected(judge, case, right, path), path)
        if _comparable(judge, failure, last)
        else None,
        "got": _got(judge.spec, last, path),
        "output": "" if isinstance(last, Stopped) else last.output,
        "snippet": snippet(plan, names, public, helped=helped),
    }


def _comparable(judge: FunctionJudge, failure: Failure, last: Outcome) -> bool:
    """Whether there is a right value beside it: an exception is compared with nothing, and a random draw neither."""
    if not failure.case.expected or not isinstance(last, Returned):
        return False
    whole, random = not failure.problem or not failure.problem.path, judge.spec.of_class(failure.case.case_class).random
    return not random if whole else failure.item not in random


def _expected(judge: FunctionJudge, case: Case, right: Value, path: Path) -> Value:
    """The right value at a path; of the whole result without its opaque items, which are the reference's own business."""
    spec = judge.spec.of_class(case.case_class)
    places = {place for item in items_of(right, spec.items) if item.name in spec.opaque for place in item.paths}
    if path or not places:
        return part_or_none(right, path)
    if () in places:
        return _Kept()
    if isinstance(right, dict):
        return {key: _Kept() if (key,) in places else part for key, part in right.items()}
    return tuple(_Kept() if (number,) in places else part for number, part in enumerate(right))


def example_failure(outcomes: Outcomes, verdict: Verdict) -> Failure | None:
    """What the first failed check with a case that may be shown is about; None where all are hidden.

    A call that was stopped is told before all else, and a case that was not run, because of it, shows nothing. What
    came back in no form that could be sent is shown where there is nothing else.
    """
    if verdict.status not in ("passed", "failed", "partial"):
        stopped = [failure for failure in verdict.failures if _was_stopped(last_outcome(outcomes, failure.case))]
        if visible := [failure for failure in stopped if failure.case.visible]:
            return visible[0]
    seen = [failure for failure in verdict.told if failure.case.visible]
    usable = [failure for failure in seen if not _is_unusable(last_outcome(outcomes, failure.case))]
    return next(iter([*usable, *seen]), None)


def _is_unusable(outcome: Outcome) -> bool:
    """Whether a value came back that has no form in which it could be sent, as one that is far too large."""
    return isinstance(outcome, Raised) and outcome.type_name == WireError.__name__


def _in_question(failure: Failure, replies: Sequence[Outcome]) -> tuple[Plan, Sequence[Outcome]]:
    """The calls of a case, or those that its sentence is about, and what they gave."""
    plan = plan_of(failure.case, replies)
    told = failure.objection.steps if failure.objection else ()
    if not told or max(told) >= min(len(plan.steps), len(replies)):
        return plan, replies
    steps = sorted(set().union(*(steps_behind(plan, step) for step in told)))
    return plan_with(plan, steps), [replies[step] for step in steps]


def _was_stopped(outcome: Outcome) -> bool:
    return isinstance(outcome, Stopped) and outcome.reason != "not-run"


def _got(spec: Function, last: Outcome, path: Sequence[Any]) -> Any:
    """What came back, as far as it is wrong."""
    if isinstance(last, Raised):
        place = sentences.raised_inside(last.origin or "", last.caller) if last.caller else last.origin
        name = sentences.UNUSABLE if _is_unusable(last) else last.type_name
        return {"error": name, "message": last.message, "origin": place}
    whole = reply_value(last)
    holder = part_or_none(whole, tuple(path[:-1]))
    if path and isinstance(holder, dict) and path[-1] not in holder:  # it has no value, not even None
        return {"error": f"nothing: there is no key {path[-1]!r}", "message": "", "origin": None}
    part = part_or_none(whole, tuple(path))
    if not path and (numbers := count_numbers(part)) > _MOST_ELEMENTS:  # what is wrong is said; nobody reads them all
        return {"result": sentences.many_numbers(kind_of(part), numbers)}
    return (
        {"error": sentences.NOT_THERE, "message": "", "origin": None}
        if isinstance(part, Unset)
        else _labelled(spec, part, path)
    )


@dataclass(frozen=True)
class _Arguments:
    """The arguments of the calls of a case, for the reader.

    ``public`` tells what a planted function gives, ``labels`` how the exercise calls the parts of a tuple.
    """

    plan: Plan
    names: Mapping[str, Sequence[str]]
    public: str
    labels: Mapping[str, Sequence[str]]

    def listed(self, replies: Sequence[Outcome]) -> list[dict[str, Any]]:
        """Those of the call, or of all calls where there are several, each with what it gave where that is short."""
        listed = [entry for step in range(len(self.plan.steps)) for entry in self._of_call(step, replies)]
        return [*listed, *self._planted()]

    def _of_call(self, step: int, replies: Sequence[Outcome]) -> Iterator[dict[str, Any]]:
        plan, (function, _) = self.plan, self.plan.steps[step]
        if function.endswith("="):  # an attribute is set, of an object that is made in the call before
            attribute = f"call {step + 1}, {function.removesuffix('=')}"
            yield {"name": attribute, "value": as_json(plan.questions[step][1])}
            return
        if function.endswith("."):  # an object is looked at, after others were made
            yield {"name": sentences.LOOKED_AT, "value": as_json(plan.questions[step][0])}
            return
        where = f"call {step + 1}, {function}" if len(plan.steps) > 1 else ""
        if not replies and step in self._beside:
            yield {"name": where, "value": {"result": sentences.BESIDE}}
            return
        parameters, where = self.names.get(function, ()), where and f"{where}: "
        for number, value in enumerate(plan.questions[step]):
            name = parameters[number] if number < len(parameters) else f"argument {number + 1}"
            yield {"name": where + name, "value": self._shown(name, value)}
        reply = reply_value(replies[step]) if step < min(len(replies), len(plan.steps) - 1) else None
        if reply is not None and not isinstance(reply, Opaque) and count_numbers(reply) <= _MOST_OF_EARLIER:
            yield {"name": f"{where}the result", "value": as_json(reply)}

    @cached_property
    def _beside(self) -> Collection[int]:
        """The calls of which nothing is handed on to the last one; none where it looks at an object, or one was changed."""
        plan = self.plan
        if any(name.endswith(("=", ".")) for name, _ in plan.steps):
            return ()
        return set(range(len(plan.steps))) - steps_behind(plan, len(plan.steps) - 1)

    def _shown(self, name: str, value: Value) -> Any:
        gives = _given_by(value, self.public) if isinstance(value, Code) else None
        return _named(value, self.labels.get(name, ())) if gives is None else gives

    def _planted(self) -> list[dict[str, Any]]:
        """What is put in the place of helpers; those that give the same are told together."""
        together: list[tuple[list[str], Any]] = []
        words = [word for word in self.plan.questions[-1] if isinstance(word, str)]  # such as which of several is used
        for name, encoded in sorted(self.plan.given, key=lambda given: not any(map(given[0].endswith, words))):
            code = decode(encoded, code=lambda code: code)
            gives = _given_by(code, self.public)
            value, parameters = as_json(code) if gives is None else gives, self.names.get(name)
            called = name if parameters is None else f"{name}({', '.join(parameters)})"
            same = next((names for names, data in together if gives is not None and data == value), None)
            if same is None:
                together.append(([called], value))
            else:
                same.append(called)
        return [{"name": sentences.in_place_of(names), "value": value} for names, value in together]


def _given_by(code: Code, public: str) -> Any:
    r"""What a function of public code gives, as the docstring of its maker says; None where it does not.

    A line ``Gives: {factor} * x`` names the maker's parameters: a field that is the whole line is told as the value
    that it is, and others are put into the line.

    Examples
    --------
    >>> public = "def line(a, b):\n    'Gives: {a} * x + {b}'"
    >>> _given_by(Code("line", (2.0, -0.5)), public)
    {'result': '2 * x - 0.5'}
    """
    maker = next((n for n in ast.parse(public).body if isinstance(n, ast.FunctionDef) and n.name == code.name), None)
    match = re.search(r"(?m)^Gives: (.+)$", (maker and ast.get_docstring(maker)) or "")
    if maker is None or match is None:
        return None
    names = [argument.arg for argument in maker.args.args]
    fields: dict[str, Value] = dict(zip(names, code.args, strict=False))
    if maker.args.vararg:
        fields[maker.args.vararg.arg] = list(code.args[len(names) :])
    if match[1][1:-1] in fields:
        return as_json(fields[match[1][1:-1]])
    if count_numbers(code.args) > _MOST_OF_EARLIER:
        return None
    return {"result": match[1].format(**{name: _in_words(value) for name, value in fields.items()}).replace("+ -", "- ")}


def _in_words(value: Value) -> str:
    """A number without the digits that say nothing, or a list of such."""
    value = value.tolist() if isinstance(value, np.ndarray | np.generic) else value
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_in_words, value))}]"
    return repr(value).removesuffix(".0")


def _labelled(spec: Function, value: Value, path: Sequence[Any]) -> Any:
    """A result, or a part of one, with the names that the exercise has for the parts of a tuple."""
    items = (spec.returns,) if isinstance(spec.returns, str) else tuple(spec.returns)
    if path or len(items) == 1:
        name = items[path[0]] if len(path) == 1 and isinstance(path[0], int) and path[0] < len(items) else ""
        return _named(value, spec.labels.get(name if path else items[0], ()))
    data = _named(value, items)
    if isinstance(data, dict) and "names" in data:
        parts = zip(items, value, data["tuple"], strict=True)
        data["tuple"] = [_named(part, spec.labels[name]) if name in spec.labels else shown for name, part, shown in parts]
    return data


def _named(value: Value, names: Sequence[str]) -> Any:
    data = as_json(value)
    if names and isinstance(value, tuple) and len(value) == len(names) and "tuple" in data:
        return {**data, "names": list(names)}
    return data


def _making(code: Code) -> str:
    """The call of public code that makes a function or an object, with its arguments where they are short."""
    return _literal(code) if count_numbers(code.args) <= _MOST_OF_EARLIER else f"{code.name}(...)"


# -- as data -----------------------------------------------------------------------------


def _number(value: float) -> Any:
    return float(value) if np.isfinite(value) else str(float(value))


def as_json(value: Value) -> Any:
    """A value as plain JSON data; see ``docs/reference/json.md`` for the forms.

    Examples
    --------
    >>> as_json((np.array([1.0, np.nan]), {"a": 2}))
    {'tuple': [{'array': [1.0, 'nan'], 'dtype': 'float64', 'shape': [2]}, {'dict': [['a', 2]]}]}
    """
    match value:
        case None | bool() | int():
            return value
        case Unset():
            return None
        case str():
            return value if len(value) <= _MOST_TEXT else value[:_MOST_TEXT] + "..."
        case float():
            return value if np.isfinite(value) else {"float": str(value)}
        case complex():
            return {"complex": [_number(value.real), _number(value.imag)]}
        case Tensor(framework=str() as framework) if framework:
            return {**_array_as_json(np.asarray(value)), "tensor": framework}
        case np.ndarray():
            return _array_as_json(value)
        case np.generic():
            item = value.item()  # a long double's item is what it is
            return {"opaque": f"{value.dtype} {value}"} if isinstance(item, np.generic) else as_json(item)
        case tuple() | list() | dict() | set() | frozenset():
            return _parts_as_json(value)
        case Opaque(type_name=name):
            return {"opaque": name}
        case Code():
            return {"function": _making(value)}
        case _Kept():
            return {"result": sentences.KEPT_BY_THE_CODE}
        case Ref(step=step, path=path):
            part = "".join(f"[{key!r}]" for key in path)
            return {"result": f"{part} of the result of call {step + 1}".removeprefix(" of ")}
    return {"opaque": type(value).__name__}


def _parts_as_json(value: Value) -> Any:
    kinds = {tuple: "tuple", Yielded: "iterator", list: "list", dict: "dict"}
    kind = next((name for kind, name in kinds.items() if isinstance(value, kind)), "set")
    if _parts(value, _MOST_PARTS) > _MOST_PARTS:
        return {"opaque": f"{kind} of {len(value)} parts, too long to be shown"}
    if isinstance(value, dict):
        return {"dict": [[as_json(key), as_json(part)] for key, part in value.items()]}
    return {kind: [as_json(part) for part in (sorted(value, key=repr) if kind == "set" else value)]}


def _parts(value: Value, most: int) -> int:
    """How many parts a value has, counted no further than just beyond `most`."""
    inner: Sequence[Any] = ()
    if isinstance(value, dict):
        inner = [part for pair in value.items() for part in pair]
    elif isinstance(value, tuple | list | set | frozenset):
        inner = list(value)
    count = 1
    for part in inner[: most + 1]:
        count += _parts(part, most - count)
        if count > most:
            break
    return count


def _array_as_json(value: np.ndarray[Any, Any]) -> Any:
    if math.prod(n or 1 for n in value.shape) > _MOST_ELEMENTS:  # an array without numbers may hold very many rows
        return {"opaque": f"array of shape {value.shape}, {value.dtype}"}

    def nested(part: Any) -> Any:
        if isinstance(part, list):
            return [nested(inner) for inner in part]
        if isinstance(part, complex | np.complexfloating):
            return f"{part.real:.10g}{part.imag:+.10g}j"
        return _number(float(part)) if isinstance(part, float | np.floating) else part

    return {"array": nested(value.tolist()), "dtype": str(value.dtype), "shape": list(value.shape)}


# -- as Python ---------------------------------------------------------------------------


# How a tensor is written, without and with gradients, and what is imported for it.
_TENSORS = {
    "torch": (
        "torch.tensor({data}, dtype=torch.{dtype})",
        "torch.tensor({data}, dtype=torch.{dtype}, requires_grad=True)",
    ),
    "tensorflow": ("tf.constant({data}, '{dtype}')", "tf.Variable({data}, dtype='{dtype}')"),
}
_IMPORTS = {"torch": "import torch", "tensorflow": "import tensorflow as tf"}


def snippet(plan: Plan, parameters: Mapping[str, Sequence[str]], public: str = "", *, helped: bool = False) -> str:
    """Python that repeats the calls of a case in the student's own notebook."""
    given = {name: decode(encoded, code=lambda code: code) for name, encoded in plan.given}
    makers = {part.name for part in parts_of([*given.values(), *plan.questions]) if isinstance(part, Code)}
    makers.update(name for name, _ in plan.steps)  # a step may call public code
    lines = ["import numpy as np", "from numpy import array, inf, nan"]
    frameworks = {getattr(part, "framework", "") for part in parts_of(list(plan.questions))} & _IMPORTS.keys()
    lines += [*(_IMPORTS[name] for name in sorted(frameworks)), ""]
    if helped:
        lines.append("# The grader called it with right helpers; with your own ones the result may differ.")
    if built_in := [inspect.getsource(function) for name, function in PUBLIC.items() if name in makers]:
        lines += ["from typing import Any\n\n", *built_in]
    lines += [f"{text}\n" for text in _definitions(public, makers)]
    for name, code in given.items():
        lines += [f"kept_{name} = globals().get({name!r})  # {name} is replaced for a while"]
        lines += [f"{name} = {_literal(code)}"]
    calls = []
    for step, (name, _) in enumerate(plan.steps):
        if name.endswith("="):
            made, value = plan.questions[step]
            calls.append(f"{_literal(made)}.{name[:-1].partition('.')[2]} = {_literal(value)}")
            continue
        if name.endswith("."):
            calls.append(f"result_{step} = {_literal(plan.questions[step][0])}")
            continue
        own_names, args = parameters.get(name, ()), []
        for number, value in enumerate(plan.questions[step]):
            if isinstance(value, Ref):
                args.append(_literal(value))
                continue
            args.append(own_names[number] if number < len(own_names) else f"value_{step}_{number}")
            calls.append(f"{args[-1]} = {_literal(value)}")
        calls += _calling(f"result_{step}", name, args, known=name in parameters)
    if given:
        back = [f"    {name} = kept_{name}" for name in given]
        calls = ["try:", *("    " + line for line in calls), "finally:", *back]
    return "\n".join([*lines, *calls, f"print(result_{len(plan.steps) - 1})"])


def _calling(result: str, name: str, args: Sequence[str], *, known: bool) -> list[str]:
    """Lines that call a function, or do what a step does with an object: a method is called, an attribute read."""
    member = name.partition(".")[2]
    if not member or not args:
        return [f"{result} = {name}({', '.join(args)})"]
    made, *others = args
    if known or others:
        return [f"{result} = {made}.{member}({', '.join(others)})"]
    return [f"{result} = {made}.{member}", f"{result} = {result}() if callable({result}) else {result}"]


def _definitions(public: str, names: Collection[str]) -> list[str]:
    """The top-level statements of the public code that bind some names, with those that they use."""
    definitions = {name: node for node in ast.parse(public).body for name in bound_names(node)}
    wanted = list(names)
    for name in wanted:  # it grows on the way
        used = {n.id for n in ast.walk(definitions[name]) if isinstance(n, ast.Name)} if name in definitions else set()
        wanted += sorted(used & definitions.keys() - {*wanted, "np"})
    nodes = {id(node): node for name, node in definitions.items() if name in wanted}
    return [ast.get_source_segment(public, node) or "" for node in nodes.values()]


def _literal(value: Value) -> str:
    match value:
        case Tensor(framework=str() as framework) if framework in _TENSORS:
            return _TENSORS[framework][value.requires_grad].format(data=repr(value.tolist()), dtype=value.dtype)
        case np.ndarray():
            if not value.size:
                return f"np.zeros({value.shape}, '{value.dtype}')"
            return f"array({value.tolist()!r}, dtype='{value.dtype}')"
        case np.generic():
            return repr(value.item())
        case tuple():
            return "(" + ", ".join(map(_literal, value)) + ("," if len(value) == 1 else "") + ")"
        case list():
            return "[" + ", ".join(map(_literal, value)) + "]"
        case dict():
            return "{" + ", ".join(f"{_literal(k)}: {_literal(v)}" for k, v in value.items()) + "}"
        case Ref(step=step, path=path):
            return f"result_{step}" + "".join(f"[{key!r}]" for key in path)
        case Code(name=name, args=args):
            return f"{name}({', '.join(map(_literal, args))})"
    return repr(value)
