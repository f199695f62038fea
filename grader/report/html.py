"""Pages of a grading run that open from disk, and the card under a notebook cell.

A page is one file: style and script are inlined, a Content-Security-Policy forbids everything else, and
nothing is ever fetched. Jinja escapes every expression, after :func:`grader.report.escape.plain` made it
inert; no template can forget either. See ``docs/design/reports.md``.
"""

from __future__ import annotations

import base64
import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, partial
from itertools import takewhile
from pathlib import Path
from typing import Any

from grader import sentences
from grader.disk import write_whole
from grader.errors import GraderError, missing_extra
from grader.model import FunctionReport, Key, Report
from grader.report import wording
from grader.report.escape import clip, plain
from grader.report.example import example_of
from grader.report.likeness import FEW, likeness
from grader.report.order import order_of
from grader.report.overview import About, overview
from grader.report.table import in_order
from grader.report.values import display_of

try:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup, escape
except ImportError:
    raise missing_extra("a page in HTML", "report") from None

__all__ = ["Source", "render_card", "write_feedback", "write_site"]

# A file's text, or labelled pieces of it, with labels as origins name them: {"cell 7": "def f(x): ..."}.
Source = str | Mapping[str, str]

NOTHING_MORE = About()
TEMPLATES = Path(__file__).parent / "templates"
LONGEST = 20_000  # characters of one string in a report
LONGEST_SOURCE = 400_000  # characters of one file
MOST_LINES = 6_000  # of all files of a page together: an empty line of a file is a hundred bytes of a page
# The policy forbids a style of an element's own, so that each width of a part of a bar is a class.
FLEX = "".join(f".flex-{percent}{{flex-grow:{percent}}}" for percent in range(101))


@dataclass(frozen=True, slots=True)
class Page:
    """One submission's page: where it is written, what the class page calls it, and the lines of the code beside it."""

    report: Report
    file: str
    label: str
    cells: Mapping[str, Sequence[str]]

    @property
    def passed(self) -> int:
        """Functions that are correct."""
        return sum(f.status == "passed" for f in self.report.functions)

    @property
    def codes(self) -> list[str]:
        """Codes of the mistakes, each once; a function that passed has none."""
        findings = [x for f in self.report.functions if f.status != "passed" for x in f.findings]
        codes = dict.fromkeys(finding.code for finding in [*self.report.findings, *findings])
        return [code for code in codes if code not in wording.BY_PEOPLE]

    def anchor_of(self, function: str) -> str:
        """The place of a function's card on the page."""
        names = [f.name for f in self.report.functions]
        return f"#f{names.index(function) + 1}" if function in names else ""

    def line_of(self, origin: str | None) -> str:
        """The anchor of a place such as ``cell 7, line 3`` or ``line 12``; empty when the page lacks it."""
        label, number = sentences.place_in(origin or "")
        for i, (cell, lines) in enumerate(self.cells.items()):
            if cell in {label, ""} and number is not None and 0 < number <= len(lines):
                return f"c{i}-l{number}"
        return ""


def write_site(
    reports: Sequence[Report],
    directory: str | Path,
    *,
    sources: Mapping[str, Source] | None = None,
    definitions: Mapping[Key, Mapping[str, str]] | None = None,
    about: About = NOTHING_MORE,
) -> Path:
    """Write the pages of one run and return the class page.

    Parameters
    ----------
    reports : sequence of Report
        Of one assignment; they are listed by student, then by file.
    directory : path
        Created if need be. ``index.html``, ``submissions/*.html`` and, with definitions, ``similarity.html`` are
        written, nothing is deleted.
    sources : mapping, optional
        From ``report.submission`` to the code that is shown beside the feedback: a text, or a mapping of
        labels to texts as in ``Submission.sources``.
    definitions : mapping, optional
        From submission and student to the text of each graded function.
    about : About
        What is known of the run beside its reports.

    Raises
    ------
    GraderError
        When the reports are of several assignments.
    """
    names = sorted({report.assignment for report in reports})
    if len(names) > 1:
        raise GraderError(f"a class page shows one assignment, found {', '.join(names)}; write one site for each")
    pages = _pages(reports, sources or {})
    folder = Path(directory)
    (folder / "submissions").mkdir(parents=True, exist_ok=True)
    for page in pages:  # a page names no other student, so that it can be handed out alone
        _write(folder / page.file, "submission.html.j2", page=page, about=about, alone=False)
    title = names[0] if names else "Class page"
    facts: dict[str, Any] = {"title": title, "about": about, "shared": None}
    if definitions is not None:
        shown = [page for page in pages if page.report.key in definitions]
        found = likeness([definitions[p.report.key] for p in shown], about.starter)
        _write(folder / "similarity.html", "similarity.html.j2", **facts, pages=shown, found=found, few=FEW)
        facts["shared"] = found
    index = folder / "index.html"
    _write(index, "class.html.j2", script="class.js", overview=overview(reports), pages=pages, **facts)
    return index


def write_feedback(
    reports: Sequence[Report],
    directory: str | Path,
    *,
    sources: Mapping[str, Source] | None = None,
    about: About = NOTHING_MORE,
) -> list[tuple[Report, Path]]:
    """Write one page a student that stands alone: nothing in it links to or names anybody else.

    Parameters
    ----------
    reports, directory, sources, about
        As for :func:`write_site`; the pages lie in the directory itself.

    Returns
    -------
    list
        The reports in the order of the students, each with its page.
    """
    folder = Path(directory)
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for page in _pages(reports, sources or {}):
        target = folder / Path(page.file).name
        _write(target, "submission.html.j2", page=page, about=about, alone=True)
        written.append((page.report, target))
    return written


def render_card(function: FunctionReport, *, formula: str = "") -> str:
    """One function's verdict as a self-contained HTML fragment, for ``_repr_html_`` in a notebook.

    It has no script and loads nothing; it takes the colours of the notebook's own theme.
    :func:`grader.report.terminal.render_function` is the text for front ends without HTML.

    Parameters
    ----------
    function : FunctionReport
        The verdict.
    formula : str
        The formula in plain text, shown as it is.
    """
    template = _environment().get_template("card.html.j2")
    return template.render(function=function, formula=formula, style=_trusted(_asset("card.css")))


# Pages ------------------------------------------------------------------------------------------


def _pages(reports: Sequence[Report], sources: Mapping[str, Source]) -> list[Page]:
    ordered = sorted(reports, key=lambda r: (not r.student, in_order(r.student or ""), in_order(r.submission)))
    # The folder that all submissions lie in says nothing about any of them.
    folders = [report.submission.split("/")[:-1] for report in reports]
    shared = len(list(takewhile(lambda names: len(set(names)) == 1, zip(*folders, strict=False))))
    files: Counter[str] = Counter()
    pages = []
    for report in ordered:
        name = _file_name(report)
        files[name] += 1
        file = f"submissions/{name}{f'-{files[name]}' if files[name] > 1 else ''}.html"
        source = sources.get(report.submission, {})
        pieces = {"": source} if isinstance(source, str) else source
        label = "/".join(report.submission.split("/")[shared:])
        pages.append(Page(report, file, label, _shown(pieces)))
    return pages


def _shown(pieces: Mapping[str, str]) -> dict[str, Sequence[str]]:
    """The lines of the code that a page shows."""
    cells: dict[str, Sequence[str]] = {}
    room = MOST_LINES
    for cell, text in pieces.items():
        lines = _lines(text)
        if len(lines) > room:
            cells[cell] = [*lines[:room], sentences.more_code(len(lines) - room)]
            break
        cells[cell] = lines
        room -= len(lines)
    return cells


def _file_name(report: Report) -> str:
    """A name without any character of the path, the same in every run: readable part and hash."""
    words = unicodedata.normalize("NFKD", report.student or Path(report.submission).stem)
    letters = re.findall(r"[a-z0-9]+", words.encode("ascii", "ignore").decode().lower())
    slug = "-".join(letters)[:32].strip("-")
    whole = f"{report.assignment}\0{report.student}\0{report.submission}".encode("utf-8", "surrogatepass")
    return f"{slug or 'submission'}-{hashlib.sha256(whole).hexdigest()[:10]}"


def _lines(text: str) -> list[str]:
    return clip(text, LONGEST_SOURCE).removesuffix("\n").replace("\r\n", "\n").split("\n")


# Templates --------------------------------------------------------------------------------------


def _write(path: Path, template: str, *, script: str = "", **facts: object) -> None:
    style, code = _asset("page.css") + _asset("card.css") + FLEX, _asset(script) if script else ""
    trusted = {"style": _trusted(style), "script": _trusted(code), "policy": _policy(style, code)}
    page = _environment().get_template(template).render(**trusted, **facts)
    write_whole(path, page.encode())  # no half of a page is sent to a student


def _policy(style: str, script: str) -> str:
    """Allow this very style and script and nothing else: no image, no font, no connection, no form."""

    def source(text: str) -> str:
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        return f"'sha256-{digest}'" if text else "'none'"

    own = f"style-src {source(style)}; script-src {source(script)}; img-src data:"
    return f"default-src 'none'; {own}; base-uri 'none'; form-action 'none'"


def _flex(count: int, total: int) -> str:
    """The class of a part of a bar; a part that is not empty is never invisible."""
    return f"flex-{max(1, round(100 * count / total))}" if count else "flex-0"


def _status_class(status: str) -> str:
    if status in {"passed", "graded"}:
        return "passed"
    if status in {"failed", "error"}:
        return "failed"
    return status if status in {"skipped", "partial"} else "other"


def _breakable(text: str) -> Markup:
    """A name that breaks behind an underscore or a dot and nowhere else, where it has to."""
    return Markup(re.sub("([_.])", r"\1<wbr>", str(escape(_inert(clip(text, 120))))))


def _moment(text: str) -> str:
    """A time as people read it; what is none, as it is."""
    try:
        return f"{datetime.fromisoformat(text).astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    except ValueError:
        return text


def _inert(value: object) -> object:
    """What every expression of every template goes through before it is escaped."""
    if isinstance(value, str) and not hasattr(value, "__html__"):
        return plain(clip(value, LONGEST), newlines=True)
    return value


def _trusted(text: str) -> Markup:
    """Our own style and script, which are not escaped."""
    return Markup(text)  # never called with a string from a report


def _asset(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, finalize=_inert, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    environment.globals["wording"] = wording
    environment.filters |= {
        "status_class": _status_class,
        "flex": _flex,
        "example": example_of,
        "ordered": order_of,
        "short": partial(clip, limit=120),  # what fits in a cell of a table
        "breakable": _breakable,
        "moment": _moment,
        "display": display_of,
    }
    return environment
