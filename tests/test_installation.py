"""What is installed: little for a student, more on request, and the answers for nobody who does not ask for them."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.authored import sample
from tests.kits import ROOT, installed, kit

NAME = "learning_rate_decay"
RIGHT = "def update_lr(learning_rate0, epoch_num, decay_rate):\n    return learning_rate0 / (1 + decay_rate * epoch_num)\n"

#: The requirements of ``check``, and what rich itself needs.
LIGHT = {"numpy", "click", "yaml", "rich", "pygments", "markdown_it", "mdurl"}

# In place of the finder of files: what is installed here beside LIGHT is not there.
_ONLY_LIGHT = f"""
import sys
from importlib.machinery import PathFinder

class OnlyLight(PathFinder):
    @staticmethod
    def find_spec(name, path=None, target=None):
        spec = PathFinder.find_spec(name, path, target)
        places = [str(spec.origin), *(spec.submodule_search_locations or ())] if spec else []
        other = any("site-packages" in place for place in places) and name.partition(".")[0] not in {LIGHT!r}
        return None if other else spec

sys.meta_path[sys.meta_path.index(PathFinder)] = OnlyLight
from grader.cli.main import main
"""


def _alone(code: str, where: Path, *beside: Path) -> subprocess.CompletedProcess[str]:
    """Run code with the grader of a kit and the packages of a student's environment, nothing else."""
    path = os.pathsep.join(map(str, (installed(NAME), *beside)))
    environment = {"PATH": os.environ["PATH"], "HOME": str(where), "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-P", "-c", _ONLY_LIGHT + code]
    return subprocess.run(command, cwd=where, capture_output=True, text=True, env=environment)


# -- a student ---------------------------------------------------------------------------------


def test_the_requirements_are_these_four() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert [re.match(r"[\w-]+", line)[0] for line in project["dependencies"]] == ["click", "numpy", "pyyaml", "rich"]  # type: ignore[index]


def test_check_works_where_only_its_requirements_are_installed(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(RIGHT, "utf-8")
    done = _alone(f"main(['check', {NAME!r}, {str(tmp_path / 'mine.py')!r}, '--json', '-'])", kit(NAME))
    assert (done.returncode, done.stderr) == (1, "")  # of two functions one is there
    assert [f["status"] for f in json.loads(done.stdout)["functions"]] == ["passed", "missing"]


def test_check_in_a_notebook_falls_back_to_text_there(tmp_path: Path) -> None:
    code = f"""
from pathlib import Path
import __main__
__main__.__file__ = {str(tmp_path / "mine.py")!r}
Path(__main__.__file__).write_text({RIGHT!r})
from grader.notebook import check
card = check("update_lr")
print(card, card._repr_html_())
"""
    done = _alone(code, kit(NAME))
    assert done.stderr == ""
    assert done.stdout.startswith("passed  update_lr")
    assert done.stdout.endswith("None\n")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["freeze", "sample"], "drawing cases needs the extra 'draw'"),
        (["report", "run"], "a page in HTML needs the extra 'report'"),
        (["gradebook", "runs", "marks.db"], "the gradebook needs the extra 'gradebook'"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_what_needs_more_names_the_extra(tmp_path: Path, arguments: list[str], words: str) -> None:
    marked = "def twice(X):\n    # BEGIN SOLUTION\n    Y = 2 * X\n    # END SOLUTION\n    return Y\n"
    (sample(tmp_path, reference=marked).folder / "README.md").write_text("# Sample\n\n## `twice(X)`\n\nTwice X.\n", "utf-8")
    done = _alone(f"main({arguments!r})", tmp_path)
    assert done.stderr.splitlines()[-1].startswith(f"grader: {words}: python -m pip install 'numpy-course-grader[")
    assert done.returncode == 2


@pytest.mark.parametrize("command", ["report", "feedback", "freeze", "gradebook", "grade"])
def test_help_needs_no_extra(command: str, tmp_path: Path) -> None:
    done = _alone(f"main([{command!r}, '--help'])", tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"Usage: grader {command}")


def test_several_processes_need_an_extra_and_one_does_not(tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    for number in (1, 2):
        (tmp_path / "work" / f"s{number}.py").write_text(f"{RIGHT}# {number}\n", "utf-8")
    grade = f"main(['grade', {NAME!r}, {str(tmp_path / 'work')!r}, '--allow-weak-sandbox', '--jobs', "
    several, one = _alone(f"{grade}'2'])", kit(NAME)), _alone(f"{grade}'1'])", kit(NAME))
    assert several.stderr.startswith("grader: grading in several processes (--jobs 1 is one) needs the extra 'grade'")
    assert (several.returncode, one.returncode) == (2, 0)
    assert "graded 2 of 2" in one.stderr


def _other_kit(folder: Path, **edits: str) -> Path:
    """The kit as another version of the grader would have made it."""
    shutil.copytree(kit(NAME), folder)
    (package,) = folder.glob("*.whl")
    package.rename(folder / "numpy_course_grader-9.0.0+01234567-py3-none-any.whl")
    for name, text in edits.items():
        (folder / "assignments" / NAME / name.replace("_", ".")).write_text(text, "utf-8")
    return folder


@pytest.mark.parametrize(
    "edits",
    [{"cases_bin": "grader cases 9\n" + 100 * "."}, {"assignment_py": "from grader.spec import Novelty\n"}],
    ids=["cases", "description"],
)
def test_a_kit_of_another_version_says_which_and_what_to_do(tmp_path: Path, edits: dict[str, str]) -> None:
    folder = _other_kit(tmp_path / "kit", **edits)
    done = _alone(f"main(['check', {NAME!r}, '{NAME}.py'])", folder)
    assert (done.returncode, done.stdout) == (2, "")
    running = kit(NAME).joinpath("requirements.txt").read_text("utf-8").split("==")[1].strip()
    assert done.stderr.startswith(
        f"grader: this kit needs version 9.0.0+01234567 of the grader, and version {running} runs: "
    )
    assert "python -m pip install -r requirements.txt" in done.stderr


def test_a_kit_of_another_version_that_can_be_read_is_checked(tmp_path: Path) -> None:
    done = _alone(f"main(['check', {NAME!r}, '{NAME}.py'])", _other_kit(tmp_path / "kit ä ö"))
    assert (done.returncode, done.stdout, done.stderr) == (1, f"{NAME}  {NAME}.py  not started: 2\n", "")


def test_a_damaged_kit_of_this_version_is_told_as_damaged(tmp_path: Path) -> None:
    shutil.copytree(kit(NAME), tmp_path / "kit")
    (tmp_path / "kit" / "assignments" / NAME / "cases.bin").write_bytes(b"")
    done = _alone(f"main(['check', {NAME!r}, '{NAME}.py'])", tmp_path / "kit")
    assert "cases.bin is not a case file of this version" in done.stderr


# -- the course, a distribution of its own -------------------------------------------------------


def test_the_package_brings_no_course_and_says_how_to_get_one(tmp_path: Path) -> None:
    done = _alone("main(['list'])", tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("grader: no course found: work in the folder of your kit")


def test_an_installed_course_is_found(tmp_path: Path) -> None:
    shutil.copytree(kit(NAME) / "assignments", tmp_path / "grader_course" / "assignments")
    (tmp_path / "work").mkdir()
    done = _alone("main(['list', '--json'])", tmp_path / "work", tmp_path)
    assert done.stderr == ""
    assert [entry["name"] for entry in json.loads(done.stdout)["assignments"]] == [NAME]


def test_both_distributions_carry_the_licence_and_one_of_them_the_answers() -> None:
    own, course = (tomllib.loads((ROOT / p / "pyproject.toml").read_text("utf-8")) for p in ("", "course"))
    assert (ROOT / "course" / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()
    assert own["project"]["license-files"] == course["project"]["license-files"] == ["LICENSE"]
    assert own["tool"]["hatch"]["build"]["targets"]["wheel"] == {"packages": ["grader"]}
    assert "reference" not in " ".join(own["tool"]["hatch"]["build"]["targets"]["sdist"]["only-include"])
    assert course["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"] == {
        "../assignments": "grader_course/assignments",
        "../reference": "grader_course/reference",
    }
    assert not {"urls", "authors"} & (own["project"].keys() | course["project"].keys())


# -- for real, with the package index ------------------------------------------------------------


@pytest.mark.slow
def test_a_kit_is_installed_from_any_folder_in_eight_packages(tmp_path: Path) -> None:
    folder, elsewhere, home = tmp_path / "Übung 1" / "kit ä", tmp_path / "weit weg", tmp_path / "mein venv"
    shutil.copytree(kit(NAME), folder)
    elsewhere.mkdir()
    environment = {k: v for k, v in os.environ.items() if k not in {"PYTHONPATH", "VIRTUAL_ENV"}}
    subprocess.run([sys.executable, "-m", "venv", str(home)], check=True, env=environment)
    python = str(home / "bin" / "python")
    install = [python, "-m", "pip", "install", "--quiet", "-r", str(folder / "requirements.txt")]
    subprocess.run(install, cwd=elsewhere, check=True, env=environment)
    command = [python, "-m", "grader", "check", NAME, f"{NAME}.ipynb"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=environment)
    assert (done.returncode, done.stdout, done.stderr) == (1, f"{NAME}  {NAME}.ipynb  not started: 2\n", "")
    freeze = subprocess.run([python, "-m", "pip", "freeze"], capture_output=True, text=True, env=environment).stdout
    names = {re.split(r"[= ]", line)[0].lower().replace("-", "_") for line in freeze.splitlines()}
    assert names == {"numpy_course_grader", "numpy", "click", "pyyaml", "rich", "pygments", "markdown_it_py", "mdurl"}
