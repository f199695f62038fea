"""A folder whose graded functions lie in packages is graded as the program that it is."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from grader.grading.pipeline import grade
from grader.model import Report
from grader.sandbox.parent import Sandbox
from tests import tiny
from tests.tiny import function_of

LAYERS = tiny.solution(without=["layer"])
LAYER = tiny.right()["layer"].replace("half(Z)", "Z / 2")
WRONG = "def affine(X, W, b):\n    return W @ X - b, (X, W, b)\n"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as found:
        yield found


def graded(sandbox: Sandbox, folder: Path, files: Mapping[str, str]) -> Report:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return grade(tiny.assignment(), folder, cases=tiny.cases(), runner=sandbox)


def test_a_package_is_imported_by_its_name_from_the_top(sandbox: Sandbox, tmp_path: Path) -> None:
    files = {"nets/__init__.py": "", "nets/layers.py": LAYERS, "nets/both.py": f"from nets.layers import *\n{LAYER}"}
    report = graded(sandbox, tmp_path, files)
    assert (report.full_marks, report.not_run) == (True, ())
    assert function_of(report, "layer").file == "nets/both.py"


@pytest.mark.parametrize("line", ["from nets.layers import affine", "import nets.layers\naffine = nets.layers.affine"])
def test_each_exercise_has_the_package_that_lies_beside_it(sandbox: Sandbox, tmp_path: Path, line: str) -> None:
    files = {
        "first/nets/layers.py": f"import numpy as np\n{tiny.right()['center']}\n{WRONG}",
        "first/nets/use.py": "from nets.layers import affine\n\ndef layer(X, W, b):\n    pass\n",
        "second/nets/layers.py": tiny.solution(without=["layer", "center"]),
        "second/nets/use.py": f"{line}\n{LAYER}",
    }
    report = graded(sandbox, tmp_path, files)
    assert function_of(report, "center").file == "first/nets/layers.py"
    assert (function_of(report, "layer").status, function_of(report, "layer").carried) == ("passed", False)


def test_of_two_folders_named_on_the_path_the_one_beside_the_file_counts(sandbox: Sandbox, tmp_path: Path) -> None:
    files = {
        "first/lib/steps.py": "def halved(Z):\n    return Z\n",
        "second/lib/steps.py": "def halved(Z):\n    return Z / 2\n",
        "second/main.py": f"import sys\nsys.path.append('lib')\nfrom steps import halved\n{LAYERS}\n"
        "def layer(X, W, b):\n    return halved(affine(X, W, b)[0])\n",
    }
    assert graded(sandbox, tmp_path, files).full_marks


def test_a_neighbour_in_another_folder_does_not_hide_a_module_of_python(sandbox: Sandbox, tmp_path: Path) -> None:
    files = {
        "main.py": f"from lib.steps import halved\n{LAYERS}\ndef layer(X, W, b):\n    return halved(affine(X, W, b)[0])\n",
        "lib/copy.py": "raise RuntimeError\n",
        "lib/steps.py": "import copy\n\ndef halved(Z):\n    return copy.copy(Z) / 2\n",
    }
    assert graded(sandbox, tmp_path, files).full_marks


@pytest.mark.parametrize(
    "line",
    [
        "from past.builtins import xrange",
        "from past.builtins import *",
        "from six.moves import xrange, cPickle",
        "import six.moves\nxrange = six.moves.xrange",
        "from builtins import range\nxrange = range",
    ],
)
def test_names_of_python_2_come_from_the_libraries_that_bridge_the_two(sandbox: Sandbox, tmp_path: Path, line: str) -> None:
    layer = "def layer(X, W, b):\n    Z, _ = affine(X, W, b)\n    return sum(Z / 4 for _ in xrange(2))\n"
    assert graded(sandbox, tmp_path, {"main.py": f"{line}\n{LAYERS}\n{layer}"}).full_marks


def test_a_package_may_hold_a_file_of_its_own_name(sandbox: Sandbox, tmp_path: Path) -> None:
    files = {
        "layer/__init__.py": "from .layer import halved\n",
        "layer/layer.py": "def halved(Z):\n    return Z / 2\n",
        "main.py": f"from layer import halved\n{LAYERS}\ndef layer(X, W, b):\n    return halved(affine(X, W, b)[0])\n",
    }
    assert graded(sandbox, tmp_path, files).full_marks


def test_a_notebook_may_import_a_file_of_its_own_name(sandbox: Sandbox, tmp_path: Path) -> None:
    source = f"from solution import halved\n{LAYERS}\ndef layer(X, W, b):\n    return halved(affine(X, W, b)[0])\n"
    notebook = {"nbformat": 4, "cells": [{"cell_type": "code", "source": source}]}
    files = {"solution.ipynb": json.dumps(notebook), "solution.py": "def halved(Z):\n    return Z / 2\n"}
    assert graded(sandbox, tmp_path, files).full_marks


def test_a_notebook_that_nothing_is_taken_from_is_spoken_of_in_two_sentences(sandbox: Sandbox, tmp_path: Path) -> None:
    notebook = {"nbformat": 4, "cells": [{"cell_type": "code", "source": "print 'loss', loss"}] * 12}
    report = graded(sandbox, tmp_path, {"solution.py": tiny.solution(), "plots.ipynb": json.dumps(notebook)})
    assert report.full_marks
    first, others = report.messages
    assert first.startswith("plots.ipynb, cell 1 was left out")
    assert others == "... and 11 more messages of this kind"
