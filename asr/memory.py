"""Gives memory that was freed back to the system."""

import ctypes
from collections.abc import Callable


def _find() -> Callable[[int], int] | None:
    """glibc's ``malloc_trim``; other C libraries give freed memory back by themselves or not at all."""
    try:
        trim: Callable[[int], int] = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError):
        return None
    return trim


_trim = _find()


def give_back() -> None:
    """Call after work that allocated and freed much: glibc keeps up to a fifth of the process for later."""
    if _trim is not None:
        _trim(0)
