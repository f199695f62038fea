"""A kit on the system that this runs on, from installation to verdict: ``python -m tests.this_system``.

``.github/workflows/systems.yml`` runs it on Linux, Windows and macOS. It needs the grader with the extra ``draw``, and an
index of packages: the kit is installed into an environment of its own.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import venv
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.kits import kit
from tests.test_elsewhere import FILES, NAME, status_of

EXPECTED = {"loop": "timeout", "crash": "crashed", "output": "too-much-output", "memory": "out-of-memory"}


def main() -> None:
    """Install the kit in a folder whose name has blanks and letters of no code page, and grade each file."""
    with TemporaryDirectory(prefix="kit-") as scratch:
        folder = Path(scratch) / "Übung 1 Ω"
        shutil.copytree(kit(NAME), folder)
        venv.create(folder / ".venv", with_pip=True)
        python = folder / ".venv" / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
        subprocess.run([python, "-m", "pip", "install", "--quiet", "-r", "requirements.txt"], cwd=folder, check=True)
        for name, text in FILES.items():
            path = folder / f"{name}.py"
            path.write_text(text, "utf-8")
            words = ["-m", "grader", "check", NAME, path.name, "--json", "-"]
            done = subprocess.run([python, *words], cwd=folder, capture_output=True, check=False)
            report = json.loads(done.stdout)
            print(f"{sys.platform}, {report['sandbox']}, {name}: {report['points']}, {status_of(report)}")
            assert done.returncode == (0 if name in ("right", "umlauts") else 1), done.stderr.decode("utf-8", "replace")
            assert status_of(report) == EXPECTED.get(name, "passed")


if __name__ == "__main__":
    main()
