"""Submissions of one or several files, loaded and called in a confined process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grader.confined.wire import decode, encode
from grader.sandbox.parent import Sandbox
from grader.sandbox.runner import Execution, Plan, Program, Raised, Returned
from grader.submission.reading import parse_files


def execute(sandbox: Sandbox, texts: Mapping[str, str] | str, *calls: tuple[Any, ...], **options: Any) -> Execution:
    """Load the files of a student (or a text, as ``hw.py``), and call ``f`` once for each tuple of arguments."""
    files = {"hw.py": texts} if isinstance(texts, str) else texts
    arities = {"f": len(calls[0]) if calls else 1}
    submission = parse_files("student", {path: text.encode() for path, text in files.items()}, arities)
    plans = [Plan("f", number, (("f", encode(call)),)) for number, call in enumerate(calls)]
    program = Program(submission.files, arities=submission.arities, wanted=("f",), **options)
    return sandbox.run(program, plans)


def outcome(sandbox: Sandbox, texts: Mapping[str, str] | str, *arguments: Any, **options: Any) -> Any:
    """What ``f`` returns, or the type and the message of what it raises."""
    execution = execute(sandbox, texts, arguments or (1,), **options)
    last = execution.outcomes[0][-1]
    if isinstance(last, Returned):
        return decode(last.value)
    if isinstance(last, Raised):
        return f"{last.type_name}: {last.message}"
    return last, execution.loaded
