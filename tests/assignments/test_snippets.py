"""The code that a report offers "to try it yourself" runs as it stands, and gives what the report says."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest

from grader.confined.wire import decode
from grader.course import LoadedAssignment, find_course
from grader.freezing.author import read_author, run_trusted
from grader.freezing.store import frozen_cases
from grader.judging.checks import verdict_of
from grader.judging.example import _in_question, counterexample_of, example_failure
from grader.judging.judge import FunctionJudge
from grader.judging.values import leaves
from grader.sandbox.runner import Raised, Returned
from grader.spec import Mistake

COURSE = find_course()


def some_mistakes(loaded: LoadedAssignment, per_function: int) -> Iterator[tuple[int, Mistake]]:
    """A few of each function, spread over its catalogue, with their places in it."""
    found: dict[str, list[tuple[int, Mistake]]] = {}
    for number, mistake in enumerate(getattr(loaded.author_module("mistakes"), "MISTAKES", ())):
        found.setdefault(mistake.function, []).append((number, mistake))
    for mistakes in found.values():
        yield from mistakes[len(mistakes) // (2 * per_function) :: max(1, len(mistakes) // per_function)][:per_function]


@contextmanager
def notebook_with(loaded: LoadedAssignment, number: int, mistake: Mistake) -> Iterator[dict[str, Any]]:
    """What a student's notebook holds who has everything right but for one function."""
    space: dict[str, Any] = {"__name__": __name__}
    with loaded.course.importable():
        exec((loaded.folder / "mistakes.py").read_text("utf-8"), space)
    space["print"] = lambda *args: None
    for name in [*(f.name for f in loaded.spec.functions), *loaded.spec.provided_helpers]:
        space[name] = seeded(loaded.reference_function(name))
    space[mistake.function] = seeded(space["MISTAKES"][number].solution)
    given = loaded.spec.function(mistake.function).given
    planted = {name: (lambda *args, _name=name, **named: space[_name](*args, **named)) for name in given}
    # Some mistakes call the reference, whose helpers are then those of the notebook as well.
    with pytest.MonkeyPatch.context() as patch:
        for name, helper in planted.items():
            space[name] = getattr(loaded.reference, name, None)
            patch.setattr(loaded.reference, name, helper, raising=False)
        yield space


def seeded(function: Callable[..., Any]) -> Callable[..., Any]:
    """As the worker seeds before each call, so that random results are the same."""

    def call(*args: Any) -> Any:
        np.random.seed(0)
        return function(*args)

    return call


@pytest.mark.parametrize("per_function", [1, pytest.param(100, marks=pytest.mark.slow)], ids=["one", "all"])
# What is written in a framework runs in workers alone.
@pytest.mark.parametrize("name", [name for name in COURSE.names if not COURSE.load(name).spec.framework])
def test_snippets_run_as_they_stand_and_give_what_was_got(name: str, per_function: int) -> None:
    loaded = COURSE.load(name)
    author, cases = read_author(loaded), frozen_cases(loaded)
    parameters = {f: some.parameters for f, some in cases.functions.items()}
    ran = 0
    for number, mistake in some_mistakes(loaded, per_function):
        spec, mine = loaded.spec.function(mistake.function), cases.functions[mistake.function]
        with np.errstate(all="ignore"):
            outcomes = {c.key: run_trusted(author, {spec.name: mistake.solution}, c.plan) for c in mine.cases}
            judge = FunctionJudge(spec, mine)
            verdict = verdict_of(judge, outcomes)
            found = counterexample_of(judge, outcomes, verdict, parameters=parameters, public=loaded.public)
            failure = example_failure(outcomes, verdict)
            if found is None or failure is None:
                continue
            _, replies = _in_question(failure, outcomes[failure.case.key])  # the one call that is wrong, of several
            last = replies[-1]
            with notebook_with(loaded, number, mistake) as space:
                if not isinstance(last, Returned):
                    assert isinstance(last, Raised)
                    # An exception of a helper's own is known by its name alone.
                    with pytest.raises(getattr(builtins, last.type_name, Exception)) as raised:
                        exec(found["snippet"], space)
                    assert raised.type.__name__ == last.type_name
                else:
                    exec(found["snippet"], space)
                    result = space[f"result_{len(replies) - 1}"]
                    assert_same(result, decode(last.value), f"{mistake.function}: {mistake.code}")
        ran += 1
    assert ran


def assert_same(one: Any, other: Any, where: str) -> None:
    ours, theirs = dict(leaves(one)), dict(leaves(other))
    assert ours.keys() == theirs.keys(), where
    for path, leaf in ours.items():
        np.testing.assert_allclose(leaf, theirs[path], rtol=1e-9, err_msg=f"{where} at {path}")
