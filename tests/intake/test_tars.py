"""Tars, archives in archives, and archives full of what nobody reads: bounded as zips are."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from time import process_time

import pytest

from grader.errors import SubmissionError
from grader.intake.archive import DOWNLOAD, STUDENT, packed_as, unpack
from grader.intake.collect import collect, collect_one
from grader.intake.members import Limits

SMALL = Limits(entries=10, listed=20, file_bytes=1 << 20, total_bytes=2 << 20, ratio=50)
TEXT = b"def relu(Z): ...\n"


def tarred(files: Mapping[str, bytes], form: int = tarfile.GNU_FORMAT, packed: bool = True, **facts: object) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz" if packed else "w", format=form) as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            for fact, value in facts.items():
                setattr(info, fact, value)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def zipped(files: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def one(path: Path, data: bytes) -> dict[str, bytes]:
    """What is graded of one student's file, or its problem."""
    path.write_bytes(data)
    found = collect_one([path], unpack_to=path.parent / "unpacked")
    return {name: Path(file).read_bytes() for name, file in found.files.items()} or {"problem": found.problem.encode()}


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
@pytest.mark.parametrize(("name", "packed"), [("hw.tar.gz", True), ("hw.tgz", True), ("hw.tar", False), ("hw.ipynb", True)])
def test_a_tar_of_every_form_is_read_by_its_content(tmp_path: Path, form: int, name: str, packed: bool) -> None:
    long = "d/" * 40 + "ü" * 40 + ".py"
    files = {"a/hw.py": TEXT, long: b"x = 1\n" * 300, "a/plot.png": b"p" * 5_000, "venv/b.py": b"", ".git/c.py": b""}
    expected = {f"{name}/a/hw.py": TEXT, f"{name}/{long}": b"x = 1\n" * 300}
    assert one(tmp_path / name, tarred(files, form, packed)) == expected


def test_a_zip_is_read_by_its_content_and_once_more_inside(tmp_path: Path) -> None:
    assert one(tmp_path / "hw.ipynb", zipped({"hw.py": TEXT})) == {"hw.ipynb/hw.py": TEXT}
    inner = zipped({"in/hw.py": TEXT})
    assert one(tmp_path / "a.zip", zipped({"x/inner.zip": inner})) == {"a.zip/x/inner.zip/in/hw.py": TEXT}
    assert one(tmp_path / "b.zip", zipped({"inner.tgz": tarred({"hw.py": TEXT})})) == {"b.zip/inner.tgz/hw.py": TEXT}
    problem = one(tmp_path / "c.zip", zipped({"inner.zip": zipped({"deep.zip": inner})}))["problem"]
    assert b"deep.zip: is a zip inside a zip and was not opened" in problem
    problem = one(tmp_path / "d.zip", zipped({"1.zip": inner, "2.zip": inner}))["problem"]
    assert problem.count(b"one of several archives inside a zip and was not opened") == 2


@pytest.mark.parametrize("name", ["../out.py", "/etc/out.py", "a/../../out.py", "C:/out.py", "..\\out.py"])
def test_no_name_in_a_tar_leads_out_of_it(tmp_path: Path, name: str) -> None:
    (tmp_path / "hw.tar").write_bytes(tarred({name: b"evil", "ok.py": TEXT}, packed=False))
    (tmp_path / "into").mkdir()
    entries = unpack(tmp_path / "hw.tar", tmp_path / "into")
    assert [str(entry.path) for entry in entries if entry.file] == ["ok.py"]
    assert [entry.problem for entry in entries if not entry.file] == ["has a path that leads out of the archive"]
    assert [path.name for path in (tmp_path / "into").iterdir()] == ["00001.py"]


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE,
                                  tarfile.GNUTYPE_SPARSE, b"?"])  # fmt: skip
def test_links_and_devices_in_a_tar_are_refused(tmp_path: Path, kind: bytes) -> None:
    (tmp_path / "hw.tar").write_bytes(tarred({"passwd.py": b""}, packed=False, type=kind, linkname="/etc/passwd"))
    (entry,) = unpack(tmp_path / "hw.tar", None)
    assert (entry.file, entry.problem) == (None, "is a link or a device, not a file")


def endless(size: int) -> bytes:
    """A tar whose header promises and whose gzip delivers so many zeros."""
    info = tarfile.TarInfo("bomb.py")
    info.size = size
    return gzip.compress(info.tobuf(), 1) + gzip.compress(b"\0" * size, 1)


def test_a_bomb_in_a_tar_is_left_out_or_refused(tmp_path: Path) -> None:
    (tmp_path / "hw.tgz").write_bytes(endless(3 << 20))
    (tmp_path / "into").mkdir()
    (entry,) = unpack(tmp_path / "hw.tgz", tmp_path / "into", limits=SMALL)
    assert entry.problem == "is larger than 1 MiB"
    (tmp_path / "hw.tgz").write_bytes(endless(40 << 20))
    with pytest.raises(SubmissionError, match="unpacks to more than it may"):
        unpack(tmp_path / "hw.tgz", tmp_path / "into", limits=SMALL)
    assert not list((tmp_path / "into").iterdir())


def test_how_much_comes_out_of_a_tar_depends_on_its_size_also_where_it_may_be_a_class(tmp_path: Path) -> None:
    """Twelve kilobytes that unpack to gigabytes took half a minute, to see that they are no class."""
    info = tarfile.TarInfo("big.png")
    info.size = 10 * (20 << 20)
    data = bz2.compress(info.tobuf()) + bz2.compress(b"\0" * (20 << 20)) * 10
    (tmp_path / "hw.tar.bz2").write_bytes(data + bz2.compress(tarred({"hw.py": TEXT}, packed=False)))
    for limits in (STUDENT, DOWNLOAD):
        with pytest.raises(SubmissionError, match="unpacks to more than it may"):
            unpack(tmp_path / "hw.tar.bz2", None, limits=limits)


def test_of_many_archives_of_one_student_the_first_are_opened(tmp_path: Path) -> None:
    (tmp_path / "eve").mkdir()
    for number in range(40):
        (tmp_path / "eve" / f"{number:02d}.tgz").write_bytes(tarred({f"m{number}.py": TEXT}))
    found = collect_one([tmp_path / "eve"], unpack_to=tmp_path / "unpacked")
    assert len(found.files) == 30
    assert "30.tgz: was not opened: it is one of more than 30 archives" in found.note


def test_the_zip_of_a_class_has_room_for_several_students_who_have_all_that_one_may() -> None:
    """As repositories hold them that somebody downloads in one zip: most are of tools."""
    assert DOWNLOAD.listed > 10 * STUDENT.listed


@pytest.mark.parametrize(("name", "pack"), [("hw.tar.bz2", bz2.compress), ("hw.tar.xz", lzma.compress)])
class TestOtherPacking:
    def test_a_tar_is_read_under_any_name(self, tmp_path: Path, name: str, pack: Callable[[bytes], bytes]) -> None:
        data = pack(tarred({"a/hw.py": TEXT, "b.png": b"p" * 200_000}, packed=False))
        for called in (name, "hw.ipynb"):
            assert one(tmp_path / called, data) == {f"{called}/a/hw.py": TEXT}

    def test_of_several_parts_it_is_one(self, tmp_path: Path, name: str, pack: Callable[[bytes], bytes]) -> None:
        data = tarred({"hw.py": TEXT * 100}, packed=False)
        assert one(tmp_path / name, pack(data[:700]) + pack(data[700:])) == {f"{name}/hw.py": TEXT * 100}

    def test_a_bomb_is_left_out_or_refused(self, tmp_path: Path, name: str, pack: Callable[[bytes], bytes]) -> None:
        info = tarfile.TarInfo("bomb.py")
        info.size = 40 << 20
        bomb = pack(info.tobuf() + b"\0" * info.size)
        assert len(bomb) < 10_000
        (tmp_path / name).write_bytes(bomb)
        with pytest.raises(SubmissionError, match="unpacks to more than it may"):
            unpack(tmp_path / name, None, limits=SMALL)

    def test_one_that_breaks_off_is_a_problem_in_words(
        self, tmp_path: Path, name: str, pack: Callable[[bytes], bytes]
    ) -> None:
        data = pack(tarred({"hw.py": TEXT * 100}, packed=False))
        for broken in (data[:8], data[: len(data) // 2], data[:20] + b"x" * 50):
            problem = one(tmp_path / name, broken)["problem"]
            assert b"cannot be read" in problem or b"is damaged" in problem


def test_an_xz_that_asks_for_much_memory_is_refused(tmp_path: Path) -> None:
    filters = [{"id": lzma.FILTER_LZMA2, "dict_size": 256 << 20}]
    data = lzma.compress(tarred({"hw.py": TEXT}, packed=False), filters=filters)
    assert b"cannot be read" in one(tmp_path / "hw.tar.xz", data)["problem"]


def test_a_name_of_a_hundred_megabytes_is_not_read(tmp_path: Path) -> None:
    info = tarfile.TarInfo("././@LongLink")
    info.type, info.size = tarfile.GNUTYPE_LONGNAME, 100 << 20
    (tmp_path / "hw.tgz").write_bytes(gzip.compress(info.tobuf(), 1) + gzip.compress(b"x" * (100 << 20), 1))
    began = process_time()
    assert unpack(tmp_path / "hw.tgz", None) == ()
    assert process_time() - began < 60


@pytest.mark.parametrize("data", [b"\x1f\x8b\x08", tarred({"a.py": TEXT})[:-30], tarred({"a.py": TEXT}, packed=False)[:520]])
def test_a_tar_that_breaks_off_is_a_problem_in_words(tmp_path: Path, data: bytes) -> None:
    problem = one(tmp_path / "hw.tgz", data)["problem"]
    assert b"damaged" in problem or b"cannot be read" in problem or b"not a" in problem or b"no .py" in problem


def test_thousands_of_files_that_nobody_reads_are_passed_over(tmp_path: Path) -> None:
    files = {f"venv/lib/{i}.py": b"" for i in range(6_000)} | {f"img/{i}.png": b"" for i in range(6_000)}
    files |= {f".git/objects/{i}": b"" for i in range(3_000)} | {"env/lib/site-packages/x.py": b"", "hw.py": TEXT}
    assert one(tmp_path / "hw.zip", zipped(files)) == {"hw.zip/hw.py": TEXT}
    assert len(files) > STUDENT.entries
    (tmp_path / "many.zip").write_bytes(zipped({f"{i}.py": b"" for i in range(11)}))
    with pytest.raises(SubmissionError, match="more than 10 entries; remove what is not needed"):
        unpack(tmp_path / "many.zip", None, limits=SMALL)
    (tmp_path / "many.zip").write_bytes(zipped({f"{i}.png": b"" for i in range(21)}))
    with pytest.raises(SubmissionError, match="more than 20 entries; remove what is not needed"):
        unpack(tmp_path / "many.zip", None, limits=SMALL)


def test_an_office_document_is_no_archive(tmp_path: Path) -> None:
    (tmp_path / "hw.py").write_bytes(zipped({"[Content_Types].xml": b"", "word/document.xml": b""}))
    assert packed_as(tmp_path / "hw.py") == ""


def test_a_class_in_a_tar_is_a_class(tmp_path: Path) -> None:
    (tmp_path / "class.tar.gz").write_bytes(tarred({"ann/hw.py": TEXT, "bob/hw.py": TEXT}))
    found = collect([tmp_path / "class.tar.gz"], graded_names=frozenset({"relu"}), unpack_to=tmp_path / "unpacked")
    assert [item.student for item in found.hand_ins] == ["ann", "bob"]


def test_long_names_in_a_zip_cost_little(tmp_path: Path) -> None:
    names = ["1" * 60_000 + "x.py", "1_" * 30_000 + "\n.py", "a_" * 30_000 + ".py", "_1_" * 20_000 + "assignsubmission_.py"]
    began = process_time()
    (tmp_path / "class.zip").write_bytes(zipped(dict.fromkeys(names, TEXT)))
    found = collect([tmp_path / "class.zip"], unpack_to=tmp_path / "unpacked")
    assert len(found.hand_ins) == len(names)
    assert all(len(item.path) < 2_000 for item in found.hand_ins)
    assert process_time() - began < 20


@pytest.mark.parametrize("flag", [8, 16])
def test_a_name_of_megabytes_in_the_header_of_a_gzip_costs_little(tmp_path: Path, flag: int) -> None:
    """Python's own reader takes such a name byte by byte: half a second for each megabyte."""
    whole = tarred({"hw.py": TEXT})
    began = process_time()
    header = b"\x1f\x8b\x08" + bytes([flag]) + whole[4:10] + b"n" * (100 << 20) + b"\0"
    long = header + gzip.compress(gzip.decompress(whole), mtime=0)[10:]
    assert one(tmp_path / "hw.tar.gz", long) == {"hw.tar.gz/hw.py": TEXT}
    assert process_time() - began < 30


@pytest.mark.parametrize("zeros", [0, 7, 1 << 20])
def test_a_gzip_of_several_parts_is_one_file_and_very_many_parts_are_refused(tmp_path: Path, zeros: int) -> None:
    plain = tarred({"hw.py": TEXT}, packed=False)
    parts = [gzip.compress(plain[at : at + 100]) for at in range(0, len(plain), 100)]
    assert one(tmp_path / "hw.tar.gz", b"".join(part + b"\0" * zeros for part in parts[:3]) + b"".join(parts[3:])) == {
        "hw.tar.gz/hw.py": TEXT
    }
    many = one(tmp_path / "many.tar.gz", gzip.compress(plain) + gzip.compress(b"") * 200_000)
    assert many == {"many.tar.gz/hw.py": TEXT} or b"cannot be read" in many["problem"]


def test_a_gzip_that_breaks_off_is_named(tmp_path: Path) -> None:
    data = tarred({"hw.py": bytes(range(256)) * 200})
    assert b"is damaged" in one(tmp_path / "hw.tar.gz", data[: len(data) - 100])["problem"]
