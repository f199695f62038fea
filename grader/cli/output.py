"""The one door to standard output and standard error for every command."""

from __future__ import annotations

import click

from grader.report.escape import log_lines, plain

__all__ = ["say", "show"]


def say(line: object, *, err: bool = False, nl: bool = True, over: bool = False) -> None:
    """Print one line, over the one before if asked for.

    Names and messages in it may be anybody's: nothing in it steers a terminal or a CI runner.
    """
    click.echo("\r" * over + log_lines(plain(str(line))), err=err, nl=nl)


def show(text: str, *, err: bool = False) -> None:
    """Print text that :mod:`grader.report` has laid out, or JSON: it is inert already."""
    click.echo(text, err=err, nl=not text.endswith("\n"))
