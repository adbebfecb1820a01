"""How long answers and refusals take, and whether a refusal is one sentence."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

SLOWEST_REFUSAL = 1.0  # seconds of the processor; of the clock, where nothing else runs
SLOWEST_ANSWER = 5.0  # seconds of the processor
HANG = 20.0  # seconds of the clock, however busy the machine is


class Stopwatch:
    """Notes how much work each answer was."""

    def __init__(self) -> None:
        self.answers = self.refusals = 0
        self._most_work = self._longest = 0.0  # of a refusal

    @contextmanager
    def __call__(self, elsewhere: Callable[[], float] = lambda: 0.0) -> Iterator[list[str]]:
        """Around one call; what is put into the list is why it was refused.

        Args:
            elsewhere: seconds of the processor that another process has taken so far.
        """
        reasons: list[str] = []
        clock, work = time.perf_counter(), time.process_time() + elsewhere()
        yield reasons
        clock, work = time.perf_counter() - clock, time.process_time() + elsewhere() - work
        self.answers += 1
        if reasons:
            self.refusals += 1
            self._most_work, self._longest = max(self._most_work, work), max(self._longest, clock)
        for sentence in reasons:
            assert " " in sentence and "\n" not in sentence, sentence
            assert "our side" not in sentence, "an unexpected error"
        assert work < (SLOWEST_REFUSAL if reasons else SLOWEST_ANSWER), reasons
        assert clock < HANG

    def __str__(self) -> str:
        """For people."""
        slowest = f"{self._most_work:.2f} s of work, {self._longest:.2f} s by the clock"
        return f"{self.answers} calls, {self.refusals} refused, the slowest in {slowest}"


timed = Stopwatch()
