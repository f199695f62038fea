"""What goes in comes out, and no bytes at all make the decoder do anything but give a value or refuse."""

from __future__ import annotations

import contextlib
import math
import random
import struct
from collections import OrderedDict, namedtuple
from enum import IntEnum, StrEnum
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader.confined import wire
from grader.confined.kinds import Code, Opaque, Ref, Tensor, Unset, WireError
from grader.confined.wire import Encoded, beside, decode, encode, pack, unpack

# -- round trips -------------------------------------------------------------------------

INTEGERS = st.integers(-(2**63), 2**64 - 1)
DTYPES = st.sampled_from("? i1 i2 i4 i8 u1 u2 u4 u8 f2 f4 f8 c8 c16 >f8 >i2".split())
ARRAYS = hnp.arrays(DTYPES, hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4))
SCALARS = DTYPES.flatmap(lambda code: hnp.arrays(code, (1,))).map(lambda array: array[0])
TEXT = st.text(st.characters(codec="utf-8"), max_size=20)
KEYS = st.one_of(TEXT, INTEGERS, st.booleans(), st.none(), st.tuples(TEXT, INTEGERS))
PLAIN = st.one_of(st.none(), st.booleans(), INTEGERS, st.floats(), st.complex_numbers(), TEXT, ARRAYS, SCALARS)
VALUES = st.recursive(
    PLAIN,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=4).map(tuple),
        st.dictionaries(KEYS, inner, max_size=4),
        st.sets(st.one_of(TEXT, INTEGERS, st.tuples(INTEGERS)), max_size=4),
    ),
    max_leaves=12,
)


def same(one: Any, other: Any) -> bool:
    """Equal in type, structure and bits (NaN and the sign of zero included)."""
    if isinstance(one, np.ndarray | np.generic):
        native = one.dtype.newbyteorder("=")
        return (
            type(other) is (np.ndarray if isinstance(one, np.ndarray) else type(one))
            and other.dtype == native
            and other.shape == one.shape
            and one.astype(native).tobytes() == other.tobytes()
        )
    if type(one) is not type(other):
        return False
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    if isinstance(one, float):
        return struct.pack("<d", one) == struct.pack("<d", other)
    if isinstance(one, complex):
        return same(one.real, other.real) and same(one.imag, other.imag)
    return bool(one == other)


@given(VALUES)
def test_a_value_comes_back_as_it_went(value: Any) -> None:
    assert same(value, decode(encode(value)))


@given(VALUES)
def test_a_reply_comes_back_with_the_same_content(value: Any) -> None:
    """A reply has one form: keys sorted, scalars of double precision as floats. A second trip changes nothing."""
    once = encode(value, opaque=lambda _: 0)
    again = encode(decode(once, reply=True), opaque=lambda _: 0)
    assert again == once


@given(st.lists(VALUES, max_size=3))
def test_packed_values_stand_one_behind_the_other(values: list[Any]) -> None:
    data = b"".join(pack(encode(value)) for value in values)
    at = 0
    for value in values:
        encoded, at = unpack(data, at)
        assert same(value, decode(encoded))
    assert at == len(data)


def test_arrays_come_back_with_memory_of_their_own() -> None:
    first, second = decode(encode((np.arange(3.0), np.arange(3.0))))
    first[:] = 7
    assert second.tolist() == [0, 1, 2]
    assert first.base is None or first.base.size == 3


def test_what_a_call_did_not_leave_behind_is_told_from_none() -> None:
    left = beside(0, ({"v": None},), ((-1,), (0, "v"), (0, "w")))
    assert decode(encode(left), reply=True) == (0, None, Unset())


def test_which_arguments_were_overwritten_is_known() -> None:
    question = wire.Decoder(encode(([1, 2], np.zeros(2), {"W": np.ones((2, 2))})), None, None)
    numbers, zeros, parameters = question.get()
    assert list(question.mutated()) == []
    parameters["W"][0, 0] = 5
    numbers.append(3)
    assert list(question.mutated()) == [1, 2]
    assert zeros.tolist() == [0, 0]


def test_a_dictionary_has_changed_where_a_key_is_gone() -> None:
    question = wire.Decoder(encode(({"W1": np.zeros(2), "b1": 1.0}, {"v": {"W1": 1, "b1": 2}})), None, None)
    parameters, state = question.get()
    parameters["W1"], parameters["more"] = np.ones(2), 5  # bound to another value, and a key beside the others
    assert list(question.mutated()) == []
    del parameters["b1"]
    state["v"].clear()
    assert list(question.mutated()) == [1, 2]


def test_a_text_of_a_subclass_is_a_text_whatever_it_says_of_itself() -> None:
    class Name(str):
        def __str__(self) -> str:
            return "another"

        def __eq__(self, other: object) -> bool:
            return True

        __hash__ = str.__hash__

    for opaque in (None, lambda _: 0):
        found = decode(encode([Name("relu"), {Name("b"): 1, Name("a"): 2}], opaque=opaque))
        assert (found, type(found[0]), {*map(type, found[1])}) == (["relu", {"b": 1, "a": 2}], str, {str})


def test_a_set_of_a_subclass_holds_what_the_base_class_says() -> None:
    class Liar(set):  # type: ignore[type-arg]
        def __iter__(self) -> Any:
            raise AssertionError("asked the liar")

        __len__ = __contains__ = __iter__

    class Frozen(frozenset):  # type: ignore[type-arg]
        pass

    class Word(StrEnum):
        bias = "high bias"

    found = decode(encode([Liar({1, 2}), Frozen({"a"}), {Word.bias}], opaque=lambda _: 0))
    assert found == [{1, 2}, {"a"}, {"high bias"}]
    assert all(type(part) is str for part in found[2])


def test_subclasses_are_reduced_by_the_methods_of_their_base_class() -> None:
    class Liar(dict):  # type: ignore[type-arg]
        def items(self) -> Any:
            raise AssertionError("asked the liar")

        __iter__ = __len__ = keys = items

    class Long(list):  # type: ignore[type-arg]
        def __len__(self) -> int:
            return 10**9

    class Rate(float):
        def __float__(self) -> float:
            return 0.0

    class Epoch(IntEnum):
        first = 1

    point = namedtuple("point", "x y")
    assert decode(encode([Liar(a=1), Long([1]), point(1, 2), OrderedDict(b=2)])) == [{"a": 1}, [1], (1, 2), {"b": 2}]
    numbers = decode(encode([Rate(2.5), Epoch.first], opaque=lambda _: 0))
    assert (numbers, list(map(type, numbers))) == ([2.5, 1], [float, int])


def test_references_and_code_go_to_the_worker_and_never_back() -> None:
    question = encode((Ref(1, (0, "W1")), Code("parabola", (2.0,))))
    assert decode(question, ref=lambda r: r, code=lambda c: c) == (Ref(1, (0, "W1")), Code("parabola", (2.0,)))
    with pytest.raises(WireError, match="unexpected tag"):
        decode(question)


@pytest.mark.parametrize("array", [np.ones((2, 3), np.float32), np.array(2.5), np.zeros((0, 2)), np.array([1, 2])])
def test_a_tensor_is_an_array_with_a_mark(array: Any) -> None:
    for requires_grad in (False, True):
        found = decode(encode([Tensor(array, "torch", requires_grad)], opaque=lambda _: 0), reply=True)[0]
        assert (type(found), found.framework, found.requires_grad) == (Tensor, "torch", requires_grad)
        assert (found.dtype, found.tolist()) == (array.dtype, array.tolist())


def test_what_is_computed_from_a_tensor_is_an_array() -> None:
    tensor = Tensor(np.ones(2), "torch", requires_grad=True)
    assert [type(decode(encode(part))) for part in (tensor + 1, tensor[:1])] == [np.ndarray] * 2


@pytest.mark.parametrize("forged", [b"xT\x05\0\0\0torchN", b"xT\xff\xff\xff\xfftorch", b"xFA\0\0\0" + b"t" * 65, b"x"])
def test_a_mark_without_numbers_or_with_a_name_without_end_is_refused(forged: bytes) -> None:
    numbers = encode(np.ones(2))
    with pytest.raises(WireError):
        decode(Encoded(forged + numbers.header, numbers.payload), reply=True)


class Named:
    """Something that is no value."""


def test_what_is_no_value_is_a_handle_with_the_name_of_its_type() -> None:
    kept: list[Any] = []

    def keep(thing: Any) -> int:
        kept.append(thing)
        return len(kept) - 1

    things = [
        Named(),
        np.zeros((1, 1)).view(np.ma.MaskedArray),
        np.array([object()]),
        np.zeros(2, "f8,i4"),
        len,
        b"bytes",
        1 << 9,
    ]
    found = decode(encode(things, opaque=keep), reply=True)
    names = [
        Named.__module__ + ".Named",
        "numpy.ma.MaskedArray",
        "numpy.ndarray",
        "numpy.ndarray",
        "builtin_function_or_method",
        "bytes",
    ]
    assert found == [*(Opaque(number, name) for number, name in enumerate(names)), 512]
    assert kept[0] is things[0]


def test_of_a_matrix_the_numbers_are_known_and_of_no_other_type_of_array() -> None:
    masked = np.ma.masked_array([1.5, 2.5], mask=[True, False])
    found = decode(encode((np.array([[1.5, 2.5]]).view(np.matrix), masked), opaque=lambda _: 7), reply=True)
    assert (found[0].handle, found[0].type_name, found[0].array.tolist()) == (7, "numpy.matrix", [[1.5, 2.5]])
    assert found[1].array is None
    other = encode((1.0,), opaque=lambda _: 7)
    with pytest.raises(WireError):
        decode(Encoded(b"m" + bytes(8) + other.header, other.payload), reply=True)


def test_a_handle_is_refused_where_none_is_wanted() -> None:
    with pytest.raises(WireError, match="Named cannot be sent"):
        encode(Named())


# -- bounds ------------------------------------------------------------------------------


def endless() -> list[Any]:
    found: list[Any] = []
    found.append(found)
    return found


def nested_sets(depth: int) -> frozenset[Any]:
    found: frozenset[Any] = frozenset()
    for number in range(depth):
        found = frozenset({found, (found, number)})
    return found


@pytest.mark.parametrize(
    ("value", "message"),
    [
        pytest.param(endless(), "nested deeper", id="a list that contains itself"),
        pytest.param([0.0] * (wire.MAX_NODES + 1), "more than 200000 parts", id="parts"),
        pytest.param(nested_sets(30), "parts|nested deeper", id="sets in sets"),
        pytest.param(np.broadcast_to(1.0, (10**6, 10**6)), "larger than 64 MiB", id="a broadcast array"),
        pytest.param("x" * (wire.MAX_TEXT + 1), "a text of more than", id="text"),
        pytest.param(dict.fromkeys(range(wire.MAX_KEYS + 1)), "more than 1000 members", id="keys"),
        pytest.param(set(range(wire.MAX_KEYS + 1)), "more than 1000 members", id="members"),
        pytest.param(1 << 64, "64 bits", id="a large integer"),
        pytest.param(-(1 << 63) - 1, "64 bits", id="a small integer"),
    ],
)
def test_a_reply_beyond_the_bounds_is_refused_where_it_is_made(value: Any, message: str) -> None:
    with pytest.raises(WireError, match=message):
        encode(value, opaque=lambda _: 0)


@pytest.mark.parametrize("value", ["x" * (wire.MAX_TEXT + 1), dict.fromkeys(range(wire.MAX_KEYS + 1)), set(range(2000))])
def test_questions_may_hold_what_replies_may_not(value: Any) -> None:
    assert decode(encode(value)) == value
    with pytest.raises(WireError, match="more than"):
        decode(encode(value), reply=True)


def header(*parts: bytes | int) -> bytes:
    return b"".join(part if isinstance(part, bytes) else struct.pack("<I", part) for part in parts)


@pytest.mark.parametrize(
    ("head", "payload"),
    [
        pytest.param(b"", b"", id="nothing"),
        pytest.param(b"?", b"", id="an unknown tag"),
        pytest.param(b"NN", b"", id="something behind the value"),
        pytest.param(b"N", bytes(8), id="payload behind the value"),
        pytest.param(b"f", bytes(7), id="half a float"),
        pytest.param(b"c", bytes(8), id="half a complex"),
        pytest.param(b"s\xff\xff\xff\xff", b"", id="text that is not there"),
        pytest.param(header(b"i", 1, b"x"), b"", id="an integer that is none"),
        pytest.param(header(b"i", 5000, b"9" * 5000), b"", id="an integer of 5,000 digits"),
        pytest.param(header(b"i", 20, b"99999999999999999999"), b"", id="an integer beyond 64 bits"),
        pytest.param(b"gf,f", bytes(8), id="a structured dtype"),
        pytest.param(b"ai,O\x01" + bytes(8), b"", id="an empty array of objects"),
        pytest.param(b"gint", bytes(8), id="a dtype by another name"),
        pytest.param(b"ab3 \x00", bytes(8), id="a dtype that does not exist"),
        pytest.param(b"aO8 \x00", bytes(8), id="object dtype"),
        pytest.param(b"af8 \x01" + struct.pack("<q", -1), b"", id="a negative dimension"),
        pytest.param(b"af8 \x02" + struct.pack("<qq", 1 << 40, 1 << 40), b"", id="a shape beyond everything"),
        pytest.param(b"af8 \x02" + struct.pack("<qq", 1 << 62, 0), b"", id="an empty shape beyond everything"),
        pytest.param(b"af8 \xff" + bytes(8 * 255), b"", id="255 dimensions"),
        pytest.param(b"af8 \x02" + bytes(8), b"", id="half a shape"),
        pytest.param(header(b"l", 0xFFFFFFFF), b"", id="a list of four thousand million"),
        pytest.param(header(b"l", 10**6) + b"N" * 10**6, b"", id="a million parts"),
        pytest.param(header(b"l", 1) * 10**5 + b"N", b"", id="a list in a list, 100,000 times"),
        pytest.param(header(b"d", 1, b"l", 0, b"N"), b"", id="a list as a key"),
        pytest.param(header(b"S", 1, b"d", 0), b"", id="a dictionary in a set"),
        pytest.param(header(b"o", 0, 300, b"x" * 299), b"", id="a handle whose name breaks off"),
        pytest.param(header(b"r", 0, b"t", 0), b"", id="a reference"),
        pytest.param(header(b"k", 1, b"x", b"t", 0), b"", id="code"),
    ],
)
def test_bytes_that_are_no_value_are_refused(head: bytes, payload: bytes) -> None:
    with pytest.raises(WireError):
        decode(Encoded(head, payload))


@pytest.mark.parametrize("data", [b"", b"\0" * 7, struct.pack("<II", 5, 0), struct.pack("<II", 0xFFFFFFFF, 0xFFFFFFFF)])
def test_a_packed_value_that_breaks_off_is_refused(data: bytes) -> None:
    with pytest.raises(WireError, match="truncated"):
        unpack(data)


def test_a_lone_surrogate_does_not_reach_the_parent() -> None:
    text = decode(encode(("\udc80", {"\ud800": 1}), opaque=lambda _: 0), reply=True)
    assert str(text).encode("utf-8")


# -- fuzzing -----------------------------------------------------------------------------

SEEDS = [
    (np.arange(6.0).reshape(2, 3), {"W1": np.eye(2), "b1": np.zeros((2, 1))}, [1, "two", None]),
    {"a": (1, 2.5, True, 3 + 4j), "set": {1, 2}, "text": "\u00e4\u20ac"},
    [np.float32(1), np.int8(-3), np.bool_(True), np.zeros((0, 5)), np.zeros(()), [[[[()]]]]],
    (Opaque(3, "Model"), np.array([1 + 2j]), b"".decode(), -(2**63), 2**64 - 1),
]


def finite_work(value: Any) -> int:
    """Walk a decoded value the way judges do; counts its parts."""
    if isinstance(value, dict):
        return sum(finite_work(key) + finite_work(part) for key, part in value.items())
    if isinstance(value, list | tuple | set):
        return sum(map(finite_work, value))
    if isinstance(value, np.ndarray | np.generic):
        assert value.dtype.kind in "biufc"
        assert value.nbytes <= 10**7
    else:
        assert isinstance(value, bool | int | float | complex | str | Opaque | Unset | None.__class__)
        assert not isinstance(value, float) or math.isnan(value) or value == value
    return 1


@pytest.mark.parametrize("seed", range(len(SEEDS)))
def test_flipped_bytes_give_a_value_or_are_refused(seed: int) -> None:
    """Bytes flipped, cut out, doubled and lengthened: nothing else may come of it."""
    generator = random.Random(seed)
    original = encode(SEEDS[seed])
    refused = 0
    for _ in range(4000):
        head, payload = bytearray(original.header), bytearray(original.payload)
        for _ in range(generator.randint(1, 4)):
            part = head if generator.random() < 0.8 or not payload else payload
            at = generator.randrange(len(part))
            match generator.randrange(5):
                case 0:
                    part[at] = generator.randrange(256)
                case 1:
                    part[at] ^= 1 << generator.randrange(8)
                case 2:
                    del part[at : at + generator.randint(1, 4)]
                case 3:
                    part[at:at] = part[at : at + generator.randint(1, 9)]
                case _:
                    part[at : at + 4] = struct.pack("<I", generator.choice([0, 1, 255, 2**16, 2**31, 2**32 - 1]))
            if not part:
                part += b"\0"
        try:
            finite_work(decode(Encoded(bytes(head), bytes(payload)), reply=True))
        except WireError:
            refused += 1
    assert 0 < refused < 4000


@given(st.binary(max_size=200), st.binary(max_size=64))
def test_arbitrary_bytes_give_a_value_or_are_refused(head: bytes, payload: bytes) -> None:
    with contextlib.suppress(WireError):
        assert finite_work(decode(Encoded(head, payload), reply=True)) >= 0


@pytest.mark.parametrize("shape", [(0, 2**58), (300_000_000, 0), (2**40, 0, 2**40), (0,) * 33, (1,) * 33, (0, -1)])
def test_an_array_without_numbers_has_no_dimensions_without_end(shape: tuple[int, ...]) -> None:
    header = b"af8 " + struct.pack(f"<B{len(shape)}q", len(shape), *shape)
    for payload in (b"", bytes(8)):
        with pytest.raises(WireError):
            decode(Encoded(header, payload))
    if 0 <= min(shape) and math.prod(n or 1 for n in shape) < 2**60:  # beyond, NumPy has no such array
        with pytest.raises(WireError):
            encode(np.lib.stride_tricks.as_strided(np.zeros(1), shape, (0,) * len(shape)), opaque=lambda value: 0)


@pytest.mark.parametrize("shape", [(0,), (0, 5), (3, 0, 4), (200_000, 0), (1,) * 32])
def test_an_empty_array_of_usual_size_is_a_value(shape: tuple[int, ...]) -> None:
    again = decode(encode(np.zeros(shape)))
    assert (again.shape, again.dtype) == (shape, np.float64)
