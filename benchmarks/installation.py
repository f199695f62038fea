"""What a student's installation takes, from nothing to the first verdict: ``python -m benchmarks.installation``.

The kit is installed into an empty environment from the package index that pip is set to, without pip's cache: once as
it is, and once with what everybody had to install before the extras.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.kits import kit

NAME = "learning_rate_decay"
BEFORE = ("hypothesis>=6.100", "jinja2>=3.1", "nbformat>=5.10", "numpy<2.4", "pebble>=5.1")
OF_PYTHON = {"pip", "setuptools"}


def main() -> None:
    """Print a table of two rows."""
    print(f"Python {sys.version.split()[0]}, kit of {NAME}\n")
    print("| | packages | MB | environment | installation | check |\n|---|---|---|---|---|---|")
    for name, also in (("everything required", BEFORE), ("this decision", ())):
        with TemporaryDirectory(prefix="installation-") as scratch:
            print(f"| {name} | {' | '.join(one_row(Path(scratch), also))} |", flush=True)


def one_row(folder: Path, also: tuple[str, ...]) -> list[str]:
    """Packages, megabytes, and the seconds of the three lines of the kit's README."""
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    install = [python, "-m", "pip", "install", "--quiet", "--no-cache-dir", "-r", "requirements.txt", *also]
    lines = [[sys.executable, "-m", "venv", folder], install, [python, "-m", "grader", "check", NAME, f"{NAME}.ipynb"]]
    seconds = [seconds_of(line, kit(NAME)) for line in lines]
    listed = subprocess.run([python, "-m", "pip", "list", "--format=freeze"], capture_output=True, text=True, check=True)
    names = {line.partition("==")[0] for line in listed.stdout.splitlines()} - OF_PYTHON
    return [str(len(names)), f"{megabytes(folder):.0f}", *(f"{one:.1f} s" for one in seconds)]


def seconds_of(line: list[str | Path], where: Path) -> float:
    """How long one line takes; an untouched kit's check ends with 1."""
    began = time.perf_counter()
    done = subprocess.run(line, cwd=where, capture_output=True, check=False)
    if done.returncode not in (0, 1):
        raise SystemExit(done.stderr.decode("utf-8", "replace"))
    return time.perf_counter() - began


def megabytes(folder: Path) -> float:
    """What lies in the environment, without what came with it."""
    (packages,) = folder.glob("[Ll]ib/**/site-packages")
    files = (path for path in packages.rglob("*") if path.is_file())
    mine = (path for path in files if path.relative_to(packages).parts[0].split("-")[0] not in {*OF_PYTHON, "pkg_resources"})
    return sum(path.stat().st_size for path in mine) / 1e6


if __name__ == "__main__":
    main()
