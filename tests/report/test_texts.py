"""The words around a report: numbers that do not flatter, and no word that nobody says."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.report import texts


@pytest.mark.parametrize(
    ("value", "text"),
    [(100.0, "100 %"), (99.96, "99.9 %"), (99.999999, "99.9 %"), (62.5, "62.5 %"), (0.0, "0 %"), (None, "–")],
)
def test_a_percentage_is_never_rounded_up_to_full_marks(value: float | None, text: str) -> None:
    assert texts.percent(value) == text


@pytest.mark.parametrize(("value", "text"), [(7.0, "7"), (7.5, "7.5"), (100 / 3, "33.33"), (0.0, "0"), (100.0, "100")])
def test_points_have_no_needless_digits(value: float, text: str) -> None:
    assert texts.number(value) == text


def test_every_word_is_used_somewhere() -> None:
    folder = Path(texts.__file__).parent
    files = [*folder.glob("*.py"), *folder.glob("templates/*.j2")]
    said = "\n".join(path.read_text(encoding="utf-8") for path in files if path.name != "texts.py")
    own = Path(texts.__file__).read_text(encoding="utf-8")
    public = [name for name in vars(texts) if not name.startswith("_") and name not in {"annotations", "Sequence"}]
    unused = [name for name in public if f".{name}" not in said and own.count(f"{name}(") < 2 and own.count(name) < 2]
    assert unused == []
