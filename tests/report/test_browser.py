"""The pages in a real browser: nothing is fetched, nothing complains, sorting and searching work."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.report.html import write_site
from grader.report.overview import About

from . import samples
from .browser import CHROMIUM, Browser, browser

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine: apt-get install chromium")

ROWS = "[...document.querySelectorAll('#students-table tbody tr:not([hidden])')]"
COLUMN = ROWS + ".map(r => r.cells[{}].innerText.trim())"
SORTED = "[...document.querySelectorAll('#students-table th[data-sort]')].map(h => h.getAttribute('aria-sort'))"


@pytest.fixture(scope="module")
def page() -> Iterator[Browser]:
    """One browser for all tests of this file."""
    with browser() as started:
        yield started


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages of a class with a hostile member."""
    reports = [*samples.classroom(12), samples.wrong(), samples.hostile()]
    sources = {report.submission: {"cell 7": "a\nb\nc\n", "cell 3": samples.HOSTILE} for report in reports}
    definitions, about = samples.definitions(), About(missing=("Emmy Noether (s9)", samples.HOSTILE), roster=40)
    folder = tmp_path_factory.mktemp("site")
    return write_site(reports, folder, sources=sources, definitions=definitions, about=about).parent


BAD = """<!doctype html>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'">
<p style="color: red">x</p><script>{}</script>"""


@pytest.mark.parametrize(
    ("script", "complaint"),
    [
        ("", "Content Security Policy"),
        ("console.error('told')", "told"),
        ("nothing.at.all()", "ReferenceError"),
    ],
)
def test_the_browser_notices_what_it_is_there_to_notice(
    page: Browser, tmp_path_factory: pytest.TempPathFactory, script: str, complaint: str
) -> None:
    path = tmp_path_factory.mktemp("bad") / "bad.html"
    path.write_text(BAD.format(script), encoding="utf-8")
    page.open(path)
    assert complaint in " ".join(page.complaints())


def test_the_browser_notices_a_request(page: Browser, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("bad") / "bad.html"
    path.write_text("<!doctype html><img src='other.png' alt=''>", encoding="utf-8")
    page.open(path)
    assert len(page.requests()) == 2


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [400, 1400])
def test_every_page_opens_without_a_complaint_or_a_request(page: Browser, site: Path, dark: bool, width: int) -> None:
    for path in [*site.glob("*.html"), *sorted((site / "submissions").iterdir())]:
        page.open(path, dark=dark, width=width)
        assert page.complaints() == []
        assert page.requests() == [path.as_uri()]
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{path.name} is too wide"


BROKEN = """[...document.querySelectorAll('th code, td code')].filter(code => [...code.childNodes].some(node => {
    const range = document.createRange(); range.selectNodeContents(node);
    return node.nodeType === 3 && range.getClientRects().length > 1;
})).map(code => code.textContent)"""


def test_names_of_functions_do_not_break_in_the_middle(page: Browser, site: Path) -> None:
    for name in ("index.html", "similarity.html"):
        page.open(site / name, width=390)
        assert page.evaluate("document.querySelectorAll('th code wbr').length") > 0
        assert [name for name in page.evaluate(BROKEN) if " " not in name] == []  # a name with blanks is none


def test_dark_and_light_follow_the_system(page: Browser, site: Path) -> None:
    colours = []
    for dark in (False, True):
        page.open(site / "index.html", dark=dark)
        colours.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert colours[0] == "rgb(255, 255, 255)" and colours[1] != colours[0]


def test_a_column_is_sorted_with_the_keyboard_both_ways(page: Browser, site: Path) -> None:
    page.open(site / "index.html")
    assert page.evaluate(SORTED) == ["none"] * 7
    page.evaluate("document.querySelectorAll('#students-table th button')[3].focus()")
    page.press("Enter")
    shares = [float(cell.rstrip(" %")) if cell != "–" else -1.0 for cell in page.evaluate(COLUMN.format(3))]
    assert shares == sorted(shares) and len(set(shares)) > 3
    assert page.evaluate(SORTED) == ["none", "none", "none", "ascending", "none", "none", "none"]
    page.press("Enter")
    again = [float(cell.rstrip(" %")) if cell != "–" else -1.0 for cell in page.evaluate(COLUMN.format(3))]
    assert again == sorted(shares, reverse=True)
    assert page.evaluate(SORTED)[3] == "descending"


def test_names_with_numbers_are_sorted_as_people_count(page: Browser, site: Path) -> None:
    page.open(site / "index.html")
    page.evaluate("document.querySelector('#students-table th button').click()")
    names = [name for name in page.evaluate(COLUMN.format(0)) if name.startswith("Student")]
    assert names == [f"Student {i:02}" for i in range(12)]


def test_a_search_narrows_the_table_and_says_to_what(page: Browser, site: Path) -> None:
    page.open(site / "index.html")
    total = len(page.evaluate(COLUMN.format(0)))
    page.evaluate("document.getElementById('search').focus()")
    page.type("GRACE missing-mean")
    assert page.evaluate(COLUMN.format(0)) == ["Grace Hopper"]
    assert page.evaluate("document.getElementById('shown').textContent") == f"1 of {total} shown"
    page.evaluate("const s = document.getElementById('search'); s.value = ''; s.dispatchEvent(new Event('input'))")
    assert len(page.evaluate(COLUMN.format(0))) == total


def test_a_screen_reader_is_told_names_for_everything_that_can_be_used(page: Browser, site: Path) -> None:
    for path in [*site.glob("*.html"), *(site / "submissions").glob("grace*")]:
        page.open(path)
        nodes = page.call("Accessibility.getFullAXTree")["nodes"]
        roles = {"button", "link", "searchbox", "image", "table", "region", "progressbar"}
        named = [(n["role"]["value"], n.get("name", {}).get("value", "")) for n in nodes if n.get("role")]
        unnamed = [role for role, name in named if role in roles - {"table"} and not name.strip()]
        assert any(role in roles for role, _ in named)
        assert unnamed == []


def test_a_page_without_script_has_no_dead_controls(page: Browser, site: Path) -> None:
    page.call("Emulation.setScriptExecutionDisabled", value=True)
    try:
        page.open(site / "index.html")
        root = page.call("DOM.getDocument", depth=-1)["root"]["nodeId"]
        buttons = page.call("DOM.querySelectorAll", nodeId=root, selector="button, p.search:not([hidden])")["nodeIds"]
        rows = page.call("DOM.querySelectorAll", nodeId=root, selector="#students-table tbody tr")["nodeIds"]
    finally:
        page.call("Emulation.setScriptExecutionDisabled", value=False)
    assert buttons == [] and len(rows) == 17


def test_a_place_in_the_feedback_leads_to_its_line(page: Browser, site: Path) -> None:
    (path,) = (site / "submissions").glob("grace*")
    page.open(path)
    page.evaluate("document.querySelector('.origin a[href=\"#c0-l3\"]').click()")
    assert page.evaluate("document.querySelector('.line:target').innerText.trim()") == "c"


def test_a_printed_page_holds_the_checks_of_what_lost_points(page: Browser, site: Path) -> None:
    """The functions that passed stay folded as they are on the screen, since they would fill most of the sheets."""
    (path,) = (site / "submissions").glob("grace*")
    page.open(path)
    page.call("Emulation.setEmulatedMedia", media="print")
    shown = "[...document.querySelectorAll('{}')].map(t => t.getBoundingClientRect().height > 0 && t.checkVisibility())"
    first, folded = (page.evaluate(shown.format(q)) for q in (":not(.others) > .grader-card .checks", ".others .checks"))
    page.call("Emulation.setEmulatedMedia", media="")
    assert first and all(first)
    assert folded and not any(folded)
