"""Who is in the class, and which of them a name or number on a file belongs to.

A roster is any CSV file with an id and a name or an e-mail address per student: a list of one's own, the
gradebook that Canvas exports, the grading worksheet of Moodle, Gradescope's roster. Every column that
holds an identifier is kept, so that a roster with a ``github`` column names the owners of repositories.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.intake.csv import SheetError, read_sheet
from grader.intake.tree import a_few

__all__ = ["NOT_LISTED", "Person", "Roster", "find", "goes_by", "name_key", "read_roster", "roster_of"]

NOT_LISTED = "not on the list"

# Titles of columns as lower-case words, the preferred one first.
_TITLES = {
    "id": (
        "id", "student id", "sid", "student number", "matriculation number", "matrikelnummer", "id number",
        "sis user id", "org defined id", "user id", "identifier", "user name", "username", "login", "net id",
        "netid", "sis login id", "github", "github user name", "github username",
    ),
    "name": ("name", "full name", "student name", "student"),
    "first": ("first name", "given name", "firstname", "forename"),
    "last": ("last name", "surname", "family name", "lastname"),
    "email": ("email", "e mail", "email address", "e mail address", "mail"),
    "extension": ("extension", "extended due date", "extension until"),
    "submitted": ("submitted", "submitted at", "submission time", "last modified submission"),
}  # fmt: skip
_EMAIL = re.compile(r"[^@\s]{1,200}@[^@\s]{1,200}\.[^@\s]{1,60}")
_ALIAS = re.compile(r"\b(id|sid|login|user|username|github|gitlab|netid|number|identifier|matrikelnummer)\b")


@dataclass(frozen=True, slots=True)
class Person:
    """One student; ``aliases`` are further identifiers (logins, platform numbers).

    ``extension`` is what the list grants (a date, or a time such as "3 days"), ``submitted`` when the platform
    that wrote the list received the work.
    """

    id: str
    name: str = ""
    email: str = ""
    aliases: tuple[str, ...] = ()
    extension: str = ""
    submitted: str = ""


@dataclass(frozen=True, slots=True)
class Roster:
    """The students of a class, with what is needed to find them; made by :func:`roster_of`."""

    people: tuple[Person, ...]
    by_key: Mapping[str, Sequence[int]]
    by_name: Mapping[str, Sequence[int]]
    messages: tuple[str, ...] = ()


def roster_of(people: Sequence[Person], messages: Sequence[str] = ()) -> Roster:
    """Index people by identifiers and by name."""
    by_key: dict[str, list[int]] = {}
    by_name: dict[str, list[int]] = {}
    for index, person in enumerate(people):
        for key in {_key(text) for text in (person.id, person.email, *person.aliases)} - {""}:
            by_key.setdefault(key, []).append(index)
        for name in _name_keys(person.name):
            by_name.setdefault(name, []).append(index)
    return Roster(tuple(people), by_key, by_name, tuple(messages))


def find(roster: Roster, keys: Iterable[str | None], names: Iterable[str | None] = ()) -> int | str:
    """The index of the one person that the identifiers and names belong to.

    Nobody is guessed: an identifier or name that belongs to two people identifies neither, and one that
    says another person than the rest (a number that two systems gave to different people) is a conflict.

    Returns
    -------
    int or str
        The index into ``roster.people``; a string says why nobody was found.

    Examples
    --------
    >>> roster = roster_of([Person("s1", "Doe, Jane", "jane@uni.edu"), Person("s2", "John Roe")])
    >>> find(roster, ["JANE@uni.edu"]), find(roster, [], ["doejane"]), find(roster, ["s3"])
    (0, 0, 'not on the list')
    >>> find(roster, ["s1"], ["Roe, John"])
    "'s1' is Doe, Jane, but 'Roe, John' is John Roe"
    """
    lookups = [(key, goes_by(roster, key)) for key in keys if key]
    lookups += [(name, roster.by_name.get(name_key(name), [])) for name in names if name]
    first: tuple[str, int] | None = None
    for text, people in lookups:
        if len(people) == 1 and first is None:
            first = text, people[0]
        elif len(people) == 1 and first is not None and people[0] != first[1]:
            one, other = roster.people[first[1]], roster.people[people[0]]
            return f"{first[0]!r} is {one.name or one.id}, but {text!r} is {other.name or other.id}"
    if first is not None:
        return first[1]
    shared = [(text, people) for text, people in lookups if people]
    if not shared:
        return NOT_LISTED
    text, people = shared[0]
    return f"{len(people)} people on the list go by {text!r}: {a_few([roster.people[i].id for i in people])}"


def goes_by(roster: Roster, identifier: str) -> Sequence[int]:
    """Who has an identifier: as it is written if anybody has, else whatever its case."""
    people = roster.by_key.get(_key(identifier), [])
    exactly = [i for i in people if identifier in (roster.people[i].id, roster.people[i].email, *roster.people[i].aliases)]
    return exactly or people


def read_roster(path: Path) -> Roster:
    """Read a class list (CSV with a header row: id, name or first and last name, e-mail, further ids).

    Raises
    ------
    SheetError
        When the file is not CSV or its header names neither an identifier nor an e-mail address.
    """
    first_row, *rows = read_sheet(path).rows
    header = [_words(cell) for cell in first_row]
    column = {what: next((header.index(t) for t in titles if t in header), None) for what, titles in _TITLES.items()}
    if column["id"] is None and column["email"] is None:
        raise SheetError(f"{path}: expected a header with a column 'id' or 'email', found {', '.join(first_row)[:200]!r}")
    also = [i for i, words in enumerate(header) if i != column["id"] and _ALIAS.search(words)]
    people: dict[str, Person] = {}
    messages = []
    for number, row in enumerate(rows, 2):
        if not any(cell.strip() for cell in row) or "points possible" in row[0].lower():
            continue
        person = _person(row, column, also)
        if not person.id:
            messages.append(f"roster row {number} has no identifier and was left out")
        elif person.id in people:
            messages.append(f"roster row {number} repeats the identifier {person.id!r} and was left out")
        else:
            people[person.id] = person
    return roster_of(list(people.values()), messages)


def _person(row: Sequence[str], column: Mapping[str, int | None], also: Sequence[int]) -> Person:
    def cell(index: int | None) -> str:
        return row[index].strip() if index is not None and index < len(row) else ""

    name = cell(column["name"]) or f"{cell(column['first'])} {cell(column['last'])}".strip()
    email = cell(column["email"])
    ids = [cell(column["id"]), *(cell(index) for index in also)]
    # Moodle writes "Participant 4711" (in the language of the site) and names files by the number alone.
    ids += [match[1] for text in ids if (match := re.fullmatch(r"\D+?(\d+)", text)) and " " in text]
    email = email or next((text for text in ids if _EMAIL.fullmatch(text)), "")  # Canvas: often the login
    main = ids[0] or email
    aliases = tuple(dict.fromkeys(i for i in ids if i and i != main))
    return Person(main, name, email, aliases, cell(column["extension"]), cell(column["submitted"]))


def _words(header: str) -> str:
    """A column's title as lower-case words: ``SIS_Login-ID`` and ``SisLoginId`` alike."""
    split = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", header)
    return " ".join(re.findall(r"[^\W_]+", split.casefold()))


def _key(identifier: str) -> str:
    return unicodedata.normalize("NFKC", identifier).strip().casefold()


def _tokens(name: str) -> list[str]:
    """The words of a name without case, accents and punctuation (platforms drop them in file names)."""
    folded = unicodedata.normalize("NFKD", name).casefold()
    words = ("".join(c for c in word if c.isalnum()) for word in re.split(r"[\s,_]+", folded))
    return [word for word in words if word]


def name_key(name: str) -> str:
    """A name without case, accents and the order of its words.

    >>> name_key("Müller, Zoë") == name_key("zoe MULLER")
    True
    """
    return " ".join(sorted(_tokens(name)))


def _name_keys(name: str) -> set[str]:
    """A name in any order of its words, and run together from any of them on (Canvas: ``doejane``)."""
    words = _tokens(name)
    if not words:
        return set()
    return {name_key(name)} | {"".join(words[i:] + words[:i]) for i in range(len(words))}
