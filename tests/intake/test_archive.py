"""Zips that strangers made: what is kept, what is refused and why, and that nothing is written elsewhere."""

from __future__ import annotations

import contextlib
import io
import re
import stat
import struct
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import SubmissionError
from grader.intake.archive import DOWNLOAD, METADATA, SOURCES, Entry, unpack
from grader.intake.members import Limits

SMALL = Limits(entries=10, listed=10, file_bytes=3 << 20, total_bytes=4 << 20, ratio=50)


def zipped(entries: Mapping[str, bytes] | list[tuple[str | zipfile.ZipInfo, bytes]]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items() if isinstance(entries, Mapping) else entries:
            archive.writestr(name, data)
    return out.getvalue()


class Unpacked:
    """The entries of a zip, those with a file apart from those without."""

    def __init__(self, entries: tuple[Entry, ...]) -> None:
        self.files = {entry.path: entry.file for entry in entries if entry.file is not None}
        self.left_out = {entry.path: entry.problem for entry in entries if entry.file is None}


def opened(tmp_path: Path, data: bytes, **options: object) -> Unpacked:
    archive, into = tmp_path / "hand-in.zip", tmp_path / "into"
    archive.write_bytes(data)
    into.mkdir()
    found = Unpacked(unpack(archive, into, **options))  # type: ignore[arg-type]
    assert sorted(tmp_path.iterdir()) == [archive, into], "something was written beside the folder"
    assert all(path.parent == into for path in found.files.values())
    return found


def test_sources_are_unpacked_and_other_kinds_are_left_out_without_a_reason(tmp_path: Path) -> None:
    found = opened(tmp_path, zipped({"a/hw.IPYNB": b"{}", "a/b.py": b"x = 1", "a/plot.png": b"png"}))
    assert {str(n): p.read_bytes() for n, p in found.files.items()} == {
        "a/hw.IPYNB": b"{}",
        "a/b.py": b"x = 1",
    }
    assert {p.suffix for p in found.files.values()} == {".ipynb", ".py"}
    assert found.left_out == {PurePosixPath("a/plot.png"): ""}


def test_what_is_written_of_damaged_entries_counts(tmp_path: Path) -> None:
    """Half a megabyte, of which five thousand entries shared one place and had a wrong checksum, took minutes."""
    text = b"".join(b"%d " % number for number in range(300_000))
    data = bytearray(zipped({f"{n}.py": text for n in "abc"}))
    for place in [match.start() for match in re.finditer(b"PK\x01\x02", data)]:
        data[place + 16] ^= 1  # the checksum
    with pytest.raises(SubmissionError, match="unpacks to more than 4 MiB"):
        opened(tmp_path, bytes(data), limits=SMALL)
    assert not list((tmp_path / "into").iterdir())


def test_metadata_and_zips_are_kept_where_they_are_asked_for(tmp_path: Path) -> None:
    data = zipped({"x.yml": b"a: 1", "s.zip": zipped({"y.py": b""})})
    found = opened(tmp_path, data, limits=DOWNLOAD, keep=SOURCES | METADATA | {".zip"})
    assert sorted(map(str, found.files)) == ["s.zip", "x.yml"]


def test_what_tools_leave_in_zips_is_not_even_mentioned(tmp_path: Path) -> None:
    found = opened(tmp_path, zipped({"__MACOSX/._a.py": b"", "._b.py": b"", "d/": b"", "a.py": b""}))
    assert list(map(str, found.files)) == ["a.py"]
    assert found.left_out == {PurePosixPath("d/.folder"): ""}  # somebody's folder is there


@pytest.mark.parametrize(
    "name",
    [
        "../out.py",
        "a/../../out.py",
        "/etc/out.py",
        "C:/out.py",
        "C:\\out.py",
        "..\\out.py",
        "//host/share/x.py",
    ],
)
def test_a_path_that_leads_out_is_refused_and_the_rest_is_kept(tmp_path: Path, name: str) -> None:
    found = opened(tmp_path, zipped({name: b"evil", "ok.py": b"fine"}))
    assert list(map(str, found.files)) == ["ok.py"]
    assert list(found.left_out.values()) == ["has a path that leads out of the archive"]


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFBLK])
def test_links_and_devices_are_refused(tmp_path: Path, kind: int) -> None:
    info = zipfile.ZipInfo("passwd.py")
    info.create_system = 3
    info.external_attr = (kind | 0o644) << 16
    found = opened(tmp_path, zipped([(info, b"/etc/passwd"), ("ok.py", b"")]))
    assert found.left_out == {PurePosixPath("passwd.py"): "is a link or a device, not a file"}


@pytest.mark.parametrize(
    "name",
    ["con.py", "a" * 300 + ".py", "über/作业.py", "tab\tname.py", "=cmd().py", "a:b|c?.py", "e\x1b[31m.py"],
)
def test_awkward_names_are_labels_and_never_reach_the_disk(tmp_path: Path, name: str) -> None:
    found = opened(tmp_path, zipped({name: b"x"}))
    assert list(map(str, found.files)) == [name]
    assert [p.name for p in (tmp_path / "into").iterdir()] == ["00000.py"]


def test_a_zip_inside_a_zip_stays_closed(tmp_path: Path) -> None:
    found = opened(tmp_path, zipped({"inner.zip": zipped({"a.py": b""}), "b.py": b""}))
    assert found.left_out[PurePosixPath("inner.zip")] == "is a zip inside a zip and was not opened"


def test_of_two_entries_with_one_name_the_last_one_stands(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        data = zipped([("a.py", b"first"), ("a.py", b"second")])
    found = opened(tmp_path, data)
    assert [p.read_bytes() for p in found.files.values()] == [b"second"]


def test_utf8_names_of_macos_are_read_though_the_flag_is_missing(tmp_path: Path) -> None:
    data = zipped({"作业.py": b""})
    # Bit 11 of the flags, in the local header (offset 6) and in the central directory (offset 8).
    central = data.rindex(b"PK\x01\x02")
    changed = bytearray(data)
    for at in (6, central + 8):
        changed[at : at + 2] = struct.pack("<H", 0)
    assert list(map(str, opened(tmp_path, bytes(changed)).files)) == ["作业.py"]


def test_names_in_an_old_code_page_are_kept_as_they_read(tmp_path: Path) -> None:
    data = zipped({"ab.py": b""}).replace(b"ab.py", b"\x84b.py")  # ä in code page 437
    assert list(map(str, opened(tmp_path, data).files)) == ["äb.py"]


def test_an_encrypted_zip_says_so(tmp_path: Path) -> None:
    data = bytearray(zipped({"a.py": b"x"}))
    for at in (6, data.rindex(b"PK\x01\x02") + 8):
        data[at] |= 1
    with pytest.raises(SubmissionError, match="encrypted; it has to be handed in without a password"):
        opened(tmp_path, bytes(data))


def test_an_unusual_compression_is_refused_by_name(tmp_path: Path) -> None:
    info = zipfile.ZipInfo("a.py")
    info.compress_type = zipfile.ZIP_LZMA
    found = opened(tmp_path, zipped([(info, b"x" * 100), ("ok.py", b"")]))
    assert list(found.left_out.values()) == ["is compressed in an unusual way (method 14); an ordinary zip is needed"]
    assert list(map(str, found.files)) == ["ok.py"]


def test_an_entry_without_a_name_is_nothing(tmp_path: Path) -> None:
    found = opened(tmp_path, zipped({"a.py": b"x"}).replace(b"a.py", b"\0.py"))
    assert not found.files
    assert not found.left_out


def test_too_many_entries_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(SubmissionError, match="more than 10 entries"):
        opened(tmp_path, zipped({f"{i}.py": b"" for i in range(11)}), limits=SMALL)


def test_entries_are_counted_before_the_directory_is_parsed(tmp_path: Path) -> None:
    data = zipped({f"{i}.py": b"" for i in range(12)})
    last = data.rindex(b"PK\x01\x02")
    with pytest.raises(SubmissionError, match="more than 10 entries"):  # else the damage would be what is reported
        opened(tmp_path, data[:last] + b"XX\x01\x02" + data[last + 4 :], limits=SMALL)


def with_comments(entries: int, size: int) -> bytes:
    """A zip with a directory that is large for its number of entries."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(entries):
            info = zipfile.ZipInfo(f"{number}.py")
            info.comment = b"x" * size
            archive.writestr(info, b"")
    return out.getvalue()


def as_zip64(data: bytes) -> bytes:
    """The same zip with the directory described by the records of large archives."""
    end = len(data) - 22
    count, size, start = struct.unpack("<HLL", data[end + 10 : end + 20])
    wide = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, size, start)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, end, 1)
    return data[:end] + wide + locator + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0, 0xFFFFFFFF, 0)


@pytest.mark.parametrize("form", [bytes, as_zip64])
def test_a_directory_too_large_to_read_is_refused_before_it_is_read(tmp_path: Path, form: Callable[[bytes], bytes]) -> None:
    with pytest.raises(SubmissionError, match="more than 10 entries"):
        opened(tmp_path, form(with_comments(5, 60_000)), limits=SMALL)


@pytest.mark.parametrize("form", [bytes, as_zip64])
def test_a_directory_within_the_limit_is_read_in_either_form(tmp_path: Path, form: Callable[[bytes], bytes]) -> None:
    assert len(opened(tmp_path, form(with_comments(5, 1_000)), limits=SMALL).files) == 5


def test_a_file_that_is_too_large_is_left_out_and_the_rest_is_kept(tmp_path: Path) -> None:
    noise = bytes((i * i * 2654435761 >> 13) & 255 for i in range(1 << 16)) * 52
    found = opened(tmp_path, zipped({"big.py": noise, "ok.py": b""}), limits=SMALL)
    assert found.left_out == {PurePosixPath("big.py"): "is larger than 3 MiB"}
    assert list(map(str, found.files)) == ["ok.py"]


def test_a_bomb_is_left_out_by_its_ratio(tmp_path: Path) -> None:
    found = opened(tmp_path, zipped({"bomb.py": b"0" * (2 << 20), "ok.py": b""}), limits=SMALL)
    assert "zip bomb" in found.left_out[PurePosixPath("bomb.py")]
    assert [p.name for p in (tmp_path / "into").iterdir()] == ["00001.py"]


def test_a_size_that_lies_does_not_let_a_bomb_through(tmp_path: Path) -> None:
    data = bytearray(zipped({"bomb.py": b"0" * (2 << 20)}))
    at = data.rindex(b"PK\x01\x02") + 24
    data[at : at + 4] = struct.pack("<L", 10)
    found = opened(tmp_path, bytes(data), limits=SMALL)
    assert not found.files
    assert list(map(str, found.left_out)) == ["bomb.py"]
    assert list((tmp_path / "into").iterdir()) == []


def test_the_total_is_counted_over_all_files(tmp_path: Path) -> None:
    limits = Limits(entries=10, listed=10, file_bytes=1 << 20, total_bytes=1 << 20)
    data = zipped({f"{i}.py": b"# text\n" * 60_000 for i in range(3)})
    with pytest.raises(SubmissionError, match="unpacks to more than 1 MiB"):
        opened(tmp_path, data, limits=limits)


def test_a_damaged_entry_loses_only_itself(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("a.py", b"AAAAAAAA")
        archive.writestr("b.py", b"BBBBBBBB")
    found = opened(tmp_path, out.getvalue().replace(b"AAAAAAAA", b"AAAAAAAB", 1))
    assert found.left_out == {PurePosixPath("a.py"): "is damaged (BadZipFile)"}
    assert list(map(str, found.files)) == ["b.py"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "empty"),
        (b"Rar!\x1a\x07\x00 some", "not a zip that can be read .*; RAR, 7z and other archives cannot be read either"),
        (b"7z\xbc\xaf\x27\x1c more", "make a zip, or hand in plain files"),
        (b"\x1f\x8b\x08\x00", "other archives"),
        (b"<html>Please log in</html>", "not a zip that can be read"),
        (zipped({"a.py": b"x" * 100})[:-30], "not a zip that can be read"),
    ],
)
def test_what_is_no_zip_is_named_for_what_it_is(tmp_path: Path, data: bytes, message: str) -> None:
    with pytest.raises(SubmissionError, match=message):
        opened(tmp_path, data)


def test_a_missing_zip_is_the_submissions_error(tmp_path: Path) -> None:
    with pytest.raises(SubmissionError, match="there is no readable file"):
        unpack(tmp_path / "none.zip", tmp_path)


_NAMES = st.lists(
    st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="/\\:"), min_size=1, max_size=40),
    max_size=6,
    unique=True,
)


@given(names=_NAMES, data=st.binary(max_size=200))
def test_every_honest_source_comes_out_as_it_went_in(
    tmp_path_factory: pytest.TempPathFactory, names: list[str], data: bytes
) -> None:
    files = {f"d/{name}.py": data + name.encode() for name in names if not name.startswith("._")}
    found = opened(tmp_path_factory.mktemp("zip"), zipped(files))
    assert {str(name): path.read_bytes() for name, path in found.files.items()} == files


@given(at=st.integers(0, 400), byte=st.integers(0, 255))
def test_no_changed_byte_makes_anything_but_a_result_or_a_submission_error(
    tmp_path_factory: pytest.TempPathFactory, at: int, byte: int
) -> None:
    data = bytearray(zipped({"a.py": b"x = 1\n" * 20, "b/c.ipynb": b"{}"}))
    data[at % len(data)] = byte
    with contextlib.suppress(SubmissionError):
        found = opened(tmp_path_factory.mktemp("zip"), bytes(data), limits=SMALL)
        assert len(found.files) + len(found.left_out) <= 2
