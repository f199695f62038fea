"""The case file: what is written is what is read, and nothing else is read."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.confined.kinds import Code, Ref
from grader.confined.wire import Encoded, encode, pack
from grader.errors import SpecError
from grader.judging.cases import (
    Case,
    CaseFile,
    Expected,
    FunctionCases,
    MistakeText,
    forget_cases,
    from_bytes,
    load_cases,
    save_cases,
    to_bytes,
)
from grader.sandbox.runner import Plan
from tests import tiny

MAGIC = b"grader cases 4\n"


def same(one: CaseFile, two: CaseFile) -> bool:
    """Equal in content (cases are compared by identity otherwise)."""
    return to_bytes(one) == to_bytes(two)


def vars_of(plan: Plan) -> tuple[Any, ...]:
    return plan.function, plan.number, plan.steps, plan.given, plan.cpu_s, plan.packed


# -- round trips -----------------------------------------------------------------------------

TEXT = st.text(max_size=6)
VALUES: st.SearchStrategy[Encoded] = st.sampled_from(
    [1.5, (np.eye(2), {"a": None}), {"x"}, Ref(0, (1, "a")), (Code("make", (2,)),)]
).map(lambda value: encode(value))
STEPS = st.lists(st.tuples(TEXT, VALUES), min_size=1, max_size=2).map(tuple)
PLANS = st.builds(Plan, TEXT, st.integers(0, 9), STEPS, st.lists(st.tuples(TEXT, VALUES), max_size=1).map(tuple))
EXPECTED = st.builds(Expected, VALUES, st.lists(st.floats(0, 1), max_size=2).map(tuple))
CASES = st.builds(
    Case,
    TEXT,
    TEXT,
    TEXT,
    st.booleans(),
    PLANS,
    st.none() | PLANS,
    st.lists(EXPECTED, max_size=2).map(tuple),
    st.dictionaries(TEXT, VALUES | TEXT, max_size=2),
    st.none() | VALUES,
)
MISTAKES = st.dictionaries(TEXT, st.builds(MistakeText, TEXT, TEXT, TEXT), max_size=2)
FUNCTIONS = st.builds(
    FunctionCases,
    TEXT,
    st.integers(0, 9),
    st.lists(TEXT, max_size=2).map(tuple),
    st.lists(CASES, max_size=2).map(tuple),
    MISTAKES,
    st.frozensets(TEXT, max_size=2),
    st.integers(0, 9),
)
FILES = st.builds(
    CaseFile,
    TEXT,
    st.integers(0, 2**32),
    TEXT,
    st.lists(FUNCTIONS, max_size=2).map(lambda found: {f.name: f for f in found}),
)


@given(FILES)
def test_any_case_file_survives_the_way_to_bytes_and_back(cases: CaseFile) -> None:
    data = to_bytes(cases)
    again = from_bytes(data)
    assert to_bytes(again) == data
    assert again.digest == hashlib.sha256(data[len(MAGIC) + 65 :]).hexdigest()
    assert list(again.functions) == list(cases.functions)
    for name, function in cases.functions.items():
        mine = again.functions[name]
        assert (mine.arity, mine.parameters, mine.trivial, mine.dropped) == (
            function.arity,
            function.parameters,
            function.trivial,
            function.dropped,
        )
        assert mine.mistakes == function.mistakes
        for one, two in zip(mine.cases, function.cases, strict=True):
            assert (one.key, one.check, one.case_class, one.visible) == (
                two.key,
                two.check,
                two.case_class,
                two.visible,
            )
            assert (one.facts, one.mistakes) == (two.facts, two.mistakes)
            for mine_too, plan in ((one.plan, two.plan), (one.own, two.own)):
                assert (mine_too and vars_of(mine_too)) == (plan and vars_of(plan))


def test_drawn_cases_survive_the_way_to_the_disk_and_back(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "er" / "tiny.cases"
    saved = save_cases(tiny.cases(), path)
    assert len(saved.digest) == 64
    loaded = load_cases(path)
    assert loaded.digest == saved.digest
    assert same(loaded, tiny.cases())
    assert os.listdir(path.parent) == ["tiny.cases"]
    assert saved.arities["affine"] == 3


def test_an_old_file_is_replaced_in_one_step(tmp_path: Path) -> None:
    path = tmp_path / "tiny.cases"
    path.write_bytes(b"old")
    save_cases(tiny.cases(), path)
    assert same(load_cases(path), tiny.cases())


# -- what is refused -------------------------------------------------------------------------


def with_checksum(body: bytes) -> bytes:
    return MAGIC + hashlib.sha256(body).hexdigest().encode() + b"\n" + body


WHOLE = to_bytes(CaseFile("a", 0, "", {}))
DAMAGED = [
    (b"", "is not a case file of this version"),
    (b"grader cases 4\n", "is not a case file of this version"),
    (b"grader cases 0\n" + WHOLE[15:], "is not a case file of this version"),
    (b"PK\x03\x04" + bytes(200), "is not a case file of this version"),
    (WHOLE[:-1], "is damaged (its checksum does not match)"),
    (WHOLE + b"\0", "is damaged (its checksum does not match)"),
    (MAGIC + bytes(64) + b"\n" + WHOLE[80:], "is damaged (its checksum does not match)"),
    (with_checksum(b""), "cannot be read (truncated message)"),
    (with_checksum(pack(Encoded(b"?", b""))), "cannot be read (unexpected tag b'?')"),
    (with_checksum(pack(encode(3))), "cannot be read ("),
    (with_checksum(pack(encode(["a", 0, ""]))), "cannot be read ("),
    (with_checksum(pack(encode(["a", 0, "", [3]]))), "cannot be read ("),
    (with_checksum(pack(encode(["a", 0, "", [["f", 1, [], [[1] * 9], [], [], 0]]]))), "cannot be read ("),
]


@pytest.mark.parametrize(("data", "words"), DAMAGED)
def test_bytes_that_are_no_whole_case_file_are_refused(data: bytes, words: str) -> None:
    with pytest.raises(SpecError) as caught:
        from_bytes(data, "x.cases")
    assert str(caught.value).startswith(f"x.cases {words}")
    assert str(caught.value).endswith("run 'grader freeze' again (students: take the kit again)")


@pytest.mark.parametrize("at", [20, 200, -1])
def test_a_single_changed_byte_is_noticed(at: int) -> None:
    data = bytearray(to_bytes(tiny.cases()))
    data[at] ^= 1
    with pytest.raises(SpecError, match=r"is damaged|cannot be read"):
        from_bytes(bytes(data))


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"cannot read the case file .*absent.cases: No such file or directory"):
        load_cases(tmp_path / "absent.cases")


def test_a_case_file_holds_no_pickle() -> None:
    import pickletools

    def is_pickle(data: bytes) -> bool:
        try:
            return any(op.name == "REDUCE" for op, _, _ in pickletools.genops(data))
        except Exception:
            return False

    data = to_bytes(tiny.cases())
    assert not is_pickle(data)
    assert b"__reduce__" not in data


def test_the_digest_changes_with_the_content() -> None:
    def digest(**changes: Any) -> str:
        return from_bytes(
            to_bytes(CaseFile(**{"assignment": "a", "seed": 0, "fingerprint": "", "functions": {}, **changes}))
        ).digest

    found = {digest(), digest(assignment="b"), digest(seed=1), digest(fingerprint="x")}
    assert len(found) == 4
    assert digest() == digest()


def test_equal_files_are_one_value_until_they_are_forgotten(tmp_path: Path) -> None:
    paths = [tmp_path / f"{number}.cases" for number in range(2)]
    for path in paths:
        path.write_bytes(to_bytes(tiny.cases()))
    first = load_cases(paths[0])
    assert load_cases(paths[1]) is first
    forget_cases()
    assert load_cases(paths[0]) is not first


def test_few_files_are_kept_that_were_read(tmp_path: Path) -> None:
    def read(seed: int) -> CaseFile:
        path = tmp_path / f"{seed}.cases"
        path.write_bytes(to_bytes(CaseFile("a", seed, "", {})))
        return load_cases(path)

    forget_cases()
    first, second, *_ = map(read, range(5))
    assert read(1) is second
    assert read(0) is not first
