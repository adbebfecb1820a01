"""Who works when: never more at once than there are cores, quick before long, idle work last."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from heapq import heappop, heappush
from itertools import count
from typing import ParamSpec, TypeVar

_Asked = ParamSpec("_Asked")
_Answer = TypeVar("_Answer")


class Busy:
    """``with busy:`` around what people wait for; `wait` before what nobody waits for."""

    def __init__(self) -> None:
        self._at_work = 0
        self._changed = threading.Condition()

    def __enter__(self) -> None:
        self._change(1)

    def __exit__(self, *_: object) -> None:
        self._change(-1)

    def wait(self, most_seconds: float) -> bool:
        """Until nobody is at work, but not longer than this; whether nobody is."""
        with self._changed:
            return self._changed.wait_for(lambda: self._at_work == 0, most_seconds)

    def _change(self, by: int) -> None:
        with self._changed:
            self._at_work += by
            self._changed.notify_all()


class Turns(Busy):
    """Work of which only so much is done at a time; quick work is next before long work.

    More threads than cores finish nothing earlier and most of it later: without turns a check among
    thirty students took ten times as long as alone. Who waits for a turn counts as at work.

    Args:
        places: at work at a time.
    """

    def __init__(self, places: int) -> None:
        super().__init__()
        self._free = places
        self._line: list[tuple[int, int]] = []  # rank, number in the order of coming
        self._numbers = count()

    def quick(self, work: Callable[_Asked, _Answer]) -> Callable[_Asked, _Answer]:
        """Work that takes its turn before long work."""
        return self._in_turn(work, 0)

    def long(self, work: Callable[_Asked, _Answer]) -> Callable[_Asked, _Answer]:
        """Work that lets quick work go first."""
        return self._in_turn(work, 1)

    def _in_turn(self, work: Callable[_Asked, _Answer], rank: int) -> Callable[_Asked, _Answer]:
        @wraps(work)
        def in_turn(*arguments: _Asked.args, **named: _Asked.kwargs) -> _Answer:
            with self, self._turn(rank):
                return work(*arguments, **named)

        return in_turn

    @contextmanager
    def _turn(self, rank: int) -> Iterator[None]:
        with self._changed:
            mine = (rank, next(self._numbers))
            heappush(self._line, mine)
            self._changed.wait_for(lambda: self._free > 0 and self._line[0] == mine)
            heappop(self._line)
            self._free -= 1
            self._changed.notify_all()
        try:
            yield
        finally:
            with self._changed:
                self._free += 1
                self._changed.notify_all()
