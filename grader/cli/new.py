"""``grader new``: an assignment of one's own that freezes, grades and passes its audit right away."""

from __future__ import annotations

import re
from pathlib import Path

from grader.errors import SpecError

__all__ = ["write_assignment"]

_ASSIGNMENT = '''\
"""Describe the assignment in one line."""

import numpy as np

from grader.spec import Assignment, Function, Property, cases


def _data(d):
    """The arguments of one case: X of shape (n, m). See docs/authoring.md for what ``d`` offers."""
    n, m = d.sizes("n", "m")
    return (d.array(n, m),)


def _shifted(d):
    """Two calls of the function: on X, and on X with a constant added to each feature."""
    (X,) = _data(d)
    return [(X,), (X + d.array(X.shape[0], 1),)]


def _same(given):
    first, second = given.replies
    if np.allclose(first, second, rtol=1e-9, atol=1e-9):
        return None
    return "adding a constant to a feature changes the result"


ASSIGNMENT = Assignment(
    name="{name}",
    title="{title}",
    source="your course",
    functions=(
        Function(
            "center",
            points=100,
            inputs=_data,
            returns="X_centered",
            summary="subtract from each feature its mean over the examples",
            classes=cases(one_example={{"m": 1}}, one_feature={{"n": 1}}),
            properties=(Property("shift invariance", share=0.2, plan=_shifted, judge=_same),),
        ),
    ),
)
'''

_REFERENCE = '''\
"""The right solutions of {name}."""

import numpy as np


def center(X):
    """Subtract from each feature its mean over the examples.

    Parameters
    ----------
    X : ndarray, shape (n, m)
        One column per example.

    Returns
    -------
    ndarray, shape (n, m)
        Every row has mean 0.

    Examples
    --------
    >>> center(np.array([[1.0, 3.0], [2.0, 2.0]])).tolist()
    [[-1.0, 1.0], [0.0, 0.0]]
    """
    # BEGIN SOLUTION
    X_centered = X - np.mean(X, axis=1, keepdims=True)
    # END SOLUTION
    return X_centered
'''

_MISTAKES = '''\
"""Known wrong solutions: what it is, and a hint that gives no answer away."""

import numpy as np

from grader.spec import mistake


@mistake(
    "mean-over-features",
    "center",
    message="the mean is taken over the features of each example, not over the examples of each feature",
    hint="Which axis of X counts the examples?",
)
def mean_over_features(X):
    return X - np.mean(X, axis=0, keepdims=True)


@mistake(
    "mean-of-everything",
    "center",
    message="one mean of all entries is subtracted; each feature has its own",
    hint="How many means are there to subtract?",
)
def mean_of_everything(X):
    return X - np.mean(X)

'''

_STYLES = '''\
"""Right solutions in other styles; each must get full marks."""

import numpy as np


def with_a_loop(X):
    result = np.zeros(X.shape)
    for row in range(X.shape[0]):
        result[row] = X[row] - sum(X[row]) / X.shape[1]
    return result


STYLES = {"center": (with_a_loop,)}
'''

_README = """\
# {title}

## `center(X)` — 100 points

Subtract from each feature its mean over the examples:

$$X_{{centered}} = X - \\frac{{1}}{{m}} \\sum_{{i=1}}^{{m}} X^{{(i)}}$$

`X` has shape `(n, m)`, one column per example; the result has the same shape.

With `X = [[1, 3], [2, 2]]` the result is `[[-1, 1], [0, 0]]`.
"""


def write_assignment(name: str, directory: Path) -> list[Path]:
    """Write the files of a new assignment into a course's folder and return them.

    Parameters
    ----------
    name
        A Python identifier; names the folder.
    directory
        The course; made where there is none.

    Raises
    ------
    SpecError
        When the name is no identifier, or is taken.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise SpecError(f"expected a letter, then small letters, digits and underscores as a name, found {name!r}")
    home = directory / "assignments" / name
    reference = directory / "reference" / f"{name}.py"
    for taken in (home, reference):
        if taken.exists():
            raise SpecError(f"{taken} exists already; choose another name")
    facts = {"name": name, "title": name.replace("_", " ").capitalize()}
    texts = {
        home / "assignment.py": _ASSIGNMENT.format(**facts),
        home / "mistakes.py": _MISTAKES,
        home / "styles.py": _STYLES,
        home / "README.md": _README.format(**facts),
        reference: _REFERENCE.format(**facts),
    }
    package = directory / "reference" / "__init__.py"
    if not package.exists():
        texts[package] = ""
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return sorted(texts)
