"""What is told of an exception that student code let through."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from . import stubs
from .channel import without_addresses

__all__ = ["described"]

_MESSAGE_KEPT = 500


def described(
    error: BaseException, traceback: Any, labels: Collection[str], type_name_of: Callable[[type], str]
) -> tuple[str, str, str | None, str | None]:
    """Type and message of an exception, its line, and the line of the called function where that is another one's.

    An exception may lie and may refuse to be printed.
    """
    name = type_name_of(type(error))
    try:
        message = str(error)
        if type(message) is not str:
            message = ""
        if type(error) is ValueError and "only 0-dimensional" in (cause := str(error.__cause__)):
            message = f"{message} {cause}"  # NumPy 2.4 says there what it refuses
    except BaseException:
        message = "(the message cannot be shown)"
    message = next((plain for part, plain in stubs.PLAIN_REASONS.items() if part in message), message)
    origin = caller = outermost = None
    while traceback is not None:
        code = traceback.tb_frame.f_code
        if code.co_filename in labels:
            origin = f"{code.co_filename}, line {traceback.tb_lineno}"
            outermost = outermost or origin
            if origin != outermost and not code.co_name.startswith("<"):  # a comprehension is no call of a helper
                caller = outermost
        traceback = traceback.tb_next
    return name, without_addresses(message[:_MESSAGE_KEPT]), origin, caller
