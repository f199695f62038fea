"""The smallest failing case that may be shown, as data for every face of a report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from grader.cases import FunctionCases
from grader.checks import Outcomes, Verdict, arguments_of, expected_value, plan_of
from grader.compare import where_text
from grader.errors import WireError
from grader.running import Outcome, Plan, Raised, Returned
from grader.wire import Code, Opaque, Ref, decode

__all__ = ["counterexample_of", "shown"]

_MOST_ELEMENTS = 200
_MOST_PARTS = 400
_MOST_TEXT = 2_000


def counterexample_of(cases: FunctionCases, outcomes: Outcomes, verdict: Verdict) -> Mapping[str, Any] | None:
    """The first failing case whose inputs may be shown; None where all failing cases are hidden."""
    failure = next((f for f in verdict.failures if f.case.visible), None)
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
    return {
        "case": case.key,
        "class": case.case_class,
        "item": failure.item or failure.check,
        "where": where_text(path, failure.item or failure.check, place),
        "message": failure.message,
        "arguments": _arguments(cases, plan),
        "expected": shown(part) if case.expected else None,
        "got": wrong if isinstance(last, Raised) else shown(wrong),
        "output": last.output if isinstance(last, Returned | Raised) else "",
        "snippet": snippet(plan, cases.parameters, cases.name),
    }


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


def _arguments(cases: FunctionCases, plan: Plan) -> list[dict[str, Any]]:
    names = cases.parameters if plan.steps[-1][0] == cases.name else ()
    args = arguments_of(plan)
    return [
        {"name": names[i] if i < len(names) else f"argument {i + 1}", "value": shown(value)}
        for i, value in enumerate(args)
    ]


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
        case Ref(step=step):
            return {"opaque": f"the result of call {step + 1}"}
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


def snippet(plan: Plan, parameters: Sequence[str], function: str) -> str:
    """Python that repeats the calls of a case in the student's own notebook."""
    lines = ["import numpy as np", "from numpy import array, float64, nan, inf", ""]
    for name, encoded in plan.given:
        code = decode(encoded, code=lambda planted: planted)
        lines.append(f"# {name} is replaced for this call: by the function {code.name} with {code.args!r}")
    for step, (name, _) in enumerate(plan.steps):
        args = []
        for number, value in enumerate(arguments_of(plan, step)):
            label = parameters[number] if name == function and number < len(parameters) else f"value_{step}_{number}"
            if isinstance(value, Ref):
                args.append(f"result_{value.step}" + "".join(f"[{key!r}]" for key in value.path))
                continue
            if isinstance(value, Code):
                lines.append(f"# {label}: the function {value.name} with {value.args!r}")
            else:
                lines.append(f"{label} = {_literal(value)}")
            args.append(label)
        lines.append(f"result_{step} = {name}({', '.join(args)})")
    lines.append(f"print(result_{len(plan.steps) - 1})")
    return "\n".join(lines)


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
    return repr(value)


