import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from proportion.ui.answers import sample_files
from proportion.ui.class_sheet import check_class
from proportion.ui.engine import Engine
from proportion.ui.turns import Turns


class Work:
    """Jobs that note when they start, and last until they are let go."""

    def __init__(self) -> None:
        self.started: list[str] = []
        self.go_on = threading.Event()

    def __call__(self, name: str) -> str:
        self.started.append(name)
        assert self.go_on.wait(10)
        return name


def soon(condition) -> bool:
    deadline = time.monotonic() + 10
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.005)
    return condition()


def test_no_more_is_at_work_than_there_are_places_and_all_get_their_turn():
    turns, work = Turns(2), Work()
    with ThreadPoolExecutor(6) as pool:
        answers = [pool.submit(turns.long(work), str(number)) for number in range(6)]
        assert soon(lambda: len(work.started) == 2)
        time.sleep(0.1)
        assert len(work.started) == 2
        work.go_on.set()
        assert [answer.result(10) for answer in answers] == list("012345")


def test_quick_work_is_next_before_long_work_that_came_earlier():
    turns, work = Turns(1), Work()
    with ThreadPoolExecutor(3) as pool:
        pool.submit(turns.long(work), "first")
        assert soon(lambda: work.started == ["first"])
        for number, (rank, name) in enumerate(((turns.long, "long"), (turns.quick, "quick")), 1):
            pool.submit(rank(work), name)
            assert soon(lambda count=number: len(turns._line) == count)
        work.go_on.set()
    assert work.started == ["first", "quick", "long"]


def test_a_failure_gives_its_place_back():
    turns = Turns(1)
    with pytest.raises(ZeroDivisionError):
        turns.quick(lambda: 1 / 0)()
    assert turns.quick(lambda: "next")() == "next"


def test_who_waits_for_a_turn_counts_as_at_work():
    turns, work = Turns(1), Work()
    assert turns.wait(0)
    with ThreadPoolExecutor(2) as pool:
        for name in ("served", "waiting"):
            pool.submit(turns.long(work), name)
        assert soon(lambda: bool(work.started))
        assert not turns.wait(0.05)
        work.go_on.set()
        assert turns.wait(10) and len(work.started) == 2


def test_a_class_waits_for_its_turn_drawing_by_drawing(tmp_path):
    turns, work = Turns(1), Work()
    steps = check_class(Engine(), turns, sample_files()[:2], tmp_path, "en")
    with ThreadPoolExecutor(3) as pool:
        assert next(steps) == {"judged": 0, "all": 2}
        pool.submit(turns.quick(work), "check")
        assert soon(lambda: work.started == ["check"])
        second = pool.submit(next, steps)
        assert soon(lambda: len(turns._line) == 1)
        assert not second.done()
        work.go_on.set()
        assert second.result(30) == {"judged": 1, "all": 2}
        assert turns.quick(lambda: "between drawings")() == "between drawings"
    assert [row["number"] for row in list(steps)[-1]["sheet"]] == [1, 2]
