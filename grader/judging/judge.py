"""What is known of a function before a submission is looked at, and what is found out about one.

A :class:`FunctionJudge` is made once for a function of a case file and used for every submission: what it works out on
the way it keeps, and nothing of it depends on a submission but the verdicts on its answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from grader import sentences
from grader.judging.cases import Case, CaseFile, FunctionCases
from grader.judging.compare import Item, Problem, items_of
from grader.judging.outcomes import expected_value
from grader.judging.properties import Judged
from grader.judging.redaction import cases_as_shown, problem_text
from grader.judging.values import characters
from grader.model import Check, FunctionStatus
from grader.sandbox.remembered import Remembered
from grader.sandbox.runner import Plan
from grader.spec import Assignment, Function, Objection

__all__ = ["Failure", "FunctionJudge", "Judges", "Shares", "Verdict", "judges_of", "shares_of"]

_MOST_KEPT = 8 << 20  # bytes of verdicts that are remembered


@dataclass(frozen=True, slots=True)
class Failure:
    """One case that failed one check: a problem of an item, what a property's judge has against it, or a sentence."""

    case: Case
    check: str
    item: str | None = None
    problem: Problem | None = None
    objection: Objection | None = None
    text: str = ""

    @property
    def message(self) -> str:
        """What a report may say of it."""
        if self.problem:
            return problem_text(self.case, self.problem, self.item or "")
        if self.objection:
            return self.objection.text if self.objection.checked else sentences.not_checked(self.objection.text)
        return self.text


@dataclass(frozen=True)
class Verdict:
    """The checks of one function, what failed, and under which alternative it was judged."""

    name: str
    status: FunctionStatus
    checks: tuple[Check, ...]
    failures: tuple[Failure, ...] = ()
    alternative: int = 0
    wrong_items: frozenset[str] = frozenset()
    max_points: float = 0.0
    told: tuple[Failure, ...] = ()  # per failed check the one that its sentence is about

    @property
    def points(self) -> float:
        """Exactly the maximum when all checks pass, whatever the shares round to."""
        return self.max_points if self.passed else round(sum(check.points for check in self.checks), 4)

    @property
    def passed(self) -> bool:
        return self.status == "passed"

    def failed(self, *kinds: str) -> bool:
        """Whether a check of one of these kinds failed."""
        return any(check.status == "failed" and check.kind in kinds for check in self.checks)


@dataclass(frozen=True, eq=False)
class FunctionJudge:
    """The description and the cases of one function, with what follows from the two.

    Attributes
    ----------
    spec, cases
        The description and the frozen cases.
    verdicts
        On earlier replies, also to other functions: most right solutions of a class give the same bits, and so do most that
        make the same mistake.
    wrong_items
        In which items a catalogued mistake is wrong, by case, mistake and alternative.
    efforts
        How much there is to read in a plan.
    thorough
        All cases are asked first.
    form
        The alternative whose items carry the points.
    """

    spec: Function
    cases: FunctionCases
    thorough: bool = False
    verdicts: Remembered[Verdict] = field(default_factory=lambda: Remembered(_MOST_KEPT), repr=False)
    wrong_items: dict[tuple[str, str, int], frozenset[str]] = field(default_factory=dict, init=False, repr=False)
    efforts: dict[Plan, int] = field(default_factory=dict, init=False, repr=False)
    form: int = 0

    @cached_property
    def core(self) -> FunctionJudge:
        """The judge of the cases that are asked first; this one where these are all.

        Which alternative a function follows is settled by all cases.
        """
        first = tuple(case for case in self.cases.cases if case.core)
        if self.thorough or self.spec.has_choice or len(first) == len(self.cases.cases):
            return self
        return replace(self, cases=replace(self.cases, cases=first), thorough=True)

    @cached_property
    def others(self) -> tuple[Case, ...]:
        """The cases that are asked only where a function fails on those that are asked first."""
        first = {case.key for case in self.core.cases.cases}
        return tuple(case for case in self.cases.cases if case.key not in first)

    @cached_property
    def _by_check(self) -> Mapping[str, tuple[Case, ...]]:
        groups: dict[str, list[Case]] = {}
        for case in self.cases.cases:
            groups.setdefault(case.check, []).append(case)
        return {check: tuple(group) for check, group in groups.items()}

    def cases_of(self, check: str) -> tuple[Case, ...]:
        """The cases of one check."""
        return self._by_check.get(check, ())

    @property
    def values(self) -> tuple[Case, ...]:
        """The cases that are compared by value."""
        return self.cases_of("values")

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """The items of the right values, of all cases together."""
        items: dict[str, Item] = {}
        for case in self.values:
            for item in items_of(expected_value(case, self.form), self.spec.items):
                items.setdefault(item.name, item)
        return tuple(items.values())

    def effort(self, plan: Plan) -> int:
        """How many characters of numbers a person has to read to follow a case."""
        if plan not in self.efforts:
            self.efforts[plan] = characters(plan.questions)
        return self.efforts[plan]

    @cached_property
    def forms(self) -> tuple[FunctionJudge, ...]:
        """Per alternative the judge in which its items carry points: it may have more of them than the first one."""
        others = [replace(self, form=number) for number in range(len(self.spec.alternatives) + 1)] if self.values else []
        return tuple(other if other.shares.items != self.shares.items else self for other in others)

    @cached_property
    def choices(self) -> tuple[FunctionJudge, ...]:
        """The judges of each alternative, where the function is judged under one of them as a whole."""
        numbers = range(len(self.spec.alternatives) + 1) if self.spec.has_choice else ()
        return tuple(replace(self, spec=self.spec.under(number), thorough=False) for number in numbers)

    @cached_property
    def class_shares(self) -> Mapping[tuple[str, str], float]:
        """What the author's classes of input carry of their checks, by the names of both: two checks may share a class."""
        return {(check, one.name): one.share for check, classes in self.spec.classes_of for one in classes if one.share}

    @cached_property
    def shares(self) -> Shares:
        """Which part of the points each check carries."""
        return shares_of(self.spec, [item.name for item in self.items])


@dataclass(frozen=True)
class Shares:
    """Which part of the points each check carries; they add up to one."""

    items: Mapping[str, float]
    inputs: float
    sets: Mapping[str, float]
    properties: Mapping[str, float]


def shares_of(spec: Function, items: Iterable[str]) -> Shares:
    """What each check of a function carries, whose result has these items."""
    by_form = spec.random - spec.weights.keys()
    judged = [name for name in items if name not in by_form and name not in spec.opaque]
    weights = {name: spec.weights.get(name, 1.0) for name in judged}
    extra = {p.name: p.share for p in spec.properties} | {s.name: s.share for s in spec.sets}
    left = 1.0 - sum(extra.values()) - spec.inputs_share
    total = sum(weights.values())
    if not total:  # nothing is judged by value: sets and properties carry everything
        scale = (1.0 - spec.inputs_share) / (sum(extra.values()) or 1.0)
        extra = {name: share * scale for name, share in extra.items()}
    return Shares(
        {name: left * weight / total if total else 0.0 for name, weight in weights.items()},
        spec.inputs_share,
        {s.name: extra[s.name] for s in spec.sets},
        {p.name: extra[p.name] for p in spec.properties},
    )


@dataclass(frozen=True, eq=False)
class Judges:
    """The judges of all functions of an assignment, and the case file that they were made for."""

    cases: CaseFile
    functions: Mapping[str, FunctionJudge]

    @cached_property
    def judged(self) -> Judged:
        """What answers for the judges of all properties, in a copy of this process."""
        judges = self.functions.values()
        return Judged({c.key: (p, c) for judge in judges for p in judge.spec.properties for c in judge.cases_of(p.name)})


def judges_of(assignment: Assignment, cases: CaseFile, *, thorough: bool = False) -> Judges:
    """Make the judges of an assignment, once for all submissions that are graded with a case file.

    They ask all cases of everybody where they are ``thorough``, else a few first.

    Cases that the assignment does not show are hidden here, so that no judge says anything that an input may be
    read from. The judges live as long as the case file does, which keeps those of the last assignment.
    """
    last: tuple[Assignment, bool, Judges] | None = vars(cases).get("_judges")
    if last is not None and last[0] is assignment and last[1] == thorough:
        return last[2]
    specs = {spec.name: spec for spec in assignment.functions}
    visible = {name: cases_as_shown(function, assignment.shows) for name, function in cases.functions.items()}
    verdicts = Remembered[Verdict](_MOST_KEPT)
    made = {name: FunctionJudge(specs[name], visible[name], thorough, verdicts) for name in specs if name in visible}
    judges = Judges(cases, made)
    vars(cases)["_judges"] = assignment, thorough, judges
    return judges
