"""Submissions like those of a class: right, wrong, slow and broken in realistic shares, no two with the same text.

Shares follow what was seen in real notebooks: two thirds are right, most of the rest have one or two mistakes in
otherwise right code, a few are unfinished, some do not parse, one in a hundred is slow, one in five hundred never ends.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from pathlib import Path

from benchmarks.measure import ROOT
from benchmarks.solutions import ENDLESS, IMPORTS, MISTAKES, RIGHT, SLOW_PRODUCT, WRONG_LOW

__all__ = ["generate", "right_sources", "wrong_low_sources"]

# In thousandths. The first twenty of a class hold one of each of the common kinds.
SHARES = {
    "right": 655,
    "wrong": 240,
    "unfinished": 40,
    "broken cell": 30,
    "unreadable": 13,
    "slow": 10,
    "sample": 10,
    "endless": 2,
}
_FIRST = ("right", "wrong", "right", "right", "unfinished", "right", "broken cell", "wrong", "sample", "right")


def generate(folder: Path, count: int, seed: int = 0, kinds: tuple[str, ...] = ()) -> Counter[str]:
    """Write submissions ``s00001.ipynb`` and so on, one folder per student; returns how many of each kind.

    Parameters
    ----------
    kinds
        Only these, in turn; realistic shares if not given.
    """
    drawn: Counter[str] = Counter()
    for number in range(count):
        rng = random.Random(f"{seed}/{number}")
        if kinds:
            kind = kinds[number % len(kinds)]
        elif number < len(_FIRST):
            kind = _FIRST[number]
        else:
            kind = rng.choices(list(SHARES), list(SHARES.values()))[0]
        drawn[kind] += 1
        student = folder / f"s{number + 1:05d}"
        student.mkdir(parents=True, exist_ok=True)
        name, text = _submission(kind, rng, number)
        (student / name).write_text(text, "utf-8")
    return drawn


def right_sources(count: int, seed: int = 0) -> list[str]:
    """Right submissions as modules, each with a text of its own."""
    return ["".join(_cells("right", random.Random(f"{seed}/{number}"), number)) for number in range(count)]


def wrong_low_sources(count: int, seed: int = 0) -> list[str]:
    """Submissions that are right but for the lowest function, on which most of the others stand."""
    return [text + WRONG_LOW for text in right_sources(count, seed)]


def _submission(kind: str, rng: random.Random, number: int) -> tuple[str, str]:
    if kind == "sample":
        samples = ROOT / "samples" / "dnn_step_by_step"
        path = rng.choice(sorted(p for p in samples.iterdir() if p.suffix in (".py", ".ipynb")))
        return path.name, path.read_text("utf-8")
    if kind == "unreadable":
        return "solution.ipynb", rng.choice(('{"cells": [', "", '{"metadata": {}}'))
    cells = _cells(kind, rng, number)
    if rng.random() < 0.25:
        return "solution.py", "\n".join(cells)
    return "solution.ipynb", _notebook(cells, rng)


def _cells(kind: str, rng: random.Random, number: int) -> list[str]:
    """The code cells of one submission."""
    bodies = {name: rng.choice(styles) for name, styles in RIGHT.items()}
    if kind in ("wrong", "unfinished"):
        for _ in range(rng.choice((1, 1, 1, 2))):
            function, right, wrong = rng.choice(MISTAKES)
            fitting = [body for body in RIGHT[function] if right in body]
            bodies[function] = rng.choice(fitting).replace(right, wrong)
    if kind == "unfinished":
        for name in rng.sample(list(bodies)[3:], rng.randint(1, 4)):
            head = bodies[name].strip().splitlines()[0]
            bodies[name] = f"{head}\n    # YOUR CODE HERE\n    {{note}}\n    pass\n"
    if kind == "broken cell":
        name = rng.choice(list(bodies)[2:])
        bodies[name] = bodies[name].replace("return", "return (", 1)
    if kind == "slow":
        del bodies["linear_forward"]
        bodies["linear_backward"] = SLOW_PRODUCT
    if kind == "endless":
        bodies["update_parameters"] = ENDLESS
    notes = {name: f"number_{number} = {rng.randrange(10**6)}" for name in bodies}
    return [IMPORTS, *(body.replace("{note}", notes[name]) for name, body in bodies.items())]


def _notebook(cells: list[str], rng: random.Random) -> str:
    """A notebook as Jupyter saves it, with prose, outputs and a cell of tests between the functions."""
    found = []
    prose = ["### Exercise\n", "Implement what follows. " * 20]
    for code in cells:
        found.append({"cell_type": "markdown", "metadata": {}, "source": prose})
        found.append(_code(code, rng))
    found.append(_code("for l in range(3):\n    print('training', l)\n", rng))
    return json.dumps({"cells": found, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}, indent=1)


def _code(source: str, rng: random.Random) -> dict[str, object]:
    output = {"output_type": "stream", "name": "stdout", "text": [f"W1 = {rng.random()}\n"] * 10}
    return {
        "cell_type": "code",
        "execution_count": rng.randrange(100),
        "metadata": {},
        "outputs": [output],
        "source": source.strip().splitlines(keepends=True),
    }
