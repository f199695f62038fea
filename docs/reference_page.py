"""Writes ``docs/reference/python.md`` from the docstrings: ``python docs/reference_page.py``; a test compares the two."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parent / "reference" / "python.md"
MODULES = {
    "Grade": ("grader", ["grade", "load_assignment"]),
    "Check in a notebook": ("grader.notebook", ["check"]),
    "Reports": ("grader.model", None),
    "Describe an assignment": ("grader.spec", None),
    "Draw inputs": ("grader.strategies", ["Draw"]),
    "Ready-made properties": ("grader.properties", None),
    "Random values": ("grader.distributions", None),
    "Training": ("grader.descent", None),
    "Many submissions": ("grader.grading.batch", None),
    "Where student code runs": ("grader.sandbox.runner", ["Runner", "Program", "Plan", "Returned", "Raised", "Stopped"]),
}
_ROLE = re.compile(r":(?:func|meth|class|mod|data|command|attr|exc):(`[^`]+`)")
_SECTION = re.compile(r"(?m)^(Parameters|Attributes|Returns|Raises|Notes|Examples|Yields)\n-+\n")


def page() -> str:
    """The text of the page."""
    parts = ["# Python\n\nWritten by `python docs/reference_page.py` from the docstrings."]
    for title, (name, wanted) in MODULES.items():
        module = importlib.import_module(name)
        parts.append(f"## {title}: `{name}`")
        if wanted is None:
            parts.append(_text(module.__doc__ or ""))
        for member in wanted or module.__all__:
            parts += _member(member, getattr(module, member))
    return "\n\n".join(part.strip() for part in parts if part.strip()) + "\n"


def _member(name: str, value: Any) -> Iterator[str]:
    if not callable(value) or not (value.__doc__ or "").strip():
        return
    yield f"### `{name}`"
    if inspect.isclass(value) or inspect.isfunction(value):
        yield _signature(name, value)
    yield _text(inspect.getdoc(value) or "")
    for method, function in vars(value).items() if inspect.isclass(value) else ():
        if inspect.isfunction(function) and not method.startswith("_") and function.__doc__:
            yield f"#### `{name}.{method}`\n\n{_signature(method, function)}\n\n{_text(inspect.getdoc(function) or '')}"


def _signature(name: str, value: Any) -> str:
    """The types and defaults of all parameters, one a line where they are many."""
    try:
        signature = inspect.signature(value)
    except ValueError:
        return ""
    keep = [p.replace(default=_default(p)) for p in signature.parameters.values() if p.name not in ("self", "_")]
    line = f"{name}{signature.replace(parameters=keep)}".replace("'", "")
    if len(line) > 100:
        shown = [str(p) for p in keep]
        named = [n for n, p in enumerate(keep) if p.kind is p.KEYWORD_ONLY]
        if named and not any(p.kind is p.VAR_POSITIONAL for p in keep):
            shown.insert(named[0], "*")
        inner = ",\n    ".join(shown)
        line = f"{name}(\n    {inner},\n)".replace("'", "")
    return f"```python\n{line}\n```"


class _Words(str):
    def __repr__(self) -> str:
        return str(self)


def _default(parameter: inspect.Parameter) -> Any:
    """A default in words where it is made anew for each object, or has an address."""
    default = parameter.default
    if default is inspect.Parameter.empty or isinstance(default, str | int | float | bool | type(None)):
        return _Words(f'"{default}"') if isinstance(default, str) else default
    if default == () or default == frozenset():
        return _Words("()")
    return _Words("...") if not dataclasses.is_dataclass(default) else _Words(f"{type(default).__name__}()")


def _text(doc: str) -> str:
    """A docstring as Markdown: sections as words in bold, their entries as a list."""
    doc = _ROLE.sub(r"\1", inspect.cleandoc(doc)).replace("``", "`")
    head, *sections = _SECTION.split(doc)
    parts = [head.strip()]
    for title, body in zip(sections[::2], sections[1::2], strict=True):
        if title == "Examples":
            parts.append(f"```python\n{body.strip()}\n```")
        else:
            parts.append(f"**{title}**\n\n{_entries(body)}")
    return "\n\n".join(parts)


def _entries(body: str) -> str:
    """Names with what is said of them, as a list; a text that names nothing stays one."""
    if not re.search(r"(?m)^\S.*\n {4}", body):
        return body.strip()
    lines = []
    for entry in re.split(r"(?m)^(?=\S)", body):
        name, _, rest = entry.partition("\n")
        if name.strip():
            lines.append(f"- `{name.strip()}`: {' '.join(rest.split())}".rstrip(": "))
    return "\n".join(lines)


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
