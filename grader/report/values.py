"""Values of a counterexample as small tables, for text and HTML alike.

A counterexample carries plain JSON data: null, booleans, numbers, strings, or an object with one telling
key (``array`` with ``dtype`` and ``shape``, ``tuple``, ``list``, ``dict``, ``set``, ``float``, ``complex``,
``opaque``, ``error``, ``function``, ``result``). :func:`display_of` turns it into a line, a table or labelled
parts, each bounded in size and made of inert strings; :func:`text_lines` lays them out for a terminal, the HTML
templates as tables. Data of any other form (another version's, or damaged) is shown as it is and never raises.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from grader.report.escape import clip, plain

__all__ = [
    "PLAIN",
    "Block",
    "Parts",
    "Style",
    "Table",
    "Value",
    "compared",
    "display_of",
    "text_lines",
    "value_blocks",
    "value_lines",
]

MAX_CELLS = 8  # rows and columns of one table
MAX_SLICES = 4  # tables of an array with more than two dimensions
MAX_ITEMS = 24  # items of one tuple or dictionary
MAX_DEPTH = 6
MAX_TEXT = 300
MAX_ELEMENT = 40  # characters of one element of an array
ALL_ZERO = "all of zeros"
IN_ORDER = ", named in the order of the exercise"
ROW_BY_ROW = ", read line by line"
GAP = "…"  # stands for what was left out of the middle

Value = Any  # plain JSON data of a counterexample; docs/reference/json.md lists the forms
Index = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A vector or a matrix; the indices of columns and rows say what was left out between them."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    marked: Index | None = None  # row and column of the marked cell, counted in this table
    vector: bool = False  # its only row has no index
    long: bool = False  # a vector in several rows, each with the index of its first element


@dataclass(frozen=True, slots=True)
class Parts:
    """A tuple, dictionary, set or the slices of an array: labelled values."""

    caption: str
    items: tuple[tuple[str, Display], ...]


Display = str | Table | Parts
_BRACKETS = {"list": "[]", "tuple": "()"}


@dataclass(frozen=True, slots=True)
class Style:
    """How to write values: significant digits, the place to mark, the most columns of a table."""

    digits: int = 6
    mark: Index | None = None
    columns: int = MAX_CELLS


PLAIN = Style()


# The place where two values differ ----------------------------------------------------------------


def compared(expected: Value, got: Value, where: str) -> tuple[Style, tuple[str, str] | None]:
    """How to write two values that differ, and the two elements that differ as text where there is such a pair.

    The place of the difference is marked, with as many digits as it takes to see it there.

    >>> compared({"array": [1.0, 2.0], "shape": [2]}, {"array": [1.0, 2.0000001], "shape": [2]}, "z[1]")
    (Style(digits=8, mark=(1,), columns=8), ('2', '2.0000001'))
    """
    mark = _index_in(where)
    one, other = _element(expected, mark), _element(got, mark)
    digits = PLAIN.digits
    if one != other and {type(one), type(other)} <= {int, float}:
        while digits < 17 and _element_text(one, digits) == _element_text(other, digits):
            digits += 1
    style = Style(digits, mark)
    if any(isinstance(element, list | Mapping) or (mark and element is None) for element in (one, other)):
        return style, None
    return style, (_element_text(one, digits), _element_text(other, digits))


def _index_in(where: str) -> Index | None:
    """The array index at the end of a place, if it has one.

    >>> _index_in("dW[1, 0]"), _index_in("cost"), _index_in('caches[2]["Z"]')
    ((1, 0), None, None)
    """
    match = re.search(r"\[(\d+(?:, ?\d+)*),?\]$", where)
    return tuple(int(n) for n in match[1].split(",")) if match else None


def _element(value: Value, mark: Index | None) -> Value:
    """The marked element of an array, None where it has no such element; any other value as a whole."""
    if mark is None or not isinstance(value, Mapping):
        return value
    element = value.get("array")
    for i in mark:
        if not isinstance(element, list) or i >= len(element):
            return None
        element = element[i]
    return element


# Values as lines, tables and parts ----------------------------------------------------------------


def display_of(value: Value, style: Style = PLAIN, depth: int = 0) -> Display:
    """What is shown of one value.

    Examples
    --------
    >>> display_of({"array": [1.5, "nan"], "dtype": "float64", "shape": [2]}).caption
    'shape (2,), float64'
    >>> display_of({"tuple": [1, None]}).items
    (('[0]', '1'), ('[1]', 'None'))
    """
    match value:
        case None | bool() | int() | float():
            return _element_text(value, style.digits)
        case str():
            return _inert(repr(value))
        case {"array": data, "shape": [*shape]} if all(type(n) is int for n in shape) and _has_shape(data, shape):
            return _array(data, shape, plain(clip(str(value.get("dtype", "")), MAX_ELEMENT)), style)
        case {"tuple": [*items]} | {"list": [*items]} | {"iterator": [*items]} | {"set": [*items]} if depth <= MAX_DEPTH:
            kind = next(kind for kind in ("tuple", "list", "iterator", "set") if kind in value)
            names = value.get("names")
            if isinstance(names, list) and len(names) == len(items):
                named = [(plain(clip(str(name), MAX_ELEMENT)), item) for name, item in zip(names, items, strict=True)]
                return _parts(kind, named, style, depth, IN_ORDER)
            return _parts(kind, [("" if kind == "set" else f"[{i}]", x) for i, x in enumerate(items)], style, depth)
        case {"dict": [*pairs]} if depth <= MAX_DEPTH and all(isinstance(p, list) and len(p) == 2 for p in pairs):
            return _parts("dict", [(_key(key, depth), item) for key, item in pairs], style, depth)
    return _single(value, style)


def _single(value: Value, style: Style) -> str:
    """A value that is one line: a special number, something without plain data, or data of an unknown form."""
    match value:
        case {"float": str(text)} | {"result": str(text)}:
            return _inert(text)
        case {"complex": [real, imaginary]}:
            one, other = _element_text(real, style.digits), _element_text(imaginary, style.digits)
            return f"{one}{'' if other.startswith('-') else '+'}{other}j"
        case {"opaque": str(name)}:
            return _inert(name if name.startswith("array of shape") else f"an object of type {name}")
        case {"function": str(name)}:
            return _inert(name) if name.endswith(")") else f"the function {_inert(name)}"
        case {"error": str(name)}:
            message, origin = (_inert(str(value.get(key) or "")) for key in ("message", "origin"))
            return f"{_inert(name)}{message and f': {message}'}{origin and f' ({origin})'}"
    return _inert(_dump(value))


def _inert(text: str) -> str:
    return plain(clip(text, MAX_TEXT))


def _dump(value: Value) -> str:
    return json.dumps(value, default=lambda o: type(o).__name__, ensure_ascii=False)


def _element_text(value: Value, digits: int) -> str:
    """A number, or what stands in its place."""
    match value:
        case None | bool():
            return str(value)
        case int():
            # Python refuses to write an integer of more than 4,300 digits.
            return str(value) if abs(value) < 10**MAX_ELEMENT else f"about 1e{value.bit_length() * 0.30103:.0f}"
        case float():
            return f"{value + 0.0:.{digits}g}"  # no zero with a minus
    return plain(clip(value if isinstance(value, str) else _dump(value), MAX_ELEMENT))


def _key(key: Value, depth: int) -> str:
    display = display_of(key, depth=depth + 1)
    return f"[{display if isinstance(display, str) else GAP}]"


def _parts(kind: str, labelled: Sequence[tuple[str, Value]], style: Style, depth: int, named: str = "") -> Parts:
    items = [(label, display_of(item, style, depth + 1)) for label, item in labelled[:MAX_ITEMS]]
    if len(labelled) > MAX_ITEMS:
        items.append((GAP, _items(len(labelled) - MAX_ITEMS, "more item")))
    zeros = f", {ALL_ZERO}" if len(labelled) > 1 and all(_is_zero(item) for _, item in labelled) else ""
    return Parts(f"{kind} of {_items(len(labelled), 'item')}{named}{zeros}", tuple(items))


def _is_zero(value: Value) -> bool:
    """Whether a value has numbers, all of which are 0: where that is what matters, it is seen in the first line."""
    match value:
        case {"array": data, "shape": [*shape]} if all(type(n) is int for n in shape) and _has_shape(data, shape):
            numbers = data if shape else [data]
            for _ in shape[1:]:
                numbers = [number for part in numbers for number in part]
        case _:
            numbers = [value]
    return bool(numbers) and all(type(number) in (int, float) and number == 0 for number in numbers)


def _items(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"


def _has_shape(data: Value, shape: Sequence[int]) -> bool:
    """Whether nested lists are as long as the shape says."""
    if not shape:
        return True
    return isinstance(data, list) and len(data) == shape[0] and all(_has_shape(part, shape[1:]) for part in data)


def _array(data: Value, shape: Sequence[int], dtype: str, style: Style) -> Display:
    caption = f"shape {tuple(shape)}{dtype and f', {dtype}'}"
    if 0 in shape:
        return f"an empty array, {caption}"
    if not shape:
        return f"{_element_text(data, style.digits)} ({caption})"
    mark = style.mark
    if mark is not None and (len(mark) != len(shape) or any(i >= n for i, n in zip(mark, shape, strict=True))):
        mark = None
    if len(shape) <= 2:
        most = MAX_CELLS if shape[-1] == 1 else style.columns
        is_long = math.prod(shape) == max(shape) > most
        return (_long if is_long else _table)(data, shape, caption, replace(style, mark=mark))
    # More than two dimensions: labelled tables, and of one slice alone where all of them would be too many to read.
    items: list[tuple[str, Display]] = []
    for i in _indices(shape[0], mark[0] if mark else None, 1 if mark else MAX_SLICES // math.prod(shape[1:-2])):
        inner = replace(style, mark=mark[1:] if mark and mark[0] == i else None)
        items.append((GAP, "") if i < 0 else (f"[{i}]", _array(data[i], shape[1:], dtype, inner)))
    return Parts(caption, tuple(items))


def _table(data: Value, shape: Sequence[int], caption: str, style: Style) -> Table:
    matrix = data if len(shape) == 2 else [data]
    row, column = (0, *style.mark)[-2:] if style.mark else (None, None)
    rows = _indices(len(matrix), row, MAX_CELLS)
    columns = _indices(shape[-1], column, style.columns)

    def label(i: int) -> str:
        return GAP if i < 0 else str(i)

    def cell(i: int, j: int) -> str:
        return GAP if i < 0 or j < 0 else _element_text(matrix[i][j], style.digits)

    return Table(
        caption,
        columns=tuple(map(label, columns)),
        rows=tuple((label(i), tuple(cell(i, j) for j in columns)) for i in rows),
        marked=None if row is None or column is None else (rows.index(row), columns.index(column)),
        vector=len(shape) == 1,
    )


def _long(data: Value, shape: Sequence[int], caption: str, style: Style) -> Table:
    """A vector, row or column of more elements than a line takes, in rows with the index of the first element of each."""
    numbers = [number for part in data for number in part] if len(shape) == 2 else data
    cells = [_element_text(number, style.digits) for number in numbers]
    width, marked = style.columns, sum(style.mark) if style.mark else None  # of two indices one is 0
    starts = range(0, len(cells), width)
    padded = [*cells, *[""] * (width - 1)]
    rows = _indices(len(starts), None if marked is None else marked // width, MAX_CELLS)
    whole = {-1: (GAP, (GAP,) * width)} | {
        i: (str(start), tuple(padded[start : start + width])) for i, start in enumerate(starts)
    }
    return Table(
        caption + ROW_BY_ROW,
        columns=tuple(f"+{number}" if number else "" for number in range(width)),
        rows=tuple(whole[i] for i in rows),
        marked=None if marked is None else (rows.index(marked // width), marked % width),
        long=True,
    )


def _indices(count: int, mark: int | None, limit: int) -> list[int]:
    """Which of `count` indices to show: all, or the first ones, the marked one and the last; -1 is a gap.

    Where there is no room for three, the marked one is shown alone, or the first.

    >>> _indices(20, 11, 6), _indices(3, 1, 2)
    ([0, 1, -1, 11, -1, 19], [-1, 1, -1])
    """
    if count <= limit:
        return list(range(count))
    some = {*range(max(1, limit - 4)), count - 1} if limit > 2 else set[int]()
    indices: list[int] = []
    for i in sorted(some | {mark or 0}):
        if i > (indices[-1] if indices else -1) + 1:
            indices.append(-1)
        indices.append(i)
    return indices if indices[-1] == count - 1 else [*indices, -1]


# Lines of text ------------------------------------------------------------------------------------


def text_lines(display: Display) -> list[str]:
    """What is shown, as lines of text; a marked cell carries an asterisk."""
    if isinstance(display, str):
        return [display]
    if isinstance(display, Table):
        return _table_lines(display)
    lines: list[str] = []
    for label, part in display.items:
        if isinstance(part, str):
            lines.append(f"{label} {part}".strip())
        else:
            lines += [f"{label} {part.caption}".strip(), *(f"  {line}" for line in text_lines(part))]
    return lines


def _table_lines(table: Table) -> list[str]:
    words = [
        [text + ("*" if (i, j) == table.marked else "") for j, text in enumerate(cells)]
        for i, (_, cells) in enumerate(table.rows)
    ]
    widths = [max(map(len, column)) for column in zip(*words, strict=True)]
    body = ["  ".join(word.rjust(width) for word, width in zip(row, widths, strict=True)) for row in words]
    if table.vector:
        return [f"[{body[0]}]"]
    if table.long:
        starts = [f"[{label}]" if label != GAP else GAP for label, _ in table.rows]
        return [f"{start:<{max(map(len, starts))}}  {line}".rstrip() for start, line in zip(starts, body, strict=True)]
    last = len(body) - 1
    return [f"{' [' if i else '[['}{line}{']]' if i == last else ']'}" for i, line in enumerate(body)]


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that belong together: a value without parts, or the name of one with parts, which are blocks below it."""

    name: str
    lines: tuple[str, ...]
    depth: int


def value_blocks(name: str, value: Value, style: Style, width: int, *, dense: bool = False) -> list[Block]:
    """``name = …`` as lines no wider than `width`, with as many columns of each table as fit.

    Long words (a string, an exception's text) are left for the caller to wrap. ``dense``: a small matrix among the parts of
    a value takes one line, too.
    """
    blocks: list[Block] = []
    for columns in range(style.columns, 1, -1):
        display = display_of(value, replace(style, columns=columns))
        if isinstance(display, str):
            return [Block(name, (f"{name} = {display}",), 0)]
        blocks = list(_blocks(name, display, 0, width, dense))
        lines = [line for block in blocks for line in block.lines]
        if max(map(len, lines[1:] or lines)) <= width:  # a long name is wrapped
            break
    return blocks


def _blocks(name: str, display: Table | Parts, depth: int, width: int, dense: bool) -> Iterator[Block]:
    indent, colon = "  " * depth, ":" * (not depth)
    flat = _flat(display, matrix=dense and depth > 0)
    line = f"{indent}{name}{' =' * (not depth)} {flat}".rstrip()
    if flat and len(line) <= width:
        yield Block(name, (line,), depth)
        return
    head = f"{indent}{f'{name}{colon} {display.caption}'.strip()}"
    if isinstance(display, Table):
        yield Block(name, (head, *(f"{indent}  {line}" for line in text_lines(display))), depth)
        return
    yield Block(name, (head,), depth)
    for label, part in display.items:
        if isinstance(part, str):
            yield Block(label, (f"{indent}  {f'{label} {part}'.strip()}",), depth + 1)
        else:
            yield from _blocks(label, part, depth + 1, width, dense)


def _flat(display: Table | Parts, *, matrix: bool) -> str:
    """A vector, a row or a column, or a list of single values as Python writes it; empty where it takes more than a line."""
    if isinstance(display, Parts):
        brackets = _BRACKETS.get(display.caption.partition(" ")[0], "")
        words = [part for _, part in display.items if isinstance(part, str)]
        simple = len(words) == len(display.items) and all(re.fullmatch(r"\[\d+\]", label) for label, _ in display.items)
        comma = "," * (brackets == "()" and len(words) == 1)
        return f"{brackets[0]}{', '.join(words)}{comma}{brackets[1]}" if brackets and words and simple else ""
    if display.marked or display.long or (min(len(display.rows), len(display.columns)) > 1 and not matrix):
        return ""
    rows = [", ".join(cells) for _, cells in display.rows]
    return f"[{rows[0]}]  {display.caption}" if display.vector else f"[[{'], ['.join(rows)}]]  {display.caption}"


def value_lines(name: str, value: Value, style: Style, width: int) -> list[str]:
    """The lines of all blocks of a value."""
    return [line for block in value_blocks(name, value, style, width) for line in block.lines]
