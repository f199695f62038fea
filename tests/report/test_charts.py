"""The charts are inline SVG that a strict page accepts, in its own colours, the same for the same data."""

from __future__ import annotations

import re
import subprocess
import sys
from xml.etree import ElementTree

import pytest

from grader.report.overview import FunctionRate, overview

from . import samples

pytest.importorskip("matplotlib", reason="matplotlib (the extra 'report') is not installed")

from grader.report.charts import PALETTE, marks_chart, rates_chart


def charts() -> list[str]:
    """Both charts of a class that holds a hostile submission."""
    counts = overview([*samples.classroom(), samples.hostile()])
    return [marks_chart(counts.histogram), rates_chart(counts.functions)]


def test_charts_hold_no_style_no_script_and_no_address() -> None:
    for chart in charts():
        root = ElementTree.fromstring(chart)
        tags = {element.tag.rpartition("}")[2] for element in root.iter()}
        assert tags <= {"svg", "g", "defs", "path", "use", "text", "rect", "clipPath", "pattern"}
        for element in root.iter():
            assert not {name for name in element.attrib if name == "style" or name.startswith("on")}
            links = [value for name, value in element.attrib.items() if name.endswith("href")]
            assert all(link.startswith("#") for link in links)


def test_every_colour_is_a_class_of_the_style_sheet() -> None:
    for chart in charts():
        assert not re.search("#0[0-9]0[0-9]0[0-9]", chart)
        classes = set(re.findall(r"\b(?:fill|stroke)-([a-z]+)\b(?=[ \"])", chart))
        assert classes and classes <= {*PALETTE.values()}


def test_charts_have_a_name_that_says_what_they_show() -> None:
    marks, rates = (ElementTree.fromstring(chart) for chart in charts())
    assert marks.get("role") == rates.get("role") == "img"
    assert "90–100: 19" in str(marks.get("aria-label"))
    assert "linear_backward: " in str(rates.get("aria-label"))


def test_the_same_data_give_the_same_chart() -> None:
    assert charts() == charts()


def test_an_odd_name_is_drawn_as_text() -> None:
    rate = FunctionRate("$x^$ 張 <b>\x1b" + "y" * 99, 1, 0, 0, 0, ())
    chart = rates_chart([rate])
    assert "$x^$ 張 &lt;b&gt;\\x1b" in chart


def test_an_empty_class_has_an_empty_chart() -> None:
    assert "<svg" in marks_chart([0] * 10)


def test_without_matplotlib_the_error_says_what_to_install() -> None:
    code = (
        "import sys; sys.modules['matplotlib'] = None\n"
        "from grader.report.charts import marks_chart\n"
        "from grader.errors import HarnessError\n"
        "try: marks_chart([0] * 10)\n"
        "except HarnessError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "pip install 'numpy-course-grader[report]'" in done.stdout
