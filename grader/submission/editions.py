"""Which published form of an exercise a submission follows, told by its text and by the names that it defines."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field, replace
from typing import TYPE_CHECKING

from grader.errors import SubmissionError

if TYPE_CHECKING:  # the description of an assignment needs no reader of files
    from grader.submission.cells import Cells
    from grader.submission.need import Statement

__all__ = ["UNKNOWN", "Edition", "Exercise", "edition_of", "renamed"]

_MAX_TEXT = 2_000_000  # characters that are looked at


@dataclass(frozen=True)
class Edition:
    """One of several published forms of an exercise; the first one that a submission shows is the one that it is graded by.

    Parameters
    ----------
    says
        What is right in it, as a clause of a report: "the cost is the mean over the examples".
    told_by
        Texts, one of which stands in the text cells, or in the docstrings and the lines ``def name`` of the functions.
    alternative
        Which alternative is right in it, of the functions whose convention is "edition"; the reference when empty.
    names
        What it calls graded functions that have another name here: ``{"compute_total_loss": "compute_cost"}``.
    refused
        Why it is not graded, and what to do, as one sentence; the report then has no points and not zero.
    """

    says: str
    _: KW_ONLY
    told_by: tuple[str, ...]
    alternative: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    refused: str = ""


@dataclass(frozen=True)
class Exercise:
    """What is known of an exercise when a submission is read.

    Attributes
    ----------
    name
        Of the assignment, which a file's name may resemble.
    places
        The file in which the exercise puts each graded function, where there are several.
    editions
        Its published forms, one of which the files may show.
    """

    name: str = ""
    places: Mapping[str, str] = field(default_factory=dict)
    editions: Sequence[Edition] = ()


UNKNOWN = Exercise()


def edition_of(cells: Iterable[Cells], statements: Iterable[Statement], editions: Sequence[Edition]) -> Edition | None:
    """The first of the editions that a submission shows; None where it shows none.

    Raises
    ------
    SubmissionError
        Where that one is not graded.
    """
    if not editions:
        return None
    prose = [text for part in cells for _, text in part.prose]
    nodes = [node for statement in statements for node in statement.uses.definitions.items()]
    defined = [f"def {name}\n{ast.get_docstring(node, clean=False) or ''}" for name, node in nodes]
    text = "\n".join([*defined, *prose])[:_MAX_TEXT]
    edition = next((edition for edition in editions if any(words in text for words in edition.told_by)), None)
    if edition is not None and edition.refused:
        raise SubmissionError(edition.refused)
    return edition


def renamed(statement: Statement, edition: Edition) -> Statement:
    """The statement, which binds the assignment's name, too, where it defines a function under the edition's."""
    for old, new in edition.names.items():
        if old in statement.uses.definitions:
            uses = replace(statement.uses)
            uses.binds = {**uses.binds, new: None}
            uses.definitions = {**uses.definitions, new: uses.definitions[old]}
            statement = replace(statement, text=f"{statement.text}\n{new} = {old}", uses=uses)
    return statement
