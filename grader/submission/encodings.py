"""The encodings in which students' files come."""

from __future__ import annotations

import re
from itertools import islice

from grader import sentences
from grader.errors import SubmissionError

__all__ = ["decode"]

_CODING = re.compile(rb"(?:[^\n]{0,500}\n)?[ \t\f]{0,50}#[^\n]{0,200}?coding[:=][ \t]{0,20}([-\w.]{1,40})")  # PEP 263


# Encodings that a file may declare; the interpreted ones of Python (idna, punycode, unicode_escape) are slow or odd.
_DECLARABLE = re.compile(
    r"utf[-_]?8(?:[-_]sig)?|ascii|us[-_]ascii|latin[-_]?1|iso[-_]?8859[-_]\d{1,2}|(?:cp|windows[-_]?)\d{3,4}|gbk|gb2312|"
    r"gb18030|big5|shift[-_]?jis|sjis|euc[-_](?:jp|kr|cn)|koi8[-_][ru]|mac[-_]?roman",
    re.IGNORECASE,
)


_HIGH = re.compile(rb"[\x80-\xff]+")
_MOJIBAKE_MARK = "\u00ef\u00bb\u00bf"  # a byte order mark that was read as Latin-1 and saved again


def decode(data: bytes) -> str:
    """Text in UTF-8, UTF-16 or UTF-32, in what its first lines declare, or in what editors of many countries write."""
    if data.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        return _plain(_decoded(data, "utf-32"))
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _plain(_decoded(data, "utf-16"))
    data = data.rstrip(b"\0") + b"\0" * (data[-2:-1] not in (b"\0", b"") and data.endswith(b"\0"))  # UTF-16 ends with one
    wide = _wide(data)
    if wide:
        return _plain(_decoded(data, wide))
    declared = _CODING.match(data)
    named = declared[1].decode("ascii") if declared else ""
    for encoding in ("utf-8", named if _DECLARABLE.fullmatch(named) else "", *_guesses(data)):
        try:
            return _plain(data.decode(encoding)) if encoding else _plain(data.decode("utf-8"))
        except (UnicodeError, LookupError):
            continue
    raise SubmissionError(sentences.READ_ENCODING)


def _decoded(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeError as error:
        raise SubmissionError(sentences.READ_ENCODING) from error


def _wide(data: bytes) -> str:
    """UTF-16 without a mark: nearly every second byte of its beginning is zero."""
    sample = data[:2000]
    if len(sample) < 4 or sample.count(0) < len(sample) // 3:
        return ""
    return "utf-16-le" if sample[1::2].count(0) > sample[::2].count(0) else "utf-16-be"


def _guesses(data: bytes) -> tuple[str, ...]:
    """Encodings to try where nothing is declared: one byte a letter where letters beyond ASCII stand alone."""
    runs = [run.end() - run.start() for run in islice(_HIGH.finditer(data), 10_000)]
    single = ("cp1252", "mac_roman", "latin-1")
    return single if runs.count(1) * 2 > len(runs) else ("gb18030", *single)


def _plain(text: str) -> str:
    """Line ends of Unix, and no byte order mark, wherever joining files has left one."""
    text = text.removeprefix(_MOJIBAKE_MARK).replace("\ufeff", "").rstrip("\0")
    return text.replace("\r\n", "\n").replace("\r", "\n")
