"""The folder for JupyterLite: what lies in it, and that its wheel alone checks a student's work."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import zipfile
from functools import cache
from pathlib import Path

import pytest

from grader.errors import HarnessError, SpecError
from grader.freezing.store import frozen_cases
from grader.publishing import jupyterlite
from grader.publishing.jupyterlite import _build, _sources, write_jupyterlite
from tests.kits import COURSE, ROOT, kit

NAME = "dnn_step_by_step"


@cache
def sources() -> dict[str, bytes]:
    """What the site is built from, with the cases of the kit."""
    return dict(_sources(COURSE.load(NAME), frozen_cases(COURSE.load(NAME), 1)))


def wheel_of_the_site() -> tuple[str, zipfile.ZipFile]:
    (name,) = (name for name in sources() if name.endswith(".whl"))
    return name, zipfile.ZipFile(io.BytesIO(sources()[name]))


def test_students_see_the_notebook_the_handout_and_the_helper_modules() -> None:
    files = {name for name in sources() if name.startswith("files/")}
    assert files == {f"files/{NAME}.ipynb", "files/HANDOUT.md", "files/dnn_utils.py"}
    assert sources()["files/HANDOUT.md"] == (kit(NAME) / "HANDOUT.md").read_bytes()


def test_the_wheel_carries_the_public_cases_and_helpers_and_no_solution() -> None:
    _, archive = wheel_of_the_site()
    own = {name for name in archive.namelist() if not name.startswith(("grader/", "numpy_course_grader-"))}
    files = [path for path in (kit(NAME) / "assignments").rglob("*") if path.is_file()]
    public = {p.relative_to(kit(NAME)).as_posix() for p in files if p.suffix != ".pyc"}  # other tests run the kit, too
    assert own == {"dnn_utils.py", *(f"grader_course/{name}" for name in public)}


def test_the_first_cell_installs_exactly_this_wheel_and_the_kernel_is_that_of_the_site() -> None:
    name, _ = wheel_of_the_site()
    notebook = json.loads(sources()[f"files/{NAME}.ipynb"])
    first = "".join(next(cell for cell in notebook["cells"] if cell["cell_type"] == "code")["source"])
    assert f"%pip install --quiet numpy-course-grader=={name.split('-')[1]} jinja2\n" in first
    assert notebook["metadata"]["kernelspec"]["name"] == "python"


def test_the_wheel_alone_checks_a_function(tmp_path: Path) -> None:
    _, archive = wheel_of_the_site()
    archive.extractall(tmp_path / "installed")
    script = tmp_path / "work" / "mine.py"
    script.parent.mkdir()
    script.write_text(
        "from dnn_utils import sigmoid\nfrom grader.notebook import check\n"
        "def linear_forward(A, W, b):\n    return W @ A + b, (A, W, b)\n"
        'print(check("linear_forward"))\n',
        "utf-8",
    )
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONPATH": str(tmp_path / "installed")}
    done = subprocess.run(
        [sys.executable, "-P", str(script)], cwd=script.parent, capture_output=True, text=True, env=environment
    )
    assert done.stderr == ""
    assert done.stdout.startswith("passed  linear_forward")


def test_the_graded_cases_and_a_folder_with_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="seed 0 draws the graded cases"):
        write_jupyterlite(COURSE.load(NAME), tmp_path / "site", seed=0)
    (tmp_path / "mine.txt").write_text("", "utf-8")
    with pytest.raises(SpecError, match="is not an empty folder; name a new one"):
        write_jupyterlite(COURSE.load(NAME), tmp_path)


def test_without_jupyterlite_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jupyterlite, "_NEEDED", ("no_such_module",))
    with pytest.raises(HarnessError, match=r"'grader export jupyterlite' needs the extra 'jupyterlite'"):
        write_jupyterlite(COURSE.load(NAME), tmp_path / "site")
    assert not (tmp_path / "site").exists()


def test_a_failure_of_jupyterlite_is_told_by_its_last_line(tmp_path: Path) -> None:
    (tmp_path / "a.whl").write_bytes(b"nothing")
    (tmp_path / "jupyterlite_core").mkdir()
    (tmp_path / "jupyterlite_core" / "__main__.py").write_text("raise SystemExit('no room')", "utf-8")  # where it runs
    with pytest.raises(HarnessError, match=r"JupyterLite could not build .*site: no room"):
        _build(tmp_path, tmp_path / "site")


def test_the_address_of_the_wheel_has_no_plus_which_some_servers_read_as_a_blank(tmp_path: Path) -> None:
    (tmp_path / "g-1+a.whl").write_bytes(b"nothing")
    index = tmp_path / "site" / "pypi" / "all.json"
    index.parent.mkdir(parents=True)
    index.write_text('{"filename": "g-1+a.whl", "url": "./g-1+a.whl"}', "utf-8")
    (tmp_path / "jupyterlite_core").mkdir()
    (tmp_path / "jupyterlite_core" / "__main__.py").write_text("", "utf-8")
    _build(tmp_path, tmp_path / "site")
    assert json.loads(index.read_text("utf-8")) == {"filename": "g-1+a.whl", "url": "./g-1%2Ba.whl"}


@pytest.mark.slow
def test_the_site_is_built(tmp_path: Path) -> None:
    pytest.importorskip("jupyterlite_pyodide_kernel", reason="JupyterLite is not installed: pip install -e '.[jupyterlite]'")
    site = write_jupyterlite(COURSE.load(NAME), tmp_path / "site")
    name, _ = wheel_of_the_site()
    assert (site / "pypi" / name).is_file()
    assert (site / "files" / f"{NAME}.ipynb").read_bytes() == sources()[f"files/{NAME}.ipynb"]
    listed = json.loads((site / "api" / "contents" / "all.json").read_text("utf-8"))["content"]
    assert {entry["path"] for entry in listed} == {f"{NAME}.ipynb", "HANDOUT.md", "dnn_utils.py"}
    assert not (ROOT / ".jupyterlite.doit.db").exists()
