"""The pages are files that stand alone, whatever stands in the reports."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import GraderError
from grader.model import Check, Report
from grader.report.html import _breakable, _file_name, _flex, _moment, _write, render_card, write_site
from grader.report.overview import About

from . import samples
from .snapshot import assert_matches

CODE = {
    "cell 3": "import numpy as np\n",
    "cell 7": "# a comment\n\ndef linear_backward(dZ, cache):\n    ...\n",
}


ABOUT = About(
    title=f"Linear layers {samples.HOSTILE}",
    started="2026-11-29T00:50:02+01:00",
    seed=3,
    roster=9,
    missing=("Emmy Noether (s9)", samples.HOSTILE),
    starter={"linear_forward": samples.HOSTILE},
)


class Reader(HTMLParser):
    """Collects what a browser would act on."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def attributes(self, name: str) -> list[str]:
        """All values of one attribute."""
        return [str(attrs[name]) for _, attrs in self.tags if name in attrs]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages of a class in every state, with code for one of them."""
    folder = tmp_path_factory.mktemp("site")
    reports = samples.everyone()
    sources = {
        samples.wrong().submission: CODE,
        samples.hostile().submission: samples.HOSTILE + "\n\u202ex = 1",
    }
    write_site(reports, folder, sources=sources, definitions=samples.definitions(), about=ABOUT)
    return folder


def pages(site: Path) -> list[Path]:
    """All pages."""
    return [site / "index.html", site / "similarity.html", *sorted((site / "submissions").iterdir())]


def page_of(site: Path, beginning: str) -> str:
    """One submission's page."""
    (path,) = (site / "submissions").glob(f"{beginning}*.html")
    return path.read_text(encoding="utf-8")


def test_there_is_a_page_for_each_submission_and_one_for_the_class(site: Path) -> None:
    assert len(list((site / "submissions").iterdir())) == len(samples.everyone())


def test_every_link_leads_to_a_page_or_a_place_that_exists(site: Path) -> None:
    for path in pages(site):
        reader = Reader(path.read_text(encoding="utf-8"))
        ids = reader.attributes("id")
        assert len(ids) == len(set(ids))
        for tag, attrs in reader.tags:
            link = attrs.get("href") or ""
            if tag == "a" and link.startswith("#"):
                assert link[1:] in ids
            elif tag == "a":
                file, _, place = link.partition("#")
                assert (path.parent / file).is_file()
                assert f'id="{place}"' in (path.parent / file).read_text("utf-8") or not place


def test_the_policy_names_this_style_and_this_script_and_nothing_else(site: Path) -> None:
    for path in pages(site):
        page = path.read_text(encoding="utf-8")
        (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', page)
        rules = dict(rule.split(" ", 1) for rule in policy.replace("&#39;", "'").split("; "))
        assert rules["default-src"] == "'none'"
        for tag, rule in (("style", "style-src"), ("script", "script-src")):
            blocks = re.findall(f"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
            hashes = [base64.b64encode(hashlib.sha256(block.encode()).digest()).decode() for block in blocks]
            assert [f"'sha256-{digest}'" for digest in hashes] == ([rules[rule]] if blocks else [])


def test_the_class_page_says_which_run_it_is_and_who_has_no_mark(site: Path) -> None:
    page = (site / "index.html").read_text("utf-8")
    text = " ".join(Reader(page).text.split())
    assert "Linear layers" in text
    assert "graded 2026-11-28 23:50 UTC" in text and "cases of seed 3" in text
    assert "Of the class list7 / 9" in text
    assert "Not submitted (2) Emmy Noether (s9)" in text
    unmarked = page.partition('class="unmarked"')[2].partition("</table>")[0]
    assert unmarked.count("<tr>") == 3  # the head, one that cannot be read, one on which the grader failed
    assert "Alan Turing" in unmarked and "Ada Lovelace" not in unmarked


def test_of_a_run_of_which_nothing_is_known_nothing_is_said(tmp_path: Path) -> None:
    text = Reader(write_site([samples.right()], tmp_path).read_text("utf-8")).text
    for words in ("UTC", "cases of seed", "class list", "Not submitted", "Who shares definitions", "Without a mark"):
        assert words not in text
    assert not (tmp_path / "similarity.html").exists()


def test_who_shares_definitions_is_named_and_not_accused(site: Path) -> None:
    page = (site / "similarity.html").read_text("utf-8")
    text = " ".join(Reader(page).text.split())
    assert re.search(r"Ada Lovelace\s?Grace Hopper\s?1 of 1\s?linear_forward", text)
    assert not re.search("cheat|plagiar|copied|copying|suspect|guilty|fraud", text, re.IGNORECASE)
    assert "submissions/grace-hopper" in page and "#f1" in page


@pytest.mark.parametrize(
    ("text", "shown"), [("2026-11-29T00:50:02+01:00", "2026-11-28 23:50 UTC"), ("yesterday", "yesterday"), ("", "")]
)
def test_a_time_is_told_in_one_zone(text: str, shown: str) -> None:
    assert _moment(text) == shown


def test_a_name_breaks_behind_an_underscore_only() -> None:
    assert _breakable("L_model.back<") == "L_<wbr>model.<wbr>back&lt;"


def test_nothing_in_a_report_becomes_markup(site: Path) -> None:
    for path in pages(site):
        reader = Reader(path.read_text(encoding="utf-8"))
        tags = [tag for tag, _ in reader.tags]
        assert "img" not in tags and "iframe" not in tags
        assert tags.count("script") == (1 if path.name == "index.html" else 0)
        assert tags.count("style") == 1
        for _, attrs in reader.tags:
            assert not any(name.startswith("on") or name in {"style", "src"} for name in attrs)
        assert not any(link.startswith(("javascript", "http", "//")) for link in reader.attributes("href"))


def test_control_and_direction_characters_are_written_out(site: Path) -> None:
    page = page_of(site, "cmd")
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", page)
    assert "\\x1b[31mred" in page and "\\u202ex = 1" in page
    assert "{{ 7 * 7 }}" in page


@given(st.text(st.characters(exclude_categories=()), max_size=80), st.one_of(st.none(), st.text(max_size=40)))
def test_a_page_name_has_no_character_of_the_path(submission: str, student: str | None) -> None:
    report = replace(samples.right(), submission=submission, student=student)
    assert re.fullmatch(r"[a-z0-9][a-z0-9-]{0,31}-[0-9a-f]{10}", _file_name(report))


def test_two_reports_of_one_file_get_two_pages(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("twice")
    write_site([samples.right(), samples.right()], folder)
    assert len(list((folder / "submissions").iterdir())) == 2


def test_the_same_reports_give_the_same_files(tmp_path_factory: pytest.TempPathFactory) -> None:
    one, other = tmp_path_factory.mktemp("one"), tmp_path_factory.mktemp("other")
    write_site(samples.everyone(), one, definitions=samples.definitions())
    write_site(samples.everyone()[::-1], other, definitions=samples.definitions())
    assert [p.name for p in pages(one)] == [p.name for p in pages(other)]
    for a, b in zip(pages(one)[1:], pages(other)[1:], strict=True):
        assert a.read_bytes() == b.read_bytes()


def test_places_lead_to_their_lines(site: Path) -> None:
    page = page_of(site, "grace-hopper")
    assert '<a href="#c1-l3">cell 7, line 3</a>' in page
    assert '<span class="line" id="c1-l3"><span class="no" data-no="3"></span>def linear_backward' in page
    assert "cell 9, line 1" in page and 'href="#c2' not in page


@pytest.mark.parametrize("origin", ["line 2", "solution.py, line 2"])
def test_a_file_of_one_piece_needs_no_label(tmp_path_factory: pytest.TempPathFactory, origin: str) -> None:
    report = samples.report("solution.py", "Ada", samples.passed("f", 60.0, origin))
    folder = tmp_path_factory.mktemp("one")
    write_site([report], folder, sources={"solution.py": "import numpy\ndef f(): ...\n"})
    assert f'<a href="#c0-l2">{origin}</a>' in page_of(folder, "ada")


@pytest.mark.parametrize("origin", ["cell 7, line 99", "cell 7, line 0", "cell 8, line 1", "somewhere", "line ²"])
def test_a_place_that_is_not_on_the_page_is_plain_text(tmp_path_factory: pytest.TempPathFactory, origin: str) -> None:
    report = samples.report("a.ipynb", "Ada", samples.passed("f", 60.0, origin))
    folder = tmp_path_factory.mktemp("one")
    write_site([report], folder, sources={"a.ipynb": CODE})
    assert f'<span class="origin">{origin}</span>' in page_of(folder, "ada")


def test_a_page_without_code_says_so(site: Path) -> None:
    assert "The code is not part of this report." in page_of(site, "ada-lovelace")


def test_no_points_are_never_shown_as_zero(site: Path) -> None:
    for name in ("alan-turing", "joan"):
        text = Reader(page_of(site, name)).text
        assert "no points" in text and "0 of 60" not in text


def test_a_submission_page_names_nobody_else(site: Path) -> None:
    page = page_of(site, "grace-hopper")
    assert not re.search("lovelace|turing|joan", page, re.IGNORECASE)


def test_a_page_reads_as_before(site: Path) -> None:
    for name in ("grace-hopper", "alan-turing"):
        page = re.sub(r"<style>.*?</style>", "<style></style>", page_of(site, name), flags=re.DOTALL)
        page = re.sub(r"sha256-[\w+/=]+|-[0-9a-f]{10}(?=\.html)", "HASH", page)
        assert_matches(f"page-{name}.html", page)


def rows_of(page: str, table: int) -> list[tuple[list[str], list[str]]]:
    """The numbers and the classes of the parts of the bar, for each row of one of the class page's charts."""
    chart = re.findall(r'<table class="chart">.*?</table>', page, re.DOTALL)[table]
    rows = re.findall(r"<tr>(?:(?!</tr>).)*<td class=.*?</tr>", chart, re.DOTALL)
    return [(re.findall(r'<td class="number">(.*?)</td>', row), re.findall(r'<span class="(.*?)">', row)) for row in rows]


def test_a_bar_is_as_long_as_the_numbers_beside_it(tmp_path: Path) -> None:
    page = write_site(samples.classroom(), tmp_path).read_text("utf-8")
    marks, rates = rows_of(page, 0), rows_of(page, 1)
    assert marks[1] == (["0"], ["rest flex-100"])
    assert marks[7] == (["7"], ["share flex-37", "rest flex-63"])  # of 19
    assert marks[9] == (["19"], ["share flex-100"])
    numbers = ["13.17 / 15", "87.8 %", "28", "8", "0", "0", "5", "0.23"]
    assert rates[3] == (numbers, ["passed flex-68", "carried flex-20", "absent flex-12"])


def test_every_part_of_a_bar_has_a_width_and_a_colour_in_the_style_sheet(site: Path) -> None:
    page = (site / "index.html").read_text("utf-8")
    parts = {name for table in (0, 1) for _, bar in rows_of(page, table) for part in bar for name in part.split()}
    assert {name for name in parts - {"rest"} if f".{name} {{" not in page and f".{name}{{" not in page} == set()


@pytest.mark.parametrize(("count", "total", "name"), [(0, 0, "flex-0"), (1, 1000, "flex-1"), (999, 1000, "flex-100")])
def test_a_part_of_a_bar_that_is_not_empty_can_be_seen(count: int, total: int, name: str) -> None:
    assert _flex(count, total) == name


def test_an_empty_run_is_a_page_too(tmp_path_factory: pytest.TempPathFactory) -> None:
    index = write_site([], tmp_path_factory.mktemp("empty"))
    assert "No submissions." in index.read_text(encoding="utf-8")


def test_reports_of_two_assignments_are_refused(tmp_path_factory: pytest.TempPathFactory) -> None:
    reports = [samples.right(), replace(samples.right(), assignment="other")]
    with pytest.raises(GraderError, match="found linear_layers, other; write one site for each"):
        write_site(reports, tmp_path_factory.mktemp("two"))


@pytest.mark.parametrize("make", [samples.right, samples.wrong, samples.hostile], ids=lambda make: make.__name__)
def test_a_card_is_a_fragment_without_script(make: Callable[[], Report]) -> None:
    for function in make().functions:
        reader = Reader(render_card(function, formula="dW = dZ @ A.T / m <b>"))
        tags = {tag for tag, _ in reader.tags}
        assert not tags & {"script", "html", "body", "link", "img", "b "}
        assert not reader.attributes("style") and not reader.attributes("id") and not reader.attributes("href")
        assert "dW = dZ @ A.T / m <b>" in reader.text


def test_a_sentence_that_two_checks_give_is_said_once() -> None:
    twice = tuple(Check(kind, "db", "failed", 0.0, 1.0, "db has shape (2,)") for kind in ("shape", "property"))
    function = replace(samples.wrong_backward(), checks=twice)
    assert render_card(function).count('<p class="why">db has shape (2,)</p>') == 1


def test_a_card_reads_as_before() -> None:
    card = render_card(samples.wrong_backward(), formula="db = sum of dZ over the examples / m")
    assert_matches("card.html", re.sub(r"<style>.*?</style>", "", card, flags=re.DOTALL))


def test_a_page_that_cannot_be_written_whole_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_site([samples.right()], tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert not [path for path in before if path.suffix == ".part"]

    def killed(self: Path, data: bytes) -> int:
        self.write_text(data[:100].decode(), "utf-8")
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "write_bytes", killed)
    with pytest.raises(KeyboardInterrupt):
        write_site([samples.wrong()], tmp_path)
    assert {path: path.read_bytes() for path in before} == before


def test_a_template_that_names_what_is_not_there_fails(tmp_path: Path) -> None:
    from jinja2 import UndefinedError

    with pytest.raises(UndefinedError):
        _write(tmp_path / "page.html", "submission.html.j2")


@pytest.mark.parametrize(
    ("submissions", "labels"),
    [
        (["down/ann/hw.py", "down/bob/hw.py"], ["ann/hw.py", "bob/hw.py"]),
        (["down/ann/hw.py"], ["hw.py"]),
        (["/tmp/a.py", "b.py"], ["/tmp/a.py", "b.py"]),
        (["down/hw.py", "down/hw.py.py"], ["hw.py", "hw.py.py"]),
    ],
)
def test_the_class_page_leaves_out_the_folder_that_all_share(
    tmp_path: Path, submissions: list[str], labels: list[str]
) -> None:
    reports = [replace(samples.right(), student=str(n), submission=s) for n, s in enumerate(submissions)]
    page = Reader(write_site(reports, tmp_path).read_text("utf-8"))
    assert [label for label in labels if label in page.text] == labels
    for path, label in zip(submissions, labels, strict=True):
        assert (path in page.text) == (path == label)


def test_what_was_not_graded_has_no_count_of_functions(site: Path) -> None:
    page = (site / "index.html").read_text("utf-8")
    assert "0 / 0" not in page
    assert 'data-value="0">–</td>' in page


def test_a_file_of_blank_lines_makes_no_large_page(tmp_path: Path) -> None:
    report = samples.right()
    index = write_site([report], tmp_path, sources={report.submission: {"one.py": "\n" * 300_000, "two.py": "\n" * 300_000}})
    (page,) = (index.parent / "submissions").iterdir()
    assert page.stat().st_size < 2_000_000
    assert "lines more, which are not shown" in page.read_text("utf-8")
