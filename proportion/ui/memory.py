"""Has glibc give back what answers have freed; by itself it does not, and the process grew."""

from __future__ import annotations

import ctypes
import threading
import time
from collections.abc import Callable
from functools import cache

from proportion.ui.turns import Busy

_ARENA_MAX = -8  # M_ARENA_MAX of glibc's malloc.h
_TRIM_PAUSE = 2.0  # seconds


class TrimmedHeaps(Busy):
    """``with heaps:`` around every answer; the last one out trims the heaps, which takes a millisecond.

    Two heaps serve all threads. In a class somebody is always at work: a trim every few seconds then.
    (Large pieces outside of the heaps need no trim, but made a check 40% slower.)
    """

    def __exit__(self, *error: object) -> None:
        super().__exit__(*error)
        if self.wait(0):
            _trim()(0)

    def keep_small(self) -> None:
        """Set the number of heaps and start the trims of a class. Once a process, before it works."""
        _trim()
        threading.Thread(target=_trim_for_ever, name="trim", daemon=True).start()


def _trim_for_ever() -> None:
    while True:
        time.sleep(_TRIM_PAUSE)
        _trim()(0)


@cache
def _trim() -> Callable[[int], object]:
    """``malloc_trim`` of an allocator that was told to use two heaps; nothing where it is not glibc."""
    try:
        allocator = ctypes.CDLL(None)
        allocator.mallopt(_ARENA_MAX, 2)
        return allocator.malloc_trim
    except (OSError, AttributeError, TypeError):
        return lambda _: None


HEAPS = TrimmedHeaps()
