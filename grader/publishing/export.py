"""``grader export``: autograders that platforms run, self-contained but for packages from the index.

Both exports carry this package, the assignment and frozen cases. Gradescope's is seen by the
instructor only and carries the reference too, so that a function that stands on a wrong helper can be
graded; the GitHub action lies in the students' repositories and carries no answers but the frozen ones.
"""

from __future__ import annotations

import importlib.metadata
import json
from collections.abc import Iterator
from pathlib import Path

from grader.course import LoadedAssignment
from grader.errors import SpecError
from grader.freezing.store import frozen_cases
from grader.judging.cases import to_bytes
from grader.publishing.wheel import package_files, zipped

__all__ = ["write_github", "write_gradescope"]

_NEEDED = ("numpy", "click", "rich", "pyyaml")

_SETUP = """\
#!/usr/bin/env bash
# Runs once, when Gradescope builds the image; needs the network. Grading itself needs none.
set -euo pipefail
ROOT="${AUTOGRADER_ROOT:-/autograder}"
pick() {
    for python in python3.13 python3.12 python3.11 python3; do
        command -v "$python" >/dev/null || continue
        if "$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))'; then
            echo "$python"; return
        fi
    done
}
PYTHON="$(pick || true)"
if [ -z "$PYTHON" ]; then
    apt-get update && (apt-get install -y python3.12-venv || apt-get install -y python3.11-venv)
    PYTHON="$(pick)"
fi
"$PYTHON" -m venv "$ROOT/venv"
"$ROOT/venv/bin/python" -m pip install --quiet -r "$ROOT/source/requirements.txt"
# The answers are nobody's but the grader's: the submission runs as another user.
chmod -R go-rwx "$ROOT/source"
"""

_RUN = """\
#!/usr/bin/env bash
# Grades /autograder/submission and writes /autograder/results/results.json.
set -euo pipefail
ROOT="${AUTOGRADER_ROOT:-/autograder}"
cd "$ROOT/source"
PYTHONPATH="$ROOT/source" exec "$ROOT/venv/bin/python" -m grader.publishing.gradescope %s "$ROOT"
"""

_ACTION = """\
# Grades a submission: job summary, annotations on its lines, failure below --min-score.
#
#     - uses: actions/checkout@v4
#     - uses: ./.github/actions/grade        # this folder
#       with:
#         path: submission.ipynb
#         min-score: "60"
name: Grade {name}
description: {title}
inputs:
  path:
    description: The .py or .ipynb file, or the folder that holds it
    default: "."
  min-score:
    description: Fail below this percentage of the points
    default: "0"
outputs:
  points:
    description: Points, empty where the submission could not be read
    value: ${{{{ steps.grade.outputs.points }}}}
  max-points:
    description: Points of the assignment
    value: ${{{{ steps.grade.outputs.max-points }}}}
runs:
  using: composite
  steps:
    - uses: actions/setup-python@v5
      with:
        python-version: "3.12"
    - shell: bash
      run: python -m pip install --quiet -r "$GITHUB_ACTION_PATH/requirements.txt"
    - id: grade
      shell: bash
      env:
        PYTHONPATH: ${{{{ github.action_path }}}}
        SUBMISSION: ${{{{ inputs.path }}}}
        MIN_SCORE: ${{{{ inputs.min-score }}}}
      run: python -m grader.publishing.github --min-score "$MIN_SCORE" -- {name} "$SUBMISSION"
"""


def write_gradescope(assignment: LoadedAssignment, path: Path, *, seed: int = 0) -> Path:
    """Write the zip that is uploaded to Gradescope as the autograder of an assignment.

    Parameters
    ----------
    assignment, seed
        What to grade, and the seed of its cases.
    path
        The zip file to write.

    Raises
    ------
    SpecError
        When the path is a folder.
    """
    if path.is_dir():
        raise SpecError(f"{path} is a folder; name the zip file to write, such as {path / 'autograder.zip'}")
    files = dict(_bundle(assignment, seed, with_reference=True))
    files["setup.sh"] = _SETUP.encode()
    files["run_autograder"] = (_RUN % assignment.name).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(zipped(dict(sorted(files.items())), frozenset({"setup.sh", "run_autograder"})))
    return path


def write_github(assignment: LoadedAssignment, path: Path, *, seed: int = 1) -> Path:
    """Write a composite action into a folder (``.github/actions/grade`` of the students' template).

    Raises
    ------
    SpecError
        When the folder holds something already, or seed 0 (that of the graded cases) is asked for.
    """
    if seed == 0:
        raise SpecError("seed 0 draws the graded cases, whose answers students could read; choose another one")
    if path.is_file() or (path.is_dir() and any(path.iterdir())):
        raise SpecError(f"{path} is not an empty folder; name a new one, such as .github/actions/grade")
    files = dict(_bundle(assignment, seed, with_reference=False))
    # A string of JSON is one of YAML, whatever stands in the title.
    action = _ACTION.format(name=assignment.name, title=json.dumps(assignment.spec.title))
    files["action.yml"] = action.encode()
    for name, data in files.items():
        target = path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    return path


def _bundle(assignment: LoadedAssignment, seed: int, *, with_reference: bool) -> Iterator[tuple[str, bytes]]:
    """Files of a self-contained course of one assignment, with this package beside it."""
    yield from package_files()
    home = f"assignments/{assignment.name}"
    yield f"{home}/assignment.py", (assignment.folder / "assignment.py").read_bytes()
    if assignment.public:
        yield f"{home}/public.py", assignment.public.encode()
    for stem, source in assignment.provided.items():
        yield f"{home}/provided/{stem}.py", source.encode()
    yield f"{home}/cases.bin", to_bytes(frozen_cases(assignment, seed))
    if with_reference:
        reference = assignment.course.root / "reference"
        for file in sorted(reference.glob("*.py")):
            yield f"reference/{file.name}", file.read_bytes()
    lines = [f"{name}=={_version(name)}\n" for name in (*_NEEDED, *assignment.spec.packages)]
    yield "requirements.txt", "".join(lines).encode()


def _version(name: str) -> str:
    """The version that is installed here: the one that the cases were drawn with."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        raise SpecError(f"the assignment needs the package {name}, which is not installed here") from None
