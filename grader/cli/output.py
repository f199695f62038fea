"""The one door to standard output and standard error for every command."""

from __future__ import annotations

import click

from grader.report.escape import log_lines, plain

__all__ = ["say", "show"]


def say(line: object, *, err: bool = False, nl: bool = True) -> None:
    """Print one line, in which names and messages may be anybody's: nothing in it steers a terminal or a CI runner."""
    click.echo(log_lines(plain(str(line))), err=err, nl=nl)


def show(text: str, *, err: bool = False) -> None:
    """Print text that :mod:`grader.report` has laid out, or JSON: it is inert already."""
    click.echo(text, err=err, nl=not text.endswith("\n"))
