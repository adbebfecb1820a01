"""A few students at the same time: each gets a result of their own, and nothing of theirs stays."""

from __future__ import annotations

import time

from proportion.evaluation.server import free_port
from proportion.evaluation.students import lesson
from proportion.ui.page import launch
from tests.asynchronous import run


def test_students_at_once_all_get_their_results(server):
    visits = run(lesson(server.address, 4))
    assert [visit.failure for visit in visits] == [None] * 4
    for visit in visits:
        assert visit.joints_s > 0 and len(visit.checks_s) == 2
        assert visit.full_s == visit.joints_s + visit.checks_s[0]


def test_what_a_tab_has_shown_is_forgotten_when_it_closes():
    page = launch(port=free_port(), prevent_thread_lock=True, quiet=True)
    try:
        (visit,) = run(lesson(page.local_url, 1))
        assert visit.failure is None
        deadline = time.monotonic() + 30
        while page.state_holder.session_data and time.monotonic() < deadline:
            time.sleep(0.1)
        assert not page.state_holder.session_data
    finally:
        page.close()
