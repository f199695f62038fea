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
    for path in sorted(path for folder in FOLDERS for path in (PACKAGE / folder).glob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        names: dict[str, str | bytes] = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                value = text_of(node.value, names)
                if value is not None:
                    names[node.targets[0].id] = value
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
                yield f"{path.parent.name}/{path.name}:{node.lineno}", re.compile(text, flags), node.func.attr  # type: ignore[arg-type]


PATTERNS = list(patterns())


def words_of(pattern: str) -> list[str]:
    """What the pattern itself looks for: such words, again and again, are the worst that can come."""
    plain = re.sub(r"\\.|\{[^}]*\}|\[(?:\\.|[^\]])*\]|\(\?[^)]{0,12}[>:!=]?", "\0", pattern)
    words = [word for word in re.split(r"[\0()|+*?.^$\[\]{}]+", plain) if word.strip()]
    return list(dict.fromkeys(words))[:8]


def attacks(pattern: str) -> list[tuple[str, str, str]]:
    """A beginning, what is repeated, and an end that fits nothing."""
    words = words_of(pattern)
    repeated = [
        "a",
        "1",
        " ",
        "\t",
        "_",
        "1_",
        "a 1_",
        "(",
        "=",
        "\n",
        " \n",
        '"',
        "-",
        "a,",
        ";",
        "\\",
        "\x1b[1m",
        "#",
        "'",
        "[1,",
    ]
    starts = ["", *words, "a", "1_1_", "#", '"', "["]
    ends = ["\0", "\n\0", "!"]
    every = [(start, part, end) for start, part, end in product(starts, [*repeated, *words], ends)]
    return [(start, part, end) for start, part, end in every if start or end == "\0" or part in words]


def seconds(pattern: re.Pattern[str] | re.Pattern[bytes], way: str, text: str) -> float:
    data = text.encode() if isinstance(pattern.pattern, bytes) else text
    use = getattr(pattern, "search" if way == "compile" else way)
    began = process_time()
    if way == "sub":
        use(b"" if isinstance(data, bytes) else "", data)
    elif way == "finditer":
        list(use(data))
    else:
        use(data)
        if way == "compile":
            pattern.match(data)  # type: ignore[arg-type]
            pattern.fullmatch(data)  # type: ignore[arg-type]
            pattern.findall(data)  # type: ignore[arg-type]
    return process_time() - began


@pytest.mark.parametrize(("place", "pattern", "way"), PATTERNS, ids=[f"{place} {way}" for place, _, way in PATTERNS])
def test_a_pattern_is_linear(place: str, pattern: re.Pattern[str] | re.Pattern[bytes], way: str) -> None:
    """Eight times the text takes about eight times as long, and where the work grows with the square, 64 times."""
    source = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    for start, part, end in attacks(source):
        short, long = (start + part * (size // len(part)) + end for size in (4_000, 32_000))
        slow = seconds(pattern, way, long)
        if slow > 0.02:  # what is fast at this size is not worth a second look
            fast = min(seconds(pattern, way, short) for _ in range(3))
            again = min(slow, seconds(pattern, way, long), seconds(pattern, way, long))
            assert again < 28 * fast + 0.01, f"{place}: {part!r} after {start!r}: {fast:.4f} s, then {again:.4f} s"


def test_quadratic_work_would_be_noticed() -> None:
    with pytest.raises(AssertionError, match="'1'"):
        test_a_pattern_is_linear("here", re.compile(r"\d+x"), "search")
