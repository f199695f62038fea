"""What `benchmarks/lines.py` compares: the plain files are right, and the lines are those that are told."""

from __future__ import annotations

import re

import pytest

from benchmarks.lines import PARTS, Part, described, passes, plain, right_source
from benchmarks.measure import ROOT

pytest.importorskip("hypothesis", reason="plain files draw with it")

WRONG = {
    "a function": ("dx = dx / len(x)", "dx = dx / 2"),
    "a pair": ("dw = x.reshape(len(x), -1).T @ dout", "dw = dout.T @ x.reshape(len(x), -1)"),
    "a class of five methods": ("[:k]", "[:1]"),
}


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_a_plain_file_tells_right_from_wrong(part: Part) -> None:
    right = right_source(part)
    assert passes(part, right)
    assert not passes(part, right.replace(*WRONG[part.name]))


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_the_lines_are_those_of_the_table(part: Part) -> None:
    kept = (ROOT / "benchmarks" / "results" / "lines.txt").read_text("utf-8")
    assert re.search(rf"(?m)^{part.name} +{len(described(part))} +{len(plain(part))} ", kept)
