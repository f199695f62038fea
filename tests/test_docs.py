"""The documentation says what there is: commands, options, keys, pages; and its site builds without a warning."""

from __future__ import annotations

import dataclasses
import importlib.util
import inspect
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import click
import pytest
import yaml

from grader import model
from grader.cli.main import cli
from grader.judging.example import counterexample_of

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")]
PAGES += sorted((ROOT / "docs").rglob("*.md"))
TEXT = "\n".join(page.read_text("utf-8") for page in PAGES)


def commands(group: click.Group = cli, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))


EVERY = [pytest.param(path, command, id=" ".join(path)) for path, command in commands()]

TABLES = re.findall(r"(?ms)^```text\n(\$ python -m benchmarks (\w+).*?)^```$", TEXT)


@pytest.mark.parametrize(("table", "name"), TABLES, ids=[name for _, name in TABLES])
def test_a_table_of_measurements_is_the_one_that_was_kept(table: str, name: str) -> None:
    assert table == (ROOT / "benchmarks" / "results" / f"{name}.txt").read_text("utf-8")


# -- the command line --------------------------------------------------------------------------


@pytest.mark.parametrize(("path", "command"), EVERY)
def test_every_command_is_explained_and_so_is_each_of_its_options(path: tuple[str, ...], command: click.Command) -> None:
    assert command.help
    summary = command.get_short_help_str(limit=65)
    assert not summary.endswith("..."), f"the first sentence of {' '.join(path)} does not fit into the list"
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"{' '.join(path)} {parameter.opts[0]} is not explained"


@pytest.mark.parametrize(("path", "command"), [p for p in EVERY if not isinstance(p.values[1], click.Group)])
def test_every_command_is_in_the_documentation(path: tuple[str, ...], command: click.Command) -> None:
    assert re.search(rf"grader (--course \S+ )?{' '.join(path)}\b", TEXT)


def _lines() -> Iterator[tuple[str, str]]:
    """Every ``grader ...`` line of a shell block, with its page."""
    for page in PAGES:
        for block in re.findall(r"(?ms)^```(?:sh|bash)[^\n]*\n(.*?)^```", page.read_text("utf-8")):
            for line in block.replace("\\\n", " ").splitlines():
                for part in re.split(r"&&|\|\||;", line.partition(" #")[0]):
                    if re.match(r"\s*(\.venv/bin/)?grader\s", part):
                        yield page.name, " ".join(part.split())


LINES = sorted(set(_lines()))


def test_the_documentation_shows_commands() -> None:
    assert len(LINES) > 20


@pytest.mark.parametrize(("page", "line"), LINES)
def test_a_command_of_the_documentation_is_one(page: str, line: str) -> None:
    """Read by click as it would be, but for files that a reader has and this test has not; nothing is run."""
    words = shlex.split(line)[1:]
    command: click.Command = cli
    # With its settings: click keeps the help option that a command's first context asks for.
    context = click.Context(cli, info_name="grader", **cli.context_settings)
    while isinstance(command, click.Group):
        if words[0] == "--course":
            words = words[2:]
        name, *words = words
        found = command.get_command(context, name)
        assert found is not None, line
        command = found
        context = click.Context(command, info_name=name, parent=context)
    try:
        command.parse_args(context, words)
    except click.BadParameter as error:
        assert "does not exist" in error.message, line  # noqa: PT017


# -- links, pages ------------------------------------------------------------------------------


def _anchors(page: Path) -> set[str]:
    headings = re.findall(r"(?m)^#+ (.+)$", page.read_text("utf-8"))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_inside_the_project_lead_somewhere(page: Path) -> None:
    text = re.sub(r"(?ms)^```.*?^```", "", page.read_text("utf-8"))
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        there = (page.parent / name) if name else page
        assert there.exists(), f"{page.name} links to {target}"
        if anchor and there.suffix == ".md":
            assert anchor in _anchors(there), f"{page.name} links to {target}"


def test_files_that_the_pages_name_are_there() -> None:
    """A page that is guarded by a test says by which; the test must exist."""
    for page in PAGES:
        for name in re.findall(r"`((?:tests|docs|benchmarks|grader)/[\w/]+\.(?:py|md))`", page.read_text("utf-8")):
            assert (ROOT / name).is_file(), f"{page.name} names {name}"


def test_every_page_is_in_the_navigation() -> None:
    text = (ROOT / "mkdocs.yml").read_text("utf-8")
    nav = yaml.safe_load(text)["nav"]
    listed = set(re.findall(r"[\w/\-]+\.md", str(nav)))
    assert listed == {page.relative_to(ROOT / "docs").as_posix() for page in (ROOT / "docs").rglob("*.md")}


def test_a_page_for_every_kind_of_reader_says_something() -> None:
    for name in ("students", "grading", "platforms", "authoring", "explanation", "reference/json"):
        assert len((ROOT / "docs" / f"{name}.md").read_text("utf-8").split()) > 150, name


# -- JSON --------------------------------------------------------------------------------------

JSON = (ROOT / "docs" / "reference" / "json.md").read_text("utf-8")


FORMS = [model.Report, model.FunctionReport, model.Check, model.Finding, model.Files, model.PassedOver, model.NotRun]


@pytest.mark.parametrize("form", FORMS)
def test_every_key_of_the_json_forms_is_documented(form: type) -> None:
    for field in dataclasses.fields(form):
        assert f"`{field.name}`" in JSON or f'"{field.name}":' in JSON, f"{form.__name__}.{field.name}"


def test_every_status_is_documented() -> None:
    for literal in (model.CheckStatus, model.FunctionStatus, model.ReportStatus, model.SandboxLevel):
        assert [status for status in get_args(literal) if status not in JSON] == []


def test_every_key_of_a_counterexample_is_documented() -> None:
    keys = set(re.findall(r'"(\w+)":', inspect.getsource(counterexample_of)))
    assert {"case", "class", "item", "where", "message"} <= keys
    assert [key for key in sorted(keys) if f"`{key}`" not in JSON] == []


# -- the site ----------------------------------------------------------------------------------


def test_the_site_builds_without_a_warning(tmp_path: Path) -> None:
    pytest.importorskip("mkdocs", reason="mkdocs is not installed: pip install -e '.[docs]'")
    pytest.importorskip("mkdocs_click", reason="mkdocs-click is not installed: pip install -e '.[docs]'")
    build = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(tmp_path / "site")]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}  # an announcement of the theme's makers
    done = subprocess.run(build, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr
    cli_page = (tmp_path / "site" / "reference" / "cli" / "index.html").read_text("utf-8")
    for path, _ in commands():
        assert f"grader {' '.join(path)}" in cli_page
    assert "Sentinel" not in cli_page


def test_the_python_page_is_what_its_docstrings_say() -> None:
    spec = importlib.util.spec_from_file_location("reference_page", ROOT / "docs" / "reference_page.py")
    assert spec is not None
    assert spec.loader is not None
    writer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(writer)
    assert writer.PAGE.read_text("utf-8") == writer.page(), "run: python docs/reference_page.py"


def test_what_the_readme_shows_is_what_the_command_prints() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    shown = text.split("```text\n")[1].split("```")[0]
    command = re.findall(r"From `grader (.+?)`", text)[0]
    done = subprocess.run(
        [sys.executable, "-m", "grader", *command.split()], cwd=ROOT, capture_output=True, text=True,
        env={**os.environ, "COLUMNS": "80"},
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert [line for line in shown.splitlines() if line not in done.stdout.splitlines()] == []
    assert shown.splitlines()[0] in (ROOT / "docs" / "students.md").read_text("utf-8")
