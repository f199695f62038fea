"""Every pattern that meets outside text takes as many steps as the text has letters."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from time import process_time

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "grader"
FOLDERS = ("intake", "submission", "gradebook", "report", "publishing")
THE_AUTHORS = {"kit", "handout", "starter"}  # they read the text of the course alone
WAYS = {"match", "search", "findall", "fullmatch", "finditer", "sub", "split", "compile"}
FLAGS = {name: getattr(re, name) for name in ("MULTILINE", "IGNORECASE", "DOTALL", "M", "I", "S")}


def text_of(node: ast.expr, names: dict[str, str | bytes]) -> str | bytes | None:
    """A pattern as it stands in the source; a name that is put in is any word."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes):
        return node.value
    if isinstance(node, ast.Name):
        return names.get(node.id)
    if isinstance(node, ast.BinOp):
        left, right = text_of(node.left, names), text_of(node.right, names)
        return None if left is None or right is None else left + right  # type: ignore[operator]
    if isinstance(node, ast.JoinedStr):
        pieces: list[str] = []
        for part in node.values:
            inner = part.value if isinstance(part, ast.FormattedValue) else part
            known = text_of(inner, names)
            pieces.append(known if isinstance(known, str) else "abc")
        return "".join(pieces)
    return None


def patterns() -> Iterator[tuple[str, re.Pattern[str] | re.Pattern[bytes], str]]:
    """Where each pattern stands, the pattern, and how it is used."""
    for path in sorted(
        path for folder in FOLDERS for path in (PACKAGE / folder).glob("*.py") if path.stem not in THE_AUTHORS
    ):
        tree = ast.parse(path.read_text("utf-8"))
        names: dict[str, str | bytes] = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                value = text_of(node.value, names)
                if value is not None:
                    names[node.targets[0].id] = value
        compiled = {
            id(node.value): node.targets[0].id
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
        }
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in WAYS
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id == "re"
            ):
                text = text_of(node.args[0], names)
                assert text is not None, f"{path.name}, line {node.lineno}: this pattern cannot be read from the source"
                flags = 0
                for inner in ast.walk(node):
                    flags |= FLAGS.get(inner.attr, 0) if isinstance(inner, ast.Attribute) else 0
                used = re.findall(rf"\b{compiled.get(id(node), 'no name')}\.(\w+)\(", path.read_text("utf-8"))
                ways = sorted(WAYS & set(used)) or ["match"] if node.func.attr == "compile" else [node.func.attr]
                for way in ways:
                    yield f"{path.parent.name}/{path.name}:{node.lineno}", re.compile(text, flags), way  # type: ignore[arg-type]


PATTERNS = list(patterns())


def words_of(pattern: str) -> list[str]:
    """What the pattern itself looks for: such words, again and again, are the worst that can come."""
    plain = re.sub(r"\\.|\{[^}]*\}|\[(?:\\.|[^\]])*\]|\(\?[^)]{0,12}[>:!=]?", "\0", pattern)
    words = [word for word in re.split(r"[\0()|+*?.^$\[\]{}]+", plain) if word.strip()]
    return list(dict.fromkeys(words))


def attacks(pattern: str) -> list[tuple[str, str]]:
    """A beginning, and what is repeated behind it, up to an end that fits nothing."""
    words = words_of(pattern)[:3]
    return list(product(["", *words], ["a", "1", " ", "\t", "1_", "(", "\n", "a,", "\\", "#", *words]))


def seconds(pattern: re.Pattern[str] | re.Pattern[bytes], way: str, text: str) -> float:
    data = text.encode() if isinstance(pattern.pattern, bytes) else text
    empty = data[:0]
    began = process_time()
    if way == "sub":
        pattern.sub(empty, data)  # type: ignore[arg-type]
    elif way == "finditer":
        list(pattern.finditer(data))  # type: ignore[arg-type]
    else:
        getattr(pattern, way)(data)
    return process_time() - began


@pytest.mark.parametrize(("place", "pattern", "way"), PATTERNS, ids=[f"{place} {way}" for place, _, way in PATTERNS])
def test_a_pattern_is_linear(place: str, pattern: re.Pattern[str] | re.Pattern[bytes], way: str) -> None:
    """Eight times the text takes about eight times as long, and where the work grows with the square, 64 times."""
    source = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    for start, part in attacks(source):
        short, long = (start + part * (size // len(part)) + "\0" for size in (1_000, 8_000))
        slow = seconds(pattern, way, long)
        if slow > 0.01:  # what is fast at this size is not worth a second look
            fast = min(seconds(pattern, way, short) for _ in range(3))
            again = min(slow, seconds(pattern, way, long), seconds(pattern, way, long))
            assert again < 28 * fast + 0.01, f"{place}: {part!r} after {start!r}: {fast:.4f} s, then {again:.4f} s"


def test_quadratic_work_would_be_noticed() -> None:
    with pytest.raises(AssertionError, match="'1'"):
        test_a_pattern_is_linear("here", re.compile(r"\d+x"), "search")
