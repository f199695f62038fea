"""Drawing cases: Hypothesis chooses sizes and classes, NumPy the entries (see ``docs/design/drawing.md``)."""

from __future__ import annotations

import hashlib
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from types import FrameType
from typing import Any

from grader.errors import SpecError, missing_extra, said_with_place
from grader.freezing.author import Author
from grader.spec import CaseClass
from grader.strategies import Draw, Rejected

try:
    import hypothesis
    from hypothesis import strategies as st
except ImportError:
    raise missing_extra("drawing cases", "draw") from None

__all__ = ["Drawn", "draw_cases", "within_time"]


@dataclass
class Drawn:
    """One drawn case before it is answered."""

    case_class: CaseClass
    draw: Draw
    content: Any


def draw_cases(
    author: Author, key: str, seed: int, classes: Sequence[CaseClass], build: Callable[[Draw], Any]
) -> list[Drawn]:
    """Draw all classes; Hypothesis chooses sizes and classes of choices, NumPy the entries."""
    found: list[Drawn] = []
    for case_class in classes:
        drawn = _draw_class(author, f"{key}/{case_class.name}/{seed}", case_class, build)
        if not drawn:
            raise SpecError(f"{key}: no case of the class {case_class.name!r} could be drawn")
        asked = frozenset().union(*(one.draw.asked for one in drawn))
        for name in case_class.sizes:
            if name not in asked:
                names = ", ".join(sorted(asked)) or "nothing by name"
                where = f"{key}: the class {case_class.name!r}"
                raise SpecError(f"{where} pins {name!r}, which its strategy does not draw; it draws: {names}")
        found.extend(drawn)
    return found


DRAW_S = 60.0


@contextmanager
def within_time(what: str) -> Iterator[None]:
    """A SpecError where something takes more than ``DRAW_S`` CPU seconds; without signals of Unix there is no limit."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(_: int, frame: FrameType | None) -> None:
        place = f"{frame.f_code.co_filename}, line {frame.f_lineno}" if frame else ""
        raise SpecError(f"{what}: this takes longer than {DRAW_S:g} CPU seconds, and was stopped at {place}")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, DRAW_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _draw_class(author: Author, key: str, case_class: CaseClass, build: Callable[[Draw], Any]) -> list[Drawn]:
    salt = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "little")
    found: dict[tuple[int, ...], Drawn] = {}  # by the integers drawn: sizes and choices
    repeats: list[Drawn] = []

    @hypothesis.seed(salt)
    @hypothesis.settings(
        max_examples=case_class.count * 3 + 5,
        phases=[hypothesis.Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(st.data())
    def collect(data: st.DataObject) -> None:
        entries = data.draw(st.integers(0, 2**32 - 1))

        integers: list[int] = []

        def integer(low: int, high: int) -> int:
            integers.append(data.draw(st.integers(low, high)))
            return integers[-1]

        draw = Draw(case_class, integer, [salt, entries], author.function)
        try:
            with within_time(key):
                content = build(draw)
        except Rejected:
            hypothesis.reject()
        except (SpecError, hypothesis.errors.HypothesisException):
            raise
        except Exception as error:
            said = said_with_place(error, author.loaded.course.root)
            raise SpecError(f"{key}: the strategy raised {said}") from error
        drawn = Drawn(case_class, draw, content)
        if found.setdefault(tuple(integers), drawn) is not drawn:
            repeats.append(drawn)

    with suppress(hypothesis.errors.Unsatisfiable):  # every draw was given up; the caller says so
        collect()
    # Hypothesis likes to repeat itself: the same sizes and choices come again only where there are no others.
    return [*found.values(), *repeats][: case_class.count]
