"""Work that can wait until nobody is at something else."""

from __future__ import annotations

import threading


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
