"""What was found out about values of a student's, for the next one who gives the same ones."""

from __future__ import annotations

from typing import Generic, TypeVar

__all__ = ["Remembered"]

_T = TypeVar("_T")
_ENTRY = 512  # bytes that one takes beside what it holds


class Remembered(Generic[_T]):
    """Findings by the SHA-256 of the values that they are about, each with the CPU seconds that it took.

    Those seconds are counted again for whoever gives the same values: a report does not depend on who came before. There is
    a bound to all of them together; where it is reached, they are forgotten.

    Parameters
    ----------
    most
        Bytes of all that is remembered.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._size = 0
        self._found: dict[bytes, tuple[_T, float]] = {}

    def get(self, key: bytes) -> tuple[_T, float] | None:
        """What was found, and how long it took."""
        return self._found.get(key)

    def put(self, key: bytes, found: _T, took_s: float, size: int) -> None:
        """Remember something that holds so many bytes."""
        size += _ENTRY
        if self._size + size > self._most:
            self._found.clear()
            self._size = 0
        if size <= self._most:
            self._found[key] = found, took_s
            self._size += size
