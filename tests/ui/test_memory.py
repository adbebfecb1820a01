import platform
from pathlib import Path

import pytest

from proportion.ui.memory import TrimmedHeaps

MB = 2**20
pytestmark = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc keeps its heaps")


def resident_mb() -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("RssAnon"))


def work() -> bytearray:
    """Take 200 MB in pieces too small for pages of their own, and keep the last."""
    pieces = [bytearray(MB // 16) for _ in range(3200)]
    return pieces[-1]


def test_the_last_answer_gives_back_what_all_have_freed():
    heaps = TrimmedHeaps()
    with heaps:  # what earlier tests have freed goes first
        pass
    before = resident_mb()
    with heaps:
        with heaps:
            first = work()
        while_another_is_at_work = resident_mb()
        second = work()
    assert first and second
    assert while_another_is_at_work > before + 100
    assert resident_mb() < before + 20
