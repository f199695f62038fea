"""The grader as a wheel, made without a build tool: what a student kit installs.

A kit that named a project on an index would install whatever stands there under that name. So the kit brings
the grader that its cases were frozen with, without the built-in course, whose reference solutions are nothing
for students. The version of such a wheel ends with the fingerprint of its files, as in ``0.1.0+5f0c92d1``: no index
takes a version of that form, so that a requirement of it can mean nothing but the wheel that lies in the kit.
"""

from __future__ import annotations

import base64
import hashlib
import importlib.metadata
import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from grader._version import __version__
from grader.errors import HarnessError

__all__ = ["PROJECT", "package_files", "wheel", "zipped"]

PROJECT = "numpy-course-grader"
_LONG_AGO = (2020, 1, 1, 0, 0, 0)
_WHEEL = "Wheel-Version: 1.0\nGenerator: grader\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def package_files() -> Iterator[tuple[str, bytes]]:
    """The files of this package under their names in it, without caches."""
    package = Path(__file__).resolve().parents[1]
    for file in sorted(package.rglob("*")):
        inside = file.relative_to(package)
        if file.is_file() and "__pycache__" not in inside.parts:
            yield f"grader/{inside.as_posix()}", file.read_bytes()


def zipped(files: Mapping[str, bytes], executable: frozenset[str] = frozenset()) -> bytes:
    """A zip of these files; the same files give the same bytes."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, _LONG_AGO)
            entry.external_attr = (0o755 if name in executable else 0o644) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return target.getvalue()


def wheel(also: Mapping[str, bytes] | None = None) -> tuple[str, bytes]:
    """File name and bytes of a wheel of this package.

    Parameters
    ----------
    also
        Further files, under their names beside the package.

    Raises
    ------
    HarnessError
        When the package was not installed, so that its requirements are not known.
    """
    try:
        installed = importlib.metadata.distribution(PROJECT)
    except importlib.metadata.PackageNotFoundError:
        raise HarnessError(f"a kit is made by an installed grader: pip install {PROJECT}") from None
    headers = (installed.read_text("METADATA") or "").partition("\n\n")[0] + "\n"  # the text below them is not for students
    files = {**dict(package_files()), **(also or {})}
    contents = "".join(f"{name} {_digest(data)}\n" for name, data in sorted(files.items()))
    version = f"{__version__}+{hashlib.sha256((headers + contents).encode()).hexdigest()[:8]}"
    stem = f"{PROJECT.replace('-', '_')}-{version}"
    info = f"{stem}.dist-info"
    files[f"{info}/METADATA"] = re.sub(r"(?m)^Version: .*$", f"Version: {version}", headers).encode()
    files[f"{info}/WHEEL"] = _WHEEL.encode()
    files[f"{info}/entry_points.txt"] = (installed.read_text("entry_points.txt") or "").encode()
    files[f"{info}/licenses/LICENSE"] = (installed.read_text("licenses/LICENSE") or "").encode()
    record = "".join(f"{name},sha256={_digest(data)},{len(data)}\n" for name, data in files.items())
    files[f"{info}/RECORD"] = (record + f"{info}/RECORD,,\n").encode()
    return f"{stem}-py3-none-any.whl", zipped(files)


def _digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
