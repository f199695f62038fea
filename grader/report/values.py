"""Values of a counterexample as small tables, for text and HTML alike.

A counterexample carries plain JSON data: null, booleans, numbers, strings, or an object with one telling
key (``array`` with ``dtype`` and ``shape``, ``tuple``, ``list``, ``dict``, ``set``, ``float``, ``complex``,
``opaque``, ``error``, ``function``, ``result``). :func:`view` turns it into three kinds of node, each bounded in size and
made of inert strings; :func:`text_lines` lays a node out for a terminal, the HTML templates as tables.
Data of any other form (another version's, or damaged) is shown as it is and never raises.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from grader.report import texts
from grader.report.escape import clip, plain

__all__ = [
    "PLAIN",
    "Grid",
    "Group",
    "Node",
    "Scalar",
    "Style",
    "difference",
    "index_in",
    "style_for",
    "text_lines",
    "value_lines",
    "view",
]

MAX_CELLS = 8  # rows and columns of one table
MAX_ITEMS = 24  # items of one tuple or dictionary
MAX_DEPTH = 6
MAX_TEXT = 300

Index = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Scalar:
    """One number, string, or a word such as ``None``."""

    text: str
    marked: bool = False
    kind: ClassVar[str] = "scalar"


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of cells; the columns' and rows' own indices say what was left out between them."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Scalar, ...]], ...]
    bare: bool = False  # one-dimensional: the row has no index
    kind: ClassVar[str] = "grid"


@dataclass(frozen=True, slots=True)
class Group:
    """A tuple, dictionary, set or the slices of an array: labelled values."""

    caption: str
    items: tuple[tuple[str, Node], ...]
    kind: ClassVar[str] = "group"


Node = Scalar | Grid | Group


@dataclass(frozen=True, slots=True)
class Style:
    """How to write values: significant digits, the place to mark, the most columns of a table."""

    digits: int = 6
    mark: Index | None = None
    columns: int = MAX_CELLS


PLAIN = Style()


def index_in(where: str) -> Index | None:
    """The array index at the end of a place, if it has one.

    >>> index_in("dW[1, 0]"), index_in("cost"), index_in('caches[2]["Z"]')
    ((1, 0), None, None)
    """
    match = re.search(r"\[(\d+(?:, ?\d+)*),?\]$", where)
    return tuple(int(n) for n in match[1].split(",")) if match else None


def style_for(expected: Any, got: Any, where: str) -> Style:
    """Mark the place of the difference, with as many digits as it takes to see it there.

    >>> style_for(0.5, 0.50000001, "cost").digits
    8
    """
    mark = index_in(where)
    one, other = _element(expected, mark), _element(got, mark)
    digits = 6
    if _is_number(one) and _is_number(other) and one != other:
        while digits < 17 and _number(one, digits) == _number(other, digits):
            digits += 1
    return Style(digits=digits, mark=mark)


def difference(expected: Any, got: Any, where: str) -> tuple[str, str] | None:
    """The two elements at the place of the difference as text; None when there is no such pair.

    >>> difference({"array": [1.0, 2.0], "shape": [2]}, {"array": [1.0, -2.0], "shape": [2]}, "z[1]")
    ('2', '-2')
    """
    style = style_for(expected, got, where)
    pair = [_element(value, style.mark) for value in (expected, got)]
    if not all(item is None or isinstance(item, bool | int | float | str) for item in pair):
        return None
    if style.mark is not None and None in pair:
        return None
    return _leaf(pair[0], style.digits), _leaf(pair[1], style.digits)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _element(value: Any, mark: Index | None) -> Any:
    if mark is None or not isinstance(value, Mapping):
        return value
    item: Any = value.get("array")
    for i in mark:
        if not isinstance(item, list) or i >= len(item):
            return None
        item = item[i]
    return item


def _number(value: float, digits: int) -> str:
    if isinstance(value, int):
        return clip(str(value), 40) if abs(value) < 10**40 else f"about 1e{value.bit_length() * 0.30103:.0f}"
    return f"{value:.{digits}g}"


def _leaf(value: Any, digits: int) -> str:
    """One element of an array; complex numbers stand as a pair."""
    if value is None or isinstance(value, bool):
        return str(value)
    if isinstance(value, int | float):
        return _number(value, digits)
    if isinstance(value, list) and len(value) == 2 and all(_is_number(part) for part in value):
        return f"{_number(value[0], digits)}{'-' if value[1] < 0 else '+'}{_number(abs(value[1]), digits)}j"
    return plain(clip(value if isinstance(value, str) else _dump(value), 40))


def _dump(value: Any) -> str:
    return json.dumps(value, default=lambda o: type(o).__name__, ensure_ascii=False)


def view(value: Any, style: Style = PLAIN, depth: int = 0) -> Node:
    """The node that shows one value.

    Examples
    --------
    >>> view({"array": [1.5, "nan"], "dtype": "float64", "shape": [2]}).caption
    'shape (2,), float64'
    >>> view({"tuple": [1, None]}).items
    (('[0]', Scalar(text='1', marked=False)), ('[1]', Scalar(text='None', marked=False)))
    """
    if value is None or isinstance(value, bool | int | float):
        return Scalar(_leaf(value, style.digits))
    if isinstance(value, str):
        return Scalar(plain(clip(repr(value), MAX_TEXT)))
    if not isinstance(value, Mapping) or not value or depth > MAX_DEPTH:
        return Scalar(plain(clip(_dump(value), MAX_TEXT)))
    return _object(value, style, depth)


def _object(value: Mapping[str, Any], style: Style, depth: int) -> Node:
    match value:
        case {"array": data, "shape": [*shape]} if all(type(n) is int for n in shape):
            return _array(data, tuple(shape), str(value.get("dtype", "")), style)
        case {"tuple": [*items]} | {"list": [*items]}:
            kind = "tuple" if "tuple" in value else "list"
            return _group(kind, [(f"[{i}]", item) for i, item in enumerate(items)], style, depth)
        case {"set": [*items]}:
            return _group("set", [("", item) for item in items], style, depth)
        case {"dict": [*pairs]} if all(isinstance(p, list | tuple) and len(p) == 2 for p in pairs):
            return _group("dict", [(_key(key), item) for key, item in pairs], style, depth)
        case {"float": str(word)}:
            return Scalar(plain(clip(word, MAX_TEXT)))
        case {"complex": [_, _] as pair}:
            return Scalar(_leaf(pair, style.digits))
        case {"opaque": str(name)}:
            return Scalar(texts.opaque(plain(clip(name, MAX_TEXT))))
        case {"result": str(text)}:
            return Scalar(plain(clip(text, MAX_TEXT)))
        case {"function": str(name)}:
            return Scalar(texts.function(plain(clip(name, MAX_TEXT))))
        case {"error": str(name)}:
            parts = [plain(clip(str(value.get(key) or ""), MAX_TEXT)) for key in ("message", "origin")]
            return Scalar(texts.raised(plain(name), *parts))
    return Scalar(plain(clip(_dump(value), MAX_TEXT)))


def _key(key: Any) -> str:
    node = view(key, depth=MAX_DEPTH)
    return f"[{node.text}]" if isinstance(node, Scalar) else "[…]"


def _group(kind: str, items: Sequence[tuple[str, Any]], style: Style, depth: int) -> Group:
    shown = [(label, view(item, style, depth + 1)) for label, item in items[:MAX_ITEMS]]
    if len(items) > MAX_ITEMS:
        shown.append(("…", Scalar(texts.more_items(len(items) - MAX_ITEMS))))
    return Group(texts.container(kind, len(items)), tuple(shown))


def _array(data: Any, shape: tuple[int, ...], dtype: str, style: Style) -> Node:
    caption = texts.array(shape, plain(clip(dtype, 40)))
    if 0 in shape:
        return Scalar(texts.empty(caption))
    mark = style.mark if style.mark is not None and len(style.mark) == len(shape) else None
    if len(shape) > 2:
        return _slices(data, shape, dtype, Style(style.digits, mark, style.columns))
    if not shape:
        return Scalar(f"{_leaf(data, style.digits)} ({caption})", marked=mark is not None)
    rows = data if len(shape) == 2 else [data]
    return _grid(rows, shape, caption, Style(style.digits, mark, style.columns))


def _slices(data: Any, shape: tuple[int, ...], dtype: str, style: Style) -> Group:
    """More than two dimensions: a labelled table per index of the first."""
    items: list[tuple[str, Node]] = []
    for i in _shown(shape[0], style.mark[0] if style.mark else None, 4):
        if i < 0:
            items.append(("…", Scalar("")))
            continue
        mark = style.mark[1:] if style.mark and style.mark[0] == i else None
        inner = Style(style.digits, mark, style.columns)
        items.append((f"[{i}]", _array(_at(data, i), shape[1:], dtype, inner)))
    return Group(texts.array(shape, plain(clip(dtype, 40))), tuple(items))


def _grid(rows: Any, shape: tuple[int, ...], caption: str, style: Style) -> Grid:
    height, width = (1, 1, *shape)[-2:]
    marked = (0, 0, *style.mark)[-2:] if style.mark is not None else None
    columns = _shown(width, marked[1] if marked else None, style.columns)

    def cell(i: int, j: int) -> Scalar:
        if i < 0 or j < 0:
            return Scalar("…")
        return Scalar(_leaf(_at(_at(rows, i), j), style.digits), marked=(i, j) == marked)

    shown_rows = _shown(height, marked[0] if marked else None, MAX_CELLS)
    return Grid(
        caption,
        columns=tuple(_index(j) for j in columns),
        rows=tuple((_index(i), tuple(cell(i, j) for j in columns)) for i in shown_rows),
        bare=len(shape) < 2,
    )


def _index(i: int) -> str:
    return str(i) if i >= 0 else "…"


def _at(items: Any, index: int) -> Any:
    return items[index] if isinstance(items, list | tuple) and 0 <= index < len(items) else None


def _shown(count: int, mark: int | None, limit: int) -> list[int]:
    """Which of `count` indices to show: all, or the first ones, the marked one and the last; -1 is a gap.

    >>> _shown(20, 11, 6)
    [0, 1, -1, 11, -1, 19]
    """
    if count <= limit:
        return list(range(count))
    keep = {*range(max(1, limit - 4)), count - 1}
    if mark is not None and mark < count:
        keep.add(mark)
    out: list[int] = []
    for i in sorted(keep):
        if out and i > out[-1] + 1:
            out.append(-1)
        out.append(i)
    return out


def text_lines(node: Node) -> list[str]:
    """A node as lines of text; a marked cell carries an asterisk."""
    if isinstance(node, Scalar):
        return [node.text]
    if isinstance(node, Grid):
        return _grid_lines(node)
    lines: list[str] = []
    for label, child in node.items:
        inner = text_lines(child)
        if isinstance(child, Scalar):
            lines.append(f"{label} {inner[0]}".strip())
        else:
            lines += [f"{label} {child.caption}".strip(), *(f"  {line}" for line in inner)]
    return lines


def _grid_lines(grid: Grid) -> list[str]:
    words = [[cell.text + ("*" if cell.marked else "") for cell in cells] for _, cells in grid.rows]
    widths = [max(map(len, column)) for column in zip(*words, strict=True)]
    body = ["  ".join(word.rjust(w) for word, w in zip(row, widths, strict=True)) for row in words]
    if grid.bare:
        return [f"[{body[0]}]"]
    last = len(body) - 1
    return [f"{' [' if i else '[['}{line}{']]' if i == last else ']'}" for i, line in enumerate(body)]


def value_lines(name: str, value: Any, style: Style, width: int) -> list[str]:
    """``name = …`` as lines no wider than `width`, with as many columns of each table as fit.

    Long words (a string, an exception's text) are left for the caller to wrap.
    """
    lines: list[str] = []
    for columns in range(style.columns, 1, -1):
        node = view(value, Style(style.digits, style.mark, columns))
        body = text_lines(node)
        if isinstance(node, Scalar):
            return [f"{name} = {body[0]}"]
        lines = [f"{name}: {node.caption}", *(f"  {line}" for line in body)]
        if max(map(len, lines)) <= width:
            break
    return lines
