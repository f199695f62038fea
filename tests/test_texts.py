"""Every sentence of the core: one place, complete, and used."""

from __future__ import annotations

import ast
import re
import string
from pathlib import Path

import pytest

from grader import texts

CORE = sorted(Path(texts.__file__).parent.glob("*.py"))
USED = {
    node.args[0].value
    for path in CORE
    for node in ast.walk(ast.parse(path.read_text("utf-8")))
    if isinstance(node, ast.Call)
    and isinstance(node.func, ast.Name)
    and node.func.id == "say"
    and node.args
    and isinstance(node.args[0], ast.Constant)
}


# Where a sentence is chosen among several, its name is a value like any other.
NAMED = {
    node.value
    for path in CORE
    if path.name != "texts.py"
    for node in ast.walk(ast.parse(path.read_text("utf-8")))
    if isinstance(node, ast.Constant) and isinstance(node.value, str)
}


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_a_sentence_is_filled_with_its_facts() -> None:
    assert texts.say("shape", where="dW", got=(3,), expected=(3, 1)) == "dW has shape (3,), expected (3, 1)"


def test_a_fact_may_be_called_text() -> None:
    with pytest.raises(KeyError):
        texts.say("shape", text="no conflict with the first parameter")


def test_every_sentence_that_is_said_exists() -> None:
    assert set(texts._TEXTS) >= USED


def test_every_sentence_is_said_somewhere() -> None:
    by_status = {"timeout", "crashed", "out-of-memory", "too-much-output"}
    by_state = {"missing", "not-callable"}
    by_stage = {f"hidden-{stage}" for stage in ("structure", "shape", "dtype", "values")}
    chosen = {name for name in texts._TEXTS if name in NAMED or name.removesuffix("-hint") in NAMED}
    assert set(texts._TEXTS) - USED - chosen - by_status - by_state - by_stage == set()


def test_no_sentence_ends_like_a_program() -> None:
    for name, text in texts._TEXTS.items():
        assert text == text.strip() or name == "for-class"
        assert not re.search(r"!|\bplease\b|  ", re.sub(r"{[^}]*}", "x", text)), name


def test_every_hint_belongs_to_a_finding_and_holds_no_facts_of_the_inputs() -> None:
    for name, text in texts._TEXTS.items():
        if name.endswith("-hint"):
            assert name.removesuffix("-hint") in texts._TEXTS
            assert fields(text) <= {"helpers"}
