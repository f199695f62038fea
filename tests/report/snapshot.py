"""Rendered forms compared with files under ``snapshots/``.

After a wanted change, write them anew and read the difference before committing it::

    GRADER_UPDATE_SNAPSHOTS=1 python -m pytest tests/report && git diff tests/report/snapshots
"""

from __future__ import annotations

import os
from pathlib import Path

FOLDER = Path(__file__).parent / "snapshots"
VARIABLE = "GRADER_UPDATE_SNAPSHOTS"


def assert_matches(name: str, text: str) -> None:
    """Compare `text` with the stored file, or store it when the variable is set."""
    path = FOLDER / name
    if os.environ.get(VARIABLE):
        FOLDER.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    assert path.exists(), f"{path} does not exist; set {VARIABLE}=1 to write it"
    assert text == path.read_text(encoding="utf-8"), f"{name} changed; set {VARIABLE}=1 if that is wanted"
