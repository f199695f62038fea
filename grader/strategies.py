"""Drawing the inputs of a case: its class, what a strategy sees, and the calls that it records.

Hypothesis draws the *shape* of a case (dimensions, choices, a seed); the entries come from a NumPy
generator. Drawn element by element, arrays are full of repeats and zeros, so that transposes and
permutations slip through; here the entries of an array are distinct, and in small cases they are
multiples of 1/8 that a person can recompute. See ``docs/design/drawing.md``.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from typing import Any, TypeVar

import numpy as np

from grader.confined.kinds import Code, Value
from grader.confined.wire import taken
from grader.errors import SpecError

__all__ = ["CaseClass", "Draw", "Step", "cases"]

T = TypeVar("T")
Array = np.ndarray[Any, np.dtype[Any]]

Sizes = Mapping[str, int | tuple[int, int]]  # dimensions by name: a number, or the least and the largest one
Arguments = tuple[Value, ...]

_SMALL = (2, 4)
_GENERAL = (1, 7)
_SPECIAL = (2, 5)


@dataclass(frozen=True)
class CaseClass:
    """A kind of input.

    Parameters
    ----------
    name
        What reports call it, and a strategy reads as ``draw.case``.
    count
        How many cases of it to draw.
    sizes
        Pins or bounds the dimensions that :meth:`Draw.sizes` draws by name.
    share
        The part of a check's points that the class carries, where it is more than a special case's little.
    random, opaque, optional
        Items that are so for this kind of input alone (the training mode of dropout), as in a :class:`Function`.
    """

    name: str
    _: KW_ONLY
    count: int
    sizes: Sizes = field(default_factory=dict)
    share: float = 0.0
    random: frozenset[str] = frozenset()
    opaque: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        for name in ("random", "opaque", "optional"):
            object.__setattr__(self, name, frozenset(as_names(getattr(self, name))))


def as_names(names: str | Iterable[str]) -> tuple[str, ...]:
    """Any collection of names, or the only one of them.

    >>> as_names("cache"), as_names(["dx", "dw"])
    (('cache',), ('dx', 'dw'))
    """
    return (names,) if isinstance(names, str) else tuple(names)


def cases(small: int = 6, general: int = 12, each: int = 3, **special: Sizes) -> tuple[CaseClass, ...]:
    """The usual classes, from the small ones to the special ones.

    Parameters
    ----------
    small, general
        How many cases of the classes "small" and "general".
    each
        How many cases of every special class.
    **special
        Sizes by the name of a special class: ``cases(one_example={"m": 1}, kink={})`` adds the classes
        "one example" (with ``m`` pinned to 1) and "kink" (a name that the strategy asks for).
    """
    return (
        CaseClass("small", count=small),
        CaseClass("general", count=general),
        *(CaseClass(name.replace("_", " "), count=each, sizes=sizes) for name, sizes in special.items()),
    )


@dataclass(frozen=True)
class Step:
    """One call of a case.

    Parameters
    ----------
    function
        Name of a function of the submission, of a class, of a method with its class, ``"Class.method"``, or
        ``"Class.name="``, which sets an attribute; ``"Class.name"`` reads one that is no method.
    args
        Values, a :class:`Ref` (a part of an earlier reply) or :class:`Code` (public code) for each argument.
    """

    function: str
    args: Arguments


class _ClassName(str):
    """The name of a case class, which refuses to be compared with a name that no class has: that is a slip of the pen."""

    names: frozenset[str]

    def __eq__(self, other: object) -> bool:
        if isinstance(other, str) and str(other) not in self.names:
            known = ", ".join(map(repr, sorted(self.names)))
            raise SpecError(f"the strategy compares draw.case with {str(other)!r}; the case classes are: {known}")
        return super().__eq__(other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = str.__hash__


class Draw:
    """The source of one case's inputs.

    Parameters
    ----------
    case_class
        The class that is being drawn.
    integer
        ``integer(low, high)`` draws an integer, both ends included (Hypothesis behind it).
    deal
        ``deal(n)`` draws the number of one of n options, each in its turn.
    seed
        Seed of the entries.
    reference
        ``reference(name)`` gives the reference function of that name.
    names
        Of all case classes of the assignment: ``case`` may be compared with these.
    """

    def __init__(
        self,
        case_class: CaseClass,
        integer: Callable[[int, int], int],
        deal: Callable[[int], int],
        seed: Sequence[int],
        reference: Callable[[str], Callable[..., Any]],
        names: frozenset[str],
    ) -> None:
        self.case = _ClassName(case_class.name)
        self.case.names = names
        self.asked: set[str] = set()  # names of the dimensions that were drawn
        self.rng = np.random.default_rng(seed)
        self.steps: list[Step] = []
        self.replies: list[Any] = []
        self.facts: dict[str, Any] = {}
        self.said = ""
        self.given: dict[str, Code] = {}
        self.made: dict[int, Any] = {}  # objects that are made in the course of the case, by identity
        self._class = case_class
        self._integer = integer
        self._deal = deal
        self._reference = reference

    # -- sizes and choices ---------------------------------------------------------------

    def integer(self, low: int, high: int) -> int:
        """An integer between ``low`` and ``high``, both included."""
        return self._integer(low, high)

    def choice(self, options: Sequence[T]) -> T:
        """One of the options: over the cases of a function, each as often as the others."""
        return options[self._deal(len(options))]

    def number(self, low: float, high: float) -> float:
        """A float between ``low`` and ``high`` with few digits (a multiple of the range's 1/64)."""
        return float(low + (high - low) * self._integer(0, 64) / 64)

    def size(self, name: str) -> int:
        """One dimension; see :meth:`sizes`."""
        return self.sizes(name)[0]

    def sizes(self, *names: str) -> tuple[int, ...]:
        """Dimensions by name, different from each other where the range allows.

        Small cases use 2 to 4, general ones 1 to 7, special ones 2 to 5; the case class pins or
        bounds the dimensions that it names.
        """
        taken: list[int] = []
        self.asked.update(names)
        for name in names:
            pinned = self._class.sizes.get(name)
            if isinstance(pinned, int):
                taken.append(pinned)
                continue
            low, high = pinned or {"small": _SMALL, "general": _GENERAL}.get(self.case, _SPECIAL)
            free = [n for n in range(low, high + 1) if n not in taken] or list(range(low, high + 1))
            taken.append(free[self._integer(0, len(free) - 1)])
        return tuple(taken)

    def layers(self, depth: tuple[int, int] = (3, 4), *, outputs: int | None = 1) -> list[int]:
        """Layer sizes of a network ``[n_x, n_1, ..., n_L]`` with neighbours of different size.

        ``depth`` bounds the number of layers L (a class may pin ``"L"``); ``outputs`` pins the last
        size.
        """
        self.asked.update(("L", "width"))
        pinned = self._class.sizes.get("L")
        if isinstance(pinned, int):
            depth = (pinned, pinned)
        elif pinned is not None:
            depth = pinned
        count = depth[0] + self._deal(depth[1] - depth[0] + 1)
        low, high = (2, 4) if self._class.name == "small" else (2, 6)
        width = self._class.sizes.get("width")
        if isinstance(width, int):
            low, high = width, width
        elif width is not None:
            low, high = width
        dims: list[int] = []
        for _ in range(count + 1):
            free = [n for n in range(low, high + 1) if not dims or n != dims[-1]] or [low]
            dims.append(free[self._integer(0, len(free) - 1)])
        if outputs is not None:
            dims[-1] = outputs
        return dims

    # -- entries -------------------------------------------------------------------------

    def array(self, *shape: int, scale: float = 1.0, positive: bool = False) -> Array:
        """Distinct entries: multiples of ``scale / 8`` in small cases, Gaussian otherwise.

        ``scale`` is about the standard deviation; no entry is 0; ``positive`` takes absolute values.
        """
        count = int(np.prod(shape))
        if self._class.name == "small":
            reach = max(24, count)
            steps = np.concatenate([np.arange(-reach, 0), np.arange(1, reach + 1)])
            if positive:
                steps = np.arange(1, 2 * reach + 1)
            values = self.rng.permutation(steps)[:count] * (scale / 8)
        else:
            values = self.rng.standard_normal(count)
            values = scale * (values + np.sign(values) * 1e-2)
            if positive:
                values = np.abs(values)
        return np.asarray(values, dtype=np.float64).reshape(shape)

    def labels(self, *shape: int, classes: int | None = None, dtype: Any = None) -> Array:
        """Labels with at least two different ones where there is room: 0 and 1, or ``classes`` numbers from 0.

        Of 0 and 1 both are present; they are float64 or int64 unless given. Numbers of classes are int64.
        """
        count, several = int(np.prod(shape)), classes or 2
        values = self.rng.integers(0, several, count)
        if count > 1 and several > 1:
            spots = self.rng.permutation(count)[:2]
            values[spots] = [0, several - 1]
        chosen = dtype or (np.int64 if classes else self.choice([np.float64, np.int64]))
        return values.astype(chosen).reshape(shape)

    def image(self, n: int, channels: int, height: int, width: int, *, scale: float = 1.0) -> Array:
        """A batch of images, distinct entries around 0: examples first, then channels, rows and columns."""
        return self.array(n, channels, height, width, scale=scale)

    def probabilities(self, *shape: int, low: float = 0.05, high: float = 0.95) -> Array:
        """Distinct numbers strictly inside (0, 1); multiples of 1/64 in small cases."""
        count = int(np.prod(shape))
        if self._class.name == "small" and count <= 56:
            values = (4 + self.rng.permutation(57)[:count]) / 64
        else:
            values = low + (high - low) * self.rng.random(count)
        return np.asarray(values, dtype=np.float64).reshape(shape)

    def parameters(self, dims: Sequence[int], *, scale: float | None = None) -> dict[str, Array]:
        """Weights and non-zero biases of a network, in the order ``W1, b1, W2, ...``.

        The default scale keeps pre-activations of moderate size whatever the width.
        """
        parameters = {}
        for layer in range(1, len(dims)):
            spread = scale if scale is not None else (0.5 if self._class.name == "small" else 1 / np.sqrt(dims[layer - 1]))
            parameters[f"W{layer}"] = self.array(dims[layer], dims[layer - 1], scale=spread)
            parameters[f"b{layer}"] = self.array(dims[layer], 1, scale=0.25)
        return parameters

    def like(self, parameters: dict[str, Array], prefix: str = "d", **kwargs: Any) -> dict[str, Array]:
        """A dictionary of arrays of the same shapes under ``prefix + key`` (gradients, velocities)."""
        return {prefix + key: self.array(*value.shape, **kwargs) for key, value in parameters.items()}

    def partly_zero(self, gradients: dict[str, Array]) -> dict[str, Array]:
        """The same with zeros for one array of each two (a layer's weights, the next one's biases): units may be shut.

        The last rows of others are zeros, too; at least one array stays as it is.
        """
        start, kept = self.integer(0, 1), self.integer(0, len(gradients) // 2 - 1)
        result = {name: gradient.copy() for name, gradient in gradients.items()}
        for number, gradient in enumerate(result.values()):
            if number % 2 == (number // 2 + start) % 2:
                gradient[:] = 0.0
            elif number // 2 != kept:
                gradient[self.integer(1, len(gradient)) :] = 0.0
        return result

    # -- earlier calls, planted helpers, notes -------------------------------------------

    def call(self, function: str | Callable[..., Any], *args: Any) -> Any:
        """The reference's reply to a call, recorded as an earlier step of the case.

        Pass the reply (or a part of it) on as an argument: the cases are graded with the
        reference's values, and where that fails once more with the student's own.

        ``draw.call(net.train, X, y)`` calls a method of an object that was made. Each case is then graded with the
        student's own object, on which the student's own method was called.
        """
        if not isinstance(function, str):
            made = function.__self__  # type: ignore[attr-defined]  # of a bound method
            function, args = f"{type(made).__name__}.{function.__name__}", (made, *args)
        # A copy, so that an argument that is handed through (a cache) can be told from the argument itself.
        return self._recorded(function, args, copy.deepcopy(taken(self._reference(function)(*args))))

    def make(self, name: str, *args: Any, **state: Any) -> Any:
        """An object of one of the submission's classes, made in an earlier step of the case.

        Parameters
        ----------
        name
            The class.
        *args
            Arguments of its constructor.
        **state
            Attributes that are set once it is made. What a case needs is set so, rather than by another method of
            the student's: then only the method that is graded can be wrong.
        """
        made = self._recorded(name, args, self._reference(name)(*args))
        self.made[id(made)] = made
        for attribute, value in state.items():
            setattr(made, attribute, copy.deepcopy(value))
            self._recorded(f"{name}.{attribute}=", (made, value), None)
        return made

    def _recorded(self, function: str, args: Arguments, reply: Any) -> Any:
        self.steps.append(Step(function, args))
        self.replies.append(reply)
        return reply

    def right(self, function: str, *args: Any) -> Any:
        """The reference's reply to a call, not recorded: to look at a draw, or to note facts for a judge."""
        return self._reference(function)(*args)

    def give(self, name: str, code: Code) -> None:
        """Bind a helper's name to public code for this case (declare it in ``Function.given``)."""
        self.given[name] = code

    def note(self, **facts: Any) -> None:
        """Keep facts for the property's judge."""
        self.facts.update(facts)

    def say(self, sentence: str) -> None:
        """Tell who reads the case as an example what its arguments do not show, such as which of them is wrong on purpose.

        Names in it (``dW3``) are what is shown first of arguments that are too long.
        """
        self.said = sentence

    def reject(self, why: str) -> None:
        """Give this draw up; the next one is tried."""
        raise Rejected(why)


class Rejected(SpecError):
    """A draw that a strategy refused."""
