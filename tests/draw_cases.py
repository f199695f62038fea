"""Draws the cases of the course that the tests need, once for a checkout: ``make cases``.

Otherwise each process of pytest-xdist would draw all of them. ``python -m tests.draw_cases 1 batch_norm`` draws those of one
seed and of one assignment.
"""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor
from itertools import product
from pathlib import Path

from grader.course import Course
from grader.freezing.store import frozen_cases
from tests.gradable import lacks

COURSE = Course(Path(__file__).resolve().parents[1])
SEEDS = (0, 1)  # the graded cases, and the public ones of the student kits


def draw(wanted: tuple[int, str]) -> None:
    """Draw the cases of one assignment where the stored ones are stale or absent."""
    seed, name = wanted
    frozen_cases(COURSE.load(name), seed)


if __name__ == "__main__":
    seeds = [int(word) for word in sys.argv[1:] if word.isdigit()] or SEEDS
    names = [word for word in sys.argv[1:] if not word.isdigit()] or [name for name in COURSE.names if not lacks(name)]
    with ProcessPoolExecutor() as pool:
        list(pool.map(draw, product(seeds, names)))
