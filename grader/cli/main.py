"""The command line. Exit status: 0 done, 1 something was found, 2 wrong usage, 3 the harness failed, 130 Ctrl-C.

A command's module is imported when the command is called: ``grader --help`` needs neither NumPy nor a renderer, and
``check`` needs no gradebook. So the modules themselves import what they use at their top, as everywhere.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from grader._version import __version__
from grader.cli import HARNESS, INTERRUPTED, USAGE
from grader.cli.output import say, show
from grader.errors import GraderError, HarnessError, did_you_mean

__all__ = ["cli", "main"]

# In the order of a newcomer's way: where a command stands in this folder, and its line in the list of commands.
COMMANDS = {
    "list": ("about:list_", "List the assignments, their functions and points."),
    "check": ("check:check", "Check one submission and explain what is wrong with it."),
    "grade": ("grade:grade", "Grade many submissions."),
    "freeze": ("author:freeze", "Draw the cases of an assignment and write its case file."),
    "feedback": ("feedback:feedback", "Write a page for each student, to be sent or uploaded."),
    "report": ("report:report", "Write the HTML pages of a grading run."),
    "release": ("author:release", "Write the student kit: starter, hand-out, public cases."),
    "export": ("author:export", "Write an autograder that a platform runs."),
    "audit": ("author:audit", "Measure how good the tests of an assignment are."),
    "new": ("new:new", "Scaffold an assignment of your own."),
    "doctor": ("about:doctor", "Say what this machine can do, and which walls stand."),
    "gradebook": ("gradebook:gradebook", "Keep marks over several runs and export them."),
}

# What click raises where nothing but the name of a group was typed; before click 8.2 it printed the help by itself.
_NO_ARGUMENTS: tuple[type[Exception], ...] = tuple(filter(None, (getattr(click.exceptions, "NoArgsIsHelpError", None),)))


class _Commands(click.Group):
    """The commands of the table, each imported when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (the name is click's)
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            ctx.fail(f"No such command {cmd_name!r}{did_you_mean(cmd_name, COMMANDS)}.")
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(f"grader.cli.{module}"), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in COMMANDS.items()])


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="\b\nExit status:\n  0  done; for 'check': full marks\n"
    "  1  'check' found something, or --min-score was not reached\n"
    "  2  wrong usage, or input that 'check' cannot read\n  3  the grader itself failed\n"
    "  130  interrupted (Ctrl-C); the same command goes on",
)
@click.version_option(__version__, prog_name="grader")
@click.option(
    "--course",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of a course of your own (with assignments/ and reference/).",
)
@click.pass_context
def cli(context: click.Context, course: Path | None) -> None:
    """Grade NumPy exercises: safely, fairly, in milliseconds, with feedback that names the mistake."""
    context.obj = course
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        context.color = False


def main(arguments: Sequence[str] | None = None) -> None:
    """Entry point of the command ``grader``."""
    gc.set_threshold(20_000)  # what a command imports stays: to look through it for garbage all the time took 20 ms
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # a second thread spins for 40 ms when NumPy is imported
    for stream in (sys.stdout, sys.stderr):
        reconfigure: Callable[..., Any] | None = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(errors="backslashreplace")
    _end_as_on_ctrl_c()
    try:
        given = list(sys.argv[1:] if arguments is None else arguments)
        _refuse_files_like_options(given)
        sys.exit(cli.main(args=given, prog_name="grader", standalone_mode=False) or 0)
    except click.ClickException as error:  # it names what was typed, which a shell may have taken from file names
        context = getattr(error, "ctx", None)
        if context is not None and isinstance(error, _NO_ARGUMENTS):
            show(context.get_help(), err=True)
            sys.exit(error.exit_code)
        if context is not None:
            show(context.get_usage(), err=True)
            say(f"Try '{context.command_path} --help' for help.", err=True)
        say(f"Error: {error.format_message()}", err=True)
        sys.exit(error.exit_code)
    except GraderError as error:
        if os.environ.get("GRADER_DEBUG"):
            raise
        _fail(str(error), HARNESS)
    except HarnessError as error:
        _fail(str(error), USAGE)
    except OSError as error:
        _fail(f"{error.filename or 'a file'}: {error.strerror or error}", USAGE)
    except (KeyboardInterrupt, click.Abort):
        _fail("interrupted; what was finished is kept, and the same command goes on", INTERRUPTED)
    except Exception as error:  # a bug of ours: said in one line, the traceback on request
        if os.environ.get("GRADER_DEBUG"):
            raise
        _fail(f"the grader itself failed: {type(error).__name__}: {error} (GRADER_DEBUG=1 shows where)", HARNESS)


def _refuse_files_like_options(arguments: Sequence[str]) -> None:
    """Refuse a file's name that would be taken for an option: of ``*`` a shell makes any name that a student gave a file."""
    options = arguments[: arguments.index("--")] if "--" in arguments else arguments
    if files := [word for word in options if word.startswith("-") and word != "-" and os.path.lexists(word)]:
        raise click.UsageError(
            f"{files[0]} is a file here and reads like an option: write ./{files[0]}, or ./* in place of *"
        )


def _end_as_on_ctrl_c() -> None:
    """Who ends this process, or closes its terminal, ends it as Ctrl-C does: no folder stays behind."""
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:  # under nohup it is another one
            with contextlib.suppress(ValueError):  # not the main thread
                signal.signal(number, signal.default_int_handler)


def _fail(message: str, status: int) -> None:
    say(f"grader: {message}", err=True)
    sys.exit(status)
