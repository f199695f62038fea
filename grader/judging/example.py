"""The smallest failing case that may be shown, as data for every face of a report."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import numpy as np

from grader.confined.wire import Code, Opaque, Ref, WireError, decode
from grader.judging.cases import FunctionCases
from grader.judging.checks import Failure, Verdict
from grader.judging.compare import leaves, where_text
from grader.judging.outcomes import Outcomes, arguments_of, expected_value, plan_of
from grader.sandbox.runner import Outcome, Plan, Raised, Returned, Stopped
from grader.submission.names import bound_names

__all__ = ["characters", "counterexample_of", "effort", "entries", "shown", "shown_failure", "snippet"]

_MOST_ELEMENTS = 200
_MOST_PARTS = 400
_MOST_TEXT = 2_000


def counterexample_of(
    cases: FunctionCases,
    outcomes: Outcomes,
    verdict: Verdict,
    *,
    parameters: Mapping[str, Sequence[str]] = MappingProxyType({}),
    public: str = "",
    helped: bool = False,
    random: Collection[str] = (),
) -> Mapping[str, Any] | None:
    """The smallest failing case whose inputs may be shown; None where all failing cases are hidden.

    Parameters
    ----------
    cases, outcomes, verdict
        What the function was judged on.
    parameters
        Names of the parameters of other functions that a case calls.
    public
        The public code of the assignment, from which the snippet takes what it needs.
    helped
        The function was called with right helpers, which the snippet has not.
    random
        Items that have no right value to be shown.
    """
    failure = shown_failure(verdict, outcomes)
    if failure is None:
        return None
    case = failure.case
    replies = outcomes.get(case.key, ())
    last: Outcome | None = replies[-1] if replies else None
    plan = plan_of(case, replies)
    expected = expected_value(case, min(verdict.alternative, len(case.expected) - 1)) if case.expected else None
    got = _got(last)
    path = failure.problem.path if failure.problem else ()
    part, wrong = _part(expected, path), _part(got, path) if isinstance(last, Returned) else got
    place = failure.problem.place if failure.problem else None
    names = {**parameters, cases.name: cases.parameters}
    # An exception is compared with nothing, and one random draw is not what is expected.
    comparable = case.expected and isinstance(last, Returned) and (failure.item not in random if path else not random)
    return {
        "case": case.key,
        "class": case.case_class,
        "item": failure.item or failure.check,
        "where": where_text(path, failure.item or failure.check, place),
        "message": failure.message,
        "arguments": _arguments(plan, names),
        "expected": shown(part) if comparable else None,
        "got": wrong if isinstance(last, Raised) else shown(wrong),
        "output": last.output if isinstance(last, Returned | Raised) else "",
        "snippet": snippet(plan, names, public, helped=helped),
    }


def shown_failure(verdict: Verdict, outcomes: Outcomes) -> Failure | None:
    """Of the first thing that is wrong the failing case that is read fastest; None where all are hidden.

    A case that was not run, because an earlier call did not come back, shows nothing.
    """
    ran = [failure for failure in verdict.failures if not _not_run(outcomes.get(failure.case.key, ()))]
    seen = [failure for failure in ran if failure.case.visible]
    alike = [f for f in seen if (f.check, f.item) == (seen[0].check, seen[0].item)]
    return min(alike, key=lambda f: effort(plan_of(f.case, outcomes.get(f.case.key, ()))), default=None)


def _not_run(replies: Sequence[Outcome]) -> bool:
    return bool(replies) and isinstance(replies[-1], Stopped) and replies[-1].reason == "not-run"


@lru_cache(maxsize=4096)
def entries(plan: Plan) -> int:
    """How many numbers a case has."""
    return sum(int(np.size(leaf)) for _, leaf in leaves(_questions(plan)))


@lru_cache(maxsize=4096)
def effort(plan: Plan) -> int:
    """How many characters of numbers a person has to read to follow a case."""
    return characters(_questions(plan))


def _questions(plan: Plan) -> list[tuple[Any, ...]]:
    return [arguments_of(plan, step) for step in range(len(plan.steps))]


def characters(value: Any) -> int:
    """How long the numbers of a value are when they are written down.

    >>> characters((np.array([0.5, 3.0]), {"n": 12}))
    8
    """
    return sum(len(repr(number)) for _, leaf in leaves(value) for number in np.ravel(leaf).tolist())


def _got(outcome: Outcome | None) -> Any:
    if isinstance(outcome, Returned):
        try:
            return decode(outcome.value)
        except WireError:
            return None
    if isinstance(outcome, Raised):
        return {"error": outcome.type_name, "message": outcome.message, "origin": outcome.origin}
    return None


def _part(value: Any, path: Sequence[Any]) -> Any:
    for key in path:
        try:
            value = value[key]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def _arguments(plan: Plan, names: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
    """The arguments of the call, or of all calls where there are several."""
    found = []
    for step, (function, _) in enumerate(plan.steps):
        where = f"call {step + 1}, {function}: " if len(plan.steps) > 1 else ""
        known = names.get(function, ())
        for number, value in enumerate(arguments_of(plan, step)):
            name = known[number] if number < len(known) else f"argument {number + 1}"
            found.append({"name": where + name, "value": shown(value)})
    return found


def _number(value: float) -> Any:
    return float(value) if np.isfinite(value) else str(float(value))


def shown(value: Any) -> Any:
    """A value as plain JSON data; see ``docs/reference/json.md`` for the forms.

    Examples
    --------
    >>> shown((np.array([1.0, np.nan]), {"a": 2}))
    {'tuple': [{'array': [1.0, 'nan'], 'dtype': 'float64', 'shape': [2]}, {'dict': [['a', 2]]}]}
    """
    match value:
        case None | bool() | int():
            return value
        case str():
            return value if len(value) <= _MOST_TEXT else value[:_MOST_TEXT] + "..."
        case float():
            return value if np.isfinite(value) else {"float": str(value)}
        case complex():
            return {"complex": [_number(value.real), _number(value.imag)]}
        case np.ndarray():
            return _shown_array(value)
        case np.generic():
            item = value.item()  # a long double's item is what it is
            return {"opaque": f"{value.dtype} {value}"} if isinstance(item, np.generic) else shown(item)
        case tuple() | list() | dict() | set():
            return _shown_parts(value)
        case Opaque(type_name=name):
            return {"opaque": name}
        case Code(name=name):
            return {"function": name}
        case Ref(step=step, path=path):
            part = "".join(f"[{key!r}]" for key in path)
            return {"result": f"{part} of the result of call {step + 1}".removeprefix(" of ")}
    return {"opaque": type(value).__name__}


def _shown_parts(value: Any) -> Any:
    kind = type(value).__name__
    if _parts(value, _MOST_PARTS) > _MOST_PARTS:
        return {"opaque": f"{kind} of {len(value)} parts, too long to be shown"}
    if isinstance(value, dict):
        return {"dict": [[shown(key), shown(part)] for key, part in value.items()]}
    return {kind: [shown(part) for part in (sorted(value, key=repr) if kind == "set" else value)]}


def _parts(value: Any, most: int) -> int:
    """How many parts a value has, counted no further than just beyond `most`."""
    inner: Sequence[Any] = ()
    if isinstance(value, dict):
        inner = [part for pair in value.items() for part in pair]
    elif isinstance(value, tuple | list | set):
        inner = list(value)
    count = 1
    for part in inner[: most + 1]:
        count += _parts(part, most - count)
        if count > most:
            break
    return count


def _shown_array(value: Any) -> Any:
    if value.size > _MOST_ELEMENTS:
        return {"opaque": f"array of shape {value.shape}, {value.dtype}"}
    if value.dtype.kind == "c":
        return {"opaque": f"complex array of shape {value.shape}"}

    def nested(part: Any) -> Any:
        if isinstance(part, list):
            return [nested(inner) for inner in part]
        return _number(float(part)) if isinstance(part, float | np.floating) else part

    return {"array": nested(value.tolist()), "dtype": str(value.dtype), "shape": list(value.shape)}


def snippet(plan: Plan, parameters: Mapping[str, Sequence[str]], public: str = "", *, helped: bool = False) -> str:
    """Python that repeats the calls of a case in the student's own notebook."""
    given = {name: decode(encoded, code=lambda code: code) for name, encoded in plan.given}
    questions = _questions(plan)
    makers = {code.name for value in [*given.values(), *questions] for code in _codes(value)}
    lines = ["import numpy as np", "from numpy import array, inf, nan", ""]
    if helped:
        lines.append("# The grader called it with right helpers; with your own ones the result may differ.")
    lines += [f"{text}\n" for text in _definitions(public, makers)]
    for name, code in given.items():
        lines += [f"kept_{name} = globals().get({name!r})  # {name} is replaced for a while"]
        lines += [f"{name} = {_literal(code)}"]
    calls = []
    for step, (name, _) in enumerate(plan.steps):
        known, args = parameters.get(name, ()), []
        for number, value in enumerate(questions[step]):
            if isinstance(value, Ref):
                args.append(_literal(value))
                continue
            args.append(known[number] if number < len(known) else f"value_{step}_{number}")
            calls.append(f"{args[-1]} = {_literal(value)}")
        calls.append(f"result_{step} = {name}({', '.join(args)})")
    if given:
        back = [f"    {name} = kept_{name}" for name in given]
        calls = ["try:", *("    " + line for line in calls), "finally:", *back]
    return "\n".join([*lines, *calls, f"print(result_{len(plan.steps) - 1})"])


def _codes(value: Any) -> Iterator[Code]:
    """The public code in a value."""
    if isinstance(value, Code):
        yield value
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    for part in parts:
        yield from _codes(part)


def _definitions(public: str, names: Collection[str]) -> list[str]:
    """The top-level statements of the public code that bind some names, with those that they use."""
    known = {name: node for node in ast.parse(public).body for name in bound_names(node)}
    wanted = list(names)
    for name in wanted:  # it grows on the way
        used = {n.id for n in ast.walk(known[name]) if isinstance(n, ast.Name)} if name in known else set()
        wanted += sorted(used & known.keys() - {*wanted, "np"})
    nodes = {id(node): node for name, node in known.items() if name in wanted}
    return [ast.get_source_segment(public, node) or "" for node in nodes.values()]


def _literal(value: Any) -> str:
    match value:
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
