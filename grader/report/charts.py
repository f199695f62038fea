"""Two charts of the class page as inline SVG, drawn by matplotlib without a display.

matplotlib writes colours and fonts as inline styles, which a strict Content-Security-Policy forbids and a
dark page could not change. :func:`_themed` therefore turns every style into attributes and every colour of
the small palette below into a class that the page's own style sheet colours. See ``docs/design/reports.md``.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from grader.errors import missing_extra
from grader.report import texts
from grader.report.escape import plain
from grader.report.overview import BINS, FunctionRate

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["marks_chart", "rates_chart"]

SVG = "http://www.w3.org/2000/svg"
# Placeholder colours, each a class in the style sheet.
PALETTE = {
    "#010101": "ink",
    "#020202": "rule",
    "#030303": "passed",
    "#040404": "carried",
    "#050505": "failed",
    "#060606": "absent",
    "#070707": "bar",
}
INK, RULE, *OUTCOMES, BAR = PALETTE
OUTCOME_NAMES = ("passed", "carried", "failed", "absent")
SETTINGS: Any = {
    "text.parse_math": False,  # a "$" in a name is a dollar sign
    "svg.fonttype": "none",  # text stays text: small, searchable, in the page's own font
    "font.family": "sans-serif",
    "font.size": 10,
    "text.color": INK,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": INK,
    "ytick.color": INK,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "hatch.color": RULE,
}
# Hatches, so that the outcomes differ in print and for colour-blind readers.
HATCHES = (None, "///", None, None)


def marks_chart(histogram: Sequence[int]) -> str:
    """How many submissions lie in each ten percent, as an ``<svg>`` element."""
    with _matplotlib(texts.MARKS):
        figure, axes = _figure(5.6, 2.6)
        bars = axes.bar(range(BINS), histogram, width=0.92, align="edge", color=BAR, linewidth=0)
        axes.bar_label(bars, labels=[str(n) if n else "" for n in histogram], padding=2)
        axes.set_xlim(-0.1, BINS + 0.1)
        axes.set_xticks(range(BINS + 1), [str(100 * i // BINS) for i in range(BINS + 1)])
        axes.set_xlabel(texts.MARKS_AXIS)
        axes.set_ylabel(texts.SUBMISSIONS_AXIS)
        axes.yaxis.get_major_locator().set_params(integer=True)
        axes.set_ylim(0, max(1, *histogram) * 1.15)
        words = [f"{100 * i // BINS}–{100 * (i + 1) // BINS}: {n}" for i, n in enumerate(histogram) if n]
        return _themed(figure, texts.MARKS, ", ".join(words))


def rates_chart(rates: Sequence[FunctionRate]) -> str:
    """For each function the shares of passed, carried, failed and absent, as an ``<svg>`` element."""
    with _matplotlib(texts.PASS_RATE):
        figure, axes = _figure(5.6, 1.05 + 0.32 * len(rates))
        names = [_label(plain(rate.name)) for rate in rates]
        places = range(len(rates))
        left = [0.0] * len(rates)
        for name, colour, hatch in zip(OUTCOME_NAMES, OUTCOMES, HATCHES, strict=True):
            widths = [100.0 * getattr(rate, name) / max(1, rate.total) for rate in rates]
            label = texts.OUTCOMES[name]
            axes.barh(places, widths, left=left, height=0.72, color=colour, hatch=hatch, label=label, linewidth=0)
            left = [a + b for a, b in zip(left, widths, strict=True)]
        axes.set_yticks(places, names)
        axes.invert_yaxis()
        axes.set_xlim(0, 100)
        axes.set_xlabel("%")
        axes.tick_params(axis="y", length=0)
        figure.legend(loc="outside upper center", ncols=2, frameon=False, handlelength=1)
        words = [f"{name}: {texts.percent(rate.percent)}" for name, rate in zip(names, rates, strict=True)]
        return _themed(figure, texts.PASS_RATE, ", ".join(words))


def _label(name: str) -> str:
    return name if len(name) <= 28 else f"{name[:27]}…"


@contextmanager
def _matplotlib(title: str) -> Iterator[None]:
    """Our settings alone, whatever the user's own are; restored afterwards."""
    try:
        import matplotlib as mpl
    except ImportError as error:
        raise missing_extra("'grader report'", "report") from error
    with mpl.rc_context(), warnings.catch_warnings():
        # The browser draws the letters, so that a glyph missing from matplotlib's font does no harm.
        warnings.filterwarnings("ignore", message="Glyph")
        mpl.rcdefaults()
        # The salt makes the same data give the same file, and two charts of a page differ in their ids.
        mpl.rcParams.update({**SETTINGS, "svg.hashsalt": title})
        yield


def _figure(width: float, height: float) -> tuple[Figure, Any]:
    """A figure that no window system and no global state knows of."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.add_subplot()


def _themed(figure: Figure, title: str, description: str) -> str:
    """The figure as an SVG element with a role, a name, classes for colours and no inline style."""
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    ElementTree.register_namespace("", SVG)
    ElementTree.register_namespace("xlink", "http://www.w3.org/1999/xlink")
    root = ElementTree.fromstring(buffer.getvalue())
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in {f"{{{SVG}}}style", f"{{{SVG}}}metadata"}:
                parent.remove(child)
    for element in root.iter():
        _unstyle(element)
    for name in ("width", "height"):
        del root.attrib[name]
    root.attrib |= {"class": "chart", "role": "img", "aria-label": f"{title}. {description}"}
    return ElementTree.tostring(root, encoding="unicode")


def _unstyle(element: ElementTree.Element) -> None:
    """Move ``style`` into attributes, and the palette's colours into classes such as ``fill-ink``."""
    if element.tag == f"{{{SVG}}}g":  # "figure_1" stands in every chart, and nothing refers to it
        element.attrib.pop("id", None)
    if element.get("transform", "").startswith("rotate(-0 "):
        del element.attrib["transform"]
    styles = dict(re.findall(r"([\w-]+)\s*:\s*([^;]+)", element.attrib.pop("style", "")))
    styles |= {name: element.attrib.pop(name) for name in ("fill", "stroke") if name in element.attrib}
    classes = []
    for name, value in styles.items():
        if value in PALETTE:
            classes.append(f"{name}-{PALETTE[value]}")
        elif name == "font":  # a shorthand, which is no attribute
            element.set("font-size", value.split()[0])
        elif name != "font-family":  # the page has its own
            element.set(name, value)
    if classes:
        element.set("class", " ".join(classes))
