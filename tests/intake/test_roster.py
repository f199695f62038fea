"""Class lists: which columns are understood, and that nobody is guessed."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.intake.csv import SheetError
from grader.intake.roster import Person, Roster, find, read_roster, roster_of

CANVAS = 'Student,ID,SIS User ID,SIS Login ID,Section,HW (9)\n    Points Possible,,,,,10\n"Doe, Jane",7,u7,janed,A,5\n'


def roster(tmp_path: Path, text: str) -> Roster:
    path = tmp_path / "class.csv"
    path.write_bytes(text.encode())
    return read_roster(path)


@pytest.mark.parametrize(
    ("text", "person"),
    [
        ("id,name,email\ns1,Jane Doe,j@u.edu\n", Person("s1", "Jane Doe", "j@u.edu")),
        ("\ufeffStudent_ID;Full Name;E-Mail\ns1;Jane Doe;j@u.edu\n", Person("s1", "Jane Doe", "j@u.edu")),
        ("First Name,Last Name,SID,Email\nJane,Doe,s1,j@u.edu\n", Person("s1", "Jane Doe", "j@u.edu")),
        ("email,name\nj@u.edu,Jane Doe\n", Person("j@u.edu", "Jane Doe", "j@u.edu")),
        ("id,name,GitHub username\ns1,Jane Doe,janed\n", Person("s1", "Jane Doe", "", ("janed",))),
        (
            CANVAS,
            Person("7", "Doe, Jane", "", ("u7", "janed")),
        ),
        (CANVAS.replace("janed", "j@u.edu"), Person("7", "Doe, Jane", "j@u.edu", ("u7", "j@u.edu"))),
        (
            "Identifier,Full name,Email address\nParticipant 4711,Jane Doe,j@u.edu\n",
            Person("Participant 4711", "Jane Doe", "j@u.edu", ("4711",)),
        ),
    ],
)
def test_class_lists_of_many_systems_are_understood(tmp_path: Path, text: str, person: Person) -> None:
    assert roster(tmp_path, text).people == (person,)


@pytest.mark.parametrize(
    ("keys", "names"),
    [
        (["S1"], []),
        ([" s1 "], []),
        (["JANE@uni.edu"], []),
        (["janed"], []),
        ([], ["Jane Doe"]),
        ([], ["doe, jane"]),
        ([], ["doejane"]),
        ([], ["janedoe"]),
        ([], ["Jané Doe"]),
        (["unknown", None, ""], ["Doe Jane"]),
    ],
)
def test_a_student_is_found_by_every_identifier_and_spelling(keys: list[str | None], names: list[str]) -> None:
    people = roster_of([Person("s0", "Ann Lee"), Person("s1", "Doe, Jane", "jane@uni.edu", ("janed",))])
    assert find(people, keys, names) == 1


@pytest.mark.parametrize(
    ("keys", "names", "why"),
    [
        (["s9"], [], "not on the list"),
        ([], ["Kim Lee"], "2 people on the list go by 'Kim Lee': s1, s2"),
        (["7"], [], "2 people on the list go by '7': s1, 7"),
        (["s1"], ["Ann Roe"], "'s1' is Kim Lee, but 'Ann Roe' is Ann Roe"),
        (["s1", "s3"], [], "'s1' is Kim Lee, but 's3' is Ann Roe"),
    ],
)
def test_nobody_is_guessed(keys: list[str], names: list[str], why: str) -> None:
    people = roster_of([Person("s1", "Kim Lee", "", ("7",)), Person("s2", "Lee, Kim"), Person("s3", "Ann Roe"), Person("7")])
    assert find(people, keys, names) == why


def test_a_shared_name_is_settled_by_an_identifier() -> None:
    people = roster_of([Person("s1", "Kim Lee"), Person("s2", "Kim Lee")])
    assert find(people, ["s2"], ["Kim Lee"]) == 1


def test_rows_that_name_nobody_are_told(tmp_path: Path) -> None:
    found = roster(tmp_path, "id,name\n,Nobody\ns1,Jane\n\ns1,Twice\n")
    assert [person.id for person in found.people] == ["s1"]
    assert found.messages == (
        "roster row 2 has no identifier and was left out",
        "roster row 5 repeats the identifier 's1' and was left out",
    )


def test_a_header_without_an_identifier_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SheetError, match="expected a header with a column 'id' or 'email', found 'name, mark'"):
        roster(tmp_path, "name,mark\nJane,3\n")


_WORDS = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=8)


@given(people=st.lists(st.tuples(_WORDS, _WORDS, _WORDS), min_size=1, max_size=8))
def test_whoever_is_found_bears_the_identifier_or_name(people: list[tuple[str, str, str]]) -> None:
    made = roster_of([Person(i, f"{last}, {first}") for i, first, last in people])
    for number, (key, first, last) in enumerate(people):
        by_id, by_name = find(made, [key]), find(made, [], [f"{first} {last}"])
        assert by_id == number or isinstance(by_id, str)
        assert by_name == number or isinstance(by_name, str)
        if len(people) == 1:
            assert (by_id, by_name) == (0, 0)
