"""Ready-made properties: what nearly every course with random functions, or several forms of one, has to say.

Each returns a :class:`grader.spec.Property`. The bounds for random values are those of :mod:`grader.distributions`: a right
solution is refused with a probability below 1e-11.
"""

from __future__ import annotations

import functools
import inspect
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np

from grader.distributions import mean_problem
from grader.spec import CaseClass, Given, Objection, Property, Ref, Step
from grader.strategies import Arguments, Draw

__all__ = [
    "at_usual_sizes", "derivative", "equal_forms", "formula_of_draws", "kept_scaled", "kept_share", "no_shared_memory",
    "raises", "seeded", "shared_memory", "unbiased",
]  # fmt: skip

_Place = int | str | tuple[int | str, ...]
_STEP = 1e-5  # of difference quotients
_ONCE = (CaseClass("wide", count=1),)
_Inputs = Callable[[Draw], Arguments]
_Number = Callable[[Arguments], float]
_Judge = Callable[[Given], str | Objection | None]
_Fits = Mapping[str, Callable[[Given], bool]]
_Said = TypeVar("_Said")
_USUAL = "calls of usual sizes"


def kept_share(
    name: str,
    *,
    share: float,
    inputs: _Inputs,
    keep: _Number,
    conventions: Mapping[str, _Number] | None = None,
    mistakes: Mapping[str, _Number] | None = None,
    item: int | None = 0,
) -> Property:
    """So many entries of the result are not zero.

    Parameters
    ----------
    name, share
        As those of a property.
    inputs
        Draws the arguments of a call with at least 15,000 entries, none of which is zero.
    keep
        Tells from the arguments which share of the entries is kept: ``lambda args: args[1]["p"]``.
    conventions
        The same under alternatives of the function, by their names: ``{"drops": lambda args: 1 - args[1]["p"]}``.
    mistakes
        Catalogued mistakes by their codes, with the number that each of them has in place of the right one:
        ``{"keeps-what-it-should-drop": lambda args: 1 - args[1]["p"]}``.
    item
        Which item of the result it is; None where the result is the array itself.
    """

    def judge_of(keep: _Number) -> _Judge:
        def judge(given: Given) -> str | None:
            kept = (_item(given.reply, item) != 0).astype(float)
            return mean_problem(kept, keep(given.args), 0.0, 1.0, "the share of entries that are kept")

        return judge

    return Property(
        name,
        share=share,
        plan=lambda d: [inputs(d)],
        judge=judge_of(keep),
        classes=_ONCE,
        alternatives=_by_name(judge_of, conventions),
        fits=_fits(judge_of, mistakes),
    )


def kept_scaled(
    name: str,
    *,
    share: float,
    inputs: _Inputs,
    factor: _Number,
    of: int = 0,
    conventions: Mapping[str, _Number] | None = None,
    mistakes: Mapping[str, _Number] | None = None,
    item: int | None = 0,
    count: int = 2,
) -> Property:
    """The entries of the result that are not zero are those of an argument, times a factor.

    Parameters
    ----------
    name, share, conventions, mistakes, item
        As for :func:`kept_share`, for the factor: ``mistakes={"not-scaled": lambda args: 1.0}``.
    inputs
        Draws the arguments of a call; they need not be many.
    factor
        Tells from the arguments what a kept entry is multiplied by: ``lambda args: 1 / args[1]["p"]``.
    of
        Which argument it is whose entries are kept.
    count
        How many cases are drawn.
    """

    def judge_of(factor: _Number) -> _Judge:
        def judge(given: Given) -> str | None:
            result, whole = _item(given.reply, item), np.asarray(given.args[of])
            if result.shape != whole.shape:
                return f"the result has shape {result.shape}, expected {whole.shape}"
            kept = result != 0
            right = whole * factor(given.args)
            wrong = kept & ~np.isclose(result, right, rtol=1e-6, atol=0.0)
            if not kept.any():
                return "no entry is kept"
            if not wrong.any():
                return None
            return f"a kept {whole[wrong][0]:.4g} has become {result[wrong][0]:.4g}, expected {right[wrong][0]:.4g}"

        return judge

    return Property(
        name,
        share=share,
        plan=lambda d: [inputs(d)],
        judge=judge_of(factor),
        count=count,
        alternatives=_by_name(judge_of, conventions),
        fits=_fits(judge_of, mistakes),
    )


def unbiased(
    name: str,
    *,
    share: float,
    inputs: _Inputs,
    mean: _Number,
    most: _Number,
    least: _Number = lambda _: 0.0,
    mistakes: Mapping[str, _Number] | None = None,
    item: int | None = 0,
) -> Property:
    """The entries of the result have, in the mean, the value that they should have.

    Parameters
    ----------
    name, share, mistakes, item
        As for :func:`kept_share`, for the mean.
    inputs
        Draws the arguments of a call with at least 15,000 entries.
    mean
        Tells from the arguments what the entries are in the mean: ``lambda args: args[0].mean()``.
    least, most
        Tell from the arguments between which numbers every entry lies: ``most=lambda args: args[0].max() / args[1]["p"]``,
        and 0 as the least if not given. Take the closest ones that are right: with 15,000 entries, a mean is told to be
        wrong that is off by 3 % of the distance between them.
    """

    def judge_of(mean: _Number) -> _Judge:
        def judge(given: Given) -> str | None:
            low, high = least(given.args), most(given.args)
            values, room = _item(given.reply, item), 1e-9 * max(abs(low), abs(high))
            if values.max(initial=low) > high + room:
                return f"an entry of the result is {values.max():.4g}, expected at most {high:.4g}"
            if values.min(initial=high) < low - room:
                return f"an entry of the result is {values.min():.4g}, expected at least {low:.4g}"
            return mean_problem(values, mean(given.args), low, high, "the result")

        return judge

    fits = _fits(judge_of, mistakes)
    return Property(name, share=share, plan=lambda d: [inputs(d)], judge=judge_of(mean), classes=_ONCE, fits=fits)


def seeded(
    name: str,
    *,
    share: float,
    inputs: Callable[[Draw, int], Arguments | Step],
    item: int | None = 0,
    count: int = 2,
    fits: _Fits | None = None,
) -> Property:
    """The same seed gives the same result, and another seed another one, wherever the generator stands.

    Parameters
    ----------
    name, share, item
        As for :func:`kept_share`.
    inputs
        ``inputs(draw, seed)`` gives the arguments of a call with this seed; it is called three times for one case and must
        draw the rest only once, so keep that in the draw's facts: ``x = draw.facts.setdefault("x", draw.array(6, 5))``.
        What a seed decides may be an attribute, too. Then ``inputs`` makes the object, and gives the step that reads it:
        ``net = draw.make("Net", seed)``, and ``return Step("Net.W1", (net,))`` with ``item=None``.
    count
        How many cases are drawn.
    fits
        As those of a property.
    """

    def plan(d: Draw) -> list[Arguments | Step]:
        seeds = (17 + d.integer(0, 99), 231)
        return [inputs(d, seed) for seed in (seeds[0], seeds[1], seeds[0])]

    def judge(given: Given) -> str | None:
        first, other, again = (_item(reply, item) for reply in given.replies[-3:])
        if not np.array_equal(first, again):
            return "two calls with the same seed give different results"
        return "two calls with different seeds give the same result" if np.array_equal(first, other) else None

    return Property(name, share=share, plan=plan, judge=judge, count=count, fits=fits or {}, moves=True)


def equal_forms(
    *functions: str, share: float, inputs: _Inputs, name: str = "", count: int = 4, fits: _Fits | None = None
) -> Property:
    """Several functions, or methods of one object, give the same result for the same arguments.

    Parameters
    ----------
    *functions
        Their names.
    share, inputs
        As for :func:`kept_share`; the arguments need not be many.
    name
        What the property is called; made of the names if not given.
    count
        How many cases are drawn.
    fits
        As those of a property.
    """

    def plan(d: Draw) -> list[Step]:
        args = inputs(d)
        return [Step(function, args) for function in functions]

    def judge(given: Given) -> str | None:
        first, *others = given.replies[-len(functions) :]
        for function, other in zip(functions[1:], others, strict=True):
            if np.shape(first) != np.shape(other) or not np.allclose(first, other, rtol=1e-7, atol=1e-9):
                return f"{functions[0]} and {function} give different results"
        return None

    title = name or f"{', '.join(functions)} agree"
    return Property(title, share=share, plan=plan, judge=judge, count=count, fits=fits or {})


def derivative(
    name: str,
    *,
    share: float,
    forward: str,
    inputs: _Inputs,
    gradients: Mapping[_Place, _Place],
    of: tuple[int, ...] = (0,),
    cache: int = -1,
    count: int = 3,
    fits: _Fits | None = None,
) -> Property:
    """A backward pass gives the derivative of the student's own forward pass, whether that is right or not.

    So it carries: beside a forward pass that gives wrong values, a backward pass that fits it has full points.

    Parameters
    ----------
    name, share, fits
        As those of a property, of the backward pass. It is called with the gradients at the results of the forward pass,
        and then with the cache.
    forward, inputs
        The name of the forward pass, and a strategy that draws its arguments.
    gradients
        Where each gradient stands in what the backward pass returns, and the argument to which it belongs:
        ``{0: 0, 1: 1}``, or ``{"dxt": 0, "dWax": (2, "Wax")}`` where there are dictionaries.
    of
        The results of the forward pass whose gradients the backward pass is given.
    cache
        The result of the forward pass that is the cache.
    count
        How many cases are drawn.
    """

    def plan(d: Draw) -> list[Arguments | Step]:
        args = inputs(d)
        results = d.right(forward, *args)
        directions = tuple(np.asarray(d.array(*np.shape(_at(args, place)))) for place in gradients.values())
        d.note(directions=directions)
        moved = [
            Step(forward, _moved(args, place, sign * _STEP * direction))
            for place, direction in zip(gradients.values(), directions, strict=True)
            for sign in (1, -1)
        ]
        first = len(d.steps)
        whole = cache if cache >= 0 else len(results) + cache
        upstream = [d.array(*np.shape(results[item])) for item in of]
        return [Step(forward, args), *moved, (*upstream, Ref(first, (whole,)))]

    def judge(given: Given) -> str | None:
        moved = given.replies[-1 - 2 * len(gradients) : -1]
        for number, (place, direction) in enumerate(zip(gradients, given.facts["directions"], strict=True)):
            plus, minus = moved[2 * number : 2 * number + 2]
            ends = zip(given.args, of, strict=False)
            slope = sum(np.sum(upstream * (plus[item] - minus[item])) for upstream, item in ends) / (2 * _STEP)
            if not np.isclose(slope, np.sum(_at(given.reply, place) * direction), rtol=1e-5, atol=1e-6):
                return f"{_in_words(place)} is not the derivative of your own {forward}"
        return None

    return Property(name, share=share, plan=plan, judge=judge, count=count, carries=True, fits=fits or {})


def _at(value: Any, place: _Place) -> Any:
    for key in place if isinstance(place, tuple) else (place,):
        value = value[key]
    return value


def _moved(value: Any, place: _Place, by: Any) -> Any:
    """A copy of a value in which the array at a place is moved a little."""
    if place == ():
        return value + by
    key, *rest = place if isinstance(place, tuple) else (place,)
    if isinstance(value, dict):
        return {**value, key: _moved(value[key], tuple(rest), by)}
    return tuple(_moved(part, tuple(rest), by) if number == key else part for number, part in enumerate(value))


def _in_words(place: _Place) -> str:
    """A gradient by its key, or by its number.

    >>> _in_words("dW"), _in_words(0)
    ('dW', 'gradient number 1')
    """
    last = place[-1] if isinstance(place, tuple) else place
    return last if isinstance(last, str) else f"gradient number {last + 1}"


def raises(
    name: str,
    *,
    share: float,
    error: type[Exception] | tuple[type[Exception], ...],
    inputs: Callable[[Draw], Arguments | list[Arguments | Step]],
    mistakes: str | tuple[str, ...] = (),
    count: int = 3,
    classes: tuple[CaseClass, ...] = (),
) -> Property:
    """A call with arguments that the exercise forbids raises an exception.

    Parameters
    ----------
    name, share, count, classes
        As those of a property.
    error
        What has to be raised: ``ValueError``, or several exceptions of which each will do. What is derived from it will do,
        too, but for a class of the student's own, which is known by its name alone.
    inputs
        Draws the arguments of a call, or several steps, the last of which has to raise.
    mistakes
        Codes of catalogued mistakes that are recognised by a call that raises nothing.
    """

    def plan(d: Draw) -> list[Arguments | Step]:
        asked = inputs(d)
        return asked if isinstance(asked, list) else [asked]

    return Property(
        name,
        share=share,
        plan=plan,
        judge=lambda _: None,
        count=count,
        classes=classes,
        fits=dict.fromkeys((mistakes,) if isinstance(mistakes, str) else mistakes, lambda _: True),
        raises=error if isinstance(error, tuple) else (error,),
    )


_OF_ONE_SHAPE = tuple(CaseClass(name, count=1) for name in ("general", "square", "one unit"))


def _of_one_shape(d: Draw) -> Arguments:
    """Layers of which some have one shape: who makes one array for each shape makes too few."""
    n, k = d.sizes("n", "k")
    return ({"one unit": [1, 1, 1, 1], "square": [n, n, n, n]}.get(d.case) or [k, n, k, n, k],)


def no_shared_memory(
    name: str = "no two arrays share memory",
    *,
    share: float,
    inputs: _Inputs = _of_one_shape,
    items: Mapping[str, tuple[int, ...]] | None = None,
    drawn: bool = False,
    fits: _Fits | None = None,
    classes: tuple[CaseClass, ...] = _OF_ONE_SHAPE,
) -> Property:
    """Each array of a dictionary, or of several, is an array of its own: what is changed in place in one is in no other.

    Arrays that are parts of one large array share nothing as long as they do not overlap.

    Parameters
    ----------
    name, share, classes
        As those of a property.
    inputs
        As for :func:`kept_share`: some of the arrays must have the same shape. If not given, a list of layers is drawn, from
        which a network is initialized.
    items
        Where the dictionaries stand in what is returned, by what a sentence calls them: ``{"v": (0,), "s": (1,)}``. If not
        given, one dictionary is returned.
    drawn
        Whether some of the numbers are random: what is all zeros, or nothing, is then no answer.
    fits
        As those of a property; by default, whatever shares memory is the mistake "one-array-for-several".
    """
    places = items or {"": ()}

    def judge(given: Given) -> str | Objection | None:
        numbers = [np.ravel(part) for place in places.values() for part in _at(given.replies[0], place).values()]
        if drawn and len(np.unique([number for array in numbers for number in array if number])) < 2:
            return Objection("none of the numbers is random", checked=False)
        found = shared_memory(given, places)
        if not found:
            return None
        one, other = (f"{item}[{key!r}]" if item else key for item, key in found)
        return f"{one} and {other} share memory: what is added to the arrays one by one, in place, is in both of them"

    return Property(
        name,
        share=share,
        plan=lambda d: [inputs(d), Step("after_changes_in_place", tuple(Ref(0, place) for place in places.values()))],
        judge=judge,
        classes=classes,
        fits={"one-array-for-several": lambda given: shared_memory(given, places) is not None} if fits is None else fits,
    )


def shared_memory(given: Given, items: Mapping[str, tuple[int, ...]]) -> tuple[tuple[str, str], tuple[str, str]] | None:
    """Two arrays that are one in memory, of a case of :func:`no_shared_memory`: the item and the key of each."""
    made = [_at(given.replies[0], place) for place in items.values()]
    names = [(number, key) for number, arrays in enumerate(made) for key in sorted(arrays)]
    of_item = list(items)
    for place, (number, key) in enumerate(names):
        added = np.max(np.subtract(given.reply[number][key], made[number][key]), initial=0)
        bits = int(np.rint(np.nan_to_num(added, nan=0, posinf=0, neginf=0)))
        other = next((other for other in range(len(names)) if other != place and bits & 2**other), None)
        if other is not None:
            (number_too, key_too) = names[other]
            return (of_item[number], key), (of_item[number_too], key_too)
    return None


def formula_of_draws(
    name: str,
    *,
    share: float,
    step: str,
    shapes: Mapping[str, tuple[int, ...]],
    formula: Callable[..., Any],
    says: str,
    mistakes: Mapping[str, Callable[..., Any]] | None = None,
    fits: _Fits | None = None,
) -> Property:
    """A function without arguments gives a formula of arrays that it has drawn from the standard normal distribution.

    Parameters
    ----------
    name, share, fits
        As those of a property.
    step
        A function of ``public.py`` that returns what ``drawn_by`` returns for the student's function.
    shapes
        The shape of each array; a draw is found by its size, since it may be reshaped.
    formula
        Of arrays that its parameters name: ``lambda X, W, b: W @ X + b``.
    says
        The formula in words.
    mistakes
        Other formulas by the codes of catalogued mistakes.
    """

    def gives(given: Given, formula: Callable[..., Any]) -> bool:
        result = np.asarray(given.reply[0], np.float64)
        expected = (formula(**drawn) for drawn in _drawn(given, {one: shapes[one] for one in _names_of(formula)}))
        return any(one.shape == result.shape and np.allclose(one, result, rtol=1e-4, atol=1e-5) for one in expected)

    def judge(given: Given) -> str | None:
        if gives(given, formula):
            return None
        first = next(_drawn(given, shapes), None)
        if first is None:
            listed = ", ".join(f"{one} {shape}" for one, shape in shapes.items())
            return f"it does not draw {listed} from the standard normal distribution"
        found, expected = (np.ravel(values)[:1] for values in (given.reply[0], formula(**first)))
        return f"the first entry is {_short(found)}, expected {says} of what was drawn, {_short(expected)}"

    own = {code: lambda given, other=other: gives(given, other) for code, other in (mistakes or {}).items()}
    return Property(
        name,
        share=share,
        plan=lambda _: [Step(step, ())],
        judge=judge,
        proves=True,
        fits={**own, **(fits or {})},
        classes=(CaseClass("call", count=1),),
    )


def at_usual_sizes(prop: Property, *, inputs: _Inputs, judge: _Judge, count: int = 6) -> Property:
    """The property, which has to hold for calls of usual sizes, too.

    What is random is judged by a call that draws thousands of numbers, and has no values elsewhere: whatever the function
    gives where a network is small, nobody would look at it.

    Parameters
    ----------
    prop
        What is asked, judged and recognised first.
    inputs
        Draws the arguments of a call as the function usually gets them.
    judge
        Looks at one such call, in which there is little to see
        (:func:`grader.distributions.handful_problem`, :func:`grader.distributions.share_problem`).
    count
        How many such calls follow in each case.
    """

    def first(judge: Callable[[Given], _Said]) -> Callable[[Given], _Said]:
        @functools.wraps(judge)
        def judged(given: Given) -> _Said:
            return judge(_apart(given)[0])

        return judged

    def both(judged: _Judge) -> _Judge:
        @functools.wraps(judged)
        def problem(given: Given) -> Objection | None:
            first, *usual = _apart(given)
            if said := judged(first):
                return Objection.of(said, steps=range(len(first.steps)))
            answers = ((judge(call), number) for number, call in enumerate(usual, len(first.steps)))
            return next((Objection.of(said, steps=[number]) for said, number in answers if said), None)

        return problem

    return replace(
        prop,
        plan=_AndUsual(prop.plan, inputs, count),
        judge=both(prop.judge),
        alternatives={name: both(other) for name, other in prop.alternatives.items()},
        fits={code: first(fits) for code, fits in prop.fits.items()},
    )


@dataclass(frozen=True)
class _AndUsual:
    """A plan with calls of usual sizes behind it; equal ones ask the same."""

    plan: Callable[[Draw], Sequence[Step | Arguments]]
    inputs: _Inputs
    count: int

    def __call__(self, d: Draw) -> list[Arguments | Step]:
        d.note(**{_USUAL: self.count})
        return [*self.plan(d), *(self.inputs(d) for _ in range(self.count))]


def _apart(given: Given) -> list[Given]:
    """What the judge of many draws sees of a case, and what the other one sees of each call of a usual size."""
    usual = given.facts.get(_USUAL, 0)
    if not usual:
        return [given]
    steps, replies = given.steps[:-usual], given.replies[:-usual]
    calls = zip(given.steps[-usual:], given.replies[-usual:], strict=True)
    return [
        replace(given, args=steps[-1].args, steps=steps, replies=replies),
        *(replace(given, args=step.args, steps=(step,), replies=(reply,)) for step, reply in calls),
    ]


def _names_of(formula: Callable[..., Any]) -> list[str]:
    return list(inspect.signature(formula).parameters)


def _short(numbers: Any) -> str:
    return f"{numbers[0]:.5g}" if len(numbers) else "missing"


def _drawn(given: Given, shapes: Mapping[str, tuple[int, ...]]) -> Iterator[dict[str, Any]]:
    """Every choice of arrays of these shapes among what was drawn that looks like the standard normal distribution.

    All numbers differ, and have a spread that so few numbers have in all but one of ten million draws.
    """
    sizes = {name: int(np.prod(shape)) for name, shape in shapes.items()}
    fitting = [[part for part in given.reply[1] if np.size(part) == size][:12] for size in sizes.values()]
    for chosen in itertools.product(*fitting):
        numbers = np.concatenate([np.ravel(part) for part in chosen])
        if len(np.unique(numbers)) == numbers.size and 0.3 < np.std(numbers) < 2:
            yield {name: np.reshape(part, shape) for (name, shape), part in zip(shapes.items(), chosen, strict=True)}


def _by_name(judge_of: Callable[[_Number], _Judge], numbers: Mapping[str, _Number] | None) -> dict[str, _Judge]:
    """The judges of other numbers than the right one."""
    return {name: judge_of(number) for name, number in (numbers or {}).items()}


def _fits(judge_of: Callable[[_Number], _Judge], mistakes: Mapping[str, _Number] | None) -> _Fits:
    """Mistakes, each recognised by what would be right if its number were."""
    judges = _by_name(judge_of, mistakes)
    return {code: lambda given, judge=judge: judge(given) is None for code, judge in judges.items()}  # type: ignore[misc]


def _item(reply: Any, item: int | None) -> Any:
    return np.asarray(reply if item is None else reply[item])
