"""Who shares definitions: groups and pairs of submissions whose definitions are equal after renaming.

Most equal definitions say nothing: the exercise leaves little choice. So statements of the starter, and those that more than
half of the class wrote, do not count; what remains is a submission's own. Submissions are grouped by digests, and pairs are
made within small groups only, so that the work grows with the class and not with its square.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from grader.submission.canonical import Canonical, canonical

__all__ = ["Group", "Likeness", "Shared", "likeness"]

FEW = 8  # a definition that more people than these share is one that people write

Definitions = Mapping[str, str]  # the text of each graded function


@dataclass(frozen=True, slots=True)
class Group:
    """Submissions, by their place in the class, that share definitions.

    Attributes
    ----------
    members
        Two or more.
    functions
        Those whose definitions are equal, in the order of the assignment.
    own, of
        The statements of these definitions that are neither the starter's nor the class's, and all of them.
    """

    members: tuple[int, ...]
    functions: tuple[str, ...]
    own: int
    of: int


@dataclass(frozen=True, slots=True)
class Shared:
    """One function: how many wrote it, in how many ways, and how many wrote the way that most did."""

    function: str
    submissions: int
    ways: int
    largest: int


@dataclass(frozen=True, slots=True)
class Likeness:
    """What a class shares.

    Attributes
    ----------
    groups
        Those that share every definition which has something of their own.
    pairs
        Others that share several definitions with few.
    single
        Few that share one definition.
    functions
        How each function was written.
    uncompared
        By function the submissions whose definition was not compared: no plain one, or a very long one.
    """

    groups: tuple[Group, ...]
    pairs: tuple[Group, ...]
    single: tuple[Group, ...]
    functions: tuple[Shared, ...]
    uncompared: tuple[tuple[str, tuple[int, ...]], ...]


@dataclass(frozen=True, slots=True)
class _Definition:
    """A definition, with the numbers of its own and of all its statements."""

    digest: str
    own: int
    of: int


def likeness(definitions: Sequence[Definitions], starter: Definitions) -> Likeness:
    r"""Compare the definitions of a class.

    Parameters
    ----------
    definitions
        Of each submission.
    starter
        What was handed out; a function may be absent.

    Examples
    --------
    >>> one, other = {"f": "def f(x):\n    return 2 * x"}, {"f": "def f(y):\n    return 2 * y"}
    >>> likeness([one, other, {"f": "def f(x):\n    return x + x"}], {}).groups
    (Group(members=(0, 1), functions=('f',), own=1, of=1),)
    """
    names = list(dict.fromkeys(name for one in definitions for name in one))
    by_name = {name: _of_function(name, definitions, starter.get(name, "")) for name in names}
    written = [{name: by_name[name][i] for name in names if i in by_name[name]} for i in range(len(definitions))]
    groups = list(_whole(written))
    group_of = {member: number for number, group in enumerate(groups) for member in group.members}
    single = [group for group in _few(by_name) if len({group_of.get(i, -1 - i) for i in group.members}) > 1]
    return Likeness(
        _most_own(groups),
        _most_own(_pairs(single, by_name, group_of)),
        _most_own(single),
        tuple(_shared(name, by_name[name].values()) for name in names),
        tuple((name, left) for name in names if (left := _left_out(name, definitions, by_name[name]))),
    )


def _left_out(name: str, definitions: Sequence[Definitions], found: Collection[int]) -> tuple[int, ...]:
    return tuple(i for i, one in enumerate(definitions) if name in one and i not in found)


def _most_own(groups: Iterable[Group]) -> tuple[Group, ...]:
    return tuple(sorted(groups, key=lambda group: (-group.own, group.functions, group.members)))


def _of_function(name: str, definitions: Sequence[Definitions], starter: str) -> dict[int, _Definition]:
    """The definitions of one function by the place of their submission; equal texts are looked at once."""
    known: dict[str, Canonical | None] = {}
    for one in definitions:
        if name in one and one[name] not in known:
            known[one[name]] = canonical(one[name], name)
    found = {i: form for i, one in enumerate(definitions) if name in one and (form := known[one[name]])}
    counts = Counter(statement for form in found.values() for statement in set(form.statements))
    usual = {statement for statement, count in counts.items() if len(found) >= FEW and 2 * count > len(found)}
    given = canonical(starter, name)
    counted: dict[str, _Definition] = {}
    for form in found.values():
        if form.digest not in counted:
            rest = Counter(s for s in form.statements if s not in usual) - Counter(given.statements if given else ())
            counted[form.digest] = _Definition(form.digest, rest.total(), len(form.statements))
    return {i: counted[form.digest] for i, form in found.items()}


def _whole(written: Sequence[Mapping[str, _Definition]]) -> Iterator[Group]:
    """The submissions in which everything that has something of its own is equal."""
    members: dict[tuple[tuple[str, _Definition], ...], list[int]] = defaultdict(list)
    for i, one in enumerate(written):
        own = tuple((name, definition) for name, definition in one.items() if definition.own)
        if own:
            members[own].append(i)
    for own, group in members.items():
        if len(group) > 1:
            yield _group(group, own)


def _few(by_name: Mapping[str, Mapping[int, _Definition]]) -> Iterator[Group]:
    """Definitions with something of their own that few share."""
    for name, found in by_name.items():
        members: dict[_Definition, list[int]] = defaultdict(list)
        for i, definition in found.items():
            members[definition].append(i)
        for definition, group in members.items():
            if definition.own and 1 < len(group) <= FEW:
                yield _group(group, [(name, definition)])


def _pairs(
    single: Sequence[Group], by_name: Mapping[str, Mapping[int, _Definition]], group_of: Mapping[int, int]
) -> Iterator[Group]:
    """Two who share several of these definitions; what is told of a group is not told again of its pairs."""
    shared: dict[tuple[int, int], list[str]] = defaultdict(list)
    for group in single:
        for pair in combinations(group.members, 2):
            shared[pair].extend(group.functions)
    for (one, other), names in shared.items():
        if len(names) > 1 and (one not in group_of or group_of[one] != group_of.get(other)):
            yield _group((one, other), [(name, by_name[name][one]) for name in names])


def _group(members: Sequence[int], shared: Sequence[tuple[str, _Definition]]) -> Group:
    own, of = sum(d.own for _, d in shared), sum(d.of for _, d in shared)
    return Group(tuple(members), tuple(name for name, _ in shared), own, of)


def _shared(name: str, found: Collection[_Definition]) -> Shared:
    counts = Counter(definition.digest for definition in found)
    return Shared(name, len(found), len(counts), max(counts.values(), default=0))
