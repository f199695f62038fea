"""The folder of a piece of work is there while it lasts, and nobody finds it afterwards."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from grader.disk import scratch_folder


def test_a_folder_of_this_user_alone_goes_with_all_that_is_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with scratch_folder() as folder:
        assert folder.parent == tmp_path
        assert folder.stat().st_mode & 0o777 == 0o700
        (folder / "inner").mkdir()
        (folder / "inner" / "file.txt").write_text("x", "utf-8")
    assert not list(tmp_path.iterdir())


def test_a_signal_right_after_it_was_made_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    made = Path.mkdir

    def interrupted(self: Path, mode: int = 0o777) -> None:
        made(self, mode)
        assert list(tmp_path.iterdir())
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "mkdir", interrupted)
    with pytest.raises(KeyboardInterrupt), scratch_folder():
        raise AssertionError("it was interrupted before")
    assert not list(tmp_path.iterdir())
