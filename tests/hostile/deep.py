"""Texts that a parser may stumble over. Run as a program, it reads each and prints its slowest and what came of it.

It needs nothing but the standard library, so that any Python can run it.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from itertools import product
from pathlib import Path

SHAPES = {
    "parentheses": lambda n: "(" * n + "1" + ")" * n,
    "brackets": lambda n: "[" * n + "]" * n,
    "open braces": lambda n: "{" * n,
    "open brackets": lambda n: "[" * n,
    "minus": lambda n: "-" * n + "1",
    "not": lambda n: "not " * n + "1",
    "attributes": lambda n: "a" + ".a" * n,
    "calls": lambda n: "a" + "()" * n,
    "subscripts": lambda n: "a" + "[0]" * n,
    "sum": lambda n: "1" + "+1" * n,
    "powers": lambda n: "1" + "**1" * n,
    "comparisons": lambda n: "1" + "<1" * n,
    "lambdas": lambda n: "lambda:" * n + "1",
    "conditions": lambda n: "1 if 1 else " * n + "1",
    "elif": lambda n: "if 1:\n a = 1\n" + "elif 1:\n a = 1\n" * n,
    "await": lambda n: "await " * n + "1",
    "f-string braces": lambda n: 'f"' + "{" * n + "}" * n + '"',
    "f-string parts": lambda n: 'f"' + "{1}" * min(n, 20_000) + '"',
    "texts side by side": lambda n: '"a" ' * n,
    "targets": lambda n: "a=" * n + "1",
    "dictionaries": lambda n: "{1:" * n + "1" + "}" * n,
    "comprehensions": lambda n: "[" * n + "a for a in b" + " for a in b]" * n,
    "broken calls": lambda n: "f(" * n + "a b" + ")" * n,
    "broken keywords": lambda n: "f(a=" * n + "b" + ")" * n + " c d",
    "patterns": lambda n: "match a:\n case " + "[" * n + "a" + "]" * n + ": pass",
    "digits": lambda n: "9" * n,
    "one name": lambda n: "a" * n,
    "null bytes": lambda n: "a\x00" * n,
    "spaces": lambda n: " " * n + "(",
    "comments": lambda n: "#\n" * n + "(",
    "decorators": lambda n: "@a\n" * n + "def f(): pass",
    "statements on a line": lambda n: "a=1;" * n,
    "broken lines": lambda n: "a b\n" * n,
    "lines of magics": lambda n: "%a\n" * n + "(",
    "backslashes": lambda n: "\\\n" * n,
    "triple quotes": lambda n: '"""\n' * (2 * (n // 2) + 1),
    "dots of an import": lambda n: "import " + ".".join("a" * n),
    "dots on many lines": lambda n: "from a" + ".\\\n a" * n + " import b",
    "walrus": lambda n: "(a:=" * n + "1" + ")" * n,
}
AROUND = {
    "alone": "{}",
    "assigned": "x = {}",
    "second": "a = 1; x = {}",
    "in a function": "def f(x):\n  return {}",
    "tried": "try:\n x = {}\nexcept E: pass",
}
SIZES = (95, 700, 12_000)  # the depths at which parsers and recursion give up, and far beyond


def texts(everywhere: bool) -> Iterator[tuple[str, str]]:
    """Every shape in every size and every place, with a name; the largest one in a single place, the next shape in the next.

    ``everywhere`` puts the largest into every place, too, which takes four times as long.
    """
    for turn, (name, shape) in enumerate(SHAPES.items()):
        for size, (at, (place, around)) in product(SIZES, enumerate(AROUND.items())):
            if everywhere or size < SIZES[-1] or at == turn % len(AROUND):
                yield f"{name} {size} {place}", around.replace("{}", shape(size), 1)


def main() -> None:
    """Read every text; the last line is the slowest one and how long it took."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    from grader.errors import SubmissionError
    from grader.submission.reading import parse_submission

    slowest = (0.0, "")
    for name, text in texts("everywhere" in sys.argv):
        began = time.process_time()
        try:
            parse_submission("deep.py", ".py", text.encode("utf-8", "surrogatepass"), {"f": 1, "x": 1})
        except SubmissionError:
            pass
        except BaseException as error:
            print(f"{name}: {type(error).__name__}")
        slowest = max(slowest, (time.process_time() - began, name))
    print(f"{slowest[0]:.2f} s: {slowest[1]}")


if __name__ == "__main__":
    main()
