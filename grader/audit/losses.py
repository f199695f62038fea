"""What a mistake costs, held against how grave it is.

A slip costs at most a quarter of its function's points, a fault between a quarter and three quarters, a grave mistake half
of them or more; three hundredths more or less do not count, since cases are drawn. Of two mistakes of a function
the graver one costs no less. An author declares in ``audit.py`` what may be otherwise,
with the reason: ``LOSSES = {("function", "code"): "why"}``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader.spec import Severity

__all__ = ["EITHER", "INPUTS", "SEVERAL", "UNLIKE", "Loss", "disputed"]

# Why a mistake may cost otherwise than its severity says.
EITHER = "it is as well a mistake of the neighbouring severity: teachers differ"
INPUTS = "it is right on some inputs and wrong on others, and pays for those on which it is wrong"
SEVERAL = "which of two mistakes leaves more right depends on the inputs"
UNLIKE = "nothing of its numbers goes with the right ones, so that it cannot be told from a guess"

_BANDS: Mapping[Severity, tuple[float, float]] = {"slip": (0.0, 0.25), "fault": (0.25, 0.75), "grave": (0.5, 1.0)}
_ORDER: tuple[Severity, ...] = ("slip", "fault", "grave")
_DRAWN = 0.03  # of a band: the inputs of one seed show a mistake more often than those of another
_NEAR = 0.05  # between two mistakes, which go wrong on other inputs


@dataclass(frozen=True, slots=True)
class Loss:
    """What a mistake costs, as a part of its function's points."""

    code: str
    severity: Severity
    part: float


def disputed(losses: Sequence[Loss], declared: Mapping[str, str]) -> list[str]:
    """What is to be said against the loss of each mistake of one function; nothing where it is declared, by its code."""
    judged = [loss for loss in losses if loss.code not in declared]
    return ["" if loss.code in declared else _band_problem(loss) or _order_problem(loss, judged) for loss in losses]


def _band_problem(loss: Loss) -> str:
    least, most = _BANDS[loss.severity]
    if least - _DRAWN <= loss.part <= most + _DRAWN:
        return ""
    return f"a {loss.severity} one should cost {least:.0%} to {most:.0%}, this costs {loss.part:.0%}"


def _order_problem(loss: Loss, others: Sequence[Loss]) -> str:
    lighter = [o for o in others if _ORDER.index(o.severity) < _ORDER.index(loss.severity) and not _band_problem(o)]
    dearer = max(lighter, key=lambda other: other.part, default=loss)
    if dearer.part <= loss.part + _NEAR:
        return ""
    other = f"the {dearer.severity} {dearer.code!r} ({dearer.part:.0%})"
    return f"this {loss.severity} one costs {loss.part:.0%}, less than {other}"
