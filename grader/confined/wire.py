"""The closed format in which questions go to the worker and values come back.

It lies beside student code and needs the standard library and NumPy alone. There is no pickle and no object dtype. A
value is encoded as two byte strings:

header
    the structure: tags, lengths, dictionary keys, dtypes and shapes, integers and strings;
payload
    the numbers of floats, NumPy scalars and arrays, each padded to eight bytes.

Two values with equal headers have the same structure, shapes and dtypes, so a reply that is right
is recognised by comparing bytes (and, where rounding differs, one vectorised subtraction).

Only exact builtin and NumPy types are values. Subclasses of the builtin ones are reduced by the methods
of the base class, so that a subclass cannot lie about its content. A tensor
of a framework is an array with a mark (:class:`~grader.confined.kinds.Tensor`), what an iterator gives a
list with one (:class:`~grader.confined.kinds.Yielded`), and an array of texts a list. Everything else is *opaque*: it stays
where it is and travels as a handle with the name of its type.
See ``docs/design/wire.md``.
"""

from __future__ import annotations

import math
import struct
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

import numpy as np

from . import kinds
from .kinds import Code, Framework, Opaque, Path, Ref, Tensor, Unset, WireError, Yielded, reach

__all__ = [
    "Decoder", "Encoded", "beside", "decode", "encode", "in_order", "pack", "packed", "taken", "type_name_of", "unpack",
]  # fmt: skip


MAX_DEPTH = 32
MAX_NODES = 200_000
MAX_BYTES = 64 * 2**20
MAX_DIMENSIONS = 32
MAX_NAME = 40  # of a framework
# What a reply may hold besides: text goes into messages, and keys can be chosen so that all have one hash.
MAX_TEXT = 10_000
MAX_KEYS = 1_000


# Set in a worker whose assignment is about a framework; elsewhere tensors are arrays.
FRAMEWORK: Framework | None = None


class Encoded(NamedTuple):
    """A value as bytes; equal values of equal type have equal bytes (``-0.0`` and NaN aside)."""

    header: bytes
    payload: bytes


_U32 = struct.Struct("<I")
_F64 = struct.Struct("<d")
_C128 = struct.Struct("<dd")
_PAD = [bytes(n) for n in range(8)]
_LISTS = frozenset({Yielded, range, deque, type({}.keys()), type({}.values()), type({}.items())})  # what is one in a reply
_ARRAY_KINDS = frozenset("biufc")
_SCALARS = frozenset(
    t
    for t in set(np.sctypeDict.values())
    if np.dtype(t).kind in _ARRAY_KINDS  # exact types only
)


def _padded(data: bytes) -> bytes:
    return data + _PAD[-len(data) % 8]


def _dtype_code(dtype: np.dtype[Any]) -> bytes:
    return f"{dtype.kind}{dtype.itemsize}".encode().ljust(3)


# What the hot path looks up instead of working out: codes of dtypes and back, and the dimensions' format.
_CODES = {np.dtype(t): _dtype_code(np.dtype(t)) for t in _SCALARS}
_DTYPES = {code: np.dtype(code.decode().strip()) for code in _CODES.values()}
_DIMENSIONS = [struct.Struct(f"<B{n}q") for n in range(MAX_DIMENSIONS + 1)]
_SHAPES = [struct.Struct(f"<{n}q") for n in range(MAX_DIMENSIONS + 1)]
_FLOAT64 = np.dtype(np.float64)
_FLOAT_HEADERS: dict[tuple[int, ...], bytes] = {}  # of arrays of float64, by shape
_LAYOUTS: dict[bytes, tuple[np.dtype[Any], tuple[int, ...], int]] = {}  # of an array's header: dtype, shape, padded bytes
_LARGE = 1 << 15  # bytes of an array from which a copy that can be saved is
_REMEMBERED = 4_096


def _remember(table: dict[Any, Any], key: Any, value: Any) -> None:
    """Keep what was worked out, but never without bound: a reply may hold any number of shapes."""
    if len(table) >= _REMEMBERED:
        table.clear()
    table[key] = value


def _check_shape(shape: tuple[int, ...]) -> None:
    """Raise WireError where an array has no numbers, and so no bytes, but dimensions that somebody would walk through.

    A shape such as (0, 2**58) costs nothing to send, and an author's loop over its columns never ends: so the product
    of the dimensions is bounded with zeros counted as ones.
    """
    if len(shape) > MAX_DIMENSIONS:
        raise WireError(f"the value holds an array of more than {MAX_DIMENSIONS} dimensions")
    if 0 in shape:
        count = 1
        for n in shape:
            count *= n or 1
        if count > MAX_NODES:
            raise WireError(f"the value holds an array without numbers, of shape {shape}")


def _fits_64_bits(value: int) -> bool:
    """Whether NumPy has an integer for it; beyond, arithmetic with it would leave the numbers."""
    return -(1 << 63) <= value < 1 << 64


def in_order(items: list[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    """The members of a dictionary as a reply has them: sorted where all keys are text."""
    return sorted(items, key=_key_of) if all(type(key) is str for key, _ in items) else items


def _key_of(item: tuple[str, Any]) -> str:
    return item[0]


class _Encoder:
    __slots__ = ("header", "nbytes", "nodes", "opaque", "payload")

    def __init__(self, opaque: Callable[[Any], int] | None) -> None:
        self.header: list[bytes] = []
        self.payload: list[bytes | memoryview] = []
        self.nodes = 0
        self.nbytes = 0
        self.opaque = opaque

    def put(self, values: Sequence[Any], depth: int) -> None:
        """Values in a row; the common kinds in one loop, because a call for each costs more than its work."""
        self.nodes += len(values)
        if self.nodes > MAX_NODES:
            raise WireError(f"the value has more than {MAX_NODES} parts")
        for value in values:
            kind = type(value)
            if kind is np.ndarray:
                if value.dtype is _FLOAT64 and value.ndim:
                    self.floats(value)
                else:
                    self.array(value, depth)
            elif kind is str:
                self.text(value)
            elif kind is tuple:
                self.sequence(b"t", value, depth)
            elif kind is dict:
                self.mapping(value, depth)
            elif kind is float:
                self.header.append(b"f")
                self.payload.append(_F64.pack(value))
            elif kind is np.float64 and self.opaque is not None:
                self.header.append(b"f")  # a reply: one form for every scalar of double precision
                self.payload.append(value.tobytes())
            elif kind is bool or (kind is np.bool_ and self.opaque is not None):
                self.header.append(b"T" if value else b"F")
            elif kind in _SCALARS:
                self.header.append(b"g" + _dtype_code(value.dtype))
                self.payload.append(_padded(value.tobytes()))
            elif kind is int:
                self.integer(value)
            elif value is None:
                self.header.append(b"N")
            else:
                self.other(value, depth)

    def other(self, value: Any, depth: int) -> None:
        kind = type(value)
        if kind is list:
            self.sequence(b"l", value, depth)
        elif self.opaque is not None and kind in _LISTS:
            self.sequence(b"y" if kind is Yielded else b"l", list(islice(value, MAX_NODES + 1)), depth)
        elif kind is complex:
            self.header.append(b"c")
            self.payload.append(_C128.pack(value.real, value.imag))
        elif issubclass(kind, set | frozenset):
            self.members((set if issubclass(kind, set) else frozenset).__iter__(value), depth)
        elif issubclass(kind, dict):
            self.mapping(value, depth)
        elif issubclass(kind, tuple):
            self.sequence(b"t", tuple(tuple.__iter__(value)), depth)
        elif issubclass(kind, list):
            self.sequence(b"l", list(list.__iter__(value)), depth)
        elif issubclass(kind, float | int):
            self.put((float.__float__(value) if issubclass(kind, float) else int.__int__(value),), depth)
        elif issubclass(kind, str):
            self.text(str.__str__(value))
        elif kind is Ref:
            self.header.append(b"r" + _U32.pack(value.step))
            self.put((tuple(value.path),), depth + 1)
        elif kind is Code:
            self.sized(b"k", value.name.encode())
            self.put((tuple(value.args),), depth + 1)
        elif kind is Unset:
            self.header.append(b"u")
        elif (tensor := value if kind is Tensor else FRAMEWORK.read(value) if FRAMEWORK else None) is not None:
            self.tensor(tensor)
        else:
            self.handle(value)

    def text(self, value: str) -> None:
        data = value.encode("utf-8", "surrogatepass")
        size = len(data)
        if self.opaque is not None and size > MAX_TEXT:
            raise WireError(f"the value holds a text of more than {MAX_TEXT} bytes")
        self.nbytes += size
        if self.nbytes > MAX_BYTES:
            self.grow(0)
        self.header.append(b"s" + _U32.pack(size) + data)

    def keys(self, tag: bytes, count: int) -> None:
        if self.opaque is not None and count > MAX_KEYS:
            raise WireError(f"the value holds a set or a dictionary of more than {MAX_KEYS} members")
        self.header.append(tag + _U32.pack(count))

    def sized(self, tag: bytes, data: bytes) -> None:
        self.grow(len(data))
        self.header.append(tag + _U32.pack(len(data)) + data)

    def grow(self, nbytes: int) -> None:
        self.nbytes += nbytes
        if self.nbytes > MAX_BYTES:
            raise WireError(f"the value is larger than {MAX_BYTES // 2**20} MiB")

    def integer(self, value: int) -> None:
        if not _fits_64_bits(value):
            raise WireError("the value holds an integer that does not fit into 64 bits")
        self.sized(b"i", b"%d" % value)

    def floats(self, value: Any) -> None:
        """What nearly all arrays are."""
        self.nbytes += value.nbytes  # before the bytes are made: a broadcast view may claim any number of them
        if self.nbytes > MAX_BYTES:
            self.grow(0)
        shape = value.shape
        header = _FLOAT_HEADERS.get(shape)
        if header is None:
            _check_shape(shape)
            header = b"a" + _CODES[_FLOAT64] + _DIMENSIONS[len(shape)].pack(len(shape), *shape)
            _remember(_FLOAT_HEADERS, shape, header)
        self.header.append(header)
        large = value.nbytes >= _LARGE and value.flags.c_contiguous  # these bytes are copied once, where all are joined
        self.payload.append(value.data.cast("B") if large else value.tobytes())

    def array(self, value: Any, depth: int) -> None:
        dtype = value.dtype
        reply = self.opaque is not None
        if reply and dtype.kind in "UT" and value.size <= MAX_NODES:
            _check_shape(value.shape)
            self.put((value.tolist(),), depth)
        elif dtype.kind not in _ARRAY_KINDS:
            self.handle(value)
        elif reply and not value.shape and dtype.kind == "b":
            self.header.append(b"T" if value else b"F")
        elif reply and not value.shape and dtype.newbyteorder("=") == np.float64:
            self.header.append(b"f")
            self.payload.append(value.astype(np.float64).tobytes())
        else:
            self.numbers(value)

    def numbers(self, value: Any) -> None:
        """The dtype, the shape and the bytes of an array of numbers."""
        dtype = value.dtype
        self.grow(value.nbytes)
        if not dtype.isnative:
            dtype = dtype.newbyteorder("=")
            value = value.astype(dtype)
        shape = value.shape
        _check_shape(shape)
        code = _CODES.get(dtype) or _dtype_code(dtype)
        self.header.append(b"a" + code + _DIMENSIONS[len(shape)].pack(len(shape), *shape))
        self.payload.append(_padded(value.tobytes()))

    def tensor(self, value: Tensor) -> None:
        if value.framework:
            self.sized(b"x" + (b"T" if value.requires_grad else b"F"), value.framework.encode())
        self.numbers(value)

    def sequence(self, tag: bytes, items: Any, depth: int) -> None:
        if depth >= MAX_DEPTH:
            raise WireError(f"the value is nested deeper than {MAX_DEPTH} levels")
        self.header.append(tag + _U32.pack(len(items)))
        self.put(items, depth + 1)

    def mapping(self, value: Any, depth: int) -> None:
        if depth >= MAX_DEPTH:
            raise WireError(f"the value is nested deeper than {MAX_DEPTH} levels")
        items = list(dict.items(value))
        if self.opaque is not None:  # a reply: the order of keys is no part of it; questions keep theirs
            items = in_order([(str.__str__(key) if issubclass(type(key), str) else key, part) for key, part in items])
        self.keys(b"d", len(items))
        self.put([part for item in items for part in item], depth + 1)

    def members(self, items: Iterator[Any], depth: int) -> None:
        """A set, in the order of its members' bytes: no set order may reach a report."""
        if depth >= MAX_DEPTH:
            raise WireError(f"the value is nested deeper than {MAX_DEPTH} levels")
        parts = []
        for item in items:
            part = _Encoder(self.opaque)
            part.nodes = self.nodes  # one count for all: sets in sets could hold without end
            part.put((item,), depth + 1)
            self.nodes = part.nodes
            parts.append((b"".join(part.header), b"".join(part.payload)))
        parts.sort()
        self.keys(b"S", len(parts))
        for header, payload in parts:
            self.grow(len(header) + len(payload))
            self.header.append(header)
            self.payload.append(payload)

    def handle(self, value: Any) -> None:
        if type(value) is Opaque:
            number, name = value.handle, value.type_name
        elif self.opaque is None:
            raise WireError(f"a value of type {type(value).__name__} cannot be sent")
        else:
            number, name = self.opaque(value), type_name_of(type(value))
        array = np.ndarray.view(value, np.ndarray) if type(value) is np.matrix else None
        numbers = array is not None and array.dtype.kind in _ARRAY_KINDS
        self.header.append((b"m" if numbers else b"o") + _U32.pack(number))
        self.sized(b"", name.encode("utf-8", "replace")[:200])
        if numbers:
            self.put((array,), 0)


def type_name_of(kind: type) -> str:
    """The name by the type's own dictionary: a metaclass could lie, and run code, otherwise."""
    name = type.__dict__["__qualname__"].__get__(kind)
    try:
        module = type.__dict__["__module__"].__get__(kind)
    except AttributeError:
        module = None
    plain = type(module) is not str or module in ("builtins", "__main__", "submission", __name__, kinds.__name__)
    return str.__str__(name) if plain else f"{module}.{str.__str__(name)}"


def encode(value: Any, *, opaque: Callable[[Any], int] | None = None) -> Encoded:
    """Encode a value.

    Parameters
    ----------
    value
        Anything. What is not a value is opaque.
    opaque
        Called with each opaque object, returns its handle; without it an opaque object is an error. Given
        for replies only, which are brought into one form: keys of dictionaries are sorted, a scalar
        of double precision is a float and a truth value a bool, whether it came as such, as a NumPy scalar or as an array
        of shape (), and arrays of texts, ranges and views of dictionaries are lists.

    Raises
    ------
    WireError
        When the value is too large, nested too deeply (a list that contains itself), has too many
        parts, or is opaque and handles are not wanted.
    """
    encoder = _Encoder(opaque)
    encoder.put((value,), 0)
    return Encoded(b"".join(encoder.header), b"".join(encoder.payload))


def _as_key(part: Any) -> Any:
    """A part as the key of a dictionary, or as the member of a set: a set is one that does not change."""
    if isinstance(part, tuple):
        return tuple(map(_as_key, part))
    return frozenset(part) if isinstance(part, set) else part


_ARRAY, _FLOAT, _TEXT, _TUPLE, _DICT, _INTEGER, _LIST = b"afstdil"


def _dtype(code: bytes) -> np.dtype[Any]:
    if code not in _DTYPES:
        raise WireError(f"dtype {code!r} is not allowed")
    return _DTYPES[code]


def _layout(header: bytes) -> tuple[np.dtype[Any], tuple[int, ...], int]:
    """What the header of an array says: dtype, shape and bytes, padded to eight."""
    dtype = _dtype(header[1:4])
    ndim = header[4]
    if ndim > MAX_DIMENSIONS:
        raise WireError("too many dimensions")
    shape = _SHAPES[ndim].unpack_from(header, 5)
    if min(shape, default=0) < 0:
        raise WireError("negative dimension")
    _check_shape(shape)
    nbytes = math.prod(shape) * dtype.itemsize
    layout = dtype, shape, nbytes + (-nbytes % 8)
    _remember(_LAYOUTS, header, layout)
    return layout


class Decoder:
    """Reads one value, and knows afterwards what of it has been overwritten."""

    __slots__ = ("arrays", "at", "buffer", "code", "dicts", "header", "lists", "nodes", "offset", "payload", "ref", "reply")

    def __init__(self, encoded: Encoded, ref: Any, code: Any, reply: bool = False) -> None:
        self.header = encoded.header
        self.payload = encoded.payload
        self.buffer = bytearray(encoded.payload)  # NumPy looks into one faster than into bytes
        self.at = 0
        self.offset = 0
        self.nodes = 0
        self.ref = ref
        self.code = code
        self.reply = reply
        self.arrays: list[tuple[Any, int, tuple[int, ...]]] = []
        self.lists: list[tuple[list[Any], list[Any]]] = []
        self.dicts: list[tuple[dict[Any, Any], list[Any]]] = []

    def u32(self) -> int:
        (number,) = _U32.unpack_from(self.header, self.at)
        self.at += 4
        return int(number)

    def text(self, at: int, size: int) -> str:
        data = self.header[at : at + size]
        if len(data) != size:
            raise WireError("truncated text")
        if self.reply and size > MAX_TEXT:
            raise WireError(f"the value holds a text of more than {MAX_TEXT} bytes")
        return data.decode("utf-8", "replace")  # a lone surrogate could not be written to any report

    def sized(self) -> str:
        size = self.u32()
        self.at += size
        return self.text(self.at - size, size)

    def dtype(self) -> np.dtype[Any]:
        code = self.header[self.at : self.at + 3]
        self.at += 3
        return _dtype(code)

    def numbers(self, nbytes: int) -> int:
        start = self.offset
        self.offset += nbytes + (-nbytes % 8)
        if self.offset > len(self.payload):
            raise WireError("truncated payload")
        return start

    def get(self, depth: int = 0) -> Any:
        return self.parts(1, depth)[0]

    def parts(self, count: int, depth: int) -> list[Any]:
        """So many values in a row; the common kinds in one loop, because a call for each costs more than its work."""
        self.nodes += count
        if self.nodes > MAX_NODES or depth > MAX_DEPTH + 1:
            raise WireError("too many parts or levels")
        header, payload, at, offset = self.header, self.buffer, self.at, self.offset
        layouts, ndarray, arrays, length = _LAYOUTS, np.ndarray, self.arrays, len(self.buffer)
        found: list[Any] = []
        for _ in range(count):
            tag = header[at]
            value: Any
            if tag == _ARRAY:
                start, end = offset, at + 5 + 8 * header[at + 4]
                dtype, shape, nbytes = layouts.get(header[at:end]) or _layout(header[at:end])
                at, offset = end, start + nbytes
                if offset > length:
                    raise WireError("truncated payload")
                if nbytes:  # a copy owns its memory, is writable, and shows nothing of its neighbours
                    value = ndarray(shape, dtype, payload, start).copy()
                    arrays.append((value, start, shape))
                else:
                    value = np.zeros(shape, dtype)
            elif tag == _FLOAT:
                value = _F64.unpack_from(payload, offset)[0]
                at, offset = at + 1, offset + 8
            elif tag == _TEXT:
                size = _U32.unpack_from(header, at + 1)[0]
                value, at = self.text(at + 5, size), at + 5 + size
            elif tag == _TUPLE:
                self.at, self.offset = at + 5, offset
                value = tuple(self.parts(_U32.unpack_from(header, at + 1)[0], depth + 1))
                at, offset = self.at, self.offset
            else:
                self.at, self.offset = at + 1, offset
                value = self.other(tag, depth)
                at, offset = self.at, self.offset
            found.append(value)
        self.at, self.offset = at, offset
        return found

    def other(self, tag: int, depth: int) -> Any:
        if tag == _DICT:
            parts = self.parts(2 * self.keys(), depth + 1)
            made = dict(zip(map(_as_key, parts[::2]), parts[1::2], strict=True))
            self.dicts.append((made, parts[::2]))
            return made
        if tag == _INTEGER:
            return self.integer()
        if tag == _LIST:
            items = self.parts(self.u32(), depth + 1)
            self.lists.append((items, items.copy()))
            return items
        return self.rare(bytes((tag,)), depth)

    def rare(self, tag: bytes, depth: int) -> Any:
        if tag in b"TF":
            return tag == b"T"
        if tag == b"N":
            return None
        if tag == b"g":
            dtype = self.dtype()
            return np.frombuffer(self.payload, dtype, 1, self.numbers(dtype.itemsize))[0]
        if tag == b"c":
            return complex(*_C128.unpack_from(self.payload, self.numbers(16)))
        if tag == b"S":
            return set(map(_as_key, self.parts(self.keys(), depth + 1)))
        if tag == b"y":
            return Yielded(self.parts(self.u32(), depth + 1))
        if tag == b"u":
            return Unset()
        if tag == b"o":
            return Opaque(self.u32(), self.sized())
        if tag == b"m":
            number, name, array = self.u32(), self.sized(), self.get(depth + 1)
            if not isinstance(array, np.ndarray):
                raise WireError("an array of a type of its own without numbers")
            return Opaque(number, name, array)
        if tag == b"x":
            return self.tensor(depth)
        if tag == b"r" and self.ref is not None:
            return self.ref(Ref(self.u32(), self.get(depth + 1)))
        if tag == b"k" and self.code is not None:
            return self.code(Code(self.sized(), self.get(depth + 1)))
        raise WireError(f"unexpected tag {tag!r}")

    def tensor(self, depth: int) -> Any:
        """An array with its mark, or in a worker the framework's tensor that shares its memory."""
        self.at += 1
        requires_grad = self.header[self.at - 1 : self.at] == b"T"
        framework, kept = self.sized(), len(self.arrays)
        array = self.get(depth + 1)
        if len(framework) > MAX_NAME or not isinstance(array, np.ndarray):
            raise WireError("a tensor without a name or without numbers")
        made = Tensor(array, framework, requires_grad)
        self.arrays[kept:] = [(made, start, shape) for _, start, shape in self.arrays[kept:]]
        return made if FRAMEWORK is None else FRAMEWORK.make(made)

    def integer(self) -> int:
        text = self.sized()
        value = int(text) if len(text) <= 20 else 1 << 64
        if not _fits_64_bits(value):
            raise WireError("the value holds an integer that does not fit into 64 bits")
        return value

    def mutated(self) -> list[int]:
        """Which of the decoded arrays (by order) no longer hold what was sent; lists come after them, and dictionaries last.

        A dictionary has changed where a key is gone: its keys may be bound to other values, and have others beside them.
        """
        changed = [
            number
            for number, (value, start, shape) in enumerate(self.arrays)
            if value.shape != shape or value.tobytes() != self.payload[start : start + value.nbytes]
        ]
        for number, (now, before) in enumerate(self.lists, len(self.arrays)):
            if len(now) != len(before) or any(a is not b for a, b in zip(now, before, strict=True)):
                changed.append(number)
        for number, (held, keys) in enumerate(self.dicts, len(self.arrays) + len(self.lists)):
            if any(key not in held for key in keys):
                changed.append(number)
        return changed

    def keys(self) -> int:
        count = self.u32()
        if self.reply and count > MAX_KEYS:
            raise WireError(f"the value holds a set or a dictionary of more than {MAX_KEYS} members")
        return count


def decode(
    encoded: Encoded,
    *,
    ref: Callable[[Ref], Any] | None = None,
    code: Callable[[Code], Any] | None = None,
    reply: bool = False,
) -> Any:
    """Decode a value; ``ref`` and ``code`` resolve what only a question may contain.

    ``reply`` holds the value to the tighter bounds of what comes back from a worker.

    Raises
    ------
    WireError
        On any bytes that :func:`encode` does not produce.
    """
    if len(encoded.header) + len(encoded.payload) > 2 * MAX_BYTES:
        raise WireError("the message is too large")
    decoder = Decoder(encoded, ref, code, reply)
    try:
        value = decoder.get()
    except WireError:
        raise
    except (struct.error, ValueError, TypeError, IndexError, OverflowError, MemoryError, RecursionError) as e:
        raise WireError(f"malformed value: {type(e).__name__}") from None
    if decoder.at != len(encoded.header) or decoder.offset != len(encoded.payload):
        raise WireError("bytes left over after the value")
    return value


def taken(value: Any) -> Any:
    """A result with what its iterators give in their place; of one without an end so much that no reply holds it."""
    if type(value) is tuple:
        return tuple(map(taken, value)) if any(isinstance(part, tuple | Iterator) for part in value) else value
    return Yielded(islice(value, MAX_NODES + 1)) if isinstance(value, Iterator) else value


def beside(value: Any, args: tuple[Any, ...], places: tuple[Path, ...]) -> Any:
    """The result of a call with what it left behind; the result alone where there are no places, :func:`taken` in any case.

    A place is the number of an argument and a path into it. The number -1 stands for the result, and ``(-1, "*")`` for
    the parts of one that should be a tuple. What is not there is :class:`Unset`.
    """
    value = taken(value)
    if not places:
        return value
    found: list[Any] = []
    for number, *path in places:
        if path == ["*"]:
            found += value if isinstance(value, tuple | list) else [value]
            continue
        try:
            found.append(reach(value if number < 0 else args[number], tuple(path)))
        except Exception:
            found.append(Unset())
    return tuple(found)


_PAIR = struct.Struct("<II")


def packed(encoded: Encoded) -> tuple[bytes, bytes, bytes]:
    """What :func:`pack` joins: the two lengths, header and payload."""
    return _PAIR.pack(len(encoded.header), len(encoded.payload)), encoded.header, encoded.payload


def pack(encoded: Encoded) -> bytes:
    """An encoded value as one byte string with its two lengths in front."""
    return b"".join(packed(encoded))


def unpack(data: bytes | memoryview, at: int = 0) -> tuple[Encoded, int]:
    """The encoded value that starts at ``at``, and the position behind it."""
    try:
        nheader, npayload = _PAIR.unpack_from(data, at)
    except struct.error:
        raise WireError("truncated message") from None
    middle = at + 8 + nheader
    end = middle + npayload
    if end > len(data):
        raise WireError("truncated message")
    return Encoded(bytes(data[at + 8 : middle]), bytes(data[middle:end])), end
