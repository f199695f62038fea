"""Rows that write, change or remove files."""

from __future__ import annotations

from collections.abc import Mapping

from tests.hostile.row import Hostile

_NOT_RUN = {"fork only": "not run: nothing would stop it at this level"}
_REFUSED = ("raised PermissionError", "raised OSError")
PLACES = ("/dev/shm", "/var/tmp", "/run")


def writes(name: str, statement: str, gaps: Mapping[str, str] = _NOT_RUN) -> Hostile:
    source = f"import os\nimport tools\n\ndef target(A):\n    {statement}\n    tools.found('a way')\n"
    return Hostile(name, "leave something behind or harm the machine", source, _REFUSED, gaps)


ROWS = (
    writes("a file where anybody may write", "open('VICTIM/new', 'w').write('x')"),
    writes("a file that anybody may write", "open('VICTIM/file', 'a').write('x')"),
    *(writes(f"a file in {place}", f"open('{place}/grader-hostile', 'w').write('x')") for place in PLACES),
    writes(
        "gigabytes into a file",
        "\n    with open('VICTIM/new', 'wb') as f:\n        while True: f.write(bytes(1 << 20))",
    ),
    writes("a file without a name", "os.open('VICTIM', os.O_TMPFILE | os.O_RDWR)"),
    writes("a folder", "os.mkdir('VICTIM/new')"),
    writes("a link", "os.symlink('/etc/passwd', 'VICTIM/new')"),
    writes("a hard link", "os.link('/etc/passwd', 'VICTIM/new')"),
    writes("a pipe", "os.mkfifo('VICTIM/new')"),
    writes("remove", "os.unlink('VICTIM/file')"),
    writes("rename", "os.rename('VICTIM/file', 'VICTIM/new')"),
    writes("mode", "os.chmod('VICTIM/file', 0o777)"),
    writes("owner", "os.chown('VICTIM/file', 0, 0)"),
    writes("times", "os.utime('VICTIM/file')", {**_NOT_RUN, "no seccomp": "not run: Landlock knows no times"}),
    writes("truncate", "os.truncate('VICTIM/file', 0)"),
    writes("the worker's own files", "open(__import__('sys').modules['_grader.wire'].__file__, 'r+')"),
    writes("a device", "open('/dev/null', 'r+b').write(b'x')"),
    writes("the terminal", "open('/dev/tty', 'wb').write(b'x')"),
)
