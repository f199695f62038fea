"""What is read in a terminal: the same words with and without colours, at any width, from any submission."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from rich.cells import cell_len

from grader.model import Finding, Report
from grader.report import terminal
from grader.report.terminal import render_function, render_report, render_run

from . import samples
from .snapshot import assert_matches

ROOT = str(Path(__file__).parents[2])
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
SITUATIONS = [
    samples.right,
    samples.wrong,
    samples.broken,
    samples.unreadable,
    samples.error,
    samples.hostile,
]


@pytest.mark.parametrize("make", SITUATIONS, ids=lambda make: make.__name__)
def test_a_report_reads_as_before(make: Callable[[], Report]) -> None:
    assert_matches(f"terminal-{make.__name__}.txt", render_report(make(), width=80, color=False))


def test_narrow_verbose_and_coloured_forms_read_as_before() -> None:
    assert_matches("terminal-wrong-40.txt", render_report(samples.wrong(), width=40, color=False))
    assert_matches("terminal-wrong-verbose.txt", render_report(samples.wrong(), width=80, verbose=True, color=False))
    coloured = render_report(samples.wrong(), width=80, color=True).replace("\x1b", "<ESC>")
    assert_matches("terminal-wrong-colour.txt", coloured)


@pytest.mark.parametrize("width", [40, 80])
def test_a_run_reads_as_before(width: int) -> None:
    assert_matches(f"terminal-run-{width}.txt", render_run(samples.everyone(), width=width, color=False))


@pytest.mark.parametrize("width", [20, 40, 57, 80, 132])
@pytest.mark.parametrize("make", SITUATIONS, ids=lambda make: make.__name__)
def test_no_line_is_wider_than_the_terminal(make: Callable[[], Report], width: int) -> None:
    text = render_report(make(), width=width, verbose=True, color=False)
    words = re.sub(r"(To\s+try\s+it\s+yourself:\n)(?:    .*\n|\n)+", r"\1", text)  # code is there to be copied
    assert max(map(cell_len, words.split("\n"))) <= width


def test_code_that_is_long_stays_code() -> None:
    report = samples.wrong()
    wide = "total = " + " + ".join(f"value_{number}" for number in range(40))
    functions = tuple(
        replace(f, counterexample={**f.counterexample, "snippet": f"if True:\n    {wide}"}) if f.counterexample else f
        for f in report.functions
    )
    text = render_report(replace(report, functions=functions), width=60, verbose=True, color=False)
    assert f"    if True:\n        {wide}\n" in text


@pytest.mark.parametrize("make", SITUATIONS, ids=lambda make: make.__name__)
def test_colours_add_nothing_but_colours(make: Callable[[], Report]) -> None:
    coloured, bare = (render_report(make(), width=80, color=color) for color in (True, False))
    assert "\x1b" not in bare
    assert COLOUR.search(coloured)
    stripped = [line.rstrip() for line in COLOUR.sub("", coloured).split("\n")]
    assert stripped == bare.split("\n")


@pytest.mark.parametrize("color", [True, False])
def test_a_hostile_submission_steers_neither_the_terminal_nor_a_ci_runner(color: bool) -> None:
    report = samples.hostile()
    for text in (
        render_report(report, verbose=True, width=80, color=color),
        render_run([report], color=color, width=80),
    ):
        bare = COLOUR.sub("", text)
        assert "\x1b[31mred" not in text
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", bare)
        assert not any(line.lstrip().startswith("::") for line in bare.split("\n"))
    assert "\\x1b[31mred" in render_report(report, width=80, color=color)


def test_the_snippet_and_the_passed_checks_are_shown_only_when_asked_for() -> None:
    short, long = (render_report(samples.wrong(), verbose=verbose, width=80, color=False) for verbose in (False, True))
    assert "To try it yourself" not in short and "To try it yourself" in long
    assert "dW agrees" not in short and "dW agrees" in long


def test_one_function_alone_has_its_line_and_its_reasons() -> None:
    text = render_function(samples.wrong_backward(), width=80, color=False)
    assert text.startswith("FAILED  linear_backward  13 / 20  cell 7, line 3\n")
    assert "First difference at db[1, 0]: expected -0.5, got -1.5" in text


def test_one_right_function_is_one_line() -> None:
    assert render_function(samples.passed("f", 2.0), width=80, color=False) == "passed  f  2 / 2  cell 3, line 2\n"


def test_no_points_are_never_shown_as_zero() -> None:
    for report in (samples.unreadable(), samples.error()):
        assert "no points" in render_report(report, width=80, color=False)
        assert "0 / 60" not in render_run([report], width=80, color=False).replace("– / 60", "")


def test_a_run_of_nobody_says_so() -> None:
    assert "No submissions." in render_run([], width=80, color=False)


def run(code: str, **environment: str) -> str:
    """The standard output of a fresh interpreter whose standard output is no terminal."""
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env={"PATH": "", **environment})
    return done.stdout


def test_by_default_there_are_no_colours_outside_a_terminal() -> None:
    code = "from grader.report.terminal import render_run; print(repr(render_run([])))"
    assert "\\x1b" not in run(code, PYTHONPATH=ROOT, FORCE_COLOR="1", TERM="xterm")


TERMINAL = """
import os, pty, sys
def child():
    from grader.report.terminal import render_report
    from grader.model import Report
    sys.stdout.write(render_report(Report("a", "s.py", None, "graded", "full", 1.0, 1.0)))
if len(sys.argv) > 1:
    child()
else:
    pty.spawn([sys.executable, __file__, "child"])
"""


@pytest.mark.parametrize(("environment", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)])
def test_on_a_terminal_colours_obey_the_environment(
    tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str], coloured: bool
) -> None:
    script = tmp_path_factory.mktemp("pty") / "script.py"
    script.write_text(TERMINAL)
    variables = {"PATH": "", "PYTHONPATH": ROOT, "TERM": "xterm", **environment}
    done = subprocess.run(
        [sys.executable, str(script)],
        capture_output=True,
        check=True,
        env=variables,
        stdin=subprocess.DEVNULL,
    )
    assert b"Score" in done.stdout
    assert (b"\x1b[1m" in done.stdout) is coloured


@pytest.mark.parametrize("width", [50, 80, 100])
def test_a_large_class_is_laid_out_in_pieces_that_look_like_one(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    reports = [replace(report, name=f"{report.name} {n}" * (n % 3)) for n in range(5) for report in samples.everyone()]
    whole = render_run(reports, width=width, color=False)
    monkeypatch.setattr(terminal, "MOST_ROWS", 3)
    assert render_run(reports, width=width, color=False) == whole


def test_where_a_helper_is_to_be_fixed_not_everything_passed() -> None:
    names = [name for name, _ in samples.ORDER]
    functions = [samples.passed(name, worth) for name, worth in samples.ORDER]
    assert "Everything passed." in render_report(samples.report("a.py", None, *functions), width=80)
    finding = Finding(
        "carried", f"{names[0]} is correct. It calls relu, your own version of which is wrong.", "Fix relu first."
    )
    functions[0] = replace(functions[0], carried=True, findings=(finding,))
    text = render_report(samples.report("a.py", None, *functions), width=80)
    assert "Fix relu first." in text
    assert "Everything passed." not in text
    assert "All points: what is to be fixed is not graded here." in text
