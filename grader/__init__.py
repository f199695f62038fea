"""An autograder for NumPy exercises of the kind "neural networks from scratch".

>>> from grader import grade, load_assignment                                   # doctest: +SKIP
>>> grade(load_assignment("dnn_step_by_step"), "submission.ipynb").points       # doctest: +SKIP
87.5
"""

from __future__ import annotations

from grader._version import __version__

__all__ = ["__version__", "grade", "load_assignment"]

TYPE_CHECKING = False  # typing.TYPE_CHECKING, without the milliseconds of importing typing
if TYPE_CHECKING:
    from typing import Any

    from grader.course import load_assignment
    from grader.grading.pipeline import grade


def __getattr__(name: str) -> Any:
    """Import on first use: ``import grader`` itself costs almost nothing."""
    if name == "grade":
        from grader.grading.pipeline import grade

        return grade
    if name == "load_assignment":
        from grader.course import load_assignment

        return load_assignment
    raise AttributeError(f"module 'grader' has no attribute {name!r}")
