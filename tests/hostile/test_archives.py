"""A class in which many hand in an archive that does not mean well, as a tool would never make it.

Each is one student's; what is right in it counts, everybody else has the marks of a class without them, nothing is written
elsewhere, and no archive takes much time, room or paper.
"""

from __future__ import annotations

import io
import json
import struct
import tarfile
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.cli.main import main
from tests.hostile.whole import tarred, zipped
from tests.platforms import NAME, RIGHT, assignment

_MIB = 1 << 20
NEVER = "never-made-by-an-archive.py"
_LARGE = zlib.compressobj(9, zlib.DEFLATED, -15)
_ZEROS = _LARGE.compress(bytes(31 * _MIB)) + _LARGE.flush()


def crafted(count: int, name: Callable[[int], str], **lies: int) -> bytes:
    """A zip whose many entries all lie in one place, after a right hand-in; ``lies`` stand in the header of each."""
    fields = {"flags": 0, "method": 8, "crc": zlib.crc32(bytes(31 * _MIB)), "size": 31 * _MIB, **lies}
    whole = zipped({"hw.py": RIGHT})
    at = whole.index(b"PK\x01\x02")
    end = whole.index(b"PK\x05\x06")
    numbers = fields["flags"], fields["method"], 0, 33, fields["crc"], len(_ZEROS), fields["size"]
    local = struct.pack("<IHHHHHIIIHH", 0x04034B50, 20, *numbers, len(name(0).encode()), 0) + name(0).encode() + _ZEROS
    directory = whole[at:end]
    for n in range(count):
        place = name(n).encode()
        directory += struct.pack("<IHHHHHHIIIHHHHHII", 0x02014B50, 20, 20, *numbers, len(place), 0, 0, 0, 0, 0, at) + place
    tail = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, count + 1, count + 1, len(directory), at + len(local), 0)
    return whole[:at] + local + directory + tail


def linked(count: int, kind: bytes) -> bytes:
    """A packed tar of a right hand-in and many entries that are no files."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz", format=tarfile.GNU_FORMAT) as archive:
        for n in range(count):
            info = tarfile.TarInfo(f"{n}.py")
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
        info = tarfile.TarInfo("hw.py")
        info.size = len(RIGHT.encode())
        archive.addfile(info, io.BytesIO(RIGHT.encode()))
    return out.getvalue()


def same(_: int) -> str:
    return "d/zeros.py"


def other(n: int) -> str:
    return f"d/{n:05d}.py"


# What each earns of 100: where the rest of an archive can be read, what is right in it counts.
ARCHIVES: dict[str, tuple[bytes, float | None]] = {
    "right.zip": (zipped({"hw.py": RIGHT}), 100.0),
    "one_place.zip": (crafted(2_000, other), 100.0),
    "one_place_and_name.zip": (crafted(2_000, same), None),
    "wrong_checksum.zip": (crafted(2_000, same, crc=1), None),
    "encrypted.zip": (crafted(2_000, same, flags=1), None),
    "unusual_method.zip": (crafted(2_000, other, method=97), 100.0),
    "small_by_its_own_words.zip": (crafted(2_000, other, size=10), 100.0),
    "outside.zip": (crafted(2_000, lambda n: f"../{n:05d}.py"), 100.0),
    "backslashes.zip": (crafted(2_000, lambda n: f"..\\{n:05d}.py"), 100.0),
    "deep.zip": (crafted(50, lambda n: f"{n:05d}/" * 5_000 + "x.py"), 100.0),
    "again.zip": (zipped({"hw.py": RIGHT, "inner.zip": crafted(2_000, same, crc=1)}), 100.0),
    "breaks_off.zip": (zipped({"hw.py": RIGHT})[:-30], None),
    "another_students_name.zip": (zipped({"ada_11_4711_hw.py": RIGHT, "submission_metadata.yml": "a: 1"}), 100.0),
    "links.tar.gz": (linked(5_000, tarfile.SYMTYPE), 100.0),
    "hard_links.tar.gz": (linked(5_000, tarfile.LNKTYPE), 100.0),
    "devices.tar.gz": (linked(5_000, tarfile.CHRTYPE), 100.0),
    "outside.tar.gz": (tarred({"hw.py": RIGHT, f"../../{NEVER}": "x = 1", f"/tmp/{NEVER}": "x = 1"}), 100.0),
    "zeros.tar.gz": (tarred({f"{n}.py": bytes(31 * _MIB) for n in range(6)}), None),
}


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, dict[str, object]], float]:
    """The place of a graded class, the report of each student, and the CPU seconds that it took."""
    place = tmp_path_factory.mktemp("archives")
    (place / "class").mkdir()
    for name, (data, _) in ARCHIVES.items():
        student = name.replace(".", "-")
        (place / "class" / student).mkdir()
        (place / "class" / student / name).write_bytes(data)
    (place / "class" / "ada").mkdir()
    (place / "class" / "ada" / "hw.py").write_text(RIGHT, "utf-8")
    words = ["--course", str(assignment().course.root), "grade", NAME, str(place / "class"), "-o", str(place / "run")]
    began = time.process_time()
    with pytest.raises(SystemExit) as stopped:
        main([*words, "-q", "-j", "1", "--no-cache", "--allow-weak-sandbox", "--json", str(place / "run.json")])
    assert stopped.value.code == 0
    took = time.process_time() - began
    reports = json.loads((place / "run.json").read_text("utf-8"))["reports"]
    return place, {report["student"]: report for report in reports}, took


def test_everybody_has_the_marks_that_are_theirs(graded: tuple[Path, dict[str, dict[str, object]], float]) -> None:
    _, reports, _ = graded
    expected = {name.replace(".", "-"): points for name, (_, points) in ARCHIVES.items()} | {"ada": 100.0}
    assert {student: report["points"] for student, report in reports.items()} == expected
    assert {report["status"] for report in reports.values()} == {"graded", "unreadable"}


def test_no_archive_takes_much_time_room_or_paper(graded: tuple[Path, dict[str, dict[str, object]], float]) -> None:
    place, reports, took = graded
    assert took < 30
    assert sorted(path.name for path in place.iterdir()) == ["class", "run", "run.json"]
    assert not list(Path("/tmp").glob(NEVER))
    assert max(len(json.dumps(report)) for report in reports.values()) < 20_000
    assert sum(path.stat().st_size for path in (place / "run").rglob("*") if path.is_file()) < 400 * _MIB
