"""Drawing cases: Hypothesis chooses sizes and classes, NumPy the entries (see ``docs/design/drawing.md``)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from grader.errors import SpecError, missing_extra
from grader.freezing.author import Author
from grader.spec import CaseClass
from grader.strategies import Draw, Rejected

try:
    import hypothesis
    from hypothesis import strategies as st
except ImportError:
    raise missing_extra("drawing cases", "draw") from None

__all__ = ["Drawn", "draw_cases"]


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
        found.extend(drawn)
    return found


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
            content = build(draw)
        except Rejected:
            hypothesis.reject()
        except (SpecError, hypothesis.errors.HypothesisException):
            raise
        except Exception as error:
            raise SpecError(f"{key}: the strategy raised {type(error).__name__}: {error}") from error
        drawn = Drawn(case_class, draw, content)
        if found.setdefault(tuple(integers), drawn) is not drawn:
            repeats.append(drawn)

    with suppress(hypothesis.errors.Unsatisfiable):  # every draw was given up; the caller says so
        collect()
    # Hypothesis likes to repeat itself: the same sizes and choices come again only where there are no others.
    return [*found.values(), *repeats][: case_class.count]
