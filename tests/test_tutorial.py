"""The tutorial is executed as it is written: files are written, commands run, outputs compared."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BLOCK = re.compile(r'^```(\w+)(?: title="([^"]+)")?\n(.*?)^```$', re.MULTILINE | re.DOTALL)


def _words(text: str) -> str:
    return " ".join(text.split())


def test_the_authoring_tutorial_works_as_written(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "authoring.md").read_text("utf-8").split("## What a strategy may use")[0]
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}", "COLUMNS": "120"}
    output, commands = "", 0
    for language, title, body in BLOCK.findall(text):
        if title:
            name, appended = title.removesuffix(" (append)"), title.endswith(" (append)")
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text((path.read_text("utf-8") if appended else "") + body, "utf-8")
        elif language == "sh":
            output = ""
            for line in body.splitlines():
                done = subprocess.run(
                    line, shell=True, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300
                )
                assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
                output += done.stdout
                commands += 1
        elif language == "text" and output:
            for line in body.splitlines():
                assert _words(line) in _words(output), f"expected {line!r} in\n{output}"
            output = ""
    assert commands == 8
