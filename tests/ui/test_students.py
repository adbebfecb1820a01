"""A few students at the same time: each gets a result of their own, and nothing of theirs stays."""

from __future__ import annotations

from proportion.evaluation.students import lesson
from tests.asynchronous import run


def test_students_at_once_all_get_their_results(server):
    visits = run(lesson(server.address, 4))
    assert [visit.failure for visit in visits] == [None] * 4
    for visit in visits:
        assert visit.joints_s > 0 and len(visit.checks_s) == 2
        assert visit.full_s == visit.joints_s + visit.checks_s[0]
