"""What is said for a given failure, and the form that all sentences have."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from grader import sentences
from grader.model import Finding
from grader.report import wording
from tests.tiny import check_of, graded_function

SAMPLES = {
    "str": "name",
    "object": "fact",
    "int": 2,
    "float": 1.5,
    "float | None": 0.5,
    "bool": False,
    "Sequence[str]": ("one", "two"),
}
MODULES = {sentences.__name__, wording.__name__}
# What they take is one of a few words, a place, or a sentence.
BY_KEY = (sentences.stopped, wording.status_word, sentences.place_in, sentences.is_repair, sentences.needs_newer)


def speaks(function: Callable[..., Any]) -> bool:
    """Whether a function makes a sentence of plain facts, and not of a report or an exception."""
    parameters = inspect.signature(function).parameters.values()
    return function.__module__ in MODULES and all(p.annotation in SAMPLES for p in parameters)


MEMBERS = {**vars(sentences), **vars(wording)}
FUNCTIONS = [f for f in MEMBERS.values() if inspect.isfunction(f) and speaks(f) and f not in BY_KEY]
CONSTANTS = [value for name, value in MEMBERS.items() if name.isupper() and isinstance(value, str | Finding)]
REASONS = ("timeout", "crashed", "out-of-memory", "too-much-output", "not-run")


def spoken(function: Callable[..., Any]) -> list[str]:
    """What a sentence says of some facts."""
    facts = {name: SAMPLES[p.annotation] for name, p in inspect.signature(function).parameters.items()}
    return texts_of(function(**facts))


def texts_of(said: str | Finding | tuple[str, ...]) -> list[str]:
    """The texts of what is said."""
    return [said.message, said.hint] if isinstance(said, Finding) else [said] if isinstance(said, str) else [*said]


EVERYTHING = [
    *(text for constant in CONSTANTS for text in texts_of(constant)),
    *(text for function in FUNCTIONS for text in spoken(function)),
    *(sentences.stopped(reason, "f", "it did not come back") for reason in REASONS),
]


@pytest.mark.parametrize("text", EVERYTHING)
def test_no_sentence_ends_like_a_program(text: str) -> None:
    assert text == text.strip()
    assert not re.search(r"!|\bplease\b|  |[{}]|\.\.$", text)


def findings() -> Iterator[Finding]:
    """Every finding, made of some facts where it holds any."""
    yield from (constant for constant in CONSTANTS if isinstance(constant, Finding))
    for function in FUNCTIONS:
        parameters = inspect.signature(function).parameters.items()
        if function.__annotations__["return"] == "Finding":
            yield function(**{name: SAMPLES[p.annotation] for name, p in parameters})


@pytest.mark.parametrize("finding", [*findings()], ids=lambda finding: finding.code)
def test_every_finding_has_a_code_in_small_letters(finding: Finding) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", finding.code)
    assert finding.message


@pytest.mark.parametrize(
    ("result", "kind", "sentence"),
    [
        ("None", "structure", "the result is None; is a 'return' missing, or a blank not filled in?"),
        ("'text'", "structure", "A is a text, expected an array of shape (2, 2)"),
        ("A[0]", "shape", "A has shape (2,), expected (2, 2)"),
        ("A.astype(np.float32)", "dtype", "A has dtype float32, expected float64"),
        ("A * np.nan", "values", "A holds nan at A[0, 0], expected "),
    ],
)
def test_what_is_wrong_with_a_result_is_said_of_its_subject(result: str, kind: str, sentence: str) -> None:
    report = graded_function("layer", f"def layer(X, W, b):\n    A = (W @ X + b) / 2\n    return {result}")
    message = check_of(report.checks, kind, "structure" if kind == "structure" else "A").message
    assert re.sub(r"\(\d, \d\)", "(2, 2)", re.sub(r"\(\d,\)", "(2,)", message)).startswith(sentence)


def test_what_was_repaired_is_known_by_its_sentence() -> None:
    cut = json.JSONDecodeError("Expecting value", "[" * 9, 2)
    whole = json.JSONDecodeError("Expecting value", "[", 0)
    repairs = [sentences.NOTE_HTML, sentences.NOTE_TRAILING, sentences.note_spaces("a.py"), sentences.note_tabs("a.py")]
    repairs += [
        sentences.note_damaged(error, 3, damaged, breaks_off=breaks_off)
        for error, damaged, breaks_off in ((cut, 1, True), (whole, 1, False), (whole, 0, False))
    ]
    assert [text for text in repairs if not sentences.is_repair(text)] == []
    others = [text for function in FUNCTIONS for text in spoken(function) if text not in repairs]
    notes = {sentences.note_spaces("name"), sentences.note_tabs("name")}
    assert [text for text in others if sentences.is_repair(text) and text not in notes] == []


def test_a_status_of_windows_is_told_with_what_it_means() -> None:
    assert sentences.ended_by_exit(3) == "the code ended the process with exit status 3"
    assert sentences.ended_by_exit(0xC0000005).endswith(
        "ended by Windows (status 0xC0000005): it used memory that is not its own"
    )
    assert sentences.ended_by_exit(0xC0000017).endswith("ended by Windows (status 0xC0000017)")


@pytest.mark.parametrize(("relative", "said"), [(None, False), (0.5, True), (12.0, True), (1.8e213, False)])
def test_how_many_times_a_number_next_to_zero_is_missed_is_not_told(relative: float | None, said: bool) -> None:
    assert ("relative" in sentences.measures_of(0.25, relative, 1e-12, several=True)) == said
