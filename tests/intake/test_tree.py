"""What is read of a folder, and what a glance at a file's text finds."""

from __future__ import annotations

import json
from pathlib import Path, PurePosixPath
from time import process_time

import pytest

from grader.intake.archive import Entry
from grader.intake.tree import Tree, a_few, binds, holds_code, names_in, printable, read_folder, subtree, top_level


def entry_of(file: Path) -> Entry:
    return Entry(PurePosixPath(file.name), file.name, file)


@pytest.mark.parametrize(
    ("text", "defined", "imported"),
    [
        ("def f(x): ...\n\tdef g (x): ...\nasync def h(): ...", {"f", "g", "h"}, set()),
        ("undef f(x)\n# define g(x)", set(), set()),
        ("import a, b as c\nfrom d.e import f\nimport g.h", set(), {"a", "b", "d", "f", "g"}),
        (json.dumps({"source": ["from utils import *\n", "def f(x):\n"]}), {"f"}, {"utils"}),
        (json.dumps({"source": ["import utils\n"]}), set(), {"utils"}),
    ],
)
def test_definitions_and_imports_are_found_in_modules_and_notebooks(
    tmp_path: Path, text: str, defined: set[str], imported: set[str]
) -> None:
    (tmp_path / "hw.py").write_text(text)
    assert names_in(entry_of(tmp_path / "hw.py")) == (defined, imported)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('{"cells": []}', True),
        (' {\n "nbformat": 4,\n "nbformat_minor": 5,\n "cells": []}', True),
        ('<<<<<<< ours\n{\n "worksheets": []', True),
        ('{"rows": {"cells": 1}}', False),
        ('a {"cells": []}', False),
        ("import numpy as np", True),
    ],
)
def test_a_text_that_is_a_notebook_is_told_by_its_first_words(tmp_path: Path, text: str, code: bool) -> None:
    (tmp_path / "hw.txt").write_text(text)
    assert holds_code(entry_of(tmp_path / "hw.txt")) is code


@pytest.mark.parametrize(
    "piece", ['\n{"', '{\n""', "\n", "\n" + " " * 19, '\n{"nbformat":1,"nbformat":1,"n', "{" + '"cell' * 80 + "\n"]
)
def test_no_text_makes_the_search_for_code_slow(tmp_path: Path, piece: str) -> None:
    """Half a minute of the grader it was, for a hand-in of four such files."""
    (tmp_path / "hw.txt").write_text(piece * ((8 << 20) // len(piece)))
    before = process_time()
    assert not holds_code(entry_of(tmp_path / "hw.txt"))
    assert process_time() - before < 2


@pytest.mark.parametrize("piece", ["relu ", "relu,tanh ", "relu " * 39 + ":" + "x" * 79, "def relu_ ", "\nas "])
def test_no_text_makes_the_search_for_a_name_slow(tmp_path: Path, piece: str) -> None:
    (tmp_path / "hw.py").write_text(piece * ((16 << 20) // len(piece)))
    before = process_time()
    binds(entry_of(tmp_path / "hw.py"), frozenset({"relu", "tanh"}))
    assert process_time() - before < 4


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("def relu(Z): ...", True), ("from a import b as relu", True), ("relu = f", True), ("relu, tanh = f()", True),
        ("relu: Callable = f", True), ("d['relu'] = f", True), ("relu == f", False), ("relu(Z)", False), ("a relu b", False),
        ("tanh(relu)\nx = 1", False), ("my_relu = 1", False),
    ],
)  # fmt: skip
def test_what_binds_a_graded_name(tmp_path: Path, text: str, expected: bool) -> None:
    (tmp_path / "hw.py").write_text(text)
    assert binds(entry_of(tmp_path / "hw.py"), frozenset({"relu"})) is expected


def test_a_file_of_no_text_or_no_file_has_no_names(tmp_path: Path) -> None:
    (tmp_path / "hw.py").write_bytes(b"\xff\xfe\x00def")
    (tmp_path / "hw.zip").write_text("def f(x): ...")
    for name in ("hw.py", "gone.py", "hw.zip"):
        assert names_in(entry_of(tmp_path / name)) == (frozenset(), frozenset())


def test_a_folder_is_read_with_reasons_for_what_is_not(tmp_path: Path) -> None:
    for name in ("a/hw.PY", "a/.git/config", "a/notes.txt", "b/.DS_Store", "b/._hw.py", "b/.hw.py", "x.zip"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    tree = read_folder(tmp_path, "class")
    assert {str(entry.path): entry.file for entry in tree.entries} == {
        "a/hw.PY": tmp_path / "a/hw.PY",
        "a/notes.txt": tmp_path / "a/notes.txt",
        "b/.hw.py": tmp_path / "b/.hw.py",
        "x.zip": tmp_path / "x.zip",
    }
    assert not any(entry.problem for entry in tree.entries)
    assert tree.repositories == {PurePosixPath("a")}
    folders, files = top_level(tree)
    assert (list(folders), list(files)) == (["a", "b"], ["x.zip"])


def test_a_part_of_a_tree_keeps_its_repositories_and_says_where_it_is() -> None:
    paths = map(PurePosixPath, ("w/a/hw.py", "w/b/x.txt", "v/c.py", "w"))
    tree = Tree(
        "top", tuple(Entry(path, path.name) for path in paths), frozenset({PurePosixPath("w/a"), PurePosixPath("v")})
    )
    part = subtree(tree, "w")
    assert (part.label, part.repositories) == ("top/w", {PurePosixPath("a")})
    assert [str(entry.path) for entry in part.entries] == ["a/hw.py", "b/x.txt"]


def test_bytes_of_a_name_that_are_not_utf8_are_written_out() -> None:
    assert printable("a\udcffb") == "a\\xffb"
    assert printable("作业.py") == "作业.py"


def test_a_few_names_are_short_however_many_and_long_they_are() -> None:
    text = a_few([f"{number}{'x' * 60_000}" for number in range(5_000)])
    assert text.endswith("x… and 4992 more")
    assert len(text) < 1_500
