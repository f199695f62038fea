"""Attacks on what lies around student code: what is remembered of others, a cluster, the public exports, points by hand."""

from __future__ import annotations

import dataclasses
import io
import json
import os
import re
import signal
import struct
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from grader.cli.grade import GradeOptions, grade_paths
from grader.confined.kinds import WireError
from grader.confined.wire import Encoded, decode, encode, pack
from grader.errors import HarnessError
from grader.freezing.store import frozen_cases
from grader.gradebook.entering import ByHand, enter, rows_of
from grader.gradebook.marks import marks
from grader.gradebook.store import open_gradebook
from grader.grading.batch import Setup, kept_verdict
from grader.grading.cluster import _folder, _setup_there
from grader.grading.pipeline import grade_submission
from grader.grading.repricing import repriced
from grader.grading.rundir import RunEntry, read_run
from grader.judging.checks import _digest
from grader.judging.judge import FunctionJudge, Judges
from grader.model import report_to_json
from grader.publishing.export import write_export
from grader.publishing.jupyterlite import _sources
from grader.sandbox.copies import Copy, LostError
from grader.sandbox.parent import Sandbox
from grader.sandbox.runner import Outcome, Plan, Program, Raised, Returned, Stopped
from grader.sandbox.waiting import Patience
from grader.spec import Given
from grader.submission.reading import parse_submission
from tests import tiny
from tests.hostile.whole import WHOLE, lay_out
from tests.platforms import RIGHT, assignment, notebook

NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as one:
        yield one


# -- what is remembered of one student's values is no answer for a fellow student ------------------


def test_what_an_authors_code_has_kept_of_one_student_does_not_answer_for_another() -> None:
    kept: list[bytes] = []
    copy = Copy(lambda question: b",".join([*kept, kept.append(question) or question]))
    try:
        assert [copy.ask(b"eve", 5), copy.ask(b"right", 5), copy.ask(b"right", 5)] == [b"eve", b"eve,right", b"eve,right"]
        copy.close()
        assert copy.ask(b"right", 5) == b"right"
        copy.close()
        assert [copy.ask(b"eve", 5), copy.ask(b"right", 5)] == [b"eve", b"eve,right"]
    finally:
        copy.close()


def test_what_one_student_asks_of_a_copy_takes_no_more_memory_than_is_bounded() -> None:
    copy = Copy(lambda question: bytes(1 << 20))
    try:
        for number in range(60):
            copy.ask(bytes([number]), 5)
        kept = [copy._answers, copy._again]
        assert sum(len(answer) for one in kept for answer, _ in one._found.values()) <= 16 << 20
    finally:
        copy.close()


_SEEN: list[bool] = []


def complains_later(given: Given) -> str | None:
    """A judge that keeps something: after one negative number nothing is right any more."""
    _SEEN.append(bool(np.any(np.asarray(given.reply) < 0)))
    return "a negative number came before" if any(_SEEN) else None


def test_a_judge_that_was_spoilt_by_one_student_is_fresh_for_the_next(sandbox: Sandbox) -> None:
    judges = tiny.judges()
    old = judges.functions["mean_square"]
    (prop,) = old.spec.properties
    spec = dataclasses.replace(old.spec, properties=(dataclasses.replace(prop, judge=complains_later, fits={}),))
    functions = {**judges.functions, "mean_square": FunctionJudge(spec, old.cases)}
    changed = Judges(judges.cases, functions)
    eve = "asked = []\nright = mean_square\ndef mean_square(*a):\n    asked.append(a)\n" + (
        "    return right(*a) if len(asked) % 7 else -1.0\n"
    )
    points = []
    for source in (eve, ""):
        submission = parse_submission("s.py", ".py", tiny.solution(source).encode(), changed.cases.arities)
        report = grade_submission(tiny.assignment(), changed, submission, sandbox)
        points.append(tiny.function_of(report, "mean_square").points)
    assert points[0] < points[1] == spec.points


@pytest.mark.parametrize("end", [lambda: os._exit(0), lambda: os.kill(os.getpid(), signal.SIGKILL), lambda: bytes(1 << 40)])
def test_a_question_that_ends_the_copy_is_not_remembered_and_the_next_is_answered(end: object) -> None:
    def serve(question: bytes) -> bytes:
        return question if question != b"eve" else bytes(end())  # type: ignore[operator]

    copy = Copy(serve)
    try:
        assert copy.ask(b"bob", 5) == b"bob"
        for _ in range(2):
            with pytest.raises(LostError):
                copy.ask(b"eve", 5)
        assert copy.ask(b"bob", 5) == b"bob"
    finally:
        copy.close()


def test_no_two_replies_are_the_same_to_the_memory_of_verdicts() -> None:
    """Whatever is moved between header, numbers and words, between cases, or said to be an exception."""
    judge = tiny.judges().functions["affine"]
    first, second = (case.key for case in judge.cases.cases[:2])
    value = encode(np.arange(3.0))
    replies: list[dict[str, tuple[Outcome, ...]]] = [
        {first: (Returned(value),)},
        {second: (Returned(value),)},
        {first: (Returned(value), Returned(value))},
        {first: (Returned(value),), second: (Returned(value),)},
        {first: (Returned(value, mutated=(0,)),)},
        {first: (Returned(value, mutated=(0, 0)),)},
        {first: (Returned(Encoded(value.header + value.payload, b"")),)},
        {first: (Returned(Encoded(b"", value.header + value.payload)),)},
        {first: (Returned(Encoded(value.header, value.payload[:-1])),)},
        {first: (Raised("E", "x"),)},
        {first: (Raised("E", "", "x"),)},
        {first: (Returned(Encoded(repr(Raised("E", "x")).encode(), b"")),)},
        {first: (Stopped("crashed", "x"),)},
        {first: (Stopped("timeout", "x"),)},
        {},
    ]
    assert len({_digest(judge, outcomes, "affine None points")[0] for outcomes in replies}) == len(replies)


SHOWS = "def affine(X, W, b):\n    print({!r})\n    return W @ X, (X, W, b)\n"


def test_what_one_student_printed_is_in_no_other_report(sandbox: Sandbox) -> None:
    """Their numbers are the same bit by bit, so that the verdict is remembered."""
    texts = []
    for word in ("EVE WAS HERE", "bob"):
        source = tiny.solution(SHOWS.format(word))
        submission = parse_submission("s.py", ".py", source.encode(), tiny.cases().arities)
        report = grade_submission(tiny.assignment(), tiny.judges(), submission, sandbox)
        texts.append(json.dumps(report_to_json(report)))
    assert "EVE" in texts[0]
    assert "EVE" not in texts[1]


def run_of(folder: Path, out: Path, **options: object) -> dict[str, RunEntry]:
    grade_paths(assignment(), [folder], GradeOptions(output=out, jobs=1, quiet=True, **options))  # type: ignore[arg-type]
    return {entry.report.student or "": entry for entry in read_run(out)}


LEFT_OUT = "x = undefined\n\ndef half(X):\n    return X * x\n\ndef quarter(X):\n    return half(half(X))\n"


def test_equal_definitions_in_other_files_bring_no_name_of_a_fellow_students_file(tmp_path: Path) -> None:
    lay_out(tmp_path / "class" / "aeve", {"EVE/EVE.ipynb": notebook(f"# EVE\n{LEFT_OUT}"), "EVE.txt": "EVE"})
    lay_out(tmp_path / "class" / "bob", {"hw.ipynb": notebook(f"# bob\n{LEFT_OUT}")})
    lay_out(tmp_path / "class" / "carl", {"hw.py": f"# carl\n{LEFT_OUT}"})
    found = run_of(tmp_path / "class", tmp_path / "run")
    assert "EVE" in json.dumps(report_to_json(found["aeve"].report))
    for name in ("bob", "carl"):
        assert "EVE" not in json.dumps(report_to_json(found[name].report))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "{}",
        '{"functions": 3}',
        '{"points": NaN, "functions": [{}]}',
        "[" * 9_000,
        "\xff",
        "9" * 5_000,
    ],
)
def test_a_kept_verdict_that_is_none_is_graded_again(text: str, tmp_path: Path) -> None:
    place = tmp_path / "verdict.json"
    place.write_bytes(text.encode("latin-1"))
    assert kept_verdict(place) is None


CHANGED = [
    row for row in WHOLE if row.name in {"carried: half is quarter", "value: np.matrix(X) / 2", "shared: a list in itself"}
]


def test_points_that_are_changed_later_are_those_of_grading_again(tmp_path: Path) -> None:
    """Kept outcomes of hostile hand-ins are priced anew: never more than they would earn now."""
    for number, row in enumerate(CHANGED):
        lay_out(tmp_path / "class" / f"s{number:03d}", row.files)
    reports = {name: entry.report for name, entry in run_of(tmp_path / "class", tmp_path / "run", no_cache=True).items()}
    half, quarter = assignment().spec.functions
    for points in ((1, 99), (80, 20), (0.001, 1000)):
        parts = zip((half, quarter), points, strict=True)
        spec = dataclasses.replace(assignment().spec, functions=tuple(dataclasses.replace(f, points=p) for f, p in parts))
        most = dict(zip(("half", "quarter"), points, strict=True))
        for report in reports.values():
            priced = repriced(report, spec)
            assert priced.max_points == spec.points
            for before, after in zip(report.functions, priced.functions, strict=True):
                assert 0 <= after.points <= most[after.name] == after.max_points
                assert after.points == pytest.approx(before.points / before.max_points * after.max_points, abs=1e-3)
            back = repriced(priced, assignment().spec)
            assert back.points == pytest.approx(report.points, abs=0.1)


# -- a cluster --------------------------------------------------------------------------------------


@pytest.mark.parametrize("as_link", [False, True])
def test_a_folder_that_somebody_else_made_gives_a_worker_no_answers(
    as_link: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Temporary folders are everybody's, and the name of a case file stands in every report."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    _folder.cache_clear()
    cases, others = b"the right cases", tmp_path / "others"
    others.mkdir()
    place = tmp_path / "grader-cases"
    place.symlink_to(others) if as_link else place.mkdir()
    digest = "d5a8a4a6b0c1"
    for name in (f"{digest}.cases", "x"):
        (place / name).write_bytes(b"other answers")
    before = sorted(others.iterdir())
    setup = _setup_there(Setup(str(tiny.COURSE), "tiny", ""), cases)
    assert Path(setup.cases).read_bytes() == cases
    assert place not in Path(setup.cases).parents
    assert others not in Path(setup.cases).resolve().parents
    assert Path(setup.cases).parent.stat().st_mode & 0o077 == 0
    assert sorted(others.iterdir()) == before
    _folder().cleanup()
    _folder.cache_clear()


# -- forged values ------------------------------------------------------------------------------------


def test_truth_that_is_two_is_plain_truth() -> None:
    odd = np.full((2, 3), 2, np.int8).view(bool)
    (value,) = decode(encode((odd,), opaque=lambda _: 0), reply=True)
    assert (value.sum(), value.astype(int).max(), (~value).any(), np.array_equal(value, np.ones((2, 3), bool))) == (
        6,
        1,
        False,
        True,
    )


def forged(header: bytes, payload: bytes = b"") -> object:
    try:
        return decode(Encoded(header, payload), reply=True)
    except WireError:
        return "refused"


_NUMBERS = b"af8 \x01\x01" + bytes(7)


@pytest.mark.parametrize("name", [b"", b"torch", b"x" * 40, b"x" * 41, b"\x1b[2J", b"..", b"\xff" * 9])
def test_a_tensor_of_a_framework_that_nobody_asked_about_is_numbers_or_nothing(name: bytes, sandbox: Sandbox) -> None:
    value = forged(b"xT" + struct.pack("<I", len(name)) + name + _NUMBERS, bytes(8))
    assert isinstance(value, np.ndarray) or (value == "refused" and len(name) > 40)


@pytest.mark.parametrize(
    ("header", "payload"),
    [
        (b"xT\5\0\0\0torchf", bytes(8)),
        (b"xT\5\0\0\0torch" * 90 + _NUMBERS, bytes(8)),
        (b"xT\xff\xff\xff\xfftorch" + _NUMBERS, bytes(8)),
        (b"m\0\0\0\0\1\0\0\0x" * 90 + _NUMBERS, bytes(8)),
        (b"d\1\0\0\0xT\5\0\0\0torch" + _NUMBERS + b"N", bytes(8)),
        (b"S\1\0\0\0" + _NUMBERS, bytes(8)),
        (b"i\3\0\0\0\xef\xbc\x91\0", b""),
        (b"r\0\0\0\0t\0\0\0\0", b""),
        (b"k\4\0\0\0evalt\0\0\0\0", b""),
    ],
)
def test_what_no_worker_sends_is_refused(header: bytes, payload: bytes) -> None:
    """Tensors in tensors, without numbers or as keys, references and code in a reply."""
    assert forged(header, payload) == "refused"


# -- what students can read -----------------------------------------------------------------------------


def texts_in(files: Sequence[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
    """Every file, those in zips and wheels too."""
    for name, data in files:
        yield name, data
        if zipfile.is_zipfile(io.BytesIO(data)):
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                yield from texts_in([(f"{name}/{inner}", archive.read(inner)) for inner in archive.namelist()])


@pytest.mark.parametrize("platform", ["jupyterlite", "github", "classroom50"])
def test_what_students_can_read_holds_no_line_of_the_reference_and_no_graded_case(platform: str, tmp_path: Path) -> None:
    loaded, public = tiny.assignment(), frozen_cases(tiny.assignment(), 1)
    if platform == "jupyterlite":
        files = list(_sources(loaded, public))
    else:
        folder = write_export(platform, loaded, tmp_path / "out")
        files = [(str(path), path.read_bytes()) for path in folder.rglob("*") if path.is_file()]
    graded = {
        case.key: pack(case.plan.steps[-1][1])
        for f in tiny.cases().functions.values()
        for case in f.cases
        if case.plan.steps
    }
    shared = {pack(case.plan.steps[-1][1]) for f in public.functions.values() for case in f.cases if case.plan.steps}
    solutions = re.findall(r"# BEGIN SOLUTION\n(.*?)# END SOLUTION", "\n".join(tiny.right().values()), re.DOTALL)
    lines = {line.strip().encode() for text in solutions for line in text.splitlines() if len(line.strip()) > 12}
    for name, data in texts_in(files):
        assert [line for line in lines if line in data] == [], name
        assert [
            key for key, question in graded.items() if question not in shared and len(question) > 60 and question in data
        ] == [], name


# -- code of the assignment that calls a student's -------------------------------------------------------


@pytest.mark.parametrize(
    "attack",
    [
        "import sys; sys._getframe(1).f_globals['submitted'] = lambda name: lambda X: X",
        "import sys; sys._getframe(1).f_locals.clear(); sys._getframe(1).f_globals.clear()",
        "raise SystemExit(0)",
        "raise GeneratorExit",
        "import gc; [t.functions.clear() for t in gc.get_objects() if type(t).__name__ == 'Session']",
        "import gc; [t.public.clear() for t in gc.get_objects() if type(t).__name__ == 'Session']",
    ],
)
def test_public_code_that_calls_a_student_is_his_to_break_for_himself_alone(attack: str, sandbox: Sandbox) -> None:
    files = parse_submission("s.py", ".py", f"def f(X):\n    {attack}\n    return X\n".encode(), {"f": 1}).files
    public = "def twice(X):\n    return submitted('f')(submitted('f')(X)) * 2\n"
    program = Program(files=files, wanted=("f",), public=public, memory_mb=256, total_s=20.0)
    plans = [Plan("f", number, (("twice", encode((np.ones(2),))),), cpu_s=5.0) for number in range(2)]
    for outcome in (outcomes[-1] for outcomes in sandbox.run(program, plans).outcomes):
        if isinstance(outcome, Returned):  # no more than a wrong value
            assert not np.array_equal(decode(outcome.value, reply=True), np.full(2, 8.0))
    honest = parse_submission("s.py", ".py", b"def f(X):\n    return 2 * X\n", {"f": 1}).files
    (last,) = sandbox.run(dataclasses.replace(program, files=honest), plans[:1]).outcomes
    assert isinstance(last[-1], Returned)
    assert np.array_equal(decode(last[-1].value), np.full(2, 8.0))


# -- points by hand -------------------------------------------------------------------------------------

#: Tables that are refused, and those that are with --force, too: what is no number of points is none for anybody.
REFUSED = ("bob,100000", "ada,5\nb0b,5", f"{'b' * 200_000},5", "../bob,5", "\x1b[2Jbob,5", "=bob,5", "bob@@,5")
NEVER = ("bob,nan", "bob,1e999", "bob,-1", "bob,=1+1", "ada,5\nbob,five", '"bob,5')
TWICE = ("student,points,points\nbob,1,90\n", "student,points,STUDENT \nbob,90,ada\n")


def test_a_table_of_points_by_hand_that_cannot_be_meant_keeps_nothing(tmp_path: Path, subtests: pytest.Subtests) -> None:
    lay_out(tmp_path / "class", {"ada/hw.py": RIGHT, "bob/hw.py": RIGHT})
    options = GradeOptions(gradebook=str(tmp_path / "marks.db"), jobs=1, quiet=True)
    grade_paths(assignment(), [tmp_path / "class"], options)
    table, name = tmp_path / "points.csv", assignment().name
    tried = [(f"student,points\n{rows}\n", force) for force, texts in ((False, REFUSED), (True, NEVER)) for rows in texts]
    with open_gradebook(str(tmp_path / "marks.db")) as book:
        before = marks(book, name)
        for text, force in [*tried, *((text, True) for text in TWICE)]:
            table.write_text(text, "utf-8")
            with subtests.test(text[:40]):
                with pytest.raises(HarnessError):
                    enter(book, name, rows_of(table, "by hand"), author="A", made=NOON, force=force)
                assert marks(book, name) == before


def test_a_row_that_ends_before_its_points_is_a_comment(tmp_path: Path) -> None:
    lay_out(tmp_path, {"points.csv": "student,comment,points\nbob,hello\nada\n\n"})
    assert rows_of(tmp_path / "points.csv", "why") == [ByHand("bob", "", "", "why", "hello")]


# -- what is read after a call ----------------------------------------------------------------------------

BOX = "class B:\n    def __getitem__(self, key):\n        {}\n    def __getattr__(self, name):\n        {}\n"
LEFT_BEHIND = {
    "an attribute that never comes": (BOX.format("raise KeyError", "while True: pass"), "return B()"),
    "a part that never comes": (BOX.format("while True: pass", "return 1"), "return B()"),
    "an attribute that ends the process": (BOX.format("raise KeyError", "import os; os._exit(0)"), "return B()"),
    "an attribute that is the end of Python": (BOX.format("raise KeyError", "raise SystemExit(0)"), "return B()"),
    "a part that is interrupted": (BOX.format("raise KeyboardInterrupt", "return 1"), "return B()"),
    "an attribute that is another one each time": (
        BOX.format("raise KeyError", "N.append(1); return np.full(2, float(len(N)))") + "N = []\n",
        "return B()",
    ),
    "parts without end": ("class T(tuple):\n    def __iter__(self):\n        while True: yield 1\n", "return T()"),
    "a place that holds itself": ("", "box['average'] = [box]; return 1"),
    "a place of four gigabytes": ("", "box['average'] = np.zeros(1 << 29); return 1"),
    "a place of a view without end": ("", "box['average'] = np.broadcast_to(1.0, (1 << 40,)); return 1"),
    "a place that is gone": ("", "box.clear(); return 1"),
    "a place of code": ("", "box['average'] = exec; return 1"),
    "a key that equals every key": (
        "class K(str):\n    __hash__ = lambda s: hash('average')\n    __eq__ = lambda s, o: True\n",
        "box[K('x')] = np.full(2, 9.0); return 1",
    ),
    "the box put into the worker's own frame": (
        "import sys\n",
        "sys._getframe(1).f_locals['places'] = (); sys._getframe(1).f_locals['args'] = (); return 1",
    ),
}


@pytest.mark.parametrize("tried", LEFT_BEHIND)
def test_what_is_left_behind_after_a_call_is_a_value_or_nothing(tried: str) -> None:
    """No place that is read ends a run, is right by a lie, or reaches the next call."""
    head, body = LEFT_BEHIND[tried]
    honest = "def g(box):\n    box['average'] = np.ones(2)\n    return box\n"
    source = f"import numpy as np\n{head}\ndef f(box):\n    {body}\n\n{honest}"
    files = parse_submission("s.py", ".py", source.encode(), {"f": 1, "g": 1}).files
    program = Program(files=files, wanted=("f", "g"), memory_mb=256, total_s=20.0)
    box = encode(({"average": np.zeros(2)},))
    places = ((0, "average"), (-1, "average"), (-1, "*"))
    plans = [Plan("f", 0, (("f", box),), cpu_s=0.3, after=places), Plan("g", 0, (("g", box),), cpu_s=10.0, after=places[:2])]
    with Sandbox(patience=Patience(slack_s=0.1, look_s=0.02)) as one:
        first, second = (outcomes[-1] for outcomes in one.run(program, plans).outcomes)
    right = encode((np.ones(2), np.ones(2)))
    if isinstance(first, Returned):
        assert pack(first.value) != pack(right)
        assert not np.array_equal(decode(first.value, reply=True)[0], np.ones(2))
    else:
        assert isinstance(first, Raised | Stopped)
    assert isinstance(second, Returned)
    assert pack(second.value) == pack(right)
