"""What lateness costs: a rule such as ``10%/day, grace 15 min, cap 50%``, and the times that a platform recorded."""

from __future__ import annotations

import math
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from grader.gradebook.schema import GradebookError

__all__ = ["Deduction", "LateRule", "deduction", "parse_late", "parse_time"]

_UNITS = {"min": 60, "minute": 60, "h": 3600, "hour": 3600, "d": 86400, "day": 86400, "week": 604800}
_RATE = re.compile(r"(\d{1,3}(?:\.\d{1,3})?) ?% ?(?:/|per) ?([a-z]{1,8})")
_CAP = re.compile(r"cap (\d{1,3}(?:\.\d{1,3})?) ?%")
_SPAN = re.compile(r"\+?(\d{1,5}) ?([a-z]{1,8})")
_WAYS = ("%A, %d %B %Y, %I:%M %p", "%A, %d %B %Y, %H:%M")  # as Moodle writes a time in its worksheet


@dataclass(frozen=True, slots=True)
class LateRule:
    """So many percent of the maximum for every period that has begun, after a grace, up to a cap.

    Without a due date only the platform's marks tell who is late.
    """

    percent: float
    period: timedelta
    unit: str
    due: datetime | None
    grace: timedelta = timedelta()
    cap: float = 100.0


@dataclass(frozen=True, slots=True)
class Deduction:
    """What is taken off, in percent of the maximum, and why."""

    percent: float
    why: str


def parse_late(rule: str, due: str) -> LateRule:
    """Read a rule and the due date that it counts from, which may be empty.

    Raises
    ------
    GradebookError
        When either cannot be read; it says what a rule looks like.

    Examples
    --------
    >>> found = parse_late("10%/day, grace 15 min, cap 50%", "2026-11-01T12:00+00:00")
    >>> found.percent, found.period.days, found.grace.seconds, found.cap
    (10.0, 1, 900, 50.0)
    """
    first, *others = [part.strip().lower() for part in rule.split(",")]
    rate = _RATE.fullmatch(first)
    if rate is None or _unit(rate[2]) is None:
        raise _unreadable(rule)
    unit = rate[2].removesuffix("s")
    grace, cap = timedelta(), 100.0
    for part in others:
        limit = _CAP.fullmatch(part)
        span = _span(part.removeprefix("grace ")) if part.startswith("grace ") else None
        if limit is None and span is None:
            raise _unreadable(rule)
        grace, cap = (span or grace), (float(limit[1]) if limit else cap)
    moment = parse_time(due)
    if moment is None and due.strip():
        raise GradebookError(f"expected a due date such as 2026-11-01 or 2026-11-01T18:00, found {due!r} (--due)")
    return LateRule(float(rate[1]), timedelta(seconds=_UNITS[unit]), unit, moment, grace, cap)


def parse_time(text: str) -> datetime | None:
    """A time as ISO writes it, or Moodle; a date alone means its end, and without a zone it is this machine's.

    >>> parse_time("2026-11-01 18:30:00.000000000 -07:00").isoformat(), parse_time("soon") is None
    ('2026-11-02T01:30:00+00:00', True)
    """
    text = re.sub(r"(\.\d{6})\d+", r"\1", text.strip())
    text = re.sub(r"\s(Z|UTC|[+-]\d\d:?\d\d)$", lambda match: match[1].replace("UTC", "Z"), " ".join(text.split()))
    moment = None
    for way in _WAYS:
        with suppress(ValueError):
            moment = datetime.strptime(text, way)
    with suppress(ValueError):
        moment = datetime.fromisoformat(text)
        if re.fullmatch(r"\d{4}-?\d\d-?\d\d", text):
            moment = datetime.combine(moment, time(23, 59, 59))
    with suppress(OverflowError, OSError, ValueError):
        return None if moment is None else moment.astimezone(UTC)
    return None


def deduction(rule: LateRule, submitted: str, extension: str = "", *, late: bool = False) -> Deduction | None:
    """What a submission of this time loses; None where it was in time, or nobody knows the time.

    Parameters
    ----------
    submitted
        When the platform received it.
    extension
        A later due date of this student alone, or a time that is added to the due date.
    late
        The platform marked it as late. Where it names no time, that counts as one period.
    """
    moment, due = parse_time(submitted), _due(rule, extension)
    extended = bool(extension.strip()) if rule.due is None or due is None else due > rule.due
    if moment is None or due is None:
        if not late or extended:
            return None
        return Deduction(min(rule.percent, rule.cap), f"late by the platform's mark, which names no time: 1 {rule.unit}")
    after = moment - due
    if after <= rule.grace:
        return None
    periods = math.ceil(after / rule.period)
    percent = min(periods * rule.percent, rule.cap)
    said = ", which was extended" if extended else ""
    return Deduction(percent, f"handed in {_words(after)} after the due date{said}")


def _due(rule: LateRule, extension: str) -> datetime | None:
    """The due date of one student: never before that of all; None where there is none."""
    if not extension.strip():
        return rule.due
    span = _span(extension.strip().lower())
    moment = parse_time(extension)
    if span is None and moment is None:
        raise GradebookError(f"expected an extension such as 2026-11-08 or '3 days', found {extension!r} in the roster")
    if rule.due is None:
        return None
    return max(rule.due, rule.due + span if span is not None else moment or rule.due)


def _unit(word: str) -> int | None:
    return _UNITS.get(word if word in _UNITS else word.removesuffix("s"))


def _span(text: str) -> timedelta | None:
    match = _SPAN.fullmatch(text)
    seconds = _unit(match[2]) if match else None
    return timedelta(seconds=int(match[1]) * seconds) if match and seconds else None


def _words(span: timedelta) -> str:
    """A time in words, in its largest unit and the next one.

    >>> _words(timedelta(days=1, hours=3, minutes=5)), _words(timedelta(seconds=61))
    ('1 day 3 hours', '1 minute')
    """
    seconds = int(span.total_seconds())
    parts = [(seconds // 86400, "day"), (seconds % 86400 // 3600, "hour"), (seconds % 3600 // 60, "minute")]
    first = next((i for i, (count, _) in enumerate(parts) if count), len(parts))
    said = [f"{count} {unit}{'s' * (count != 1)}" for count, unit in parts[first : first + 2] if count]
    return " ".join(said) or f"{seconds} seconds"


def _unreadable(rule: str) -> GradebookError:
    return GradebookError(f"expected a rule such as '10%/day' or '5%/hour, grace 15 min, cap 50%', found {rule!r} (--late)")
